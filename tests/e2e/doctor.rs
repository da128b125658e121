//! doctor: what lies around, and what to do about it.

use crate::scene::{arguments, change, env, env_on_planka, project, sync};
use test_support::{Fault, Version, When};

#[test]
fn nothing_lies_around_on_a_new_machine() {
    let env = env();
    let ran = env.run(&["doctor"]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r"
    Locks and requests in <env>/run
      none
    Last runs
      none
    ");
}

#[test]
fn a_failed_run_and_what_it_left_are_shown() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    planka.script().fault(
        When::writes().nth(1),
        Fault::refuse(400, "E", "no such thing"),
    );
    planka.script().fault(
        When::writes().nth(2),
        Fault::refuse(400, "E", "no such thing"),
    );
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stdout.contains("failed: create project Shop: "),
        "{}",
        ran.stdout
    );
    let ran = env.run(&["doctor"]).expect(0);
    assert!(
        ran.stdout.contains(".inflight: begun and not finished"),
        "{}",
        ran.stdout
    );
    let ran = env.run(&["doctor", "--json"]).expect(0);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    assert_eq!(report["pairs"][0]["running"], false);
    assert_eq!(report["pairs"][0]["marks"][0]["phase"], "inflight");
    assert_eq!(report["lastRuns"][0]["root"], "<env>/work/shop");
    planka.script().clear();
    sync(&env, &dir).expect(0);
    let ran = env.run(&["doctor"]).expect(0);
    assert!(
        ran.stdout
            .contains("nothing is running and nothing is asked for"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_the_last_run_held_is_shown_with_its_row() {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let other = env.work().join("other");
    env.git(
        &env.work(),
        &["clone", "--quiet", dir.as_str(), other.as_str()],
    );
    env.write(
        "shop/openspec/changes/fix-login/tasks.md",
        "- [ ] 1 Mend it again\n",
    );
    env.commit_all(&dir, "more");
    sync(&env, &dir).expect(0);
    sync(&env, &other).expect(0);
    let ran = env.run(&["doctor"]).expect(0);
    assert!(
        ran.stdout
            .contains("held fix-login (row 5): this checkout is older"),
        "{}",
        ran.stdout
    );
}

#[test]
fn projects_of_one_repository_share_a_board_without_seeing_each_other() {
    let (env, planka) = env_on_planka(Version::V1);
    change(&env, "mono/web", "add-export", "- [ ] 1 In the web\n");
    change(&env, "mono/api", "add-export", "- [x] 1 In the API\n");
    let mono = env.work().join("mono");
    env.git(&mono, &["init", "--quiet"]);
    env.commit_all(&mono, "two projects");
    for _ in 0..2 {
        env.run(&arguments(&mono.join("web"), &[])).expect(0);
        env.run(&arguments(&mono.join("api"), &[])).expect(0);
    }
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    let mut lists: Vec<_> = people
        .cards(board, "add-export")
        .iter()
        .filter_map(|id| people.list_of(*id))
        .collect();
    lists.sort();
    assert_eq!(lists, ["In Progress", "Review"]);
}

//! fix-consistency on input that is not as it should be: each is named, and nothing else is lost.

use crate::fix_consistency::{
    PLAN, codes, consistency, fixed, hub_status, plan, repository, set, text,
};
use crate::scene::env;
use std::fs;

/// A second workplan that is as it should be: it must be looked after whatever the first one is.
fn sound() -> String {
    plan("done").replace("0001", "0002")
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_hides_no_other() {
    let conflict = plan("todo").replace(
        "status: active\n",
        "<<<<<<< a\nstatus: active\n=======\nstatus: ready\n>>>>>>> b\n",
    );
    let latin = [plan("todo").as_bytes(), b"f\xfcr\n"].concat();
    let huge = [plan("todo").as_bytes(), &vec![b' '; 50_000_000][..]].concat();
    for (content, said) in [
        (
            plan("todo")
                .replace("type: workplan", "type: [workplan")
                .into_bytes(),
            "its front matter cannot be read",
        ),
        (
            plan("todo").replacen("---\n\n", "\n\n", 1).into_bytes(),
            "its front matter is never closed",
        ),
        (conflict.into_bytes(), "the markers of an unfinished merge"),
        (latin, "it is not UTF-8"),
        (huge, "it is larger than 8388608 bytes"),
        (
            plan("todo")
                .replace("priority: high\n```", "priority: high")
                .into_bytes(),
            "the task block is never closed",
        ),
        (
            plan("todo")
                .replace("id: SHOP-WP-0001-T01\n", "")
                .into_bytes(),
            "the task block has no id",
        ),
        (
            plan("todo")
                .replace("priority: high", "priority: [")
                .into_bytes(),
            "the task block cannot be read",
        ),
    ] {
        let env = env();
        let dir = repository(&env, &[("workplans/b.md", &sound())]);
        env.write(&format!("first/{PLAN}"), content);
        env.commit_all(&dir, "bad");
        env.git(&dir, &["push", "--quiet"]);
        let told = consistency(&env, &dir, &["--fix"]).expect(1).stdout;
        assert!(told.contains("FAIL C-02") && told.contains(said), "{told}");
        assert!(told.contains(PLAN), "{told}");
        assert_eq!(hub_status(&env, "SHOP-WP-0002-T01"), "done", "{said}");
    }
}

#[test]
fn a_link_out_of_the_repository_is_not_followed() {
    let env = env();
    let dir = repository(&env, &[("workplans/b.md", &sound())]);
    let outside = env.write("outside.md", plan("todo"));
    std::os::unix::fs::symlink(&outside, dir.join("workplans/out.md")).unwrap();
    let told = consistency(&env, &dir, &["--fix"]).expect(1).stdout;
    assert!(
        told.contains("it is a link that leads out of the repository"),
        "{told}"
    );
    assert_eq!(text(&env.work(), "outside.md"), plan("todo"));
}

#[test]
fn ids_used_twice_and_unknown_words_are_left_to_people() {
    let twice = plan("todo") + "\n## Again\n\n```task\nid: SHOP-WP-0001-T01\nstatus: done\n```\n";
    let env = env();
    let dir = repository(
        &env,
        &[
            (PLAN, &twice),
            ("workplans/copy.md", &sound()),
            ("workplans/d.md", &sound()),
        ],
    );
    assert!(
        codes(&env, &dir, &["--fix"], "remaining")
            .iter()
            .filter(|code| *code == "C-18")
            .count()
            >= 2
    );
    assert_eq!(text(&dir, "workplans/d.md"), sound());
    let env = crate::scene::env();
    let dir = repository(&env, &[(PLAN, &plan("done"))]);
    fixed(&env, &dir);
    let odd = text(&dir, PLAN).replace("status: done", "status: halfway");
    env.write(&format!("first/{PLAN}"), &odd);
    env.commit_all(&dir, "odd");
    let told = consistency(&env, &dir, &["--fix"]).expect(1).stdout;
    assert!(told.contains("FAIL C-19"), "{told}");
    assert_eq!(
        (text(&dir, PLAN), hub_status(&env, "SHOP-WP-0001-T01")),
        (odd, "done".into())
    );
}

#[test]
fn a_repository_that_is_not_known_or_gone_is_no_clean_one() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let other = env.work().join("other");
    env.write("other/x", "x");
    env.git(&other, &["init", "--quiet"]);
    env.commit_all(&other, "an other beginning");
    let told = consistency(&env, &other, &[]).expect(3).stderr;
    assert!(told.contains("onward hub register"), "{told}");
    let told = env
        .run(&["fix-consistency", "--repo", "nothing"])
        .expect(3)
        .stderr;
    assert!(told.contains("repo 'nothing' not found"), "{told}");
    fs::rename(&dir, env.work().join("moved")).unwrap();
    let told = env
        .run(&["fix-consistency", "--repo", "shop"])
        .expect(3)
        .stderr;
    assert!(told.contains("is gone"), "{told}");
}

#[test]
fn a_hub_that_cannot_be_used_is_told() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    env.write(
        "damaged",
        b"this is no database, however long one looks at it",
    );
    for hub in ["damaged", "nowhere", "."] {
        let told = consistency(&env, &dir, &["--fix", "--hub", hub]).expect(3);
        assert!(told.stderr.starts_with("error: "), "{}", told.transcript());
    }
    assert_eq!(text(&dir, PLAN), plan("todo"));
}

#[test]
fn while_git_is_in_the_middle_of_something_nothing_is_committed() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    fixed(&env, &dir);
    set(&env, "SHOP-WP-0001-T01", "done");
    env.git(&dir, &["checkout", "--quiet", "--detach"]);
    let told = consistency(&env, &dir, &["--fix"]).expect(2).stdout;
    assert!(
        told.contains("WARN C-14") && told.contains("a detached HEAD"),
        "{told}"
    );
    assert!(text(&dir, PLAN).contains("status: todo"));
    env.git(&dir, &["checkout", "--quiet", "main"]);
    env.git(&dir, &["bisect", "start"]);
    consistency(&env, &dir, &["--fix"]).expect(2);
    env.git(&dir, &["bisect", "reset"]);
    fixed(&env, &dir);
    assert!(text(&dir, PLAN).contains("status: done"));
}

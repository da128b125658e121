//! fix-consistency on input that is not as it should be: each is named, and nothing else is lost.

use crate::fix_consistency::{
    PLAN, codes, consistency, fixed, hub_status, plan, repository, set, text,
};
use crate::kanban_disk::{allow, bound, bound_env};
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
fn an_id_of_another_repository_is_told_in_both() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("todo"))]);
    fixed(&env, &first);
    env.write(&format!("other/{PLAN}"), plan("done"));
    let other = env.work().join("other");
    env.git(&other, &["init", "--quiet"]);
    env.commit_all(&other, "another beginning");
    env.run(&["hub", "register", "--slug", "other", "-C", other.as_str()])
        .expect(0);
    let told = consistency(&env, &other, &["--fix"]).expect(1).stdout;
    let said = "the workplan id SHOP-WP-0001 is also used in the repository shop";
    assert!(told.contains("FAIL C-18") && told.contains(said), "{told}");
    let told = consistency(&env, &first, &[]).expect(1).stdout;
    assert!(told.contains("also used in the repository other"), "{told}");
    // Each has a row of its own: neither moves the other's.
    let told = env.run(&["task", "list", "--json"]).expect(0).stdout;
    assert_eq!(told.matches("\"SHOP-WP-0001-T01\"").count(), 2, "{told}");
    assert!(text(&first, PLAN).contains("status: todo"));
}

#[test]
fn a_hub_of_a_newer_version_is_left_as_it_is() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let path = env.state_dir().join("hub.sqlite3");
    let hub = rusqlite::Connection::open(&path).unwrap();
    hub.pragma_update(None, "user_version", 7).unwrap();
    hub.close().unwrap();
    let before = fs::read(&path).unwrap();
    for arguments in [&[][..], &["--fix"], &["--fix", "--json"]] {
        let told = consistency(&env, &dir, arguments).expect(3).stderr;
        let said = "has version 7, and this onward knows versions up to 1";
        assert!(told.contains(said) && told.contains("hint: "), "{told}");
    }
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(text(&dir, PLAN), plan("todo"));
}

#[test]
fn a_hub_on_a_read_only_disk_can_be_looked_at() {
    let Some(env) = bound_env() else { return };
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let run = |arguments: &[&str]| {
        let all = [&["fix-consistency", "-C", dir.as_str()], arguments].concat();
        bound(&env, &all)
    };
    // Everything belongs to the one who runs it from here on.
    run(&[]).expect(2);
    let hub = env.state_dir().join("hub.sqlite3");
    allow(&hub, 0o444);
    allow(&env.state_dir(), 0o555);
    let (looked, refused) = (run(&[]), run(&["--fix"]));
    allow(&env.state_dir(), 0o755);
    allow(&hub, 0o644);
    let told = looked.expect(2).stdout;
    assert!(told.contains("WARN C-06"), "{told}");
    let told = refused.expect(3).stderr;
    assert!(
        told.contains("<env>/state/hub.sqlite3") && told.contains("hint: "),
        "{told}"
    );
    assert_eq!(text(&dir, PLAN), plan("todo"));
    run(&["--fix"]).expect(0);
}

#[test]
fn a_checkout_that_may_not_be_written_is_named() {
    let Some(env) = bound_env() else { return };
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let run = |arguments: &[&str]| {
        let all = [&["fix-consistency", "-C", dir.as_str()], arguments].concat();
        bound(&env, &all)
    };
    run(&[]).expect(2);
    let git = dir.join(".git");
    allow(&git, 0o555);
    let (looked, refused) = (run(&[]), run(&["--fix"]));
    allow(&git, 0o755);
    looked.expect(2);
    let told = refused.expect(3).stdout;
    assert!(
        told.contains("FAIL C-00") && told.contains(".git/onward"),
        "{told}"
    );
    // The files alone: what was made in the hub is found again.
    allow(&dir.join("workplans"), 0o555);
    let refused = run(&["--fix"]);
    allow(&dir.join("workplans"), 0o755);
    let told = refused.expect(1).stdout;
    assert!(
        told.contains("FAIL C-21") && told.contains("Permission denied"),
        "{told}"
    );
    assert_eq!(text(&dir, PLAN), plan("todo"));
    run(&["--fix"]).expect(0);
    let told = env.run(&["task", "list", "--json"]).expect(0).stdout;
    assert_eq!(told.matches("\"SHOP-WP-0001-T01\"").count(), 1, "{told}");
}

#[test]
fn a_hub_that_another_program_holds_is_no_success() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let hub = env.state_dir().join("hub.sqlite3");
    let hub = rusqlite::Connection::open(hub).unwrap();
    hub.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let ran = consistency(&env, &dir, &["--fix"]);
    let told = ran.transcript();
    assert!(matches!(ran.code, Some(1 | 3)), "{told}");
    assert!(told.contains("is locked by another process"), "{told}");
    assert_eq!(text(&dir, PLAN), plan("todo"));
    hub.execute_batch("ROLLBACK").unwrap();
    fixed(&env, &dir);
}

#[test]
fn a_link_to_nothing_and_a_folder_that_is_none_are_told() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    std::os::unix::fs::symlink("nowhere.md", dir.join("workplans/gone.md")).unwrap();
    let told = consistency(&env, &dir, &["--fix"]).expect(1).stdout;
    assert!(told.contains("it is a link to nothing"), "{told}");
    assert!(text(&dir, PLAN).contains("state_hub_task_id"));
    // A whole folder elsewhere.
    let outside = env.work().join("outside");
    fs::rename(dir.join("workplans"), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, dir.join("workplans")).unwrap();
    let linked = text(&outside, "SHOP-WP-0001.md");
    set(&env, "SHOP-WP-0001-T01", "done");
    let told = consistency(&env, &dir, &["--fix"]).expect(1).stdout;
    assert!(told.contains("leads out of the repository"), "{told}");
    assert_eq!(text(&outside, "SHOP-WP-0001.md"), linked);
    // A file where the folder should be.
    fs::remove_file(dir.join("workplans")).unwrap();
    env.write("first/workplans", "not a folder\n");
    let ran = consistency(&env, &dir, &["--fix"]);
    assert_ne!(ran.code, Some(0), "{}", ran.transcript());
}

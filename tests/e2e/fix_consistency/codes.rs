//! Each code: what brings it about, and what mends it.

use super::{PLAN, consistency, plan, repository, set, text};
use crate::scene::env;
use camino::Utf8PathBuf;
use serde_json::Value;
use std::fs;
use test_support::TestEnv;

/// A repository that is in step with the hub and pushed.
struct Scene {
    env: TestEnv,
    dir: Utf8PathBuf,
}

impl Scene {
    fn new() -> Self {
        let env = env();
        let dir = repository(&env, &[(PLAN, &plan("todo"))]);
        consistency(&env, &dir, &["--fix", "--push"]).expect(0);
        Self { env, dir }
    }

    /// The report of a run.
    fn report(&self, arguments: &[&str]) -> Value {
        let ran = consistency(&self.env, &self.dir, &[arguments, &["--json"]].concat());
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(ran.code.map(i64::from), report["exit"].as_i64());
        report["repos"][0].clone()
    }

    /// What a list of a report says of one code: severity, whether a fix mends it, message.
    fn of(report: &Value, list: &str, code: &str) -> Vec<(String, bool, String)> {
        let findings = report[list].as_array().unwrap().iter();
        let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        findings
            .filter(|finding| finding["code"] == code)
            .map(|finding| {
                let fixable = finding["fixable"].as_bool().unwrap();
                (word(finding, "severity"), fixable, word(finding, "message"))
            })
            .collect()
    }

    /// Asserts that a check finds a code once, and says this of it.
    #[track_caller]
    fn found(&self, code: &str, severity: &str, fixable: bool, said: &str) {
        self.found_by(&[], code, severity, fixable, said);
    }

    #[track_caller]
    fn found_by(&self, run: &[&str], code: &str, severity: &str, fixable: bool, said: &str) {
        let report = self.report(run);
        let remaining = Self::of(&report, "remaining", code);
        let [(how_bad, mendable, message)] = &remaining[..] else {
            panic!("{code} is not there once: {report:#}");
        };
        assert_eq!((how_bad.as_str(), *mendable), (severity, fixable));
        assert!(message.contains(said), "{message}");
    }

    /// Asserts that a code is not found.
    #[track_caller]
    fn is_clear_of(&self, code: &str) {
        let report = self.report(&[]);
        assert!(Self::of(&report, "findings", code).is_empty(), "{report:#}");
    }

    /// Asserts that a fix mends a code, and that the next one finds nothing left to do.
    #[track_caller]
    fn fix_mends(&self, code: &str) {
        let report = self.report(&["--fix", "--push"]);
        assert!(!Self::of(&report, "done", code).is_empty(), "{report:#}");
        assert!(
            Self::of(&report, "remaining", code).is_empty(),
            "{report:#}"
        );
        self.has_nothing_to_do();
    }

    #[track_caller]
    fn has_nothing_to_do(&self) {
        let head = || self.env.git(&self.dir, &["rev-parse", "HEAD"]);
        let before = head();
        let ran = consistency(&self.env, &self.dir, &["--fix"]).expect(0);
        assert!(ran.stdout.contains("shop: in step\n"), "{}", ran.stdout);
        assert_eq!(head(), before, "no commit");
    }

    /// Changes a file and commits and pushes it, as a person does.
    fn edit(&self, path: &str, change: impl FnOnce(String) -> String) {
        let changed = change(fs::read_to_string(self.dir.join(path)).unwrap_or_default());
        self.env.write(&format!("first/{path}"), changed);
        self.commit();
    }

    fn replace(&self, from: &str, to: &str) {
        self.edit(PLAN, |text| {
            assert!(text.contains(from), "{text}");
            text.replace(from, to)
        });
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.dir.join(path)).unwrap();
        self.commit();
    }

    fn commit(&self) {
        self.env.commit_all(&self.dir, "a person's");
        self.env.git(&self.dir, &["push", "--quiet"]);
    }

    /// Changes the hub as another program does.
    fn sql(&self, statement: &str) {
        let hub = self.env.state_dir().join("hub.sqlite3");
        let hub = rusqlite::Connection::open(hub).unwrap();
        hub.execute_batch(statement).unwrap();
    }
}

#[test]
fn c_00_what_keeps_the_run_from_its_work() {
    let scene = Scene::new();
    let reopen = ["--fix", "--reopen", "SHOP-WP-0001-T99"];
    scene.found_by(
        &reopen,
        "C-00",
        "FAIL",
        false,
        "names no workplan and no task here",
    );
    consistency(&scene.env, &scene.dir, &reopen).expect(3);
    // A place that is gone, and back again.
    let moved = scene.env.work().join("moved");
    let all = |code| {
        scene
            .env
            .run(&["fix-consistency", "--all"])
            .expect(code)
            .stdout
    };
    fs::rename(&scene.dir, &moved).unwrap();
    let told = all(3);
    assert!(
        told.contains("FAIL C-00") && told.contains("is gone"),
        "{told}"
    );
    fs::rename(&moved, &scene.dir).unwrap();
    all(0);
}

#[test]
fn c_01_no_workplans() {
    let scene = Scene::new();
    let held = text(&scene.dir, PLAN);
    fs::remove_dir_all(scene.dir.join("workplans")).unwrap();
    scene.commit();
    scene.found("C-01", "WARN", false, "the hub has 1 open workplan of this");
    scene.is_clear_of("C-07");
    scene.edit(PLAN, |_| held);
    scene.has_nothing_to_do();
}

#[test]
fn c_02_what_cannot_be_read() {
    let scene = Scene::new();
    scene.replace("priority: high", "priority: [");
    scene.found("C-02", "FAIL", false, "a task block is left out");
    // What is there of it is not taken for gone.
    scene.is_clear_of("C-12");
    scene.replace("priority: [", "priority: high");
    scene.has_nothing_to_do();
    scene.replace("type: workplan", "type: [workplan");
    scene.found("C-02", "FAIL", false, "the file is left out");
    scene.is_clear_of("C-07");
    scene.replace("type: [workplan", "type: workplan");
    scene.has_nothing_to_do();
}

#[test]
fn c_03_a_link_to_nothing() {
    let scene = Scene::new();
    let line = text(&scene.dir, PLAN);
    let line = line
        .lines()
        .find(|line| line.starts_with("state_hub_task_id"));
    let line = line.unwrap().to_owned();
    let id = "00000000-0000-4000-8000-000000000000";
    scene.replace(&line, &format!("state_hub_task_id: \"{id}\""));
    scene.found("C-03", "FAIL", false, id);
    // Emptied, the row is found again by the file's own id.
    scene.replace(id, "");
    scene.found("C-10", "WARN", true, "does not name its row");
    scene.fix_mends("C-10");
    assert!(text(&scene.dir, PLAN).contains(&line));
}

#[test]
fn c_04_the_status_of_a_workplan() {
    let scene = Scene::new();
    scene.replace("status: active", "status: blocked");
    scene.found(
        "C-04",
        "WARN",
        true,
        "is blocked in the file and active in the hub",
    );
    scene.fix_mends("C-04");
    scene.sql("UPDATE workplans SET status = 'active', version = version + 1");
    scene.found("C-04", "WARN", true, "the file follows");
    scene.fix_mends("C-04");
    assert!(text(&scene.dir, PLAN).contains("status: active\n"));
}

#[test]
fn c_05_the_title_of_a_workplan() {
    let scene = Scene::new();
    scene.replace("\"Checkout\"", "\"Checkout in one page\"");
    scene.found(
        "C-05",
        "WARN",
        true,
        "'Checkout in one page' in the file and 'Checkout' in",
    );
    scene.fix_mends("C-05");
    // A file's title is a person's text.
    scene.sql("UPDATE workplans SET title = 'Till', version = version + 1");
    scene.found_by(&["--fix"], "C-05", "WARN", false, "'Till' in the hub");
    scene.replace("\"Checkout in one page\"", "Till");
    scene.has_nothing_to_do();
}

#[test]
fn c_06_a_workplan_that_is_new() {
    let scene = Scene::new();
    let other = "workplans/b.md";
    scene.edit(other, |_| plan("todo").replace("0001", "0002"));
    scene.found(
        "C-06",
        "WARN",
        true,
        "workplan 'Checkout' is not in the hub",
    );
    scene.fix_mends("C-06");
    assert!(text(&scene.dir, other).contains("\nstate_hub_workstream_id: "));
}

#[test]
fn c_07_an_open_workplan_without_a_file() {
    let scene = Scene::new();
    let held = text(&scene.dir, PLAN);
    scene.edit("workplans/b.md", |_| plan("todo").replace("0001", "0002"));
    scene.fix_mends("C-06");
    scene.remove(PLAN);
    scene.found_by(
        &["--fix"],
        "C-07",
        "WARN",
        false,
        "open workplan 'Checkout' (active)",
    );
    scene.edit(PLAN, |_| held);
    scene.has_nothing_to_do();
}

#[test]
fn c_08_a_closed_workplan_without_a_file() {
    let scene = Scene::new();
    scene.sql(
        "INSERT INTO workplans (id, repository_id, file_id, title, status, changed_by)
         SELECT '00000000-0000-4000-8000-000000000008', id, 'SHOP-WP-0000', 'Past', 'finished', 'x'
         FROM repositories",
    );
    scene.found("C-08", "INFO", false, "closed workplan 'Past' (finished)");
    consistency(&scene.env, &scene.dir, &["--fix"]).expect(0);
    let past = "---\nid: SHOP-WP-0000\ntitle: Past\nstatus: finished\n---\n";
    scene.edit("workplans/archived/past.md", |_| past.into());
    scene.fix_mends("C-06");
    let linked = text(&scene.dir, "workplans/archived/past.md");
    assert!(
        linked.contains("00000000-0000-4000-8000-000000000008"),
        "{linked}"
    );
}

#[test]
fn c_09_a_row_that_is_not_this_repositorys() {
    let scene = Scene::new();
    scene.sql("UPDATE workplans SET repository_id = NULL, version = version + 1");
    scene.found("C-09", "WARN", true, "belongs to no repository");
    scene.fix_mends("C-09");
    scene.sql(
        "INSERT INTO repositories (id, slug) VALUES ('other', 'other');
         UPDATE workplans SET repository_id = 'other', version = version + 1",
    );
    scene.found_by(
        &["--fix"],
        "C-09",
        "WARN",
        false,
        "belongs to the repository other",
    );
    scene.sql(
        "UPDATE workplans SET version = version + 1,
         repository_id = (SELECT id FROM repositories WHERE slug = 'shop')",
    );
    scene.has_nothing_to_do();
}

#[test]
fn c_10_a_task_that_is_new() {
    let scene = Scene::new();
    scene.edit(PLAN, |text| {
        text + "\n## T02 - Another\n```task\nid: SHOP-WP-0001-T02\nstatus: todo\n```\n"
    });
    scene.found(
        "C-10",
        "WARN",
        true,
        "task 'T02 - Another' is not in the hub",
    );
    scene.fix_mends("C-10");
    let told = scene
        .env
        .run(&["task", "show", "SHOP-WP-0001-T02"])
        .expect(0);
    assert!(told.stdout.contains("T02 - Another"), "{}", told.stdout);
}

#[test]
fn c_11_a_task_that_went_on_in_the_file() {
    let scene = Scene::new();
    scene.replace("status: todo", "status: in_progress");
    scene.found("C-11", "WARN", true, "(db=todo, file=in_progress)");
    scene.fix_mends("C-11");
}

#[test]
fn c_12_a_task_without_a_block() {
    let scene = Scene::new();
    let held = text(&scene.dir, PLAN);
    scene.edit(PLAN, |text| text.replacen("```task", "```text", 1));
    let said = "task 'T01 - One page' (todo) of the hub has no block";
    scene.found_by(&["--fix"], "C-12", "WARN", false, said);
    scene.edit(PLAN, |_| held);
    scene.has_nothing_to_do();
}

#[test]
fn c_13_a_task_that_went_on_in_the_hub() {
    let scene = Scene::new();
    set(&scene.env, "SHOP-WP-0001-T01", "in_progress");
    let said = "DB task 'T01 - One page' is ahead of file (db=in_progress, file=todo) — skipped to prevent regression";
    scene.found("C-13", "WARN", true, said);
    scene.fix_mends("C-13");
    assert!(text(&scene.dir, PLAN).contains("status: in_progress  # so far\n"));
}

#[test]
fn c_14_what_keeps_files_from_being_written() {
    let scene = Scene::new();
    set(&scene.env, "SHOP-WP-0001-T01", "in_progress");
    let mine = text(&scene.dir, PLAN) + "mine\n";
    scene.env.write(&format!("first/{PLAN}"), mine);
    let said = "workplan has uncommitted changes — skipping writeback";
    scene.found("C-14", "INFO", false, said);
    scene.found_by(&["--fix"], "C-14", "WARN", false, said);
    scene.commit();
    scene.is_clear_of("C-14");
    scene.fix_mends("C-13");

    let head = scene.env.git(&scene.dir, &["rev-parse", "HEAD"]);
    scene.env.commit_all(&scene.dir, "more");
    scene.env.git(&scene.dir, &["push", "--quiet"]);
    scene
        .env
        .git(&scene.dir, &["reset", "--quiet", "--hard", &head]);
    let said =
        "Repo 'shop' is behind remote — pull before fixing to avoid clobbering remote progress";
    scene.found("C-14", "INFO", false, said);
    scene.found_by(&["--fix"], "C-14", "WARN", false, said);
    consistency(&scene.env, &scene.dir, &["--fix", "--pull"]).expect(0);
    scene.has_nothing_to_do();
}

#[test]
fn c_15_all_tasks_are_closed() {
    let scene = Scene::new();
    set(&scene.env, "SHOP-WP-0001-T01", "done");
    scene.found(
        "C-15",
        "WARN",
        true,
        "is active, and its one task is closed",
    );
    scene.fix_mends("C-15");
    let shown = text(&scene.dir, PLAN);
    assert!(shown.contains("status: finished\n") && shown.contains("status: done  #"));
}

#[test]
fn c_16_a_row_made_by_hand() {
    let scene = Scene::new();
    scene.sql(
        "INSERT INTO workplans (id, title, status, changed_by)
         VALUES ('by-hand', ' checkout', 'active', 'x')",
    );
    scene.found_by(
        &["--fix"],
        "C-16",
        "WARN",
        false,
        "(by-hand) of no repository",
    );
    scene.sql(
        "UPDATE workplans SET status = 'finished', version = version + 1 WHERE id = 'by-hand'",
    );
    scene.has_nothing_to_do();
}

#[test]
fn c_17_what_is_not_pushed() {
    let scene = Scene::new();
    set(&scene.env, "SHOP-WP-0001-T01", "in_progress");
    scene.found_by(
        &["--fix"],
        "C-17",
        "INFO",
        false,
        "1 commit of fix-consistency is not pushed",
    );
    let subject = "chore(consistency): sync task status from DB [auto]";
    let commit = |from: &str, to: &str, subject: &str| {
        let text = fs::read_to_string(scene.dir.join(PLAN)).unwrap();
        let changed = text.replacen(from, to, 1);
        scene.env.write(&format!("first/{PLAN}"), changed);
        let arguments = ["commit", "--quiet", "--all", "--message", subject];
        scene.env.git(&scene.dir, &arguments);
    };
    let (status, other) = ("status: in_progress", "status: blocked");
    commit("so far", "as yet", "a person's, which is not counted");
    commit("as yet", "so far", subject); // nor one that is only called like ours
    for _ in 0..4 {
        commit(status, other, subject);
        commit(other, status, subject);
    }
    commit(status, other, subject);
    scene.found("C-17", "INFO", false, "10 commits");
    commit(other, status, subject);
    scene.found("C-17", "WARN", false, "11 commits");
    consistency(&scene.env, &scene.dir, &["--fix", "--push"]).expect(0);
    scene.has_nothing_to_do();
}

#[test]
fn c_18_an_id_used_twice() {
    let scene = Scene::new();
    let again = "\n## Again\n\n```task\nid: SHOP-WP-0001-T01\nstatus: done\n```\n";
    scene.edit(PLAN, |text| text + again);
    let report = scene.report(&["--fix"]);
    let twice = Scene::of(&report, "remaining", "C-18");
    assert_eq!(twice.len(), 2, "{report:#}");
    assert_eq!((twice[0].0.as_str(), twice[0].1), ("FAIL", false));
    scene.replace(again, "");
    scene.has_nothing_to_do();
    // The whole file a second time.
    let copy = text(&scene.dir, PLAN);
    scene.edit("workplans/copy.md", |_| copy);
    let report = scene.report(&["--fix"]);
    let said: Vec<String> = Scene::of(&report, "remaining", "C-18")
        .into_iter()
        .map(|(.., message)| message)
        .collect();
    assert!(
        said.iter().any(|said| said.contains("workplans/copy.md:1")),
        "{said:?}"
    );
    assert!(said.iter().any(|said| said.contains(PLAN)), "{said:?}");
    scene.remove("workplans/copy.md");
    scene.has_nothing_to_do();
}

#[test]
fn c_19_words_that_are_no_status() {
    let scene = Scene::new();
    scene.replace("status: todo", "status: halfway");
    scene.found_by(&["--fix"], "C-19", "FAIL", false, "'halfway' is no status");
    scene.replace("status: halfway", "status: wait");
    // Set right it goes on; the older word is read, and only told.
    consistency(&scene.env, &scene.dir, &["--fix", "--push"]).expect(0);
    scene.found("C-19", "INFO", false, "'wait' as blocked");
    scene.replace("status: wait", "status: blocked");
    scene.has_nothing_to_do();
}

#[test]
fn c_20_a_closed_workplan_with_open_tasks() {
    let scene = Scene::new();
    scene.replace("status: active", "status: finished");
    scene.found_by(&["--fix"], "C-20", "WARN", false, "SHOP-WP-0001-T01");
    scene.replace("status: todo", "status: cancelled");
    scene.fix_mends("C-11");
}

#[test]
fn c_21_a_write_that_failed() {
    let scene = Scene::new();
    set(&scene.env, "SHOP-WP-0001-T01", "in_progress");
    let hook = "#!/bin/sh\necho not today >&2\nexit 1\n";
    let hook = scene.env.write("first/.git/hooks/pre-commit", hook);
    crate::kanban_disk::allow(&hook, 0o755);
    scene.found_by(&["--fix"], "C-21", "FAIL", false, "not today");
    let failed = scene.report(&["--fix"])["failed"].clone();
    assert_eq!(failed[0]["code"], "C-21");
    let message = failed[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("the status in the file not written: "),
        "{message}"
    );
    scene.is_clear_of("C-21");
    fs::remove_file(hook).unwrap();
    scene.fix_mends("C-13");
    // And what the hub refuses.
    scene.sql(
        "CREATE TRIGGER no BEFORE UPDATE OF status ON tasks
         BEGIN SELECT RAISE(ABORT, 'the books are closed'); END",
    );
    scene.replace("status: in_progress", "status: done");
    let report = scene.report(&["--fix"]);
    let refused = Scene::of(&report, "failed", "C-21");
    assert!(refused[0].2.contains("the books are closed"), "{report:#}");
    assert!(!Scene::of(&report, "remaining", "C-11").is_empty());
    scene.sql("DROP TRIGGER no");
    scene.fix_mends("C-11");
}

//! A checkout with work for a run of every kind, and a person's own changes beside it.

use super::PATIENCE;
use crate::fix_consistency::text;
use crate::kanban_disk::allow;
use crate::scene::env;
use camino::Utf8PathBuf;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Instant;
use test_support::{Ran, TestEnv};

/// How often a run is tried again while git may still be at what a killed one began.
pub(super) const TURN: usize = 50;

/// Two workplans that follow the hub, and one that the hub follows.
const PLANS: [&str; 3] = ["workplans/a.md", "workplans/b.md", "workplans/c.md"];

pub(super) struct Shop {
    pub(super) env: TestEnv,
    pub(super) dir: Utf8PathBuf,
    /// How often there was work.
    round: usize,
    /// What the files hold before the work is done, by path.
    before: BTreeMap<String, String>,
    mine: [String; 3],
}

fn plan(id: &str, word: &str) -> String {
    format!(
        "---\nid: {id}\ntitle: \"{id}\"\nstatus: active\n---\n\n## Step\n\n\
         ```task\nid: {id}-T01\nstatus: {word}\n```\n\n## Later\n\n```task\nid: {id}-T02\nstatus: todo\n```\n"
    )
}

/// The two words that work goes back and forth between, neither being lower.
fn other(word: &str) -> &'static str {
    if word == "blocked" {
        "in_progress"
    } else {
        "blocked"
    }
}

/// The word of the first task of a text.
fn word_in(text: &str) -> &'static str {
    let mut words = ["in_progress", "blocked"].into_iter();
    words
        .find(|word| text.contains(&format!("status: {word}\n")))
        .unwrap()
}

impl Shop {
    pub(super) fn new() -> Self {
        let env = env();
        let dir = crate::fix_consistency::repository(
            &env,
            &PLANS
                .map(|path| {
                    let id = path[10..11].to_uppercase();
                    (path, plan(&id, "in_progress"))
                })
                .each_ref()
                .map(|(path, text)| (*path, text.as_str())),
        );
        let mut shop = Self {
            env,
            dir,
            round: 0,
            before: BTreeMap::new(),
            mine: Default::default(),
        };
        shop.env
            .run(&shop.arguments(&["--fix", "--push"]))
            .expect(0);
        shop.env.write("first/README.md", "staged\n");
        shop.env.git(&shop.dir, &["add", "README.md"]);
        shop.env.write("first/README.md", "staged\nand more\n");
        shop.env.write("first/notes", "mine\n");
        shop.mine = shop.mine_now();
        shop
    }

    pub(super) fn hub(&self) -> Utf8PathBuf {
        self.env.state_dir().join("hub.sqlite3")
    }

    pub(super) fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&["fix-consistency", "-C", self.dir.as_str()], more].concat()
    }

    /// Another machine moves two tasks; a person moves a third, and writes a new workplan.
    pub(super) fn make_work(&mut self) {
        self.round += 1;
        let moved = other(self.word(PLANS[0]));
        let hub = Connection::open(self.hub()).unwrap();
        hub.busy_timeout(PATIENCE).unwrap();
        let update = "UPDATE tasks SET status = ?1, version = version + 1
                      WHERE file_id IN ('A-T01', 'B-T01')";
        assert_eq!(hub.execute(update, [moved]).unwrap(), 2);
        let (path, id) = (self.new_plan(), format!("NEW-{}", self.round));
        self.env.write(&format!("first/{path}"), plan(&id, "todo"));
        self.env.git(&self.dir, &["add", &path]);
        let word = self.word(PLANS[2]);
        let moved = text(&self.dir, PLANS[2]).replace(
            &format!("status: {word}"),
            &format!("status: {}", other(word)),
        );
        self.env.write(&format!("first/{}", PLANS[2]), moved);
        let commit = ["commit", "--quiet", "--message", "work", "--", "workplans"];
        self.env.git(&self.dir, &commit);
        let paths = PLANS.iter().map(ToString::to_string).chain([path]);
        self.before = paths
            .map(|path| (path.clone(), text(&self.dir, &path)))
            .collect();
    }

    fn new_plan(&self) -> String {
        format!("workplans/new-{}.md", self.round)
    }

    fn word(&self, path: &str) -> &'static str {
        word_in(&text(&self.dir, path))
    }

    /// A person's changes: staged, unstaged, and the names of all that git sees of them.
    fn mine_now(&self) -> [String; 3] {
        let git = |arguments: &[&str]| self.env.git(&self.dir, arguments);
        let names = git(&[
            "status",
            "--porcelain",
            "--ignored",
            "--untracked-files=all",
        ]);
        [
            git(&["diff", "--cached", "--", "README.md"]),
            git(&["diff", "--", "README.md"]),
            names,
        ]
    }

    /// After a kill: a person's changes are there, and each file holds what it did or what it shall.
    #[track_caller]
    pub(super) fn nothing_is_lost(&self) {
        let [staged, unstaged, _] = self.mine_now();
        assert_eq!([&staged, &unstaged], [&self.mine[0], &self.mine[1]]);
        let moved = other(word_in(&self.before[PLANS[0]]));
        for (path, before) in &self.before {
            let now = text(&self.dir, path);
            let plain =
                |line: &&str| !line.starts_with("state_hub_") && !line.starts_with("status: ");
            assert!(
                now.lines().filter(plain).eq(before.lines().filter(plain)),
                "{path}: {now}"
            );
            let words = |text: &str| -> Vec<String> {
                let lines = text
                    .lines()
                    .filter_map(|line| line.strip_prefix("status: "));
                lines.map(str::to_owned).collect()
            };
            let (mut after, before) = (words(before), words(before));
            if PLANS[..2].contains(&path.as_str()) {
                moved.clone_into(&mut after[1]);
            }
            assert!([after, before].contains(&words(&now)), "{path}: {now}");
        }
        // No row was made twice or lost.
        let hub = Connection::open(self.hub()).unwrap();
        let count = |of: &str| -> usize {
            let sql = format!("SELECT count(*) FROM {of}");
            let count = hub.query_row(&sql, [], |row| row.get::<_, u32>(0));
            count.unwrap() as usize
        };
        let plans = PLANS.len() + self.round;
        assert!((plans - 1..=plans).contains(&count("workplans")));
        assert!((2 * plans - 2..=2 * plans).contains(&count("tasks")));
        assert_eq!(count("tasks WHERE reopens > 0"), 0);
    }

    /// The next run does all that is left to do; it is asked for at most so many times.
    #[track_caller]
    pub(super) fn completes(&self, times: usize) {
        let mut ran = self.run();
        for _ in 1..times {
            if ran.code == Some(0) {
                break;
            }
            let told = ran.transcript();
            assert!(
                told.contains("C-21") || told.contains("C-14") || told.contains("C-00"),
                "{told}"
            );
            std::thread::yield_now();
            ran = self.run();
        }
        let told = ran.expect(0).stdout;
        let report: Value = serde_json::from_str(&told).unwrap();
        let left = report["repos"][0]["remaining"].as_array().unwrap();
        assert!(
            left.iter().all(|finding| finding["code"] == "C-17"),
            "{told}"
        );
        assert_eq!(self.mine_now(), self.mine, "{told}");
        let hub = Connection::open(self.hub()).unwrap();
        let mut rows = hub.prepare("SELECT file_id, status FROM tasks").unwrap();
        let rows = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        let rows: BTreeMap<String, String> = rows.map(Result::unwrap).collect();
        let moved = other(word_in(&self.before[PLANS[0]]));
        let here = word_in(&self.before[PLANS[2]]);
        for (path, id, word) in [
            (PLANS[0], "A-T01", moved),
            (PLANS[1], "B-T01", moved),
            (PLANS[2], "C-T01", here),
        ] {
            assert_eq!((self.word(path), rows[id].as_str()), (word, word), "{id}");
        }
        assert_eq!(
            text(&self.dir, &self.new_plan())
                .matches("state_hub_")
                .count(),
            3
        );
        self.env.git(&self.dir, &["push", "--quiet"]);
    }

    fn run(&self) -> Ran {
        self.env.run(&self.arguments(&["--fix", "--json"]))
    }

    /// A run has nothing left to do, and does nothing.
    #[track_caller]
    pub(super) fn has_nothing_to_do(&self) {
        let head = || self.env.git(&self.dir, &["rev-parse", "HEAD"]);
        let before = head();
        let told = self.run().expect(0).stdout;
        let report: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(report["repos"][0]["done"], serde_json::json!([]), "{told}");
        assert_eq!(head(), before);
    }

    pub(super) fn hook(&self, script: &str) {
        let _ = std::fs::remove_file(self.env.work().join("count"));
        let hook = self.env.write(
            "first/.git/hooks/pre-commit",
            format!("#!/bin/sh\n{script}"),
        );
        allow(&hook, 0o755);
    }

    pub(super) fn no_hook(&self) {
        std::fs::remove_file(self.dir.join(".git/hooks/pre-commit")).unwrap();
    }

    /// Waits until git has ended what it was asked for by somebody who is no more.
    pub(super) fn wait_for_git(&self) {
        let begun = Instant::now();
        while self.dir.join(".git/index.lock").exists() {
            assert!(begun.elapsed() < PATIENCE, "git does not end");
            std::thread::yield_now();
        }
    }

    /// The command with a git that notes its calls in `calls`, and kills who called it before or
    /// after the one whose number is in `KILL_BEFORE` or `KILL_AFTER`.
    pub(super) fn through_wrapper(&self, arguments: &[&str]) -> Command {
        let wrapper = self.env.work().join("bin/git");
        let mut command = self.env.command(&self.arguments(arguments));
        let path = command.get_envs().find(|(name, _)| *name == "PATH");
        let path = path.unwrap().1.unwrap().to_str().unwrap().to_owned();
        let calls = self.env.work().join("calls");
        std::fs::File::create(&calls).unwrap();
        if !wrapper.exists() {
            let script = "#!/bin/sh\necho \"$*\" >> \"$CALLS\"\nn=$(($(wc -l < \"$CALLS\")))\n\
                 [ \"$n\" = \"$KILL_BEFORE\" ] && kill -9 $PPID && exit 1\n\
                 PATH=$REAL_PATH git \"$@\"\ncode=$?\n\
                 [ \"$n\" = \"$KILL_AFTER\" ] && kill -9 $PPID\nexit $code\n";
            allow(&self.env.write("bin/git", script), 0o755);
        }
        command.env("PATH", format!("{}/bin:{path}", self.env.work()));
        command.env("REAL_PATH", path).env("CALLS", calls);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// What git was asked for, call by call.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.env.work().join("calls")).unwrap();
        calls.lines().map(str::to_owned).collect()
    }
}

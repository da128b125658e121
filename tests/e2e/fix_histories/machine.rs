//! One person's computer: a home, a clone, and what its checkout remembers.

use super::model::Base;
use super::random::Random;
use crate::scene::env;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};
use test_support::{Ran, TestEnv};

/// The workplans.
pub(super) const FILES: [&str; 2] = ["workplans/one.md", "workplans/two.md"];

/// The tasks, by the ids of their workplans.
pub(super) const TASKS: [&str; 3] = ["SHOP-WP-0001-T01", "SHOP-WP-0001-T02", "SHOP-WP-0002-T01"];

/// The file that holds a task.
pub(super) fn file_of(task: &str) -> &'static str {
    FILES[usize::from(task.starts_with("SHOP-WP-0002"))]
}

pub(super) struct Machine {
    pub(super) name: String,
    pub(super) env: TestEnv,
    pub(super) reachable: bool,
    pub(super) bases: BTreeMap<String, Base>,
    /// Where HEAD has been between steps.
    heads: Vec<String>,
}

/// What a run reported, as far as it is looked at.
pub(super) struct Report {
    pub(super) done: usize,
    /// The codes of what remains.
    pub(super) codes: Vec<String>,
    /// The tasks whose statuses still differ.
    pub(super) apart: BTreeSet<String>,
    /// The tasks that the hub or the file still lacks.
    pub(super) unlinked: BTreeSet<String>,
}

impl Machine {
    /// The one on which the project began, with the hub and the remote.
    pub(super) fn founder(words: &[&str]) -> Self {
        let machine = Self::new("Ada");
        let env = &machine.env;
        for (number, path) in (1..).zip(FILES) {
            let mut text = format!(
                "---\nid: SHOP-WP-000{number}\ntitle: \"Plan {number}\"\nstatus: active\n---\n"
            );
            for (task, word) in TASKS.iter().zip(words).filter(|(t, _)| file_of(t) == path) {
                let _ = write!(
                    text,
                    "\n## {task}\n\n```task\nid: {task}\nstatus: {word}\n```\n"
                );
            }
            env.write(&format!("shop/{path}"), text);
        }
        let dir = machine.dir();
        env.git(&dir, &["init", "--quiet"]);
        env.commit_all(&dir, "begin");
        let remote = machine.remote();
        env.git(
            &env.work(),
            &["clone", "--quiet", "--bare", "shop", &remote],
        );
        env.git(&dir, &["remote", "add", "origin", &remote]);
        env.git(&dir, &["fetch", "--quiet"]);
        env.git(
            &dir,
            &["branch", "--quiet", "--set-upstream-to", "origin/main"],
        );
        env.run(&["hub", "init"]).expect(0);
        env.run(&["hub", "register", "--slug", "shop", "-C", dir.as_str()])
            .expect(0);
        machine
    }

    /// Another one, with a clone, that uses the same hub.
    pub(super) fn clone_of(remote: &str, hub: &str, name: &str) -> Self {
        let mut machine = Self::new(name);
        machine.env.set("ONWARD_HUB", hub);
        let work = machine.env.work();
        machine
            .env
            .git(&work, &["clone", "--quiet", remote, "shop"]);
        machine.note_head();
        machine
    }

    fn new(name: &str) -> Self {
        let mut env = env();
        // Else equal commits of two people would be one.
        env.set("GIT_AUTHOR_NAME", name)
            .set("GIT_COMMITTER_NAME", name);
        Self {
            name: name.to_owned(),
            env,
            reachable: true,
            bases: BTreeMap::new(),
            heads: Vec::new(),
        }
    }

    pub(super) fn dir(&self) -> Utf8PathBuf {
        self.env.work().join("shop")
    }

    /// Where the founder keeps the remote.
    pub(super) fn remote(&self) -> String {
        self.env.work().join("remote.git").into_string()
    }

    /// Where the founder keeps the hub.
    pub(super) fn hub(&self) -> String {
        self.env.state_dir().join("hub.sqlite3").into_string()
    }

    /// Runs git as this person would; says whether it did what was asked.
    pub(super) fn git(&self, arguments: &[&str]) -> bool {
        self.ask(arguments).is_some()
    }

    /// What git says, if it says yes.
    pub(super) fn ask(&self, arguments: &[&str]) -> Option<String> {
        #[expect(
            clippy::disallowed_methods,
            reason = "git may say no, other than in TestEnv"
        )]
        let mut command = Command::new("git");
        let prepared = self.env.command(&[""]);
        let variables = prepared.get_envs();
        command
            .env_clear()
            .envs(variables.filter_map(|(name, value)| Some((name, value?))))
            .current_dir(self.dir())
            .args(arguments)
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| said.trim_end().to_owned())
    }

    pub(super) fn head(&self) -> String {
        self.ask(&["rev-parse", "HEAD"]).unwrap()
    }

    pub(super) fn note_head(&mut self) {
        self.heads.push(self.head());
    }

    /// Somewhere HEAD has been.
    pub(super) fn former_head(&self, random: &mut Random) -> String {
        match self.heads.len() {
            0 => self.head(),
            many => self.heads[random.below(many)].clone(),
        }
    }

    pub(super) fn on_branch(&self) -> bool {
        self.git(&["symbolic-ref", "--quiet", "HEAD"])
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.ask(&["status", "--porcelain"]) != Some(String::new())
    }

    /// The workplans with uncommitted changes.
    pub(super) fn dirty(&self) -> BTreeSet<&'static str> {
        let differs = |path: &&str| !self.git(&["diff", "--quiet", "HEAD", "--", path]);
        FILES.into_iter().filter(differs).collect()
    }

    /// Says whether a commit is HEAD's or an ancestor's of it.
    pub(super) fn is_behind(&self, commit: &str, head: &str) -> bool {
        self.git(&["merge-base", "--is-ancestor", commit, head])
    }

    pub(super) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.dir().join(path)).unwrap()
    }

    /// The word in the file of each task.
    pub(super) fn words(&self) -> BTreeMap<String, String> {
        let texts = FILES.map(|path| self.text(path));
        texts.iter().flat_map(|text| words(text)).collect()
    }

    /// A person writes another word for a task.
    pub(super) fn write(&self, task: &str, word: &str) {
        let path = file_of(task);
        let text = self.text(path);
        let start = text.find(&format!("\nid: {task}\n")).unwrap() + 1;
        let (before, block) = text.split_at(start);
        let (status, rest) = block.split_once("status: ").unwrap();
        let rest = rest.split_once('\n').unwrap().1;
        self.env.write(
            &format!("shop/{path}"),
            format!("{before}{status}status: {word}\n{rest}"),
        );
    }

    /// All that a run without `--fix`, or with nothing to do, leaves as it is.
    pub(super) fn state(&self) -> (String, Vec<String>, Option<String>, Option<String>) {
        let texts = FILES.map(|path| self.text(path)).to_vec();
        let asked = |arguments: &[&str]| self.ask(arguments);
        (
            self.head(),
            texts,
            asked(&["status", "--porcelain"]),
            asked(&["ls-files", "--stage"]),
        )
    }

    /// Runs the command and reads its report.
    pub(super) fn consistency(&self, arguments: &[&str]) -> (Ran, Report) {
        let dir = self.dir();
        let usual = ["fix-consistency", "--json", "-C", Utf8Path::as_str(&dir)];
        let ran = self.env.run(&[&usual[..], arguments].concat());
        let told: Value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|_| panic!("no report: {}", ran.transcript()));
        let repo = &told["repos"][0];
        let remaining = repo["remaining"].as_array().unwrap();
        let word = |finding: &Value, key: &str| finding[key].as_str().map(str::to_owned);
        let worst = remaining.iter().map(|finding| {
            match (finding["code"].as_str(), finding["severity"].as_str()) {
                (Some("C-00"), _) => 3,
                (_, Some("FAIL")) => 1,
                (_, Some("WARN")) => 2,
                _ => 0,
            }
        });
        let worst: BTreeSet<i32> = worst.collect();
        let expected = [3, 1, 2].into_iter().find(|code| worst.contains(code));
        assert_eq!(
            ran.code,
            Some(expected.unwrap_or(0)),
            "{}",
            ran.transcript()
        );
        let about = |codes: &[&str]| {
            let is = |f: &&Value| codes.contains(&f["code"].as_str().unwrap());
            let found = remaining.iter().filter(is);
            found.filter_map(|finding| word(finding, "id")).collect()
        };
        let report = Report {
            done: repo["done"].as_array().unwrap().len(),
            codes: remaining.iter().filter_map(|f| word(f, "code")).collect(),
            apart: about(&["C-11", "C-13"]),
            unlinked: about(&["C-10"]),
        };
        (ran, report)
    }
}

/// The words of the tasks in a text.
pub(super) fn words(text: &str) -> BTreeMap<String, String> {
    let blocks = text.split("```task\n").skip(1);
    blocks
        .map(|block| {
            let value = |key: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(key));
                line.unwrap().to_owned()
            };
            (value("id: "), value("status: "))
        })
        .collect()
}

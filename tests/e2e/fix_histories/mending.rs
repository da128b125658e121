//! A run with `--fix` in a history: what it may do, worked out before, and compared with what it did.

use super::World;
use super::machine::{FILES, Machine, TASKS, file_of, words};
use super::model::{self, Base, Run};
use std::collections::{BTreeMap, BTreeSet};

/// How the subjects of our own commits begin.
const OWN: &str = "chore(consistency): ";
const LINK: &str = "chore(consistency): link to hub [auto]";
const STATUS: &str = "chore(consistency): sync task status from DB [auto]";

/// A checkout and its upstream, right before a run.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Before {
    head: String,
    upstream: String,
    on_branch: bool,
    reachable: bool,
    ahead: usize,
    behind: usize,
    /// Every commit that only the checkout has is one of ours.
    own_only: bool,
    /// One of them is.
    own_any: bool,
    dirty: BTreeSet<&'static str>,
    texts: BTreeMap<&'static str, String>,
    files: BTreeMap<String, String>,
}

impl Before {
    fn of(machine: &Machine) -> Self {
        let ask = |arguments: &[&str]| machine.ask(arguments).unwrap();
        let reachable = machine.git(&["fetch", "--quiet"]);
        assert_eq!(reachable, machine.reachable);
        let counts = ask(&["rev-list", "--left-right", "--count", "HEAD...origin/main"]);
        let (ahead, behind) = counts.split_once('\t').unwrap();
        let local = ask(&["log", "--format=%s", "origin/main..HEAD"]);
        Self {
            head: machine.head(),
            upstream: ask(&["rev-parse", "origin/main"]),
            on_branch: machine.on_branch(),
            reachable,
            ahead: ahead.parse().unwrap(),
            behind: behind.parse().unwrap(),
            own_only: local.lines().all(|subject| subject.starts_with(OWN)),
            own_any: local.lines().any(|subject| subject.starts_with(OWN)),
            dirty: machine.dirty(),
            texts: FILES
                .into_iter()
                .map(|path| (path, machine.text(path)))
                .collect(),
            files: machine.words(),
        }
    }

    /// The words in the files once the branch has moved to its upstream.
    fn pulled(&self, machine: &Machine) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for path in FILES {
            if self.dirty.contains(path) {
                files.extend(words(&self.texts[path]));
            } else {
                let shown = format!("{}:{path}", self.upstream);
                files.extend(words(&machine.ask(&["show", &shown]).unwrap()));
            }
        }
        files
    }
}

impl World {
    /// Somebody mends, one way or another.
    pub(super) fn mend(&mut self, machine: usize) {
        let mut flags = vec!["--fix"];
        flags.extend(self.random.chance(2).then_some("--pull"));
        flags.extend(self.random.chance(2).then_some("--push"));
        flags.extend(self.random.chance(6).then_some("--no-writeback"));
        let task = self.random.one(&TASKS);
        let reopen = self.random.chance(8).then_some(task);
        self.mend_with(machine, &flags, reopen);
    }

    /// Mends with these flags; returns the tasks that are left to a person.
    pub(super) fn mend_with(
        &mut self,
        number: usize,
        flags: &[&str],
        reopen: Option<&'static str>,
    ) -> BTreeSet<String> {
        self.tell(number, &format!("{flags:?}, reopening {reopen:?}"));
        let machine = &self.machines[number];
        let before = Before::of(machine);
        let mut arguments = flags.to_vec();
        arguments.extend(reopen.into_iter().flat_map(|task| ["--reopen", task]));
        let (ran, report) = machine.consistency(&arguments);
        let after = machine.head();
        let told = ran.transcript();

        // Following the upstream.
        let asked = flags.contains(&"--pull");
        let may_follow = asked && before.reachable && before.on_branch && before.behind > 0;
        let pulled = may_follow && machine.is_behind(&before.upstream, &after);
        if pulled {
            let loses_nothing = before.ahead == 0 || before.own_only;
            assert!(loses_nothing, "a person's commit is gone: {told}");
        } else {
            assert!(machine.is_behind(&before.head, &after), "{told}");
            let had_to = may_follow && before.own_only && before.dirty.is_empty();
            assert!(!had_to, "it did not follow: {told}");
        }
        let (from, files) = if pulled {
            (before.upstream.clone(), before.pulled(machine))
        } else {
            (before.head.clone(), before.files.clone())
        };

        // What is a person's stays a person's, to the byte.
        assert_eq!(machine.dirty(), before.dirty, "{told}");
        for path in &before.dirty {
            assert_eq!(machine.text(path), before.texts[path], "{told}");
        }
        let made = machine
            .ask(&["log", "--format=%s", &format!("{from}..{after}")])
            .unwrap();
        let count = |subject: &str| made.lines().filter(|line| *line == subject).count();
        let (links, statuses) = (count(LINK), count(STATUS));
        assert_eq!(links + statuses, made.lines().count(), "{made}");
        assert!(links <= 1 && statuses <= 1 + links, "{made}: {told}");

        let gated = before.on_branch && before.reachable && before.behind > 0 && !pulled;
        if gated {
            assert!(report.codes.iter().any(|code| code == "C-14"), "{told}");
            assert_eq!(
                (after, machine.words()),
                (before.head, before.files),
                "{told}"
            );
            return BTreeSet::new();
        }
        let on_line = |base: &&Base| machine.is_behind(&base.commit, &from);
        let bases = machine.bases.iter().filter(|(_, base)| on_line(base));
        let writable = |task: &&&str| before.on_branch && !before.dirty.contains(file_of(task));
        let run = Run {
            files: &files,
            bases: bases
                .map(|(task, base)| (task.clone(), base.row.clone()))
                .collect(),
            writable: TASKS
                .iter()
                .filter(writable)
                .map(ToString::to_string)
                .collect(),
            writeback: !flags.contains(&"--no-writeback"),
            reopen,
        };
        let outcome = run.on(&self.hub);
        assert_eq!(machine.words(), outcome.files, "{told}");
        self.never_back(&files, &outcome, reopen);
        for (task, word) in &outcome.files {
            match outcome.hub.get(task) {
                Some(row) => {
                    let apart = report.apart.contains(task);
                    assert_eq!(apart, row.word != *word, "{task}: {told}");
                }
                None => assert!(report.unlinked.contains(task), "{task}: {told}"),
            }
        }
        if flags.contains(&"--push") && before.reachable && before.on_branch {
            let local = before.own_any && !pulled || !made.is_empty();
            let tip = machine
                .ask(&["ls-remote", "origin", "refs/heads/main"])
                .unwrap();
            assert!(
                !local || tip.starts_with(&after),
                "it was not pushed: {told}"
            );
        }

        let held = run.bases.clone();
        let (agreed, tied) = (outcome.agreed, outcome.tied);
        self.hub = outcome.hub;
        let bases = &mut self.machines[number].bases;
        for (task, row) in agreed {
            // What holds already keeps its commit.
            if held.get(&task) != Some(&row) {
                let commit = after.clone();
                bases.insert(task, Base { row, commit });
            }
        }
        tied
    }

    /// The rule itself, apart from the table: a rank falls only where a person said so.
    fn never_back(
        &self,
        files: &BTreeMap<String, String>,
        outcome: &model::Outcome,
        reopen: Option<&str>,
    ) {
        for (task, before) in &self.hub {
            let now = &outcome.hub[task];
            let fell = model::rank(&now.word) < model::rank(&before.word);
            assert!(!fell || reopen == Some(task), "the hub's {task} went back");
            assert_eq!(now.reopens, before.reopens + u32::from(fell), "{task}");
        }
        for (task, before) in files {
            let now = &outcome.files[task];
            if model::rank(now) < model::rank(before) {
                let row = &outcome.hub[task];
                let by_hub = row.reopens > 0 && row.word == *now;
                let told = reopen == Some(task);
                assert!(by_hub || told, "the file's {task} went back");
            }
        }
    }
}

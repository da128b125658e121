//! For tests: real repositories in a folder of their own, whatever the machine's settings.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::ids::CommitId;

use crate::{Git, History, Repository};

/// Settings that change what git prints or that start programs: no fact may depend on them.
/// `TRAP` stands for a program that leaves a trace when it is run.
const HOSTILE: &str = "
[color] ui = always
[core]
    quotepath = on
    pager = TRAP
    fsmonitor = TRAP
    hooksPath = HOOKS
    editor = TRAP
[diff]
    external = TRAP
    renames = copies
    relative = true
    noprefix = true
    orderFile = /nonexistent/order
    ignoreSubmodules = all
    submodule = log
[log]
    abbrevCommit = true
    decorate = full
    diffMerges = off
    follow = true
    mailmap = false
    showRoot = false
    showSignature = true
[format] pretty = fuller
[gpg] program = TRAP
[notes] displayRef = refs/notes/*
[pager]
    log = TRAP
    status = TRAP
[safe] bareRepository = explicit
[stash] showIncludeUntracked = true
[status]
    branch = true
    relativePaths = true
    renames = copies
    short = true
    showStash = true
    showUntrackedFiles = no
    submoduleSummary = true
[fetch]
    prune = true
    pruneTags = true
    recurseSubmodules = true
    writeCommitGraph = true
[submodule] recurse = true
[maintenance] auto = true
[gc] auto = 1
";

/// Settings that change what a commit, merge or push of the user's does: none may change what is
/// done on the user's behalf.
const WAYWARD: &str = "
[core]
    commentChar = c
    editor = TRAP
    pager = TRAP
    quotepath = on
[sequence] editor = TRAP
[commit]
    cleanup = scissors
    status = true
    template = /nonexistent/template
    verbose = true
[i18n] commitEncoding = latin1
[branch]
    autoSetupMerge = always
    autoSetupRebase = always
[checkout] defaultRemote = nowhere
[diff]
    external = TRAP
    ignoreSubmodules = all
    relative = true
    renames = copies
[fetch] prune = true
[format] pretty = fuller
[merge]
    autoStash = true
    ff = false
    log = true
[pager] commit = TRAP
[pull] rebase = true
[push]
    default = matching
    followTags = true
    useForceIfIncludes = true
[rebase] autoStash = true
[status]
    short = true
    showUntrackedFiles = no
[submodule] recurse = true
";

/// Hooks that any run of git here might trip over.
const HOOKS: &[&str] = &[
    "post-checkout",
    "post-index-change",
    "pre-auto-gc",
    "reference-transaction",
];

/// A folder with its own home; gone when dropped.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
    clock: Cell<u64>,
}

/// A work tree in a sandbox, driven by plain git.
pub(crate) struct Checkout<'s> {
    sandbox: &'s Sandbox,
    root: Utf8PathBuf,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let sandbox = Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Cell::new(1_700_000_000),
        };
        let tame = "[user]\nname = A\nemail = a@example.com\n[init] defaultBranch = main\n\
                    [protocol \"file\"] allow = always\n[advice] detachedHead = false\n";
        write(&sandbox.path("tame"), tame);
        let trap = sandbox.path("trap");
        write_program(
            &trap,
            &format!("touch '{}'; exit 1", sandbox.path("sprung")),
        );
        fs::create_dir(sandbox.path("hooks")).unwrap();
        for hook in HOOKS {
            fs::hard_link(&trap, sandbox.path("hooks").join(hook)).unwrap();
        }
        let hostile = HOSTILE
            .replace("TRAP", trap.as_str())
            .replace("HOOKS", sandbox.path("hooks").as_str());
        write(&sandbox.path("hostile"), &format!("{tame}{hostile}"));
        let wayward = WAYWARD.replace("TRAP", trap.as_str());
        write(&sandbox.path("wayward"), &format!("{tame}{wayward}"));
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        let folder = fs::canonicalize(self.folder.path()).unwrap();
        Utf8PathBuf::try_from(folder).unwrap().join(name)
    }

    /// The git for the code under test: it meets the hostile settings.
    pub(crate) fn git(&self) -> Git {
        Git::new()
            .with_variable("HOME", self.path("home").as_str())
            .with_variable("GIT_CONFIG_NOSYSTEM", "1")
            .with_variable("GIT_CONFIG_GLOBAL", self.path("hostile").as_str())
    }

    /// The git for code under test that writes: it meets the wayward settings and no hooks but
    /// those of the repository.
    pub(crate) fn writing_git(&self) -> Git {
        self.git()
            .with_variable("GIT_CONFIG_GLOBAL", self.path("wayward").as_str())
            .with_variable("GIT_EDITOR", self.path("trap").as_str())
    }

    /// Says whether a program named by the hostile settings has run.
    pub(crate) fn trap_sprang(&self) -> bool {
        self.path("sprung").exists()
    }

    pub(crate) fn init(&self, name: &str) -> Checkout<'_> {
        self.plain(&self.path(""), &["init", "--quiet", "--", name]);
        self.checkout(name)
    }

    pub(crate) fn clone(&self, from: &Checkout<'_>, name: &str, options: &[&str]) -> Checkout<'_> {
        let url = format!("file://{}", from.root);
        let arguments = [&["clone", "--quiet"], options, &[&url, name]].concat();
        self.plain(&self.path(""), &arguments);
        self.checkout(name)
    }

    pub(crate) fn checkout(&self, name: &str) -> Checkout<'_> {
        Checkout {
            sandbox: self,
            root: self.path(name),
        }
    }

    /// Runs plain git, feeds it `input`, and returns its exit code and output.
    pub(crate) fn try_plain(
        &self,
        directory: &Utf8Path,
        arguments: &[&str],
        input: &[u8],
    ) -> (Option<i32>, String) {
        let mut command = program("git");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GIT_") {
                command.env_remove(name);
            }
        }
        self.clock.set(self.clock.get() + 60);
        let now = format!("@{} +0000", self.clock.get());
        let mut child = command
            .arg("-C")
            .arg(directory)
            .args(arguments)
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.path("tame"))
            .env("GIT_AUTHOR_DATE", &now)
            .env("GIT_COMMITTER_DATE", &now)
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("GIT_EDITOR", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            said.push_str(&String::from_utf8_lossy(&output.stderr));
        }
        (output.status.code(), said)
    }

    pub(crate) fn plain(&self, directory: &Utf8Path, arguments: &[&str]) -> String {
        let (code, said) = self.try_plain(directory, arguments, b"");
        assert_eq!(code, Some(0), "git {arguments:?}: {said}");
        said.trim_end_matches('\n').to_owned()
    }
}

impl Checkout<'_> {
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Runs plain git here, which must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.sandbox.plain(&self.root, arguments)
    }

    /// Runs plain git here, whatever comes of it.
    pub(crate) fn attempt(&self, arguments: &[&str]) -> Option<i32> {
        self.sandbox.try_plain(&self.root, arguments, b"").0
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write(&path, content);
    }

    /// Writes a file and commits it.
    pub(crate) fn commit(&self, path: &str, content: &str) -> CommitId {
        self.write(path, content);
        self.run(&["add", "--force", "--", path]);
        self.commit_staged(path)
    }

    pub(crate) fn commit_staged(&self, message: &str) -> CommitId {
        self.run(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.id("HEAD")
    }

    pub(crate) fn id(&self, revision: &str) -> CommitId {
        CommitId::new(self.run(&["rev-parse", "--verify", revision]))
    }

    pub(crate) fn open(&self) -> Repository {
        self.open_with(&self.sandbox.git())
    }

    /// Opens it for writing.
    pub(crate) fn open_writing(&self) -> Repository {
        self.open_with(&self.sandbox.writing_git())
    }

    pub(crate) fn open_with(&self, git: &Git) -> Repository {
        let found = Repository::discover(git, &self.root).unwrap();
        found.expect("a work tree")
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Makes a hook of this repository.
    pub(crate) fn hook(&self, name: &str, body: &str) {
        let folder = self.run(&["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        let folder = Utf8PathBuf::from(folder).join("hooks");
        fs::create_dir_all(&folder).unwrap();
        write_program(&folder.join(name), body);
    }

    /// Everything a user may have in a work tree and would miss: HEAD and refs, what is staged
    /// and flagged, and each file that is not in `except`.
    pub(crate) fn belongings(&self, except: &[&str]) -> Vec<String> {
        let refs = self.run(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let listed = self.run(&["ls-files", "--stage", "-v", "-z"]);
        let staged = self.run(&[
            "diff",
            "--cached",
            "--raw",
            "--no-abbrev",
            "-z",
            "--no-renames",
        ]);
        let files = program("find")
            .current_dir(&self.root)
            .args([".", "-name", ".git", "-prune", "-o", "-type", "f"])
            .args(["-exec", "cksum", "{}", "+"])
            .output()
            .unwrap();
        let files = String::from_utf8(files.stdout).unwrap();
        let kept = |line: &str| !except.iter().any(|path| line.ends_with(path));
        let mut belongings = Vec::new();
        if except.is_empty() {
            belongings.extend(refs.lines().map(str::to_owned));
        }
        for list in [
            listed.split('\0').collect::<Vec<_>>(),
            files.lines().collect(),
        ] {
            let kept = list.into_iter().filter(|line| kept(line));
            belongings.extend(kept.map(str::to_owned));
        }
        // A raw difference takes two records: the second is the path.
        let staged: Vec<&str> = staged.split('\0').collect();
        let staged = staged.chunks(2).map(|pair| pair.join("\t"));
        belongings.extend(staged.filter(|line| kept(line)));
        belongings.sort_unstable();
        belongings
    }
}

/// Asks about one path what is asked about many.
pub(crate) trait OnePath {
    fn last(&self, path: &str) -> Option<CommitId>;
    fn is_gone_here(&self, path: &str) -> bool;
    fn was_ever_touched(&self, path: &str) -> bool;
}

impl OnePath for History<'_> {
    fn last(&self, path: &str) -> Option<CommitId> {
        let mut answers = self.last_touching(&[path.into()]).unwrap();
        answers.remove(Utf8Path::new(path))
    }

    fn is_gone_here(&self, path: &str) -> bool {
        let gone = self.gone_here(&[path.into()]).unwrap();
        gone.contains(Utf8Path::new(path))
    }

    fn was_ever_touched(&self, path: &str) -> bool {
        let touched = self.ever_touched(&[path.into()]).unwrap();
        touched.contains(Utf8Path::new(path))
    }
}

pub(crate) fn write(path: &Utf8Path, content: &str) {
    let mut file = File::create(path).unwrap();
    file.write_all(content.as_bytes()).unwrap();
}

/// Writes a shell script that can be run.
///
/// It is copied into place by another process: while a thread of this one writes it, a process
/// started by another thread may hold it open, and a program open for writing cannot be run.
pub(crate) fn write_program(path: &Utf8Path, body: &str) {
    let draft = path.with_extension("draft");
    write(&draft, &format!("#!/bin/sh\n{body}\n"));
    let copied = program("install")
        .args(["-m", "755"])
        .args([&draft, path])
        .status();
    assert!(copied.unwrap().success());
}

/// Prepares a program to be run.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests do not start programs through the code under test"
)]
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    Command::new(name)
}

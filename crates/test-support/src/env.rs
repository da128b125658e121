//! A hermetic environment for tests of a real binary: its own home, an otherwise empty environment,
//! and output whose paths are the same on every machine.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test cannot go on when the system refuses, and says so by panicking"
)]

use camino::{Utf8Path, Utf8PathBuf};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use tempfile::TempDir;

/// A home of its own for one test; removed when dropped.
#[derive(Debug)]
pub struct TestEnv {
    dir: TempDir,
    root: Utf8PathBuf,
    program: Utf8PathBuf,
    variables: Vec<(String, String)>,
}

/// What a process printed, and how it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code; none when a signal ended the process.
    pub code: Option<i32>,
    /// Standard output, with the environment's paths replaced.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
}

impl Ran {
    /// Asserts the exit code, and shows all output when it is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Returns everything in one text, for snapshots.
    pub fn transcript(&self) -> String {
        let code = self
            .code
            .map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        format!("{}{}exit: {code}\n", self.stdout, self.stderr)
    }
}

impl TestEnv {
    /// Makes an environment for a binary.
    ///
    /// # Panics
    ///
    /// Like all of this: when the system refuses, since a test cannot go on then.
    pub fn new(program: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let root = Utf8Path::from_path(dir.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        for folder in ["home", "run", "state", "work", "tmp"] {
            std::fs::create_dir(root.join(folder)).unwrap();
        }
        Self {
            dir,
            root,
            program: program.into(),
            variables: Vec::new(),
        }
    }

    /// Sets a variable for every process from now on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.variables.retain(|(set, _)| set != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Removes a variable again.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(set, _)| set != name);
        self
    }

    /// The home directory.
    pub fn home(&self) -> Utf8PathBuf {
        self.root.join("home")
    }

    /// The folder for locks, requests and logs.
    pub fn run_dir(&self) -> Utf8PathBuf {
        self.root.join("run")
    }

    /// The folder for what is kept.
    pub fn state_dir(&self) -> Utf8PathBuf {
        self.root.join("state")
    }

    /// A folder for projects.
    pub fn work(&self) -> Utf8PathBuf {
        self.root.join("work")
    }

    /// Copies a folder tree into the work folder and returns its new place.
    pub fn project_from(&self, source: impl AsRef<Path>, name: &str) -> Utf8PathBuf {
        let target = self.work().join(name);
        copy_tree(source.as_ref(), target.as_std_path());
        target
    }

    /// Writes a file below the work folder, with its folders.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> Utf8PathBuf {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_file(path.as_std_path(), content.as_ref());
        path
    }

    /// Prepares a process with nothing of this test's environment but `PATH`.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.bare(self.program.as_str());
        command.args(arguments);
        command
    }

    /// Runs the binary to its end.
    #[must_use = "either look at the output or assert the exit code"]
    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Ran {
        self.finish(self.spawn(arguments))
    }

    /// Starts the binary, with its output kept.
    pub fn spawn(&self, arguments: &[impl AsRef<OsStr>]) -> Child {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Waits for a process and takes its output.
    #[must_use = "either look at the output or assert the exit code"]
    pub fn finish(&self, child: Child) -> Ran {
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| self.normalise(&String::from_utf8(bytes).unwrap());
        Ran {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Replaces this environment's folders by names that are the same everywhere.
    pub fn normalise(&self, text: &str) -> String {
        text.replace(self.root.as_str(), "<env>")
    }

    /// Runs git with a fixed identity and date, and returns what it printed.
    #[track_caller]
    pub fn git(&self, dir: &Utf8Path, arguments: &[&str]) -> String {
        let mut command = self.bare("git");
        command.current_dir(dir).args(arguments);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "git {arguments:?} in {dir}: {said}"
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything in a work tree.
    #[track_caller]
    pub fn commit_all(&self, dir: &Utf8Path, message: &str) -> String {
        self.git(dir, &["add", "--all", "--force"]);
        self.git(
            dir,
            &["commit", "--quiet", "--allow-empty", "--message", message],
        );
        self.git(dir, &["rev-parse", "HEAD"])
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where tests start processes"
    )]
    fn bare(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.work());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
            .env("HOME", self.home())
            .env("TMPDIR", self.root.join("tmp"))
            .env("ONWARD_RUN_DIR", self.run_dir())
            .env("ONWARD_STATE_DIR", self.state_dir())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_CONFIG_COUNT", "2")
            .env("GIT_CONFIG_KEY_0", "init.defaultBranch")
            .env("GIT_CONFIG_VALUE_0", "main")
            .env("GIT_CONFIG_KEY_1", "protocol.file.allow")
            .env("GIT_CONFIG_VALUE_1", "always")
            .envs(["AUTHOR", "COMMITTER"].into_iter().flat_map(|who| {
                [
                    (format!("GIT_{who}_NAME"), "Ada".to_owned()),
                    (format!("GIT_{who}_EMAIL"), "ada@example.org".to_owned()),
                    (format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z".to_owned()),
                ]
            }))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Keeps the folders after the test, for a look.
    pub fn keep(self) -> Utf8PathBuf {
        let _ = self.dir.keep();
        self.root
    }
}

/// Kills a process the hard way and waits for its end.
pub fn kill(child: &mut Child) -> ExitStatus {
    let _ = child.kill();
    child.wait().unwrap()
}

fn copy_tree(source: &Path, target: &Path) {
    std::fs::create_dir_all(target).unwrap();
    for entry in std::fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), target.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "test files need no care")]
pub(crate) fn write_file(path: &Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
}

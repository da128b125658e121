//! Who runs a server, where its programs are, and what watches over it.

use super::find;
use camino::{Utf8Path, Utf8PathBuf};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use tempfile::TempDir;

/// Starts the server of a folder, says so, waits until nobody holds the other end of its input, and
/// stops the server. What it ignores would end it before that.
const WATCH_SERVER: &str = r#"
    trap "" INT TERM HUP
    "$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --silent start || exit 1
    echo up
    cat >/dev/null
    "$1/pg_ctl" --pgdata="$2/data" --mode=immediate --silent stop
    rm -rf "$2"
"#;

/// Starts a program that stays in the foreground, and stops it likewise.
const WATCH_PROGRAM: &str = r#"
    trap "" INT TERM HUP
    "$@" &
    cat >/dev/null
    kill -KILL $!
"#;

/// A user of the system, as whom something runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account(Option<(u32, u32)>);

impl Account {
    /// Returns whoever runs the tests.
    pub(super) fn mine() -> Self {
        Self(None)
    }

    /// Returns who may run a server: not root, who is refused.
    pub(super) fn for_servers() -> Self {
        if !rustix::process::geteuid().is_root() {
            return Self(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap();
        let ids = |name: &str| {
            let line = users
                .lines()
                .find(|line| line.split(':').next() == Some(name))?;
            let field = |n: usize| line.split(':').nth(n)?.parse().ok();
            Some((field(2)?, field(3)?))
        };
        let ids = ids("postgres").or_else(|| ids("nobody"));
        Self(Some(
            ids.expect("root needs another user to run PostgreSQL as"),
        ))
    }

    /// Prepares a program with nothing of this process's environment but `PATH`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where servers for tests are started"
    )]
    pub(super) fn command(self, program: &Utf8Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/").stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }

    /// Gives a file to the user, who alone may read it.
    fn own(self, path: &Utf8Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        if let Some((user, group)) = self.0 {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }
}

/// A folder that belongs to the user who runs a server.
#[derive(Debug)]
pub(super) struct Folder {
    _dir: TempDir,
    path: Utf8PathBuf,
    account: Account,
}

impl Folder {
    pub(super) fn new(account: Account) -> Self {
        let dir = TempDir::new().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        account.own(&path, 0o755);
        Self {
            _dir: dir,
            path,
            account,
        }
    }

    pub(super) fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Writes a file that the user alone may read.
    pub(super) fn write(&self, name: &str, content: &str) -> Utf8PathBuf {
        let path = self.path.join(name);
        crate::env::write_file(path.as_std_path(), content.as_bytes());
        self.account.own(&path, 0o600);
        path
    }

    /// Writes a file that everybody may read.
    pub(super) fn publish(&self, name: &str, content: &str) {
        let path = self.write(name, content);
        self.account.own(&path, 0o644);
    }
}

/// A program that is stopped when this is dropped, or this process ends.
#[derive(Debug)]
pub(super) struct Watched {
    child: Child,
    input: Option<ChildStdin>,
}

impl Watched {
    /// Starts the server of a folder and waits until it takes connections; `None` when it does not.
    pub(super) fn server(account: Account, programs: &Utf8Path, folder: &Folder) -> Option<Self> {
        let mut shell = shell(account, WATCH_SERVER);
        shell
            .args([programs, folder.path()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut watched = Self::spawn(shell);
        let mut said = String::new();
        let output = watched.child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut said).unwrap();
        (said == "up\n").then_some(watched)
    }

    /// Starts a program and waits until it says something with these words on standard error.
    pub(super) fn program(
        account: Account,
        program: &Utf8Path,
        arguments: &[&str],
        words: &str,
    ) -> Self {
        let mut shell = shell(account, WATCH_PROGRAM);
        shell
            .arg(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut watched = Self::spawn(shell);
        let mut said = BufReader::new(watched.child.stderr.take().unwrap()).lines();
        let mut before = Vec::new();
        loop {
            match said.next() {
                Some(Ok(line)) if line.contains(words) => break,
                Some(Ok(line)) => before.push(line),
                _ => panic!("{program} does not start: {before:#?}"),
            }
        }
        // What it says later is read as well, lest it wait for a reader.
        std::thread::spawn(move || said.for_each(drop));
        watched
    }

    fn spawn(mut shell: Command) -> Self {
        let mut child = shell.stdin(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        Self { child, input }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

fn shell(account: Account, script: &str) -> Command {
    let mut shell = account.command(Utf8Path::new("/bin/sh"));
    shell.args(["-c", script, "sh"]);
    shell
}

/// Runs a program to its end, which must be a good one.
pub(super) fn finish(mut command: Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// Returns the folder of PostgreSQL's programs: the newest where distributions keep several, else
/// one of `PATH`.
pub(super) fn programs() -> Option<Utf8PathBuf> {
    let mut versions: Vec<(u32, Utf8PathBuf)> = Vec::new();
    for place in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let entries = Utf8Path::new(place)
            .read_dir_utf8()
            .into_iter()
            .flatten()
            .flatten();
        versions.extend(entries.filter_map(|entry| {
            let version = entry
                .file_name()
                .trim_start_matches("postgresql@")
                .parse()
                .ok()?;
            Some((version, entry.path().join("bin")))
        }));
    }
    versions.sort();
    let folders = versions.into_iter().rev().map(|(_, folder)| folder);
    let initdb = find("initdb", folders.chain(folders_of_path()))?;
    initdb.parent().map(Utf8Path::to_owned)
}

/// Returns the folders of `PATH`, and where system programs are besides.
#[expect(
    clippy::disallowed_methods,
    reason = "tests find installed programs as a shell does"
)]
pub(super) fn folders_of_path() -> Vec<Utf8PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];
    path.split(':').chain(more).map(Utf8PathBuf::from).collect()
}

//! Running git: the one place where a process is started.

use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use self::running::{Event, Running};
use crate::environment;
use crate::error::{Error, Refusal};
use crate::git::Git;

mod running;

/// The most that is taken of one answer, or of one record of a streamed one.
const LARGEST_ANSWER: usize = 64 << 20;
/// How long words on standard error are waited for once git has ended: a connection kept open in
/// the background (ssh's `ControlPersist`) may hold that pipe for minutes.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How long it may take to notice that git is to be stopped.
const GLANCE: Duration = Duration::from_millis(50);

/// Settings that keep a run from starting anything of its own, or from failing for want of a file.
const QUIET: &[&str] = &[
    "core.quotepath=off",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "diff.orderFile=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// What every run that writes for the user is told: no maintenance, which would outlive it.
const UNHURRIED: &[&str] = &["gc.auto=0", "maintenance.auto=false"];

/// On whose behalf git runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// To find something out on this machine.
    Local,
    /// To find something out from the remote.
    Network,
    /// To do what the user would: with their hooks, filters and signing, which inherit what git
    /// is told. So it is told next to nothing.
    ForTheUser,
}

/// One run of git, being described.
pub(crate) struct Call<'a> {
    git: &'a Git,
    directory: &'a Utf8Path,
    action: &'static str,
    arguments: Vec<OsString>,
    input: Vec<u8>,
    variables: Vec<(&'static str, &'static str)>,
    limit: Duration,
    manner: Manner,
}

/// What a run of git left behind.
pub(crate) struct Finished {
    action: &'static str,
    directory: Utf8PathBuf,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl<'a> Call<'a> {
    /// Describes a run in `directory`; `action` completes the sentence "could not …".
    pub(crate) fn new(git: &'a Git, directory: &'a Utf8Path, action: &'static str) -> Self {
        Self {
            git,
            directory,
            action,
            arguments: Vec::new(),
            input: Vec::new(),
            variables: Vec::new(),
            limit: git.limit(),
            manner: Manner::Local,
        }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        let arguments = arguments.into_iter().map(|a| a.as_ref().to_owned());
        self.arguments.extend(arguments);
        self
    }

    /// Gives git these bytes on standard input.
    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Sets a variable of git's environment for this run.
    pub(crate) fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Lets this run reach the network, for at most `limit`.
    pub(crate) fn over_network(mut self, limit: Duration) -> Self {
        self.manner = Manner::Network;
        self.limit = limit;
        self
    }

    /// Runs git as the user's own command, hooks and all, for at most `limit`.
    pub(crate) fn for_the_user(mut self, limit: Duration) -> Self {
        self.manner = Manner::ForTheUser;
        self.limit = limit;
        self
    }

    /// Runs git and returns all it printed.
    ///
    /// # Errors
    /// Only when there is no exit code to look at; a refusal of git is in the answer.
    pub(crate) fn run(self) -> Result<Finished, Error> {
        let mut stdout = Vec::new();
        let (action, directory) = (self.action, self.directory.to_owned());
        let (code, stderr) = self.drive(|call, chunk| {
            stdout.extend_from_slice(chunk);
            if stdout.len() > LARGEST_ANSWER {
                return Err(call.unexpected("it is too large"));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Finished {
            action,
            directory,
            code,
            stdout,
            stderr,
        })
    }

    /// Runs git and hands over each record as it comes; git is killed when the taker breaks off.
    pub(crate) fn stream(
        self,
        separator: u8,
        mut take: impl FnMut(&[u8]) -> Result<ControlFlow<()>, &'static str>,
    ) -> Result<(), Error> {
        let (action, directory) = (self.action, self.directory.to_owned());
        let mut pending: Vec<u8> = Vec::new();
        let mut broken_off = false;
        let (code, stderr) = self.drive(|call, chunk| {
            // What was pending holds no separator: only the new part is searched.
            let (mut start, mut searched) = (0, pending.len());
            pending.extend_from_slice(chunk);
            while let Some(length) = pending[searched..].iter().position(|&b| b == separator) {
                let record = &pending[start..searched + length];
                searched += length + 1;
                start = searched;
                if take(record)
                    .map_err(|what| call.unexpected(what))?
                    .is_break()
                {
                    broken_off = true;
                    return Ok(ControlFlow::Break(()));
                }
            }
            pending.drain(..start);
            if pending.len() > LARGEST_ANSWER {
                return Err(call.unexpected("it is too large"));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if broken_off {
            return Ok(());
        }
        let finished = Finished {
            action,
            directory,
            code,
            stdout: pending,
            stderr,
        };
        let unexpected = |what| finished.unexpected(what);
        if finished.code == Some(0) && !finished.stdout.is_empty() {
            let _ = take(&finished.stdout).map_err(unexpected)?;
        }
        finished.success().map(drop)
    }

    fn unexpected(&self, what: &'static str) -> Error {
        Error::Answer {
            action: self.action,
            directory: self.directory.to_owned(),
            what,
        }
    }

    fn system(&self, source: io::Error) -> Error {
        Error::Run {
            directory: self.directory.to_owned(),
            source,
        }
    }

    fn spawn(&self) -> Result<Running, Error> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where this crate starts a process"
        )]
        let mut command = Command::new(self.git.program());
        let settings = if self.manner == Manner::ForTheUser {
            UNHURRIED
        } else {
            command.args(["--no-optional-locks", "--no-pager"]);
            QUIET
        };
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        command.arg("-C").arg(self.directory).args(&self.arguments);
        for name in environment::scrubbed() {
            command.env_remove(name);
        }
        match self.manner {
            Manner::Local => {
                command.envs(environment::LOCAL.iter().copied());
                command.envs(environment::FIXED.iter().copied());
            }
            Manner::Network => {
                command.envs(environment::FIXED.iter().copied());
            }
            Manner::ForTheUser => {
                for (name, value) in environment::author() {
                    match value {
                        Some(value) => command.env(name, value),
                        None => command.env_remove(name),
                    };
                }
                command.envs(environment::UNATTENDED.iter().copied());
            }
        }
        command.envs(self.variables.iter().copied());
        let added = self.git.variables().iter();
        command.envs(added.map(|(name, value)| (name, value)));
        if self.input.is_empty() {
            command.stdin(Stdio::null());
        } else {
            command.stdin(Stdio::piped());
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that a transport helper or ssh can be killed along with git.
        command.process_group(0);
        match command.spawn() {
            Ok(child) => Ok(Running::new(child)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NotInstalled {
                program: self.git.program().to_string_lossy().into_owned(),
            }),
            Err(error) => Err(self.system(error)),
        }
    }

    /// Runs git to its end, to the time limit, or until the taker of its output breaks off.
    fn drive(
        mut self,
        mut take: impl FnMut(&Self, &[u8]) -> Result<ControlFlow<()>, Error>,
    ) -> Result<(Option<i32>, Vec<u8>), Error> {
        let started = Instant::now();
        let mut running = self.spawn()?;
        let input = std::mem::take(&mut self.input);
        let events = running.listen(input).map_err(|error| self.system(error))?;
        let (mut drained, mut exited, mut stderr) = (false, false, None);
        while !(drained && exited) {
            let left = self.limit.saturating_sub(started.elapsed());
            let stopped = self.git.is_stopped();
            let event = if left.is_zero() || stopped {
                Err(RecvTimeoutError::Timeout)
            } else {
                events.recv_timeout(left.min(GLANCE))
            };
            match event {
                Ok(Event::Output(chunk)) => {
                    if take(&self, &chunk)?.is_break() {
                        return Ok((None, Vec::new()));
                    }
                }
                Ok(Event::Drained(result)) => {
                    result.map_err(|error| self.system(error))?;
                    drained = true;
                }
                Ok(Event::Complaint(words)) => stderr = Some(words),
                Ok(Event::Exited) => exited = true,
                Err(RecvTimeoutError::Timeout) if stopped => {
                    running.stop(&events);
                    return Err(Error::Interrupted {
                        action: self.action,
                        directory: self.directory.to_owned(),
                    });
                }
                Err(RecvTimeoutError::Timeout) if started.elapsed() < self.limit => {}
                Err(RecvTimeoutError::Timeout) => {
                    running.stop(&events);
                    return Err(Error::TimedOut {
                        action: self.action,
                        directory: self.directory.to_owned(),
                        limit: self.limit,
                    });
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = running.reap().map_err(|error| self.system(error))?;
        while !status.success() && stderr.is_none() {
            match events.recv_timeout(LAST_WORDS) {
                Ok(Event::Complaint(words)) => stderr = Some(words),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        Ok((status.code(), stderr.unwrap_or_default()))
    }
}

impl Finished {
    /// Returns what git printed, if it succeeded.
    pub(crate) fn success(self) -> Result<Vec<u8>, Error> {
        match self.code {
            Some(0) => Ok(self.stdout),
            _ => Err(self.failure()),
        }
    }

    /// Returns what git printed, or nothing when it answered "no" (exit code 1).
    pub(crate) fn answer(self) -> Result<Option<Vec<u8>>, Error> {
        match self.code {
            Some(1) => Ok(None),
            _ => self.success().map(Some),
        }
    }

    /// The error for an exit code that means failure.
    pub(crate) fn failure(self) -> Error {
        Error::Failed {
            action: self.action,
            directory: self.directory,
            source: Refusal::new(self.code, &self.stderr),
        }
    }

    /// The error for an answer that cannot be read.
    pub(crate) fn unexpected(&self, what: &'static str) -> Error {
        Error::Answer {
            action: self.action,
            directory: self.directory.clone(),
            what,
        }
    }
}

#[cfg(test)]
mod tests;

//! Carries out the coalescing protocol: one step of [`Coalesce`] at a time.

use crate::run_files::{Error, RunFiles};
use fd_lock::{RwLock, RwLockWriteGuard};
use std::fs::File;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use sync_core::coalesce::{
    Coalesce, Farewell, Mark, MarkKey, Outcome, Phase, Request, RunFile, Seen, Step, Work,
};

/// How often a lock that is waited for is tried.
const PAUSE: Duration = Duration::from_millis(50);

/// One process's part in the protocol.
pub(crate) struct RunLock<'a> {
    pub(crate) files: &'a RunFiles,
    /// The name of the server, which is part of every key.
    pub(crate) server: &'a str,
    /// What this process was asked for.
    pub(crate) own: &'a Request,
    /// Set by a signal to end.
    pub(crate) interrupted: &'a AtomicBool,
    /// Set when a lock is held for the first time in a background run, whose log is overwritten.
    pub(crate) log: Option<&'a File>,
    /// What went wrong with the files, in order.
    pub(crate) errors: Vec<Error>,
}

impl RunLock<'_> {
    /// Takes part until the end; `run` is called under the lock.
    pub(crate) fn take_part(
        &mut self,
        mut process: Coalesce,
        run: &mut dyn FnMut(Work, &Request) -> Outcome,
    ) -> Farewell {
        loop {
            self.notice(&mut process);
            match process.step() {
                Step::Exit(farewell) => return farewell,
                Step::TryLock => self.lock(&mut process, Duration::ZERO, run),
                Step::WaitLock { at_most } => self.lock(&mut process, at_most, run),
                step => {
                    let seen = self.carry_out(step, None, run);
                    process.answer(seen);
                }
            }
        }
    }

    fn notice(&self, process: &mut Coalesce) {
        if self.interrupted.load(Ordering::Relaxed) {
            process.interrupt();
        }
    }

    fn note<T>(&mut self, done: Result<T, Error>, seen: impl FnOnce(T) -> Seen) -> Seen {
        match done {
            Ok(value) => seen(value),
            Err(error) => {
                self.errors.push(error);
                Seen::Failed
            }
        }
    }

    /// Tries to lock until the time is up; while the lock is held, goes on under it.
    fn lock(
        &mut self,
        process: &mut Coalesce,
        at_most: Duration,
        run: &mut dyn FnMut(Work, &Request) -> Outcome,
    ) {
        let start = Instant::now();
        loop {
            let file = match self.files.open_lock() {
                Ok(file) => file,
                Err(error) => {
                    self.errors.push(error);
                    return process.answer(Seen::Failed);
                }
            };
            let mut lock = RwLock::new(file);
            let held = lock.try_write();
            match held {
                Ok(guard) => {
                    process.answer(Seen::Locked);
                    return self.hold(process, guard, run);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(source) => {
                    let path = self.files.path(RunFile::Lock);
                    let what = "lock";
                    self.errors.push(Error::Io { what, path, source });
                    return process.answer(Seen::Failed);
                }
            }
            let waited = start.elapsed();
            if waited >= at_most || self.interrupted.load(Ordering::Relaxed) {
                return process.answer(Seen::Busy { waited });
            }
            std::thread::sleep(PAUSE.min(at_most.saturating_sub(waited)));
        }
    }

    /// Goes on under the lock until the protocol lets go of it.
    fn hold(
        &mut self,
        process: &mut Coalesce,
        mut guard: RwLockWriteGuard<'_, File>,
        run: &mut dyn FnMut(Work, &Request) -> Outcome,
    ) {
        loop {
            self.notice(process);
            let step = process.step();
            let seen = match step {
                Step::Exit(_) | Step::TryLock | Step::WaitLock { .. } => return,
                Step::Unlock => {
                    drop(guard);
                    return process.answer(Seen::Done);
                }
                Step::CheckLock => {
                    let current = self.files.is_current(&guard);
                    let seen = |current| {
                        if current {
                            Seen::Current
                        } else {
                            Seen::Replaced
                        }
                    };
                    self.note(current, seen)
                }
                step => self.carry_out(step, Some(&mut guard), run),
            };
            process.answer(seen);
        }
    }

    /// Carries out a step that neither takes nor frees the lock.
    fn carry_out(
        &mut self,
        step: Step,
        locked: Option<&mut File>,
        run: &mut dyn FnMut(Work, &Request) -> Outcome,
    ) -> Seen {
        let files = self.files;
        match step {
            Step::CreateMark(key) => {
                let mark = pending(key);
                self.note(files.create_mark(mark, self.own), |()| Seen::Done)
            }
            Step::RingBell => self.note(files.ring_bell(), |()| Seen::Done),
            Step::ReadHolder => self.note(files.read_holder(), Seen::Holder),
            Step::WriteHolder(holder) => match locked {
                Some(locked) => self.note(files.write_holder(locked, holder), |()| Seen::Done),
                None => Seen::Failed,
            },
            Step::LookForMarks => {
                self.note(files.look(), |(bell, marks)| Seen::Marks { bell, marks })
            }
            Step::SilenceBell => self.note(files.unlink(RunFile::Bell), |()| Seen::Done),
            Step::RenameToInflight(key) => self.note(files.take_up(pending(key)), |was_there| {
                if was_there { Seen::Done } else { Seen::Missing }
            }),
            Step::UnlinkInflight(key) => {
                let mark = RunFile::Mark(inflight(key));
                self.note(files.unlink(mark), |()| Seen::Done)
            }
            Step::Run(work) => Seen::Ran(self.run(work, run)),
            Step::TryLock
            | Step::WaitLock { .. }
            | Step::CheckLock
            | Step::Unlock
            | Step::Exit(_) => Seen::Failed,
        }
    }

    fn run(&mut self, work: Work, run: &mut dyn FnMut(Work, &Request) -> Outcome) -> Outcome {
        if let Some(log) = self.log.take() {
            // A log that cannot be emptied only keeps its old lines.
            let _ = log.set_len(0);
        }
        let request = match work {
            Work::Own => self.own.clone(),
            Work::Mark(key) => match self.files.read_mark(inflight(key), self.server) {
                Ok(request) => request,
                Err(error) => {
                    self.errors.push(error);
                    return Outcome::Failed;
                }
            },
        };
        run(work, &request)
    }
}

fn pending(key: MarkKey) -> Mark {
    let phase = Phase::Pending;
    Mark { key, phase }
}

fn inflight(key: MarkKey) -> Mark {
    let phase = Phase::Inflight;
    Mark { key, phase }
}

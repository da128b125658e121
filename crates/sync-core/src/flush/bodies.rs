//! The machine that sends bodies, one request each.

use super::{Answer, BodyReply, FlushEnd, FlushReport, RowFate, SetAside, Settled, Trouble, pause};
use crate::queue::{RowKey, body_backoff};
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// How many bodies are loaded at once.
pub const BODIES_PER_LOAD: usize = 50;

/// A body that was tried more often than that is set aside.
pub const GIVE_UP_AFTER: u32 = 20;

/// A body as it lies in the queue; its text is read when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedBody {
    /// Its local id.
    pub id: i64,
    /// Its key.
    pub key: RowKey,
    /// How often it was tried in vain.
    pub retry_count: u32,
}

/// What the machine wants done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyStep {
    /// Load bodies that were due when the flush began, ordered by when their next attempt is due,
    /// then by id, so that those that failed before come last. → [`Answer::Loaded`], with none only
    /// if there is none
    Load {
        /// The highest id that is asked for.
        newest: i64,
        /// How many at most.
        most: usize,
    },
    /// Send this one. → [`Answer::Replied`]
    Send(QueuedBody),
    /// Write down what becomes of this one. → [`Answer::Done`]
    Settle(Settled<QueuedBody>),
    /// Wait. → [`Answer::Done`]
    Wait(Duration),
    /// It is over. No answer.
    End(FlushReport),
}

/// A flush of bodies on its way. Each body is settled once, and none that was queued after it began,
/// so every flush ends.
#[derive(Debug)]
pub struct BodyFlush {
    newest: i64,
    report: FlushReport,
    waiting: VecDeque<QueuedBody>,
    /// Ids of bodies that were settled and stay: with a clock set back they look due again.
    settled: BTreeSet<i64>,
    /// How many requests in a row failed for what may not be the body's fault.
    failed: u32,
    /// How long to wait once the fate is written down.
    pause: Option<Duration>,
    stop: Option<FlushEnd>,
    state: State,
}

#[derive(Debug)]
enum State {
    Loading,
    Sending(QueuedBody),
    Settling(Settled<QueuedBody>),
    Waiting(Duration),
    Ended,
}

impl BodyFlush {
    /// Starts with the body that has been due for longest. `newest` is the highest id there is: bodies
    /// that are queued from now on have higher ones, and are left for the next flush.
    pub fn new(newest: i64) -> Self {
        Self {
            newest,
            report: FlushReport::new(),
            waiting: VecDeque::new(),
            settled: BTreeSet::new(),
            failed: 0,
            pause: None,
            stop: None,
            state: State::Loading,
        }
    }

    /// Returns what to do now; asked again before it is answered, the same.
    pub fn next(&self) -> BodyStep {
        match &self.state {
            State::Loading => BodyStep::Load {
                newest: self.newest,
                most: BODIES_PER_LOAD,
            },
            State::Sending(body) => BodyStep::Send(body.clone()),
            State::Settling(settled) => BodyStep::Settle(settled.clone()),
            State::Waiting(wait) => BodyStep::Wait(*wait),
            State::Ended => BodyStep::End(self.report.clone()),
        }
    }

    /// Takes what came of the step.
    pub fn complete(&mut self, answer: Answer<QueuedBody, BodyReply>) {
        match (&self.state, answer) {
            (State::Loading, Answer::Loaded(bodies)) => self.loaded(bodies),
            (State::Sending(body), Answer::Replied(reply)) => {
                let body = body.clone();
                self.replied(body, reply);
            }
            (State::Settling(_) | State::Waiting(_), Answer::Done) => self.advance(),
            _ => {}
        }
    }

    /// Ends the flush as soon as what is under way is settled.
    pub fn interrupt(&mut self) {
        self.stop.get_or_insert(FlushEnd::Interrupted);
        if matches!(self.state, State::Loading | State::Waiting(_)) {
            self.advance();
        }
    }

    fn loaded(&mut self, bodies: Vec<QueuedBody>) {
        self.waiting = bodies.into();
        self.waiting
            .retain(|body| body.id <= self.newest && !self.settled.contains(&body.id));
        if self.waiting.is_empty() {
            self.stop.get_or_insert(FlushEnd::Drained);
        }
        self.advance();
    }

    fn replied(&mut self, body: QueuedBody, reply: BodyReply) {
        let later = |after: Option<Duration>, raise: bool, reason: String| RowFate::RetryLater {
            after: body_backoff(body.retry_count).max(after.unwrap_or_default()),
            raise,
            reason,
        };
        let fate = match reply {
            BodyReply::Taken { duplicate } => {
                self.failed = 0;
                RowFate::Delete { duplicate }
            }
            BodyReply::Refused { reason, denied } => {
                if denied {
                    self.trouble(
                        None,
                        FlushEnd::Denied {
                            reason: reason.clone(),
                        },
                    );
                } else {
                    self.failed = 0;
                }
                RowFate::SetAside(SetAside::Refused { reason })
            }
            BodyReply::NotYet { reason } => {
                self.failed = 0;
                later(None, true, reason)
            }
            BodyReply::LoggedOut => self.stop(FlushEnd::LoggedOut),
            BodyReply::Blocked { reason } => self.stop(FlushEnd::Blocked { reason }),
            BodyReply::Trouble {
                trouble,
                retry_after,
            } => {
                // A body the server fails on is to blame perhaps; one that did not reach it is not.
                let raise = matches!(trouble, Trouble::Server { .. } | Trouble::Unclear { .. });
                let fate = later(retry_after, raise, trouble.sentence());
                self.trouble(
                    retry_after,
                    FlushEnd::Trouble {
                        trouble,
                        retry_after,
                    },
                );
                fate
            }
        };
        self.settle(Settled { row: body, fate });
    }

    /// Notes a failure that may be everybody's: waits, or after several in a row ends.
    fn trouble(&mut self, retry_after: Option<Duration>, end: FlushEnd) {
        self.failed += 1;
        self.pause = pause(self.failed, retry_after);
        if self.pause.is_none() {
            self.stop.get_or_insert(end);
        }
    }

    fn stop(&mut self, end: FlushEnd) -> RowFate {
        self.stop.get_or_insert(end);
        RowFate::Untouched
    }

    fn settle(&mut self, settled: Settled<QueuedBody>) {
        self.report.count(&settled.fate);
        match settled.fate {
            RowFate::Untouched => self.advance(),
            RowFate::RetryLater { .. } => {
                self.settled.insert(settled.row.id);
                self.state = State::Settling(settled);
            }
            _ => self.state = State::Settling(settled),
        }
    }

    fn advance(&mut self) {
        if let Some(end) = self.stop.take() {
            self.report.untouched += self.waiting.drain(..).count() as u64;
            self.report.end = end;
            self.state = State::Ended;
        } else if let Some(wait) = self.pause.take() {
            self.state = State::Waiting(wait);
        } else {
            match self.waiting.pop_front() {
                Some(body) if body.retry_count > GIVE_UP_AFTER => {
                    let tries = body.retry_count;
                    self.settle(Settled {
                        row: body,
                        fate: RowFate::SetAside(SetAside::GivenUp { tries }),
                    });
                }
                Some(body) => self.state = State::Sending(body),
                None => self.state = State::Loading,
            }
        }
    }
}

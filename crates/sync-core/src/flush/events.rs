//! The machine that sends events in batches.

use super::{
    Answer, BadEvent, BatchLimits, BatchReply, EventResult, FlushEnd, FlushReport, QueuedEvent,
    RowFate, SetAside, Settled, pause,
};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// How often in a row a batch is cut in two because the server refuses it without saying why: enough
/// to find one bad event among 1000, and no storm of requests if all are refused.
const BLIND_CUTS: u32 = 12;

/// What the machine wants done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventStep {
    /// Load events ordered by timestamp, then id, from after the given pair on. →
    /// [`Answer::Loaded`], with none only if there is none
    Load {
        /// The highest id that is asked for.
        newest: i64,
        /// Timestamp and id of the last one loaded.
        after: Option<(i64, i64)>,
        /// How many at most.
        most: usize,
    },
    /// Send these in one request, in this order. → [`Answer::Replied`]
    Send(Vec<QueuedEvent>),
    /// Write down what becomes of these, all or nothing. → [`Answer::Done`]
    Settle(Vec<Settled<QueuedEvent>>),
    /// Wait. → [`Answer::Done`]
    Wait(Duration),
    /// It is over. No answer.
    End(FlushReport),
}

/// A flush of events on its way. Each event is settled once, and none that was queued after it began,
/// so every flush ends.
#[derive(Debug)]
pub struct EventFlush {
    limits: BatchLimits,
    newest: i64,
    report: FlushReport,
    after: Option<(i64, i64)>,
    /// Batches still to be sent, the front one first.
    batches: VecDeque<Vec<QueuedEvent>>,
    /// How often the front batch has failed for reasons that are not its own.
    failed: u32,
    blind_cuts: u32,
    stop: Option<FlushEnd>,
    state: State,
}

#[derive(Debug)]
enum State {
    Loading,
    Settling(Vec<Settled<QueuedEvent>>),
    Sending,
    Waiting(Duration),
    Ended,
}

impl EventFlush {
    /// Starts at the oldest event. `newest` is the highest id there is: events that are queued from now
    /// on have higher ones, and are left for the next flush.
    pub fn new(limits: BatchLimits, newest: i64) -> Self {
        Self {
            limits,
            newest,
            report: FlushReport::new(),
            after: None,
            batches: VecDeque::new(),
            failed: 0,
            blind_cuts: 0,
            stop: None,
            state: State::Loading,
        }
    }

    /// Returns what to do now; asked again before it is answered, the same.
    pub fn next(&self) -> EventStep {
        match &self.state {
            State::Loading => EventStep::Load {
                newest: self.newest,
                after: self.after,
                most: self.limits.events,
            },
            State::Settling(settled) => EventStep::Settle(settled.clone()),
            State::Sending => EventStep::Send(self.batches.front().cloned().unwrap_or_default()),
            State::Waiting(wait) => EventStep::Wait(*wait),
            State::Ended => EventStep::End(self.report.clone()),
        }
    }

    /// Takes what came of the step.
    pub fn complete(&mut self, answer: Answer<QueuedEvent, BatchReply>) {
        match (&self.state, answer) {
            (State::Loading, Answer::Loaded(events)) => self.loaded(events),
            (State::Sending, Answer::Replied(reply)) => self.replied(reply),
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

    fn loaded(&mut self, mut events: Vec<QueuedEvent>) {
        events.sort_by_key(|event| (event.timestamp, event.id));
        // What was loaded before is settled: a driver that hands it out again makes no loop, and
        // neither does one that hands out what nobody asked for.
        events.retain(|event| {
            let after = self.after;
            event.id <= self.newest && after.is_none_or(|after| (event.timestamp, event.id) > after)
        });
        let Some(last) = events.last() else {
            self.stop.get_or_insert(FlushEnd::Drained);
            return self.advance();
        };
        self.after = Some((last.timestamp, last.id));
        let mut settled = Vec::new();
        let mut fit = Vec::new();
        for event in events {
            match self.limits.refuse(&event) {
                Some(reason) => settled.push(Settled {
                    row: event,
                    fate: RowFate::SetAside(reason),
                }),
                None => fit.push(event),
            }
        }
        self.batches = self.limits.batches(fit).into();
        self.settle(settled);
    }

    fn replied(&mut self, reply: BatchReply) {
        let Some(batch) = self.batches.pop_front() else {
            return self.advance();
        };
        match reply {
            BatchReply::Results(results) => self.results(batch, results),
            BatchReply::BadRequest(named) => self.bad_request(batch, named),
            BatchReply::TooLarge => match cut(batch) {
                Ok(halves) => self.send_first(halves),
                Err(single) => self.settle_all(single, &RowFate::SetAside(SetAside::TooLarge)),
            },
            BatchReply::LoggedOut => self.give_up(batch, FlushEnd::LoggedOut),
            BatchReply::Denied { reason } => self.give_up(batch, FlushEnd::Denied { reason }),
            BatchReply::Blocked { reason } => self.give_up(batch, FlushEnd::Blocked { reason }),
            BatchReply::Trouble {
                trouble,
                retry_after,
            } => {
                self.failed += 1;
                match pause(self.failed, retry_after) {
                    Some(wait) if self.stop.is_none() => {
                        self.batches.push_front(batch);
                        self.state = State::Waiting(wait);
                    }
                    _ => self.give_up(
                        batch,
                        FlushEnd::Trouble {
                            trouble,
                            retry_after,
                        },
                    ),
                }
            }
        }
    }

    fn results(&mut self, batch: Vec<QueuedEvent>, results: Vec<EventResult>) {
        let mut by_id: BTreeMap<String, Word> = BTreeMap::new();
        for result in results {
            let word = Word::of(&result);
            // Told two things about one event, the less happy one counts: it deletes nothing.
            let entry = by_id.entry(result.event_id).or_insert_with(|| word.clone());
            *entry = entry.clone().max(word);
        }
        let fate = |event: &QueuedEvent| match by_id.get(&event.event_id) {
            Some(Word::Taken) => RowFate::Delete { duplicate: false },
            Some(Word::Duplicate) => RowFate::Delete { duplicate: true },
            Some(Word::Refused(reason)) => RowFate::Raise {
                reason: reason.clone(),
            },
            Some(Word::Pending) | None => RowFate::Untouched,
        };
        let settled: Vec<_> = batch
            .into_iter()
            .map(|row| Settled {
                fate: fate(&row),
                row,
            })
            .collect();
        self.failed = 0;
        if settled
            .iter()
            .any(|one| matches!(one.fate, RowFate::Delete { .. }))
        {
            self.blind_cuts = 0;
        }
        if settled.iter().all(|one| one.fate == RowFate::Untouched) {
            self.stop.get_or_insert(FlushEnd::NoProgress);
        }
        self.settle(settled);
    }

    /// A refused batch: what is named stays and counts one more try, the rest is sent without it.
    fn bad_request(&mut self, batch: Vec<QueuedEvent>, named: Vec<BadEvent>) {
        self.failed = 0;
        let mut errors: BTreeMap<String, String> = BTreeMap::new();
        for (n, bad) in named.into_iter().enumerate() {
            let at_place = || batch.get(n).map(|event| event.event_id.clone());
            if let Some(event_id) = bad.event_id.or_else(at_place) {
                errors.insert(event_id, bad.error);
            }
        }
        let (bad, rest): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|event| errors.contains_key(&event.event_id));
        if bad.is_empty() {
            let reason = "bad_request";
            return match cut(rest) {
                Ok(halves) if self.blind_cuts < BLIND_CUTS => {
                    self.blind_cuts += 1;
                    self.send_first(halves);
                }
                Ok([mut first, second]) => {
                    first.extend(second);
                    self.settle_all(
                        first,
                        &RowFate::Raise {
                            reason: reason.into(),
                        },
                    );
                }
                Err(single) => self.settle_all(
                    single,
                    &RowFate::Raise {
                        reason: reason.into(),
                    },
                ),
            };
        }
        if !rest.is_empty() {
            self.batches.push_front(rest);
        }
        let settled = bad.into_iter().map(|row| Settled {
            fate: RowFate::Raise {
                reason: errors.get(&row.event_id).cloned().unwrap_or_default(),
            },
            row,
        });
        let settled = settled.collect();
        self.settle(settled);
    }

    fn send_first(&mut self, [first, second]: [Vec<QueuedEvent>; 2]) {
        self.failed = 0;
        self.batches.push_front(second);
        self.batches.push_front(first);
        self.advance();
    }

    fn give_up(&mut self, batch: Vec<QueuedEvent>, end: FlushEnd) {
        self.stop = Some(end);
        self.settle_all(batch, &RowFate::Untouched);
    }

    fn settle_all(&mut self, batch: Vec<QueuedEvent>, fate: &RowFate) {
        let settled = batch.into_iter().map(|row| Settled {
            row,
            fate: fate.clone(),
        });
        self.settle(settled.collect());
    }

    /// Counts fates, and has those written down that change a row.
    fn settle(&mut self, mut settled: Vec<Settled<QueuedEvent>>) {
        for one in &settled {
            self.report.count(&one.fate);
        }
        settled.retain(|one| one.fate != RowFate::Untouched);
        if settled.is_empty() {
            self.advance();
        } else {
            self.state = State::Settling(settled);
        }
    }

    fn advance(&mut self) {
        self.state = if let Some(end) = self.stop.take() {
            let left = self.batches.drain(..).map(|batch| batch.len() as u64);
            self.report.untouched += left.sum::<u64>();
            self.report.end = end;
            State::Ended
        } else if self.batches.is_empty() {
            State::Loading
        } else {
            State::Sending
        };
    }
}

/// What a result says, from the happiest to the least happy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Taken,
    Duplicate,
    Pending,
    Refused(String),
}

impl Word {
    fn of(result: &EventResult) -> Self {
        match result.status.as_str() {
            "success" | "accepted" | "warning" => Self::Taken,
            "duplicate" => Self::Duplicate,
            "queued" | "pending" => Self::Pending,
            other => Self::Refused(result.error.clone().unwrap_or_else(|| other.into())),
        }
    }
}

/// Cuts a batch in two; one event cannot be cut.
fn cut(mut batch: Vec<QueuedEvent>) -> Result<[Vec<QueuedEvent>; 2], Vec<QueuedEvent>> {
    if batch.len() < 2 {
        return Err(batch);
    }
    let second = batch.split_off(batch.len() / 2);
    Ok([batch, second])
}

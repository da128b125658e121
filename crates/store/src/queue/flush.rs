//! Sending what is queued: core's machines, driven against a server and the scope's file.
//!
//! Nothing is deleted that the server has not taken, and a row that was queued anew while its older
//! form was on its way stays.

mod bodies;
mod events;
mod reply;
mod server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sync_core::flush::{
    Answer, BodyFlush, BodyStep, EventFlush, EventStep, FlushEnd, FlushReport, QueuedBody,
    QueuedEvent, Settled,
};
use sync_core::gate::Cleared;
use sync_core::queue::Table;

use super::error::Error;
use super::file::{absolute, named};
use super::home::Home;
use super::login::Login;
use super::schema;
use server::Server;

/// Between two looks at whether to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// What a flush has done; handed to whoever watches.
#[derive(Clone, Copy, Debug)]
pub enum FlushStep<'a> {
    /// What has become of these events is written down.
    Events(&'a [Settled<QueuedEvent>]),
    /// What has become of this body is written down.
    Body(&'a Settled<QueuedBody>),
    /// The server is left alone for so long.
    Wait(Duration),
}

/// What a flush did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlushOutcome {
    /// The events.
    pub events: FlushReport,
    /// The bodies; `None` if their turn did not come, because events cannot be sent.
    pub bodies: Option<FlushReport>,
}

/// A flush that may run.
#[derive(Debug)]
pub struct Flush {
    path: Utf8PathBuf,
    file: Connection,
    server: Server,
    /// When it began: in Unix seconds, and as the clock that never goes back has it.
    now: (f64, Instant),
    _cleared: Cleared,
}

impl Flush {
    /// Opens the queue of a login's scope. `now` is in Unix seconds; `roots` are certificates in PEM
    /// form that are trusted beside those of the platform. The server is not asked yet.
    ///
    /// # Errors
    ///
    /// The file cannot be used, the login has no token, or the server's address is none.
    pub fn open(
        cleared: Cleared,
        home: &Home,
        login: &Login,
        roots: &[u8],
        now: f64,
    ) -> Result<Self, Error> {
        let path = absolute(&home.scoped_queue(&login.who.scope))?;
        Ok(Self {
            server: Server::new(login, roots)?,
            file: schema::open(&path)?,
            path,
            now: (now, Instant::now()),
            _cleared: cleared,
        })
    }

    /// Sends every event that waits, then every body that is due; what is queued meanwhile is left. Ends early, with what is under way
    /// settled, once `stop` is set.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written. What the server says is in the outcome.
    pub async fn run(
        mut self,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(FlushStep<'_>),
    ) -> Result<FlushOutcome, Error> {
        let [events, bodies] = [Table::Events, Table::Bodies].map(|table| self.newest(table));
        let (events, bodies) = (events?, bodies?);
        let limits = self.server.limits().await;
        let events = EventFlush::new(limits, events);
        let events = self.events(events, stop, watch).await?;
        let goes_on = matches!(events.end, FlushEnd::Drained | FlushEnd::NoProgress);
        let bodies = if goes_on {
            Some(self.bodies(BodyFlush::new(bodies), stop, watch).await?)
        } else {
            None
        };
        Ok(FlushOutcome { events, bodies })
    }

    async fn events(
        &mut self,
        mut flush: EventFlush,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(FlushStep<'_>),
    ) -> Result<FlushReport, Error> {
        let mut loaded = events::Loaded::default();
        loop {
            if stop.load(Ordering::Relaxed) {
                flush.interrupt();
            }
            let answer = match flush.next() {
                EventStep::Load {
                    newest,
                    after,
                    most,
                } => {
                    let team = self.server.team().to_owned();
                    loaded = self.read(|file| events::load(file, newest, after, most, &team))?;
                    Answer::Loaded(loaded.events())
                }
                EventStep::Send(batch) => {
                    Answer::Replied(self.server.send_batch(loaded.texts(&batch)).await)
                }
                EventStep::Settle(settled) => {
                    self.write(|file| events::settle(file, &loaded, &settled))?;
                    watch(FlushStep::Events(&settled));
                    Answer::Done
                }
                EventStep::Wait(wait) => {
                    pause(wait, stop, watch).await;
                    Answer::Done
                }
                EventStep::End(report) => return Ok(report),
            };
            flush.complete(answer);
        }
    }

    async fn bodies(
        &mut self,
        mut flush: BodyFlush,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(FlushStep<'_>),
    ) -> Result<FlushReport, Error> {
        let due = self.time();
        let mut sent = None;
        loop {
            if stop.load(Ordering::Relaxed) {
                flush.interrupt();
            }
            let answer = match flush.next() {
                BodyStep::Load { newest, most } => {
                    Answer::Loaded(self.read(|file| bodies::load(file, newest, due, most))?)
                }
                BodyStep::Send(body) => {
                    sent = self.read(|file| bodies::text(file, &body))?;
                    Answer::Replied(self.server.send_body(sent.as_ref()).await)
                }
                BodyStep::Settle(settled) => {
                    let (sent, now) = (sent.take(), self.time());
                    self.write(|file| bodies::settle(file, &settled, sent.as_ref(), now))?;
                    watch(FlushStep::Body(&settled));
                    Answer::Done
                }
                BodyStep::Wait(wait) => {
                    pause(wait, stop, watch).await;
                    Answer::Done
                }
                BodyStep::End(report) => return Ok(report),
            };
            flush.complete(answer);
        }
    }

    /// Returns the highest id of a table: ids only grow (boundary sheet §3).
    fn newest(&self, table: Table) -> Result<i64, Error> {
        let query = format!("SELECT max(id) FROM {}", table.name());
        let newest = self.read(|file| file.query_row(&query, [], |row| row.get(0)))?;
        Ok(Option::unwrap_or(newest, i64::MIN))
    }

    /// Returns the time in Unix seconds.
    fn time(&self) -> f64 {
        self.now.0 + self.now.1.elapsed().as_secs_f64()
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        read(&self.file).map_err(|source| named(&self.path, source))
    }

    fn write(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Error> {
        self.file
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                write(&transaction)?;
                transaction.commit()
            })
            .map_err(|source| named(&self.path, source))
    }
}

/// Waits, but not for longer than anybody wants to.
async fn pause(wait: Duration, stop: &AtomicBool, watch: &mut dyn FnMut(FlushStep<'_>)) {
    watch(FlushStep::Wait(wait));
    let began = Instant::now();
    while let Some(left) = wait
        .checked_sub(began.elapsed())
        .filter(|left| !left.is_zero())
        && !stop.load(Ordering::Relaxed)
    {
        tokio::time::sleep(left.min(GLANCE)).await;
    }
}

#[cfg(test)]
mod tests;

//! What a fake server was asked.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::faults::{Fault, is_write};

/// One request as it arrived, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Counted from 1 since the start of the server.
    pub number: usize,
    /// The connection it came on, counted from 1.
    pub connection: usize,
    /// Such as `POST`.
    pub method: String,
    /// The path below the base path, still percent-encoded, without the query.
    pub path: String,
    /// The query without its question mark, still percent-encoded; empty if there is none.
    pub query: String,
    /// Names in lower case, in the order of arrival, credentials included.
    pub headers: Vec<(String, String)>,
    /// The body, unzipped; bytes that are not UTF-8 are replaced. Empty if it cannot be unzipped.
    pub body: String,
    /// The length of the body in bytes, unzipped; none if it cannot be unzipped.
    pub length: Option<usize>,
    /// The length of the body on the wire, in bytes.
    pub sent_length: usize,
    /// The status of the answer; none while the request is under way, or when nothing was sent.
    pub status: Option<u16>,
    /// What was done to this request on purpose.
    pub fault: Option<Fault>,
}

impl Request {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// Whether it is meant to change something (no GET, no login or logout).
    pub fn is_write(&self) -> bool {
        is_write(&self.method, &self.path)
    }

    /// Method and path, as tests like to list them.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Sums over all requests since the start or the last [`Journal::clear`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests that arrived.
    pub requests: usize,
    /// Those meant to change something, whether or not they did.
    pub writes: usize,
    /// TCP connections accepted.
    pub connections: usize,
    /// The greatest number of requests under way at one moment.
    pub max_in_flight: usize,
    /// Requests that a fault of the script struck.
    pub faults: usize,
}

/// The record of all requests; may be read while the server works.
#[derive(Default)]
pub struct Journal {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    requests: Vec<Request>,
    counters: Counters,
    in_flight: usize,
    last_number: usize,
    last_connection: usize,
}

impl Journal {
    /// All requests, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.entries().requests.clone()
    }

    /// The requests that are meant to change something.
    pub fn writes(&self) -> Vec<Request> {
        let entries = self.entries();
        entries
            .requests
            .iter()
            .filter(|request| request.is_write())
            .cloned()
            .collect()
    }

    /// The sums.
    pub fn counters(&self) -> Counters {
        self.entries().counters
    }

    /// Forgets all requests and sets the sums to nought; connections stay open.
    pub fn clear(&self) {
        let mut entries = self.entries();
        entries.requests.clear();
        entries.counters = Counters::default();
    }

    pub(super) fn connected(&self) -> usize {
        let mut entries = self.entries();
        entries.counters.connections += 1;
        entries.last_connection += 1;
        entries.last_connection
    }

    /// Numbers and keeps a request; it is in flight until the token is dropped.
    pub(super) fn arrived(&self, request: &mut Request) -> InFlight<'_> {
        let mut entries = self.entries();
        entries.last_number += 1;
        entries.in_flight += 1;
        request.number = entries.last_number;
        entries.counters.requests += 1;
        entries.counters.writes += usize::from(request.is_write());
        entries.counters.faults += usize::from(request.fault.is_some());
        entries.counters.max_in_flight = entries.counters.max_in_flight.max(entries.in_flight);
        entries.requests.push(request.clone());
        InFlight { journal: self }
    }

    pub(super) fn answered(&self, number: usize, status: u16) {
        let mut entries = self.entries();
        let mut newest_first = entries.requests.iter_mut().rev();
        if let Some(request) = newest_first.find(|request| request.number == number) {
            request.status = Some(status);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct InFlight<'a> {
    journal: &'a Journal,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.journal.entries().in_flight -= 1;
    }
}

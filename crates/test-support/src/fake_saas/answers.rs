//! What the server can be told to answer: for an event, for a body, for a whole request.

use std::collections::{HashMap, VecDeque};

use serde_json::{Value, json};

use crate::faults::Fault;
use crate::loopback::{Reply, Request};

/// What becomes of one event of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventAnswer {
    /// `success`; it takes effect.
    Success,
    /// `accepted`; it takes effect.
    Accepted,
    /// `warning`; it takes effect all the same.
    Warning,
    /// `duplicate`; the server has had it from elsewhere.
    Duplicate,
    /// `rejected`; without effect.
    Rejected {
        /// Why, as the server words it.
        error: String,
    },
    /// `pending`; without effect so far.
    Pending,
    /// `queued`; without effect so far.
    Queued,
    /// A word no client knows; without effect.
    Unknown(String),
    /// Left out of the results; without effect.
    Omitted,
}

impl EventAnswer {
    /// A rejection for this reason.
    pub fn rejected(error: &str) -> Self {
        Self::Rejected {
            error: error.to_owned(),
        }
    }

    pub(super) fn takes_effect(&self) -> bool {
        matches!(self, Self::Success | Self::Accepted | Self::Warning)
    }

    /// The event's entry among the results.
    pub(super) fn result(&self, event_id: &str) -> Option<Value> {
        let status = match self {
            Self::Success => "success",
            Self::Accepted => "accepted",
            Self::Warning => "warning",
            Self::Duplicate => "duplicate",
            Self::Rejected { .. } => "rejected",
            Self::Pending => "pending",
            Self::Queued => "queued",
            Self::Unknown(word) => word,
            Self::Omitted => return None,
        };
        let mut result = json!({ "event_id": event_id, "status": status });
        if let Self::Rejected { error } = self {
            result["error_message"] = Value::from(error.as_str());
        }
        Some(result)
    }
}

/// What becomes of one body, if it is not simply stored.
#[derive(Clone, Debug, PartialEq)]
pub enum ContentAnswer {
    /// 404: the server does not know the mission.
    NamespaceNotFound,
    /// 404: the server does not know the artifact yet.
    IndexEntryNotFound,
    /// Anything else; not stored.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The JSON body.
        body: Value,
    },
}

impl ContentAnswer {
    pub(super) fn reply(&self) -> Reply {
        match self {
            Self::NamespaceNotFound => not_found("namespace_not_found"),
            Self::IndexEntryNotFound => not_found("index_entry_not_found"),
            Self::Refused { status, body } => Reply::json(*status, body),
        }
    }
}

fn not_found(error: &str) -> Reply {
    Reply::json(404, &json!({ "error": error }))
}

/// Answers set by a test for ids or paths.
pub(super) struct Answers<A> {
    next: HashMap<String, VecDeque<A>>,
    lasting: HashMap<String, A>,
}

impl<A> Default for Answers<A> {
    fn default() -> Self {
        Self {
            next: HashMap::new(),
            lasting: HashMap::new(),
        }
    }
}

impl<A: Clone> Answers<A> {
    pub(super) fn once(&mut self, key: &str, answer: A) {
        let waiting = self.next.entry(key.to_owned()).or_default();
        waiting.push_back(answer);
    }

    pub(super) fn always(&mut self, key: &str, answer: A) {
        self.lasting.insert(key.to_owned(), answer);
    }

    /// The answer for this arrival: one meant for it alone goes before a lasting one.
    pub(super) fn take(&mut self, key: &str) -> Option<A> {
        let waiting = self.next.get_mut(key).and_then(VecDeque::pop_front);
        waiting.or_else(|| self.lasting.get(key).cloned())
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What spoils a whole request to this server; nothing of it takes effect.
impl Fault {
    /// 200 for a batch, but without results.
    pub fn without_results() -> Self {
        Self::answered(200, json!({ "status": "ok" }))
    }

    /// 400 for a batch. The details name events, each with a reason; without any there are none.
    pub fn bad_batch(details: &[(&str, &str)]) -> Self {
        let details: Vec<Value> = details
            .iter()
            .map(|(event_id, reason)| json!({ "event_id": event_id, "error": reason }))
            .collect();
        let mut body = json!({ "error": "Invalid batch" });
        if !details.is_empty() {
            body["details"] = Value::from(details);
        }
        Self::answered(400, body)
    }

    /// As [`Fault::bad_batch`], with the details as text that holds JSON, which also happens.
    pub fn bad_batch_in_text(details: &[(&str, &str)]) -> Self {
        let mut fault = Self::bad_batch(details);
        if let Self::Refuse { body, .. } = &mut fault {
            body["details"] = Value::from(body["details"].to_string());
        }
        fault
    }

    /// 401 for a token that has expired meanwhile.
    pub fn unauthorized() -> Self {
        Self::answered(401, detail("Token is invalid or expired"))
    }

    /// 403 for a user without a private team.
    pub fn no_private_team() -> Self {
        Self::answered(403, no_private_team())
    }

    /// 413 from a proxy whose limit nobody told.
    pub fn too_large() -> Self {
        Self::answered(413, detail("Request entity too large"))
    }

    fn answered(status: u16, body: Value) -> Self {
        Self::Refuse {
            status,
            body,
            retry_after: None,
        }
    }
}

fn no_private_team() -> Value {
    json!({
        "error_code": "missing_private_team",
        "detail": "Direct ingress needs a private team of yours",
    })
}

fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

pub(super) fn refusal(status: u16, text: &str) -> Reply {
    Reply::json(status, &detail(text))
}

/// Refuses what does not come from the user.
pub(super) fn check_token(token: &str, request: &Request) -> Result<(), Reply> {
    match request.header("authorization") {
        Some(given) if given.strip_prefix("Bearer ") == Some(token) => Ok(()),
        Some(_) => Err(refusal(401, "Token is invalid or expired")),
        None => Err(refusal(
            401,
            "Authentication credentials were not provided.",
        )),
    }
}

/// Refuses what is not for the user's private team.
pub(super) fn check_team(team: &str, request: &Request) -> Result<(), Reply> {
    match request.header("x-team-slug") {
        Some(given) if given == team => Ok(()),
        _ => Err(Reply::json(403, &no_private_team())),
    }
}

/// Reads a JSON object, however it was declared to be packed.
pub(super) fn object(request: &Request) -> Result<Value, Reply> {
    let declared = request.header("content-type").unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    if media_type != "application/json" {
        return Err(refusal(415, "Unsupported media type in request."));
    }
    if request.length.is_none() {
        return Err(refusal(400, "The body is not what its encoding says."));
    }
    match serde_json::from_str(&request.body) {
        Ok(body @ Value::Object(_)) => Ok(body),
        _ => Err(refusal(400, "JSON parse error")),
    }
}

//! `POST /api/v1/events/batch/`: many events, each with an answer of its own.

use serde_json::{Value, json};

use super::answers::{EventAnswer, check_team, check_token, object, refusal};
use super::state::{ReceivedEvent, State};
use crate::loopback::{Reply, Request};

pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    match admit(state, request) {
        Ok(events) => take(state, request, events),
        Err(refusal) => refusal,
    }
}

/// The events of a batch that may come in, with their ids.
fn admit(state: &State, request: &Request) -> Result<Vec<(String, Value)>, Reply> {
    check_token(&state.token, request)?;
    check_team(&state.team, request)?;
    if request.header("content-encoding") != Some("gzip") {
        return Err(refusal(415, "A batch is sent with gzip."));
    }
    if request
        .length
        .is_some_and(|length| length > state.limits.bytes)
    {
        return Err(refusal(413, "The batch is too large."));
    }
    let Value::Array(events) = object(request)?["events"].take() else {
        return Err(refusal(400, "events: this field is required."));
    };
    if events.len() > state.limits.events {
        return Err(refusal(413, "The batch has too many events."));
    }
    let named = events.into_iter().map(|event| {
        let event_id = event["event_id"].as_str().map(ToOwned::to_owned);
        event_id.map(|event_id| (event_id, event))
    });
    let named: Option<Vec<_>> = named.collect();
    named.ok_or_else(|| refusal(400, "event_id: this field is required."))
}

fn take(state: &mut State, request: &Request, events: Vec<(String, Value)>) -> Reply {
    let mut results = Vec::new();
    for (event_id, body) in events {
        let answer = state.event_answers.take(&event_id).unwrap_or_else(|| {
            if state.known_events.contains_key(&event_id) {
                EventAnswer::Duplicate
            } else {
                EventAnswer::Success
            }
        });
        if answer.takes_effect() {
            state.apply(body.clone());
        } else if answer == EventAnswer::Duplicate {
            state.knows(body.clone());
        }
        results.extend(answer.result(&event_id));
        state.events.push(ReceivedEvent {
            event_id,
            body,
            answer,
            request: request.number,
        });
    }
    Reply::json(200, &json!({ "results": results }))
}

//! What a server's answers say, read for core to judge.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;
use sync_core::flush::{BadEvent, BatchLimits, BatchReply, BodyReply, EventResult, Trouble};
use sync_core::text::fit;

use super::server::Answer;

/// As much of foreign text is shown or kept, in characters.
const LONGEST: usize = 300;

/// Reads the limits a server advertises (boundary sheet §9).
pub(super) fn limits(text: &str) -> BatchLimits {
    let health: Value = serde_json::from_str(text).unwrap_or_default();
    let limit = |name: &str| health["sync_ingress"]["limits"][name].as_u64();
    BatchLimits::advertised(
        limit("max_events_per_batch"),
        limit("max_decompressed_bytes_per_batch"),
    )
}

/// Reads the answer to a batch.
pub(super) fn batch(answer: &Answer) -> BatchReply {
    let value: Option<Value> = serde_json::from_str(&answer.text).ok();
    if answer.status == 200 {
        let Some(value) = value.filter(Value::is_object) else {
            return BatchReply::Trouble {
                trouble: unclear(answer),
                retry_after: answer.retry_after,
            };
        };
        let results = value["results"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        return BatchReply::Results(results.iter().filter_map(result).collect());
    }
    let value = value.unwrap_or_default();
    BatchReply::of_status(
        answer.status,
        &said(&value, &answer.text),
        named(&value["details"]),
        answer.retry_after,
    )
}

/// Reads the answer to a body.
pub(super) fn body(answer: &Answer) -> BodyReply {
    let value: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    if matches!(answer.status, 200 | 201) && !value.is_object() {
        return BodyReply::Trouble {
            trouble: unclear(answer),
            retry_after: answer.retry_after,
        };
    }
    let error = value["error"].as_str();
    let text = said(&value, &answer.text);
    BodyReply::of_status(answer.status, error, &text, answer.retry_after)
}

fn result(result: &Value) -> Option<EventResult> {
    let text = |name: &str| result[name].as_str().map(str::to_owned);
    Some(EventResult {
        event_id: text("event_id")?,
        status: text("status")?,
        error: text("error_message")
            .or_else(|| text("error"))
            .map(|error| short(&error)),
    })
}

/// Reads which events a refusal is about; the list may be text that holds JSON.
fn named(details: &Value) -> Vec<BadEvent> {
    let inner: Value = match details {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        details => details.clone(),
    };
    let details = inner.as_array().map(Vec::as_slice).unwrap_or_default();
    let bad = |detail: &Value| {
        let reason = ["error", "reason", "error_message", "message"]
            .iter()
            .find_map(|name| detail[*name].as_str())
            .or_else(|| detail.as_str());
        BadEvent {
            event_id: detail["event_id"].as_str().map(str::to_owned),
            error: short(reason.unwrap_or_default()),
        }
    };
    details.iter().map(bad).collect()
}

/// Returns what a refusal says for people, or as much of the answer as is fit to be shown.
fn said(value: &Value, text: &str) -> String {
    let said = ["error", "detail", "message"]
        .iter()
        .find_map(|name| value[*name].as_str());
    short(said.unwrap_or(text))
}

fn short(text: &str) -> String {
    fit(text, Some(LONGEST))
}

fn unclear(answer: &Answer) -> Trouble {
    let start = answer.text.trim_start();
    let what = if start.starts_with('<') {
        "a web page"
    } else {
        "no JSON object"
    };
    Trouble::Unclear {
        reason: format!("status {}, but {what}", answer.status),
    }
}

/// Reads `Retry-After`: seconds, or a date, which is compared with the server's own `Date`.
pub(super) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let parser = DateTimeParser::new();
    let then = parser.parse_timestamp(value.trim()).ok()?;
    let now = parser.parse_timestamp(date?.trim()).ok()?;
    // A date gone by asks for no wait.
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

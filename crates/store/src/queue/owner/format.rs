//! The record's text: the other program's keys, and two of ours that it ignores.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sync_core::owner::{OwnerRecord, ProcessStamp, Token};

const START_TIME: &str = "process_start_time";
const BOOT_ID: &str = "boot_id";

/// Reads a record as the other program reads it; what it takes for no record is an error here.
pub(super) fn parse(text: &str) -> Result<OwnerRecord, String> {
    if text.trim().is_empty() {
        return Err("it is empty".into());
    }
    if text.starts_with('\u{feff}') {
        return Err("it begins with a byte order mark".into());
    }
    // The text of the error may quote the file, and with it the token.
    let value: Value = serde_json::from_str(text)
        .map_err(|error| format!("it is not JSON from line {} on", error.line()))?;
    let Value::Object(keys) = value else {
        return Err("it is not an object".into());
    };
    let stamp = optional(&keys, START_TIME)
        .zip(optional(&keys, BOOT_ID))
        .map(|(start_time, boot_id)| ProcessStamp {
            start_time,
            boot_id,
        });
    Ok(OwnerRecord {
        pid: number(&keys, "pid")?,
        port: number(&keys, "port")?,
        token: Token::new(required(&keys, "token")?),
        package_version: required(&keys, "package_version")?,
        executable_path: required(&keys, "executable_path")?,
        source_checkout_path: required(&keys, "source_checkout_path")?,
        server_url: required(&keys, "server_url")?,
        auth_principal: optional(&keys, "auth_principal"),
        auth_team: optional(&keys, "auth_team"),
        auth_scope: optional(&keys, "auth_scope"),
        queue_db_path: required(&keys, "queue_db_path")?,
        started_at: required(&keys, "started_at")?,
        stamp,
    })
}

type Keys = Map<String, Value>;

fn required(keys: &Keys, key: &str) -> Result<String, String> {
    match keys.get(key) {
        None => Err(format!("it has no `{key}`")),
        // The other program's text for nothing.
        Some(Value::Null) => Ok("None".into()),
        Some(value) => scalar(value).ok_or_else(|| format!("its `{key}` is not a text")),
    }
}

fn optional(keys: &Keys, key: &str) -> Option<String> {
    keys.get(key).and_then(scalar)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(if *truth { "True" } else { "False" }.into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Reads a whole number, also from digits in a text. One that does not fit in 64 bits becomes the
/// outermost that does: no process has it.
fn number(keys: &Keys, key: &str) -> Result<i64, String> {
    let value = keys.get(key).ok_or_else(|| format!("it has no `{key}`"))?;
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // What is too long for JSON's whole numbers arrives as a floating-point one.
    let large = value.as_f64().is_some_and(|number| number.abs() >= 9e18);
    match (whole || large, text.starts_with('-')) {
        (true, false) => Ok(i64::MAX),
        (true, true) => Ok(i64::MIN),
        (false, _) => Err(format!("its `{key}` is not a whole number")),
    }
}

/// Writes a record: keys in order, two spaces deep, a line end at the end.
pub(super) fn print(record: &OwnerRecord) -> String {
    let text = |text: &str| Value::from(text);
    let or_null = |text: &Option<String>| text.clone().map_or(Value::Null, Value::from);
    let mut keys = BTreeMap::from([
        ("pid", Value::from(record.pid)),
        ("port", Value::from(record.port)),
        ("token", text(record.token.reveal())),
        ("package_version", text(&record.package_version)),
        ("executable_path", text(&record.executable_path)),
        ("source_checkout_path", text(&record.source_checkout_path)),
        ("server_url", text(&record.server_url)),
        ("auth_principal", or_null(&record.auth_principal)),
        ("auth_team", or_null(&record.auth_team)),
        ("auth_scope", or_null(&record.auth_scope)),
        ("queue_db_path", text(&record.queue_db_path)),
        ("started_at", text(&record.started_at)),
    ]);
    if let Some(stamp) = &record.stamp {
        keys.insert(START_TIME, text(&stamp.start_time));
        keys.insert(BOOT_ID, text(&stamp.boot_id));
    }
    let object: Map<String, Value> = keys
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    format!("{:#}\n", Value::Object(object))
}

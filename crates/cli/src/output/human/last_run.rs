//! What a last run held or failed at, as it was kept.

use crate::output::safe::safe;
use serde_json::Value;
use std::fmt::Write;

/// Shows a kept run; nothing when it did all there was to do.
pub(crate) fn last_run(run: &Value) -> String {
    let mut text = String::new();
    let root = word(run, "root");
    if let Some(error) = run["error"].as_str() {
        let _ = writeln!(text, "the last run from {root} failed: {}", safe(error));
    }
    let held = run["held"].as_array().map_or(&[][..], Vec::as_slice);
    if !held.is_empty() {
        let _ = writeln!(text, "held by the last run from {root}:");
    }
    for one in held {
        let row = one["row"]
            .as_u64()
            .map_or_else(String::new, |row| format!(" (row {row})"));
        let _ = writeln!(
            text,
            "  {}{row}: {}",
            word(one, "change"),
            word(one, "text")
        );
        let _ = writeln!(text, "    {}", word(one, "hint"));
    }
    text
}

fn word(value: &Value, key: &str) -> String {
    safe(value[key].as_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_reason_has_its_row_and_hint() {
        let run = json!({"root": "/p", "held": [
            {"change": "a", "row": 5, "text": "this checkout is older", "hint": "pull"},
            {"change": "b\n", "row": null, "text": "broken marker", "hint": "mend it"},
        ]});
        insta::assert_snapshot!(last_run(&run), @"
        held by the last run from /p:
          a (row 5): this checkout is older
            pull
          b�: broken marker
            mend it
        ");
    }

    #[test]
    fn a_failure_is_told_and_success_is_not() {
        let failed = last_run(&json!({"root": "/p", "error": "cannot list the changes"}));
        assert_eq!(
            failed,
            "the last run from /p failed: cannot list the changes\n"
        );
        assert_eq!(last_run(&json!({"root": "/p", "held": []})), "");
    }
}

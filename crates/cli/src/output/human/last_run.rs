//! What a last run held or failed at, as it was kept.

use crate::output::safe::safe;
use serde_json::Value;

/// Returns what a kept run failed at or held, line by line; nothing when it did all there was to do.
pub(crate) fn findings(run: &Value) -> Vec<String> {
    let failed = run["error"].as_str();
    let mut lines: Vec<_> = failed
        .map(|error| format!("failed: {}", safe(error)))
        .into_iter()
        .collect();
    for one in run["held"].as_array().into_iter().flatten() {
        let row = one["row"].as_u64();
        let row = row.map_or_else(String::new, |row| format!(" (row {row})"));
        let (change, text) = (word(one, "change"), word(one, "text"));
        lines.push(format!("held {change}{row}: {text}"));
        lines.push(format!("  {}", word(one, "hint")));
    }
    lines
}

/// Returns a word of a kept report, made harmless.
pub(crate) fn word(value: &Value, key: &str) -> String {
    safe(value[key].as_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_reason_has_its_row_and_hint() {
        let run = json!({"held": [
            {"change": "a", "row": 5, "text": "this checkout is older", "hint": "pull"},
            {"change": "b\n", "row": null, "text": "broken marker", "hint": "mend it"},
        ]});
        insta::assert_snapshot!(findings(&run).join("\n"), @"
        held a (row 5): this checkout is older
          pull
        held b�: broken marker
          mend it
        ");
    }

    #[test]
    fn a_failure_is_told_and_success_is_not() {
        let failed = findings(&json!({"error": "cannot list the changes"}));
        assert_eq!(failed, ["failed: cannot list the changes"]);
        assert_eq!(findings(&json!({"held": []})), Vec::<String>::new());
    }
}

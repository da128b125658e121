//! What a last run held or failed at, as it was kept.

use crate::output::safe::safe;
use serde_json::Value;

/// The most steps that are named of those a run left undone.
const LISTED: usize = 5;

/// Returns what a kept run failed at, left undone or held, line by line; nothing when it did all
/// there was to do.
pub(crate) fn findings(run: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(error) = run["error"].as_str() {
        // What a parser says has lines of its own.
        let mut said = error.lines().filter(|line| !line.trim().is_empty());
        lines.push(format!("failed: {}", safe(said.next().unwrap_or("?"))));
        lines.extend(said.map(|line| format!("  {}", safe(line))));
        let hints = texts(run, "hints");
        lines.extend(hints.map(|hint| format!("  {}", safe(hint))));
    }
    let stopped = &run["stopped"];
    if stopped["why"] == "interrupted" {
        lines.push("interrupted by a signal; the next run goes on".into());
    } else if stopped.is_object() {
        let (why, reason) = (word(stopped, "why"), word(stopped, "reason"));
        lines.push(format!("stopped: {why}: {reason}"));
    }
    lines.extend(super::count(
        run["failed"]
            .as_u64()
            .and_then(|n| n.try_into().ok())
            .unwrap_or(0),
        "write failed",
        "writes failed",
    ));
    lines.extend(left_undone(run));
    for one in run["held"].as_array().into_iter().flatten() {
        let row = one["row"].as_u64();
        let row = row.map_or_else(String::new, |row| format!(" (row {row})"));
        let (change, text) = (word(one, "change"), word(one, "text"));
        lines.push(format!("held {change}{row}: {text}"));
        lines.push(format!("  {}", word(one, "hint")));
    }
    lines
}

fn left_undone(run: &Value) -> Vec<String> {
    let steps: Vec<_> = texts(run, "unsettled").collect();
    let mut lines: Vec<_> = steps
        .iter()
        .take(LISTED)
        .map(|step| format!("not done: {}", safe(step)))
        .collect();
    match steps.len().saturating_sub(LISTED) {
        0 => {}
        more => lines.push(format!("not done: … and {more} more")),
    }
    if !steps.is_empty() {
        lines
            .push("  run kanban-sync again: it does what it can, and says why not the rest".into());
    }
    lines
}

fn texts<'a>(run: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    let all = run[key].as_array().into_iter().flatten();
    all.filter_map(Value::as_str)
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
        let failed = findings(&json!({"error": "cannot list the changes", "hints": ["look"]}));
        assert_eq!(failed, ["failed: cannot list the changes", "  look"]);
        let parsed = findings(&json!({"error": "cannot read it: line 1\n1 | x\n  | ^\n"}));
        assert_eq!(
            parsed,
            ["failed: cannot read it: line 1", "  1 | x", "    | ^"]
        );
        let done = json!({"failed": 0, "held": [], "stopped": null, "unsettled": []});
        assert_eq!(findings(&done), Vec::<String>::new());
    }

    #[test]
    fn what_was_left_undone_is_no_success() {
        let stopped = json!({"why": "interrupted"});
        let steps: Vec<_> = (1..8).map(|n| format!("step {n}")).collect();
        let run = json!({"failed": 1, "held": [], "stopped": stopped, "unsettled": steps});
        insta::assert_snapshot!(findings(&run).join("\n"), @"
        interrupted by a signal; the next run goes on
        1 write failed
        not done: step 1
        not done: step 2
        not done: step 3
        not done: step 4
        not done: step 5
        not done: … and 2 more
          run kanban-sync again: it does what it can, and says why not the rest
        ");
        let stopped = json!({"why": "no rights", "reason": "403\n"});
        let denied = findings(&json!({"stopped": stopped}));
        assert_eq!(denied, ["stopped: no rights: 403\u{fffd}"]);
    }
}

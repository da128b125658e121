use proptest::prelude::*;

use super::*;

fn status(target: Target, word: &str) -> Change {
    Change {
        target,
        value: NewValue::Status(word.into()),
    }
}

fn link(target: Target, id: &str) -> Change {
    Change {
        target,
        value: NewValue::HubId(HubId::new(id)),
    }
}

fn task(id: &str) -> Target {
    Target::Task(FileId::new(id))
}

fn edited(text: &str, changes: &[Change]) -> String {
    String::from_utf8(edit(text.as_bytes(), changes).unwrap()).unwrap()
}

/// A file whose only task block holds `lines`.
fn file(lines: &str) -> String {
    format!("---\nid: A\n---\n```task\nid: T\n{lines}```\n")
}

#[test]
fn the_value_changes_and_its_surroundings_stay() {
    for (before, after) in [
        ("status: todo\n", "status: done\n"),
        (
            "status:   \"todo\"   # so far\n",
            "status:   \"done\"   # so far\n",
        ),
        ("status: 'todo'\n", "status: 'done'\n"),
        ("status: todo  \nnote: status: x\n", ""),
        ("status: todo#1\n", "status: done\n"),
        (
            "note: |\n  status: todo\nstatus: todo\n",
            "note: |\n  status: todo\nstatus: done\n",
        ),
        (
            "status: to do # x # y\nlist: [a]\n",
            "status: done # x # y\nlist: [a]\n",
        ),
    ] {
        let change = [status(task("T"), "done")];
        if after.is_empty() {
            assert!(edit(file(before).as_bytes(), &change).is_err());
        } else {
            assert_eq!(edited(&file(before), &change), file(after));
        }
    }
}

#[test]
fn an_id_is_written_where_its_key_is_or_on_a_line_of_its_own() {
    for (before, after) in [
        (
            "state_hub_task_id:\nstatus: todo\n",
            "state_hub_task_id: \"u-1\"\nstatus: todo\n",
        ),
        (
            "state_hub_task_id: ~ # later\n",
            "state_hub_task_id: u-1 # later\n",
        ),
        (
            "state_hub_task_id: # later\n",
            "state_hub_task_id: \"u-1\" # later\n",
        ),
        ("state_hub_task_id: ''\n", "state_hub_task_id: 'u-1'\n"),
        (
            "status: todo # x\n\n",
            "status: todo # x\nstate_hub_task_id: \"u-1\"\n\n",
        ),
        ("", "state_hub_task_id: \"u-1\"\n"),
        (
            "note: >\n  a\n",
            "note: >\n  a\nstate_hub_task_id: \"u-1\"\n",
        ),
    ] {
        assert_eq!(
            edited(&file(before), &[link(task("T"), "u-1")]),
            file(after)
        );
    }
    // What would not be text without quotes gets some.
    assert_eq!(
        edited("---\r\nid: A\r\n---", &[link(Target::Workplan, "7e1")]),
        "---\r\nid: A\r\nstate_hub_workstream_id: \"7e1\"\r\n---"
    );
    let indented = "---\nid: A\n---\n  ```task\n  id: T\n  ```\n";
    assert_eq!(
        edited(indented, &[link(task("T"), "u")]),
        "---\nid: A\n---\n  ```task\n  id: T\n  state_hub_task_id: \"u\"\n  ```\n"
    );
}

#[test]
fn several_values_change_at_once_and_equal_ones_stay_as_written() {
    let text = "---\nid: A\nstatus: completed\n---\n```task\nid: T\nstatus: \"done\"\n```\n";
    let changes = [
        link(task("T"), "u-2"),
        status(task("T"), "done"),
        link(Target::Workplan, "u-1"),
        status(Target::Workplan, "finished"),
    ];
    assert_eq!(
        edited(text, &changes),
        "---\nid: A\nstatus: finished\nstate_hub_workstream_id: \"u-1\"\n---\n```task\nid: T\nstatus: \"done\"\n\
         state_hub_task_id: \"u-2\"\n```\n"
    );
}

#[test]
fn what_cannot_be_changed_in_place_is_refused_by_name() {
    let change = |text: &str, change: Change| edit(text.as_bytes(), &[change]);
    let done = || status(task("T"), "done");
    let not_on_one_line = Err(EditError::NotOnOneLine { key: "status" });
    assert_eq!(
        change(&file("status: >-\n  todo\n"), done()),
        not_on_one_line
    );
    assert_eq!(change(&file(""), done()), not_on_one_line);
    assert_eq!(change(&file("? status\n: todo\n"), done()), not_on_one_line);
    let entangled = |key| Err(EditError::Entangled { key });
    assert_eq!(
        change(&file("status: to\n  do\n"), done()),
        entangled("status")
    );
    assert_eq!(
        change(
            "---\nid: A\n---\n```task\n{id: T}\n```\n",
            link(task("T"), "u")
        ),
        entangled("state_hub_task_id")
    );
    let twice = file("```\n```task\nid: T\n");
    assert_eq!(
        change(&twice, done()),
        Err(EditError::NoSuchTask {
            id: FileId::new("T")
        })
    );
    assert_eq!(change("# Notes\n", done()), Err(EditError::NoWorkplan));
}

#[test]
fn any_id_is_written_so_that_it_is_read_again() {
    for id in [
        "a\"b",
        "it's",
        "back\\slash",
        "é ü",
        "line\nbreak",
        "x: y #z",
        "1",
        "true",
        "\u{feff}",
    ] {
        for line in [
            "",
            "state_hub_task_id: ~\n",
            "state_hub_task_id: ''\n",
            "state_hub_task_id: \"\"\n",
        ] {
            let text = edited(&file(line), &[link(task("T"), id)]);
            let reading = read_workplan("", false, text.as_bytes());
            let found = reading.workplan.unwrap().tasks[0].hub_id.clone();
            assert_eq!(found, Some(HubId::new(id)), "{text:?}");
        }
    }
}

/// A value as people write it, and what comes after it on the line.
fn value(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let quote = prop::sample::select(vec!["", "'", "\""]);
    let comment = prop::sample::select(vec!["", " ", "  # note", " # status: done"]);
    (prop::sample::select(words), quote, comment)
        .prop_map(|(word, quote, comment)| format!("{quote}{word}{quote}{comment}"))
}

fn hub_id() -> impl Strategy<Value = Option<String>> {
    prop::option::of(value(&[
        "",
        "~",
        "null",
        "u-1",
        "00000000-0000-0000-0000-0000000000a1",
    ]))
}

fn section(
    id: String,
    words: &'static [&'static str],
    hub_key: &'static str,
) -> impl Strategy<Value = String> {
    let noise = prop::sample::select(vec![
        "",
        "\n",
        "# status: x\n",
        "owner: some one\n",
        "note: |\n  status: todo\n",
        "list: [a, b]\n",
        "map:\n  status: todo\n  id: x\n",
    ]);
    (value(words), hub_id(), any::<bool>(), noise).prop_map(
        move |(status, hub_id, first, noise)| {
            let id = format!("id: {id}\n");
            let status = format!("status: {status}\n");
            let hub_id = hub_id
                .map(|id| format!("{hub_key}: {id}\n"))
                .unwrap_or_default();
            if first {
                format!("{hub_id}{noise}{status}{id}")
            } else {
                format!("{id}{status}{noise}{hub_id}")
            }
        },
    )
}

/// A file with two tasks, in all the ways people and editors write one.
fn workplan_file() -> impl Strategy<Value = String> {
    let fence = prop::sample::select(vec!["```", "````", "~~~"]);
    let filler = prop::sample::select(vec![
        "",
        "text\n",
        "```sh\n```task\n```\n",
        "~~~~\n```task\nid: x\n```\n~~~~\n",
        "a: b\n",
    ]);
    let task_words = &["todo", "wait", "done", "in_progress"];
    let plan_words = &["active", "ready", "completed"];
    (
        section("A".into(), plan_words, "state_hub_workstream_id"),
        section("T1".into(), task_words, "state_hub_task_id"),
        section("T2".into(), task_words, "state_hub_task_id"),
        (fence, filler),
        (any::<bool>(), any::<bool>(), any::<bool>()),
    )
        .prop_map(|(front, one, two, (fence, filler), (crlf, bom, cut))| {
            let mut text = format!(
                "---\n{front}---\n# Plan\n{filler}## One\n{fence}task\n{one}{fence}\n{filler}\n{fence} task x\n{two}{fence}\n"
            );
            if cut {
                text.truncate(text.len() - 1);
            }
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            if bom {
                text.insert(0, '\u{feff}');
            }
            text
        })
}

/// How many bytes two texts have in common at both ends.
fn changed_part<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
    let head = before
        .bytes()
        .zip(after.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let most = before.len().min(after.len()) - head;
    let tail = before
        .bytes()
        .rev()
        .zip(after.bytes().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    (
        &before[head..before.len() - tail],
        &after[head..after.len() - tail],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    /// Reading the edited file gives the new value and everything else as before (`edit` itself makes
    /// sure of that; here it is asked again), and no byte but the value's is another.
    #[test]
    fn only_the_value_changes(text in workplan_file(), which in 0_usize..3, new_id in any::<bool>()) {
        let target = [Target::Workplan, task("T1"), task("T2")][which].clone();
        let new = if which == 0 { "archived" } else { "cancelled" };
        let change = if new_id { link(target, "new-id") } else { status(target, new) };
        let value = change.text().to_owned();
        let before = read_workplan("", false, text.as_bytes());
        prop_assert_eq!(&before.unreadable, &[]);
        let after_text = edited(&text, std::slice::from_ref(&change));
        let after = read_workplan("", false, after_text.as_bytes());
        let mut expected = before.clone();
        apply(expected.workplan.as_mut().unwrap(), &change).unwrap();
        prop_assert_eq!(without_lines(after), without_lines(expected));
        let (was, is) = changed_part(&text, &after_text);
        prop_assert!(!was.contains(['\n', '#', ':']), "{:?} became {:?}", was, is);
        let inserted = is.trim_end().split('\n').count() == 1 && is.contains("state_hub_");
        prop_assert!(is.len() <= value.len() + 3 || inserted && was.is_empty(), "{:?} became {:?}", was, is);
        prop_assert_eq!(text.starts_with('\u{feff}'), after_text.starts_with('\u{feff}'));
        prop_assert_eq!(text.contains('\r'), after_text.contains('\r'));
        prop_assert_eq!(text.ends_with('\n'), after_text.ends_with('\n'));
        // Again: nothing to change, nothing changed.
        prop_assert_eq!(edited(&after_text, &[change]), after_text);
    }
}

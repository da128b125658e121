//! Dumps and canonical forms.

use serde_json::json;

use super::{BOTH, FakePlanka, Version, Visitor};
use crate::{Id, People};

/// A board on which people have done some of everything.
fn furnish(planka: &FakePlanka) -> (People, Id) {
    let people = planka.people();
    let board = people.add_board("Demo", "Changes");
    let doing = people.add_list(board, "Doing");
    let label = people.add_label(board, "agent", "berry-red");
    for name in ["first", "second"] {
        let card = people.add_card(doing, name, Some("[id=1] text"));
        people.attach_label(card, label);
        let holder = match planka.version() {
            Version::V1 => card,
            Version::V2 => people.add_task_list(card, "Tasks"),
        };
        people.add_task(holder, "a task", true);
        people.comment(card, "well done");
        people.attach(card, "a link", "https://example.org");
        people.add_card_member(card, people.administrator());
    }
    (people, board)
}

#[test]
fn equal_stories_give_equal_dumps() {
    for version in BOTH {
        let (one, other) = (FakePlanka::start(version), FakePlanka::start(version));
        furnish(&one);
        furnish(&other);
        assert_eq!(one.dump().to_string(), other.dump().to_string());
    }
}

#[test]
fn every_change_of_an_old_object_is_named() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let (people, board) = furnish(&planka);
        let before = planka.dump();
        let list = people.list(board, "Doing");
        people.add_card(list, "third", None);
        assert_eq!(planka.changed_since(&before), [] as [&str; 0]);

        let card = people.card(board, "first");
        let task = people.task(card, "a task");
        people.tick(task, false);
        people.rename_card(card, "renamed");
        let expected = [format!("cards/{card}"), format!("tasks/{task}")];
        assert_eq!(planka.changed_since(&before), expected);

        people.delete_card(card);
        assert!(planka.changed_since(&before).len() > 4);
    }
}

#[test]
fn a_dump_of_one_board_leaves_out_the_others() {
    let planka = FakePlanka::start(Version::V2);
    furnish(&planka);
    let before = planka.dump_board("Demo", "Changes").to_string();
    let people = planka.people();
    let other = people.add_board("Demo", "Other");
    people.add_card(people.add_list(other, "elsewhere"), "a card", None);
    assert_eq!(planka.dump_board("Demo", "Changes").to_string(), before);
    assert!(before.contains("a link") && before.contains("well done"));
    let all = planka.dump().to_string();
    assert!(all.contains("elsewhere"));
}

#[test]
fn the_canonical_form_forgets_ids_times_and_positions_only() {
    for version in BOTH {
        let (one, other) = (FakePlanka::start(version), FakePlanka::start(version));
        let (people, board) = furnish(&one);
        other.people().advance(std::time::Duration::from_secs(5));
        other.people().add_user("somebody");
        let (_, other_board) = furnish(&other);
        people.reposition(people.card(board, "second"), 70000.5);
        assert_ne!(one.dump(), other.dump());
        assert_eq!(one.canonical(), other.canonical());

        // The order counts, and so does every text but the one that is rewritten.
        people.reposition(people.card(board, "second"), 1.0);
        assert_ne!(one.canonical(), other.canonical());
        people.reposition(people.card(board, "second"), 70000.5);
        people.describe(people.card(board, "first"), Some("[id=2] text"));
        assert_ne!(one.canonical(), other.canonical());
        let without_id = |text: &str| text.split(' ').skip(1).collect::<String>();
        assert_eq!(
            one.canonical_board("Demo", "Changes", &without_id),
            other.canonical_board("Demo", "Changes", &without_id),
        );
        let people = other.people();
        people.add_list(other_board, "Doing");
        assert_ne!(
            one.canonical_with(&without_id),
            other.canonical_with(&without_id)
        );
    }
}

#[test]
fn people_may_work_while_a_client_reads() {
    let planka = FakePlanka::start(Version::V2);
    let (people, board) = furnish(&planka);
    let done = people.add_closed_list(board, "Done");
    let mut visitor = Visitor::new(&planka);
    let mut names = |key: &str| {
        let read = visitor.get(&format!("/api/boards/{board}")).json();
        let rows = read["included"][key].as_array().unwrap().clone();
        rows.into_iter()
            .map(|row| row["name"].clone())
            .collect::<Vec<_>>()
    };
    let card = people.card(board, "first");
    people.move_card(card, done);
    assert_eq!(people.list_of(card).as_deref(), Some("Done"));
    let copy = people.duplicate(card);
    assert_eq!(people.show_card(copy)["name"], "first (copy)");
    people.rename_list(done, "Finished");
    people.rename_label(people.label(board, "agent"), "robot");
    people.set_due(card, "2026-12-24T12:00:00.000Z");
    people.trash(people.card(board, "second"));
    people.delete_task_list(people.task_list(card, "Tasks"));
    people.rename_task(people.task(copy, "a task"), "another task");
    assert_eq!(names("cards"), ["first", "first (copy)"]);
    assert_eq!(names("labels"), ["robot"]);
    assert_eq!(names("tasks"), ["another task"]);
    assert_eq!(names("lists")[..2], [json!("Doing"), json!("Finished")]);
}

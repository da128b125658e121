use super::*;
use serde_json::Value;
use sync_core::board::{Shelf, Snapshot};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fixtures/planka/",
            $name
        ))
    };
}

fn first(text: &str, board: &str) -> Result<Snapshot, String> {
    let wire: v1::Board = serde_json::from_str(text).map_err(|e| e.to_string())?;
    wire.into_snapshot(&BoardId::new(board))
}

fn second(text: &str, board: &str) -> Result<Snapshot, String> {
    let wire: v2::Board = serde_json::from_str(text).map_err(|e| e.to_string())?;
    wire.into_snapshot(&BoardId::new(board))
}

const FIRST: (&str, &str) = (fixture!("v1/board.json"), "1912412158600152225");
const SECOND: (&str, &str) = (fixture!("v2/board.json"), "1912412245841675323");

/// A board in a few lines: lists, labels, then cards with their labels, tasks and traces.
fn drawn(board: &Snapshot) -> String {
    let name = |list| {
        board
            .lists
            .iter()
            .find(|l| l.id == list)
            .unwrap()
            .name
            .clone()
    };
    let label = |id| {
        board
            .labels
            .iter()
            .find(|l| &l.id == id)
            .unwrap()
            .name
            .clone()
    };
    let mut lines: Vec<String> = board
        .lists
        .iter()
        .map(|l| format!("list {} {}", l.name, l.position.0))
        .collect();
    lines.extend(
        board
            .labels
            .iter()
            .map(|l| format!("label {} {}", l.name, l.position.0)),
    );
    for card in &board.cards {
        let labels: Vec<_> = card.labels.iter().map(label).collect();
        let traces = card.traces;
        lines.push(format!(
            "card {} in {} at {} {:?} {labels:?} {}c {}m {}a",
            card.name,
            name(card.list.clone()),
            card.position.0,
            card.description.lines().next().unwrap_or_default(),
            traces.comments,
            traces.members,
            traces.attachments,
        ));
        for tasks in &card.task_lists {
            let own = tasks.id.as_str() == card.id.as_str();
            lines.push(format!(
                "  tasks {:?} {} own={own}",
                tasks.name, tasks.position.0
            ));
            let task =
                |t: &sync_core::board::Task| format!("    {} {} {}", t.name, t.position.0, t.done);
            lines.extend(tasks.tasks.iter().map(task));
        }
    }
    lines.join("\n")
}

const HEAD: &str = "\
list Proposed 65536
list In progress 131072
list Done 196608
label openspec 65536
label spec: auth 131072
label spec: ui 196608
";

#[test]
fn a_board_of_the_first_version_is_read_whole() {
    let board = first(FIRST.0, FIRST.1).unwrap();
    let cards = "\
card add-dark-mode in Proposed at 65536 \"## Why\" [\"openspec\", \"spec: ui\"] 0c 0m 0a
  tasks \"\" 0 own=true
    1.1 Add theme tokens 65536 true
    1.2 Add the switch 131072 false
    2.1 Tests 196608 false
card add-two-factor-auth in In progress at 131072 \"## Why\" [\"openspec\", \"spec: auth\"] 0c 0m 0a
  tasks \"\" 0 own=true
    1.1 TOTP secret 65536 true
    1.2 Recovery codes 131072 false
card rename-settings-page in In progress at 147456 \"Short text.\" [] 0c 0m 0a
  tasks \"\" 0 own=true
card fix-login-redirect in Done at 262144 \"Fixed.\" [] 0c 0m 0a
  tasks \"\" 0 own=true
card update-billing-copy in Done at 327680 \"\" [] 0c 0m 0a
  tasks \"\" 0 own=true";
    assert_eq!(drawn(&board), format!("{HEAD}{cards}"));
    assert_eq!((board.archive, board.trash), (None, None));
}

#[test]
fn a_board_of_the_second_version_is_read_whole() {
    let board = second(SECOND.0, SECOND.1).unwrap();
    let cards = "\
card add-dark-mode in Proposed at 65536 \"## Why\" [\"openspec\", \"spec: ui\"] 1c 0m 0a
  tasks \"Tasks\" 65536 own=false
    1.1 Add theme tokens 65536 true
    1.2 Add the switch 131072 false
    2.1 Tests 196608 false
card add-two-factor-auth in In progress at 131072 \"## Why\" [\"openspec\", \"spec: auth\"] 0c 0m 0a
  tasks \"Tasks\" 65536 own=false
    1.1 TOTP secret 65536 true
    1.2 Recovery codes 131072 false
card rename-settings-page in In progress at 147456 \"Short text.\" [] 0c 0m 0a
card fix-login-redirect in Done at 262144 \"Fixed.\" [] 0c 0m 0a
card update-billing-copy in Done at 327680 \"\" [] 0c 0m 0a";
    assert_eq!(drawn(&board), format!("{HEAD}{cards}"));
    assert_eq!(board.archive.unwrap().as_str(), "1912412246797976640");
    assert_eq!(board.trash.unwrap().as_str(), "1912412246797976641");
}

#[test]
fn a_description_comes_unchanged() {
    let text = "## Why\n\nUsers ask for a dark theme.\n\n## What changes\n\n- A theme switch\n";
    assert_eq!(first(FIRST.0, FIRST.1).unwrap().cards[0].description, text);
    assert_eq!(
        second(SECOND.0, SECOND.1).unwrap().cards[0].description,
        text
    );
}

#[test]
fn a_fresh_board_is_empty() {
    let board = first(
        fixture!("v1/board-empty.json"),
        &id_in(fixture!("v1/board-empty.json")),
    )
    .unwrap();
    assert_eq!(board, Snapshot::default());
    let board = second(
        fixture!("v2/board-empty.json"),
        &id_in(fixture!("v2/board-empty.json")),
    )
    .unwrap();
    assert!(board.lists.is_empty() && board.cards.is_empty());
    assert!(board.archive.is_some() && board.trash.is_some());
}

fn id_in(text: &str) -> String {
    let answer: Value = serde_json::from_str(text).unwrap();
    answer["item"]["id"].as_str().unwrap().to_owned()
}

/// Every key that is read, so that leaving it out, or giving it another type, must be an error.
const KEYS: [(&str, &[&str]); 8] = [
    ("lists", &["id", "name", "position"]),
    ("labels", &["id", "name", "position"]),
    (
        "cards",
        &["id", "listId", "name", "description", "position"],
    ),
    ("cardLabels", &["cardId", "labelId"]),
    ("tasks", &["id", "name", "position", "isCompleted"]),
    ("cardMemberships", &[]),
    ("attachments", &[]),
    ("taskLists", &["id", "cardId", "name", "position"]),
];

type Reader = fn(&str, &str) -> Result<Snapshot, String>;

fn each_version() -> [(&'static str, (&'static str, &'static str), Reader); 2] {
    [("v1", FIRST, first), ("v2", SECOND, second)]
}

#[test]
fn a_missing_or_mistyped_key_is_an_error() {
    for (version, (text, id), read) in each_version() {
        let whole: Value = serde_json::from_str(text).unwrap();
        let refused = |broken: &Value, what: &str| {
            assert!(
                read(&broken.to_string(), id).is_err(),
                "{version}: {what} was read as nothing"
            );
        };
        let mut keys = KEYS.to_vec();
        if version == "v1" {
            keys.pop();
            keys.push(("tasks", &["cardId"]));
        } else {
            keys.push(("tasks", &["taskListId"]));
            keys.push(("lists", &["type"]));
            keys.push(("cards", &["commentsTotal"]));
        }
        for (table, fields) in keys {
            let mut broken = whole.clone();
            broken["included"].as_object_mut().unwrap().remove(table);
            refused(&broken, table);
            broken["included"][table] = Value::Null;
            refused(&broken, table);
            for field in fields {
                let mut broken = whole.clone();
                broken["included"][table][0]
                    .as_object_mut()
                    .unwrap()
                    .remove(*field);
                refused(&broken, &format!("{table}.{field}"));
                broken["included"][table][0][*field] = serde_json::json!([]);
                refused(&broken, &format!("{table}.{field}"));
            }
        }
    }
}

#[test]
fn an_answer_about_another_board_is_refused() {
    for (_, (text, _), read) in each_version() {
        assert_eq!(read(text, "1"), Err("it is about another board".into()));
    }
}

#[test]
fn no_prefix_of_an_answer_is_an_answer() {
    for (_, (text, id), read) in each_version() {
        let end = text.trim_end().len();
        for cut in (0..end).step_by(97).chain([end - 1]) {
            assert!(read(&text[..cut], id).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn one_version_is_never_read_as_the_other() {
    assert!(first(SECOND.0, SECOND.1).is_err());
    assert!(second(FIRST.0, FIRST.1).is_err());
    let empty = fixture!("v2/board-empty.json");
    assert!(first(empty, &id_in(empty)).is_err());
    let projects: v1::Projects = serde_json::from_str(fixture!("v2/projects.json")).unwrap();
    assert!(projects.into_directory().is_err());
}

#[test]
fn ghosts_of_deleted_lists_are_dropped_by_the_first_version_only() {
    for (version, (text, id), read) in each_version() {
        let mut board: Value = serde_json::from_str(text).unwrap();
        board["included"]["lists"].as_array_mut().unwrap().remove(0);
        let read = read(&board.to_string(), id);
        match version {
            "v1" => assert_eq!(read.unwrap().cards.len(), 4),
            _ => assert!(read.unwrap_err().contains("not on the board")),
        }
    }
}

#[test]
fn a_card_on_a_shelf_is_not_on_the_board() {
    let mut board: Value = serde_json::from_str(SECOND.0).unwrap();
    board["included"]["cards"][0]["listId"] = "1912412246797976641".into();
    board["included"]["cards"][0]["position"] = Value::Null;
    assert_eq!(second(&board.to_string(), SECOND.1).unwrap().cards.len(), 4);
    board["included"]["cards"][1]["position"] = Value::Null;
    assert!(
        second(&board.to_string(), SECOND.1)
            .unwrap_err()
            .contains("no position")
    );
}

#[test]
fn the_order_is_by_place_then_age() {
    for (_, (text, id), read) in each_version() {
        let mut board: Value = serde_json::from_str(text).unwrap();
        for table in ["lists", "labels", "cards", "tasks", "cardLabels"] {
            board["included"][table].as_array_mut().unwrap().reverse();
        }
        assert_eq!(read(&board.to_string(), id), read(text, id));
        for card in board["included"]["cards"].as_array_mut().unwrap() {
            card["position"] = 1.into();
        }
        let cards = read(&board.to_string(), id).unwrap().cards;
        assert!(cards.is_sorted_by_key(|card| card.id.clone()));
    }
}

#[test]
fn members_and_attachments_are_traces() {
    for (_, (text, id), read) in each_version() {
        let mut board: Value = serde_json::from_str(text).unwrap();
        let on_card = serde_json::json!({ "cardId": board["included"]["cards"][1]["id"] });
        board["included"]["cardMemberships"] = vec![on_card.clone(), on_card.clone()].into();
        board["included"]["attachments"] = vec![on_card].into();
        let cards = read(&board.to_string(), id).unwrap().cards;
        assert_eq!(
            (cards[1].traces.members, cards[1].traces.attachments),
            (2, 1)
        );
        assert_eq!(
            (cards[0].traces.members, cards[0].traces.attachments),
            (0, 0)
        );
    }
}

#[test]
fn projects_and_their_boards_are_listed() {
    let wire: v1::Projects = serde_json::from_str(fixture!("v1/projects.json")).unwrap();
    let listed = wire.into_directory().unwrap();
    let wire: v2::Projects = serde_json::from_str(fixture!("v2/projects.json")).unwrap();
    for directory in [listed, wire.into()] {
        assert_eq!(directory.projects[0].name, "OpenSpec");
        assert_eq!(directory.boards[0].name, "Changes");
        assert_eq!(directory.boards[0].project, directory.projects[0].id);
        assert_eq!(directory.boards[0].position, Position(65536.0));
    }
}

#[test]
fn shelved_cards_are_read() {
    let wire: v2::Shelved = serde_json::from_str(fixture!("v2/archive-cards.json")).unwrap();
    assert_eq!(wire.len(), 1);
    let cards: Vec<_> = wire.into_cards(Shelf::Archive).collect();
    assert_eq!(cards[0].id.as_str(), "1912412394538141055");
    assert_eq!(
        (cards[0].name.as_str(), cards[0].description.as_str()),
        ("archived-change", "")
    );
    assert_eq!(cards[0].shelf, Shelf::Archive);
}

#[test]
fn an_id_is_a_number_of_at_most_19_digits() {
    for good in ["1", "1912412394538141055"] {
        assert!(Id::try_from(good.to_owned()).is_ok());
    }
    for bad in [
        "",
        "0",
        "01",
        "-1",
        "1a",
        "../1",
        "19124123945381410551",
        "１",
    ] {
        assert!(Id::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

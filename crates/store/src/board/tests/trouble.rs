//! Full disks, locks, damage, and writes that no board takes.

use super::*;
use sync_core::ids::{LabelId, TaskId, TaskListId};
use sync_core::write::SeenTask;

#[test]
fn a_full_disk_undoes_the_write_and_keeps_the_rest() {
    let home = Home::new();
    let board = furnished(&home);
    made(&board, &card("before"));
    let before = content(&board);
    let pages: i64 = connection(&board)
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    connection(&board)
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let large = Write::CreateCard {
        list: ListId::new(LIST),
        name: "large".into(),
        description: "x".repeat(100_000),
        position: Position(2.0),
    };
    match perform(&board, &large) {
        Outcome::Transient { reason } => assert!(reason.contains("is full"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(content(&board), before);
    connection(&board)
        .pragma_update(None, "max_page_count", 10_000)
        .unwrap();
    made(&board, &large);
    assert_eq!(names(&board), ["before", "large"]);
    assert_whole(&board);
}

#[test]
fn a_lock_that_outlasts_the_wait_is_named_and_later_gone() {
    let home = Home::new();
    let board = furnished(&home);
    let other = Connection::open(home.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    match perform(&board, &card("add-search")) {
        Outcome::Transient { reason } => {
            assert!(reason.contains(home.path().as_str()), "{reason}");
            assert!(reason.contains("locked by another process"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert!(
        names(&board).is_empty(),
        "reading does not wait for a writer"
    );
    other.execute_batch("ROLLBACK").unwrap();
    made(&board, &card("add-search"));
}

#[test]
fn a_write_waits_for_one_that_ends_in_time() {
    let home = Home::new();
    drop(furnished(&home));
    let board = EmbeddedBoard::open(&home.path()).unwrap();
    let (locked, wait) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let other = EmbeddedBoard::open(&home.path()).unwrap();
            let mut connection = connection(&other);
            let transaction = connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
                .unwrap();
            locked.send(()).unwrap();
            for n in 0..20_000 {
                transaction
                    .execute(
                        "INSERT INTO projects (id, name) VALUES (?1, '')",
                        [1000 + n],
                    )
                    .unwrap();
            }
            transaction.commit().unwrap();
        });
        wait.recv().unwrap();
        made(&board, &card("add-search"));
    });
    assert_eq!(block_on(board.directory()).unwrap().projects.len(), 20_001);
}

#[test]
fn damage_is_an_error_and_never_an_empty_board() {
    let home = Home::new();
    let board = furnished(&home);
    for n in 0..200 {
        made(&board, &card(&format!("change-{n}")));
    }
    drop(board);
    let whole = std::fs::read(home.path()).unwrap();
    let mut seen = 0;
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..][..4096].fill(0xa5);
        put(&home, &bytes);
        let result = EmbeddedBoard::open(&home.path())
            .and_then(|board| block_on(board.read(&BoardId::new(BOARD))));
        match result {
            Err(Error::Damaged { path, .. }) => {
                assert_eq!(path, home.path());
                seen += 1;
            }
            // The page holds nothing a board read needs.
            Ok(snapshot) => assert_eq!(snapshot.cards.len(), 200),
            Err(other) => panic!("page {page}: {other:?}"),
        }
        assert!(
            std::fs::read(home.path()).unwrap() == bytes,
            "a damaged file is left as it is"
        );
    }
    assert!(seen > 20, "only {seen} pages mattered");
}

#[test]
fn a_file_cut_short_is_an_error() {
    let home = Home::new();
    let board = furnished(&home);
    for n in 0..200 {
        made(&board, &card(&format!("change-{n}")));
    }
    drop(board);
    let whole = std::fs::read(home.path()).unwrap();
    for length in [1, 99, 100, 4096, whole.len() / 2, whole.len() - 4096] {
        put(&home, &whole[..length]);
        let result = EmbeddedBoard::open(&home.path())
            .and_then(|board| block_on(board.read(&BoardId::new(BOARD))));
        assert!(result.is_err(), "{length} of {} bytes", whole.len());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test damages the file on purpose"
)]
fn put(home: &Home, bytes: &[u8]) {
    std::fs::write(home.path(), bytes).unwrap();
}

#[test]
fn what_no_board_keeps_is_refused() {
    let home = Home::new();
    let board = furnished(&home);
    let at = |position, name: String| Write::CreateCard {
        list: ListId::new(LIST),
        name,
        description: String::new(),
        position: Position(position),
    };
    // 1024 units pass, and an emoji has two.
    made(&board, &at(1.0, "🚀".repeat(512)));
    let before = content(&board);
    for write in [
        at(1.0, String::new()),
        at(1.0, "🚀".repeat(512) + "x"),
        at(f64::NAN, "add-search".into()),
        at(f64::INFINITY, "add-search".into()),
        Write::CreateProject {
            name: "x".repeat(129),
        },
    ] {
        let outcome = perform(&board, &write);
        assert!(
            matches!(outcome, Outcome::Refused { .. }),
            "{write:?}: {outcome:?}"
        );
    }
    assert_eq!(content(&board), before);
}

#[test]
fn an_id_is_one_text_and_is_never_given_again() {
    let home = Home::new();
    let board = furnished(&home);
    let list = |name: &str| Write::CreateList {
        board: BoardId::new(BOARD),
        name: name.into(),
        position: Position(2.0),
    };
    for other in ["03", "+3", " 3", "3.0", "", "x", "99999999999999999999"] {
        let remove = Write::RemoveList {
            list: ListId::new(other),
        };
        assert_eq!(perform(&board, &remove), Outcome::AlreadySo, "{other:?}");
    }
    let first = made(&board, &list("first"));
    perform(
        &board,
        &Write::RemoveList {
            list: ListId::new(first.as_str()),
        },
    );
    drop(board);
    let board = EmbeddedBoard::open(&home.path()).unwrap();
    assert!(ListId::new(first) < ListId::new(made(&board, &list("second"))));
}

#[test]
fn a_change_sent_twice_is_so_already() {
    let home = Home::new();
    let board = furnished(&home);
    let id = made(&board, &card("add-search"));
    let (name, position) = ("1. Search", Position(1.0));
    let create = Write::CreateTaskList {
        card: CardId::new(id.as_str()),
        name: name.into(),
        position,
    };
    let task_list = TaskListId::new(made(&board, &create));
    let create = Write::CreateTask {
        card: CardId::new(id.as_str()),
        task_list: task_list.clone(),
        name: name.into(),
        position,
        done: false,
    };
    let task = TaskId::new(made(&board, &create));
    let rename_list = Write::UpdateTaskList {
        task_list,
        seen: name.into(),
        name: Some("1. Find".into()),
        position: None,
    };
    let tick = Write::UpdateTask {
        task,
        seen: SeenTask {
            name: name.into(),
            done: false,
        },
        name: None,
        done: Some(true),
        task_list: None,
        position: None,
    };
    for write in [
        renamed(&id, "add-search", "archive-search"),
        rename_list,
        tick,
    ] {
        assert_eq!(made(&board, &write), "");
        let after = content(&board);
        assert_eq!(perform(&board, &write), Outcome::AlreadySo, "{write:?}");
        assert_eq!(content(&board), after);
    }
}

#[test]
fn everything_is_shown_in_the_order_of_places() {
    let home = Home::new();
    let board = furnished(&home);
    let card = CardId::new(made(&board, &card("zeroth")));
    let home_list = Write::CreateTaskList {
        card: card.clone(),
        name: "last".into(),
        position: Position(9.0),
    };
    let task_list = TaskListId::new(made(&board, &home_list));
    for (name, place) in [("third", 3.0), ("first", 1.5), ("second", 2.0)] {
        let (on, name, position) = (BoardId::new(BOARD), String::from(name), Position(place));
        made(
            &board,
            &Write::CreateList {
                board: on,
                name: name.clone(),
                position,
            },
        );
        let (list, description) = (ListId::new(LIST), String::new());
        made(
            &board,
            &Write::CreateCard {
                list,
                name: name.clone(),
                description,
                position,
            },
        );
        let create = Write::CreateTaskList {
            card: card.clone(),
            name: name.clone(),
            position,
        };
        made(&board, &create);
        let (card, task_list) = (card.clone(), task_list.clone());
        made(
            &board,
            &Write::CreateTask {
                card,
                task_list,
                name,
                position,
                done: false,
            },
        );
    }
    let snapshot = content(&board);
    let lists: Vec<_> = snapshot
        .lists
        .iter()
        .map(|list| list.name.as_str())
        .collect();
    assert_eq!(lists, ["Demo", "first", "second", "third"]);
    assert_eq!(names(&board), ["zeroth", "first", "second", "third"]);
    let task_lists = &snapshot.cards[0].task_lists;
    let shown: Vec<_> = task_lists.iter().map(|list| list.name.as_str()).collect();
    assert_eq!(shown, ["first", "second", "third", "last"]);
    let tasks: Vec<_> = task_lists[3]
        .tasks
        .iter()
        .map(|task| task.name.as_str())
        .collect();
    assert_eq!(tasks, ["first", "second", "third"]);
}

#[test]
fn things_of_two_boards_do_not_mix() {
    let home = Home::new();
    let board = furnished(&home);
    let other = BoardId::new(made(
        &board,
        &Write::CreateBoard {
            project: ProjectId::new("1"),
            name: "Other".into(),
            position: Position(2.0),
        },
    ));
    let (name, position) = ("Other", Position(1.0));
    let label = Write::CreateLabel {
        board: other.clone(),
        name: name.into(),
        position,
    };
    let label = LabelId::new(made(&board, &label));
    let list = Write::CreateList {
        board: other,
        name: name.into(),
        position,
    };
    let list = ListId::new(made(&board, &list));
    let id = CardId::new(made(&board, &card("add-search")));
    let before = content(&board);
    let seen = SeenCard {
        list: ListId::new(LIST),
        name: "add-search".into(),
        description: "x".repeat(500),
    };
    for write in [
        Write::AttachLabel {
            card: id.clone(),
            label,
        },
        Write::UpdateCard {
            card: id,
            seen,
            name: None,
            description: None,
            place: Some((list, position)),
        },
    ] {
        let outcome = perform(&board, &write);
        assert!(
            matches!(outcome, Outcome::Superseded { .. }),
            "{write:?}: {outcome:?}"
        );
    }
    assert_eq!(content(&board), before);
}

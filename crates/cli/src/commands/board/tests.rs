use super::*;
use sync_core::board::Position;
use sync_core::ids::{BoardId, ProjectId};

fn directory(boards: &[(&str, &str)]) -> Directory {
    let mut directory = Directory::default();
    for (number, (project, board)) in (10..).zip(boards) {
        let id = ProjectId::new(number.to_string());
        directory.projects.push(ProjectEntry {
            id: id.clone(),
            name: (*project).into(),
        });
        directory.boards.push(BoardEntry {
            id: BoardId::new(number.to_string()),
            project: id,
            name: (*board).into(),
            position: Position(1.0),
        });
    }
    directory
}

/// Returns the id of the board that is meant, or what is said instead.
fn chosen(boards: &[(&str, &str)], project: Option<&str>, board: Option<&str>) -> String {
    let target = BoardTarget {
        project: project.map(Into::into),
        board: board.map(Into::into),
    };
    match choose(&directory(boards), &target) {
        Ok((_, board)) => board.id.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_left_out_is_found_where_there_is_no_choice() {
    let boards = [("Demo", "Changes"), ("Shop", "Changes"), ("Shop", "Ideas")];
    assert_eq!(chosen(&boards[..1], None, None), "10");
    assert_eq!(chosen(&boards, Some("demo"), None), "10");
    assert_eq!(chosen(&boards, None, Some("Ideas")), "12");
    assert_eq!(chosen(&boards, Some("Shop"), Some("changes")), "11");
}

#[test]
fn a_choice_is_left_to_the_person() {
    let boards = [("Demo", "Changes"), ("Shop", "Changes"), ("Shop", "Ideas")];
    insta::assert_snapshot!(chosen(&boards, None, None), @"
    error: there are 3 boards; name one with --project and --board
    hint: choose among Demo / Changes, Shop / Changes, Shop / Ideas
    ");
    insta::assert_snapshot!(chosen(&boards, None, Some("Changes")), @"
    error: there are 2 such boards; name one with --project and --board
    hint: choose among Demo / Changes, Shop / Changes
    ");
    insta::assert_snapshot!(chosen(&boards, Some("Shop"), Some("Plans")), @"
    error: there is no such board
    hint: choose among Demo / Changes, Shop / Changes, Shop / Ideas
    ");
    insta::assert_snapshot!(chosen(&[], None, None), @"
    error: there is no board yet
    hint: in the root of a project, run: onward kanban-sync --project NAME --board NAME
    ");
}

#[test]
fn of_equal_names_the_oldest_is_meant() {
    let boards = [("Demo", "Ideas"), ("demo", "Changes"), ("Demo", "changes")];
    assert_eq!(chosen(&boards, Some("Demo"), Some("Changes")), "11");
}

#[test]
fn many_boards_are_not_all_listed() {
    let boards = vec![("Demo", "x"); LISTED + 5];
    assert!(chosen(&boards, None, None).ends_with("Demo / x and 5 more"));
}

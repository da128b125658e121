//! What a board shows in the end.

use crate::description::Described;
use crate::simulate::SimulatedBoard;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What people see on the boards, without ids and places: two of these are equal when no one could
/// tell the boards apart. Cards out of sight are left out, where healed twins lie.
pub(crate) fn shown(board: &SimulatedBoard) -> Vec<String> {
    let state = board.state();
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        state
            .directory
            .projects
            .iter()
            .map(|p| format!("project {}", p.name)),
    );
    lines.extend(
        state
            .directory
            .boards
            .iter()
            .map(|b| format!("board {}", b.name)),
    );
    for (_, snapshot) in &state.boards {
        let mut lists = snapshot.lists.clone();
        lists.sort_by_key(|list| (list.position, list.id.clone()));
        let names: Vec<_> = lists.iter().map(|list| list.name.as_str()).collect();
        lines.push(format!("lists {names:?}"));
        lines.extend(
            snapshot
                .labels
                .iter()
                .map(|label| format!("label {}", label.name)),
        );
        for card in &snapshot.cards {
            let list = lists.iter().find(|list| list.id == card.list).unwrap();
            let labels = snapshot
                .labels
                .iter()
                .filter(|label| card.labels.contains(&label.id));
            let labels: Vec<_> = labels.map(|label| label.name.as_str()).collect();
            let mut task_lists = card.task_lists.clone();
            task_lists.sort_by_key(|list| (is_theirs(&list.name), list.position, list.id.clone()));
            let tasks: Vec<_> = task_lists
                .iter()
                .map(|list| {
                    let mut tasks = list.tasks.clone();
                    tasks.sort_by_key(|t| (is_theirs(&t.name), t.position, t.id.clone()));
                    let tasks: Vec<_> = tasks.into_iter().map(|t| (t.name, t.done)).collect();
                    (list.name.clone(), tasks)
                })
                .collect();
            let text = described(&card.description);
            lines.push(format!(
                "card {:?} in {} {labels:?} {text:?} {tasks:?}",
                card.name, list.name
            ));
        }
    }
    lines.sort();
    lines
}

/// Names that only people give.
pub(crate) fn is_theirs(name: &str) -> bool {
    name.starts_with("people")
}

/// A description without what may differ: the id of the create and the fingerprints.
fn described(description: &str) -> String {
    match Described::parse(description) {
        Ok(Described {
            before,
            block: Some(block),
            after,
        }) => {
            let marker = &block.marker;
            format!(
                "{before}|{} {:?} {}|{}|{after}",
                marker.key, marker.commit, marker.dirty, block.text
            )
        }
        _ => description.to_string(),
    }
}

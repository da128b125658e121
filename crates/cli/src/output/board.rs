//! A board in the order people read it, which both of its renderings share.

use sync_core::board::{Card, Position, Snapshot, Task, TaskList};
use sync_core::observed::LABEL;
use sync_core::text::same_name;

/// How the lines start that are meant for machines and that Markdown does not show.
const MACHINE_LINE: &str = "[onward:";

/// A board to be shown.
#[derive(Debug)]
pub(crate) struct BoardView<'a> {
    /// The name of its project.
    pub(crate) project: &'a str,
    /// Its own name.
    pub(crate) board: &'a str,
    /// Where it is, for people.
    pub(crate) server: String,
    /// Its lists, the first one first.
    pub(crate) columns: Vec<Column<'a>>,
}

/// A list of the board.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its cards, the first one first.
    pub(crate) cards: Vec<CardView<'a>>,
}

/// A card, whoever made it.
#[derive(Debug)]
pub(crate) struct CardView<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The names of its labels, but for the one that says who keeps it.
    pub(crate) labels: Vec<&'a str>,
    /// Its task lists with their tasks, the first one first; those without a task are left out.
    pub(crate) sections: Vec<(&'a str, Vec<&'a Task>)>,
    description: &'a str,
}

impl<'a> BoardView<'a> {
    /// Puts a board into order.
    pub(crate) fn new(
        project: &'a str,
        board: &'a str,
        server: String,
        snapshot: &'a Snapshot,
    ) -> Self {
        let lists = ordered(&snapshot.lists, |list| (list.position, &list.id));
        let cards = ordered(&snapshot.cards, |card| (card.position, &card.id));
        let column = |list: &'a sync_core::board::List| Column {
            name: &list.name,
            cards: cards
                .iter()
                .filter(|card| card.list == list.id)
                .map(|card| CardView::new(card, snapshot))
                .collect(),
        };
        Self {
            project,
            board,
            server,
            columns: lists.into_iter().map(column).collect(),
        }
    }
}

impl<'a> CardView<'a> {
    fn new(card: &'a Card, snapshot: &'a Snapshot) -> Self {
        let labels = ordered(&snapshot.labels, |label| (label.position, &label.id));
        let labels = labels
            .into_iter()
            .filter(|label| card.labels.contains(&label.id));
        let labels = labels.map(|label| label.name.as_str());
        let lists = ordered(&card.task_lists, |list: &TaskList| {
            (list.position, &list.id)
        });
        let section = |list: &'a TaskList| {
            let tasks = ordered(&list.tasks, |task| (task.position, &task.id));
            (list.name.as_str(), tasks)
        };
        Self {
            name: &card.name,
            labels: labels
                .filter(|name| !name.is_empty() && !same_name(name, LABEL))
                .collect(),
            sections: lists
                .into_iter()
                .map(section)
                .filter(|(_, tasks)| !tasks.is_empty())
                .collect(),
            description: &card.description,
        }
    }

    /// Counts its tasks: those that are ticked, and all.
    pub(crate) fn progress(&self) -> (usize, usize) {
        let tasks = self.sections.iter().flat_map(|(_, tasks)| tasks);
        tasks.fold((0, 0), |(done, all), task| {
            (done + usize::from(task.done), all + 1)
        })
    }

    /// Returns the paragraphs of its description, ours and people's, without the lines that are
    /// meant for machines.
    pub(crate) fn paragraphs(&self) -> Vec<String> {
        let lines = self.description.lines().map(str::trim_end);
        let lines: Vec<_> = lines
            .filter(|line| !line.trim_start().starts_with(MACHINE_LINE))
            .collect();
        let paragraphs = lines.split(|line| line.is_empty());
        paragraphs
            .filter(|lines| !lines.is_empty())
            .map(|lines| lines.join("\n"))
            .collect()
    }
}

/// Sorts by place, and by age where two have the same.
fn ordered<'a, T, Id: Ord + 'a>(
    things: &'a [T],
    key: impl Fn(&'a T) -> (Position, &'a Id),
) -> Vec<&'a T> {
    let mut things: Vec<_> = things.iter().collect();
    things.sort_by(|a, b| key(a).cmp(&key(b)));
    things
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use sync_core::board::{Label, List, Traces};
    use sync_core::ids::{CardId, LabelId, ListId, TaskId, TaskListId};

    /// A card: its name, how many of its tasks are ticked, and how many there are.
    type Sketch<'a> = (&'a str, usize, usize);

    /// A board with these lists, each with these cards.
    pub(crate) fn snapshot(lists: &[(&str, &[Sketch<'_>])]) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for (number, (name, cards)) in (1_u8..).zip(lists) {
            let list = ListId::new(number.to_string());
            snapshot.lists.push(List {
                id: list.clone(),
                name: (*name).into(),
                position: Position(f64::from(number)),
            });
            for (place, (name, done, all)) in (1_u8..).zip(*cards) {
                snapshot.cards.push(card(&list, place, name, *done, *all));
            }
        }
        snapshot
    }

    fn card(list: &ListId, place: u8, name: &str, done: usize, all: usize) -> Card {
        let id = format!("{list}{place}");
        let task = |number: usize| Task {
            id: TaskId::new(number.to_string()),
            name: format!("task {number}"),
            position: Position(1.0),
            done: number <= done,
        };
        Card {
            id: CardId::new(id.clone()),
            list: list.clone(),
            name: name.into(),
            description: String::new(),
            position: Position(f64::from(place)),
            labels: Vec::new(),
            task_lists: vec![TaskList {
                id: TaskListId::new(id),
                name: "Tasks".into(),
                position: Position(1.0),
                tasks: (1..=all).map(task).collect(),
            }],
            traces: Traces::default(),
        }
    }

    #[test]
    fn places_decide_the_order_then_age() {
        let mut snapshot = snapshot(&[("B", &[("x", 0, 0), ("y", 0, 0)]), ("A", &[])]);
        snapshot.lists.reverse();
        snapshot.cards[0].position = snapshot.cards[1].position;
        snapshot.cards.reverse();
        let view = BoardView::new("", "", String::new(), &snapshot);
        let names = |column: &Column<'_>| {
            column
                .cards
                .iter()
                .map(|card| card.name)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let shown: Vec<_> = view
            .columns
            .iter()
            .map(|column| (column.name, names(column)))
            .collect();
        assert_eq!(shown, [("B", "x y".to_owned()), ("A", String::new())]);
    }

    #[test]
    fn our_own_label_and_empty_task_lists_are_not_worth_showing() {
        let mut snapshot = snapshot(&[("A", &[("x", 0, 0), ("y", 1, 2)])]);
        for (id, name) in [("1", "Agent"), ("2", "urgent"), ("3", "")] {
            let id = LabelId::new(id);
            snapshot.cards[0].labels.push(id.clone());
            let (name, position) = (name.into(), Position(1.0));
            snapshot.labels.push(Label { id, name, position });
        }
        let view = BoardView::new("", "", String::new(), &snapshot);
        let cards = &view.columns[0].cards;
        assert_eq!(cards[0].labels, ["urgent"]);
        assert!(cards[0].sections.is_empty());
        assert_eq!(cards[1].progress(), (1, 2));
    }

    #[test]
    fn marker_lines_are_not_text() {
        let mut snapshot = snapshot(&[("A", &[("x", 0, 0)])]);
        snapshot.cards[0].description =
            "ask Ann\nfirst\r\n\r\n[onward:1]: # \"key=a\"\n\nWhy\n\n\n [onward:end]: #\nsee wiki"
                .into();
        let view = BoardView::new("", "", String::new(), &snapshot);
        assert_eq!(
            view.columns[0].cards[0].paragraphs(),
            ["ask Ann\nfirst", "Why", "see wiki"]
        );
    }
}

//! What people do to a board, and what stays theirs.

use super::world::is_theirs;
use crate::board::{Card, Label, List, Position, Shelf, ShelvedCard, Snapshot, Task, TaskList};
use crate::description::Described;
use crate::ids::{CardId, LabelId, ListId, TaskId, TaskListId};
use crate::simulate::{SimulatedBoard, State};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Something a person does; the indices say to what.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    deed: Deed,
    card: Index,
    part: Index,
    item: Index,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    MoveCard,
    RenameCard,
    TextBefore,
    TextAfter,
    DropMarker,
    MangleMarker,
    DropText,
    Duplicate,
    DeleteCard,
    ShelveCard,
    Comment,
    Unlabel,
    Tick,
    RenameTask,
    DeleteTask,
    SwapTasks,
    MoveTask,
    AddTask,
    AddEqualTask,
    AddTaskList,
    RenameTaskList,
    AddCard,
    AddOtherCard,
    AddLegacyCard,
    AddList,
    AddEqualList,
    AddLabel,
    DeleteLabel,
}

impl Deed {
    const ALL: [Deed; 28] = [
        Deed::MoveCard,
        Deed::RenameCard,
        Deed::TextBefore,
        Deed::TextAfter,
        Deed::DropMarker,
        Deed::MangleMarker,
        Deed::DropText,
        Deed::Duplicate,
        Deed::DeleteCard,
        Deed::ShelveCard,
        Deed::Comment,
        Deed::Unlabel,
        Deed::Tick,
        Deed::RenameTask,
        Deed::DeleteTask,
        Deed::SwapTasks,
        Deed::MoveTask,
        Deed::AddTask,
        Deed::AddEqualTask,
        Deed::AddTaskList,
        Deed::RenameTaskList,
        Deed::AddCard,
        Deed::AddOtherCard,
        Deed::AddLegacyCard,
        Deed::AddList,
        Deed::AddEqualList,
        Deed::AddLabel,
        Deed::DeleteLabel,
    ];
}

/// Up to a dozen edits.
pub(super) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let deed = proptest::sample::select(&Deed::ALL[..]);
    let edit = (deed, any::<Index>(), any::<Index>(), any::<Index>());
    let edit = edit.prop_map(|(deed, card, part, item)| Edit {
        deed,
        card,
        part,
        item,
    });
    proptest::collection::vec(edit, 0..12)
}

/// Does everything, one after the other.
pub(super) fn edit_all(board: &SimulatedBoard, edits: &[Edit]) {
    for edit in edits {
        board.edit(|state| edit.apply(state));
    }
}

fn pick<T>(items: &mut [T], index: Index) -> Option<&mut T> {
    let at = (!items.is_empty()).then(|| index.index(items.len()))?;
    items.get_mut(at)
}

impl Edit {
    /// Says whether a sync may take over what people left unclaimed, so that the first to come
    /// decides what is ours from then on.
    pub(super) fn invites_a_takeover(&self) -> bool {
        matches!(
            self.deed,
            Deed::DropMarker
                | Deed::DropText
                | Deed::AddLegacyCard
                | Deed::AddEqualTask
                | Deed::RenameTaskList
        )
    }

    /// Does nothing where there is nothing to do it to.
    fn apply(&self, state: &mut State) -> Option<()> {
        let id = state.next_id();
        let mut more: Vec<String> = (0..64).map(|_| state.next_id()).collect();
        let mut fresh = || more.pop().unwrap();
        let features_flat = state.boards.iter().all(|(_, board)| board.trash.is_none());
        let (board_id, board) = state.boards.first_mut()?;
        let list = self.part.index(board.lists.len().max(1));
        let list = board.lists.get(list)?.clone();
        match self.deed {
            Deed::AddCard => {
                let card = new_card(&id, &list, "people's own", "", features_flat);
                board.cards.push(card);
            }
            Deed::AddOtherCard => {
                let copied = pick(&mut board.cards, self.card)?;
                let text = copied.description.replace("key=0123abcd/", "key=4567/");
                let name = copied.name.clone();
                board
                    .cards
                    .push(new_card(&id, &list, &name, &text, features_flat));
            }
            Deed::AddLegacyCard => {
                let mut card = new_card(&id, &list, "add-export", "made by hand", features_flat);
                card.labels
                    .extend(board.labels.first().map(|label| label.id.clone()));
                board.cards.push(card);
            }
            Deed::AddList => board.lists.push(new_list(&id, "people's list")),
            Deed::AddEqualList => board.lists.push(new_list(&id, &list.name.to_uppercase())),
            Deed::AddLabel => board.labels.push(Label {
                id: LabelId::new(id),
                name: ["agent", "people"][self.item.index(2)].into(),
                position: Position(7.0),
            }),
            Deed::DeleteLabel => {
                let gone = pick(&mut board.labels, self.part)?.id.clone();
                board.labels.retain(|label| label.id != gone);
                board
                    .cards
                    .iter_mut()
                    .for_each(|card| card.labels.retain(|label| *label != gone));
            }
            Deed::Duplicate => {
                let mut copy = pick(&mut board.cards, self.card)?.clone();
                copy.id = CardId::new(id.as_str());
                for list in &mut copy.task_lists {
                    list.id = TaskListId::new(if features_flat { id.clone() } else { fresh() });
                    list.tasks
                        .iter_mut()
                        .for_each(|task| task.id = TaskId::new(fresh()));
                }
                board.cards.push(copy);
            }
            Deed::DeleteCard => {
                let gone = pick(&mut board.cards, self.card)?.id.clone();
                board.cards.retain(|card| card.id != gone);
            }
            Deed::ShelveCard => {
                board.archive.as_ref()?;
                let gone = pick(&mut board.cards, self.card)?.clone();
                board.cards.retain(|card| card.id != gone.id);
                let shelved = ShelvedCard {
                    id: gone.id,
                    name: gone.name,
                    description: gone.description,
                    shelf: Shelf::Archive,
                };
                state.shelved.push((board_id.clone(), shelved));
            }
            _ => {
                let card = pick(&mut board.cards, self.card)?;
                self.on_card(card, &list, &id, features_flat)?;
            }
        }
        Some(())
    }

    fn on_card(&self, card: &mut Card, list: &List, id: &str, flat: bool) -> Option<()> {
        match self.deed {
            Deed::MoveCard => card.list = list.id.clone(),
            Deed::RenameCard => card.name.push_str(" (mine)"),
            Deed::TextBefore => card.description.insert_str(0, "people's text\r\n"),
            Deed::TextAfter => card.description.push_str("\npeople's text  "),
            Deed::DropMarker => {
                let lines = card.description.lines();
                let kept: Vec<_> = lines
                    .filter(|line| !line.starts_with("[onward:1]"))
                    .collect();
                card.description = kept.join("\n");
            }
            Deed::MangleMarker => card.description = card.description.replace(" dirty=", " drty="),
            Deed::DropText => card.description = String::new(),
            Deed::Comment => card.traces.comments += 1,
            Deed::Unlabel => card.labels.clear(),
            Deed::AddTaskList if !flat => card.task_lists.push(TaskList {
                id: TaskListId::new(id),
                name: format!("people's list {id}"),
                position: Position(3.0),
                tasks: Vec::new(),
            }),
            Deed::RenameTaskList if !flat => {
                pick(&mut card.task_lists, self.part)?.name = format!("people say {id}");
            }
            Deed::MoveTask if !flat => {
                let from = pick(&mut card.task_lists, self.part)?;
                let moved = pick(&mut from.tasks, self.item)?.clone();
                from.tasks.retain(|task| task.id != moved.id);
                card.task_lists.first_mut()?.tasks.push(moved);
            }
            _ => {
                let tasks = &mut pick(&mut card.task_lists, self.part)?.tasks;
                self.on_tasks(tasks, id)?;
            }
        }
        Some(())
    }

    fn on_tasks(&self, tasks: &mut Vec<Task>, id: &str) -> Option<()> {
        match self.deed {
            Deed::AddTask => tasks.push(new_task(id, &format!("people's task {id}"))),
            Deed::AddEqualTask => {
                let name = pick(tasks, self.item)?.name.clone();
                tasks.push(new_task(id, &name));
            }
            Deed::Tick => {
                let task = pick(tasks, self.item)?;
                task.done = !task.done;
            }
            Deed::RenameTask => pick(tasks, self.item)?.name = format!("people say {id}"),
            Deed::DeleteTask => {
                let gone = pick(tasks, self.item)?.id.clone();
                tasks.retain(|task| task.id != gone);
            }
            Deed::SwapTasks => {
                let last = tasks.last()?.position;
                let task = pick(tasks, self.item)?;
                let place = core::mem::replace(&mut task.position, last);
                tasks.last_mut()?.position = place;
            }
            _ => {}
        }
        Some(())
    }
}

fn new_list(id: &str, name: &str) -> List {
    List {
        id: ListId::new(id),
        name: name.into(),
        position: Position(3.0 * Position::GAP),
    }
}

fn new_task(id: &str, name: &str) -> Task {
    Task {
        id: TaskId::new(id),
        name: name.into(),
        position: Position(Position::GAP * 1.5),
        done: true,
    }
}

fn new_card(id: &str, list: &List, name: &str, description: &str, flat: bool) -> Card {
    let tasks = alloc::vec![new_task(&format!("{id}00"), "people's task")];
    let position = Position(Position::GAP);
    let (list_id, list_name) = if flat {
        (id.to_string(), "")
    } else {
        (format!("{id}01"), "people")
    };
    Card {
        id: CardId::new(id),
        list: list.id.clone(),
        name: name.into(),
        description: description.into(),
        position,
        labels: Vec::new(),
        task_lists: alloc::vec![TaskList {
            id: TaskListId::new(list_id),
            name: list_name.into(),
            position,
            tasks,
        }],
        traces: crate::board::Traces::default(),
    }
}

/// What is people's on the first board.
pub(super) struct Theirs {
    before: Snapshot,
    cards: Vec<Card>,
}

/// Says whether a card is foreign whatever the files say.
fn is_foreign(card: &Card) -> bool {
    card.name == "people's own" || card.description.contains("key=4567/")
}

pub(super) fn theirs(board: &SimulatedBoard) -> Theirs {
    let before = board.state().boards[0].1.clone();
    let cards = before
        .cards
        .iter()
        .filter(|card| is_foreign(card))
        .cloned()
        .collect();
    Theirs { before, cards }
}

/// Compares with what there was: every foreign card, every list and label, every task and task list
/// of people on our cards, and their text around our block.
pub(super) fn assert_untouched(
    theirs: &Theirs,
    board: &SimulatedBoard,
) -> Result<(), TestCaseError> {
    let after = &board.state().boards[0].1;
    for list in &theirs.before.lists {
        prop_assert!(after.lists.contains(list), "list {:?}", list);
    }
    for label in &theirs.before.labels {
        prop_assert!(after.labels.contains(label), "label {:?}", label);
    }
    for card in &theirs.cards {
        prop_assert!(after.cards.contains(card), "card {:?}", card);
    }
    for old in &theirs.before.cards {
        let Some(new) = after.cards.iter().find(|card| card.id == old.id) else {
            let left = old.task_lists.iter().flat_map(|list| &list.tasks);
            prop_assert!(
                !left.into_iter().any(|task| is_theirs(&task.name)),
                "gone: {:?}",
                old
            );
            continue;
        };
        prop_assert_eq!(old.traces, new.traces);
        for list in old.task_lists.iter().filter(|list| is_theirs(&list.name)) {
            let kept = new.task_lists.iter().find(|kept| kept.id == list.id);
            let same = |kept: &TaskList| (&kept.name, kept.position) == (&list.name, list.position);
            prop_assert!(kept.is_some_and(same), "task list {:?}", list);
        }
        for (home, task) in tasks(old).filter(|(_, task)| is_theirs(&task.name)) {
            prop_assert!(
                tasks(new).any(|kept| kept == (home, task)),
                "task {:?}",
                task
            );
        }
        let (was, is) = (
            Described::parse(&old.description),
            Described::parse(&new.description),
        );
        if let (Ok(was), Ok(is)) = (was, is)
            && was.block.is_some()
        {
            prop_assert_eq!((was.before, was.after), (is.before, is.after));
        }
    }
    Ok(())
}

fn tasks(card: &Card) -> impl Iterator<Item = (&TaskListId, &Task)> {
    card.task_lists
        .iter()
        .flat_map(|list| list.tasks.iter().map(|task| (&list.id, task)))
}

//! What is on the server, and how a write changes it.

use crate::adapter::Outcome;
use crate::board::{
    BoardEntry, Card, Directory, Features, Label, List, Position, ProjectEntry, Shelf, ShelvedCard,
    Snapshot, Task, TaskList, Traces,
};
use crate::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use crate::write::{SeenCard, SeenTask, Write};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Everything on the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The projects and boards.
    pub directory: Directory,
    /// The content of each board.
    pub boards: Vec<(BoardId, Snapshot)>,
    /// The cards out of sight, with the board they were on.
    pub shelved: Vec<(BoardId, ShelvedCard)>,
    last_id: u64,
}

impl State {
    /// Draws the next id; ids grow with time.
    pub fn next_id(&mut self) -> String {
        self.last_id += 1;
        self.last_id.to_string()
    }

    pub(super) fn perform(&mut self, write: &Write, features: &Features) -> Outcome {
        let made = self.try_perform(write, features);
        made.unwrap_or_else(|reason| Outcome::Superseded { reason })
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each write")]
    fn try_perform(&mut self, write: &Write, features: &Features) -> Result<Outcome, String> {
        let id = self.next_id();
        match write.clone() {
            Write::CreateProject { name } => {
                let project = ProjectId::new(id.as_str());
                self.directory
                    .projects
                    .push(ProjectEntry { id: project, name });
            }
            Write::CreateBoard {
                project,
                name,
                position,
            } => {
                let known = self.directory.projects.iter().any(|p| p.id == project);
                known
                    .then_some(())
                    .ok_or_else(|| format!("no project {project}"))?;
                let board = BoardId::new(id.as_str());
                self.directory.boards.push(BoardEntry {
                    id: board.clone(),
                    project,
                    name,
                    position,
                });
                let mut out_of_sight = || features.shelves.then(|| ListId::new(self.next_id()));
                let snapshot = Snapshot {
                    trash: out_of_sight(),
                    archive: out_of_sight(),
                    ..Snapshot::default()
                };
                self.boards.push((board, snapshot));
            }
            Write::CreateList {
                board,
                name,
                position,
            } => {
                let list = ListId::new(id.as_str());
                self.board(&board)?.lists.push(List {
                    id: list,
                    name,
                    position,
                });
            }
            Write::CreateLabel {
                board,
                name,
                position,
            } => {
                let label = LabelId::new(id.as_str());
                self.board(&board)?.labels.push(Label {
                    id: label,
                    name,
                    position,
                });
            }
            Write::CreateCard {
                list,
                name,
                description,
                position,
            } => {
                let card = CardId::new(id.as_str());
                let flat = (!features.task_lists).then(|| TaskList {
                    id: TaskListId::new(id.as_str()),
                    name: String::new(),
                    position: Position::after([]),
                    tasks: Vec::new(),
                });
                self.board_of(&list)?.cards.push(Card {
                    id: card,
                    list,
                    name,
                    description,
                    position,
                    labels: Vec::new(),
                    task_lists: flat.into_iter().collect(),
                    traces: Traces::default(),
                });
            }
            Write::AttachLabel { card, label } => {
                let known = |snapshot: &Snapshot| snapshot.labels.iter().any(|l| l.id == label);
                self.boards
                    .iter()
                    .any(|(_, s)| known(s))
                    .then_some(())
                    .ok_or("no such label")?;
                let card = self.card(&card)?;
                if card.labels.contains(&label) {
                    return Ok(Outcome::AlreadySo);
                }
                card.labels.push(label);
                return Ok(done());
            }
            Write::UpdateCard {
                card,
                seen,
                name,
                description,
                place,
            } => {
                if let Some((list, _)) = &place {
                    self.board_of(list)?;
                }
                let card = self.card(&card)?;
                card.is_as(&seen)?;
                card.name = name.unwrap_or_else(|| card.name.clone());
                card.description = description.unwrap_or_else(|| card.description.clone());
                (card.list, card.position) = place.unwrap_or((card.list.clone(), card.position));
                return Ok(done());
            }
            Write::CreateTaskList {
                card,
                name,
                position,
            } => {
                let list = TaskListId::new(id.as_str());
                let tasks = Vec::new();
                let list = TaskList {
                    id: list,
                    name,
                    position,
                    tasks,
                };
                self.card(&card)?.task_lists.push(list);
            }
            Write::UpdateTaskList {
                task_list,
                seen,
                name,
                position,
            } => {
                let list = self.task_list(&task_list)?;
                as_seen(list.name == seen)?;
                list.name = name.unwrap_or_else(|| list.name.clone());
                list.position = position.unwrap_or(list.position);
                return Ok(done());
            }
            Write::DeleteTaskList { task_list, seen } => {
                let Ok(list) = self.task_list(&task_list) else {
                    return Ok(Outcome::AlreadySo);
                };
                as_seen(list.name == seen && list.tasks.is_empty())?;
                for card in self.cards() {
                    card.task_lists.retain(|list| list.id != task_list);
                }
                return Ok(done());
            }
            Write::CreateTask {
                card,
                task_list,
                name,
                position,
                done,
            } => {
                self.card(&card)?;
                let task = TaskId::new(id.as_str());
                let task = Task {
                    id: task,
                    name,
                    position,
                    done,
                };
                self.task_list(&task_list)?.tasks.push(task);
            }
            Write::UpdateTask {
                task,
                seen,
                name,
                done: tick,
                task_list,
                position,
            } => {
                let mut moved = self.task(&task)?.clone();
                as_seen(moved.is_as(&seen))?;
                if let Some(list) = &task_list {
                    self.task_list(list)?;
                }
                moved.name = name.unwrap_or(moved.name);
                moved.done = tick.unwrap_or(moved.done);
                moved.position = position.unwrap_or(moved.position);
                match task_list {
                    None => *self.task(&task)? = moved,
                    Some(list) => {
                        self.remove_task(&task);
                        self.task_list(&list)?.tasks.push(moved);
                    }
                }
                return Ok(done());
            }
            Write::DeleteTask { task, seen } => {
                let Ok(found) = self.task(&task) else {
                    return Ok(Outcome::AlreadySo);
                };
                as_seen(found.is_as(&seen))?;
                self.remove_task(&task);
                return Ok(done());
            }
            Write::DiscardCard { card, seen, trash } => {
                let Ok(found) = self.card(&card) else {
                    return Ok(Outcome::AlreadySo);
                };
                found.is_as(&seen)?;
                as_seen(found.traces == Traces::default())?;
                self.discard(&card, trash.is_some());
                return Ok(done());
            }
            Write::RemoveList { list } => {
                for (_, board) in &mut self.boards {
                    as_seen(!board.cards.iter().any(|card| card.list == list))?;
                    board.lists.retain(|l| l.id != list);
                }
                return Ok(done());
            }
            Write::RemoveLabel { label } => {
                for (_, board) in &mut self.boards {
                    as_seen(!board.cards.iter().any(|card| card.labels.contains(&label)))?;
                    board.labels.retain(|l| l.id != label);
                }
                return Ok(done());
            }
            Write::RemoveBoard { board } => {
                let empty = self.board(&board).is_ok_and(|board| board.cards.is_empty());
                as_seen(empty)?;
                self.boards.retain(|(id, _)| *id != board);
                self.directory.boards.retain(|entry| entry.id != board);
                return Ok(done());
            }
            Write::RemoveProject { project } => {
                as_seen(
                    !self
                        .directory
                        .boards
                        .iter()
                        .any(|board| board.project == project),
                )?;
                self.directory.projects.retain(|entry| entry.id != project);
                return Ok(done());
            }
        }
        Ok(Outcome::Done { made: id })
    }

    fn board(&mut self, id: &BoardId) -> Result<&mut Snapshot, String> {
        let found = self.boards.iter_mut().find(|(board, _)| board == id);
        found
            .map(|(_, board)| board)
            .ok_or_else(|| format!("no board {id}"))
    }

    fn board_of(&mut self, list: &ListId) -> Result<&mut Snapshot, String> {
        let has = |board: &Snapshot| board.lists.iter().any(|l| l.id == *list);
        let found = self.boards.iter_mut().find(|(_, board)| has(board));
        found
            .map(|(_, board)| board)
            .ok_or_else(|| format!("no list {list}"))
    }

    fn cards(&mut self) -> impl Iterator<Item = &mut Card> {
        self.boards
            .iter_mut()
            .flat_map(|(_, board)| &mut board.cards)
    }

    fn card(&mut self, id: &CardId) -> Result<&mut Card, String> {
        self.cards()
            .find(|card| card.id == *id)
            .ok_or_else(|| format!("no card {id}"))
    }

    fn task_list(&mut self, id: &TaskListId) -> Result<&mut TaskList, String> {
        let mut lists = self.cards().flat_map(|card| &mut card.task_lists);
        lists
            .find(|list| list.id == *id)
            .ok_or_else(|| format!("no task list {id}"))
    }

    fn task(&mut self, id: &TaskId) -> Result<&mut Task, String> {
        let lists = self.cards().flat_map(|card| &mut card.task_lists);
        let mut tasks = lists.flat_map(|list| &mut list.tasks);
        tasks
            .find(|task| task.id == *id)
            .ok_or_else(|| format!("no task {id}"))
    }

    fn remove_task(&mut self, id: &TaskId) {
        for list in self.cards().flat_map(|card| &mut card.task_lists) {
            list.tasks.retain(|task| task.id != *id);
        }
    }

    /// Takes a card off its board, into the trash where there is one.
    fn discard(&mut self, id: &CardId, to_trash: bool) {
        for (board, snapshot) in &mut self.boards {
            let (gone, kept) = snapshot.cards.drain(..).partition(|card| card.id == *id);
            snapshot.cards = kept;
            let gone: Vec<Card> = gone;
            let shelved = gone
                .into_iter()
                .filter(|_| to_trash)
                .map(|card| ShelvedCard {
                    id: card.id,
                    name: card.name,
                    description: card.description,
                    shelf: Shelf::Trash,
                });
            self.shelved
                .extend(shelved.map(|card| (board.clone(), card)));
        }
    }
}

impl Card {
    fn is_as(&self, seen: &SeenCard) -> Result<(), String> {
        let same = self.list == seen.list
            && self.name == seen.name
            && self.description == seen.description;
        as_seen(same)
    }
}

impl Task {
    fn is_as(&self, seen: &SeenTask) -> bool {
        self.name == seen.name && self.done == seen.done
    }
}

fn done() -> Outcome {
    Outcome::Done {
        made: String::new(),
    }
}

fn as_seen(same: bool) -> Result<(), String> {
    same.then_some(())
        .ok_or_else(|| "it was changed meanwhile".to_string())
}

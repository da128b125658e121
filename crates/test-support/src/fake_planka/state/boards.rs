//! Projects, boards and who belongs to them (Planka sheet §5).

use super::State;
use crate::fake_planka::Version;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{
    Board, Card, Id, List, ListKind, Manager, Membership, Project, Role, Row as _,
};

pub(crate) struct NewProject {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Seen by administrators who are no members; version 2 only.
    pub(crate) shared: bool,
}

impl State {
    pub(crate) fn add_project(&mut self, project: NewProject, by: Id) -> Id {
        let stamp = self.stamp();
        let id = self.projects.insert(Project {
            stamp,
            name: project.name,
            description: project.description,
            owner_manager: None,
        });
        let stamp = self.stamp();
        let manager = self.managers.insert(Manager {
            stamp,
            project: id,
            user: by,
        });
        if self.version == Version::V2 && !project.shared {
            let now = self.tick();
            self.projects.update(id, now, |project| {
                project.owner_manager = Some(manager);
            });
        }
        id
    }

    pub(crate) fn remove_project(&mut self, project: Id) {
        for board in self.boards.ids_of(project) {
            self.remove_board(board);
        }
        self.managers.remove_of(project);
        self.projects.remove(project);
    }

    /// Makes a board whose maker is its editor; version 2 adds the two hidden lists.
    pub(crate) fn add_board(&mut self, project: Id, name: &str, position: f64, by: Id) -> Id {
        let now = self.tick();
        let position = make_room(&mut self.boards, project, position, None, now);
        let stamp = self.stamp();
        let board = self.boards.insert(Board {
            stamp,
            project,
            position,
            name: name.to_owned(),
        });
        self.add_membership(board, by, Role::Editor, None);
        if self.version == Version::V2 {
            for kind in [ListKind::Archive, ListKind::Trash] {
                let stamp = self.stamp();
                self.lists.insert(List {
                    stamp,
                    board,
                    kind,
                    position: None,
                    name: None,
                    color: None,
                });
            }
        }
        board
    }

    pub(crate) fn remove_board(&mut self, board: Id) {
        let cards: Vec<Id> = self.cards_of_board(board).map(Card::id).collect();
        for card in cards {
            self.remove_card(card);
        }
        for group in self.field_groups.ids_of(board) {
            self.remove_field_group(group);
        }
        self.lists.remove_of(board);
        self.labels.remove_of(board);
        self.memberships.remove_of(board);
        self.boards.remove(board);
    }

    pub(crate) fn add_membership(
        &mut self,
        board: Id,
        user: Id,
        role: Role,
        can_comment: Option<bool>,
    ) -> Id {
        let stamp = self.stamp();
        self.memberships.insert(Membership {
            stamp,
            board,
            user,
            role,
            can_comment,
        })
    }

    pub(crate) fn membership(&self, board: Id, user: Id) -> Option<&Membership> {
        self.memberships
            .of(board)
            .find(|membership| membership.user == user)
    }

    pub(crate) fn is_manager(&self, project: Id, user: Id) -> bool {
        self.managers
            .of(project)
            .any(|manager| manager.user == user)
    }

    /// The oldest board of this name in a project of that name.
    pub(crate) fn named_board(&self, project: &str, board: &str) -> Id {
        let mut boards = self.boards.all();
        let found = boards
            .find(|known| known.name == board && self.projects.at(known.project).name == project);
        found
            .unwrap_or_else(|| panic!("no board {board:?} in a project {project:?}"))
            .id()
    }
}

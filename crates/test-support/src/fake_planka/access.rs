//! Who asks, and what they may see and change (Planka sheet §3).

use super::Version;
use super::answers::Refusal;
use super::rows::{
    Board, Card, Id, Label, List, Project, Role, Row as _, Task, TaskList, UserRole,
};
use super::state::State;
use crate::loopback::Request;

/// What a request proved its user with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    Token(String),
    ApiKey,
}

/// The user of a request's headers. A bearer token, right or wrong, wins over a key.
pub(super) fn authenticate(state: &State, request: &Request) -> Result<(Id, Credential), Refusal> {
    let bearer = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        let session = state.sessions.get(token).ok_or(Refusal::NoCredentials)?;
        let cookies = request.header("cookie").unwrap_or_default();
        let cookie_fits = session.cookie.as_ref().is_none_or(|cookie| {
            let wanted = format!("httpOnlyToken={cookie}");
            cookies.split("; ").any(|known| known == wanted)
        });
        return if cookie_fits {
            Ok((session.user, Credential::Token(token.to_owned())))
        } else {
            Err(Refusal::NoCredentials)
        };
    }
    if let Some(key) = request.header("x-api-key")
        && state.version == Version::V2
    {
        let owner = |user: &&super::rows::User| user.api_key.as_deref() == Some(key);
        if let Some(user) = state.users.all().find(owner) {
            return Ok((user.id(), Credential::ApiKey));
        }
    }
    Err(Refusal::NoCredentials)
}

impl State {
    pub(super) fn is_admin(&self, user: Id) -> bool {
        self.users.at(user).role == UserRole::Admin
    }

    /// Whether an administrator sees a project without belonging to it.
    pub(super) fn sees_as_admin(&self, user: Id, project: &Project) -> bool {
        self.version == Version::V2 && self.is_admin(user) && project.owner_manager.is_none()
    }

    pub(super) fn may_read(&self, user: Id, board: &Board) -> bool {
        self.membership(board.id(), user).is_some() || self.may_manage_or_oversee(user, board)
    }

    fn may_manage_or_oversee(&self, user: Id, board: &Board) -> bool {
        let project = self.projects.at(board.project);
        self.is_manager(project.id(), user) || self.sees_as_admin(user, project)
    }

    /// Lets editors of a board through. To whom is no member its things do not exist.
    fn check_editor(&self, user: Id, board: Id, missing: &'static str) -> Result<(), Refusal> {
        match self.membership(board, user).map(|member| member.role) {
            Some(Role::Editor) => Ok(()),
            Some(Role::Viewer) => Err(Refusal::not_enough_rights()),
            None => Err(Refusal::NotFound(missing)),
        }
    }

    /// A project that the user manages.
    pub(super) fn managed_project(&self, user: Id, id: Id) -> Result<Project, Refusal> {
        let project = self.projects.get(id);
        let project = project.filter(|project| self.is_manager(project.id(), user));
        project
            .cloned()
            .ok_or(Refusal::NotFound("Project not found"))
    }

    pub(super) fn readable_board(&self, user: Id, id: Id) -> Result<Board, Refusal> {
        let board = self.boards.get(id);
        let board = board.filter(|board| self.may_read(user, board));
        board.cloned().ok_or(Refusal::NotFound("Board not found"))
    }

    pub(super) fn managed_board(&self, user: Id, id: Id) -> Result<Board, Refusal> {
        let board = self.boards.get(id);
        let board = board.filter(|board| self.is_manager(board.project, user));
        board.cloned().ok_or(Refusal::NotFound("Board not found"))
    }

    pub(super) fn editable_board(&self, user: Id, id: Id) -> Result<Board, Refusal> {
        let missing = "Board not found";
        let board = self.boards.get(id).ok_or(Refusal::NotFound(missing))?;
        self.check_editor(user, id, missing)?;
        Ok(board.clone())
    }

    pub(super) fn readable_list(&self, user: Id, id: Id) -> Result<List, Refusal> {
        let list = self.lists.get(id);
        let list = list.filter(|list| self.may_read(user, self.boards.at(list.board)));
        list.cloned().ok_or(Refusal::NotFound("List not found"))
    }

    pub(super) fn editable_list(&self, user: Id, id: Id) -> Result<List, Refusal> {
        let missing = "List not found";
        let list = self.lists.get(id).ok_or(Refusal::NotFound(missing))?;
        self.check_editor(user, list.board, missing)?;
        Ok(list.clone())
    }

    pub(super) fn readable_card(&self, user: Id, id: Id) -> Result<Card, Refusal> {
        let card = self.cards.get(id).filter(|card| !self.is_ghost(card));
        let card = card.filter(|card| self.may_read(user, self.boards.at(card.board)));
        card.cloned().ok_or(Refusal::NotFound("Card not found"))
    }

    pub(super) fn editable_card(&self, user: Id, id: Id) -> Result<Card, Refusal> {
        self.card_for_editor(user, id, "Card not found")
    }

    fn card_for_editor(&self, user: Id, id: Id, missing: &'static str) -> Result<Card, Refusal> {
        let card = self.cards.get(id).filter(|card| !self.is_ghost(card));
        let card = card.ok_or(Refusal::NotFound(missing))?;
        self.check_editor(user, card.board, missing)?;
        Ok(card.clone())
    }

    pub(super) fn editable_label(&self, user: Id, id: Id) -> Result<Label, Refusal> {
        let missing = "Label not found";
        let label = self.labels.get(id).ok_or(Refusal::NotFound(missing))?;
        self.check_editor(user, label.board, missing)?;
        Ok(label.clone())
    }

    pub(super) fn editable_task_list(&self, user: Id, id: Id) -> Result<TaskList, Refusal> {
        let missing = "Task list not found";
        let list = self.task_lists.get(id).ok_or(Refusal::NotFound(missing))?;
        self.card_for_editor(user, list.card, missing)?;
        Ok(list.clone())
    }

    pub(super) fn editable_task(&self, user: Id, id: Id) -> Result<Task, Refusal> {
        let missing = "Task not found";
        let task = self.tasks.get(id).ok_or(Refusal::NotFound(missing))?;
        self.card_for_editor(user, self.card_of_task(task), missing)?;
        Ok(task.clone())
    }

    /// Lets through who may comment on a card: editors, and viewers who were allowed to.
    pub(super) fn check_commentator(&self, user: Id, card: &Card) -> Result<(), Refusal> {
        let member = self.membership(card.board, user);
        let member = member.ok_or(Refusal::NotFound("Card not found"))?;
        if member.role == Role::Editor || member.can_comment == Some(true) {
            Ok(())
        } else {
            Err(Refusal::not_enough_rights())
        }
    }
}

//! What people do in the web client while a client under test is at work, without the wire.

mod boards;
mod cards;
mod parts;

use std::sync::MutexGuard;
use std::time::Duration;

use super::rows::{Id, Role, UserRole};
use super::state::State;
use super::{Version, World};

/// Direct access to the board, by the same rules as over the API but without rights.
///
/// New things go last among their siblings unless a position is given. Makers are the
/// administrator [`USER`](super::USER). It is cheap to clone, and may be used from hooks.
///
/// # Panics
///
/// Every method panics when a name or id is unknown, or when the version has no such thing: the
/// test is wrong then.
#[derive(Clone)]
pub struct People {
    world: World,
}

/// Users, rights and time.
#[expect(
    clippy::missing_panics_doc,
    reason = "said once, at the type, for all of its methods"
)]
impl People {
    pub(super) fn new(world: World) -> Self {
        Self { world }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.world.state()
    }

    /// A user with rights to nothing yet, who has accepted the terms. The password is
    /// [`PASSWORD`](super::PASSWORD).
    pub fn add_user(&self, username: &str) -> Id {
        let id = self.add_newcomer(username);
        self.state().accept_terms(id, None);
        id
    }

    /// A user who has not accepted the terms (version 2).
    pub fn add_newcomer(&self, username: &str) -> Id {
        self.state()
            .add_user(username, username, UserRole::BoardUser)
    }

    /// Lets a user create projects (version 2).
    pub fn make_project_owner(&self, user: Id) {
        let mut state = self.state();
        state
            .users
            .alter(user, |user| user.role = UserRole::ProjectOwner);
    }

    /// The administrator every fake has.
    pub fn administrator(&self) -> Id {
        self.state().administrator()
    }

    /// A new bearer token of a user.
    pub fn token_of(&self, user: Id) -> String {
        self.state().log_in(user, None)
    }

    /// The API key of a user (version 2), the same at each call.
    pub fn api_key_of(&self, user: Id) -> String {
        let mut state = self.state();
        assert_eq!(state.version, Version::V2, "Planka 1.x has no API keys");
        state.api_key_of(user)
    }

    /// Makes all tokens and keys of a user invalid.
    pub fn revoke(&self, user: Id) {
        let mut state = self.state();
        state.sessions.retain(|_, session| session.user != user);
        state.revoke_api_key(user);
    }

    /// Makes a user a member of a board, or gives a member another role.
    pub fn set_role(&self, board: Id, user: Id, role: Role) {
        let mut state = self.state();
        let known = state.membership(board, user).map(|member| member.stamp.id);
        if let Some(id) = known {
            let now = state.clock.tick();
            state
                .memberships
                .update(id, now, |member| member.role = role);
        } else {
            state.add_membership(board, user, role, None);
        }
    }

    /// Ends a user's membership of a board and the management of its project.
    pub fn remove_member(&self, board: Id, user: Id) {
        let mut state = self.state();
        let member = state.membership(board, user).map(|member| member.stamp.id);
        if let Some(member) = member {
            state.memberships.remove(member);
        }
        let project = state.boards.at(board).project;
        for manager in state.managers.ids_of(project) {
            if state.managers.at(manager).user == user {
                state.managers.remove(manager);
            }
        }
    }

    /// Lets time pass on the server, whose clock otherwise moves a millisecond per event.
    pub fn advance(&self, time: Duration) {
        self.state().clock.advance(time);
    }
}

//! Projects (Planka sheet §5).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Call, item};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::{LONG, SHORT};
use crate::fake_planka::rows::{Board, Id, Project, Row as _, UserRole};
use crate::fake_planka::shapes;
use crate::fake_planka::state::{NewProject, State};

pub(super) fn list(call: &mut Call<'_>, user: Id) -> Outcome {
    let state = &*call.state;
    let projects = state.projects.all();
    let visible: Vec<&Project> = projects
        .filter(|project| is_visible(state, user, project))
        .collect();
    Ok(json!({
        "items": shapes::all(state, visible.iter().copied(), shapes::listed_project),
        "included": included(state, user, &visible),
    }))
}

pub(super) fn read(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let state = &*call.state;
    let project = state.projects.get(id);
    let project = project
        .filter(|project| is_visible(state, user, project))
        .ok_or(Refusal::NotFound("Project not found"))?;
    Ok(json!({
        "item": shapes::listed_project(state, project),
        "included": included(state, user, &[project]),
    }))
}

fn is_visible(state: &State, user: Id, project: &Project) -> bool {
    state.is_manager(project.id(), user)
        || state.sees_as_admin(user, project)
        || state
            .boards
            .of(project.id())
            .any(|board| state.membership(board.id(), user).is_some())
}

/// What comes with projects: all their boards the user may see, and only the user's own
/// memberships in them.
fn included(state: &State, user: Id, projects: &[&Project]) -> Value {
    let boards: Vec<&Board> = projects
        .iter()
        .flat_map(|project| state.boards.of(project.id()))
        .filter(|board| state.may_read(user, board))
        .collect();
    let managers: Vec<_> = projects
        .iter()
        .flat_map(|project| state.managers.of(project.id()))
        .collect();
    let memberships = boards
        .iter()
        .filter_map(|board| state.membership(board.id(), user));
    let people: BTreeSet<Id> = managers.iter().map(|manager| manager.user).collect();
    let users = people.iter().map(|id| state.users.at(*id));
    let mut shown = json!({
        "projectManagers": shapes::all(state, managers, shapes::manager),
        "boards": shapes::all(state, boards.iter().copied(), shapes::board),
        "boardMemberships": shapes::all(state, memberships, shapes::membership),
        "users": shapes::all(state, users, |state, row| shapes::user(state, user, row)),
    });
    if state.version == Version::V2 {
        for empty in [
            "baseCustomFieldGroups",
            "customFields",
            "notificationServices",
            "backgroundImages",
        ] {
            shown[empty] = json!([]);
        }
    }
    shown
}

pub(super) fn create(call: &mut Call<'_>, user: Id) -> Outcome {
    let role = call.state.users.at(user).role;
    // Version 2 hides the route from who may not use it, before it looks at parameters.
    if call.version() == Version::V2 && role == UserRole::BoardUser {
        return Err(Refusal::NoRoute);
    }
    let mut input = call.input();
    let name = input.required_text("name", SHORT);
    let mut project = NewProject {
        name,
        description: None,
        shared: false,
    };
    if call.version() == Version::V2 {
        project.shared = input.required_choice("type", &["private", "shared"]) == "shared";
        project.description = input.nullable_text("description", LONG).into_option();
    }
    input.finish()?;
    if role == UserRole::BoardUser {
        return Err(Refusal::not_enough_rights());
    }
    let id = call.state.add_project(project, user);
    let state = &*call.state;
    Ok(json!({
        "item": shapes::project(state, state.projects.at(id)),
        "included": {
            "projectManagers": shapes::all(state, state.managers.of(id), shapes::manager),
        },
    }))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let name = input.text("name", SHORT);
    let description = input.nullable_text("description", LONG);
    input.finish()?;
    call.state.managed_project(user, id)?;
    let now = call.state.clock.tick();
    call.state.projects.update(id, now, |project| {
        if let Some(name) = name {
            project.name = name;
        }
        description.store(&mut project.description);
    });
    Ok(item(shapes::project(
        call.state,
        call.state.projects.at(id),
    )))
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let project = call.state.managed_project(user, id)?;
    if call.version() == Version::V2 && call.state.boards.of(id).next().is_some() {
        return Err(Refusal::Unprocessable("Must not have boards"));
    }
    call.state.remove_project(id);
    Ok(item(shapes::project(call.state, &project)))
}

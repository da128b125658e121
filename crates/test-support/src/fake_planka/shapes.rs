//! Objects as the API shows them, field by field for each version, written by hand from the
//! recorded answers: nothing here is shared with a client.

mod cards;

use serde_json::{Map, Value, json};

use super::Version;
use super::rows::{
    Board, Id, Label, List, ListKind, Manager, Membership, Project, Role, Row as _, Stamp, User,
    UserRole,
};
use super::state::State;

pub(super) use self::cards::{
    attachment, card, card_label, card_member, comment, field, field_group, field_value, read_card,
    task, task_list,
};

/// Shows rows with one of the functions below.
pub(super) fn all<'a, R: 'a>(
    state: &State,
    rows: impl IntoIterator<Item = &'a R>,
    shape: impl Fn(&State, &R) -> Value,
) -> Value {
    rows.into_iter().map(|row| shape(state, row)).collect()
}

fn id(id: Id) -> Value {
    Value::from(id.to_string())
}

fn optional(known: Option<Id>) -> Value {
    known.map_or(Value::Null, id)
}

/// A whole number without a fraction, as JavaScript writes it.
fn number(position: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "taken only where the conversion is exact"
    )]
    let whole = position as i64;
    #[expect(clippy::cast_precision_loss, reason = "a loss shows as a difference")]
    let exact = (whole as f64).total_cmp(&position).is_eq();
    if exact {
        Value::from(whole)
    } else {
        Value::from(position)
    }
}

/// Id and times in front of the fields of an object.
fn stamped(stamp: &Stamp, fields: Value) -> Value {
    let mut object = Map::new();
    object.insert("id".into(), id(stamp.id));
    object.insert("createdAt".into(), stamp.created.to_string().into());
    let updated = stamp.updated.map(|time| time.to_string());
    object.insert("updatedAt".into(), updated.into());
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    Value::Object(object)
}

fn extend(object: &mut Value, fields: Value) {
    if let (Value::Object(object), Value::Object(fields)) = (object, fields) {
        object.extend(fields);
    }
}

/// A user as another one sees it; version 2 tells little to those who are no administrators.
pub(super) fn user(state: &State, viewer: Id, user: &User) -> Value {
    let is_default = user.id() == state.administrator();
    if state.version == Version::V1 {
        return stamped(
            &user.stamp,
            json!({
                "email": user.email,
                "isAdmin": user.role == UserRole::Admin,
                "name": user.name,
                "username": user.username,
                "phone": null,
                "organization": null,
                "language": user.language,
                "subscribeToOwnCards": false,
                "deletedAt": null,
                "isLocked": is_default,
                "isRoleLocked": is_default,
                "isUsernameLocked": is_default,
                "isDeletionLocked": is_default,
                "avatarUrl": null,
            }),
        );
    }
    let role = match user.role {
        UserRole::Admin => "admin",
        UserRole::ProjectOwner => "projectOwner",
        UserRole::BoardUser => "boardUser",
    };
    let mut shown = stamped(
        &user.stamp,
        json!({
            "role": role,
            "name": user.name,
            "username": user.username,
            "phone": null,
            "organization": null,
            "isDeactivated": false,
            "avatar": null,
        }),
    );
    let is_own = user.id() == viewer;
    if is_own || state.is_admin(viewer) {
        let locked: &[&str] = if is_default {
            &["email", "password", "name", "role", "username"]
        } else {
            &[]
        };
        let prefix = user.api_key.as_ref();
        let prefix = prefix.and_then(|key| key.split_once('_')).map(|key| key.0);
        extend(
            &mut shown,
            json!({
                "email": user.email,
                "apiKeyPrefix": prefix,
                "isSsoUser": false,
                "isDefaultAdmin": is_default,
                "lockedFieldNames": locked,
            }),
        );
    }
    if is_own {
        extend(
            &mut shown,
            json!({
                "language": user.language,
                "subscribeToOwnCards": false,
                "subscribeToCardWhenCommenting": true,
                "turnOffRecentCardHighlighting": false,
                "enableFavoritesByDefault": true,
                "defaultEditorMode": "wysiwyg",
                "defaultHomeView": "groupedProjects",
                "defaultProjectsOrder": "byDefault",
            }),
        );
    }
    shown
}

pub(super) fn project(state: &State, project: &Project) -> Value {
    let fields = match state.version {
        Version::V1 => json!({
            "name": project.name,
            "background": null,
            "backgroundImage": null,
        }),
        Version::V2 => json!({
            "name": project.name,
            "description": project.description,
            "backgroundType": null,
            "backgroundGradient": null,
            "isHidden": false,
            "ownerProjectManagerId": optional(project.owner_manager),
            "backgroundImageId": null,
        }),
    };
    stamped(&project.stamp, fields)
}

/// A project in a listing.
pub(super) fn listed_project(state: &State, row: &Project) -> Value {
    let mut shown = project(state, row);
    if state.version == Version::V2 {
        extend(&mut shown, json!({ "isFavorite": false }));
    }
    shown
}

pub(super) fn manager(_: &State, manager: &Manager) -> Value {
    stamped(
        &manager.stamp,
        json!({ "projectId": id(manager.project), "userId": id(manager.user) }),
    )
}

pub(super) fn board(state: &State, board: &Board) -> Value {
    let mut shown = stamped(
        &board.stamp,
        json!({
            "position": number(board.position),
            "name": board.name,
            "projectId": id(board.project),
        }),
    );
    if state.version == Version::V2 {
        extend(
            &mut shown,
            json!({
                "defaultView": "kanban",
                "defaultCardType": "project",
                "limitCardTypesToDefaultOne": false,
                "alwaysDisplayCardCreator": false,
                "displayCardAges": false,
                "expandTaskListsByDefault": false,
            }),
        );
    }
    shown
}

pub(super) fn membership(state: &State, membership: &Membership) -> Value {
    let role = match membership.role {
        Role::Editor => "editor",
        Role::Viewer => "viewer",
    };
    let mut shown = stamped(
        &membership.stamp,
        json!({
            "role": role,
            "canComment": membership.can_comment,
            "boardId": id(membership.board),
            "userId": id(membership.user),
        }),
    );
    if state.version == Version::V2 {
        let project = state.boards.at(membership.board).project;
        extend(&mut shown, json!({ "projectId": id(project) }));
    }
    shown
}

pub(super) fn list_kind(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Active => "active",
        ListKind::Closed => "closed",
        ListKind::Archive => "archive",
        ListKind::Trash => "trash",
    }
}

pub(super) fn list(state: &State, list: &List) -> Value {
    let mut shown = stamped(
        &list.stamp,
        json!({
            "position": list.position.map(number),
            "name": list.name,
            "color": list.color,
            "boardId": id(list.board),
        }),
    );
    if state.version == Version::V2 {
        extend(&mut shown, json!({ "type": list_kind(list.kind) }));
    }
    shown
}

pub(super) fn label(_: &State, label: &Label) -> Value {
    stamped(
        &label.stamp,
        json!({
            "position": number(label.position),
            "name": label.name,
            "color": label.color,
            "boardId": id(label.board),
        }),
    )
}

//! Cards and what hangs on them, as the API shows them.

use serde_json::{Value, json};

use super::{extend, id, number, optional, stamped};
use crate::fake_planka::Version;
use crate::fake_planka::rows::{
    Attachment, Card, CardLabel, CardMember, Comment, Field, FieldGroup, FieldValue, Id, Row as _,
    Task, TaskList,
};
use crate::fake_planka::state::State;

/// A card in the answer to a write.
pub(crate) fn card(state: &State, card: &Card) -> Value {
    let mut shown = stamped(
        &card.stamp,
        json!({
            "position": card.position.map(number),
            "name": card.name,
            "description": card.description,
            "dueDate": card.due,
            "stopwatch": card.stopwatch,
            "boardId": id(card.board),
            "listId": id(card.list),
            "creatorUserId": id(card.creator),
            "coverAttachmentId": optional(card.cover),
        }),
    );
    let fields = match state.version {
        Version::V1 => json!({ "isDueDateCompleted": card.due_completed }),
        Version::V2 => json!({
            "type": card.kind,
            "isDueCompleted": card.due_completed,
            "commentsTotal": state.comments.of(card.id()).count(),
            "isClosed": card.closed,
            "listChangedAt": card.list_changed.to_string(),
            "prevListId": optional(card.previous_list),
        }),
    };
    extend(&mut shown, fields);
    shown
}

/// A card in the answer to a read.
pub(crate) fn read_card(state: &State, viewer: Id, row: &Card) -> Value {
    let mut shown = card(state, row);
    let subscribed = row.subscribers.contains(&viewer);
    extend(&mut shown, json!({ "isSubscribed": subscribed }));
    shown
}

pub(crate) fn card_label(_: &State, attached: &CardLabel) -> Value {
    stamped(
        &attached.stamp,
        json!({ "cardId": id(attached.card), "labelId": id(attached.label) }),
    )
}

pub(crate) fn card_member(_: &State, member: &CardMember) -> Value {
    stamped(
        &member.stamp,
        json!({ "cardId": id(member.card), "userId": id(member.user) }),
    )
}

pub(crate) fn task_list(_: &State, list: &TaskList) -> Value {
    stamped(
        &list.stamp,
        json!({
            "position": number(list.position),
            "name": list.name,
            "showOnFrontOfCard": list.show_on_front,
            "hideCompletedTasks": list.hide_completed,
            "cardId": id(list.card),
        }),
    )
}

pub(crate) fn task(state: &State, task: &Task) -> Value {
    let (name, completed) = state.shown_task(task);
    let mut shown = stamped(
        &task.stamp,
        json!({
            "position": number(task.position),
            "name": name,
            "isCompleted": completed,
        }),
    );
    let fields = match state.version {
        Version::V1 => json!({ "cardId": id(task.holder) }),
        Version::V2 => json!({
            "taskListId": id(task.holder),
            "linkedCardId": optional(task.linked_card),
            "assigneeUserId": optional(task.assignee),
        }),
    };
    extend(&mut shown, fields);
    shown
}

pub(crate) fn comment(state: &State, comment: &Comment) -> Value {
    let fields = match state.version {
        Version::V1 => json!({
            "type": "commentCard",
            "data": { "text": comment.text },
            "cardId": id(comment.card),
            "userId": id(comment.user),
        }),
        Version::V2 => json!({
            "text": comment.text,
            "cardId": id(comment.card),
            "userId": id(comment.user),
        }),
    };
    stamped(&comment.stamp, fields)
}

pub(crate) fn attachment(state: &State, attachment: &Attachment) -> Value {
    let fields = match state.version {
        Version::V1 => json!({
            "name": attachment.name,
            "cardId": id(attachment.card),
            "url": attachment.url,
            "creatorUserId": id(attachment.creator),
        }),
        Version::V2 => json!({
            "type": "link",
            "data": { "url": attachment.url },
            "name": attachment.name,
            "cardId": id(attachment.card),
            "creatorUserId": id(attachment.creator),
        }),
    };
    stamped(&attachment.stamp, fields)
}

pub(crate) fn field_group(_: &State, group: &FieldGroup) -> Value {
    stamped(
        &group.stamp,
        json!({
            "position": number(group.position),
            "name": group.name,
            "boardId": optional(group.board),
            "cardId": optional(group.card),
            "baseCustomFieldGroupId": null,
        }),
    )
}

pub(crate) fn field(_: &State, field: &Field) -> Value {
    stamped(
        &field.stamp,
        json!({
            "position": number(field.position),
            "name": field.name,
            "showOnFrontOfCard": field.show_on_front,
            "baseCustomFieldGroupId": null,
            "customFieldGroupId": id(field.group),
        }),
    )
}

pub(crate) fn field_value(_: &State, value: &FieldValue) -> Value {
    stamped(
        &value.stamp,
        json!({
            "content": value.content,
            "cardId": id(value.card),
            "customFieldGroupId": id(value.group),
            "customFieldId": id(value.field),
        }),
    )
}

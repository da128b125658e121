//! From a write to its request: the paths and field names in which the versions differ
//! (Planka sheet §§5–9).

use crate::request::Request;
use crate::version::Version::{self, V1, V2};
use serde_json::{Map, Value, json};
use sync_core::board::Position;
use sync_core::write::Write;

/// The colour of our labels, which both versions know.
const LABEL_COLOUR: &str = "lagoon-blue";

/// What has to be done for a write.
pub(crate) enum Order {
    /// Send this.
    Send(Request),
    /// Nothing: the write changes nothing.
    Nothing,
    /// It cannot be, and why.
    Impossible(&'static str),
}

/// Returns the request that makes a write.
pub(crate) fn order(version: Version, write: &Write) -> Order {
    let request = match request(version, write) {
        Ok(request) => request,
        Err(reason) => return Order::Impossible(reason),
    };
    let fields = request.body.as_ref().and_then(Value::as_object);
    match fields {
        // Both versions answer 500 to it, as if the server were in trouble (sheet §12, pitfall 12).
        Some(fields) if fields.values().any(holds_nul) => {
            Order::Impossible("the text holds a NUL character, which Planka cannot store")
        }
        // An empty PATCH still counts as a change and fires webhooks (sheet §12, pitfall 14).
        Some(fields) if fields.is_empty() => Order::Nothing,
        _ => Order::Send(request),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one table, a few lines for each write"
)]
fn request(version: Version, write: &Write) -> Result<Request, &'static str> {
    Ok(match write {
        Write::CreateProject { name } => {
            let body = json!({ "name": name });
            Request::create(&["projects"], typed(version, "private", body))
        }
        Write::CreateBoard {
            project,
            name,
            position,
        } => {
            let body = named(name, *position);
            Request::create(&["projects", project.as_str(), "boards"], body)
        }
        Write::CreateList {
            board,
            name,
            position,
        } => {
            let body = named(name, *position);
            Request::create(
                &["boards", board.as_str(), "lists"],
                typed(version, "active", body),
            )
        }
        Write::CreateLabel {
            board,
            name,
            position,
        } => {
            let body = json!({ "name": name, "color": LABEL_COLOUR, "position": position.0 });
            Request::create(&["boards", board.as_str(), "labels"], body)
        }
        Write::CreateCard {
            list,
            name,
            description,
            position,
        } => {
            let mut body = named(name, *position);
            if !description.is_empty() {
                body["description"] = description.as_str().into();
            }
            Request::create(
                &["lists", list.as_str(), "cards"],
                typed(version, "project", body),
            )
        }
        Write::AttachLabel { card, label } => {
            let labels = match version {
                V1 => "labels",
                V2 => "card-labels",
            };
            Request::attach(
                &["cards", card.as_str(), labels],
                json!({ "labelId": label.as_str() }),
            )
        }
        Write::UpdateCard {
            card,
            name,
            description,
            place,
            ..
        } => {
            let body = changes([
                ("name", name.as_deref().map(Value::from)),
                ("description", description.as_deref().map(described)),
                (
                    "listId",
                    place.as_ref().map(|(list, _)| list.as_str().into()),
                ),
                (
                    "position",
                    place.as_ref().map(|(_, position)| position.0.into()),
                ),
            ]);
            Request::patch(&["cards", card.as_str()], body)
        }
        Write::CreateTaskList { .. }
        | Write::UpdateTaskList { .. }
        | Write::DeleteTaskList { .. }
            if version == V1 =>
        {
            return Err("Planka 1.x has no task lists");
        }
        Write::CreateTaskList {
            card,
            name,
            position,
        } => {
            let body = named(name, *position);
            Request::create(&["cards", card.as_str(), "task-lists"], body)
        }
        Write::UpdateTaskList {
            task_list,
            name,
            position,
            ..
        } => {
            let body = changes([
                ("name", name.as_deref().map(Value::from)),
                ("position", position.map(number)),
            ]);
            Request::patch(&["task-lists", task_list.as_str()], body)
        }
        Write::DeleteTaskList { task_list, .. } => {
            Request::delete(&["task-lists", task_list.as_str()])
        }
        Write::CreateTask {
            card,
            task_list,
            name,
            position,
            done,
        } => {
            let body = json!({ "name": name, "position": position.0, "isCompleted": done });
            match version {
                V1 => Request::create(&["cards", card.as_str(), "tasks"], body),
                V2 => Request::create(&["task-lists", task_list.as_str(), "tasks"], body),
            }
        }
        Write::UpdateTask {
            task_list: Some(_), ..
        } if version == V1 => {
            return Err("Planka 1.x has no task lists to move a task between");
        }
        Write::UpdateTask {
            task,
            name,
            done,
            task_list,
            position,
            ..
        } => {
            let body = changes([
                ("name", name.as_deref().map(Value::from)),
                ("isCompleted", done.map(Value::from)),
                (
                    "taskListId",
                    task_list.as_ref().map(|list| list.as_str().into()),
                ),
                ("position", position.map(number)),
            ]);
            Request::patch(&["tasks", task.as_str()], body)
        }
        Write::DeleteTask { task, .. } => Request::delete(&["tasks", task.as_str()]),
        Write::DiscardCard { card, trash, .. } => match (version, trash) {
            (V1, _) => Request::delete(&["cards", card.as_str()]),
            (V2, Some(trash)) => Request::patch(
                &["cards", card.as_str()],
                json!({ "listId": trash.as_str() }),
            ),
            (V2, None) => return Err("the board shows no trash, and no card is deleted for good"),
        },
        Write::RemoveList { list } => Request::delete(&["lists", list.as_str()]),
        Write::RemoveLabel { label } => Request::delete(&["labels", label.as_str()]),
        Write::RemoveBoard { board } => Request::delete(&["boards", board.as_str()]),
        Write::RemoveProject { project } => Request::delete(&["projects", project.as_str()]),
    })
}

fn named(name: &str, position: Position) -> Value {
    json!({ "name": name, "position": position.0 })
}

/// Adds the type that 2.x insists on.
fn typed(version: Version, kind: &str, mut body: Value) -> Value {
    if version == V2 {
        body["type"] = kind.into();
    }
    body
}

/// Keeps the fields that change.
fn changes<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let changed = fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(changed.collect::<Map<_, _>>())
}

/// An empty description is refused; null clears it (sheet §7).
fn described(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => text.into(),
    }
}

fn number(position: Position) -> Value {
    position.0.into()
}

fn holds_nul(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains('\0'))
}

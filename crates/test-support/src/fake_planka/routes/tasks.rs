//! Task lists and tasks (Planka sheet §9).

use serde_json::json;

use super::{Call, item};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::{Given, LONG, SHORT};
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{Id, Row as _};
use crate::fake_planka::shapes;
use crate::fake_planka::state::NewTask;

pub(super) fn create_list(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    let mut input = call.input();
    let position = input.required_position();
    let name = input.required_text("name", SHORT);
    let show = input.flag("showOnFrontOfCard").unwrap_or(true);
    let hide = input.flag("hideCompletedTasks").unwrap_or(false);
    input.finish()?;
    call.state.editable_card(user, card)?;
    let id = call.state.add_task_list(card, &name, position, show, hide);
    Ok(item(shapes::task_list(
        call.state,
        call.state.task_lists.at(id),
    )))
}

pub(super) fn read_list(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let state = &*call.state;
    let missing = Refusal::NotFound("Task list not found");
    let list = state.task_lists.get(id).ok_or(missing.clone())?;
    state.readable_card(user, list.card).map_err(|_| missing)?;
    Ok(json!({
        "item": shapes::task_list(state, list),
        "included": { "tasks": shapes::all(state, state.tasks.of(id), shapes::task) },
    }))
}

pub(super) fn update_list(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let position = input.position();
    let name = input.text("name", SHORT);
    let show = input.flag("showOnFrontOfCard");
    let hide = input.flag("hideCompletedTasks");
    input.finish()?;
    let list = call.state.editable_task_list(user, id)?;
    let now = call.state.clock.tick();
    let position = position
        .map(|wanted| make_room(&mut call.state.task_lists, list.card, wanted, Some(id), now));
    call.state.task_lists.update(id, now, |list| {
        if let Some(name) = name {
            list.name = name;
        }
        list.show_on_front = show.unwrap_or(list.show_on_front);
        list.hide_completed = hide.unwrap_or(list.hide_completed);
        list.position = position.unwrap_or(list.position);
    });
    Ok(item(shapes::task_list(
        call.state,
        call.state.task_lists.at(id),
    )))
}

pub(super) fn delete_list(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let list = call.state.editable_task_list(user, id)?;
    call.state.remove_task_list(id);
    Ok(item(shapes::task_list(call.state, &list)))
}

pub(super) fn create_v1(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    let mut input = call.input();
    let task = NewTask {
        holder: card,
        position: input.required_position(),
        name: input.required_text("name", LONG),
        completed: input.flag("isCompleted").unwrap_or(false),
        linked_card: None,
    };
    input.finish()?;
    call.state.editable_card(user, card)?;
    let id = call.state.add_task(task);
    Ok(item(shapes::task(call.state, call.state.tasks.at(id))))
}

pub(super) fn create_v2(call: &mut Call<'_>, user: Id) -> Outcome {
    let list = call.id_named(0, "taskListId")?;
    let mut input = call.input();
    let linked = input.id("linkedCardId").into_option();
    let position = input.required_position();
    let name = input.text("name", LONG);
    let completed = input.flag("isCompleted").unwrap_or(false);
    input.finish()?;
    call.state.editable_task_list(user, list)?;
    if let Some(card) = linked {
        let seen = call.state.readable_card(user, card);
        seen.map_err(|_| Refusal::NotFound("Linked card not found"))?;
    } else if name.is_none() {
        // A defect of the server: nobody checks that there is a name.
        return Err(Refusal::Crash);
    }
    let id = call.state.add_task(NewTask {
        holder: list,
        position,
        name: name.unwrap_or_default(),
        completed,
        linked_card: linked,
    });
    Ok(item(shapes::task(call.state, call.state.tasks.at(id))))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let holder = match call.version() {
        Version::V1 => None,
        Version::V2 => input.id("taskListId").into_option(),
    };
    let assignee = match call.version() {
        Version::V1 => Given::No,
        Version::V2 => input.id("assigneeUserId"),
    };
    let position = input.position();
    let name = input.text("name", LONG);
    let completed = input.flag("isCompleted");
    input.finish()?;
    let task = call.state.editable_task(user, id)?;
    if task.linked_card.is_some() && (name.is_some() || completed.is_some()) {
        return Err(Refusal::not_enough_rights());
    }
    if let Some(holder) = holder {
        call.state.editable_task_list(user, holder)?;
    }
    match (holder.filter(|holder| *holder != task.holder), position) {
        (Some(_), None) => return Err(Refusal::Unprocessable("Position must be present")),
        (holder, Some(position)) => {
            let holder = holder.unwrap_or(task.holder);
            call.state.place_task(id, holder, position);
        }
        (None, None) => {}
    }
    let now = call.state.clock.tick();
    call.state.tasks.update(id, now, |task| {
        if let Some(name) = name {
            task.name = name;
        }
        task.completed = completed.unwrap_or(task.completed);
        assignee.store(&mut task.assignee);
    });
    Ok(item(shapes::task(call.state, call.state.tasks.at(id))))
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let task = call.state.editable_task(user, id)?;
    call.state.tasks.remove(task.id());
    Ok(item(shapes::task(call.state, &task)))
}

//! The laws of statuses, over several machines that edit, commit, push, pull, switch branches, go
//! offline, are switched off in the middle of a run, and share one hub.

use crate::check::check;
use crate::finding::{Kind, Way};
use crate::fix::{FixPlan, Value};
use crate::hub::{HubOutcome, HubWrite, Naming, WorkplanRow};
use crate::simulate::HubState;
use crate::snapshot::TaskKey;
use crate::status::{Status, TaskStatus, Word};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use checkouts::{Place, rank, word};
use machines::{Fix, TASKS, World, goes_on, place};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

mod checkouts;
mod machines;

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    /// A person writes a word into a file.
    Edit(Place, &'static str),
    Commit,
    Push,
    Pull,
    /// A person checks another commit out: an old one, or another branch.
    Switch(usize),
    /// Somebody sets a task in the hub.
    Set(u8, TaskStatus, bool),
    /// Somebody's old client writes a word into the hub that is no status.
    Spoil(u8),
    /// A run.
    Fix(Fix),
    /// A run that has looked; then another machine runs, and somebody sets a task; then it writes.
    Overtaken(Fix, usize, TaskStatus, bool),
}

const TASK_WORDS: [&str; 8] = [
    "todo",
    "in_progress",
    "wait",
    "blocked",
    "done",
    "done",
    "cancelled",
    "halfway",
];

const PLAN_WORDS: [&str; 6] = [
    "ready", "active", "blocked", "finished", "archived", "stalled",
];

fn edit() -> impl Strategy<Value = Event> {
    let task = (places(), select(&TASK_WORDS[..]));
    let task = task.prop_map(|(place, word)| Event::Edit(place, word));
    let plan = (0..2u8, select(&PLAN_WORDS[..]));
    let plan = plan.prop_map(|(plan, word)| Event::Edit((plan, None), word));
    prop_oneof![3 => task, 1 => plan]
}

/// Tasks.
fn places() -> impl Strategy<Value = Place> {
    let all: Vec<Place> = (0..)
        .zip(TASKS)
        .flat_map(|(plan, tasks)| (0..tasks).map(move |task| (plan, Some(task))))
        .collect();
    select(all)
}

fn status() -> impl Strategy<Value = TaskStatus> {
    use TaskStatus::{Blocked, Cancelled, Done, InProgress, Todo};
    select(&[Todo, InProgress, Blocked, Done, Cancelled][..])
}

fn fix(reopens: bool) -> impl Strategy<Value = Fix> {
    let reopen = prop_oneof![places(), (0..2u8).prop_map(|plan| (plan, None))];
    let run = (
        prop::bool::weighted(0.6),
        prop::bool::weighted(0.9),
        option::weighted(0.1, reopen),
        option::weighted(0.2, 0..8usize),
    );
    run.prop_map(move |(online, writeback, reopen, stops)| Fix {
        online,
        writeback,
        reopen: reopen.filter(|_| reopens),
        stops,
    })
}

/// Events and the machine on which each happens; without reopens nothing may ever fall.
fn events(reopens: bool) -> impl Strategy<Value = Vec<(usize, Event)>> {
    let event = prop_oneof![
        4 => edit(),
        3 => Just(Event::Commit),
        2 => Just(Event::Push),
        2 => Just(Event::Pull),
        1 => any::<usize>().prop_map(Event::Switch),
        2 => (0..2u8, status(), any::<bool>())
            .prop_map(move |(task, status, reopen)| Event::Set(task, status, reopen && reopens)),
        1 => (0..2u8).prop_map(Event::Spoil),
        6 => fix(reopens).prop_map(Event::Fix),
        2 => (fix(reopens), 0..3usize, status(), any::<bool>())
            .prop_map(move |(fix, other, status, reopen)| {
                Event::Overtaken(fix, other, status, reopen && reopens)
            }),
    ];
    vec((0..3usize, event), 0..40)
}

fn naming() -> impl Strategy<Value = Naming> {
    select(&[Naming::Derived, Naming::Given][..])
}

/// Says that no rank has fallen in the hub, and no word was lost, but by a reopen that was counted.
fn assert_onward(before: &HubState, after: &HubState) -> Result<(), TestCaseError> {
    for (id, was) in &before.tasks {
        let now = &after.tasks[id];
        if let Some(rank) = was.status.known().map(Status::rank) {
            let now_rank = now.status.known().map(Status::rank);
            let counted = now.state.reopens > was.state.reopens;
            prop_assert!(now_rank >= Some(rank) || counted, "{:?} to {:?}", was, now);
        } else {
            prop_assert_eq!(&was.status, &now.status, "an unknown word is kept");
        }
    }
    for (id, was) in &before.workplans {
        let now = &after.workplans[id];
        let rank = |row: &WorkplanRow| row.status.known().map(Status::rank);
        let counted = now.state.reopens > was.state.reopens;
        prop_assert!(rank(now) >= rank(was) || counted, "{:?} to {:?}", was, now);
    }
    Ok(())
}

/// Says that no two rows stand for one thing.
fn assert_no_twins(state: &HubState) -> Result<(), TestCaseError> {
    let plans: BTreeSet<_> = state.workplans.values().map(|row| &row.file_id).collect();
    prop_assert_eq!(plans.len(), state.workplans.len(), "{:?}", state.workplans);
    let tasks = state
        .tasks
        .values()
        .map(|row| (&row.workplan, &row.file_id));
    prop_assert_eq!(tasks.collect::<BTreeSet<_>>().len(), state.tasks.len());
    Ok(())
}

/// Says that no edit lowers a rank, or overwrites an unknown word, but that a reopening is carried on
/// into the file.
fn assert_edits(world: &World, plan: &FixPlan, fix: &Fix) -> Result<(), TestCaseError> {
    for edit in &plan.edits {
        let Value::Status { from, to } = &edit.value else {
            continue;
        };
        let at = place(edit);
        let (was, now) = (rank(at, from), rank(at, to));
        prop_assert!(was.is_some(), "an unknown word is kept: {:?}", edit);
        prop_assert!(
            now >= was || fix.reopen == Some(at) || world.reopened,
            "{:?}",
            edit
        );
    }
    Ok(())
}

/// Says that nobody replaces in the hub what he has not seen: neither a word by another of its rank, nor
/// one that was opened again by a higher one.
fn assert_seen(
    world: &World,
    machine: usize,
    plan: &FixPlan,
    fix: &Fix,
) -> Result<(), TestCaseError> {
    let (snapshot, state) = (world.gather(machine, fix), world.hub.state());
    for step in &plan.hub {
        let HubWrite::SetTaskStatus {
            id,
            status,
            reopen: false,
            ..
        } = step.write(None)
        else {
            continue;
        };
        let row = &state.tasks[&id];
        let of = &state.workplans[&row.workplan].file_id;
        let key = TaskKey {
            workplan: of.clone().unwrap(),
            task: row.file_id.clone().unwrap(),
        };
        let base = snapshot.bases.tasks.get(&key);
        let hub = row.status.known().unwrap();
        if row.state.reopens > 0 {
            let seen = base.is_some_and(|base| base.reopens == row.state.reopens);
            prop_assert!(seen, "{:?} was opened again unseen: {:?}", row, base);
        }
        if hub.rank() == status.rank() {
            let seen = base.is_some_and(|base| base.status == hub);
            prop_assert!(seen, "{:?} was changed unseen: {:?}", row, base);
        }
    }
    Ok(())
}

/// Nobody writes between look and write.
fn undisturbed(_: &mut World) {}

/// Runs a fix and asks every law of it.
fn run(
    world: &mut World,
    machine: usize,
    fix: &Fix,
    between: impl FnOnce(&mut World),
    is_overtaken: bool,
) -> Result<(), TestCaseError> {
    let plan = world.plan(machine, fix);
    assert_edits(world, &plan, fix)?;
    assert_seen(world, machine, &plan, fix)?;
    between(world);
    let before = world.hub.state();
    let outcomes = world.perform(machine, &plan, fix);
    let after = world.hub.state();
    assert_onward(&before, &after)?;
    assert_no_twins(&after)?;
    if !is_overtaken {
        // Whoever was not overtaken asks for nothing that the hub has to refuse.
        let made = |outcome: &HubOutcome| matches!(outcome, HubOutcome::Done(_));
        prop_assert!(outcomes.iter().all(made), "{:?} of {:?}", outcomes, plan);
    }
    if goes_on(&plan, fix, &outcomes) {
        return run(world, machine, fix, undisturbed, is_overtaken);
    }
    if !is_overtaken && fix.stops.is_none() {
        // (9) Merging twice is merging once.
        let again = world.plan(machine, fix);
        prop_assert_eq!((&again.hub, &again.edits), (&Vec::new(), &Vec::new()));
    }
    Ok(())
}

fn happen(world: &mut World, machine: usize, event: &Event) -> Result<(), TestCaseError> {
    match event {
        Event::Edit(place, text) => {
            let entry = world.machines[machine].work.get_mut(place).unwrap();
            entry.word = (*text).into();
        }
        Event::Commit => world.commit(machine),
        Event::Push => world.push(machine),
        Event::Pull => world.pull(machine),
        Event::Switch(to) => world.switch(machine, to % world.history.len()),
        Event::Set(task, status, reopen) => world.set_task(0, *task, *status, *reopen),
        Event::Spoil(task) => world.spoil_task(0, *task),
        Event::Fix(fix) => run(world, machine, fix, undisturbed, false)?,
        Event::Overtaken(fix, other, status, reopen) => {
            let overtake = |world: &mut World| {
                world.fix(*other, &Fix::WHOLE);
                world.set_task(0, 0, *status, *reopen);
            };
            // A machine does not overtake itself: a checkout has one run at a time.
            if *other != machine {
                run(world, machine, fix, overtake, true)?;
            }
        }
    }
    Ok(())
}

/// Lets every machine commit, merge, run and push, until nothing more comes of it.
fn come_together(world: &mut World, order: &[usize]) -> Result<(), TestCaseError> {
    for _ in 0..4 {
        for machine in order {
            world.pull(*machine);
            run(world, *machine, &Fix::WHOLE, |_| (), false)?;
            world.push(*machine);
        }
    }
    Ok(())
}

/// Says that all checkouts are equal, and files and hub too, but for what is told to be left to people.
fn assert_together(world: &World) -> Result<(), TestCaseError> {
    for (number, machine) in world.machines.iter().enumerate() {
        prop_assert_eq!(machine.head, world.remote);
        let snapshot = world.gather(number, &Fix::WHOLE);
        let told: BTreeSet<_> = check(&snapshot)
            .into_iter()
            .filter(|finding| match &finding.kind {
                Kind::TaskHubAhead { way, .. } => matches!(way, Way::Tied(_)),
                Kind::UnknownStatus { .. } => true,
                Kind::TaskUnlinked(unlinked) => unlinked.first.is_some(),
                _ => false,
            })
            .filter_map(|finding| Some((finding.path?, finding.id?)))
            .collect();
        for (plan, tasks) in (0..).zip(TASKS) {
            for task in 0..tasks {
                let at = (plan, Some(task));
                let file = word(&machine.work, at);
                let hub = world.task_row(plan, task).map(|row| row.status);
                let file_status = Word::<TaskStatus>::read(&file).known();
                let is_equal = hub
                    .as_ref()
                    .is_some_and(|hub| hub.known().is_some() && hub.known() == file_status);
                let id = checkouts::task_id(task);
                let is_told = told.contains(&(checkouts::path(plan), id.as_str().into()));
                prop_assert!(
                    is_equal || is_told,
                    "{:?}: file {}, hub {:?}",
                    at,
                    file,
                    hub
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// (8) No rank ever falls on either side, whatever machines do, if nobody opens anything again; and
    /// (9) a second run finds nothing to do.
    #[test]
    fn law_8_nothing_falls(naming in naming(), events in events(false)) {
        let mut world = World::new(naming, 3);
        for (machine, event) in &events {
            happen(&mut world, *machine, event)?;
        }
    }

    /// (8) and (9) with reopens: what falls was opened again, and the hub has counted it.
    #[test]
    fn law_9_merging_twice_is_merging_once(naming in naming(), events in events(true)) {
        let mut world = World::new(naming, 3);
        for (machine, event) in &events {
            happen(&mut world, *machine, event)?;
        }
    }

    /// (10) Any order of machines ends equal, reported ties and unknown words apart.
    #[test]
    fn law_10_any_order_of_machines_ends_equal(
        naming in naming(),
        events in events(true),
        order in Just([0, 1, 2]).prop_shuffle(),
    ) {
        let mut world = World::new(naming, 3);
        for (machine, event) in &events {
            happen(&mut world, *machine, event)?;
        }
        come_together(&mut world, &order)?;
        assert_together(&world)?;
    }

    /// (10) Where nobody took anything back or wrote a word that is no status, tasks come as far in every
    /// order.
    #[test]
    fn law_10_tasks_come_as_far_in_every_order(
        naming in naming(),
        events in events(false),
        order in Just([0, 1, 2]).prop_shuffle(),
    ) {
        let mut world = World::new(naming, 3);
        for (machine, event) in &events {
            // What a person takes back before anybody has seen it is seen in some orders only.
            let counts = match event {
                Event::Edit(place, text) => {
                    let now = word(&world.machines[*machine].work, *place);
                    rank(*place, text).is_some() && rank(*place, text) >= rank(*place, &now)
                }
                event => !matches!(event, Event::Spoil(_)),
            };
            if counts {
                happen(&mut world, *machine, event)?;
            }
        }
        let mut other = world.clone();
        come_together(&mut world, &[0, 1, 2])?;
        come_together(&mut other, &order)?;
        for (plan, tasks) in (0..).zip(TASKS) {
            for task in 0..tasks {
                let rank = |world: &World| {
                    let status = world.task_row(plan, task)?.status.known()?;
                    Some(Status::rank(status))
                };
                prop_assert_eq!(rank(&world), rank(&other), "task {} of {}", task, plan);
            }
        }
    }
}

//! Matching the tasks that are wanted with those on the card.
//!
//! A task is found by its text, then by its text without the number, then by its number, so that a
//! reworded or renumbered task is renamed, not replaced. Tasks of people are only ever matched by
//! their whole text, and never deleted.

use crate::board::{Features, Task, TaskList};
use crate::desired::{DesiredCard, Section};
use crate::marker::Fingerprint;
use crate::text::{fit, leading_number};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The name of the task list for tasks before the first heading.
const UNNAMED: &str = "Tasks";

/// A task list as it shall be on the card: names fit, tasks without text left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedList {
    pub(crate) name: String,
    pub(crate) tasks: Vec<WantedTask>,
}

/// A task as it shall be on the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedTask {
    pub(crate) name: String,
    pub(crate) done: bool,
}

/// Returns the task lists a card shall have; one, without a name, where cards have none.
pub(crate) fn wanted(card: &DesiredCard, features: &Features) -> Vec<WantedList> {
    let tasks = |section: &Section| {
        let tasks = section.tasks.iter().map(|task| WantedTask {
            name: fit(&task.text, features.name_limit),
            done: task.done,
        });
        tasks
            .filter(|task| !task.name.is_empty())
            .collect::<Vec<_>>()
    };
    if !features.task_lists {
        return vec![WantedList {
            name: String::new(),
            tasks: card.sections.iter().flat_map(tasks).collect(),
        }];
    }
    let mut lists: Vec<WantedList> = Vec::new();
    for section in &card.sections {
        let tasks = tasks(section);
        if !tasks.is_empty() {
            let name = unused_name(&section.title, &lists, features.title_limit);
            lists.push(WantedList { name, tasks });
        }
    }
    lists
}

/// Names a task list after its section. A second one of a name is numbered, so that what is made in
/// it cannot be taken for something in the first.
fn unused_name(title: &str, lists: &[WantedList], limit: Option<usize>) -> String {
    let title = Some(fit(title, None)).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| UNNAMED.into());
    let mut name = fit(&title, limit);
    let mut number = 1;
    while lists.iter().any(|list| list.name == name) {
        number += 1;
        let suffix = format!(" ({number})");
        let room = limit.map(|limit| limit.saturating_sub(suffix.len()));
        name = fit(&title, room) + &suffix;
    }
    name
}

/// Which of a card's tasks and task lists are ours.
#[derive(Debug, Default)]
pub(crate) struct Ours {
    /// `tasks[l][t]`: the task is ours.
    pub(crate) tasks: Vec<Vec<bool>>,
    /// `lists[l]`: the task list is ours.
    pub(crate) lists: Vec<bool>,
}

impl Ours {
    /// Sorts out a card by its claims: first those to an id, then those to a name, oldest first and
    /// those in task lists of ours before others, so that a copy somebody made is theirs.
    pub(crate) fn of(lists: &[TaskList], fingerprints: &[Fingerprint]) -> Ours {
        let mut ours = Ours {
            tasks: lists
                .iter()
                .map(|list| vec![false; list.tasks.len()])
                .collect(),
            lists: vec![false; lists.len()],
        };
        let mut left: BTreeMap<&Fingerprint, usize> = BTreeMap::new();
        for fingerprint in fingerprints {
            *left.entry(fingerprint).or_default() += 1;
        }
        let mut take = |fingerprint: Fingerprint| {
            let count = left.get_mut(&fingerprint).filter(|count| **count > 0);
            count.map(|count| *count -= 1).is_some()
        };
        if fingerprints.is_empty() {
            return ours;
        }
        let mut by_age: Vec<_> = (0..lists.len()).collect();
        by_age.sort_by_key(|l| &lists[*l].id);
        for l in &by_age {
            ours.lists[*l] = take(Fingerprint::of_list_id(&lists[*l].id));
        }
        for l in by_age {
            ours.lists[l] = ours.lists[l] || take(Fingerprint::of_list(&lists[l].name));
        }
        let each = |l: usize| (0..lists[l].tasks.len()).map(move |t| (l, t));
        let mut by_age: Vec<_> = (0..lists.len()).flat_map(each).collect();
        by_age.sort_by_key(|(l, t)| (!ours.lists[*l], &lists[*l].tasks[*t].id));
        for (l, t) in &by_age {
            ours.tasks[*l][*t] = take(Fingerprint::of_task_id(&lists[*l].tasks[*t].id));
        }
        for (l, t) in by_age {
            let claim = || Fingerprint::of_task(&lists[l].name, &lists[l].tasks[t].name);
            ours.tasks[l][t] = ours.tasks[l][t] || take(claim());
        }
        ours
    }
}

/// Returns the claims of a card's next marker, in no order of the board's: to what is ours on it,
/// also if it is about to be deleted, should the run stop before; to what is taken over; and to what
/// will be made.
pub(crate) fn claims(
    wanted: &[WantedList],
    matched: &Matched,
    lists: &[TaskList],
    ours: &Ours,
) -> Vec<Fingerprint> {
    let mut claims = Vec::new();
    for (l, list) in lists.iter().enumerate() {
        // Where cards have no task lists, the one they have is the card itself.
        if ours.lists[l] || (matched.lists.contains(&Some(l)) && !list.name.is_empty()) {
            claims.push(Fingerprint::of_list_id(&list.id));
        }
        for (t, task) in list.tasks.iter().enumerate() {
            if ours.tasks[l][t]
                || matched
                    .tasks
                    .iter()
                    .any(|found| found.contains(&Some((l, t))))
            {
                claims.push(Fingerprint::of_task_id(&task.id));
            }
        }
    }
    for (w, list) in wanted.iter().enumerate() {
        if matched.lists[w].is_none() && !list.name.is_empty() {
            claims.push(Fingerprint::of_list(&list.name));
        }
        let missing = list
            .tasks
            .iter()
            .zip(&matched.tasks[w])
            .filter(|(_, found)| found.is_none());
        claims.extend(missing.map(|(task, _)| Fingerprint::of_task(&list.name, &task.name)));
    }
    claims.sort_unstable();
    claims
}

/// What stands on the card for each wanted list and task, by index.
#[derive(Debug, Default)]
pub(crate) struct Matched {
    /// `lists[w]`: the task list on the card.
    pub(crate) lists: Vec<Option<usize>>,
    /// `tasks[w][t]`: task list and task on the card.
    pub(crate) tasks: Vec<Vec<Option<(usize, usize)>>>,
}

/// Finds what stands on the card for all that is wanted.
pub(crate) fn match_up(wanted: &[WantedList], lists: &[TaskList], ours: &Ours) -> Matched {
    let matched_lists = match_lists(wanted, lists, ours);
    let mut tasks: Vec<Vec<Option<(usize, usize)>>> = wanted
        .iter()
        .map(|list| vec![None; list.tasks.len()])
        .collect();
    let mut free: Vec<Vec<bool>> = lists
        .iter()
        .map(|list| vec![true; list.tasks.len()])
        .collect();
    for rule in Rule::ALL {
        let mut found = rule.index(lists, ours, &free);
        for (w, list) in wanted.iter().enumerate() {
            for (t, task) in list.tasks.iter().enumerate() {
                let slot = &mut tasks[w][t];
                let home = matched_lists[w];
                let Some(key) = rule.key(&task.name).filter(|_| slot.is_none()) else {
                    continue;
                };
                if rule.at_home() && home.is_none() {
                    continue;
                }
                let key = (home.filter(|_| rule.at_home()), key.into());
                if let Some(at) = found.get_mut(&key).and_then(Vec::pop) {
                    free[at.0][at.1] = false;
                    *slot = Some(at);
                }
            }
        }
    }
    Matched {
        lists: matched_lists,
        tasks,
    }
}

/// A task list is found by its name, then, if it is ours, by its number.
fn match_lists(wanted: &[WantedList], lists: &[TaskList], ours: &Ours) -> Vec<Option<usize>> {
    let mut free = vec![true; lists.len()];
    let mut matched = vec![None; wanted.len()];
    let mut take = |w: usize, slot: &mut Option<usize>, fits: &dyn Fn(usize, &str) -> bool| {
        if slot.is_none() {
            let name = wanted[w].name.as_str();
            let found = (0..lists.len()).filter(|l| free[*l] && fits(*l, name));
            *slot = found.min_by_key(|l| (!ours.lists[*l], lists[*l].position, &lists[*l].id));
            if let Some(l) = *slot {
                free[l] = false;
            }
        }
    };
    for (w, slot) in matched.iter_mut().enumerate() {
        take(w, slot, &|l, name| lists[l].name == name);
    }
    for (w, slot) in matched.iter_mut().enumerate() {
        take(w, slot, &|l, name| {
            let number = leading_number(name);
            ours.lists[l] && number.is_some() && number == leading_number(&lists[l].name)
        });
    }
    matched
}

/// What has to be equal, and the task list it has to be in, if that matters.
type Key = (Option<usize>, String);

/// The ways a task is found, best first.
#[derive(Clone, Copy)]
enum Rule {
    OurText,
    AnyText,
    OurTextElsewhere,
    OurWords,
    OurNumber,
}

impl Rule {
    const ALL: [Rule; 5] = [
        Rule::OurText,
        Rule::AnyText,
        Rule::OurTextElsewhere,
        Rule::OurWords,
        Rule::OurNumber,
    ];

    /// Says whether the task has to be in the task list that stands for the wanted one.
    fn at_home(self) -> bool {
        !matches!(self, Rule::OurTextElsewhere)
    }

    fn only_ours(self) -> bool {
        !matches!(self, Rule::AnyText)
    }

    /// Returns what has to be equal.
    fn key(self, name: &str) -> Option<&str> {
        match self {
            Rule::OurText | Rule::AnyText | Rule::OurTextElsewhere => Some(name),
            Rule::OurWords => {
                leading_number(name)?;
                name.split_once(' ').map(|(_, words)| words.trim())
            }
            Rule::OurNumber => leading_number(name),
        }
    }

    /// Groups the tasks still free by what has to be equal, the first one last.
    fn index(
        self,
        lists: &[TaskList],
        ours: &Ours,
        free: &[Vec<bool>],
    ) -> BTreeMap<Key, Vec<(usize, usize)>> {
        let mut index: BTreeMap<_, Vec<(usize, usize)>> = BTreeMap::new();
        for (l, list) in lists.iter().enumerate() {
            for (t, task) in list.tasks.iter().enumerate() {
                let usable = free[l][t] && (ours.tasks[l][t] || !self.only_ours());
                if let Some(key) = self.key(&task.name).filter(|_| usable) {
                    let home = self.at_home().then_some(l);
                    index.entry((home, key.into())).or_default().push((l, t));
                }
            }
        }
        // What is taken over from people must be what `Ours::of` counts off next time: the oldest.
        let place = |task: &Task| self.only_ours().then_some(task.position);
        let order = |task: &Task| (place(task), task.id.clone());
        for found in index.values_mut() {
            found.sort_by_key(|(l, t)| core::cmp::Reverse(order(&lists[*l].tasks[*t])));
        }
        index
    }
}

#[cfg(test)]
mod tests;

//! What a hub in memory holds, and how it changes.

use super::change::{Change, made};
use crate::hub::{
    HubOutcome, HubRows, HubWrite, Made, Naming, Registration, Repository, TaskRow, Timestamp,
    Version, WorkplanRow, Writer, derive_task_id, derive_workplan_id,
};
use crate::ids::{FileId, HubId, RepositoryId, Slug};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a hub in memory holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubState {
    /// The repositories, each with its version.
    pub repositories: BTreeMap<Slug, (Repository, Version)>,
    /// The workplans.
    pub workplans: BTreeMap<HubId, WorkplanRow>,
    /// The tasks.
    pub tasks: BTreeMap<HubId, TaskRow>,
    /// The hub's clock, which goes on by a second with every change.
    pub clock: i64,
}

impl HubState {
    /// Returns the workplans that are asked for, and their tasks.
    pub(super) fn rows(&self, is_wanted: impl Fn(&WorkplanRow) -> bool) -> HubRows {
        let of = |task: &&TaskRow| self.workplans.get(&task.workplan).is_some_and(&is_wanted);
        let workplans = self.workplans.values().filter(|row| is_wanted(row));
        HubRows {
            workplans: workplans.cloned().collect(),
            tasks: self.tasks.values().filter(of).cloned().collect(),
        }
    }

    pub(super) fn look_up(&self, ids: &BTreeSet<String>) -> HubRows {
        let is_asked = |id: &HubId, file_id: Option<&FileId>| {
            ids.contains(id.as_str()) || file_id.is_some_and(|id| ids.contains(id.as_str()))
        };
        let tasks = self.tasks.values();
        let tasks = tasks.filter(|row| is_asked(&row.id, row.file_id.as_ref()));
        let tasks: Vec<TaskRow> = tasks.cloned().collect();
        let of_tasks: BTreeSet<&HubId> = tasks.iter().map(|row| &row.workplan).collect();
        let workplans = self.workplans.values();
        let workplans = workplans
            .filter(|row| is_asked(&row.id, row.file_id.as_ref()) || of_tasks.contains(&row.id));
        let workplans = workplans.cloned().collect();
        HubRows { workplans, tasks }
    }

    pub(super) fn register(&mut self, registration: &Registration) -> HubOutcome {
        let Registration {
            slug,
            id,
            remote,
            path,
        } = registration;
        let mut known = self.repositories.values();
        if let Some((other, _)) = known.find(|(known, _)| known.id == *id && known.slug != *slug) {
            let reason = format!("the repository is known as `{}`", other.slug);
            return HubOutcome::Refused { reason };
        }
        let is_new = !self.repositories.contains_key(slug);
        let (kept, version) = self.repositories.entry(slug.clone()).or_insert_with(|| {
            let repository = Repository {
                slug: slug.clone(),
                id: id.clone(),
                remote: None,
                paths: BTreeMap::new(),
                synced: None,
            };
            (repository, Version(1))
        });
        if kept.id != *id {
            let reason = format!("`{slug}` is the repository {}", kept.id);
            return HubOutcome::Refused { reason };
        }
        let before = kept.clone();
        kept.remote = remote.clone().or(kept.remote.take());
        kept.paths.extend(path.clone());
        let has_changed = *kept != before;
        if has_changed && !is_new {
            version.0 += 1;
        }
        let made = of_repository(slug, *version);
        if has_changed || is_new {
            HubOutcome::Done(made)
        } else {
            HubOutcome::AlreadySo(made)
        }
    }

    pub(super) fn perform(&mut self, write: &HubWrite, by: &Writer, naming: Naming) -> HubOutcome {
        self.clock += 1;
        let now = Change {
            by,
            at: Timestamp(self.clock),
        };
        match write {
            HubWrite::CreateWorkplan {
                id,
                repository,
                file_id,
                title,
                status,
            } => {
                let Some((owner, _)) = self.repositories.get(repository) else {
                    return HubOutcome::Missing;
                };
                let id = match (id, naming) {
                    (Some(id), _) => id.clone(),
                    (None, Naming::Derived) => derive_workplan_id(&owner.id, file_id),
                    (None, Naming::Given) => self.next_id(),
                };
                let new = WorkplanRow {
                    id,
                    repository: Some(repository.clone()),
                    file_id: Some(file_id.clone()),
                    title: title.clone(),
                    status: (*status).into(),
                    state: now.first(),
                };
                self.create_workplan(new)
            }
            HubWrite::CreateTask {
                id,
                workplan,
                file_id,
                title,
                status,
                priority,
            } => {
                let Some(parent) = self.workplans.get(workplan) else {
                    return HubOutcome::Missing;
                };
                let derive = || {
                    let (owner, of) = self.owner(parent)?;
                    Some(derive_task_id(owner, of, file_id))
                };
                let id = match (id, naming) {
                    (Some(id), _) => Some(id.clone()),
                    (None, Naming::Derived) => derive(),
                    (None, Naming::Given) => Some(self.next_id()),
                };
                let Some(id) = id else {
                    let reason = format!("workplan {workplan} belongs to no repository");
                    return HubOutcome::Refused { reason };
                };
                let new = TaskRow {
                    id,
                    workplan: workplan.clone(),
                    file_id: Some(file_id.clone()),
                    title: title.clone(),
                    status: (*status).into(),
                    priority: priority.clone(),
                    state: now.first(),
                };
                self.create_task(new)
            }
            HubWrite::SetWorkplanStatus {
                id,
                seen,
                status,
                reopen,
            } => self.workplans.get_mut(id).map_or(HubOutcome::Missing, |r| {
                now.set(id, &mut r.status, &mut r.state, *seen, *status, *reopen)
            }),
            HubWrite::SetTaskStatus {
                id,
                seen,
                status,
                reopen,
            } => self.tasks.get_mut(id).map_or(HubOutcome::Missing, |r| {
                now.set(id, &mut r.status, &mut r.state, *seen, *status, *reopen)
            }),
            HubWrite::SetWorkplanTitle { id, seen, title } => {
                let row = self.workplans.get_mut(id);
                row.map_or(HubOutcome::Missing, |row| now.entitle(row, *seen, title))
            }
            HubWrite::AdoptWorkplan {
                id,
                seen,
                repository,
                file_id,
            } => self.adopt(id, *seen, (repository, file_id), &now),
            HubWrite::MarkSynced { repository } => self.mark_synced(repository, now.at),
        }
    }

    fn mark_synced(&mut self, slug: &Slug, at: Timestamp) -> HubOutcome {
        let Some((kept, version)) = self.repositories.get_mut(slug) else {
            return HubOutcome::Missing;
        };
        kept.synced = Some(at);
        version.0 += 1;
        HubOutcome::Done(of_repository(slug, *version))
    }

    /// The clock has moved on, so nobody had this id.
    fn next_id(&self) -> HubId {
        HubId::new(format!("given-{}", self.clock))
    }

    /// Returns what ids of tasks of a workplan are derived from.
    fn owner<'a>(&'a self, row: &'a WorkplanRow) -> Option<(&'a RepositoryId, &'a FileId)> {
        let (repository, _) = self.repositories.get(row.repository.as_ref()?)?;
        Some((&repository.id, row.file_id.as_ref()?))
    }

    fn create_workplan(&mut self, new: WorkplanRow) -> HubOutcome {
        let mut rows = self.workplans.values();
        let is_it =
            |row: &&WorkplanRow| row.repository == new.repository && row.file_id == new.file_id;
        let there = self.workplans.get(&new.id).or_else(|| rows.find(is_it));
        if let Some(row) = there {
            return HubOutcome::AlreadySo(made(&row.id, &row.state));
        }
        let made = made(&new.id, &new.state);
        self.workplans.insert(new.id.clone(), new);
        HubOutcome::Done(made)
    }

    fn create_task(&mut self, new: TaskRow) -> HubOutcome {
        let mut rows = self.tasks.values();
        let is_it = |row: &&TaskRow| row.workplan == new.workplan && row.file_id == new.file_id;
        let there = self.tasks.get(&new.id).or_else(|| rows.find(is_it));
        if let Some(row) = there {
            return HubOutcome::AlreadySo(made(&row.id, &row.state));
        }
        let made = made(&new.id, &new.state);
        self.tasks.insert(new.id.clone(), new);
        HubOutcome::Done(made)
    }

    fn adopt(
        &mut self,
        id: &HubId,
        seen: Version,
        (repository, file_id): (&Slug, &FileId),
        now: &Change<'_>,
    ) -> HubOutcome {
        if !self.repositories.contains_key(repository) {
            return HubOutcome::Missing;
        }
        let is_there = |row: &WorkplanRow| {
            row.repository.as_ref() == Some(repository) && row.file_id.as_ref() == Some(file_id)
        };
        let is_taken = self
            .workplans
            .values()
            .any(|row| row.id != *id && is_there(row));
        let Some(row) = self.workplans.get_mut(id) else {
            return HubOutcome::Missing;
        };
        if is_there(row) {
            return HubOutcome::AlreadySo(made(id, &row.state));
        }
        if let Some(owner) = &row.repository {
            let reason = format!("the workplan belongs to `{owner}`");
            return HubOutcome::Refused { reason };
        }
        if row.state.version != seen {
            let now = row.status.to_string();
            return HubOutcome::Superseded { now };
        }
        if is_taken {
            let reason = format!("`{repository}` has another workplan {file_id}");
            return HubOutcome::Refused { reason };
        }
        row.repository = Some(repository.clone());
        row.file_id = Some(file_id.clone());
        now.mark(&mut row.state);
        HubOutcome::Done(made(id, &row.state))
    }
}

/// A repository is named by its slug.
fn of_repository(slug: &Slug, version: Version) -> Made {
    Made {
        id: HubId::new(slug.as_str()),
        version,
        reopens: 0,
    }
}

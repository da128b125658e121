//! What a checkout remembers: the statuses and titles at which it last saw file and hub agree.
//!
//! Each entry bears the commit HEAD stood on. On another line of history the files never said what it
//! says, so an entry whose commit is no ancestor of HEAD is not used; it is kept for when HEAD
//! returns (design §5, "Base").

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use git_client::{Ancestry, Repository};
use serde::{Deserialize, Serialize};
use sync_core::ids::{CommitId, FileId};
use sync_core::snapshot::{Bases, TaskKey};
use sync_core::status::{Base, Status, TaskStatus, WorkplanStatus};

use crate::error::Error;
use crate::kept::{Content, Kept};

/// An entry and the number of its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry<T> {
    value: T,
    commit: usize,
}

/// The memory of one checkout for one hub.
#[derive(Debug)]
pub(crate) struct Memory {
    kept: Kept,
    /// Why what was kept is not used.
    notice: Option<String>,
    /// A later version's file is left alone.
    read_only: bool,
    changed: bool,
    commits: Vec<CommitId>,
    /// The commits among them that are HEAD's or its ancestors'.
    on_line: BTreeSet<usize>,
    workplans: BTreeMap<FileId, Entry<Base<WorkplanStatus>>>,
    titles: BTreeMap<FileId, Entry<String>>,
    tasks: BTreeMap<TaskKey, Entry<Base<TaskStatus>>>,
}

/// The file: words instead of statuses, so that a word of a later version only costs its entry.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    commits: Vec<String>,
    /// Id, status, reopens, commit.
    workplans: Vec<(String, String, u32, usize)>,
    /// Id, title, commit.
    titles: Vec<(String, String, usize)>,
    /// Workplan, task, status, reopens, commit.
    tasks: Vec<(String, String, String, u32, usize)>,
}

impl Memory {
    /// Reads what this checkout remembers for the hub at `hub`.
    pub(crate) fn load(git_dir: &Utf8Path, hub: &str) -> Self {
        let kept = Kept::new(git_dir, "base", hub);
        let (stored, notice, read_only) = match kept.read::<Stored>() {
            Content::Nothing => (Stored::default(), None, false),
            Content::Some(stored) => (stored, None, false),
            Content::Damaged(why) => (Stored::default(), Some(why), false),
            Content::Newer(why) => (Stored::default(), Some(why), true),
        };
        let known = |commit: &usize| *commit < stored.commits.len();
        let workplans = stored
            .workplans
            .iter()
            .filter_map(|(id, word, reopens, commit)| {
                let value = Base {
                    status: WorkplanStatus::parse(word)?,
                    reopens: *reopens,
                };
                known(commit).then(|| {
                    (
                        FileId::new(id),
                        Entry {
                            value,
                            commit: *commit,
                        },
                    )
                })
            });
        let titles = stored.titles.iter().filter(|(.., commit)| known(commit));
        let titles = titles.map(|(id, title, commit)| {
            (
                FileId::new(id),
                Entry {
                    value: title.clone(),
                    commit: *commit,
                },
            )
        });
        let tasks = stored
            .tasks
            .iter()
            .filter_map(|(workplan, task, word, reopens, commit)| {
                let value = Base {
                    status: TaskStatus::parse(word)?,
                    reopens: *reopens,
                };
                let key = TaskKey {
                    workplan: FileId::new(workplan),
                    task: FileId::new(task),
                };
                known(commit).then_some((
                    key,
                    Entry {
                        value,
                        commit: *commit,
                    },
                ))
            });
        Self {
            notice: notice.map(|why| format!("{why}; what this checkout remembered is not used")),
            read_only,
            changed: false,
            on_line: BTreeSet::new(),
            workplans: workplans.collect(),
            titles: titles.collect(),
            tasks: tasks.collect(),
            commits: stored.commits.iter().map(CommitId::new).collect(),
            kept,
        }
    }

    /// Why what was kept is not used, if it is not.
    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Finds out which entries hold for HEAD, in at most two runs of git.
    pub(crate) fn place(
        &mut self,
        repository: &Repository,
        head: Option<&CommitId>,
    ) -> Result<(), git_client::Error> {
        let elsewhere = self.commits.iter().any(|commit| Some(commit) != head);
        let standing = if elsewhere {
            repository.history()?.ancestry(&self.commits)?
        } else {
            BTreeMap::new()
        };
        let on_line = |commit: &CommitId| {
            Some(commit) == head
                || matches!(
                    standing.get(commit),
                    Some(Ancestry::Head | Ancestry::Ancestor)
                )
        };
        self.on_line = (0..self.commits.len())
            .filter(|&number| on_line(&self.commits[number]))
            .collect();
        Ok(())
    }

    /// The entries that hold for HEAD.
    pub(crate) fn bases(&self) -> Bases {
        Bases {
            workplans: self.held(&self.workplans),
            titles: self.held(&self.titles),
            tasks: self.held(&self.tasks),
        }
    }

    fn held<K: Ord + Clone, T: Clone>(&self, entries: &BTreeMap<K, Entry<T>>) -> BTreeMap<K, T> {
        let held = entries
            .iter()
            .filter(|(_, entry)| self.on_line.contains(&entry.commit));
        held.map(|(key, entry)| (key.clone(), entry.value.clone()))
            .collect()
    }

    /// Remembers what file and hub now agree on, HEAD being `head`.
    pub(crate) fn remember(&mut self, bases: Bases, head: &CommitId) {
        let commit = self
            .commits
            .iter()
            .position(|commit| commit == head)
            .unwrap_or_else(|| {
                self.commits.push(head.clone());
                self.commits.len() - 1
            });
        self.on_line.insert(commit);
        let Self {
            on_line, changed, ..
        } = self;
        let mut note = |held: bool| *changed |= !held;
        put(
            &mut self.workplans,
            bases.workplans,
            commit,
            on_line,
            &mut note,
        );
        put(&mut self.titles, bases.titles, commit, on_line, &mut note);
        put(&mut self.tasks, bases.tasks, commit, on_line, &mut note);
    }

    /// Writes what was remembered since it was read, if there is anything new.
    pub(crate) fn save(&mut self) -> Result<(), Error> {
        if !self.changed || self.read_only {
            return Ok(());
        }
        let mut stored = Stored::default();
        let mut numbers = BTreeMap::new();
        let mut number = |commit: usize| {
            *numbers.entry(commit).or_insert_with(|| {
                stored.commits.push(self.commits[commit].to_string());
                stored.commits.len() - 1
            })
        };
        for (id, Entry { value, commit }) in &self.workplans {
            let word = value.status.word().to_owned();
            stored
                .workplans
                .push((id.to_string(), word, value.reopens, number(*commit)));
        }
        for (id, Entry { value, commit }) in &self.titles {
            stored
                .titles
                .push((id.to_string(), value.clone(), number(*commit)));
        }
        for (key, Entry { value, commit }) in &self.tasks {
            let (workplan, task) = (key.workplan.to_string(), key.task.to_string());
            let word = value.status.word().to_owned();
            stored
                .tasks
                .push((workplan, task, word, value.reopens, number(*commit)));
        }
        self.kept.write(&stored)?;
        self.changed = false;
        Ok(())
    }
}

/// Puts values in; one that holds already keeps its commit, so an idle run writes nothing.
fn put<K: Ord, T: PartialEq>(
    entries: &mut BTreeMap<K, Entry<T>>,
    values: BTreeMap<K, T>,
    commit: usize,
    on_line: &BTreeSet<usize>,
    note: &mut impl FnMut(bool),
) {
    for (key, value) in values {
        let held = entries
            .get(&key)
            .is_some_and(|entry| entry.value == value && on_line.contains(&entry.commit));
        note(held);
        if !held {
            entries.insert(key, Entry { value, commit });
        }
    }
}

#[cfg(test)]
mod tests;

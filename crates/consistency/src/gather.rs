//! Gathering: everything checks and fixes are decided from, as one value.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use camino::Utf8PathBuf;
use git_client::{Fetched, Obstruction, Repository};
use sync_core::hub::{Hub, HubRows, Naming, derive_task_id, derive_workplan_id};
use sync_core::ids::{CommitId, HubId, RepositoryId, Slug};
use sync_core::snapshot::{DerivedIds, GitState, Mode, Snapshot, TaskKey, Upstream};
use sync_core::workplan::Workplan;

use crate::base::Memory;
use crate::error::Error;
use crate::files::{Files, Listing};
use crate::own::own_commits;

/// Which repository is looked at, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) slug: &'a Slug,
    pub(crate) id: &'a RepositoryId,
    pub(crate) hub_location: &'a str,
    pub(crate) mode: &'a Mode,
}

/// What is known about the remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remote {
    /// Nothing yet: it is asked, for at most this long.
    Ask(Duration),
    /// It was asked a moment ago, and answered or not.
    Asked { reached: bool },
}

/// A snapshot, and what is needed to act on what follows from it.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) snapshot: Snapshot,
    /// The bytes each workplan was read from, by path.
    pub(crate) bytes: BTreeMap<String, Vec<u8>>,
    pub(crate) remote: Remote,
    pub(crate) memory: Memory,
}

/// Gathers what there is to know about a checkout and its rows.
///
/// Git is asked while files and rows are read. An edit made between the two is caught before a file
/// is written: it is compared with what was read here, and git is asked about it again.
pub(crate) async fn gather<H: Hub>(
    repository: &Repository,
    hub: &H,
    subject: Subject<'_>,
    remote: Remote,
) -> Result<Gathered, Error>
where
    H::Error: Send + Sync,
{
    let root = repository.root();
    let listing = Listing::of(root)?;
    let git = thread::spawn({
        let (repository, paths) = (repository.clone(), listing.paths());
        move || Facts::of(&repository, &paths, remote)
    });
    let files = Files::read(root, listing);
    let rows = hub.read(subject.slug).await.map_err(Error::hub);
    let facts = git.join().map_err(|_| Error::Lost {
        root: root.to_owned(),
    })?;
    let failed = |source| Error::Git {
        root: root.to_owned(),
        source,
    };
    let (rows, facts) = (rows?, facts.map_err(failed)?);

    let strange = strange_ids(&files.workplans, &rows);
    let elsewhere = if strange.is_empty() {
        HubRows::default()
    } else {
        hub.look_up(&strange).await.map_err(Error::hub)?
    };
    let mut memory = Memory::load(repository.git_dir(), subject.hub_location);
    memory
        .place(repository, facts.head.as_ref())
        .map_err(failed)?;
    let naming = hub.naming();
    let snapshot = Snapshot {
        repository: subject.slug.clone(),
        mode: subject.mode.clone(),
        bases: memory.bases(),
        derived: match naming {
            Naming::Derived => derived_ids(subject.id, &files.workplans, &rows),
            Naming::Given => DerivedIds::default(),
        },
        naming,
        rows,
        elsewhere,
        files: files.there.then_some(files.workplans),
        unreadable: files.unreadable,
        git: facts.state,
    };
    Ok(Gathered {
        snapshot,
        bytes: files.bytes,
        remote: facts.remote,
        memory,
    })
}

/// The ids in files that this repository's rows say nothing about: links that lead elsewhere, and
/// workplans that another repository may have too.
fn strange_ids(workplans: &[Workplan], rows: &HubRows) -> BTreeSet<String> {
    let known: BTreeSet<&HubId> = ids(rows).collect();
    let links = workplans.iter().flat_map(|workplan| {
        let tasks = workplan
            .tasks
            .iter()
            .filter_map(|task| task.hub_id.as_ref());
        tasks.chain(&workplan.hub_id)
    });
    let unresolved = links
        .filter(|id| !known.contains(id))
        .map(ToString::to_string);
    unresolved
        .chain(workplans.iter().map(|workplan| workplan.id.to_string()))
        .collect()
}

/// The ids of rows still to be made. A link that leads to a row of ours needs none.
fn derived_ids(repository: &RepositoryId, workplans: &[Workplan], rows: &HubRows) -> DerivedIds {
    let known: BTreeSet<&HubId> = ids(rows).collect();
    let linked = |id: &Option<HubId>| id.as_ref().is_some_and(|id| known.contains(id));
    let mut derived = DerivedIds::default();
    for workplan in workplans {
        if !linked(&workplan.hub_id) {
            derived.workplans.insert(
                workplan.id.clone(),
                derive_workplan_id(repository, &workplan.id),
            );
        }
        for task in workplan.tasks.iter().filter(|task| !linked(&task.hub_id)) {
            let key = TaskKey {
                workplan: workplan.id.clone(),
                task: task.id.clone(),
            };
            derived
                .tasks
                .insert(key, derive_task_id(repository, &workplan.id, &task.id));
        }
    }
    derived
}

fn ids(rows: &HubRows) -> impl Iterator<Item = &HubId> {
    let tasks = rows.tasks.iter().map(|row| &row.id);
    rows.workplans.iter().map(|row| &row.id).chain(tasks)
}

/// What git says.
struct Facts {
    state: GitState,
    head: Option<CommitId>,
    remote: Remote,
}

impl Facts {
    /// Asks git: one fetch at most, and one status call for all paths.
    fn of(
        repository: &Repository,
        paths: &[Utf8PathBuf],
        remote: Remote,
    ) -> Result<Self, git_client::Error> {
        let standing = repository.standing(paths)?;
        let mut apart = standing.apart.map(|apart| (apart.ahead, apart.behind));
        let reached = match remote {
            Remote::Asked { reached } => reached,
            // Nobody is asked for a branch that follows none.
            Remote::Ask(_) if !standing.follows => true,
            Remote::Ask(limit) => {
                let fetched = repository.fetch_upstream(limit)?;
                apart = match repository.upstream()? {
                    git_client::Upstream::Tracked(it) => Some((it.ahead, it.behind)),
                    _ => None,
                };
                !matches!(fetched, Fetched::Unreachable(_))
            }
        };
        let mut unpushed = 0;
        if apart.is_some_and(|(ahead, _)| ahead > 0)
            && let Some(local) = repository.local_only()?
        {
            unpushed = clamped(own_commits(repository, &local)?.len() as u64);
        }
        let upstream = match apart {
            _ if !reached => Upstream::Unreachable,
            None => Upstream::None,
            Some((ahead, behind)) => Upstream::Tracked {
                ahead: clamped(ahead),
                behind: clamped(behind),
            },
        };
        let dirty = standing.dirty.into_iter().map(Utf8PathBuf::into_string);
        Ok(Self {
            state: GitState {
                upstream,
                dirty: dirty.collect(),
                unfit: BTreeMap::new(),
                obstruction: standing.obstruction.map(|state| in_words(state).to_owned()),
                unpushed,
            },
            head: standing.head,
            remote: Remote::Asked { reached },
        })
    }
}

fn clamped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn in_words(state: Obstruction) -> &'static str {
    match state {
        Obstruction::Am => "applying patches",
        Obstruction::Rebase => "a rebase",
        Obstruction::Merge => "a merge",
        Obstruction::CherryPick => "a cherry-pick",
        Obstruction::Revert => "a revert",
        Obstruction::Bisect => "a bisection",
        Obstruction::Detached => "a detached HEAD",
    }
}

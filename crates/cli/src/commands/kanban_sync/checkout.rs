//! Where a run reads from, and what its git knows: everything provenance asks.

use super::files;
use crate::error::{CommandError, Kind};
use crate::identity::{Ids, machine_id, repository_id_without_git};
use camino::{Utf8Path, Utf8PathBuf};
use git_client::{Ancestry, Error as GitError, Git, History, Repository};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use sync_core::board::Snapshot;
use sync_core::ids::{ChangeName, CommitId, OriginId, RepositoryId};
use sync_core::marker::Marker;
use sync_core::observed::{Checkout, markers};
use sync_core::provenance::{GitFacts, Own, Shown, Sight};
use sync_core::reconcile::{Ask, Facts};
use sync_core::text::hex_digest;

/// How long the one fetch of a run may take.
const FETCH: Duration = Duration::from_secs(30);

/// One checkout, opened for one run.
pub(crate) struct Checkouts {
    root: Utf8PathBuf,
    state_dir: Utf8PathBuf,
    named: Option<String>,
    data_dir: Option<Utf8PathBuf>,
    ids: Ids,
    git: Option<Repository>,
    first_commit: Option<CommitId>,
    origin: OriginId,
    fetched: Option<bool>,
    shown: BTreeMap<(CommitId, ChangeName), Shown>,
}

impl Checkouts {
    /// Opens the checkout that holds `root`; without git, or outside a work tree, a plain folder.
    ///
    /// `named` is the repository's name in the configuration; `interrupted` ends any run of git.
    pub(crate) fn open(
        root: &Utf8Path,
        state_dir: &Utf8Path,
        named: Option<String>,
        data_dir: Option<Utf8PathBuf>,
        ids: Ids,
        interrupted: &Arc<AtomicBool>,
    ) -> Result<Self, CommandError> {
        let git = Git::new().with_stop(Arc::clone(interrupted));
        let git = match Repository::discover(&git, root) {
            Ok(found) => found,
            // A clone whose git cannot be run must not pass for a folder without: its cards would
            // get another key.
            Err(GitError::NotInstalled { .. }) if !is_in_clone(root) => None,
            Err(error) => return Err(told(error)),
        };
        let first_commit = match (&named, &git) {
            (None, Some(git)) => first_commit(git)?,
            _ => None,
        };
        let top = git.as_ref().map_or(root, |git| git.root());
        let machine = machine_id(state_dir, ids)?;
        let origin = OriginId::new(hex_digest([machine.as_str(), top.as_str()], 12));
        Ok(Self {
            root: root.to_path_buf(),
            state_dir: state_dir.to_path_buf(),
            named,
            data_dir,
            ids,
            first_commit,
            git,
            origin,
            fetched: None,
            shown: BTreeMap::new(),
        })
    }

    /// Returns the key part of every marker: the configured name, else the root commit, else an id
    /// kept for this folder. A shallow clone takes the board's, if one of its commits is here.
    pub(crate) fn identify(&self, snapshot: &Snapshot) -> Result<Checkout, CommandError> {
        let path = self.git.as_ref().map_or("", |git| git.prefix().as_str());
        let repository = match (&self.named, &self.git) {
            (Some(name), _) => RepositoryId::new(name.as_str()),
            (None, Some(git)) => match &self.first_commit {
                Some(commit) => RepositoryId::new(commit.as_str()),
                None => from_board(git, snapshot)?,
            },
            (None, None) => repository_id_without_git(&self.state_dir, &self.root, self.ids)?,
        };
        Ok(Checkout {
            repository,
            path: path.to_owned(),
            origin: self.origin.clone(),
        })
    }

    /// Answers what a draft asks.
    pub(crate) fn facts(&mut self, asks: &[Ask<'_>]) -> Result<Facts, CommandError> {
        let Some(git) = self.git.clone() else {
            return Ok(without_git(asks));
        };
        if asks.is_empty() {
            return Ok(Facts::default());
        }
        let folder = git.prefix().join("openspec/changes");
        let path = |change: &ChangeName| folder.join(change.as_str());
        let paths: Vec<_> = asks.iter().map(|ask| path(ask.change)).collect();
        let markers: Vec<_> = asks.iter().filter_map(|ask| ask.marker).collect();
        self.fetch_unknown(&git, &markers)?;
        let history = git.history().map_err(told)?;
        let touching = history.last_touching(&paths).map_err(told)?;
        let mut facts = Facts {
            own: own(&git, &history, asks, &paths, &touching)?,
            ..Facts::default()
        };
        let never: Vec<_> = paths
            .iter()
            .filter(|p| !touching.contains_key(*p))
            .cloned()
            .collect();
        let once = history.ever_touched(&never).map_err(told)?;
        let commits: Vec<_> = markers.iter().filter_map(|m| m.commit.clone()).collect();
        let ancestry = history.ancestry(&commits).map_err(told)?;
        // Asked only where it can make a difference, as it walks every ref: not in row 3.
        let within = |marker: &Marker| {
            let standing = marker
                .commit
                .as_ref()
                .and_then(|commit| ancestry.get(commit));
            matches!(standing, Some(Ancestry::Head | Ancestry::Ancestor))
        };
        let mine = asks.iter().filter(|ask| {
            let mine = |marker: &&Marker| marker.origin == self.origin;
            ask.marker.filter(mine).is_some_and(|marker| {
                marker.dirty || !within(marker) || !touching.contains_key(&path(ask.change))
            })
        });
        let mine: Vec<_> = mine.map(|ask| path(ask.change)).collect();
        let gone = history.gone_here(&mine).map_err(told)?;
        for ask in asks {
            let Some(marker) = ask.marker else { continue };
            let path = path(ask.change);
            let sight = match &marker.commit {
                None => Sight::NoGit,
                Some(commit) => {
                    let last = touching.get(&path).or(history.head());
                    let standing = ancestry.get(commit).copied().unwrap_or(Ancestry::Unknown);
                    let scene = Scene {
                        git: &git,
                        history: &history,
                        change: ask.change,
                        path: &path,
                    };
                    self.sight(&scene, marker, (commit, standing), last)?
                }
            };
            let git_facts = GitFacts {
                sight,
                nothing_elsewhere: gone.contains(&path),
                in_history: touching.contains_key(&path) || once.contains(&path),
            };
            facts.git.insert(ask.change.clone(), git_facts);
        }
        Ok(facts)
    }

    /// Fetches once per run when a marker's commit is not here.
    fn fetch_unknown(&mut self, git: &Repository, marked: &[&Marker]) -> Result<(), CommandError> {
        let commits: Vec<_> = marked.iter().filter_map(|m| m.commit.clone()).collect();
        let here = git.contains(&commits).map_err(told)?;
        let all_here = commits.iter().all(|commit| here.contains(commit));
        if !all_here && self.fetched.is_none() {
            // Best effort: what cannot be fetched is held, with that as its reason.
            self.fetched = Some(git.fetch(FETCH).is_ok());
        }
        Ok(())
    }

    fn sight(
        &mut self,
        scene: &Scene<'_>,
        marker: &Marker,
        (commit, standing): (&CommitId, Ancestry),
        own_last: Option<&CommitId>,
    ) -> Result<Sight, CommandError> {
        Ok(match standing {
            Ancestry::Head | Ancestry::Ancestor => Sight::Within {
                since: if marker.dirty {
                    self.shown_since(scene, commit)?
                } else {
                    Vec::new()
                },
            },
            Ancestry::Diverged => {
                let older = match own_last {
                    Some(own) => scene.git.is_ancestor(own, commit).map_err(told)?,
                    None => true,
                };
                if older {
                    Sight::Ahead
                } else {
                    let since = self.shown_since(scene, commit)?;
                    Sight::Diverged { since }
                }
            }
            Ancestry::Unknown if self.fetched != Some(true) => Sight::CannotTell,
            Ancestry::Unknown => {
                let known = |base: &&CommitId| {
                    scene
                        .git
                        .contains(std::slice::from_ref(*base))
                        .is_ok_and(|k| !k.is_empty())
                };
                let base = marker.base.as_ref().filter(known);
                let since_base = base.map(|base| self.shown_since(scene, base)).transpose()?;
                Sight::Unknown { since_base }
            }
        })
    }

    /// Computes what each commit since `since` that touched the change shows.
    fn shown_since(
        &mut self,
        scene: &Scene<'_>,
        since: &CommitId,
    ) -> Result<Vec<Shown>, CommandError> {
        let commits = scene
            .history
            .touching_since(since, scene.path)
            .map_err(told)?;
        let mut all = Vec::new();
        for commit in commits {
            let key = (commit, scene.change.clone());
            if !self.shown.contains_key(&key) {
                let shown = self.show(scene, &key.0)?;
                self.shown.insert(key.clone(), shown);
            }
            all.extend(self.shown.get(&key).cloned());
        }
        Ok(all)
    }

    /// Computes a change from the files of a commit, laid out in a folder of its own.
    fn show(&self, scene: &Scene<'_>, commit: &CommitId) -> Result<Shown, CommandError> {
        let fail = |error| CommandError::caused(Kind::Failed, "cannot make a folder", error);
        let folder = tempfile::tempdir().map_err(fail)?;
        let Some(folder) = Utf8Path::from_path(folder.path()) else {
            return Ok(Shown::Unclear);
        };
        let openspec = scene.git.prefix().join("openspec");
        let beside = ["config.yaml", "config.yml", "schemas"].map(|name| openspec.join(name));
        let mut paths = vec![scene.path.to_path_buf()];
        paths.extend(beside);
        match scene.git.export(commit, &paths, folder) {
            Err(GitError::Export { .. }) => Ok(Shown::Unclear),
            Err(error) => Err(told(error)),
            Ok(held) if !held.contains(scene.path) => Ok(Shown::Absent),
            Ok(_) => {
                let root = folder.join(scene.git.prefix());
                Ok(files::shown(
                    &files::open(&root, self.data_dir.as_ref()),
                    scene.change,
                ))
            }
        }
    }
}

/// Says whether a folder looks like part of a git work tree.
fn is_in_clone(root: &Utf8Path) -> bool {
    root.ancestors().any(|folder| folder.join(".git").exists())
}

/// Finds the commit a repository is known by; none where a shallow clone cuts it off.
/// Returns the root commit of the first-parent line; `None` in a shallow clone.
pub(crate) fn first_commit(git: &Repository) -> Result<Option<CommitId>, CommandError> {
    let history = git.history().map_err(told)?;
    if history.head().is_none() {
        let message = format!("the repository {} has no commit yet", git.root());
        return Err(CommandError::new(Kind::Failed, message)
            .hint("commit once, or name the repository in onward.toml: repository = \"…\""));
    }
    history.root_commit().map_err(told)
}

/// Takes the board's word for a shallow clone: the repository one of whose commits is here.
fn from_board(git: &Repository, snapshot: &Snapshot) -> Result<RepositoryId, CommandError> {
    let markers = markers(snapshot);
    let commits: Vec<_> = markers.iter().filter_map(|m| m.commit.clone()).collect();
    let here = git.contains(&commits).map_err(told)?;
    let ours = |m: &&Marker| m.commit.as_ref().is_some_and(|c| here.contains(c));
    let known = markers.iter().filter(ours).map(|m| &m.key.repository);
    let known: BTreeSet<_> = known.collect();
    if let [one] = known.into_iter().collect::<Vec<_>>()[..] {
        return Ok(one.clone());
    }
    let root = git.root();
    let message = format!("cannot tell which repository {root} is: it is a shallow clone");
    Err(CommandError::new(Kind::Failed, message)
        .hint("run `git fetch --unshallow`, or name the repository in onward.toml"))
}

/// One change, and where its history is read.
struct Scene<'a> {
    git: &'a Repository,
    history: &'a History<'a>,
    change: &'a ChangeName,
    path: &'a Utf8Path,
}

/// Says what goes into the markers that will be written.
fn own(
    git: &Repository,
    history: &History<'_>,
    asks: &[Ask<'_>],
    paths: &[Utf8PathBuf],
    touching: &BTreeMap<Utf8PathBuf, CommitId>,
) -> Result<BTreeMap<ChangeName, Own>, CommandError> {
    let dirty = git.dirty(paths).map_err(told)?;
    let last = |path: &Utf8PathBuf| touching.get(path).or(history.head()).cloned();
    let commits: BTreeSet<_> = paths.iter().filter_map(last).collect();
    let commits: Vec<_> = commits.into_iter().collect();
    let bases = git.bases(&commits).map_err(told)?;
    let own = asks.iter().zip(paths).map(|(ask, path)| {
        let commit = last(path);
        let own = Own {
            base: commit
                .as_ref()
                .and_then(|commit| bases.get(commit))
                .cloned(),
            dirty: dirty.contains(path),
            commit,
        };
        (ask.change.clone(), own)
    });
    Ok(own.collect())
}

/// Without git the same checkout writes, and another is held.
fn without_git(asks: &[Ask<'_>]) -> Facts {
    let facts = |ask: &Ask<'_>| {
        let facts = GitFacts {
            sight: Sight::NoGit,
            nothing_elsewhere: false,
            in_history: true,
        };
        (ask.change.clone(), facts)
    };
    Facts {
        git: asks.iter().map(facts).collect(),
        ..Facts::default()
    }
}

/// Tells why git could not be asked.
pub(crate) fn told(error: GitError) -> CommandError {
    let missing = matches!(error, GitError::NotInstalled { .. });
    let error = CommandError::caused(Kind::Failed, "cannot read the repository's history", error);
    if missing {
        return error.hint("install git, or put it on the PATH of whoever calls this");
    }
    error
}

//! The work tree a command is about, and which of a hub's repositories it is.

use crate::commands::kanban_sync::checkout::{first_commit, told};
use crate::config::ProjectFile;
use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use git_client::{Git, Repository};
use sync_core::hub;
use sync_core::ids::RepositoryId;

/// A work tree of git's.
#[derive(Debug)]
pub(crate) struct WorkTree {
    /// Its git.
    pub(crate) git: Repository,
    /// The names of its repository, the best one first: the configured one, the root commit. A
    /// shallow clone may have none.
    names: Vec<RepositoryId>,
}

impl WorkTree {
    /// Opens the work tree that holds this directory, by default the current one.
    pub(crate) fn open(directory: Option<&Utf8Path>) -> Result<Self, CommandError> {
        let directory = directory.unwrap_or(Utf8Path::new("."));
        let git = discover(directory)?;
        let named = ProjectFile::read(git.root())?.repository;
        let root_commit = match &named {
            // A repository that is named needs no commit yet.
            Some(_) if git.head().map_err(told)?.is_none() => None,
            _ => first_commit(&git)?,
        };
        let root_commit = root_commit.map(|commit| RepositoryId::new(commit.as_str()));
        Ok(Self {
            names: named
                .map(RepositoryId::new)
                .into_iter()
                .chain(root_commit)
                .collect(),
            git,
        })
    }

    /// Returns what tells the repository from another.
    pub(crate) fn id(&self) -> Result<&RepositoryId, CommandError> {
        self.names.first().ok_or_else(|| {
            let root = self.git.root();
            let message = format!("cannot tell which repository {root} is: it is a shallow clone");
            CommandError::new(Kind::Failed, message)
                .hint("run `git fetch --unshallow`, or name the repository in onward.toml")
        })
    }

    /// Finds the repository among those of a hub: by a name of its own, else by the remote if that
    /// is one's alone.
    pub(crate) fn find<'a>(
        &self,
        known: &'a [hub::Repository],
    ) -> Result<Option<&'a hub::Repository>, CommandError> {
        let named = |name: &RepositoryId| known.iter().find(|repository| repository.id == *name);
        if let Some(found) = self.names.iter().find_map(named) {
            return Ok(Some(found));
        }
        let Some(remote) = self.remote()? else {
            return Ok(None);
        };
        let mut same = known
            .iter()
            .filter(|repository| repository.remote.as_ref() == Some(&remote));
        Ok(same.next().filter(|_| same.next().is_none()))
    }

    /// Returns the remote, without user and password.
    pub(crate) fn remote(&self) -> Result<Option<String>, CommandError> {
        self.git.remote_url().map_err(told)
    }

    /// Returns the short name to take where none is given: the remote's, else the folder's.
    pub(crate) fn default_slug(&self, remote: Option<&str>) -> Option<String> {
        let remote = remote.map(|remote| {
            let name = remote.trim_end_matches('/').rsplit(['/', ':']).next();
            let name = name.unwrap_or_default();
            name.strip_suffix(".git").unwrap_or(name)
        });
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let tidy = |name: &str| -> String {
            let kept = name.chars().map(|c| if fits(c) { c } else { '-' });
            let kept: String = kept.collect();
            kept.trim_matches(['-', '.']).to_owned()
        };
        let names = remote.into_iter().chain(self.git.root().file_name());
        names.map(tidy).find(|name| !name.is_empty())
    }
}

/// Finds the work tree's git, without a look at its history.
pub(crate) fn discover(directory: &Utf8Path) -> Result<Repository, CommandError> {
    Repository::discover(&Git::new(), directory)
        .map_err(told)?
        .ok_or_else(|| {
            let place = directory
                .canonicalize_utf8()
                .unwrap_or_else(|_| Utf8PathBuf::from(directory));
            CommandError::new(Kind::Failed, format!("{place} is in no git work tree"))
                .hint("name a directory of one with -C")
        })
}

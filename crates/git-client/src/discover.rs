//! Finding the work tree a directory lies in.

use camino::{Utf8Path, Utf8PathBuf};

use crate::command::{Call, Finished};
use crate::error::Error;
use crate::git::Git;

/// A work tree and the repository behind it.
///
/// A linked worktree or a submodule is a work tree of its own; its [`common_dir`](Self::common_dir)
/// says which repository it shares.
#[derive(Clone, Debug)]
pub struct Repository {
    git: Git,
    root: Utf8PathBuf,
    prefix: Utf8PathBuf,
    git_dir: Utf8PathBuf,
    common_dir: Utf8PathBuf,
    shallow: bool,
}

impl Repository {
    /// Finds the work tree that holds `directory`; nothing when it lies in none, or in a bare
    /// repository.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] without a git, which a caller may treat as "no work tree";
    /// [`Error::NotTrusted`] when git refuses another user's repository.
    pub fn discover(git: &Git, directory: &Utf8Path) -> Result<Option<Self>, Error> {
        let finished = Call::new(git, directory, "find the work tree")
            .args(["rev-parse", "--path-format=absolute"])
            .args(["--is-inside-work-tree", "--show-prefix", "--show-toplevel"])
            .args(["--git-dir", "--git-common-dir", "--is-shallow-repository"])
            .run()?;
        if finished.code != Some(0) {
            return no_work_tree(git, directory, finished);
        }
        let Ok(answer) = std::str::from_utf8(&finished.stdout) else {
            return Err(finished.unexpected("a path is not UTF-8"));
        };
        let lines: Vec<&str> = answer.lines().collect();
        match lines[..] {
            // A git that does not know the option repeats it.
            ["--path-format=absolute", ..] => Err(Error::TooOld),
            [_, prefix, root, git_dir, common_dir, shallow] => Ok(Some(Self {
                git: git.clone(),
                root: Utf8PathBuf::from(root),
                prefix: Utf8PathBuf::from(prefix.trim_end_matches('/')),
                git_dir: Utf8PathBuf::from(git_dir),
                common_dir: Utf8PathBuf::from(common_dir),
                shallow: shallow == "true",
            })),
            _ => Err(finished.unexpected("a path holds a line break")),
        }
    }

    /// Whether the history was cut off when the repository was cloned.
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// The top folder of the work tree, absolute and without symbolic links.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The directory that was asked about, relative to the root; empty for the root itself.
    pub fn prefix(&self) -> &Utf8Path {
        &self.prefix
    }

    /// Where git keeps what belongs to this work tree alone.
    pub fn git_dir(&self) -> &Utf8Path {
        &self.git_dir
    }

    /// Where git keeps what all work trees of the repository share.
    pub fn common_dir(&self) -> &Utf8Path {
        &self.common_dir
    }

    /// Where git looks for hooks: `core.hooksPath` as git reads it, else `hooks` in the
    /// [`common_dir`](Self::common_dir). The folder need not exist.
    pub fn hooks_dir(&self) -> Result<Utf8PathBuf, Error> {
        let finished = self
            .call("find the hooks")
            .for_the_user(self.git.limit())
            .args(["rev-parse", "--path-format=absolute", "--git-path", "hooks"])
            .run()?;
        let unexpected = finished.unexpected("a path is not UTF-8 or not one line");
        let answer = String::from_utf8(finished.success()?).ok();
        let line = answer
            .as_deref()
            .and_then(|answer| answer.strip_suffix('\n'));
        match line {
            Some(path) if !path.contains('\n') => Ok(Utf8PathBuf::from(path)),
            _ => Err(unexpected),
        }
    }

    /// Describes a run of git at the root; `action` completes the sentence "could not …".
    pub(crate) fn call(&self, action: &'static str) -> Call<'_> {
        Call::new(&self.git, &self.root, action)
    }

    pub(crate) fn git(&self) -> &Git {
        &self.git
    }
}

/// Tells "no work tree here" from what needs somebody's attention.
fn no_work_tree(
    git: &Git,
    directory: &Utf8Path,
    finished: Finished,
) -> Result<Option<Repository>, Error> {
    let said = String::from_utf8_lossy(&finished.stderr);
    // Where there is a `.git` that leads nowhere, git names it instead of the parent directories.
    let outside = said.contains("not a git repository (or any");
    let bare = said.contains("cannot use bare repository"); // safe.bareRepository = explicit
    // In a bare repository and inside `.git` the first question was answered before the failure.
    if outside || bare || finished.stdout.starts_with(b"false\n") {
        return Ok(None);
    }
    if said.contains("detected dubious ownership") || said.contains("unsafe repository") {
        let proposed = said
            .lines()
            .find_map(|line| line.split_once("--add safe.directory "));
        return Err(Error::NotTrusted {
            directory: directory.to_owned(),
            repository: proposed.map_or_else(
                || directory.to_string(),
                |(_, repository)| repository.trim().to_owned(),
            ),
        });
    }
    // The stand-in that macOS ships until the developer tools are installed.
    if said.starts_with("xcrun: error:") || said.starts_with("xcode-select:") {
        return Err(Error::NotInstalled {
            program: git.program().to_string_lossy().into_owned(),
        });
    }
    Err(finished.failure())
}

#[cfg(test)]
mod tests;

//! A project to spoil.

use camino::{Utf8Path, Utf8PathBuf};
use openspec_model::{ActiveChange, ArtifactStatus, Change, Error, ListOrder, OpenSpec, Project};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use sync_core::ids::ChangeName;
use tempfile::TempDir;

/// A project with one sound change, `good`, beside whatever a test adds.
pub(crate) struct Tree {
    _folder: TempDir,
    pub(crate) root: Utf8PathBuf,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let tree = Self::bare();
        tree.write("openspec/changes/good/tasks.md", "- [x] a\n- [ ] b\n");
        tree
    }

    /// Nothing but a folder.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        Self {
            root: root.join("project"),
            _folder: folder,
        }
    }

    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::File::create(self.path(name))
            .unwrap()
            .write_all(text.as_ref())
            .unwrap();
    }

    pub(crate) fn link(&self, name: &str, target: impl AsRef<Utf8Path>) {
        symlink(target.as_ref(), self.path(name)).unwrap();
    }

    pub(crate) fn project(&self) -> OpenSpec {
        OpenSpec::at(&self.root)
    }

    pub(crate) fn read(&self) -> Project {
        self.project().read_project().unwrap()
    }

    pub(crate) fn change(&self, name: &str) -> Change {
        self.project().read_change(&ChangeName::new(name)).unwrap()
    }

    /// How far the artifacts of a change are.
    pub(crate) fn states(&self, name: &str) -> Vec<ArtifactStatus> {
        let status = self.project().status(name).unwrap();
        let artifacts = status.artifacts.into_iter();
        artifacts.map(|artifact| artifact.status).collect()
    }

    /// What `read_project` warns of, each with its remedy.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let warnings = self.read().warnings;
        let told = warnings
            .iter()
            .map(|warning| format!("{warning}; {}", warning.remedy()));
        told.map(|text| text.replace(self.root.as_str(), "."))
            .collect()
    }

    /// Why `bad` cannot be read. Whatever ails it, `good` is read, and the fault can be acted on.
    pub(crate) fn fault(&self) -> Error {
        let project = self.read();
        let sound = project.changes.iter().any(|change| {
            matches!(change, ActiveChange::Readable(change)
                if change.name.as_str() == "good" && change.task_count() == 2)
        });
        assert!(sound, "one bad change hides another");
        let list = self.project().list(ListOrder::Name).unwrap();
        let good = list
            .changes
            .iter()
            .find(|change| change.name == "good")
            .unwrap();
        assert_eq!((good.completed_tasks, good.total_tasks), (1, 2));
        let reason = project
            .changes
            .into_iter()
            .find_map(|change| match change {
                ActiveChange::Unreadable(change) => Some(change.reason),
                ActiveChange::Readable(_) => None,
            })
            .expect("the bad change is there and unreadable");
        let remedy = reason.remedy();
        assert!(
            remedy.starts_with(char::is_lowercase) && !remedy.ends_with('.'),
            "{remedy}"
        );
        reason
    }
}

pub(crate) fn names(project: &Project) -> Vec<&str> {
    project
        .changes
        .iter()
        .map(|change| change.name().as_str())
        .collect()
}

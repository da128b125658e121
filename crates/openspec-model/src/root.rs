//! Where a project is: its root, and the search for it upward.

use camino::{Utf8Path, Utf8PathBuf};

use crate::beneath::Place;
use crate::error::Error;
use crate::metadata::Store;
use crate::report::{Diagnostic, Severity};
use crate::workspace::{Workspace, read_config};

/// An OpenSpec project: the folder that holds `openspec/`, and where the user keeps schemas.
///
/// Nothing is read until it is asked for, and every question looks afresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSpec {
    root: Utf8PathBuf,
    user_schemas: Option<Utf8PathBuf>,
}

impl OpenSpec {
    /// Takes the project at `root`, without looking.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self {
            root: root.into(),
            user_schemas: None,
        }
    }

    /// Finds the nearest folder from `start` upward whose `openspec/` holds `specs/`, `changes/` or
    /// a configuration. `None` when there is none up to the root of the file system.
    ///
    /// # Errors
    ///
    /// `InStore` and `BadStorePointer` when that folder keeps its changes in a store; `Io` when
    /// `start` cannot be looked at.
    pub fn find(start: &Utf8Path) -> Result<Option<Self>, Error> {
        let start = start
            .canonicalize_utf8()
            .map_err(|error| Error::io(start, error))?;
        for folder in start.ancestors() {
            let openspec = folder.join("openspec");
            let holds_plans = ["specs", "changes"]
                .iter()
                .any(|name| is_planning(&openspec.join(name)));
            let config = ["config.yaml", "config.yml"]
                .map(|name| openspec.join(name))
                .into_iter()
                .find(|path| path.exists());
            match config {
                _ if holds_plans => return Ok(Some(Self::at(folder))),
                Some(config) => {
                    refuse_store(folder, config)?;
                    return Ok(Some(Self::at(folder)));
                }
                None => {}
            }
        }
        Ok(None)
    }

    /// Names the user's own folder of schemas: `$XDG_DATA_HOME/openspec/schemas`, or
    /// `~/.local/share/openspec/schemas`. Without this call only the project's are known.
    pub fn with_user_schemas(mut self, folder: impl Into<Utf8PathBuf>) -> Self {
        self.user_schemas = Some(folder.into());
        self
    }

    /// The folder that holds `openspec/`.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    pub(crate) fn user_schemas(&self) -> Option<&Utf8PathBuf> {
        self.user_schemas.as_ref()
    }

    /// What is wrong with the project's configuration, which is otherwise taken for absent. The CLI
    /// says so on standard error.
    ///
    /// # Errors
    ///
    /// When there is no `openspec/` to look in.
    pub fn config_warning(&self) -> Result<Option<Diagnostic>, Error> {
        let warning = Workspace::open(self)?.config_warning;
        Ok(warning.map(|warning| Diagnostic {
            severity: Severity::Warning,
            code: "invalid_config",
            message: warning.to_string(),
            fix: Some(warning.remedy().to_owned()),
        }))
    }
}

/// A folder that is no store by that name, such as `~/openspec/changes` (OpenSpec sheet §5).
fn is_planning(path: &Utf8Path) -> bool {
    path.is_dir() && !path.join(".openspec-store/store.yaml").exists()
}

fn refuse_store(folder: &Utf8Path, config: Utf8PathBuf) -> Result<(), Error> {
    let openspec = Place::open(folder)?.subfolder("openspec")?;
    let read = openspec.map(|openspec| read_config(&openspec)).transpose();
    match read.map(|found| found.flatten().map(|(_, config)| config.store)) {
        Ok(None | Some(Store::Here)) => Ok(()),
        Ok(Some(Store::Elsewhere(store))) => Err(Error::InStore { config, store }),
        Ok(Some(Store::Unclear)) | Err(_) => Err(Error::BadStorePointer { config }),
    }
}

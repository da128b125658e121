//! An OpenSpec folder opened for one look at it: its changes, its schemas, its configuration.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use camino::Utf8PathBuf;

use crate::artifacts::Survey;
use crate::beneath::{FileRef, Found, Place};
use crate::catalogue::{Catalogue, DEFAULT_SCHEMA};
use crate::error::Error;
use crate::folder::{Entry, FileKind};
use crate::metadata::{Config, METADATA_FILE, Metadata};
use crate::name::NameRule;
use crate::nested::nested_changes;
use crate::outputs::outputs;
use crate::root::OpenSpec;
use crate::schema::Schema;
use crate::warning::Warning;
use crate::yaml::YAML_LIMIT;

/// The folder directly under `changes/` that is no change.
pub(crate) const ARCHIVE: &str = "archive";

/// Everything that is read once for all changes.
pub(crate) struct Workspace {
    pub(crate) openspec: Place,
    catalogue: Catalogue,
    config: Config,
    /// What is wrong with the configuration.
    pub(crate) config_warning: Option<Warning>,
    /// Metadata by its text: most changes of a project say the same.
    metadata: RefCell<HashMap<Vec<u8>, Metadata>>,
}

/// One change, opened.
pub(crate) struct OpenChange {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// What a change is read by.
pub(crate) struct Rules {
    pub(crate) schema_name: String,
    pub(crate) schema: Rc<Schema>,
    pub(crate) skip_specs: bool,
}

impl Workspace {
    /// Opens the `openspec` folder of a project. A broken configuration is as none,
    /// with a warning.
    pub(crate) fn open(project: &OpenSpec) -> Result<Self, Error> {
        let no_openspec = || Error::NoOpenSpec {
            root: project.root().to_owned(),
        };
        if !project.root().exists() {
            return Err(no_openspec());
        }
        let root = Place::open(project.root())?;
        let openspec = root.subfolder("openspec")?.ok_or_else(no_openspec)?;
        let catalogue = Catalogue::new(&openspec, project.user_schemas());
        let (config, config_warning) = match read_config(&openspec) {
            Ok(Some((path, config))) => {
                let warning = config.odd_schema.then(|| Warning::odd_schema(&path));
                (config, warning)
            }
            Ok(None) => (Config::default(), None),
            Err(fault) => (Config::default(), Some(Warning::from(&fault))),
        };
        Ok(Self {
            openspec,
            catalogue,
            config,
            config_warning,
            metadata: RefCell::default(),
        })
    }

    /// The folder of active changes, if there is one.
    pub(crate) fn changes(&self) -> Result<Option<Place>, Error> {
        self.openspec.subfolder("changes")
    }

    /// As [`Workspace::changes`], where it has to be there.
    pub(crate) fn changes_or_missing(&self) -> Result<Place, Error> {
        let missing = || Error::Missing {
            path: self.openspec.path().join("changes"),
        };
        self.changes()?.ok_or_else(missing)
    }

    /// Opens the change called `name`, as `status --change` does: a link to a folder will do.
    pub(crate) fn open_named(&self, name: &str) -> Result<OpenChange, Error> {
        if let Some(rule) = NameRule::broken_by(name) {
            return Err(Error::Name {
                name: name.to_owned(),
                rule,
            });
        }
        let changes = self.changes()?;
        if let Some(changes) = &changes
            && let Found::Folder(place) = changes.follow(name)?
        {
            let place = Place::boundary(Rc::clone(place.folder()));
            return Ok(OpenChange {
                name: name.to_owned(),
                place,
            });
        }
        let available = changes.iter().flat_map(change_entries);
        let available = available.filter(|entry| !entry.is_hidden());
        Err(Error::UnknownChange {
            name: name.to_owned(),
            available: available.map(|entry| entry.shown().into_owned()).collect(),
        })
    }

    /// The changes that `change` wraps instead of being one.
    pub(crate) fn nested(&self, change: &OpenChange) -> Vec<String> {
        nested_changes(
            &change.place,
            &change.name,
            &self.catalogue,
            self.default_schema(),
        )
    }

    /// As [`Workspace::nested`], as an error.
    pub(crate) fn refuse_nested(&self, change: &OpenChange) -> Result<(), Error> {
        let nested = self.nested(change);
        if nested.is_empty() {
            return Ok(());
        }
        Err(Error::Nested {
            name: change.name.clone(),
            nested,
        })
    }

    fn default_schema(&self) -> &str {
        self.config.schema.as_deref().unwrap_or(DEFAULT_SCHEMA)
    }

    /// Reads a change's metadata and the schema it asks for, or else the project does.
    pub(crate) fn rules(&self, change: &OpenChange) -> Result<Rules, Error> {
        let Some(metadata) = self.metadata(&change.place)? else {
            let schema_name = self.default_schema().to_owned();
            let schema = self.catalogue.schema(&schema_name)?;
            return Ok(Rules {
                schema_name,
                schema,
                skip_specs: false,
            });
        };
        let schema = self.catalogue.exact(&metadata.schema)?;
        Ok(Rules {
            schema_name: metadata.schema,
            schema,
            skip_specs: metadata.skip_specs,
        })
    }

    fn metadata(&self, change: &Place) -> Result<Option<Metadata>, Error> {
        let Some(file) = regular_file(change, METADATA_FILE)? else {
            return Ok(None);
        };
        let content = file.read(YAML_LIMIT)?;
        if let Some(known) = self.metadata.borrow().get(&content) {
            return Ok(Some(known.clone()));
        }
        let read = Metadata::parse(&content).map_err(|source| {
            let path = file.path();
            if source.is_syntax() {
                Error::MetadataSyntax { path, source }
            } else {
                Error::Metadata { path, source }
            }
        })?;
        self.metadata.borrow_mut().insert(content, read.clone());
        Ok(Some(read))
    }
}

/// The changes of the folder `changes` in byte order: every folder but the archive. Hidden ones
/// are among them.
pub(crate) fn change_entries(changes: &Place) -> impl Iterator<Item = &Entry> {
    let entries = changes.folder().entries().iter();
    entries.filter(|entry| entry.kind == FileKind::Folder && entry.name != ARCHIVE)
}

/// Opens the change of an entry. It becomes a boundary: its links may not leave it.
pub(crate) fn open_entry(changes: &Place, entry: &Entry) -> Result<OpenChange, Error> {
    let folder = changes.folder().enter(&entry.name)?;
    let place = Place::boundary(Rc::new(folder));
    Ok(OpenChange {
        name: entry.shown().into_owned(),
        place,
    })
}

/// The files `list` counts tasks in: those of the tracked artifact, or else `tasks.md`.
///
/// # Errors
///
/// As [`outputs`], and `NotAFile` for anything called `tasks.md` that is none.
pub(crate) fn task_files(
    change: &OpenChange,
    rules: Option<&Rules>,
    survey: Option<&Survey<'_>>,
) -> Result<Vec<FileRef>, Error> {
    let tracked = rules.and_then(|rules| rules.schema.tracked());
    let files = match (tracked, survey) {
        (Some(artifact), Some(survey)) => survey.files_of(&artifact.id).to_vec(),
        (Some(artifact), None) => outputs(&change.place, &artifact.generates.pattern)?,
        (None, _) => Vec::new(),
    };
    if !files.is_empty() {
        return Ok(files);
    }
    regular_file(&change.place, "tasks.md").map(|file| file.into_iter().collect())
}

/// The file `name` of a folder, if there is anything of that name.
///
/// # Errors
///
/// As [`Place::follow_whole`], and `NotAFile`.
fn regular_file(place: &Place, name: &str) -> Result<Option<FileRef>, Error> {
    let not_a_file = |found| Error::NotAFile {
        path: place.path().join(name),
        found,
    };
    match place.follow_whole(name)? {
        Found::File(file) => Ok(Some(file)),
        Found::Missing | Found::Dangling => Ok(None),
        Found::Folder(_) => Err(not_a_file(FileKind::Folder)),
        Found::Other(found) => Err(not_a_file(found)),
    }
}

/// Reads `config.yaml`, or `config.yml` where there is no such file; tells which.
pub(crate) fn read_config(openspec: &Place) -> Result<Option<(Utf8PathBuf, Config)>, Error> {
    let first = regular_file(openspec, "config.yaml").transpose();
    let Some(file) = first.or_else(|| regular_file(openspec, "config.yml").transpose()) else {
        return Ok(None);
    };
    let file = file?;
    let content = file.read(YAML_LIMIT)?;
    let path = file.path();
    match Config::parse(&content) {
        Ok(config) => Ok(Some((path, config))),
        Err(source) => Err(Error::Config { path, source }),
    }
}

//! Schemas by name: the project's own, the user's, the one that ships (OpenSpec sheet §1).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use camino::Utf8PathBuf;

use crate::beneath::{Found, Place};
use crate::error::Error;
use crate::folder::FileKind;
use crate::schema::Schema;
use crate::text::utf16_order;
use crate::yaml::YAML_LIMIT;

/// The schema of a change that names none, in a project that names none.
pub(crate) const DEFAULT_SCHEMA: &str = "spec-driven";

const SCHEMA_FILE: &str = "schema.yaml";

/// The schemas of one project, each read once.
pub(crate) struct Catalogue {
    /// `openspec/schemas`, then the user's folder; those of them that exist.
    places: Vec<Place>,
    /// What was read, by normalised name; a fault is found again each time it is asked for.
    read: RefCell<HashMap<String, Rc<Schema>>>,
}

impl Catalogue {
    /// Takes the project's `openspec` folder and the user's folder of schemas.
    pub(crate) fn new(openspec: &Place, user: Option<&Utf8PathBuf>) -> Self {
        let own = openspec.subfolder("schemas").ok().flatten();
        let users = user.and_then(|path| Place::open(path).ok());
        Self {
            places: own.into_iter().chain(users).collect(),
            read: RefCell::default(),
        }
    }

    /// Reads the schema a change or a configuration names.
    ///
    /// # Errors
    ///
    /// `UnknownSchema`, `Schema`, and whatever keeps its file from being read.
    pub(crate) fn schema(&self, name: &str) -> Result<Rc<Schema>, Error> {
        let plain = name
            .strip_suffix(".yaml")
            .or(name.strip_suffix(".yml"))
            .unwrap_or(name);
        if let Some(schema) = self.read.borrow().get(plain) {
            return Ok(Rc::clone(schema));
        }
        let schema = Rc::new(self.load(plain)?);
        self.read
            .borrow_mut()
            .insert(plain.to_owned(), Rc::clone(&schema));
        Ok(schema)
    }

    /// As [`Catalogue::schema`], for `.openspec.yaml`, where only an exact folder name will do.
    pub(crate) fn exact(&self, name: &str) -> Result<Rc<Schema>, Error> {
        if name == DEFAULT_SCHEMA || self.places.iter().any(|place| is_schema(place, name)) {
            self.schema(name)
        } else {
            Err(self.unknown(name, true))
        }
    }

    fn load(&self, name: &str) -> Result<Schema, Error> {
        let could_be_a_folder =
            !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
        for place in self.places.iter().filter(|_| could_be_a_folder) {
            let Ok(Some(folder)) = place.subfolder(name) else {
                continue;
            };
            let Ok(Found::File(file)) = folder.follow(SCHEMA_FILE) else {
                continue;
            };
            let path = file.path();
            let content = file.read(YAML_LIMIT + 1)?;
            return Schema::parse(&content).map_err(|source| Error::Schema { path, source });
        }
        if name == DEFAULT_SCHEMA {
            Ok(Schema::spec_driven())
        } else {
            Err(self.unknown(name, false))
        }
    }

    fn unknown(&self, name: &str, by_change: bool) -> Error {
        let mut available = vec![DEFAULT_SCHEMA.to_owned()];
        for place in &self.places {
            for entry in place.folder().entries() {
                if matches!(entry.kind, FileKind::Folder | FileKind::Link)
                    && is_schema(place, &entry.shown())
                {
                    available.push(entry.shown().into_owned());
                }
            }
        }
        available.sort_by(|a, b| utf16_order(a, b));
        available.dedup();
        Error::UnknownSchema {
            name: name.to_owned(),
            available,
            by_change,
        }
    }
}

/// A folder that holds a schema and is no left-over of `openspec schema`.
fn is_schema(place: &Place, name: &str) -> bool {
    let left_over = [".fork-staging-", ".init-staging-"]
        .iter()
        .any(|start| name.starts_with(start))
        || [".fork-backup-", ".init-backup-"]
            .iter()
            .any(|part| name.contains(part));
    !left_over
        && !name.contains('/')
        && matches!(place.subfolder(name), Ok(Some(folder))
            if matches!(folder.follow(SCHEMA_FILE), Ok(Found::File(_) | Found::Folder(_))))
}

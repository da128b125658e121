//! What can go wrong, each with the place and what to do about it.

use std::io;

use camino::Utf8PathBuf;

use crate::folder::FileKind;
use crate::name::NameRule;
use crate::nested::{flat_name, nested_text};
use crate::report::{Diagnostic, Severity};
use crate::schema::SchemaFault;
use crate::yaml::YamlFault;

/// Why an OpenSpec folder, or one change of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no `openspec/` folder at the place named.
    #[error("no openspec/ folder in {root}")]
    NoOpenSpec {
        /// Where it was looked for.
        root: Utf8PathBuf,
    },
    /// The configuration says that the changes are kept in a store, which is not read from here.
    #[error("{config} keeps its changes in the store `{store}`")]
    InStore {
        /// The configuration file.
        config: Utf8PathBuf,
        /// The store's id.
        store: String,
    },
    /// The configuration's `store` key cannot be understood.
    #[error("the store named in {config} cannot be read")]
    BadStorePointer {
        /// The configuration file.
        config: Utf8PathBuf,
    },
    /// The project's configuration cannot be read; it is then taken for absent.
    #[error("{path} is not a valid configuration")]
    Config {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        #[source]
        source: YamlFault,
    },
    /// Something that has to be there is not.
    #[error("{path} is missing")]
    Missing {
        /// Where it should be.
        path: Utf8PathBuf,
    },
    /// The operating system refused to list or read.
    #[error("cannot read {path}")]
    Io {
        /// What was to be read.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A path or a folder's name is not UTF-8; shown with replacement characters.
    #[error("the name of {path} is not UTF-8")]
    NotUtf8 {
        /// The path as far as it can be shown.
        path: Utf8PathBuf,
    },
    /// A link leads out of the folder that holds it.
    #[error("{path} leads out of {boundary}")]
    Outside {
        /// The link, or the path that goes through it.
        path: Utf8PathBuf,
        /// What it must stay in.
        boundary: Utf8PathBuf,
    },
    /// A link leads nowhere.
    #[error("{path} is a link to nothing")]
    Dangling {
        /// The link, or the path that goes through it.
        path: Utf8PathBuf,
    },
    /// Links lead in a circle.
    #[error("{path} is a link that leads in a circle")]
    LinkLoop {
        /// The link, or the path that goes through it.
        path: Utf8PathBuf,
    },
    /// A folder was expected.
    #[error("{path} is {found}, not a folder")]
    NotAFolder {
        /// What was to be listed.
        path: Utf8PathBuf,
        /// What it is.
        found: FileKind,
    },
    /// A regular file was expected.
    #[error("{path} is {found}, not a regular file")]
    NotAFile {
        /// What was to be read.
        path: Utf8PathBuf,
        /// What it is.
        found: FileKind,
    },
    /// A file is larger than is read.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        path: Utf8PathBuf,
        /// The most that is read of a file of its kind, in bytes.
        limit: u64,
    },
    /// A change has more tasks than a board can show.
    #[error("{count} tasks in {path}, more than {limit}")]
    TooManyTasks {
        /// The tasks file; the change's folder when there are several.
        path: Utf8PathBuf,
        /// How many there are.
        count: usize,
        /// The most there may be.
        limit: usize,
    },
    /// `.openspec.yaml` is no valid YAML.
    #[error("{path} is not valid YAML")]
    MetadataSyntax {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        #[source]
        source: YamlFault,
    },
    /// `.openspec.yaml` breaks a rule for its keys.
    #[error("{path} is not valid metadata")]
    Metadata {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        #[source]
        source: YamlFault,
    },
    /// No schema has the name a change asks for.
    #[error("unknown schema `{name}`")]
    UnknownSchema {
        /// The name asked for.
        name: String,
        /// The names there are, sorted.
        available: Vec<String>,
        /// Whether the change's own metadata asks for it, rather than the project's configuration.
        by_change: bool,
    },
    /// A schema file breaks a rule.
    #[error("{path} is not a valid schema")]
    Schema {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        #[source]
        source: SchemaFault,
    },
    /// A folder is no change itself and holds changes further down.
    #[error("{name} is a folder around changes, not a change")]
    Nested {
        /// The folder's name.
        name: String,
        /// The changes in it, as `folder/change`.
        nested: Vec<String>,
    },
    /// No change can have this name.
    #[error("`{name}` cannot name a change: {rule}")]
    Name {
        /// The name asked for.
        name: String,
        /// The rule it breaks.
        rule: NameRule,
    },
    /// A change is a link to a folder; the CLI's list leaves it out.
    #[error("{path} is a link, and a change is a folder")]
    LinkedChange {
        /// The link.
        path: Utf8PathBuf,
    },
    /// There is no change of this name.
    #[error("no change `{name}`")]
    UnknownChange {
        /// The name asked for.
        name: String,
        /// The changes there are, in the order of the folder.
        available: Vec<String>,
    },
}

impl Error {
    /// Wraps what the system said about `path`.
    pub(crate) fn io(path: impl Into<Utf8PathBuf>, source: impl Into<io::Error>) -> Self {
        Self::Io {
            path: path.into(),
            source: source.into(),
        }
    }

    /// What a person can do about it: lower-case, without a period.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoOpenSpec { .. } => "run it in a project with an openspec/ folder, or run \
                `openspec init` to make one"
                .into(),
            Self::InStore { store, .. } => {
                format!("run it in the folder of the store `{store}` itself")
            }
            Self::BadStorePointer { config } => {
                format!("make the store key in {config} one store id, or remove it")
            }
            Self::Missing { path } => {
                format!("restore {path}; if it really is empty now, make the folder")
            }
            Self::Io { path, source } => match source.kind() {
                io::ErrorKind::PermissionDenied => {
                    format!("give your user the right to read {path} and the folders above it")
                }
                io::ErrorKind::NotFound => {
                    format!("make sure that {path} is there, and run it again")
                }
                _ => format!("check {path} and the disk it is on"),
            },
            Self::NotUtf8 { .. } => "rename it to a name in UTF-8".into(),
            Self::Outside { path, boundary } => {
                format!("replace {path} by what it leads to; a link may not leave {boundary}")
            }
            Self::Dangling { path } | Self::LinkLoop { path } => {
                format!("remove the link {path}, or point it at a file")
            }
            Self::NotAFolder { path, .. } => format!("move {path} away and make a folder there"),
            Self::NotAFile { path, .. } => format!("replace {path} by a regular file"),
            Self::TooLarge { path, .. } => {
                format!("split {path}, or move what is no text out of it")
            }
            Self::TooManyTasks { .. } => "split the change".into(),
            Self::MetadataSyntax { path, .. } | Self::Metadata { path, .. } => {
                format!("correct {path}, or remove it to use the project's schema")
            }
            Self::UnknownSchema {
                available,
                by_change,
                ..
            } => {
                let place = if *by_change {
                    "the change's .openspec.yaml"
                } else {
                    "openspec/config.yaml"
                };
                let names = available.join(", ");
                format!("in {place}, name one of the schemas there are: {names}")
            }
            Self::Schema { path, .. } | Self::Config { path, .. } => format!("correct {path}"),
            Self::Nested { nested, .. } => {
                format!(
                    "move each change up to changes/, for example as `{}`",
                    flat_name(nested)
                )
            }
            Self::Name {
                rule: NameRule::Hidden,
                ..
            } => "rename the folder without the dot, or move it out of changes/".into(),
            Self::Name { .. } => {
                "give the name of a folder directly under openspec/changes/".into()
            }
            Self::LinkedChange { path } => format!("replace {path} by the folder it leads to"),
            Self::UnknownChange { available, .. } if available.is_empty() => {
                "there are no changes; `openspec new change <name>` makes one".into()
            }
            Self::UnknownChange { available, .. } => {
                format!(
                    "name one of the changes there are: {}",
                    available.join(", ")
                )
            }
        }
    }

    /// The diagnostic the CLI prints under `--json`, word for word where the CLI has one for this.
    pub fn diagnostic(&self, code: &'static str) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: self.official_text().unwrap_or_else(|| self.with_causes()),
            fix: self.official_text().is_none().then(|| self.remedy()),
        }
    }

    /// This error and its causes in one line.
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    fn official_text(&self) -> Option<String> {
        match self {
            Self::UnknownSchema {
                name,
                available,
                by_change,
            } => {
                let names = available.join(", ");
                Some(if *by_change {
                    format!("Unknown schema '{name}'. Available: {names}")
                } else {
                    format!("Schema '{name}' not found. Available schemas: {names}")
                })
            }
            Self::Name { name, rule } => Some(format!(
                "Invalid change name '{name}': {}",
                rule.official_text()
            )),
            Self::UnknownChange { name, available } if available.is_empty() => Some(format!(
                "Change '{name}' not found. No changes exist. Create one with: openspec new change <name>"
            )),
            Self::UnknownChange { name, available } => Some(format!(
                "Change '{name}' not found. Available changes:\n  {}",
                available.join("\n  ")
            )),
            Self::Nested { name, nested } => Some(nested_text(name, nested)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an unreadable file asks of a person depends on what the system said.
    #[test]
    fn each_refusal_of_the_system_has_its_remedy() {
        for (kind, remedy) in [
            (
                io::ErrorKind::PermissionDenied,
                "give your user the right to read a/tasks.md and the folders above it",
            ),
            (
                io::ErrorKind::NotFound,
                "make sure that a/tasks.md is there, and run it again",
            ),
            (
                io::ErrorKind::InvalidData,
                "check a/tasks.md and the disk it is on",
            ),
        ] {
            assert_eq!(Error::io("a/tasks.md", kind).remedy(), remedy);
        }
    }
}

//! Main specs: which there are and how many requirements each has.

use crate::beneath::{FileRef, Found, Place};
use crate::collation::by_name;
use crate::error::Error;
use crate::folder::{FileKind, MARKDOWN_LIMIT};
use crate::markdown::{Document, levelled};

/// The specs of a project.
#[derive(Debug, Default)]
pub struct SpecList {
    /// In the order of `list --specs`: by id, as people sort.
    pub specs: Vec<SpecSummary>,
    /// What could not be looked at, and is not among `specs`. The CLI fails as a whole then.
    pub troubles: Vec<Error>,
}

/// One line of `list --specs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecSummary {
    /// The folder's path below `specs/`.
    pub id: String,
    /// Headings directly below "Requirements"; 0 for a spec without that section or without a
    /// Purpose, and for one that cannot be read.
    pub requirement_count: usize,
}

/// Lists `specs/`, where `openspec` is the folder of that name.
pub(crate) fn list_specs(openspec: &Place) -> Result<SpecList, Error> {
    let mut list = SpecList::default();
    if let Some(specs) = openspec.subfolder("specs")? {
        walk(&specs, &mut Vec::new(), &mut list);
    }
    list.specs.sort_by(|a, b| by_name(&a.id, &b.id));
    Ok(list)
}

fn walk(place: &Place, id: &mut Vec<String>, list: &mut SpecList) {
    for entry in place
        .folder()
        .entries()
        .iter()
        .filter(|entry| !entry.is_hidden())
    {
        if entry.kind == FileKind::Folder {
            id.push(entry.shown().into_owned());
            match place.enter(&entry.name) {
                Ok(inner) => walk(&inner, id, list),
                Err(trouble) => list.troubles.push(trouble),
            }
            id.pop();
        } else if entry.name == "spec.md" && !id.is_empty() {
            match place.follow("spec.md") {
                Ok(Found::File(file)) => list.specs.push(SpecSummary {
                    id: id.join("/"),
                    requirement_count: requirements_in(&file),
                }),
                Ok(_) => {}
                Err(trouble) => list.troubles.push(trouble),
            }
        }
    }
}

fn requirements_in(file: &FileRef) -> usize {
    file.read(MARKDOWN_LIMIT)
        .map_or(0, |content| requirement_count(&content))
}

/// Counts the requirements of a spec (OpenSpec sheet §3).
fn requirement_count(content: &[u8]) -> usize {
    let text = levelled(content);
    let document = Document::new(&text);
    let has_purpose = document.section("Purpose").is_some_and(|purpose| {
        document
            .body(&purpose)
            .iter()
            .any(|line| !crate::text::trim(line).is_empty())
    });
    match document.section("Requirements") {
        Some(section) if has_purpose => document.children(&section),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::requirement_count;

    #[test]
    fn counting() {
        let spec = |purpose: &str, rest: &str| format!("# x\n## Purpose\n{purpose}\n{rest}");
        let two = "## REQUIREMENTS\n### Requirement: a\n#### s\n### anything\n~~~\n### no\n~~~\n";
        assert_eq!(requirement_count(spec("p", two).as_bytes()), 2);
        assert_eq!(requirement_count(spec(" ", two).as_bytes()), 0);
        assert_eq!(
            requirement_count(spec("### only a heading", two).as_bytes()),
            2
        );
        assert_eq!(requirement_count(two.as_bytes()), 0);
        assert_eq!(requirement_count(spec("p", "").as_bytes()), 0);
        assert_eq!(
            requirement_count(spec("p", "## Requirements\n").as_bytes()),
            0
        );
        let deep = "#### Requirements\n##### a\n### b\n";
        assert_eq!(requirement_count(spec("p", deep).as_bytes()), 1);
    }
}

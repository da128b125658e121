//! Folders that only wrap changes, as `changes/mobile/refresh-token/` (OpenSpec sheet §1).

use crate::beneath::{Found, Place};
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::folder::FileKind;
use crate::metadata::METADATA_FILE;
use crate::outputs::{has_any_spec, outputs};
use crate::text::utf16_order;

/// Files that only ever stand at the top of a change.
const MARKERS: [&str; 4] = [METADATA_FILE, "proposal.md", "tasks.md", "design.md"];

/// How far below a folder a change is looked for.
const DEEPEST: usize = 3;

/// The changes that `folder`, which stands directly under `changes/`, wraps: as `folder/change`,
/// by UTF-16 order. Empty for a change, however bare.
///
/// `schema` is the one of changes that name none. Only ever adds a hint, so whatever cannot be read
/// is passed over.
pub(crate) fn nested_changes(
    folder: &Place,
    name: &str,
    catalogue: &Catalogue,
    schema: &str,
) -> Vec<String> {
    let probe = Probe { catalogue, schema };
    let own_file = |place: &Place| {
        let mut entries = place.folder().entries().iter();
        entries.any(|entry| !entry.is_hidden() && entry.kind != FileKind::Folder)
    };
    if name.starts_with('.') || probe.looks_like_change(folder) || own_file(folder) {
        return Vec::new();
    }
    let mut found = Vec::new();
    probe.collect(folder, name, 1, &mut found);
    found.sort_by(|a, b| utf16_order(a, b));
    found
}

struct Probe<'a> {
    catalogue: &'a Catalogue,
    schema: &'a str,
}

impl Probe<'_> {
    fn looks_like_change(&self, place: &Place) -> bool {
        MARKERS.iter().any(|marker| {
            matches!(
                place.follow(marker),
                Ok(Found::File(_)) | Err(Error::Outside { .. })
            )
        }) || has_any_spec(place)
            || self.has_output(place)
    }

    /// Whether a file is where the schema would have one. A change without a marker has no
    /// metadata of its own, unless something odd has that name; then there is no telling.
    fn has_output(&self, place: &Place) -> bool {
        let odd = !matches!(
            place.follow(METADATA_FILE),
            Ok(Found::Missing | Found::Dangling)
        );
        let Ok(schema) = self.catalogue.schema(self.schema) else {
            return false;
        };
        !odd && schema
            .artifacts
            .iter()
            .map(|artifact| outputs(place, &artifact.generates.pattern))
            .take_while(Result::is_ok)
            .any(|files| files.is_ok_and(|files| !files.is_empty()))
    }

    fn collect(&self, place: &Place, prefix: &str, depth: usize, found: &mut Vec<String>) {
        let folders = place.folder().entries().iter();
        for entry in folders.filter(|entry| entry.kind == FileKind::Folder && !entry.is_hidden()) {
            let Ok(inner) = place.enter(&entry.name) else {
                continue;
            };
            let id = format!("{prefix}/{}", entry.shown());
            if self.looks_like_change(&inner) {
                found.push(id);
            } else if depth < DEEPEST {
                self.collect(&inner, &id, depth + 1, found);
            }
        }
    }
}

/// What the CLI says of a folder that only wraps changes.
pub(crate) fn nested_text(name: &str, nested: &[String]) -> String {
    let places: Vec<String> = nested
        .iter()
        .map(|id| format!("openspec/changes/{id}/"))
        .collect();
    format!(
        "\"{name}\" is not a change: it is a folder wrapping {}. A change must be a directory \
         directly under openspec/changes/, so those nested directories are invisible to OpenSpec \
         while the folder around them is reported as a change. Nested paths are supported under \
         openspec/specs/ only. Rename each nested change to a flat name (for example \"{}\").",
        places.join(", "),
        flat_name(nested)
    )
}

/// A name the first of the nested changes could have.
pub(crate) fn flat_name(nested: &[String]) -> String {
    nested
        .first()
        .map_or_else(String::new, |id| id.replace('/', "-"))
}

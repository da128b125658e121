//! Which waiting event a new one takes the place of.

use alloc::string::String;
use alloc::vec::Vec;

/// The fields of an event, however it is kept.
pub trait EventFields {
    /// Returns the value at a path from the event's root as text; `None` where there is none, where
    /// it is empty, null, zero or false, or where it is a list or an object.
    fn text(&self, path: &[&str]) -> Option<String>;
}

/// The paths at which a part of the key is looked for, newest first.
type Places = &'static [&'static [&'static str]];

const PROJECT: Places = &[&["namespace", "project_uuid"], &["project_uuid"]];
const MISSION: Places = &[&["namespace", "mission_slug"], &["mission_slug"]];
const ARTIFACT: Places = &[
    &["artifact_id", "path"],
    &["relative_path"],
    &["artifact_key"],
];

/// Returns the text by which a later event of its type replaces it while it waits; `None` for types
/// that are never replaced (boundary sheet §3).
///
/// Each part is looked for in the event, then in its payload, then by its old names in the same two;
/// one that is nowhere is empty.
pub fn coalesce_key(event_type: &str, event: &dyn EventFields) -> Option<String> {
    let parts: &[Places] = match event_type {
        "MissionDossierArtifactIndexed" => &[PROJECT, MISSION, ARTIFACT],
        "MissionDossierSnapshotComputed" => &[PROJECT, MISSION],
        _ => return None,
    };
    let mut key = String::from(event_type);
    for places in parts {
        key.push('|');
        let in_event = |place: &&[&str]| {
            let in_payload: Vec<&str> = ["payload"].iter().chain(place.iter()).copied().collect();
            event.text(place).or_else(|| event.text(&in_payload))
        };
        key.push_str(&places.iter().find_map(in_event).unwrap_or_default());
    }
    Some(key)
}

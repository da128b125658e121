//! Commit ids that are safe to hand to git.

use sync_core::ids::CommitId;

use crate::error::Error;

/// Says whether the id is spelled as git spells a full one: 40 digits, or 64 with SHA-256.
///
/// Ids come from a marker on a board that anybody may have edited; a value such as `--output=x` or
/// a branch name must not reach git.
pub(crate) fn is_full(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Returns the id's text if it is spelled in full.
pub(crate) fn spelled(commit: &CommitId) -> Result<&str, Error> {
    if is_full(commit.as_str()) {
        Ok(commit.as_str())
    } else {
        Err(Error::Commit {
            commit: commit.clone(),
        })
    }
}

/// Reads an id that git printed, the line end included or not.
pub(crate) fn printed(line: &[u8]) -> Option<CommitId> {
    let id = std::str::from_utf8(line.trim_ascii_end()).ok()?;
    is_full(id).then(|| CommitId::new(id))
}

//! Ids that are drawn once and kept in the state directory.

use crate::error::{CommandError, Kind};
use camino::Utf8Path;
use std::io::{ErrorKind, Write};
use sync_core::ids::RepositoryId;
use sync_core::text::hex_digest;

/// Whether an id that is not there yet may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// It is drawn and kept.
    Keep,
    /// Nothing is written: it is drawn for this process alone.
    Read,
}

/// Returns 16 random hexadecimal digits.
pub(crate) fn random_hex() -> Result<String, CommandError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| {
        CommandError::new(
            Kind::Failed,
            format!("no random numbers to be had: {error}"),
        )
    })?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// Returns this machine's id, drawn when it is first asked for.
pub(crate) fn machine_id(state_dir: &Utf8Path, ids: Ids) -> Result<String, CommandError> {
    kept(state_dir, "machine-id", ids)
}

/// Returns the id of a folder that is no git repository.
pub(crate) fn repository_id_without_git(
    state_dir: &Utf8Path,
    root: &Utf8Path,
    ids: Ids,
) -> Result<RepositoryId, CommandError> {
    let folder = state_dir.join("folders");
    let id = kept(&folder, &hex_digest([root.as_str()], 16), ids)?;
    Ok(RepositoryId::new(format!("folder-{id}")))
}

/// Reads an id, or draws one; of two processes that draw at once, both return the same.
fn kept(folder: &Utf8Path, name: &str, ids: Ids) -> Result<String, CommandError> {
    let path = folder.join(name);
    let fail = |error| {
        CommandError::caused(Kind::Failed, format!("cannot keep an id in {path}"), error)
            .hint("check the folder's permissions, or set ONWARD_STATE_DIR")
    };
    for _ in 0..2 {
        match std::fs::read_to_string(&path) {
            Ok(id) if id.trim().len() == 16 => return Ok(id.trim().to_owned()),
            Ok(_) => {
                let message = format!("{path} does not hold an id");
                return Err(CommandError::new(Kind::Failed, message)
                    .hint("move it away; cards written by this machine may then be held once"));
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(fail(error)),
            Err(_) if ids == Ids::Read => return random_hex(),
            Err(_) => {}
        }
        std::fs::create_dir_all(folder).map_err(fail)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
        writeln!(file, "{}", random_hex()?).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        match file.persist_noclobber(&path) {
            Err(error) if error.error.kind() != ErrorKind::AlreadyExists => {
                return Err(fail(error.error));
            }
            _ => {}
        }
    }
    Err(CommandError::new(
        Kind::Failed,
        format!("cannot read the id in {path}"),
    ))
}

//! The owner record of a run of ours: who does it, kept in the run folder while it lasts.
//!
//! It has the form of the other program's daemon record, and lies elsewhere: nobody but Onward looks
//! for it.

use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::identity::random_hex;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use std::fs::{DirBuilder, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use store::queue::{OwnerFile, own_stamp};
use sync_core::identity::Program;
use sync_core::owner::{Claim, OwnerRecord, OwnerState, Token};

/// How the name of a record ends.
const SUFFIX: &str = ".owner.json";

/// A record of this process; removed when dropped.
#[derive(Debug)]
pub(crate) struct OwnRecord {
    file: OwnerFile,
    record: OwnerRecord,
}

/// What a run works on, for its record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorksOn<'a> {
    /// What the run is, which names the record.
    pub(crate) name: &'a str,
    /// The server it writes to.
    pub(crate) server: &'a str,
    /// Who is logged in there, as `user/team`.
    pub(crate) principal: Option<&'a str>,
    /// The file it takes rows from or locks.
    pub(crate) path: &'a str,
}

impl OwnRecord {
    /// Makes this process the owner of what it works on.
    ///
    /// # Errors
    ///
    /// Another run is the owner, or the record cannot be written.
    pub(crate) fn claim(
        environment: &Environment,
        program: &Program,
        works_on: WorksOn<'_>,
        now: Timestamp,
    ) -> Result<Self, CommandError> {
        let folder = folder(environment);
        make_folder(&folder)?;
        let file = OwnerFile::at(folder.join(format!("{}{SUFFIX}", works_on.name)));
        let record = OwnerRecord {
            pid: i64::from(program.pid),
            port: 0,
            token: Token::new(random_hex()?),
            package_version: program.package_version.clone(),
            executable_path: program.executable_path.clone(),
            source_checkout_path: program.source_path.clone(),
            server_url: works_on.server.to_owned(),
            auth_principal: works_on.principal.map(str::to_owned),
            auth_team: None,
            auth_scope: None,
            queue_db_path: works_on.path.to_owned(),
            started_at: now.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
            stamp: own_stamp(),
        };
        let claimed = file.claim(&record).map_err(|error| {
            CommandError::caused(Kind::Unable, "cannot keep the record of this run", error)
                .hint("check the folder's permissions, or set ONWARD_RUN_DIR")
        })?;
        let name = works_on.name;
        match claimed {
            Claim::Taken(other) | Claim::TakenByOlder(other) | Claim::TakenByNewer(other) => {
                let (pid, since) = (other.pid, &other.started_at);
                let message = format!("{name} is under way: process {pid} does it since {since}");
                Err(CommandError::new(Kind::Unable, message).hint("wait for it to end"))
            }
            Claim::Unclear { reason } => {
                let message = format!("nobody knows whether {name} is under way: {reason}");
                Err(CommandError::new(Kind::Unable, message)
                    .hint("`onward doctor` shows the records; move that file away if nothing runs"))
            }
            Claim::Create | Claim::Replace(..) | Claim::Own => Ok(Self { file, record }),
        }
    }
}

impl Drop for OwnRecord {
    fn drop(&mut self) {
        // What stays behind is an orphan, which the next run replaces.
        let _ = self.file.retire(&self.record);
    }
}

/// Lists the records of our runs in the run folder. Where somebody else made the folder there are none.
pub(crate) fn list(environment: &Environment) -> Vec<(Utf8PathBuf, OwnerState)> {
    let folder = folder(environment);
    if !std::fs::symlink_metadata(&folder).is_ok_and(|seen| is_own(&seen)) {
        return Vec::new();
    }
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let mut records: Vec<_> = entries
        .filter(|entry| entry.file_name().ends_with(SUFFIX))
        .map(|entry| {
            (
                entry.path().to_path_buf(),
                OwnerFile::at(entry.path()).state(),
            )
        })
        .collect();
    records.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    records
}

/// Returns the folder of our records: one for each user, as the run folder may be everybody's.
fn folder(environment: &Environment) -> Utf8PathBuf {
    let user = rustix::process::geteuid().as_raw();
    environment.run_dir().join(format!("onward-runs-{user}"))
}

/// Makes the folder, and refuses one that somebody else can write to.
fn make_folder(folder: &Utf8Path) -> Result<(), CommandError> {
    let made = DirBuilder::new().mode(0o700).create(folder);
    let seen = match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => std::fs::symlink_metadata(folder),
    };
    let hint = "set ONWARD_RUN_DIR to a folder of your own";
    let seen = seen.map_err(|error| {
        CommandError::caused(Kind::Unable, format!("cannot make {folder}"), error).hint(hint)
    })?;
    if is_own(&seen) {
        Ok(())
    } else {
        let message = format!("{folder} is not a folder that only you can write to");
        Err(CommandError::new(Kind::Unable, message).hint(hint))
    }
}

/// Says whether nobody else can put anything into what was seen.
fn is_own(seen: &Metadata) -> bool {
    let user = rustix::process::geteuid().as_raw();
    seen.is_dir() && seen.uid() == user && seen.mode() & 0o022 == 0
}

//! Opening a file of ours: made whole or not at all, looked at without a trace.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, OpenFlags};
use sync_core::text::percent_encode;

use crate::error::Error;
use crate::network::network_kind;
use crate::schema::Format;

/// Every statement of a board or a hub is kept prepared.
const STATEMENTS: usize = 64;

/// The length in bytes of a log's header. A writer that is killed right after it leaves a log without
/// a change, which a reader without an index of its own would read again for seconds, then give up.
const LOG_HEADER: u64 = 32;

/// Opens a file for writing, made before where there is none, and brought to the newest version.
pub(crate) fn for_writing(
    path: &Utf8Path,
    format: &Format,
    wait: Duration,
) -> Result<Connection, Error> {
    let folder = path.parent().unwrap_or(path);
    if found(path)?.is_none() {
        make_folder(folder)?;
        refuse_network(folder, path)?;
        make_file(folder, path, format)?;
    } else {
        refuse_network(folder, path)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, path, flags, wait)?;
    format.upgrade(&mut connection, path)?;
    configure(&connection, format).map_err(|source| Error::sqlite(path, source))?;
    Ok(connection)
}

/// Returns what is at the path: `None` for nothing, an error for what cannot be ours.
pub(crate) fn found(path: &Utf8Path) -> Result<Option<Metadata>, Error> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(Error::File {
                path: path.into(),
                source,
            });
        }
    };
    if !metadata.is_file() {
        return Err(Error::NotAFile { path: path.into() });
    }
    if metadata.len() == 0 {
        // To SQLite this is an empty database, which would be made ours without a word.
        return Err(Error::NotADatabase { path: path.into() });
    }
    Ok(Some(metadata))
}

fn make_folder(folder: &Utf8Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| Error::Folder {
            path: folder.into(),
            source,
        })
}

fn refuse_network(folder: &Utf8Path, path: &Utf8Path) -> Result<(), Error> {
    match network_kind(folder) {
        Ok(None) => Ok(()),
        Ok(Some(kind)) => Err(Error::NetworkFileSystem {
            path: path.into(),
            kind,
        }),
        Err(source) => Err(Error::File {
            path: path.into(),
            source,
        }),
    }
}

/// Makes a file beside its place and moves it there, so that no process ever sees half of one.
///
/// A process that is stopped in between leaves a draft, such as `.board-*`, that nothing reads.
fn make_file(folder: &Utf8Path, path: &Utf8Path, format: &Format) -> Result<(), Error> {
    let failed = |source| Error::File {
        path: path.into(),
        source,
    };
    // The handle is given up before SQLite opens the file: closing it later would drop SQLite's locks.
    let draft = tempfile::Builder::new()
        .prefix(format.draft)
        .tempfile_in(folder)
        .map_err(failed)?
        .into_temp_path();
    let draft_path =
        Utf8Path::from_path(&draft).ok_or_else(|| failed(ErrorKind::InvalidFilename.into()))?;
    let mut connection = connect(
        draft_path,
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE,
        Duration::ZERO,
    )?;
    // Its tables are in the file itself, not in a log beside it, before the file gets its log.
    format
        .create(&mut connection)
        .and_then(|()| configure(&connection, format))
        .map_err(|source| Error::sqlite(path, source))?;
    connection
        .close()
        .map_err(|(_, source)| Error::sqlite(path, source))?;
    match draft.persist_noclobber(path) {
        Ok(()) => sync_folder(folder).map_err(failed),
        // Another process was faster, with the same result.
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(failed(e.error)),
    }
}

/// Makes a new name last through a power cut.
fn sync_folder(folder: &Utf8Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn connect(
    address: impl AsRef<std::path::Path>,
    path: &Utf8Path,
    flags: OpenFlags,
    wait: Duration,
) -> Result<Connection, Error> {
    Connection::open_with_flags(address, flags)
        .and_then(|connection| {
            connection.busy_timeout(wait)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            Ok(connection)
        })
        .map_err(|source| Error::sqlite(path, source))
}

/// Readers do not wait for writers. What was answered outlives a kill; whether it also outlives a power
/// cut is the format's to say, and closing the file puts all of it on the disk.
fn configure(connection: &Connection, format: &Format) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", format.synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// Returns the path of a file SQLite keeps beside another.
fn beside(path: &Utf8Path, suffix: &str) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("{path}{suffix}"))
}

/// A file as it was when it was opened to look at it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Length, and the time of the last change in seconds and nanoseconds.
    file: (u64, i64, i64),
    /// The file has a log that must be read too.
    logged: bool,
}

impl Sight {
    /// Looks at a file; `None` when there is none.
    pub(crate) fn of(path: &Utf8Path) -> Result<Option<Self>, Error> {
        let Some(file) = found(path)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            file: (file.len(), file.mtime(), file.mtime_nsec()),
            logged: fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > LOG_HEADER),
        }))
    }

    /// Opens the file so that nothing is written or made, not even beside it.
    ///
    /// SQLite makes files beside one with a write-ahead log even to read it. Without a log the file
    /// is opened as one that never changes, which is checked afterwards by a second look; with a
    /// log, its index must be there too, and is not written.
    pub(crate) fn open(
        &self,
        path: &Utf8Path,
        format: &Format,
        wait: Duration,
    ) -> Result<Connection, Error> {
        if self.logged && !beside(path, "-shm").exists() {
            return Err(Error::LogWithoutIndex { path: path.into() });
        }
        let option = if self.logged {
            "readonly_shm=1"
        } else {
            "immutable=1"
        };
        let steps: Vec<_> = path.as_str().split('/').map(percent_encode).collect();
        let address = format!("file://{}?mode=ro&{option}", steps.join("/"));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = connect(address, path, flags, wait)?;
        format.check(&connection, path)?;
        Ok(connection)
    }
}

//! Files for tests, and the gate's leave.

use std::fs::{self, File};
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::gate::{FileState, Preflight, QueueFile, Verdict};
use sync_core::identity::{ForegroundIdentity, Login, Program, Scope};
use sync_core::owner::OwnerState;
use sync_core::queue::RowCounts;
use tempfile::TempDir;
use test_support::SpecKittyHome;

/// A folder that goes when the guard does.
pub(super) fn folder() -> (TempDir, Utf8PathBuf) {
    let guard = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(guard.path().canonicalize().unwrap()).unwrap();
    (guard, path)
}

/// Writes a file and the folders above it.
pub(super) fn put(path: &Utf8Path, content: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(content).unwrap();
}

/// The scope of the sample.
pub(super) fn scope() -> Scope {
    Scope::parse(SpecKittyHome::SAMPLE_SCOPE).unwrap()
}

/// A preflight of somebody logged in, with these queue files.
pub(super) fn preflight(legacy: QueueFile, scoped: QueueFile) -> Preflight {
    let login = Login {
        scope: scope(),
        server_url: "https://sync.example.test".into(),
    };
    let program = Program {
        package_version: "1".into(),
        executable_path: "/x".into(),
        source_path: "/y".into(),
        pid: 1,
    };
    Preflight {
        foreground: ForegroundIdentity::of(program, Some(&login), scoped.path.as_str()),
        owner: OwnerState::Absent,
        legacy,
        scoped: Some(scoped),
        broken: std::collections::BTreeMap::new(),
        auth_required: true,
        live_orphan_daemons: 0,
    }
}

/// Leave to write, as for a home in which nothing is in the way.
pub(super) fn cleared() -> sync_core::gate::Cleared {
    let empty = || QueueFile {
        path: "/q".into(),
        state: FileState::Read(RowCounts::default()),
    };
    match preflight(empty(), empty()).evaluate() {
        Verdict::Cleared(cleared) => cleared,
        Verdict::Refused(refusal) => panic!("{refusal:?}"),
    }
}

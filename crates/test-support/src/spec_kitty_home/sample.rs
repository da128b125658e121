//! The recorded sample home of `tests/fixtures/speckitty`, and what the real tool said of it.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::{QueueFile, SpecKittyHome};

/// The tool that is compared with the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreground {
    /// The version of the package.
    pub version: String,
    /// The path of the interpreter, links resolved.
    pub executable: Utf8PathBuf,
    /// The third parent of the package's first file.
    pub source: Utf8PathBuf,
}

impl Foreground {
    /// The folder of the command, for `PATH`.
    pub fn bin(&self) -> &Utf8Path {
        self.executable.parent().unwrap()
    }
}

macro_rules! fixtures {
    ($($name:literal),* $(,)?) => {
        /// A file of the recording.
        fn fixture(name: &str) -> &'static str {
            match name {
                $($name => include_str!(concat!("../../../../tests/fixtures/speckitty/", $name)),)*
                _ => panic!("the sample has no {name}"),
            }
        }
    };
}

fixtures!(
    "config.toml",
    "credentials",
    "expected-preflight.json",
    "expected-preflight.txt",
    "expected-status.json",
    "legacy-after.sql",
    "legacy.sql",
    "owner.json",
    "scoped-after.sql",
    "scoped-before.sql",
    "session.plain.json",
);

impl SpecKittyHome {
    /// The scope of the sample.
    pub const SAMPLE_SCOPE: &str = "https://sync.example.test|dev@example.test|team-a";

    /// A new home with the sample in it, and the installed tool it is about.
    pub fn sample() -> (Self, Foreground) {
        let home = Self::new();
        let foreground = home.install("3.2.0rc12");
        home.lay_out_sample(&foreground);
        (home, foreground)
    }

    /// Puts the sample into this home, for a foreground of the caller's choice.
    pub fn lay_out_sample(&self, foreground: &Foreground) -> &Self {
        QueueFile::from_sql(self.legacy_path(), fixture("legacy.sql"));
        QueueFile::from_sql(
            self.scoped_path(Self::SAMPLE_SCOPE),
            fixture("scoped-before.sql"),
        );
        let owner = self.expected("owner.json", foreground);
        self.write("config.toml", fixture("config.toml"))
            .write("credentials", fixture("credentials"))
            .mode("credentials", 0o600)
            .write("sync/daemon/owner.json", owner)
            .mode("sync/daemon/owner.json", 0o600)
    }

    /// A file of the recording with this home and this foreground filled in. `$PID` stays.
    pub fn expected(&self, name: &str, foreground: &Foreground) -> String {
        fixture(name)
            .replace("$HOME", self.path().as_str())
            .replace("$FG_EXECUTABLE", foreground.executable.as_str())
            .replace("$FG_SOURCE", foreground.source.as_str())
            .replace("$FG_VERSION", &foreground.version)
    }

    /// The rows of a recorded queue file, such as `scoped-after.sql`, as [`QueueFile::dump`]
    /// gives them.
    pub fn expected_rows(name: &str) -> Value {
        let home = Self::new();
        QueueFile::from_sql(home.legacy_path(), fixture(name)).dump()
    }

    /// The plain text of the sample's session, of which the private team is `team-a`.
    pub fn sample_session() -> Value {
        serde_json::from_str(fixture("session.plain.json")).unwrap()
    }

    /// Installs the files by which the real tool is known, below the home. It cannot be run.
    pub fn install(&self, version: &str) -> Foreground {
        let top = "../tools/spec-kitty";
        let packages = format!("{top}/lib/python3.11/site-packages");
        let installed = self.path().join("tools/spec-kitty");
        let executable = installed.join("bin/python3");
        let metadata = format!("Metadata-Version: 2.4\nName: spec-kitty-cli\nVersion: {version}\n");
        let info = format!("{packages}/spec_kitty_cli-{version}.dist-info");
        self.write(&format!("{top}/bin/python3"), "")
            .mode(&format!("{top}/bin/python3"), 0o755)
            .write(
                &format!("{top}/bin/spec-kitty"),
                format!("#!{executable}\n"),
            )
            .mode(&format!("{top}/bin/spec-kitty"), 0o755)
            .write(&format!("{packages}/specify_cli/__init__.py"), "")
            .write(&format!("{info}/METADATA"), metadata);
        Foreground {
            version: version.to_owned(),
            executable,
            source: installed.join("lib/python3.11"),
        }
    }
}

//! What tests at the sync boundary share: a Spec Kitty home, and the tool it belongs to.

use crate::scene;
use serde_json::{Value, json};
use test_support::{
    EventRow, FakeSaas, Foreground, Machine, QueueFile, Ran, Schema, SpecKittyHome, TestEnv,
};

/// Stands in every secret of a home, and must stand in no output.
const CANARY: &str = "canary-5ecre7";

/// An environment, a home in it, and the installed tool, which is first on `PATH`.
pub(crate) struct Kitty {
    pub(crate) env: TestEnv,
    pub(crate) home: SpecKittyHome,
    pub(crate) foreground: Foreground,
    /// The scope of who is logged in.
    pub(crate) scope: String,
}

impl Kitty {
    /// Nobody is logged in, and nothing lies there.
    pub(crate) fn empty() -> Self {
        Self::in_env(scene::env())
    }

    /// The same in an environment that a test brings along.
    pub(crate) fn in_env(mut env: TestEnv) -> Self {
        let home = SpecKittyHome::at(&env.home());
        let foreground = home.install("3.2.0rc12");
        let command = env.command(&["--version"]);
        let path = command.get_envs().find(|(name, _)| *name == "PATH");
        let path = path.and_then(|(_, path)| path?.to_str()).unwrap();
        let path = format!("{}:{path}", foreground.bin());
        env.set("PATH", path);
        let scope = SpecKittyHome::SAMPLE_SCOPE.to_owned();
        Self {
            env,
            home,
            foreground,
            scope,
        }
    }

    /// The recorded sample.
    pub(crate) fn sample() -> Self {
        let kitty = Self::empty();
        kitty.home.lay_out_sample(&kitty.foreground);
        kitty
    }

    /// A home in which all agrees: a login by credentials, a living daemon, two events queued.
    pub(crate) fn coherent() -> Self {
        let kitty = Self::empty();
        kitty
            .home
            .config("[sync]\nserver_url = \"https://sync.example.test\"\n")
            .credentials("https://sync.example.test", "dev@example.test", "team-a");
        kitty.owner(|_| {});
        let scoped = kitty.home.scoped(&kitty.scope, Schema::current());
        scoped.events(&[EventRow::new("01A"), EventRow::new("01B")]);
        kitty
    }

    /// A user who is logged in to this server by a session, with sync switched on and no daemon.
    pub(crate) fn on(saas: &FakeSaas) -> Self {
        let mut kitty = Self::empty();
        let toml = format!("[sync]\nserver_url = \"{}\"\n", saas.url());
        kitty.scope = format!("{}|dev@example.test|{}", saas.url(), FakeSaas::TEAM);
        saas.accept_token(CANARY);
        kitty
            .home
            .config(&toml)
            .session(&session(), &Machine::this());
        kitty.env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
        kitty
    }

    /// Writes the record of a living daemon that agrees in all six fields, but for what is changed.
    pub(crate) fn owner(&self, change: impl FnOnce(&mut Value)) {
        let pid = std::process::id();
        let mut record = self.home.daemon(&self.foreground, &self.scope, pid);
        record["token"] = CANARY.into();
        change(&mut record);
        self.home.owner(&record);
    }

    /// The queue of the scope, which is there.
    pub(crate) fn scoped(&self) -> QueueFile {
        QueueFile::existing(self.home.scoped_path(&self.scope))
    }

    /// Runs the binary; what it says holds no secret, no panic, and with `--json` one object.
    #[must_use = "either look at the output or assert the exit code"]
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        checked(self.env.run(arguments), arguments)
    }

    /// Runs the binary, which changes not a byte of the home.
    #[must_use = "either look at the output or assert the exit code"]
    pub(crate) fn look(&self, arguments: &[&str]) -> Ran {
        let before = self.home.fingerprint();
        let ran = self.run(arguments);
        let changes = self.home.fingerprint().changes_since(&before);
        assert_eq!(changes, [""; 0], "{arguments:?}");
        ran
    }

    /// What `sync-status --check --json` says; text and exit agree with it.
    pub(crate) fn status(&self) -> Value {
        let ran = self.look(&["sync-status", "--check", "--json"]);
        assert_eq!(ran.stdout.lines().count(), 1, "one line: {}", ran.stdout);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told["exit_code"], json!(ran.code), "{told}");
        let text = self.look(&["sync-status", "--check"]);
        assert_eq!(text.code, ran.code, "{}", text.stdout);
        let coherent = text.stdout.ends_with("\nIdentity boundary is coherent.\n");
        assert_eq!(told["ok"], json!(coherent), "{}", text.stdout);
        assert_eq!(ran.code, Some(if coherent { 0 } else { 2 }));
        let counts = [
            (
                "Mismatches        : ",
                json!(told["mismatches"].as_array().unwrap().len()),
            ),
            (
                "Orphan records    : ",
                json!(told["orphan_records"].as_array().unwrap().len()),
            ),
            (
                "Rows in scope   : ",
                told["legacy_queue"]["rows_in_scope"].clone(),
            ),
        ];
        for (label, count) in counts {
            let count = if count.is_null() {
                json!("unknown")
            } else {
                count
            };
            let line = format!("{label}{}", count.to_string().trim_matches('"'));
            assert!(text.stdout.contains(&line), "{line} in {}", text.stdout);
        }
        for obstacle in told["obstacles"].as_array().unwrap() {
            let remedy = obstacle["remedy"].as_str().unwrap();
            assert!(text.stdout.contains(remedy), "{remedy} in {}", text.stdout);
        }
        told
    }

    /// The kinds of what is in the way.
    pub(crate) fn obstacles(&self) -> Vec<String> {
        let told = self.status();
        let kinds = told["obstacles"].as_array().unwrap().iter();
        kinds
            .map(|obstacle| obstacle["kind"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Every command that may write is refused, in 25 lines at most and before a byte is written.
    pub(crate) fn refuses(&self, phrase: &str) {
        let event = self
            .env
            .write("event.json", r#"{"event_id": "E", "event_type": "T"}"#);
        for arguments in [
            &["sync-migrate"][..],
            &["sync-migrate", "--json"],
            &["sync-now"],
            &["sync-now", "--json"],
            &["enqueue", "--event", event.as_str()],
            &["enqueue", "--json", "--event", event.as_str()],
        ] {
            let ran = self.look(arguments).expect(2);
            assert!(ran.stderr.contains(phrase), "{phrase} in {}", ran.stderr);
            assert!(ran.stderr.lines().count() <= 25, "{}", ran.stderr);
        }
    }
}

/// The sample's session, with secrets that are known when seen.
pub(crate) fn session() -> Value {
    let mut session = SpecKittyHome::sample_session();
    session["access_token"] = CANARY.into();
    session["refresh_token"] = format!("refresh-{CANARY}").into();
    session
}

/// Returns a run after a look at all it said.
#[must_use = "either look at the output or assert the exit code"]
pub(crate) fn checked(ran: Ran, arguments: &[&str]) -> Ran {
    let said = ran.transcript();
    assert!(!said.contains("canary"), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    if arguments.contains(&"--json") {
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(told["schema"].is_number(), "{told}");
    }
    ran
}

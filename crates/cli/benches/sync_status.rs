//! What a look at the boundary takes, each time a whole process.
//!
//! `cargo bench -p onward --bench sync_status`: `sync-status --check --json` on a coherent home with
//! 10 000 rows, and what the gate adds to a command: one that it refuses, beside `--version`. Once with
//! credentials and once with a sealed session, whose key takes its time to derive. Best and median of
//! many rounds, taken in turns.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use serde_json::json;
use std::time::{Duration, Instant};
use test_support::{Machine, Schema, SpecKittyHome, TestEnv};

const SCOPE: &str = SpecKittyHome::SAMPLE_SCOPE;
const ROWS: u64 = 10_000;
const ROUNDS: usize = 60;

/// How somebody is logged in.
#[derive(Clone, Copy, Debug)]
enum Login {
    Credentials,
    Session,
}

fn main() {
    for login in [Login::Credentials, Login::Session] {
        let (env, home) = stage(login);
        let [mut version, mut status, mut gate] = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            version.push(time(&env, &["--version"], 0));
            status.push(time(&env, &["sync-status", "--check", "--json"], 0));
            home.write("sync/daemon/owner.json", "not a record");
            gate.push(time(&env, &["enqueue", "--event", "none"], 2));
            std::fs::remove_file(home.owner_path()).unwrap_or_default();
        }
        let [version, status, gate] = [version, status, gate].map(Figures::of);
        println!("{login:?}, {ROWS} rows            best   median");
        println!("  --version                  {version}");
        println!("  sync-status --check --json {status}");
        println!("  refused by the gate        {gate}");
        println!("  so the gate adds           {}", gate.less(&version));
    }
}

/// Makes a home that is coherent, with rows in its scope and an emptied legacy queue.
fn stage(login: Login) -> (TestEnv, SpecKittyHome) {
    let mut env = TestEnv::new(env!("CARGO_BIN_EXE_onward"));
    env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
    let home = SpecKittyHome::at(&env.home());
    home.config("[sync]\nserver_url = \"https://sync.example.test\"\n");
    match login {
        Login::Credentials => {
            home.credentials("https://sync.example.test", "dev@example.test", "team-a")
        }
        Login::Session => home.session(&SpecKittyHome::sample_session(), &Machine::this()),
    };
    home.legacy(Schema::current());
    home.scoped(SCOPE, Schema::current()).fill(0..ROWS);
    let told = env.run(&["sync-status", "--check", "--json"]).expect(0);
    let count = json!(ROWS).to_string();
    assert!(told.stdout.contains(&count), "{}", told.stdout);
    (env, home)
}

fn time(env: &TestEnv, arguments: &[&str], code: i32) -> Duration {
    let start = Instant::now();
    let ran = env.run(arguments);
    let taken = start.elapsed();
    ran.expect(code);
    taken
}

struct Figures {
    best: f64,
    median: f64,
}

impl Figures {
    fn of(mut taken: Vec<Duration>) -> Self {
        taken.sort_unstable();
        let ms = |at: usize| taken[at].as_secs_f64() * 1e3;
        Self {
            best: ms(0),
            median: ms(taken.len() / 2),
        }
    }

    fn less(&self, other: &Self) -> Self {
        Self {
            best: self.best - other.best,
            median: self.median - other.median,
        }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>5.1} ms {:>5.1} ms", self.best, self.median)
    }
}

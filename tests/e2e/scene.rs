//! What the tests of this binary share: small projects, and boards that can be compared.

use camino::{Utf8Path, Utf8PathBuf};
use std::path::{Path, PathBuf};
use test_support::{FakePlanka, Ran, TestEnv, Version};

/// The folder of the whole project.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A fresh environment for the real binary.
pub(crate) fn env() -> TestEnv {
    TestEnv::new(env!("CARGO_BIN_EXE_onward"))
}

/// A fake server, and an environment whose user is logged in to it.
pub(crate) fn env_on_planka(version: Version) -> (TestEnv, FakePlanka) {
    let planka = FakePlanka::start(version);
    let mut env = env();
    log_in(&mut env, &planka);
    (env, planka)
}

/// Lets an environment's user log in to a server.
pub(crate) fn log_in(env: &mut TestEnv, planka: &FakePlanka) {
    env.set("PLANKA_URL", planka.url());
    match planka.version() {
        Version::V1 => env.set("PLANKA_TOKEN", planka.token()),
        Version::V2 => env.set("PLANKA_API_KEY", planka.api_key()),
    };
}

/// Writes a change whose artifacts are complete, with these tasks.
pub(crate) fn change(env: &TestEnv, project: &str, name: &str, tasks: &str) {
    let folder = format!("{project}/openspec/changes/{name}");
    env.write(
        &format!("{folder}/proposal.md"),
        "# A change\n\n## Why\n\nIt is needed.\n",
    );
    env.write(&format!("{folder}/design.md"), "# Design\n");
    env.write(
        &format!("{folder}/specs/area/spec.md"),
        "## ADDED Requirements\n",
    );
    env.write(&format!("{folder}/tasks.md"), tasks);
}

/// A project with a change in each stage, in a repository of its own.
pub(crate) fn project(env: &TestEnv, name: &str) -> Utf8PathBuf {
    change(
        env,
        name,
        "add-export",
        "## 1. Query\n- [x] 1.1 Add it\n- [ ] 1.2 Test it\n## 2. View\n- [ ] 2.1 Show it\n",
    );
    change(env, name, "fix-login", "- [x] 1 Mend it\n");
    env.write(
        &format!("{name}/openspec/changes/plan-search/proposal.md"),
        "## Why\n\nFind things.\n",
    );
    let dir = env.work().join(name);
    env.git(&dir, &["init", "--quiet"]);
    env.commit_all(&dir, "begin");
    dir
}

/// Asks for a sync to `Shop` / `Changes`.
#[must_use = "either look at the output or assert the exit code"]
pub(crate) fn sync(env: &TestEnv, dir: &Utf8Path) -> Ran {
    env.run(&arguments(dir, &[]))
}

/// The arguments of [`sync`], and more.
pub(crate) fn arguments(dir: &Utf8Path, more: &[&str]) -> Vec<String> {
    let usual = [
        "kanban-sync",
        "--project",
        "Shop",
        "--board",
        "Changes",
        "-C",
        dir.as_str(),
    ];
    usual
        .iter()
        .chain(more)
        .map(|argument| (*argument).to_owned())
        .collect()
}

/// Everything on a server, without what chance and place put into markers.
pub(crate) fn canonical(planka: &FakePlanka) -> serde_json::Value {
    planka.canonical_with(&|description| {
        let words = description
            .split(' ')
            .map(|word| match word.split_once('=') {
                Some((name @ ("id" | "origin"), _)) => format!("{name}="),
                // The rest of the line: fingerprints depend on the id.
                Some((name @ "tasks", rest)) => match rest.split_once('"') {
                    Some((_, rest)) => format!("{name}=\"{rest}"),
                    None => word.to_owned(),
                },
                _ => word.to_owned(),
            });
        words.collect::<Vec<_>>().join(" ")
    })
}

/// What `board show` prints of the embedded board.
pub(crate) fn shown(env: &TestEnv) -> String {
    env.run(&["board", "show"]).expect(0).stdout
}

/// Shows a snapshot of a JSON report without what differs from run to run.
pub(crate) fn held_reasons(ran: &Ran) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let runs = report["runs"].as_array().unwrap();
    let held = runs.iter().flat_map(|run| run["held"].as_array().unwrap());
    let word = |held: &serde_json::Value, key: &str| held[key].as_str().unwrap().to_owned();
    held.map(|held| format!("{}: {}", word(held, "change"), word(held, "reason")))
        .collect()
}

//! What the official CLI 1.13.2 said of the fixture, and what this crate's values say.
//!
//! Its answers to `list`, `status` and `instructions apply` are compared text by text where their
//! JSON is made: by the end-to-end tests of `onward openspec`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use openspec_model::{ActiveChange, Change, OpenSpec};
use serde_json::{Value, json};
use sync_core::ids::ChangeName;
use tempfile::TempDir;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/openspec");

/// A copy of the fixture with its modification times.
struct Fixture {
    _folder: TempDir,
    root: Utf8PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        copy(
            Path::new(FIXTURE).join("project").as_path(),
            root.as_std_path(),
        );
        let times: BTreeMap<String, u64> = serde_json::from_value(read("../mtimes.json")).unwrap();
        // An empty folder has a time, and git does not keep it.
        for path in times.keys().filter(|path| !root.join(path).exists()) {
            fs::create_dir(root.join(path)).unwrap();
        }
        for (path, seconds) in times.iter().rev() {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(*seconds);
            fs::File::open(root.join(path))
                .and_then(|file| file.set_times(fs::FileTimes::new().set_modified(time)))
                .unwrap();
        }
        Self {
            _folder: folder,
            root,
        }
    }

    fn project(&self) -> OpenSpec {
        OpenSpec::at(&self.root)
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn read(name: &str) -> Value {
    let path = Utf8Path::new(FIXTURE).join("expected").join(name);
    serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()
}

/// The answers in a folder of `expected`, by the name they are about.
fn answers(folder: &str) -> Vec<(String, Value)> {
    let path = Utf8Path::new(FIXTURE).join("expected").join(folder);
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 4, "{folder} has answers");
    names
        .into_iter()
        .map(|file| {
            (
                file.trim_end_matches(".json").to_owned(),
                read(&format!("{folder}/{file}")),
            )
        })
        .collect()
}

#[test]
fn titles_of_each() {
    let fixture = Fixture::new();
    let mut compared = 0;
    for (name, expected) in answers("show") {
        let Some(title) = expected.get("title") else {
            continue;
        };
        let change = fixture
            .project()
            .read_change(&ChangeName::new(name.clone()))
            .unwrap();
        assert_eq!(change.title, title.as_str().unwrap(), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 8);
}

#[test]
fn requirements_of_each_spec() {
    let fixture = Fixture::new();
    let list = fixture.project().list_specs().unwrap();
    for (name, expected) in answers("spec") {
        let id = name.replace("__", "/");
        let spec = list.specs.iter().find(|spec| spec.id == id).unwrap();
        let count = expected
            .get("requirementCount")
            .map_or(0, |count| count.as_u64().unwrap());
        assert_eq!(spec.requirement_count as u64, count, "{id}");
    }
}

#[test]
fn archived_changes() {
    let fixture = Fixture::new();
    let project = fixture.project().read_project().unwrap();
    let changes = fixture.root.join("openspec/changes");
    let mut found = Vec::new();
    for archived in &project.archived {
        // The tasks of an archived change are those it had: read it where it once was.
        let was = changes.join(archived.name.as_str());
        fs::rename(changes.join("archive").join(&archived.folder), was).unwrap();
        let change = fixture.project().read_change(&archived.name).unwrap();
        found.push(json!({
            "dir": archived.folder,
            "completedTasks": change.task_count() - change.open_task_count(),
            "totalTasks": change.task_count(),
        }));
    }
    assert_eq!(Value::from(found), read("archived.json"));
    let names: Vec<&str> = project
        .archived
        .iter()
        .map(|change| change.name.as_str())
        .collect();
    assert_eq!(names, ["add-login", "drop-fax", "import-old-books"]);
}

/// What a board is told agrees with what the CLI's answers say.
#[test]
fn one_pass_over_the_project_agrees_with_the_answers() {
    let fixture = Fixture::new();
    let project = fixture.project().read_project().unwrap();
    let list = read("list-by-name.json");
    let counted: BTreeMap<&str, (u64, u64)> = list["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let count = |key: &str| change[key].as_u64().unwrap();
            (
                change["name"].as_str().unwrap(),
                (count("completedTasks"), count("totalTasks")),
            )
        })
        .collect();
    assert_eq!(project.changes.len(), counted.len());
    let mut unreadable = Vec::new();
    for change in &project.changes {
        let change = match change {
            ActiveChange::Readable(change) => change,
            ActiveChange::Unreadable(change) => {
                unreadable.push(change.name.as_str());
                continue;
            }
        };
        let name = change.name.as_str();
        let (done, total) = counted[name];
        assert_eq!(change.task_count() as u64, total, "{name}");
        assert_eq!(change.open_task_count() as u64, total - done, "{name}");
        let status = fixture.project().status(name).unwrap();
        let settled: Vec<&String> = status
            .artifacts
            .iter()
            .filter(|artifact| artifact.status.is_settled())
            .map(|artifact| &artifact.id)
            .collect();
        let is_planned = status.apply_requires.iter().all(|id| settled.contains(&id));
        assert_eq!(change.is_planned(), is_planned, "{name}");
        assert_eq!(
            &fixture.project().read_change(&change.name).unwrap(),
            change,
            "{name}"
        );
    }
    assert_eq!(unreadable, [".parked", "broken-metadata", "mobile"]);
}

#[test]
fn sections_and_why_of_a_card() {
    let fixture = Fixture::new();
    let change = read_change(&fixture, "add-csv-export");
    let titles: Vec<_> = change
        .sections
        .iter()
        .map(|section| section.title.as_deref())
        .collect();
    assert_eq!(titles, [Some("1. Server"), Some("2. Page")]);
    assert_eq!(change.sections[0].tasks[2].text, "1.2.1 Quote text fields");
    assert_eq!(
        change.why.as_deref(),
        Some(
            "The bookkeeper copies orders by hand into a sheet each month, which takes a day and invites mistakes."
        )
    );
    assert!(change.is_planned());
    assert!(!read_change(&fixture, "plan-search-index").is_planned());
    assert!(read_change(&fixture, "rework-storage").is_planned());
    assert_eq!(read_change(&fixture, "stock-count").schema, "team-flow");
}

fn read_change(fixture: &Fixture, name: &str) -> Change {
    fixture
        .project()
        .read_change(&ChangeName::new(name))
        .unwrap()
}

//! Trees that are broken or meant to do harm: each fault is named with its path and a remedy, and
//! hits one change only.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;

use camino::{Utf8Path, Utf8PathBuf};
use openspec_model::{
    ActiveChange, ArtifactStatus, Change, Error, FileKind, ListOrder, NameRule, OpenSpec, Project,
    YamlFault,
};
use sync_core::ids::ChangeName;
use tempfile::TempDir;

/// A project with one sound change, `good`, beside whatever a test adds.
struct Tree {
    _folder: TempDir,
    root: Utf8PathBuf,
}

impl Tree {
    fn new() -> Self {
        let tree = Self::bare();
        tree.write("openspec/changes/good/tasks.md", "- [x] a\n- [ ] b\n");
        tree
    }

    /// Nothing but a folder.
    fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        Self {
            root: root.join("project"),
            _folder: folder,
        }
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::File::create(self.path(name))
            .unwrap()
            .write_all(text.as_ref())
            .unwrap();
    }

    fn link(&self, name: &str, target: impl AsRef<Utf8Path>) {
        symlink(target.as_ref(), self.path(name)).unwrap();
    }

    fn project(&self) -> OpenSpec {
        OpenSpec::at(&self.root)
    }

    fn read(&self) -> Project {
        self.project().read_project().unwrap()
    }

    fn change(&self, name: &str) -> Change {
        self.project().read_change(&ChangeName::new(name)).unwrap()
    }

    /// How far the artifacts of a change are.
    fn states(&self, name: &str) -> Vec<ArtifactStatus> {
        let status = self.project().status(name).unwrap();
        let artifacts = status.artifacts.into_iter();
        artifacts.map(|artifact| artifact.status).collect()
    }

    /// What `read_project` warns of, each with its remedy.
    fn warnings(&self) -> Vec<String> {
        let warnings = self.read().warnings;
        let told = warnings
            .iter()
            .map(|warning| format!("{warning}; {}", warning.remedy()));
        told.map(|text| text.replace(self.root.as_str(), "."))
            .collect()
    }

    /// Why `bad` cannot be read. Whatever ails it, `good` is read, and the fault can be acted on.
    fn fault(&self) -> Error {
        let project = self.read();
        let sound = project.changes.iter().any(|change| {
            matches!(change, ActiveChange::Readable(change)
                if change.name.as_str() == "good" && change.task_count() == 2)
        });
        assert!(sound, "one bad change hides another");
        let list = self.project().list(ListOrder::Name).unwrap();
        let good = list
            .changes
            .iter()
            .find(|change| change.name == "good")
            .unwrap();
        assert_eq!((good.completed_tasks, good.total_tasks), (1, 2));
        let reason = project
            .changes
            .into_iter()
            .find_map(|change| match change {
                ActiveChange::Unreadable(change) => Some(change.reason),
                ActiveChange::Readable(_) => None,
            })
            .expect("the bad change is there and unreadable");
        let remedy = reason.remedy();
        assert!(
            remedy.starts_with(char::is_lowercase) && !remedy.ends_with('.'),
            "{remedy}"
        );
        reason
    }
}

fn names(project: &Project) -> Vec<&str> {
    project
        .changes
        .iter()
        .map(|change| change.name().as_str())
        .collect()
}

#[test]
fn nothing_to_list_is_never_an_empty_list() {
    let tree = Tree::bare();
    assert!(matches!(
        tree.project().read_project(),
        Err(Error::NoOpenSpec { .. })
    ));
    fs::create_dir_all(tree.root.join("openspec/specs")).unwrap();
    let fault = tree.project().read_project().unwrap_err();
    assert!(matches!(&fault, Error::Missing { path } if path.ends_with("openspec/changes")));
    assert!(fault.remedy().contains("openspec/changes"));
    assert_eq!(tree.project().list(ListOrder::Recent).unwrap().changes, []);

    tree.write("openspec/changes", "not a folder");
    assert!(matches!(
        tree.project().read_project(),
        Err(Error::NotAFolder {
            found: FileKind::File,
            ..
        })
    ));
    assert!(tree.project().list(ListOrder::Recent).is_err());
}

#[test]
fn a_changes_folder_that_leads_away_or_in_a_circle_is_an_error() {
    for (target, expected) in [
        ("../..", "leads out of"),
        ("changes", "in a circle"),
        ("gone", "link to nothing"),
    ] {
        let tree = Tree::bare();
        tree.link("openspec/changes", target);
        let fault = tree.project().read_project().unwrap_err();
        assert!(fault.to_string().contains(expected), "{target}: {fault}");
        assert!(tree.project().list(ListOrder::Recent).is_err());
        assert!(tree.project().status_all().is_err());
    }
}

#[test]
fn an_empty_changes_folder_is_an_empty_list() {
    let tree = Tree::bare();
    fs::create_dir_all(tree.root.join("openspec/changes")).unwrap();
    let project = tree.read();
    assert!(project.changes.is_empty() && project.archived.is_empty());
}

#[test]
fn an_archive_that_cannot_be_listed_is_an_error() {
    let tree = Tree::new();
    tree.write("openspec/changes/archive", "a file");
    assert!(matches!(
        tree.project().read_project(),
        Err(Error::NotAFolder { .. })
    ));
}

#[test]
fn task_files_that_lead_away() {
    let outside = tempfile::tempdir().unwrap();
    let secret = Utf8PathBuf::from_path_buf(outside.path().join("secret.md")).unwrap();
    fs::File::create(&secret)
        .unwrap()
        .write_all(b"- [x] secret\n")
        .unwrap();
    let absolute = secret.as_str();
    for target in [
        absolute,
        "../good/tasks.md",
        "../../../..",
        "a/../../good/tasks.md",
    ] {
        let tree = Tree::new();
        fs::create_dir_all(tree.root.join("openspec/changes/bad/a")).unwrap();
        tree.link("openspec/changes/bad/tasks.md", target);
        let fault = tree.fault();
        assert!(matches!(fault, Error::Outside { .. }), "{target}: {fault}");
        assert!(fault.to_string().contains("bad/tasks.md"), "{fault}");
        let list = tree.project().list(ListOrder::Name).unwrap();
        assert_eq!(list.warnings.len(), 1);
        assert_eq!(list.warnings[0].code, "unreadable_change");
        assert!(matches!(
            tree.project().status("bad"),
            Err(Error::Outside { .. })
        ));
    }
}

#[test]
fn a_link_out_by_way_of_a_link_in() {
    let tree = Tree::new();
    tree.link("openspec/changes/bad/inner", "deep/out");
    tree.link("openspec/changes/bad/deep/out", "../../good/tasks.md");
    tree.link("openspec/changes/bad/tasks.md", "inner");
    assert!(matches!(tree.fault(), Error::Outside { .. }));
}

#[test]
fn links_within_a_change_are_followed() {
    let tree = Tree::new();
    tree.write("openspec/changes/fine/real/list.md", "- [x] a\n");
    tree.link("openspec/changes/fine/tasks.md", "real/../link/list.md");
    tree.link(
        "openspec/changes/fine/link",
        tree.root.join("openspec/changes/fine/real"),
    );
    let change = tree.change("fine");
    assert_eq!(change.task_count(), 1);
    let status = tree.project().status("fine").unwrap();
    let tasks = status
        .artifact_paths
        .iter()
        .find(|paths| paths.id == "tasks")
        .unwrap();
    let real = tree.root.join("openspec/changes/fine/real/list.md");
    assert_eq!(tasks.existing_output_paths, [real]);
}

#[test]
fn task_files_that_are_no_files() {
    let tree = Tree::new();
    tree.link("openspec/changes/bad/tasks.md", "nowhere.md");
    assert!(matches!(tree.fault(), Error::Dangling { .. }));

    let tree = Tree::new();
    tree.link("openspec/changes/bad/tasks.md", "other.md");
    tree.link("openspec/changes/bad/other.md", "tasks.md");
    assert!(matches!(tree.fault(), Error::LinkLoop { .. }));

    let tree = Tree::new();
    fs::create_dir_all(tree.root.join("openspec/changes/bad/tasks.md")).unwrap();
    assert!(matches!(
        tree.fault(),
        Error::NotAFile {
            found: FileKind::Folder,
            ..
        }
    ));
    assert!(
        tree.project()
            .list(ListOrder::Name)
            .unwrap()
            .warnings
            .is_empty(),
        "as the CLI"
    );
}

// Apple has no call to make a pipe beneath a folder; the code that refuses one is the same.
#[cfg(target_os = "linux")]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    for name in ["tasks.md", ".openspec.yaml"] {
        let tree = Tree::new();
        let pipe = tree.path(&format!("openspec/changes/bad/{name}"));
        mknodat(
            CWD,
            pipe.as_str(),
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        let fault = tree.fault();
        assert!(
            matches!(
                fault,
                Error::NotAFile {
                    found: FileKind::Fifo,
                    ..
                }
            ),
            "{name}: {fault}"
        );
        assert!(fault.remedy().contains(name));
    }
    let tree = Tree::new();
    let pipe = tree.path("openspec/changes/odd/proposal.md");
    mknodat(
        CWD,
        pipe.as_str(),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    assert_eq!(tree.change("odd").title, "odd");
    assert_eq!(tree.states("odd")[0], ArtifactStatus::Ready);
}

#[test]
fn files_have_a_largest_size() {
    let tree = Tree::new();
    tree.write("openspec/changes/bad/tasks.md", "- [ ] a\n");
    let grow = |name: &str, size: u64| {
        let file = fs::File::options()
            .write(true)
            .open(tree.root.join(name))
            .unwrap();
        file.set_len(size).unwrap();
    };
    grow("openspec/changes/bad/tasks.md", 50 << 20);
    assert_eq!(tree.change("bad").task_count(), 1);
    grow("openspec/changes/bad/tasks.md", (64 << 20) + 1);
    assert!(matches!(
        tree.fault(),
        Error::TooLarge {
            limit: 67_108_864,
            ..
        }
    ));

    let tree = Tree::new();
    tree.write(
        "openspec/changes/bad/.openspec.yaml",
        format!("schema: {}", "x".repeat(1 << 20)),
    );
    assert!(matches!(
        tree.fault(),
        Error::TooLarge {
            limit: 1_048_576,
            ..
        }
    ));
}

#[test]
fn metadata_faults() {
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
                c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
                e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n";
    for (text, is_syntax) in [
        ("schema: [a\n".to_owned(), true),
        ("schema: a\nschema: b\n".to_owned(), true),
        ("schema: a\nnote: 1\nnote: 2\n".to_owned(), true),
        ("schema: a\n---\nschema: b\n".to_owned(), true),
        (format!("schema: spec-driven\n{bomb}"), true),
        (
            format!("schema: spec-driven\nx: {}", "[".repeat(100_000)),
            true,
        ),
        (
            format!("schema: spec-driven\nx: {}", "{a: ".repeat(100_000)),
            true,
        ),
        (
            "<<<<<<< HEAD\nschema: a\n=======\nschema: b\n>>>>>>> b\n".to_owned(),
            true,
        ),
        (String::new(), false),
        ("- schema\n".to_owned(), false),
        ("schema: 7\n".to_owned(), false),
        ("schema: spec-driven\nskip_specs: yes\n".to_owned(), false),
    ] {
        let tree = Tree::new();
        tree.write("openspec/changes/bad/.openspec.yaml", &text);
        let shown: String = text.chars().take(60).collect();
        match tree.fault() {
            Error::MetadataSyntax { path, .. } if is_syntax => {
                assert!(path.ends_with(".openspec.yaml"));
            }
            Error::Metadata { path, .. } if !is_syntax => assert!(path.ends_with(".openspec.yaml")),
            other => panic!("{shown:?}: {}", other.with_causes()),
        }
    }
    let tree = Tree::new();
    tree.write(
        "openspec/changes/bad/.openspec.yaml",
        format!("a: {}", "[".repeat(100_000)),
    );
    assert!(matches!(
        tree.fault(),
        Error::MetadataSyntax {
            source: YamlFault::TooDeep,
            ..
        }
    ));
}

#[test]
fn metadata_with_a_mark_and_windows_line_ends_is_fine() {
    let tree = Tree::new();
    let text = "\u{feff}schema: spec-driven\r\nskip_specs: true\r\n";
    tree.write("openspec/changes/fine/.openspec.yaml", text);
    assert_eq!(tree.states("fine")[1], ArtifactStatus::Skipped);
}

#[test]
fn skip_specs_speaks_of_specs_only() {
    let tree = Tree::new();
    tree.write(
        "openspec/changes/fine/.openspec.yaml",
        "schema: spec-driven\nskip_specs: true\n",
    );
    tree.write("openspec/changes/fine/proposal.md", "");
    let blocked = ArtifactStatus::Blocked {
        missing_deps: vec!["design".into()],
    };
    assert_eq!(
        tree.states("fine"),
        [
            ArtifactStatus::Done,
            ArtifactStatus::Skipped,
            ArtifactStatus::Ready,
            blocked
        ]
    );
}

#[test]
fn schemas_that_are_not_there_or_broken() {
    let tree = Tree::new();
    tree.write("openspec/changes/bad/.openspec.yaml", "schema: team\n");
    let fault = tree.fault();
    assert!(
        matches!(&fault, Error::UnknownSchema { name, available, .. }
        if name == "team" && available == &["spec-driven"])
    );
    assert_eq!(
        fault.remedy(),
        "in the change's .openspec.yaml, name one of the schemas there are: spec-driven"
    );

    tree.write(
        "openspec/schemas/team/schema.yaml",
        "name: team\nversion: 1\nartifacts: []\n",
    );
    let fault = tree.fault();
    assert!(
        matches!(&fault, Error::Schema { path, .. } if path.ends_with("schemas/team/schema.yaml"))
    );

    let outside = tempfile::tempdir().unwrap();
    let tree = Tree::new();
    tree.write("openspec/changes/bad/.openspec.yaml", "schema: away\n");
    tree.link(
        "openspec/schemas/away",
        Utf8Path::from_path(outside.path()).unwrap(),
    );
    assert!(matches!(tree.fault(), Error::UnknownSchema { .. }));
}

#[test]
fn a_schema_of_the_user_and_one_that_comes_before_it() {
    let schema = |file: &str| {
        format!(
            "name: team\nversion: 1\nartifacts:\n  - id: plan\n    generates: {file}\n    \
             description: d\n    template: t.md\n"
        )
    };
    let tree = Tree::new();
    tree.write("openspec/changes/mine/.openspec.yaml", "schema: team\n");
    tree.write("data/schemas/team/schema.yaml", schema("user.md"));
    let project = tree
        .project()
        .with_user_schemas(tree.root.join("data/schemas"));
    let output = |project: &OpenSpec| {
        project.status("mine").unwrap().artifacts[0]
            .output_path
            .clone()
    };
    assert_eq!(output(&project), "user.md");
    tree.write("openspec/schemas/team/schema.yaml", schema("own.md"));
    assert_eq!(output(&project), "own.md");
}

#[test]
fn configuration_that_is_broken_is_told_and_passed_over() {
    let tree = Tree::new();
    tree.write("openspec/config.yaml", "schema: a\nschema: b\n");
    assert_eq!(tree.change("good").schema, "spec-driven");
    let warning = tree.project().config_warning().unwrap().unwrap();
    assert!(warning.message.contains("config.yaml"), "{warning:?}");
    let told = &tree.warnings()[..];
    assert!(
        matches!(told, [text] if text.starts_with("./openspec/config.yaml is not a valid configuration: ")
            && text.ends_with("; correct ./openspec/config.yaml")),
        "{told:?}"
    );
    tree.write("openspec/config.yaml", "schema: spec-driven\n");
    assert_eq!(tree.project().config_warning().unwrap(), None);
    assert_eq!(tree.warnings(), [""; 0]);
    fs::remove_file(tree.path("openspec/config.yaml")).unwrap();
    tree.write("openspec/config.yml", "schema: [x]\n");
    assert!(tree.project().config_warning().unwrap().is_some());
    assert_eq!(
        tree.warnings(),
        [
            "the schema named in ./openspec/config.yml is not a name; name a schema there, or remove \
          the key"
        ]
    );
}

#[test]
fn text_that_is_not_utf8_is_read_with_a_warning() {
    let tree = Tree::new();
    tree.write("openspec/config.yaml", "schema: [x]\n");
    let utf16: Vec<u8> = "\u{feff}- [ ] a\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    tree.write("openspec/changes/windows/tasks.md", utf16);
    tree.write(
        "openspec/changes/latin/tasks.md",
        b"- [ ] caf\xe9\n- [x] b\n",
    );
    tree.write("openspec/changes/latin/proposal.md", b"# Caf\xe9\n");
    let warnings = tree.warnings();
    assert!(warnings[0].contains("config.yaml"), "{warnings:?}");
    assert_eq!(
        warnings[1..],
        [
            "./openspec/changes/latin/tasks.md is not UTF-8 from byte 10 on; save it as UTF-8",
            "./openspec/changes/latin/proposal.md is not UTF-8 from byte 6 on; save it as UTF-8",
            "./openspec/changes/windows/tasks.md is not UTF-8 from byte 1 on; save it as UTF-8",
        ]
    );
    let latin = tree.change("latin");
    assert_eq!(latin.sections[0].tasks[0].text, "caf\u{fffd}");
    assert_eq!((latin.task_count(), latin.warnings.len()), (2, 2));
    assert_eq!(tree.change("good").warnings, []);
}

#[test]
fn a_change_has_a_largest_number_of_tasks_for_a_board() {
    let tree = Tree::new();
    let file = "openspec/changes/bad/tasks.md";
    tree.write(file, "## A\n- [x] a\n".repeat(5000));
    assert_eq!(tree.change("bad").task_count(), 5000);
    tree.write(file, "## A\n- [x] a\n".repeat(5001));
    let fault = tree.fault();
    assert_eq!(
        fault.to_string(),
        format!("5001 tasks in {}, more than 5000", tree.path(file))
    );
    assert_eq!(fault.remedy(), "split the change");
    let list = tree.project().list(ListOrder::Name).unwrap();
    assert_eq!(list.changes[0].completed_tasks, 5001);
    assert_eq!(tree.project().apply("bad").unwrap().total, 5001);
    assert_eq!(tree.states("bad").last(), Some(&ArtifactStatus::Done));

    // Several files count together.
    tree.write(
        "openspec/schemas/team/schema.yaml",
        "name: team\nversion: 1\nartifacts:\n  - id: tasks\n    generates: tasks/*.md\n    \
         description: d\n    template: t.md\n",
    );
    let tree_of = |last: usize| {
        tree.write("openspec/changes/bad/.openspec.yaml", "schema: team\n");
        tree.write("openspec/changes/bad/tasks/1.md", "- [ ] a\n".repeat(4000));
        tree.write("openspec/changes/bad/tasks/2.md", "- [ ] a\n".repeat(last));
    };
    tree_of(1000);
    assert_eq!(tree.change("bad").task_count(), 5000);
    tree_of(4000);
    assert!(
        matches!(tree.fault(), Error::TooManyTasks { path, count: 8000, .. }
        if path.ends_with("changes/bad"))
    );
}

#[test]
fn folders_that_are_no_changes() {
    let tree = Tree::new();
    tree.write("openspec/changes/area/one/proposal.md", "");
    assert!(matches!(tree.fault(), Error::Nested { nested, .. } if nested == ["area/one"]));

    let tree = Tree::new();
    tree.write("openspec/changes/area/a/b/c/proposal.md", "");
    tree.write("openspec/changes/area/a/two/specs/s/spec.md", "");
    assert!(
        matches!(tree.fault(), Error::Nested { nested, .. } if nested == ["area/a/b/c", "area/a/two"])
    );

    let tree = Tree::new();
    tree.write("openspec/changes/area/a/b/c/d/proposal.md", "");
    assert_eq!(
        tree.change("area").task_count(),
        0,
        "too deep to be taken for a wrapped change"
    );

    let tree = Tree::new();
    tree.write("openspec/changes/.parked/tasks.md", "- [ ] a\n");
    assert!(matches!(
        tree.fault(),
        Error::Name {
            rule: NameRule::Hidden,
            ..
        }
    ));

    let tree = Tree::new();
    tree.link("openspec/changes/linked", "good");
    tree.link("openspec/changes/notes", "README.md");
    tree.write("openspec/changes/README.md", "");
    assert!(matches!(tree.fault(), Error::LinkedChange { .. }));
    assert_eq!(names(&tree.read()), ["good", "linked"]);
    assert_eq!(
        tree.project().list(ListOrder::Name).unwrap().changes.len(),
        1
    );
    assert_eq!(tree.change("linked").task_count(), 2);
}

/// Asks for the specs before work begins, where the schema that ships asks for the tasks alone.
const SPECS_FIRST: &str = "name: specs-first
version: 1
artifacts:
  - {id: specs, generates: 'specs/**/*.md', description: d, template: t.md}
  - {id: tasks, generates: tasks.md, description: d, template: t.md}
apply: {requires: [specs, tasks], tracks: tasks.md}
";

#[test]
fn a_specs_link_that_leads_away_hits_one_change_and_only_who_looks_at_it() {
    let away = |tree: &Tree| tree.link("openspec/changes/bad/specs", "../good");
    let file = |tree: &Tree| tree.write("openspec/changes/bad/specs", "a file");
    let circle = |tree: &Tree| tree.link("openspec/changes/bad/specs/a/up", "../../specs");
    let is_outside = |fault: &Error| matches!(fault, Error::Outside { .. });
    let is_file = |fault: &Error| matches!(fault, Error::NotAFolder { .. });
    let is_circle = |fault: &Error| matches!(fault, Error::LinkLoop { .. });
    for (spoil, is_expected) in [
        (
            &away as &dyn Fn(&Tree),
            &is_outside as &dyn Fn(&Error) -> bool,
        ),
        (&file, &is_file),
        (&circle, &is_circle),
    ] {
        let tree = Tree::new();
        tree.write("openspec/changes/bad/tasks.md", "- [x] a\n");
        spoil(&tree);
        let change = tree.change("bad");
        assert!(change.is_planned());
        assert_eq!(change.task_count(), 1);
        assert!(is_expected(&tree.project().status("bad").unwrap_err()));
        let list = tree.project().list(ListOrder::Name).unwrap();
        assert!(list.warnings.is_empty());
        assert_eq!(list.changes[0].total_tasks, 1);

        tree.write("openspec/schemas/specs-first/schema.yaml", SPECS_FIRST);
        tree.write(
            "openspec/changes/bad/.openspec.yaml",
            "schema: specs-first\n",
        );
        let fault = tree.fault();
        assert!(is_expected(&fault), "{fault}");
    }
}

#[test]
fn main_specs_that_lead_away_are_told_and_the_others_listed() {
    let tree = Tree::new();
    tree.write(
        "openspec/specs/a/spec.md",
        "## Purpose\np\n## Requirements\n### r\n",
    );
    tree.link("openspec/specs/b/spec.md", "../../changes/good/tasks.md");
    tree.link("openspec/specs/c/spec.md", "../../../../secret");
    let list = tree.project().list_specs().unwrap();
    let ids: Vec<&str> = list.specs.iter().map(|spec| spec.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert!(matches!(list.troubles[..], [Error::Outside { .. }]));
}

#[test]
fn names_of_all_kinds() {
    let long = "n".repeat(255);
    let odd = [
        "new\nline",
        "-rf",
        "\u{202e}txet",
        "tab\there",
        "esc\u{1b}[31m",
        " blank ",
        "a\\b",
        &long,
    ];
    let tree = Tree::new();
    for name in odd {
        tree.write(&format!("openspec/changes/{name}/tasks.md"), "- [ ] a\n");
    }
    let project = tree.read();
    for name in odd {
        assert!(names(&project).contains(&name), "{name:?}");
    }
    assert!(matches!(
        tree.project().status("a\\b"),
        Err(Error::Name {
            rule: NameRule::Separator,
            ..
        })
    ));
    for (name, rule) in [
        ("..", NameRule::RelativeSegment),
        (".", NameRule::RelativeSegment),
        ("../good", NameRule::Separator),
        ("/etc", NameRule::Separator),
        ("a\0b", NameRule::Null),
        (".git", NameRule::Hidden),
        ("archive", NameRule::Archive),
    ] {
        let found = tree
            .project()
            .read_change(&ChangeName::new(name))
            .unwrap_err();
        assert!(
            matches!(found, Error::Name { rule: broken, .. } if broken == rule),
            "{name:?}: {found}"
        );
    }
    let unknown = tree
        .project()
        .read_change(&ChangeName::new("nope"))
        .unwrap_err();
    assert!(matches!(unknown, Error::UnknownChange { .. }));
}

// Apple's file systems refuse such a name.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_there_and_unreadable() {
    use std::os::unix::ffi::OsStrExt;

    let tree = Tree::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let folder = tree.root.as_std_path().join("openspec/changes").join(name);
    fs::create_dir_all(&folder).unwrap();
    assert!(matches!(tree.fault(), Error::NotUtf8 { .. }));
    assert_eq!(names(&tree.read()), ["caf\u{fffd}", "good"]);
}

#[test]
fn an_exported_change_is_all_that_is_needed() {
    let tree = Tree::bare();
    tree.write("openspec/changes/was/tasks.md", "## One\n- [x] a\n");
    let change = tree.change("was");
    assert_eq!((change.task_count(), change.open_task_count()), (1, 0));
    assert!(change.is_planned());
    assert_eq!(change.title, "was");
}

#[test]
fn the_nearest_root_upward() {
    let tree = Tree::new();
    let inner = tree.path("src/deep/openspec/.keep");
    fs::create_dir_all(inner.parent().unwrap()).unwrap();
    let start = tree.root.join("src/deep");
    assert_eq!(OpenSpec::find(&start).unwrap().unwrap().root(), tree.root);
    tree.write("src/deep/openspec/config.yml", "schema: spec-driven\n");
    assert_eq!(OpenSpec::find(&start).unwrap().unwrap().root(), start);
    tree.write("src/deep/openspec/config.yml", "store: notes\n");
    assert!(
        matches!(OpenSpec::find(&start), Err(Error::InStore { store, .. }) if store == "notes")
    );
    tree.write("src/deep/openspec/config.yml", "store: [a]\n");
    assert!(matches!(
        OpenSpec::find(&start),
        Err(Error::BadStorePointer { .. })
    ));
    fs::create_dir_all(start.join("openspec/specs")).unwrap();
    assert_eq!(OpenSpec::find(&start).unwrap().unwrap().root(), start);
    assert!(matches!(
        OpenSpec::find(&tree.root.join("gone")),
        Err(Error::Io { .. })
    ));
}

#[test]
fn many_changes_are_read_by_several_workers_in_order() {
    let tree = Tree::new();
    for number in 0..300 {
        tree.write(
            &format!("openspec/changes/c{number:03}/tasks.md"),
            "- [ ] a\n".repeat(number),
        );
    }
    tree.link("openspec/changes/c150/proposal.md", "gone");
    let project = tree.read();
    let mut sorted = names(&project);
    sorted.sort_unstable();
    assert_eq!(names(&project), sorted);
    assert_eq!(project.changes.len(), 301);
    for (number, change) in project.changes.iter().take(300).enumerate() {
        match change {
            ActiveChange::Readable(change) => assert_eq!(change.task_count(), number),
            ActiveChange::Unreadable(change) => assert_eq!(change.name.as_str(), "c150"),
        }
    }
}

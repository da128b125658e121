//! Reading and parsing 1000 changes of 20 tasks, beside reading the same files and no more.

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use criterion::{Criterion, criterion_group, criterion_main};
use openspec_model::{ListOrder, OpenSpec, read_tasks};

const CHANGES: usize = 1000;
const TASKS: usize = 20;

/// The files that are read of each change; a design and a spec only have to be there.
const READ: [&str; 3] = [".openspec.yaml", "proposal.md", "tasks.md"];

fn main_benches(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = Utf8Path::from_path(folder.path()).expect("a path in UTF-8");
    let changes = root.join("openspec/changes");
    let files: Vec<Utf8PathBuf> = (0..CHANGES)
        .flat_map(|number| write_change(&changes.join(format!("change-{number:04}")), number))
        .collect();
    let project = OpenSpec::at(root);
    let read = project.read_project().expect("the tree just written");
    assert_eq!(read.changes.len(), CHANGES);

    let mut group = criterion.benchmark_group("1000 changes of 20 tasks");
    group.sample_size(30);
    group.bench_function("floor: read the same files", |bencher| {
        bencher.iter(|| {
            files
                .iter()
                .map(|path| fs::read(path).map_or(0, |text| text.len()))
                .sum::<usize>()
        });
    });
    group.bench_function("cat the same files", |bencher| bencher.iter(|| cat(&files)));
    group.bench_function("read_project", |bencher| {
        bencher.iter(|| black_box(project.read_project()).is_ok());
    });
    group.bench_function("list", |bencher| {
        bencher.iter(|| black_box(project.list(ListOrder::Recent)).is_ok());
    });
    group.finish();

    let tasks = "- [x] 1.1 Write the query and test it with an empty month\n".repeat(50_000);
    criterion.bench_function("50 000 task lines, 2.9 MB", |bencher| {
        bencher.iter(|| black_box(read_tasks(tasks.as_bytes())).len());
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "the bar is what `cat` needs, its start included"
)]
fn cat(files: &[Utf8PathBuf]) -> bool {
    let mut cat = Command::new("cat");
    cat.args(files)
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Writes a change with all four artifacts; gives the files that will be read.
fn write_change(folder: &Utf8Path, number: usize) -> Vec<Utf8PathBuf> {
    let capability = folder.join("specs/export");
    fs::create_dir_all(&capability).expect("a folder");
    write(
        &folder.join(".openspec.yaml"),
        &format!(
            "schema: spec-driven\ncreated: 2026-{:02}-{:02}\n",
            number % 12 + 1,
            number % 28 + 1
        ),
    );
    let why =
        "Clerks copy orders by hand each month, which takes a day and invites mistakes. ".repeat(4);
    write(
        &folder.join("proposal.md"),
        &format!(
            "# Change {number}\n\n## Why\n\n{why}\n\n## What Changes\n\n- A button on the list.\n"
        ),
    );
    write(&folder.join("design.md"), "## Decisions\n\nStream rows.\n");
    write(
        &capability.join("spec.md"),
        "## ADDED Requirements\n\n### Requirement: Export\nIt SHALL be.\n",
    );
    let mut tasks = String::new();
    for task in 0..TASKS {
        let (part, step) = (task / 5 + 1, task % 5 + 1);
        if step == 1 {
            tasks.push_str("\n## Part\n\n");
        }
        tasks.push_str(if task % 3 == 0 { "- [ ] " } else { "- [x] " });
        tasks.push_str(&format_args!("{part}.{step} Write the query and test it\n").to_string());
    }
    write(&folder.join("tasks.md"), &tasks);
    READ.iter().map(|name| folder.join(name)).collect()
}

fn write(path: &Utf8Path, text: &str) {
    fs::File::create(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("a file");
}

criterion_group!(benches, main_benches);
criterion_main!(benches);

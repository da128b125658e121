//! The table of the recorded requests.

use std::path::Path;

/// One row of the README's tables.
#[derive(Debug)]
pub(super) struct Row {
    /// Such as `card-create`; empty for answers that are not JSON.
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: String,
    pub(super) status: u16,
    pub(super) note: String,
}

pub(super) fn fixtures() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/planka"
    ))
}

pub(super) fn rows(directory: &str) -> Vec<Row> {
    let readme = std::fs::read_to_string(fixtures().join("README.md")).unwrap();
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with(directory));
    let table = section
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("| "));
    table.skip(2).map(parse_row).collect()
}

fn parse_row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [file, request, body, status, note] = cells[..] else {
        panic!("not five cells: {line}");
    };
    let (method, path) = request.trim_matches('`').split_once(' ').unwrap();
    let name = file
        .trim_matches('`')
        .strip_suffix(".json")
        .unwrap_or_default();
    Row {
        name: name.split('/').nth(1).unwrap_or_default().to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        body: body.trim_matches('`').to_owned(),
        status: status.parse().unwrap(),
        note: note.to_owned(),
    }
}

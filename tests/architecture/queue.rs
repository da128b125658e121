//! Who may open a queue file to write.

use super::top;
use std::fs;
use std::path::PathBuf;

#[test]
fn only_the_migration_opens_the_legacy_queue_to_write() {
    let migration = |path: &str| path.starts_with("store/src/queue/migrate");
    // Who opens a queue file to write: `schema` for a path it is given, by those in the third rule.
    let rules: [(&[&str], &[&str]); 3] = [
        (
            &["open_to_write(", "SQLITE_OPEN_READ_WRITE"],
            &["store/src/queue/file.rs", "store/src/queue/schema.rs"],
        ),
        // Nothing in the command line can open a database: see `crates_use_only_what_they_may`.
        (
            &["legacy_queue()", "LEGACY_QUEUE_FILE"],
            &[
                "store/src/queue/home.rs",
                "cli/src/commands/boundary.rs",
                "cli/src/commands/sync_status/stranded.rs",
                "sync-core/src/identity.rs",
            ],
        ),
        (
            &["schema::open("],
            &["store/src/queue/append.rs", "store/src/queue/flush.rs"],
        ),
    ];
    let mut seen = 0;
    for (path, code) in sources() {
        let of_queue = path.starts_with("store/src/queue/") || !path.starts_with("store/");
        for (words, may) in &rules {
            if of_queue && words.iter().any(|word| code.contains(word)) {
                seen += 1;
                assert!(
                    migration(&path) || may.contains(&path.as_str()),
                    "{path} must not use any of {words:?}"
                );
            }
        }
        if ["append", "flush"]
            .iter()
            .any(|name| path.starts_with(&format!("store/src/queue/{name}")))
        {
            assert!(!code.contains("legacy"), "{path} knows of the legacy queue");
        }
    }
    assert!(seen > 8, "the words are still used: {seen}");
}

/// The code of all crates, without comments and tests, by paths such as `store/src/lib.rs`.
fn sources() -> Vec<(String, String)> {
    let crates = top().join("crates");
    let mut folders: Vec<PathBuf> = fs::read_dir(&crates)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("test-support"))
        .map(|path| path.join("src"))
        .collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(&crates)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !name.contains("tests") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                let lines = code
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                sources.push((name, lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    sources
}

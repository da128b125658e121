//! What must not be: crates that know each other, test files nobody runs, links that lead nowhere.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod queue;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Which of our crates each may use, and which of others' it must not.
const RULES: [(&str, &[&str], &[&str]); 7] = [
    (
        "sync-core",
        &[],
        &[
            "camino",
            "tokio",
            "reqwest",
            "rusqlite",
            "serde",
            "serde_yaml",
        ],
    ),
    (
        "planka-client",
        &["sync-core"],
        &["rusqlite", "serde_yaml", "camino"],
    ),
    (
        "openspec-model",
        &["sync-core"],
        &["reqwest", "rusqlite", "tokio"],
    ),
    (
        "git-client",
        &["sync-core"],
        &["reqwest", "rusqlite", "tokio", "serde_yaml"],
    ),
    (
        "consistency",
        &["sync-core", "git-client"],
        &["reqwest", "rusqlite", "tokio"],
    ),
    ("store", &["sync-core"], &["serde_yaml"]),
    (
        "onward",
        &[
            "sync-core",
            "planka-client",
            "openspec-model",
            "git-client",
            "consistency",
            "store",
        ],
        &["serde_yaml", "rusqlite", "reqwest"],
    ),
];

#[test]
fn crates_use_only_what_they_may() {
    let metadata = MetadataCommand::new()
        .manifest_path(top().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let ruled: BTreeSet<&str> = RULES.iter().map(|(name, ..)| *name).collect();
    let expected: BTreeSet<&str> = ruled.iter().copied().chain(["test-support"]).collect();
    assert_eq!(ours, expected, "every crate has a rule");
    for (name, may, must_not) in RULES {
        let package = metadata
            .packages
            .iter()
            .find(|p| p.name.as_str() == name)
            .unwrap();
        for dependency in &package.dependencies {
            let used = dependency.name.as_str();
            if dependency.kind != DependencyKind::Normal {
                continue;
            }
            assert!(!must_not.contains(&used), "{name} must not use {used}");
            assert!(
                !ours.contains(used) || may.contains(&used),
                "{name} must not use {used}"
            );
        }
    }
}

#[test]
fn the_core_has_no_standard_library() {
    let text = fs::read_to_string(top().join("crates/sync-core/src/lib.rs")).unwrap();
    assert!(text.contains("\n#![no_std]") || text.starts_with("#![no_std]"));
    let lines: Vec<&str> = text.lines().collect();
    for (n, line) in lines.iter().enumerate() {
        if line.trim() == "extern crate std;" {
            let before = n.checked_sub(1).map(|n| lines[n]);
            assert_eq!(before, Some("#[cfg(test)]"), "std outside of tests");
        }
    }
}

#[test]
fn every_crate_keeps_the_lints() {
    for entry in fs::read_dir(top().join("crates")).unwrap() {
        let manifest = entry.unwrap().path().join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{}",
            manifest.display()
        );
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = top().join("tests/e2e");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name != "main" {
            assert!(
                main.contains(&format!("mod {name};")),
                "{} is run by nobody",
                path.display()
            );
        }
    }
}

#[test]
fn every_code_of_a_finding_has_a_section() {
    let text = fs::read_to_string(top().join("docs/consistency-checks.md")).unwrap();
    let mut sections: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("## "))
        .collect();
    for code in sync_core::finding::Code::all() {
        let heading = format!("## {code}");
        assert_eq!(
            sections.first(),
            Some(&heading.as_str()),
            "in the order of codes"
        );
        sections.remove(0);
        let section = text.split(&format!("{heading}\n")).nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        for part in ["**What**", "**Why", "ended", "**Example.**"] {
            assert!(section.contains(part), "{code} does not say {part}");
        }
    }
    assert_eq!(sections, [""; 0], "of codes that are none");
}

#[test]
fn links_in_the_documentation_lead_somewhere() {
    let mut pages = vec![top().join("README.md"), top().join("CONTRIBUTING.md")];
    for entry in fs::read_dir(top().join("docs")).unwrap() {
        pages.push(entry.unwrap().path());
    }
    for page in pages
        .iter()
        .filter(|page| page.extension().is_some_and(|e| e == "md"))
    {
        let text = fs::read_to_string(page).unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap();
            if !file.is_empty() && !link.contains("://") {
                let target = page.parent().unwrap().join(file);
                assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            }
        }
    }
}

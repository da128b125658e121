use super::*;
use crate::sandbox::{Checkout, Sandbox};

/// The paths that were held, and each entry laid out with its content or target.
type Laid = (Vec<String>, Vec<(String, String)>);

/// Exports into a new folder.
fn export(checkout: &Checkout<'_>, commit: &CommitId, paths: &[&str]) -> Result<Laid, Error> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let paths: Vec<Utf8PathBuf> = paths.iter().map(Utf8PathBuf::from).collect();
    let held = checkout.open().export(commit, &paths, root)?;
    let mut entries = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            let name = path.strip_prefix(root).unwrap().to_string();
            if path.is_symlink() {
                entries.push((name, format!("-> {}", path.read_link_utf8().unwrap())));
            } else if path.is_dir() {
                folders.push(path);
            } else {
                entries.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    entries.sort();
    Ok((
        held.into_iter().map(Utf8PathBuf::into_string).collect(),
        entries,
    ))
}

fn entry(path: &str, content: &str) -> (String, String) {
    (path.to_owned(), content.to_owned())
}

#[test]
fn what_a_commit_held_is_laid_out_and_nothing_else() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("c/a/tasks.md", "old");
    checkout.commit("c/a/specs/x/spec.md", "");
    let commit = checkout.commit("c/ab/tasks.md", "other");
    checkout.commit("c/a/tasks.md", "new");
    checkout.write("c/a/tasks.md", "uncommitted");
    let status = checkout.run(&["status", "--porcelain"]);
    let (held, entries) = export(&checkout, &commit, &["c/a", "c/none", "c/a/specs"]).unwrap();
    assert_eq!(held, ["c/a", "c/a/specs"]);
    assert_eq!(
        entries,
        [
            entry("c/a/specs/x/spec.md", ""),
            entry("c/a/tasks.md", "old")
        ]
    );
    assert_eq!(checkout.run(&["status", "--porcelain"]), status);
    assert!(!sandbox.trap_sprang());
    assert_eq!(
        export(&checkout, &commit, &["c/none"]).unwrap(),
        (vec![], vec![])
    );
    assert_eq!(export(&checkout, &commit, &[]).unwrap(), (vec![], vec![]));
}

#[test]
fn no_filter_and_no_conversion_runs() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write(".gitattributes", "* filter=trap text eol=crlf ident\n");
    let commit = checkout.commit("c/a/f", "$Id$\nline\n");
    checkout.run(&[
        "config",
        "filter.trap.smudge",
        sandbox.path("trap").as_str(),
    ]);
    checkout.run(&["config", "filter.trap.required", "true"]);
    let (_, entries) = export(&checkout, &commit, &["c/a"]).unwrap();
    assert_eq!(entries, [entry("c/a/f", "$Id$\nline\n")]);
    assert!(!sandbox.trap_sprang());
}

#[test]
fn odd_names_and_contents_survive() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let names = ["-rf", "*", "line\nbreak", ":(top)x", "é\u{202e}", "a b\t"];
    for name in names {
        checkout.commit(&format!("{name}/{name}"), "1 missing\n2 blob 3\n");
    }
    let commit = checkout.id("HEAD");
    let (held, entries) = export(&checkout, &commit, &names).unwrap();
    assert_eq!((held.len(), entries.len()), (names.len(), names.len()));
    let (held, entries) = export(&checkout, &commit, &["*"]).unwrap();
    assert_eq!((held.len(), entries.len()), (1, 1));
}

#[test]
fn a_link_is_kept_only_if_it_stays_below_its_path() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("c/a/deep/f", "1");
    for (number, (link, target, kept)) in [
        ("c/a/l", "deep/f", true),
        ("c/a/deep/l", "../deep/./f", true),
        ("c/a/l", "missing", true),
        ("c/a/l", "../b", false),
        ("c/a/deep/l", "../../a/f", false),
        ("c/a/l", "deep/../..", false),
        ("c/a/l", "/etc/passwd", false),
        ("c/a", "b", false),
    ]
    .into_iter()
    .enumerate()
    {
        let branch = format!("b{number}");
        checkout.run(&["checkout", "--quiet", "-f", "-b", &branch, "main"]);
        if link == "c/a" {
            checkout.run(&["rm", "--quiet", "-r", "c/a"]);
            fs::create_dir_all(checkout.root().join("c")).unwrap();
        }
        symlink(target, checkout.root().join(link)).unwrap();
        checkout.run(&["add", link]);
        let commit = checkout.commit_staged("link");
        match export(&checkout, &commit, &["c/a"]) {
            Ok((_, entries)) => {
                assert!(kept, "{link} {target}");
                assert!(
                    entries.contains(&entry(link, &format!("-> {target}"))),
                    "{entries:?}"
                );
            }
            Err(error) => {
                assert!(!kept, "{link} {target}: {error}");
                assert!(error.to_string().contains("leads elsewhere"), "{error}");
            }
        }
    }
}

#[test]
fn a_submodule_cannot_be_told() {
    let sandbox = Sandbox::new();
    let library = sandbox.init("library");
    library.commit("f", "1");
    let checkout = sandbox.init("r");
    checkout.run(&[
        "submodule",
        "--quiet",
        "add",
        library.root().as_str(),
        "c/a/sub",
    ]);
    let commit = checkout.commit_staged("submodule");
    let error = export(&checkout, &commit, &["c/a"]).unwrap_err();
    assert!(error.to_string().contains("submodule"), "{error}");
}

#[test]
fn names_of_a_tree_made_by_hand_do_not_lead_out() {
    for (path, allowed) in [
        ("c/a/f", true),
        ("c/../../f", false),
        ("c/./f", false),
        ("c//f", false),
        ("c/.GIT/config", false),
        ("/f", false),
    ] {
        let record = format!("100644 blob {}\t{path}", "1".repeat(40));
        let entry = Entry::read(record.as_bytes()).unwrap();
        assert_eq!(entry.place(Path::new("/tmp/x")).is_ok(), allowed, "{path}");
    }
}

#[test]
fn what_is_there_already_is_not_written_over_or_through() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let commit = checkout.commit("c/a/f", "1");
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    fs::create_dir_all(root.join("c/a")).unwrap();
    symlink("/nonexistent/elsewhere", root.join("c/a/f")).unwrap();
    let error = checkout
        .open()
        .export(&commit, &["c/a".into()], root)
        .unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error:?}");
}

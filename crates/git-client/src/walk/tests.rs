use camino::Utf8PathBuf;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::sandbox::{Checkout, Sandbox};

/// What one commit of a random history is made of.
#[derive(Clone, Debug)]
struct Draft {
    parents: Vec<Index>,
    /// From which of the parents each file is taken over, as a merge does.
    taken: [Index; FILES.len()],
    /// Which file, and its new content; nothing removes it.
    edits: Vec<(usize, Option<u8>)>,
    time: u32,
}

const FILES: &[&str] = &["p/a/f", "p/a/g", "p/b/f", "p/b-/f", "q", "p/a\nM/f"];
const ASKED: &[&str] = &["p/a", "p/b", "p/b-", "q", "p/a/g", "p/a\nM", "none", "p"];

fn draft() -> impl Strategy<Value = Draft> {
    let count = prop_oneof![1 => Just(0usize), 8 => 1..=1usize, 8 => 2..=3usize];
    let parents = count.prop_flat_map(|count| prop::collection::vec(any::<Index>(), count));
    // Few contents, so that a merge often equals one of its sides.
    let edit = (0..FILES.len(), prop::option::weighted(0.7, 0..2u8));
    let edits = prop::collection::vec(edit, 0..3);
    let taken = prop::array::uniform::<_, { FILES.len() }>(any::<Index>());
    (parents, taken, edits, 0..5000u32).prop_map(|(parents, taken, edits, time)| Draft {
        parents,
        taken,
        edits,
        time,
    })
}

/// Makes the history in one run of `git fast-import`; clocks are as wrong as they come.
fn import<'s>(sandbox: &'s Sandbox, drafts: &[Draft]) -> Checkout<'s> {
    use std::fmt::Write;
    let checkout = sandbox.init("r");
    let mut stream = String::new();
    let mut trees: Vec<[Option<u8>; FILES.len()]> = Vec::new();
    for (number, draft) in drafts.iter().enumerate() {
        let message = format!("commit {}\n\nM\n(from x)", "1".repeat(40));
        let size = message.len();
        let time = 1_700_000_000 + draft.time;
        write!(
            stream,
            "commit refs/heads/c{number}\nmark :{}\ncommitter A <a@b> {time} +0000\n\
             data {size}\n{message}\n",
            number + 1
        )
        .unwrap();
        let mut parents: Vec<usize> = Vec::new();
        if number > 0 {
            parents.extend(draft.parents.iter().map(|index| index.index(number)));
        }
        let mut seen = BTreeSet::new();
        parents.retain(|parent| seen.insert(*parent));
        for (nth, parent) in parents.iter().enumerate() {
            let word = if nth == 0 { "from" } else { "merge" };
            writeln!(stream, "{word} :{}", parent + 1).unwrap();
        }
        let mut files = [None; FILES.len()];
        for (file, taken) in draft.taken.iter().enumerate() {
            if !parents.is_empty() {
                files[file] = trees[*taken.get(&parents)][file];
            }
        }
        for (file, content) in &draft.edits {
            files[*file] = *content;
        }
        stream.push_str("deleteall\n");
        for (path, content) in FILES.iter().zip(files) {
            if let Some(content) = content {
                let path = path.replace('\n', "\\n");
                writeln!(stream, "M 100644 inline \"{path}\"\ndata 1\n{content}").unwrap();
            }
        }
        trees.push(files);
        stream.push('\n');
    }
    let (code, said) = sandbox.try_plain(
        checkout.root(),
        &["fast-import", "--quiet"],
        stream.as_bytes(),
    );
    assert_eq!(code, Some(0), "{said}");
    let last = format!("refs/heads/c{}", drafts.len() - 1);
    checkout.run(&["update-ref", "refs/heads/main", &last]);
    checkout
}

fn log_one(checkout: &Checkout<'_>, options: &[&str], path: &str) -> Option<CommitId> {
    let arguments = [
        &["log", "-1", "--format=%H"],
        options,
        &["HEAD", "--", path],
    ]
    .concat();
    let said = checkout.run(&arguments);
    (!said.is_empty()).then(|| CommitId::new(said))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn one_walk_says_what_a_log_of_each_path_says(
        drafts in prop::collection::vec(draft(), 1..24),
        from in 0..ASKED.len(),
        count in 1..=ASKED.len(),
    ) {
        let sandbox = Sandbox::new();
        let checkout = import(&sandbox, &drafts);
        let asked = &ASKED[from..ASKED.len().min(from + count)];
        let paths: Vec<Utf8PathBuf> = asked.iter().map(Utf8PathBuf::from).collect();
        let repository = checkout.open();
        let history = repository.history().unwrap();
        let last = history.last_touching(&paths).unwrap();
        let touched = history.ever_touched(&paths).unwrap();
        for path in &paths {
            let expected = log_one(&checkout, &[], path.as_str());
            prop_assert_eq!(last.get(path), expected.as_ref(), "{}", path);
            let ever = log_one(&checkout, &["--full-history"], path.as_str()).is_some();
            prop_assert_eq!(touched.contains(path), ever, "{}", path);
        }
        let commits: Vec<CommitId> =
            (0..drafts.len()).map(|number| checkout.id(&format!("c{number}"))).collect();
        for (commit, standing) in history.ancestry(&commits).unwrap() {
            let arguments = ["merge-base", "--is-ancestor", commit.as_str(), "HEAD"];
            let inside = checkout.attempt(&arguments) == Some(0);
            let said = matches!(standing, crate::Ancestry::Head | crate::Ancestry::Ancestor);
            prop_assert_eq!(said, inside, "{}", commit);
        }
        prop_assert!(!sandbox.trap_sprang());
    }
}

#[test]
fn settings_do_not_hide_a_submodule_or_a_rename() {
    let sandbox = Sandbox::new();
    let library = sandbox.init("library");
    library.commit("f", "1");
    let checkout = sandbox.init("r");
    checkout.commit("c/a/f", "the same content, so that git sees a rename");
    checkout.run(&["mv", "c/a", "c/b"]);
    let moved = checkout.commit_staged("moved");
    checkout.run(&[
        "submodule",
        "--quiet",
        "add",
        library.root().as_str(),
        "c/sub",
    ]);
    checkout.commit_staged("submodule");
    library.commit("f", "2");
    checkout.run(&["-C", "c/sub", "pull", "--quiet"]);
    checkout.run(&["add", "c/sub"]);
    let raised = checkout.commit_staged("raised");
    let repository = checkout.open();
    let paths = ["c/a", "c/b", "c/sub"].map(Utf8PathBuf::from);
    let last = repository.history().unwrap().last_touching(&paths).unwrap();
    let expected = paths.into_iter().zip([moved.clone(), moved, raised]);
    assert_eq!(last, expected.collect());
}

#[test]
fn a_signature_is_not_checked() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("c/a/f", "1");
    let plain = checkout.run(&["cat-file", "commit", "HEAD"]);
    let signature =
        "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\n";
    let signed = plain.replacen("\n\n", &format!("\n{signature}"), 1);
    let arguments = ["hash-object", "-t", "commit", "-w", "--stdin"];
    let (_, id) = sandbox.try_plain(checkout.root(), &arguments, signed.as_bytes());
    checkout.run(&["update-ref", "refs/heads/main", id.trim_end()]);
    let repository = checkout.open();
    let paths = [Utf8PathBuf::from("c/a")];
    let last = repository.history().unwrap().last_touching(&paths).unwrap();
    assert_eq!(last[&paths[0]].as_str(), id.trim_end());
    assert!(!sandbox.trap_sprang());
}

#[test]
fn odd_records_are_refused() {
    let asked = Asked::new(&[Utf8PathBuf::from("p")]).unwrap();
    let id = "1".repeat(40);
    let commit = |rest: &str| format!("commit {id}{rest}").into_bytes();
    for records in [
        vec![b"M".to_vec()],
        vec![b"commit main\ntree".to_vec()],
        vec![commit("\ntree")],
        vec![commit(" (from main)\n")],
        vec![commit(&format!(" {id} {id}\nM"))],
        vec![commit(&format!(" {id} (from {})\nM", "2".repeat(40)))],
        vec![commit("\nM"), b"p/f".to_vec(), b"p/g".to_vec()],
    ] {
        let mut reader = LogReader::new(&asked);
        let refused = records.iter().any(|record| reader.read(record).is_err());
        assert!(refused, "{records:?}");
    }
}

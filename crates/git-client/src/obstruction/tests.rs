use super::*;
use crate::sandbox::{Checkout, Sandbox};

/// A checkout whose branch `side` cannot be merged, picked or applied without a conflict.
fn divided<'s>(sandbox: &'s Sandbox, options: &[&str]) -> Checkout<'s> {
    sandbox.plain(
        &sandbox.path(""),
        &[&["init", "--quiet"], options, &["r"]].concat(),
    );
    let checkout = sandbox.checkout("r");
    checkout.commit("f", "1\n");
    checkout.run(&["checkout", "--quiet", "-b", "side"]);
    checkout.commit("f", "2\n");
    checkout.commit("f", "3\n");
    checkout.run(&["checkout", "--quiet", "main"]);
    checkout.commit("f", "4\n");
    checkout
}

fn obstruction(checkout: &Checkout<'_>) -> Option<Obstruction> {
    checkout.open().obstruction().unwrap()
}

#[test]
fn every_state_has_its_name_and_ends() {
    for (command, expected, abort) in [
        (&["merge", "side"][..], Obstruction::Merge, "merge"),
        (
            &["rebase", "--merge", "side"],
            Obstruction::Rebase,
            "rebase",
        ),
        (
            &["rebase", "--apply", "side"],
            Obstruction::Rebase,
            "rebase",
        ),
        (&["am", "patch"], Obstruction::Am, "am"),
        (
            &["cherry-pick", "side"],
            Obstruction::CherryPick,
            "cherry-pick",
        ),
        (
            &["cherry-pick", "side~1", "side"],
            Obstruction::CherryPick,
            "cherry-pick",
        ),
        (&["revert", "HEAD~1"], Obstruction::Revert, "revert"),
        (&["revert", "HEAD~1", "HEAD"], Obstruction::Revert, "revert"),
    ] {
        let sandbox = Sandbox::new();
        let checkout = divided(&sandbox, &[]);
        let patch = checkout.run(&["format-patch", "--stdout", "-1", "side"]);
        checkout.write("patch", &format!("{patch}\n"));
        assert_eq!(obstruction(&checkout), None);
        assert_ne!(checkout.attempt(command), Some(0), "{command:?}");
        assert_eq!(obstruction(&checkout), Some(expected), "{command:?}");
        // Another worktree goes about its own work.
        checkout.run(&["worktree", "add", "--quiet", "-b", "other", "../linked"]);
        assert_eq!(obstruction(&sandbox.checkout("linked")), None);
        checkout.run(&[abort, "--abort"]);
        assert_eq!(obstruction(&checkout), None, "{command:?}");
    }
}

#[test]
fn between_two_picks_a_cherry_pick_goes_on() {
    for (command, expected) in [
        (["cherry-pick", "side~1", "side"], Obstruction::CherryPick),
        (["revert", "HEAD~1", "HEAD"], Obstruction::Revert),
    ] {
        let sandbox = Sandbox::new();
        let checkout = divided(&sandbox, &[]);
        assert_ne!(checkout.attempt(&command), Some(0));
        checkout.commit("f", "resolved\n");
        assert!(!checkout.root().join(".git/CHERRY_PICK_HEAD").exists());
        assert!(!checkout.root().join(".git/REVERT_HEAD").exists());
        assert_eq!(obstruction(&checkout), Some(expected));
    }
}

#[test]
fn a_bisection_counts_from_its_start_and_a_rebase_when_it_stops_to_edit() {
    let sandbox = Sandbox::new();
    let checkout = divided(&sandbox, &[]);
    checkout.run(&["bisect", "start"]);
    assert_eq!(obstruction(&checkout), Some(Obstruction::Bisect));
    checkout.run(&["bisect", "bad", "side"]);
    checkout.run(&["bisect", "good", "side~2"]);
    assert_eq!(obstruction(&checkout), Some(Obstruction::Bisect));
    checkout.run(&["bisect", "reset"]);
    assert_eq!(obstruction(&checkout), None);
    let edit = ["-c", "sequence.editor=sed -i.bak s/^pick/edit/"];
    checkout.run(&[&edit[..], &["rebase", "--interactive", "HEAD~1"]].concat());
    assert_eq!(obstruction(&checkout), Some(Obstruction::Rebase));
}

#[test]
fn a_head_on_no_branch_obstructs_and_a_branch_to_be_born_does_not() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    assert_eq!(obstruction(&checkout), None);
    checkout.commit("f", "1");
    checkout.run(&["checkout", "--quiet", "--detach"]);
    assert_eq!(obstruction(&checkout), Some(Obstruction::Detached));
}

#[test]
fn with_reftables_all_is_seen_too() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("");
    let probe = ["init", "--quiet", "--ref-format=reftable", "probe"];
    if sandbox.try_plain(&folder, &probe, b"").0 != Some(0) {
        return; // a git that does not know them yet
    }
    for (command, expected) in [
        (["cherry-pick", "side"], Obstruction::CherryPick),
        (["revert", "HEAD~1"], Obstruction::Revert),
        (["merge", "side"], Obstruction::Merge),
        (["checkout", "--detach"], Obstruction::Detached),
    ] {
        let sandbox = Sandbox::new();
        let checkout = divided(&sandbox, &["--ref-format=reftable"]);
        assert_eq!(obstruction(&checkout), None);
        checkout.attempt(&command);
        assert_eq!(obstruction(&checkout), Some(expected), "{command:?}");
    }
}

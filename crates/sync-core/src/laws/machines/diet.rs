//! What histories are made of.

use super::{CloneKind, FEATURE, MAIN, Step};
use crate::laws::world::Random;

/// Which steps there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::laws) enum Diet {
    /// Everything.
    Hostile,
    /// Each task is one machine's, and only the first archives; nothing is undone.
    NoUndo,
    /// The same; undone, but nothing is parked in stashes or on branches.
    NoParking,
}

/// Draws the next step of a machine.
pub(in crate::laws) fn draw(random: &mut Random, m: usize, diet: Diet) -> Step {
    use Step::{
        Add, Archive, CherryPick, Clone, Commit, CommitOther, Create, DeleteBranch, Discard, Fetch,
        ForcePush, Merge, Offline, Online, Pop, Pull, Push, Rebase, Reset, Revert, SquashOnForge,
        Stash, Switch, Sync, Tick, Unarchive, Untick,
    };
    let task = match diet {
        Diet::Hostile => u8::try_from(random.below(5)).unwrap(),
        _ => u8::try_from(m).unwrap(),
    };
    if random.below(100) < 28 {
        return Sync;
    }
    let branch = [MAIN, FEATURE][random.below(2)];
    let kind = [CloneKind::Full, CloneKind::Shallow, CloneKind::MainOnly][random.below(3)];
    let all = [
        Tick(task),
        Tick(task),
        Tick(task),
        Tick(task),
        Add(task),
        Add(task),
        Create,
        Untick(task),
        Untick(task),
        Archive,
        Unarchive,
        Commit,
        Commit,
        Commit,
        Commit,
        CommitOther,
        Push,
        Push,
        Push,
        ForcePush,
        Fetch,
        Pull,
        Pull,
        Pull,
        Merge(branch),
        Rebase,
        SquashOnForge(branch),
        CherryPick(branch),
        Revert,
        Reset,
        Discard,
        Stash,
        Pop,
        Switch(FEATURE),
        Switch(MAIN),
        DeleteBranch(branch),
        Clone(kind),
        Offline,
        Online,
    ];
    let step = all[random.below(all.len())];
    let undo = matches!(
        step,
        Untick(_) | Create | Unarchive | Revert | CherryPick(_) | Rebase | ForcePush
    );
    let parks = matches!(
        step,
        Stash | Pop | Switch(_) | Clone(_) | Reset | Discard | ForcePush | Rebase
    );
    match diet {
        Diet::NoUndo if undo => Sync,
        Diet::NoParking if parks => Sync,
        Diet::NoUndo | Diet::NoParking
            if m != 0 && matches!(step, Archive | Unarchive | Create) =>
        {
            Commit
        }
        _ => step,
    }
}

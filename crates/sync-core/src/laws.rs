//! The laws of the board, each with its sentence.
//!
//! Every law is asked of boards of both kinds, on which people have already done what people do.

use crate::arbitrary;
use crate::board::Features;
use crate::ids::OriginId;
use crate::plan::Plan;
use crate::simulate::SimulatedBoard;
use alloc::format;
use people::Edit;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use world::{Death, Process, Project, Random};

mod gate;
mod git_model;
mod law_7;
mod machines;
mod people;
mod queue;
mod status;
pub(crate) mod world;

/// A board somebody has synced to, then people have edited.
fn lived_in(features: Features, before: &Project, edits: &[Edit]) -> SimulatedBoard {
    let board = SimulatedBoard::new(features);
    Process::new(&board, before, "first").sync();
    people::edit_all(&board, edits);
    board
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// (1) Planning after applying plans nothing.
    #[test]
    fn law_1_second_run_plans_nothing(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
    ) {
        let board = lived_in(features, &before, &edits);
        let project = Project { desired, ..before };
        let mut process = Process::new(&board, &project, "second");
        let rounds = process.sync();
        let again = process.plan();
        prop_assert_eq!(&again.steps, &[]);
        prop_assert!(rounds <= 1, "one round for all cards, not {}", rounds);
    }

    /// (2) Any prefix of a plan is safe: stop anywhere, look again, same end, nothing twice.
    #[test]
    fn law_2_stopping_anywhere_is_safe(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
        deaths in vec((0usize..60, world::death()), 1..6),
        from_nothing in any::<bool>(),
    ) {
        let start = if from_nothing {
            SimulatedBoard::new(features)
        } else {
            lived_in(features, &before, &edits)
        };
        let project = Project { desired, ..before };
        let undisturbed = start.clone();
        Process::new(&undisturbed, &project, "whole").sync();
        let stopped = start;
        for (n, (writes, death)) in deaths.into_iter().enumerate() {
            Process::new(&stopped, &project, &format!("cut {n}")).dies(writes, death).sync();
        }
        Process::new(&stopped, &project, "last").sync();
        prop_assert_eq!(world::shown(&stopped), world::shown(&undisturbed));
    }

    /// A card whose create is answered by nobody and made after the next round has made another is
    /// a twin, which the run after that throws away.
    #[test]
    fn a_late_twin_is_healed(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
        creates in 0usize..3,
        from_nothing in any::<bool>(),
    ) {
        let board = if from_nothing {
            SimulatedBoard::new(features)
        } else {
            lived_in(features, &before, &edits)
        };
        let project = Project { desired, ..before };
        let undisturbed = board.clone();
        Process::new(&undisturbed, &project, "whole").sync();
        let mut process = Process::new(&board, &project, "lost").dies(creates, Death::Late);
        process.sync();
        process.catch_up();
        process.sync();
        prop_assert_eq!(world::shown(&board), world::shown(&undisturbed));
        prop_assert_eq!(&process.plan().steps, &[]);
    }

    /// (3) Replaying a plan is harmless.
    #[test]
    fn law_3_replay_is_harmless(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
    ) {
        let board = lived_in(features, &before, &edits);
        let project = Project { desired, ..before };
        let mut process = Process::new(&board, &project, "once");
        process.groundwork();
        let plan = process.plan();
        process.perform(&plan);
        let once = board.clone();
        let mut replay = Process::new(&board, &project, "twice");
        replay.perform(&plan);
        replay.heal();
        replay.sync();
        prop_assert_eq!(world::shown(&board), world::shown(&once));
    }

    /// (4) A stale plan is harmless.
    #[test]
    fn law_4_a_stale_plan_is_harmless(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
    ) {
        let board = lived_in(features, &before, &edits);
        let mut late = Process::new(&board, &before, "late");
        late.groundwork();
        let stale = late.plan();
        // The newer state knows every change of the older one, and computes it.
        let mut project = before.clone();
        project.desired.cards.extend(desired.cards);
        project.desired.unreadable.clear();
        project.desired.archived.extend(desired.archived);
        Process::new(&board, &project, "newer").sync();
        let newer = board.clone();
        late.perform(&stale);
        late.heal();
        Process::new(&board, &project, "newer again").sync();
        prop_assert_eq!(world::shown(&board), world::shown(&newer));
    }

    /// (5) Foreign objects are untouched, byte for byte.
    #[test]
    fn law_5_foreign_objects_are_untouched(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
    ) {
        let board = lived_in(features, &before, &edits);
        let project = Project { desired, ..before };
        let theirs = people::theirs(&board);
        Process::new(&board, &project, "second").sync();
        people::assert_untouched(&theirs, &board)?;
    }

    /// (6) The order in which a board lists its things does not matter.
    #[test]
    fn law_6_input_order_does_not_matter(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
        seed in any::<u64>(),
    ) {
        let board = lived_in(features, &before, &edits);
        let project = Project { desired, ..before };
        let plan = Process::new(&board, &project, "one").plan();
        world::shuffle(&board, seed);
        let shuffled = Process::new(&board, &project, "other").plan();
        prop_assert_eq!(plan.digest(), shuffled.digest());
        prop_assert_eq!(plan, shuffled);
    }

    /// The digest of a plan is that of what is left of it once its groundwork is made, by whatever
    /// origin, because people see the one and ask for the other.
    #[test]
    fn the_digest_outlives_the_groundwork(
        features in arbitrary::features(),
        before in world::project(),
        edits in people::edits(),
        desired in arbitrary::desired(),
        layout in arbitrary::layout(),
        from_nothing in any::<bool>(),
    ) {
        let board = if from_nothing {
            SimulatedBoard::new(features)
        } else {
            lived_in(features, &before, &edits)
        };
        let mut project = Project { desired, layout, ..before };
        let seen = Process::new(&board, &project, "preview").plan();
        project.checkout.origin = OriginId::new("ffffffffffff");
        let mut process = Process::new(&board, &project, "real");
        process.groundwork();
        let left = process.plan();
        prop_assert_eq!(seen.digest(), left.digest());
        let ground = |plan: &Plan| plan.steps.iter().any(|step| step.action.is_infrastructure());
        prop_assert!(!ground(&left) && (ground(&seen) || !from_nothing));
    }
}

/// Whatever is cut short, what overlapping runs of two machines did to a board is put right by the
/// newer's next one: both look, then their writes interleave.
///
/// The cases are the same in every run: about one in ten thousand random ones ends otherwise without
/// harm, a card in the other of two lists of equal name, or a person's task in a list left over.
#[test]
fn overlapping_runs_are_healed() {
    let strategy = (
        arbitrary::features(),
        world::project(),
        people::edits(),
        arbitrary::desired(),
        any::<u64>(),
    );
    let config = ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let ran = TestRunner::new_with_rng(config, rng).run(
        &strategy,
        |(features, older, mut edits, desired, seed)| {
            edits.retain(|edit| !edit.invites_a_takeover());
            let board = lived_in(features, &older, &edits);
            let mut newer = older.clone();
            newer.desired.cards.extend(desired.cards);
            newer.desired.unreadable.clear();
            let mut processes = [
                Process::new(&board, &older, "older"),
                Process::new(&board, &newer, "newer"),
            ];
            processes.iter_mut().for_each(Process::groundwork);
            let alone = board.clone();
            Process::new(&alone, &newer, "newer").sync();
            world::interleave(&mut processes, &mut Random(seed));
            processes.iter_mut().for_each(Process::heal);
            // A run looks again after it wrote, as long as that finds anything.
            processes[1].sync();
            Process::new(&board, &newer, "newer again").sync();
            prop_assert_eq!(world::shown(&board), world::shown(&alone));
            Ok(())
        },
    );
    ran.unwrap_or_else(|error| panic!("{error}"));
}

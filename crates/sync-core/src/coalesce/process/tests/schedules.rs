//! Random schedules of more processes than can be explored whole.

use super::super::{Intent, RUNS_PER_KEY};
use super::model::Model;
use super::setup::{Program, Setup};
use super::world::{Cruelty, Violation};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::*;

fn programs() -> impl Strategy<Value = Program> {
    let intent = prop_oneof![
        6 => Just(Intent::Sync),
        1 => Just(Intent::Insist),
        1 => Just(Intent::Preview),
    ];
    prop_oneof![
        6 => (0..3_usize, intent).prop_map(|(key, intent)| Program::Onward(key, intent)),
        1 => (0..3_usize).prop_map(Program::Background),
        1 => Just(Program::Old),
    ]
}

fn setups() -> impl Strategy<Value = Setup> {
    let left = (
        0..3_u8,
        0..2_u8,
        0..3_u8,
        0..2_u8,
        0..3_u8,
        0..3_u8,
        0..3_u8,
    )
        .prop_map(
            |(kills, signals, failures, skips, errors, timeouts, cleanings)| Cruelty {
                kills,
                signals,
                failures,
                skips,
                errors,
                timeouts,
                cleanings,
            },
        );
    let runs_per_key = prop_oneof![Just(1), Just(2), Just(RUNS_PER_KEY)];
    (vec(programs(), 1..=6), left, any::<bool>(), runs_per_key).prop_map(
        |(programs, left, torn_look, runs_per_key)| Setup {
            torn_look,
            runs_per_key,
            ..Setup::new(&programs, left)
        },
    )
}

/// Follows a schedule to the end, then calls once more.
fn follow(setup: Setup, schedule: &[u16]) -> Result<(), Violation> {
    let mut model = Model::new(setup);
    let mut world = model.start();
    let mut schedule = schedule.iter().map(|choice| usize::from(*choice));
    while !world.is_over() {
        let moves: Vec<_> = model
            .moves(&world)
            .into_iter()
            .map(|(_, next)| next)
            .collect();
        let choice = schedule.next().unwrap_or(0) % moves.len().max(1);
        world = moves
            .into_iter()
            .nth(choice)
            .unwrap_or(Err(Violation::Deadlock))?;
    }
    model.recover(&world)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_schedule_loses_a_request(setup in setups(), schedule in vec(any::<u16>(), 0..300)) {
        prop_assert_eq!(follow(setup, &schedule), Ok(()));
    }
}

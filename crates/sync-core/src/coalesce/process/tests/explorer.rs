//! Every interleaving: all worlds that can be reached from a setup, breadth first.
//!
//! The setups are chosen so that all of them take some ten seconds of a debug build; the counts are
//! printed with `--nocapture`.

use super::super::Intent;
use super::code::Codes;
use super::model::{Model, Move};
use super::setup::{Fault, Program, Setup};
use super::world::{Cruelty, KIND, Violation, World};
use alloc::vec;
use alloc::vec::Vec;
use std::println;

const A: Program = Program::Onward(0, Intent::Sync);
const A2: Program = Program::Onward(1, Intent::Sync);
const B: Program = Program::Onward(2, Intent::Sync);
const OLD: Program = Program::Old;

/// What must hold once everybody has gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Every request is served and nothing is left.
    Quiet,
    /// Another call serves what is left.
    Recoverable,
}

/// What went wrong, and the shortest way there.
#[derive(Debug)]
struct Found {
    violation: Violation,
    #[expect(dead_code, reason = "shown when a test fails")]
    way: Vec<Move>,
}

/// A world, the place of the one before it, and what happened between.
type Reached = (World, usize, Option<Move>);

/// Explores a setup whole.
fn explore(setup: Setup, end: End) -> Result<(), Found> {
    let name = std::format!("{:?} {:?}", setup.programs, setup.left);
    let mut model = Model::new(setup);
    let equals = model.equals();
    let mut start = model.start();
    let mut known = Codes::from_iter([start.code(equals)]);
    let mut worlds: Vec<Reached> = vec![(start, 0, None)];
    let mut recovered = Codes::default();
    let mut at = 0;
    while at < worlds.len() {
        let world = worlds[at].0;
        if world.is_over() {
            if end == End::Quiet && !world.is_quiet() {
                return Err(found(Violation::Stuck, &worlds, at, None));
            }
            if recovered.insert(
                World {
                    left: KIND,
                    ..world
                }
                .code(equals),
            ) {
                let recovery = model.recover(&world);
                recovery.map_err(|violation| found(violation, &worlds, at, None))?;
            }
        } else {
            let moves = model.moves(&world);
            if moves.is_empty() {
                return Err(found(Violation::Deadlock, &worlds, at, None));
            }
            for (what, next) in moves {
                let next = next.map_err(|violation| found(violation, &worlds, at, Some(what)));
                let mut next = next?;
                if known.insert(next.code(equals)) {
                    worlds.push((next, at, Some(what)));
                }
            }
        }
        at += 1;
    }
    println!("{} worlds, {} ends: {name}", worlds.len(), recovered.len());
    Ok(())
}

fn found(violation: Violation, worlds: &[Reached], mut at: usize, last: Option<Move>) -> Found {
    let mut way: Vec<Move> = last.into_iter().collect();
    while let (_, before, Some(what)) = worlds[at] {
        way.push(what);
        at = before;
    }
    way.reverse();
    Found { violation, way }
}

#[test]
fn in_a_kind_world_everything_is_served() {
    const INSISTING: Program = Program::Onward(1, Intent::Insist);
    explore(
        Setup {
            torn_look: true,
            ..Setup::new(&[A, A, A], KIND)
        },
        End::Quiet,
    )
    .unwrap();
    for programs in [
        &[A, A, A2],
        &[A, A, INSISTING],
        &[Program::Background(0), A, A2],
    ] {
        explore(Setup::new(programs, KIND), End::Quiet).unwrap();
    }
}

#[test]
fn in_a_kind_world_holders_of_two_servers_do_not_leave_each_other_stuck() {
    const PREVIEW: Program = Program::Onward(0, Intent::Preview);
    for programs in [&[A, A2, B], &[A, A, B], &[A, A, PREVIEW], &[PREVIEW, B, A]] {
        let setup = Setup {
            quick_holders: true,
            ..Setup::new(programs, KIND)
        };
        explore(setup, End::Quiet).unwrap();
    }
}

#[test]
fn kills_and_failed_runs_lose_nothing() {
    let bad = |kills, failures| Cruelty {
        kills,
        failures,
        ..KIND
    };
    explore(Setup::new(&[A, A, A], bad(2, 1)), End::Recoverable).unwrap();
    explore(Setup::new(&[A, A2], bad(2, 2)), End::Recoverable).unwrap();
    explore(Setup::new(&[A, A, A2], bad(1, 0)), End::Recoverable).unwrap();
    explore(Setup::new(&[A, A2, B], bad(1, 0)), End::Recoverable).unwrap();
}

#[test]
fn the_old_script_loses_nothing_of_ours_nor_we_of_it() {
    let bad = |kills, failures| Cruelty {
        kills,
        failures,
        ..KIND
    };
    explore(Setup::new(&[A, A, OLD], bad(1, 1)), End::Recoverable).unwrap();
    explore(Setup::new(&[A, A, OLD, OLD], bad(1, 0)), End::Recoverable).unwrap();
    explore(Setup::new(&[A, OLD, OLD, OLD], bad(2, 1)), End::Recoverable).unwrap();
    explore(Setup::new(&[A, B, OLD], bad(1, 1)), End::Recoverable).unwrap();
    let torn = Setup {
        torn_look: true,
        ..Setup::new(&[A, A2, OLD], bad(1, 1))
    };
    explore(torn, End::Recoverable).unwrap();
}

#[test]
fn signals_errors_timeouts_and_cleaners_lose_nothing() {
    let all = Cruelty {
        signals: 1,
        failures: 1,
        skips: 1,
        errors: 1,
        timeouts: 1,
        ..KIND
    };
    for programs in [&[A, A], &[A, A2], &[A, B], &[A, OLD]] {
        explore(Setup::new(programs, all), End::Recoverable).unwrap();
    }
    let cleaned = Cruelty {
        cleanings: 2,
        kills: 1,
        failures: 1,
        ..KIND
    };
    explore(Setup::new(&[A, A], cleaned), End::Recoverable).unwrap();
    let cleaned = Cruelty {
        cleanings: 1,
        ..KIND
    };
    explore(Setup::new(&[A, A, A], cleaned), End::Recoverable).unwrap();
}

#[test]
fn a_capped_process_leaves_the_mark() {
    for (programs, kills) in [(&[A, A, A], 1), (&[A, A, A2], 0)] {
        let left = Cruelty { kills, ..KIND };
        explore(
            Setup {
                runs_per_key: 1,
                ..Setup::new(programs, left)
            },
            End::Recoverable,
        )
        .unwrap();
    }
}

/// Explores a setup with and without a fault.
fn finds(fault: Fault, setup: &Setup, end: End) -> Violation {
    explore(setup.clone(), end).unwrap();
    let faulty = Setup {
        fault: Some(fault),
        ..setup.clone()
    };
    explore(faulty, end).unwrap_err().violation
}

#[test]
fn the_known_mistakes_are_found() {
    let two = Setup::new(&[A, A], KIND);
    assert_eq!(
        finds(Fault::NoSecondLook, &two, End::Quiet),
        Violation::Stuck
    );
    assert_eq!(finds(Fault::LateMark, &two, End::Quiet), Violation::Stuck);

    let killed = Setup::new(&[A, A], Cruelty { kills: 1, ..KIND });
    assert_eq!(
        finds(Fault::ConsumeByUnlink, &killed, End::Recoverable),
        Violation::Lost
    );

    let cleaned = Setup::new(
        &[A, A],
        Cruelty {
            cleanings: 1,
            ..KIND
        },
    );
    assert_eq!(
        finds(Fault::AnyFile, &cleaned, End::Recoverable),
        Violation::TwoRuns
    );

    let servers = Setup {
        quick_holders: true,
        ..Setup::new(&[A, B], KIND)
    };
    assert_eq!(
        finds(Fault::AnyHolder, &servers, End::Quiet),
        Violation::Stuck
    );

    let old = Setup::new(&[A, OLD], KIND);
    assert_eq!(
        finds(Fault::BellForNothing, &old, End::Recoverable),
        Violation::Lost
    );
}

//! The protocol step by step; then over all interleavings, and over random ones.

mod code;
mod directory;
mod explorer;
mod model;
mod perform;
mod schedules;
mod script;
mod setup;
mod world;

use self::directory::Directory;
use super::super::ServerKey;
use super::*;
use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

const fn key(server: u32, request: u64) -> MarkKey {
    MarkKey {
        server: ServerKey(server),
        request,
    }
}

const OWN: MarkKey = key(1, 5);
const SECOND: MarkKey = key(1, 3);
const ELSEWHERE: MarkKey = key(2, 4);

const fn pending(key: MarkKey) -> Mark {
    Mark {
        key,
        phase: Phase::Pending,
    }
}

const fn inflight(key: MarkKey) -> Mark {
    Mark {
        key,
        phase: Phase::Inflight,
    }
}

fn farewell_of(process: &Coalesce) -> Farewell {
    let Step::Exit(farewell) = process.step() else {
        panic!("still about to do {:?}", process.step());
    };
    farewell
}

/// A process that has found the lock busy, and whether it made a mark.
fn before_a_busy_lock(intent: Intent) -> Coalesce {
    let mut process = Coalesce::new(OWN, intent);
    Directory::default().until(&mut process, |step| step == Step::TryLock);
    process.answer(Seen::Busy {
        waited: Duration::ZERO,
    });
    process
}

fn wait_in_vain(process: &mut Coalesce) -> Duration {
    let Step::WaitLock { at_most } = process.step() else {
        panic!("does not wait but is about to do {:?}", process.step());
    };
    process.answer(Seen::Busy { waited: at_most });
    at_most
}

#[test]
fn a_lone_process_takes_every_step() {
    let mut directory = Directory::default();
    let farewell = directory.finish(&mut Coalesce::new(OWN, Intent::Sync));
    assert_eq!(
        farewell,
        Farewell {
            verdict: Verdict::Synced,
            capped: false
        }
    );
    let expected = [
        Step::CreateMark(OWN),
        Step::RingBell,
        Step::TryLock,
        Step::CheckLock,
        Step::WriteHolder(Holder::Serves(OWN.server())),
        Step::LookForMarks,
        Step::SilenceBell,
        Step::RenameToInflight(OWN),
        Step::Run(Work::Mark(OWN)),
        Step::UnlinkInflight(OWN),
        Step::LookForMarks,
        Step::WriteHolder(Holder::Unnamed),
        Step::Unlock,
        Step::LookForMarks,
    ];
    assert_eq!(directory.steps, expected);
    assert!(directory.marks.is_empty() && !directory.bell);
}

#[test]
fn requests_during_a_run_are_queued_and_give_one_follow_up() {
    for callers in 1..20 {
        let mut directory = Directory::default();
        let mut holder = Coalesce::new(OWN, Intent::Sync);
        directory.until(&mut holder, |step| matches!(step, Step::Run(_)));
        for _ in 0..callers {
            let mut caller = Coalesce::new(OWN, Intent::Sync);
            directory.until(&mut caller, |step| step == Step::TryLock);
            caller.answer(Seen::Busy {
                waited: Duration::ZERO,
            });
            assert_eq!(caller.step(), Step::ReadHolder);
            caller.answer(Seen::Holder(Holder::Serves(OWN.server())));
            assert_eq!(farewell_of(&caller).verdict, Verdict::Queued);
        }
        assert_eq!(directory.finish(&mut holder).verdict, Verdict::Synced);
        assert_eq!(directory.runs(), [Work::Mark(OWN); 2]);
        assert!(directory.marks.is_empty() && !directory.bell);
    }
}

#[test]
fn no_step_that_fails_ends_in_exit_0() {
    // Step by step: the failure is at the first step, the second, and so on.
    for failing in 0.. {
        let mut directory = Directory::default();
        let mut process = Coalesce::new(OWN, Intent::Sync);
        for _ in 0..failing {
            let seen = directory.perform(process.step());
            process.answer(seen);
        }
        let step = process.step();
        if matches!(step, Step::Exit(_)) {
            assert_eq!(failing, 14);
            break;
        }
        process.answer(Seen::Failed);
        let code = directory.finish(&mut process).verdict.code();
        // Nothing depends on leaving the lock: it is freed with the process.
        let is_leaving = matches!(step, Step::WriteHolder(Holder::Unnamed) | Step::Unlock);
        assert_eq!(code, u8::from(!is_leaving), "{step:?}");
        assert!(directory.runs().len() <= 1, "goes on after {step:?}");
    }
}

#[test]
fn an_answer_to_another_question_is_a_failure() {
    for seen in [Seen::Locked, Seen::Current, Seen::Ran(Outcome::Succeeded)] {
        let mut process = Coalesce::new(OWN, Intent::Sync);
        process.answer(seen);
        assert_eq!(farewell_of(&process).verdict, Verdict::Failed);
    }
}

#[test]
fn a_replaced_lock_file_excludes_nobody() {
    let mut directory = Directory::default();
    let mut process = Coalesce::new(OWN, Intent::Sync);
    directory.until(&mut process, |step| step == Step::CheckLock);
    process.answer(Seen::Replaced);
    assert_eq!(process.step(), Step::TryLock);
}

#[test]
fn behind_the_old_script_a_request_is_queued_after_the_grace() {
    let mut process = before_a_busy_lock(Intent::Sync);
    process.answer(Seen::Holder(Holder::Unnamed));
    assert_eq!(wait_in_vain(&mut process), GRACE);
    process.answer(Seen::Holder(Holder::Unnamed));
    assert_eq!(farewell_of(&process).verdict, Verdict::Queued);
}

#[test]
fn a_holder_that_was_about_to_write_its_line_is_believed_afterwards() {
    let mut process = before_a_busy_lock(Intent::Sync);
    process.answer(Seen::Holder(Holder::Unnamed));
    wait_in_vain(&mut process);
    process.answer(Seen::Holder(Holder::Serves(ELSEWHERE.server())));
    assert_eq!(wait_in_vain(&mut process), PATIENCE.saturating_sub(GRACE));
    // The next one has not written its line yet, and has the same grace.
    process.answer(Seen::Holder(Holder::Unnamed));
    assert_eq!(wait_in_vain(&mut process), GRACE);
    process.answer(Seen::Holder(Holder::ServesNobody));
    assert_eq!(farewell_of(&process).verdict, Verdict::TimedOut);
}

#[test]
fn behind_another_server_or_a_dry_run_a_request_waits_and_then_fails() {
    for holder in [Holder::Serves(ELSEWHERE.server()), Holder::ServesNobody] {
        let mut process = before_a_busy_lock(Intent::Sync);
        process.answer(Seen::Holder(holder));
        assert_eq!(wait_in_vain(&mut process), PATIENCE);
        assert_eq!(process.step(), Step::ReadHolder);
        process.answer(Seen::Holder(holder));
        assert_eq!(farewell_of(&process).verdict.code(), 1);
    }
}

#[test]
fn patience_and_grace_are_whole_again_after_the_lock_was_held() {
    let mut process = before_a_busy_lock(Intent::Sync);
    process.answer(Seen::Holder(Holder::Unnamed));
    wait_in_vain(&mut process);
    process.answer(Seen::Holder(Holder::Serves(ELSEWHERE.server())));
    let mut directory = Directory::default();
    directory.until(&mut process, |step| step == Step::Unlock);
    directory.place(pending(OWN));
    directory.until(&mut process, |step| step == Step::TryLock);
    process.answer(Seen::Busy {
        waited: Duration::ZERO,
    });
    process.answer(Seen::Holder(Holder::Unnamed));
    assert_eq!(wait_in_vain(&mut process), GRACE);
    process.answer(Seen::Holder(Holder::ServesNobody));
    assert_eq!(wait_in_vain(&mut process), PATIENCE.saturating_sub(GRACE));
    process.answer(Seen::Holder(Holder::ServesNobody));
    // Its own request was done before.
    assert_eq!(farewell_of(&process).verdict, Verdict::Synced);
}

#[test]
fn what_is_never_queued_makes_no_mark_and_waits() {
    for intent in [Intent::Insist, Intent::Preview] {
        let mut process = Coalesce::new(OWN, intent);
        assert_eq!(process.step(), Step::TryLock);
        process.answer(Seen::Busy {
            waited: Duration::ZERO,
        });
        process.answer(Seen::Busy {
            waited: PATIENCE / 3,
        });
        assert_eq!(wait_in_vain(&mut process), PATIENCE / 3 * 2);
        assert_eq!(farewell_of(&process).verdict, Verdict::TimedOut);
    }
}

#[test]
fn an_insisting_process_runs_itself_and_then_what_is_queued() {
    let mut directory = Directory {
        marks: vec![pending(SECOND)],
        ..Directory::default()
    };
    let farewell = directory.finish(&mut Coalesce::new(OWN, Intent::Insist));
    assert_eq!(farewell.verdict, Verdict::Synced);
    assert_eq!(directory.runs(), [Work::Own, Work::Mark(SECOND)]);
}

#[test]
fn a_dry_run_leaves_the_directory_alone() {
    let mut directory = Directory {
        marks: vec![pending(SECOND)],
        bell: true,
        ..Directory::default()
    };
    directory.finish(&mut Coalesce::new(OWN, Intent::Preview));
    assert_eq!(directory.runs(), [Work::Own]);
    assert!(
        directory
            .steps
            .contains(&Step::WriteHolder(Holder::ServesNobody))
    );
    assert_eq!(
        (directory.marks, directory.bell),
        (vec![pending(SECOND)], true)
    );
}

#[test]
fn marks_of_the_own_server_are_run_whoever_left_them() {
    let marks = vec![inflight(SECOND), pending(ELSEWHERE), inflight(ELSEWHERE)];
    let mut directory = Directory {
        marks,
        ..Directory::default()
    };
    directory.finish(&mut Coalesce::new(OWN, Intent::Sync));
    assert_eq!(directory.runs(), [Work::Mark(OWN), Work::Mark(SECOND)]);
    assert_eq!(directory.marks, [pending(ELSEWHERE), inflight(ELSEWHERE)]);
}

#[test]
fn a_failed_run_is_repeated_for_a_newer_mark_only() {
    let outcomes = VecDeque::from([Outcome::Skipped, Outcome::Failed]);
    let mut directory = Directory {
        outcomes,
        ..Directory::default()
    };
    let mut process = Coalesce::new(OWN, Intent::Sync);
    directory.until(&mut process, |step| matches!(step, Step::Run(_)));
    directory.place(pending(OWN));
    assert_eq!(directory.finish(&mut process).verdict, Verdict::Failed);
    assert_eq!(directory.runs().len(), 2);
    assert_eq!(directory.marks, [inflight(OWN)]);
}

#[test]
fn the_worst_result_is_the_exit_code() {
    for (outcomes, code) in [
        ([Outcome::Succeeded, Outcome::Succeeded], 0),
        ([Outcome::Succeeded, Outcome::Skipped], 2),
        ([Outcome::Skipped, Outcome::Failed], 1),
        ([Outcome::Failed, Outcome::Skipped], 1),
    ] {
        let marks = vec![inflight(SECOND)];
        let mut directory = Directory {
            marks,
            outcomes: outcomes.into(),
            ..Directory::default()
        };
        let farewell = directory.finish(&mut Coalesce::new(OWN, Intent::Sync));
        assert_eq!(farewell.verdict.code(), code, "{outcomes:?}");
        let kept = outcomes
            .iter()
            .filter(|outcome| **outcome != Outcome::Succeeded)
            .count();
        assert_eq!(directory.marks.len(), kept, "{outcomes:?}");
    }
}

#[test]
fn the_bell_alone_asks_for_the_own_root() {
    let mut directory = Directory {
        bell: true,
        ..Directory::default()
    };
    let mut process = Coalesce::announced(OWN);
    directory.finish(&mut process);
    assert_eq!(directory.runs(), [Work::Mark(OWN)]);
    let place = |step| directory.steps.iter().position(|done| *done == step);
    assert!(place(Step::CreateMark(OWN)) < place(Step::SilenceBell));
    assert!(directory.marks.is_empty() && !directory.bell);
}

#[test]
fn a_hook_that_always_asks_again_is_capped_and_said_so() {
    let marks = vec![pending(SECOND)];
    let mut directory = Directory {
        marks,
        asks_again: true,
        ..Directory::default()
    };
    let farewell = directory.finish(&mut Coalesce::new(OWN, Intent::Sync));
    assert_eq!(
        farewell,
        Farewell {
            verdict: Verdict::Synced,
            capped: true
        }
    );
    assert_eq!(directory.runs().len(), usize::from(RUNS_PER_KEY) + 1);
    assert_eq!(
        directory.runs()[1],
        Work::Mark(SECOND),
        "another key waits for one run only"
    );
    assert_eq!(directory.marks, [pending(OWN)]);
}

#[test]
fn a_signal_is_obeyed_at_every_step() {
    for before in 0..14 {
        let mut directory = Directory {
            marks: vec![pending(SECOND)],
            ..Directory::default()
        };
        let mut process = Coalesce::new(OWN, Intent::Sync);
        for _ in 0..before {
            let seen = directory.perform(process.step());
            process.answer(seen);
        }
        process.interrupt();
        let runs = directory.runs().len() + usize::from(matches!(process.step(), Step::Run(_)));
        let farewell = directory.finish(&mut process);
        assert_eq!(
            farewell.verdict,
            Verdict::Interrupted,
            "after {before} steps"
        );
        assert_eq!(directory.runs().len(), runs, "after {before} steps");
        let is_unlocked =
            !directory.steps.contains(&Step::TryLock) || directory.steps.contains(&Step::Unlock);
        assert!(is_unlocked, "after {before} steps");
        let is_kept = directory.marks.iter().any(|mark| mark.key == SECOND);
        let is_run = directory.runs().contains(&Work::Mark(SECOND));
        assert_eq!(is_kept, !is_run, "after {before} steps");
    }
}

#[test]
fn the_caller_of_a_background_process_makes_the_mark() {
    let mut directory = Directory::default();
    let farewell = directory.finish(&mut Coalesce::announcing(OWN));
    assert_eq!(farewell.verdict, Verdict::Announced);
    assert_eq!(directory.steps, [Step::CreateMark(OWN), Step::RingBell]);
    let mut process = Coalesce::announced(OWN);
    assert_eq!(process.step(), Step::TryLock);
    assert_eq!(directory.finish(&mut process).verdict, Verdict::Synced);
    assert_eq!(directory.runs(), [Work::Mark(OWN)]);
}

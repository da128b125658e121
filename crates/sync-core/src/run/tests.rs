use super::*;
use crate::board::Position;
use crate::ids::TaskId;
use crate::write::SeenTask;
use proptest::prelude::*;

/// A plan whose steps wait for the ones named; step 0 makes a card when `creates`.
fn plan(after: &[&[usize]]) -> Plan {
    let step = |after: &&[usize]| Step {
        change: None,
        action: Action::DeleteTask {
            task: TaskId::new("1"),
            seen: SeenTask {
                name: "a".into(),
                done: false,
            },
        },
        after: after.iter().map(|n| StepId(*n)).collect(),
    };
    Plan {
        steps: after.iter().map(step).collect(),
        ..Plan::default()
    }
}

fn run(after: &[&[usize]], limit: usize) -> Run {
    Run::new(plan(after), limit, "nonce")
}

fn ready(run: &mut Run) -> Vec<usize> {
    core::iter::from_fn(|| run.next_ready())
        .map(|(step, _)| step.0)
        .collect()
}

fn done() -> Outcome {
    Outcome::Done {
        made: String::new(),
    }
}

fn reason() -> String {
    "why".into()
}

#[test]
fn no_more_at_once_than_the_limit() {
    let mut run = run(&[&[], &[], &[]], 2);
    assert_eq!(ready(&mut run), [0, 1]);
    run.complete(StepId(1), done());
    assert_eq!(ready(&mut run), [2]);
    assert!(!run.is_over());
    run.complete(StepId(0), Outcome::AlreadySo);
    run.complete(StepId(2), done());
    assert!(run.is_over());
    assert!(run.report().is_complete());
}

#[test]
fn a_step_waits_for_all_before_it() {
    let mut run = run(&[&[], &[], &[0, 1, 1]], 4);
    assert_eq!(ready(&mut run), [0, 1]);
    run.complete(StepId(0), done());
    assert_eq!(ready(&mut run), []);
    run.complete(StepId(1), done());
    assert_eq!(ready(&mut run), [2]);
}

#[test]
fn trouble_stops_the_run_and_waits_for_what_is_in_flight() {
    let transient = Outcome::Transient { reason: reason() };
    let denied = Outcome::Denied {
        reason: reason(),
        logged_out: true,
    };
    for outcome in [transient, denied] {
        let mut run = run(&[&[], &[], &[0], &[]], 2);
        assert_eq!(ready(&mut run), [0, 1]);
        run.complete(StepId(0), outcome);
        assert_eq!(ready(&mut run), []);
        assert!(!run.is_over());
        run.complete(StepId(1), done());
        assert!(run.is_over());
        let report = run.report();
        assert!(report.stopped.is_some());
        let fates: Vec<_> = report.steps.into_iter().map(|(_, fate)| fate).collect();
        let failed = Some(Fate::Failed { reason: reason() });
        let made = Some(Fate::Made { id: String::new() });
        assert_eq!(fates, [failed, made, Some(Fate::Skipped), None]);
    }
}

#[test]
fn what_one_write_met_skips_only_what_follows_from_it() {
    let reason = reason();
    for outcome in [
        Outcome::Superseded {
            reason: reason.clone(),
        },
        Outcome::Refused {
            reason: reason.clone(),
        },
        Outcome::Unknown {
            reason: reason.clone(),
        },
    ] {
        let mut run = run(&[&[], &[0], &[1], &[]], 4);
        assert_eq!(ready(&mut run), [0, 3]);
        run.complete(StepId(0), outcome);
        run.complete(StepId(3), done());
        assert!(run.is_over());
        let report = run.report();
        assert_eq!(report.stopped, None);
        assert_eq!(report.steps[1].1, Some(Fate::Skipped));
        assert_eq!(report.steps[2].1, Some(Fate::Skipped));
        assert_eq!(report.steps[3].1, Some(Fate::Made { id: String::new() }));
    }
}

#[test]
fn an_interrupt_hands_out_nothing_more() {
    let mut run = run(&[&[], &[]], 1);
    assert_eq!(ready(&mut run), [0]);
    run.interrupt();
    run.complete(StepId(0), done());
    assert_eq!(ready(&mut run), []);
    assert_eq!(run.report().stopped, Some(Stop::Interrupted));
}

#[test]
fn what_was_not_handed_out_cannot_complete() {
    let mut run = run(&[&[], &[0]], 1);
    run.complete(StepId(1), done());
    assert_eq!(ready(&mut run), [0]);
    run.complete(StepId(0), done());
    run.complete(StepId(0), done());
    assert_eq!(ready(&mut run), [1]);
    assert_eq!(run.progress(), (1, 2));
}

#[test]
fn an_id_goes_where_the_plan_has_a_handle_and_its_lack_skips() {
    let create = Action::CreateProject { name: "P".into() };
    let follow = Action::CreateBoard {
        project: Handle::Made(StepId(0)),
        name: "B".into(),
        position: Position(1.0),
    };
    let steps = vec![(create, vec![]), (follow, vec![StepId(0)])];
    let step = |(action, after)| Step {
        change: None,
        action,
        after,
    };
    let plan = Plan {
        steps: steps.into_iter().map(step).collect(),
        ..Plan::default()
    };
    let mut run = Run::new(plan.clone(), 1, "nonce");
    assert_eq!(ready(&mut run), [0]);
    run.complete(StepId(0), Outcome::Done { made: "7".into() });
    let (_, write) = run.next_ready().unwrap();
    assert!(matches!(write, Write::CreateBoard { project, .. } if project.as_str() == "7"));
    let mut run = Run::new(plan, 1, "nonce");
    assert_eq!(ready(&mut run), [0]);
    run.complete(StepId(0), Outcome::AlreadySo);
    assert_eq!(ready(&mut run), []);
    assert_eq!(run.report().steps[1].1, Some(Fate::Skipped));
}

fn outcome(n: u8) -> Outcome {
    let reason = reason();
    match n {
        0..=5 => done(),
        6 => Outcome::AlreadySo,
        7 => Outcome::Superseded { reason },
        8 => Outcome::Refused { reason },
        9 => Outcome::Unknown { reason },
        _ => Outcome::Transient { reason },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the order of answers: nothing before what it waits for, nothing twice, never more
    /// than the limit, and in the end every step has a fate unless the run stopped.
    #[test]
    fn any_interleaving_keeps_the_order(
        waits in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3), 0..20),
        answers in proptest::collection::vec((any::<u8>(), 0u8..12), 0..60),
        limit in 0usize..5,
    ) {
        let waits: Vec<Vec<usize>> = waits
            .iter()
            .enumerate()
            .map(|(n, after)| after.iter().filter_map(|a| usize::from(*a).checked_rem(n)).collect())
            .collect();
        let waits: Vec<&[usize]> = waits.iter().map(Vec::as_slice).collect();
        let mut run = run(&waits, limit);
        let (mut in_flight, mut made, mut given) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut answers = answers.into_iter();
        loop {
            for n in ready(&mut run) {
                prop_assert!(given.insert(n), "step {} twice", n);
                prop_assert!(waits[n].iter().all(|before| made.contains(before)));
                in_flight.push(n);
            }
            prop_assert!(in_flight.len() <= limit.max(1));
            if in_flight.is_empty() {
                break;
            }
            let (at, answer) = answers.next().unwrap_or((0, 0));
            let n = in_flight.swap_remove(usize::from(at) % in_flight.len());
            let outcome = outcome(answer);
            if matches!(outcome, Outcome::Done { .. } | Outcome::AlreadySo) {
                made.insert(n);
            }
            run.complete(StepId(n), outcome);
        }
        prop_assert!(run.is_over());
        let report = run.report();
        let all = report.steps.iter().all(|(_, fate)| fate.is_some());
        prop_assert!(all || report.stopped.is_some());
    }
}

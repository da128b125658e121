//! Changes of rows that are there: what was seen, ranks, reopens.

use super::{
    ADA, HubSubject, SHOP, by, new_task, new_workplan, planted, planted_task, reopen, set,
};
use sync_core::hub::{Hub, HubOutcome, HubRows, HubWrite, Made, Version};
use sync_core::ids::{FileId, HubId, Slug};
use sync_core::status::{Status, TaskStatus, WorkplanStatus};

fn superseded(now: &str) -> HubOutcome {
    HubOutcome::Superseded { now: now.into() }
}

fn regression(now: &str) -> HubOutcome {
    HubOutcome::Regression { now: now.into() }
}

fn at(row: &Made, version: u64) -> Made {
    Made {
        version: Version(version),
        ..row.clone()
    }
}

/// Each change has a version of its own and says who made it.
pub async fn every_change_makes_a_new_version_and_names_its_writer<H: Hub, K>(
    subject: &HubSubject<H, K>,
) {
    let mut row = subject.scene_with(TaskStatus::Todo).await;
    let mut versions = vec![row.version];
    for status in [
        TaskStatus::Blocked,
        TaskStatus::InProgress,
        TaskStatus::Done,
        TaskStatus::Cancelled,
    ] {
        let name = format!("{}@host", status.word());
        let outcome = subject.hub.perform(&[set(&row, status)], &by(&name)).await;
        let outcome = outcome.expect("the hub takes writes").remove(0);
        let HubOutcome::Done(made) = outcome else {
            panic!("{status:?}: {outcome:?}");
        };
        let now = subject.task(&made.id).await;
        assert_eq!(now.status, status.into());
        assert_eq!(now.state.changed_by, name);
        assert_eq!((now.state.version, now.state.reopens), (made.version, 0));
        assert!(!versions.contains(&made.version), "{versions:?}, {made:?}");
        versions.push(made.version);
        row = made;
    }
}

/// Of two writers who saw one version, the second overwrites nothing.
pub async fn of_two_who_saw_the_same_the_second_is_superseded<H: Hub, K>(
    subject: &HubSubject<H, K>,
) {
    let seen = subject.scene_with(TaskStatus::Todo).await;
    let first = subject.done(set(&seen, TaskStatus::InProgress)).await;
    for status in [TaskStatus::Blocked, TaskStatus::Done] {
        let second = subject.one(set(&seen, status)).await;
        assert_eq!(second, superseded("in_progress"), "{status:?}");
    }
    let now = subject.task(&seen.id).await;
    assert_eq!(now.status, TaskStatus::InProgress.into());
    assert_eq!(now.state.version, first.version);
}

/// No pair of task statuses lowers a rank, whatever version is named.
pub async fn no_task_falls_in_rank<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.scene().await;
    for (n, (from, ..)) in TaskStatus::TABLE.iter().enumerate() {
        for (m, (to, ..)) in TaskStatus::TABLE.iter().enumerate() {
            let task = new_task(SHOP, "WP-1", &format!("T{n}{m}"));
            let mut row = subject.done(task).await;
            if *from != TaskStatus::Todo {
                row = subject.done(set(&row, *from)).await;
            }
            let stale = at(&row, 0);
            if to.rank() < from.rank() {
                for seen in [&row, &stale] {
                    let outcome = subject.one(set(seen, *to)).await;
                    assert_eq!(outcome, regression(from.word()), "{from:?} to {to:?}");
                }
                assert_eq!(subject.task(&row.id).await.status, (*from).into());
            } else if to != from {
                let outcome = subject.one(set(&stale, *to)).await;
                assert_eq!(outcome, superseded(from.word()), "{from:?} to {to:?}");
                assert_eq!(subject.done(set(&row, *to)).await.reopens, 0);
                assert_eq!(subject.task(&row.id).await.status, (*to).into());
            }
        }
    }
}

/// No pair of workplan statuses lowers a rank, but by a reopen.
pub async fn no_workplan_falls_in_rank<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    let set = |row: &Made, status, reopen| HubWrite::SetWorkplanStatus {
        id: row.id.clone(),
        seen: row.version,
        status,
        reopen,
    };
    for (n, (from, ..)) in WorkplanStatus::TABLE.iter().enumerate() {
        for (m, (to, ..)) in WorkplanStatus::TABLE.iter().enumerate() {
            let workplan = new_workplan(SHOP, &format!("WP-{n}{m}"));
            let mut row = subject.done(workplan).await;
            if *from != WorkplanStatus::Proposed {
                row = subject.done(set(&row, *from, false)).await;
            }
            if to == from {
                continue;
            }
            let falls = to.rank() < from.rank();
            if falls {
                let outcome = subject.one(set(&row, *to, false)).await;
                assert_eq!(outcome, regression(from.word()), "{from:?} to {to:?}");
            }
            let made = subject.done(set(&row, *to, falls)).await;
            assert_eq!(made.reopens, u32::from(falls), "{from:?} to {to:?}");
            let now = subject.workplan(&row.id).await;
            assert_eq!(
                (now.status, now.state.version),
                ((*to).into(), made.version)
            );
        }
    }
}

/// A reopen counts exactly when it lowers a rank.
pub async fn a_reopen_lowers_a_rank_and_is_counted<H: Hub, K>(subject: &HubSubject<H, K>) {
    let mut row = subject.scene_with(TaskStatus::Done).await;
    for (status, reopens) in [
        (TaskStatus::Cancelled, 0),
        (TaskStatus::InProgress, 1),
        (TaskStatus::Blocked, 1),
        (TaskStatus::Done, 1),
        (TaskStatus::Todo, 2),
    ] {
        row = subject.done(reopen(&row, status)).await;
        assert_eq!(row.reopens, reopens, "{status:?}");
        let now = subject.task(&row.id).await;
        assert_eq!(now.status, status.into());
        assert_eq!(
            (now.state.version, now.state.reopens),
            (row.version, reopens)
        );
    }
}

/// A reopen overwrites nothing it has not seen.
pub async fn a_reopen_needs_the_version_too<H: Hub, K>(subject: &HubSubject<H, K>) {
    let seen = subject.scene_with(TaskStatus::Done).await;
    subject.done(set(&seen, TaskStatus::Cancelled)).await;
    let outcome = subject.one(reopen(&seen, TaskStatus::Todo)).await;
    assert_eq!(outcome, superseded("cancelled"));
    assert_eq!(subject.task(&seen.id).await.state.reopens, 0);
}

/// A write of what is there makes no version, whatever version it names.
pub async fn what_is_so_already_stays_as_it_is<H: Hub, K>(subject: &HubSubject<H, K>) {
    let row = subject.scene_with(TaskStatus::Done).await;
    for seen in [row.clone(), at(&row, 0)] {
        for write in [
            set(&seen, TaskStatus::Done),
            reopen(&seen, TaskStatus::Done),
        ] {
            let outcome = subject.one(write).await;
            assert_eq!(outcome, HubOutcome::AlreadySo(row.clone()));
        }
    }
    assert_eq!(subject.task(&row.id).await.state.version, row.version);
}

/// A word that is no status stays, also against a reopen.
pub async fn an_unknown_word_is_never_overwritten<H: Hub, K>(subject: &HubSubject<H, K>) {
    let rows = HubRows {
        workplans: vec![planted("p-1", "halfway")],
        tasks: vec![planted_task("t-1", "p-1", "halfway")],
    };
    (subject.plant)(&subject.hub, &rows);
    let state = &rows.tasks[0].state;
    let row = Made {
        id: HubId::new("t-1"),
        version: state.version,
        reopens: state.reopens,
    };
    for write in [set(&row, TaskStatus::Done), reopen(&row, TaskStatus::Todo)] {
        let outcome = subject.one(write).await;
        assert!(matches!(&outcome, HubOutcome::Refused { reason } if reason.contains("halfway")));
    }
    let outcome = subject
        .one(HubWrite::SetWorkplanStatus {
            id: HubId::new("p-1"),
            seen: state.version,
            status: WorkplanStatus::Finished,
            reopen: false,
        })
        .await;
    assert!(matches!(outcome, HubOutcome::Refused { .. }), "{outcome:?}");
    assert_eq!(subject.look_up(&["p-1", "t-1"]).await, rows);
}

/// A title changes under the version that was seen only.
pub async fn a_title_changes_if_it_was_seen<H: Hub, K>(subject: &HubSubject<H, K>) {
    let row = subject.scene().await;
    let entitle = |row: &Made, title: &str| HubWrite::SetWorkplanTitle {
        id: row.id.clone(),
        seen: row.version,
        title: title.into(),
    };
    let made = subject.done(entitle(&row, "Better")).await;
    assert_ne!(made.version, row.version);
    let outcome = subject.one(entitle(&row, "Worse")).await;
    assert_eq!(outcome, superseded("proposed"));
    let outcome = subject.one(entitle(&row, "Better")).await;
    assert_eq!(outcome, HubOutcome::AlreadySo(made.clone()));
    let now = subject.workplan(&row.id).await;
    assert_eq!(
        (now.title.as_str(), now.state.version),
        ("Better", made.version)
    );
}

/// Adopting gives away what is nobody's, once, to a free place.
pub async fn a_workplan_of_nobody_is_given_to_one<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.scene().await;
    subject.register("depot").await;
    let rows = HubRows {
        workplans: vec![planted("p-1", "active"), planted("p-2", "active")],
        tasks: Vec::new(),
    };
    (subject.plant)(&subject.hub, &rows);
    let seen = rows.workplans[0].state.version;
    let adopt = |id, seen, slug, file_id| HubWrite::AdoptWorkplan {
        id: HubId::new(id),
        seen,
        repository: Slug::new(slug),
        file_id: FileId::new(file_id),
    };
    let outcome = subject.one(adopt("p-1", Version(0), SHOP, "WP-7")).await;
    assert_eq!(outcome, superseded("active"));
    let made = subject.done(adopt("p-1", seen, SHOP, "WP-7")).await;
    let now = subject.workplan(&made.id).await;
    assert_eq!(now.repository, Some(Slug::new(SHOP)));
    assert_eq!(now.file_id, Some(FileId::new("WP-7")));
    assert_eq!(
        (now.state.version, now.state.changed_by.as_str()),
        (made.version, ADA)
    );
    let again = subject.one(adopt("p-1", seen, SHOP, "WP-7")).await;
    assert_eq!(again, HubOutcome::AlreadySo(made.clone()));
    for refused in [
        adopt("p-1", made.version, "depot", "WP-7"),
        adopt("p-2", seen, SHOP, "WP-1"),
    ] {
        let outcome = subject.one(refused).await;
        assert!(matches!(outcome, HubOutcome::Refused { .. }), "{outcome:?}");
    }
    let outcome = subject.one(adopt("p-2", seen, "nowhere", "WP-8")).await;
    assert_eq!(outcome, HubOutcome::Missing);
    assert_eq!(
        subject.workplan(&HubId::new("p-2")).await,
        rows.workplans[1]
    );
}

/// Every change of an unknown row is missing it.
pub async fn what_is_not_there_is_missing<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.scene().await;
    let nobody = Made {
        id: HubId::new("nobody"),
        version: Version(1),
        reopens: 0,
    };
    let writes = [
        set(&nobody, TaskStatus::Done),
        reopen(&nobody, TaskStatus::Todo),
        HubWrite::SetWorkplanStatus {
            id: nobody.id.clone(),
            seen: Version(1),
            status: WorkplanStatus::Active,
            reopen: false,
        },
        HubWrite::SetWorkplanTitle {
            id: nobody.id.clone(),
            seen: Version(1),
            title: "Nobody's".into(),
        },
        HubWrite::AdoptWorkplan {
            id: nobody.id.clone(),
            seen: Version(1),
            repository: Slug::new(SHOP),
            file_id: FileId::new("WP-9"),
        },
    ];
    let outcomes = subject.perform(&writes).await;
    assert!(
        outcomes
            .iter()
            .all(|outcome| *outcome == HubOutcome::Missing),
        "{outcomes:?}"
    );
}

/// Refused writes among others leave the others as they were asked for.
pub async fn one_bad_write_hinders_no_other<H: Hub, K>(subject: &HubSubject<H, K>) {
    let done = subject.scene_with(TaskStatus::Done).await;
    let nobody = Made {
        id: HubId::new("nobody"),
        ..done.clone()
    };
    let writes = [
        new_task(SHOP, "WP-1", "T02"),
        set(&done, TaskStatus::Todo),
        set(&nobody, TaskStatus::Done),
        set(&done, TaskStatus::Cancelled),
        // Its version is that before the write above.
        set(&done, TaskStatus::Done),
        new_task(SHOP, "WP-9", "T01"),
        new_task(SHOP, "WP-1", "T03"),
    ];
    let outcomes = subject.perform(&writes).await;
    assert!(matches!(outcomes[0], HubOutcome::Done(_)), "{outcomes:?}");
    assert_eq!(outcomes[1], regression("done"));
    assert_eq!(outcomes[2], HubOutcome::Missing);
    assert!(matches!(outcomes[3], HubOutcome::Done(_)), "{outcomes:?}");
    assert_eq!(outcomes[4], superseded("cancelled"));
    assert_eq!(outcomes[5], HubOutcome::Missing);
    assert!(matches!(outcomes[6], HubOutcome::Done(_)), "{outcomes:?}");
    assert_eq!(subject.read(SHOP).await.tasks.len(), 3);
}

/// More writes than fit one transaction are answered one by one.
pub async fn every_one_of_many_writes_is_answered_in_order<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.scene().await;
    let mut writes: Vec<_> = (0..1200)
        .map(|n| new_task(SHOP, "WP-1", &format!("T{n:04}")))
        .collect();
    writes[700] = new_task(SHOP, "WP-9", "T01");
    let outcomes = subject.perform(&writes).await;
    for (write, outcome) in writes.iter().zip(&outcomes) {
        let HubWrite::CreateTask { id, workplan, .. } = write else {
            panic!("{write:?}");
        };
        match outcome {
            HubOutcome::Done(made) => assert_eq!(Some(&made.id), id.as_ref()),
            HubOutcome::Missing => assert!(
                subject
                    .look_up(&[workplan.as_str()])
                    .await
                    .workplans
                    .is_empty()
            ),
            other => panic!("{other:?}"),
        }
    }
    let rows = subject.read(SHOP).await;
    assert_eq!(rows.tasks.len(), 1199);
    let ids: Vec<_> = rows.tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(subject.look_up(&ids).await, rows);
    assert_eq!(subject.perform(&[]).await, []);
}

//! A read shows the whole of what was asked for, and nothing else.

use super::{
    ADA, HubSubject, SHOP, ids_of, new_task, new_workplan, planted, planted_task, registration,
};
use sync_core::hub::{Hub, HubRows, HubWrite, Version};
use sync_core::ids::{FileId, Slug};
use sync_core::status::{TaskStatus, WorkplanStatus};

/// A fresh hub knows no repository and finds no id.
pub async fn a_fresh_hub_holds_nothing<H: Hub, K>(subject: &HubSubject<H, K>) {
    let repositories = subject.hub.repositories().await.expect("a fresh hub");
    assert!(repositories.is_empty(), "{repositories:?}");
    let found = subject.look_up(&["T01", ""]).await;
    assert_eq!(found, HubRows::default());
}

/// A repository the hub does not know is an error, one without rows is empty.
pub async fn an_unknown_repository_is_an_error<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    let unknown = subject.hub.read(&Slug::new("nowhere")).await;
    assert!(unknown.is_err(), "an empty answer would read as all gone");
    assert_eq!(subject.read(SHOP).await, HubRows::default());
}

/// Rows are read as they were made, ordered by id.
pub async fn rows_read_back_as_made_in_the_order_of_ids<H: Hub, K>(subject: &HubSubject<H, K>) {
    let workplan = subject.scene().await;
    let mut made = Vec::new();
    for n in 0..20 {
        let mut write = new_task(SHOP, "WP-1", &format!("T{n:02}"));
        if let HubWrite::CreateTask {
            title,
            status,
            priority,
            ..
        } = &mut write
        {
            "Öffnen \"; --".clone_into(title);
            *status = TaskStatus::Blocked;
            *priority = (n > 0).then(|| "high".into());
        }
        made.push(subject.done(write).await.id);
    }
    made.sort();
    let rows = subject.read(SHOP).await;
    let [plan] = &rows.workplans[..] else {
        panic!("one workplan: {rows:?}");
    };
    assert_eq!(plan.id, workplan.id);
    assert_eq!(plan.repository, Some(Slug::new(SHOP)));
    assert_eq!(plan.file_id, Some(FileId::new("WP-1")));
    assert_eq!(plan.title, "Plan WP-1");
    assert_eq!(plan.status, WorkplanStatus::Proposed.into());
    assert_eq!(
        (plan.state.version, plan.state.reopens),
        (workplan.version, 0)
    );
    let ids: Vec<_> = rows.tasks.iter().map(|task| task.id.clone()).collect();
    assert_eq!(ids, made);
    for task in &rows.tasks {
        assert_eq!(task.workplan, workplan.id);
        assert_eq!(task.title, "Öffnen \"; --");
        assert_eq!(task.status, TaskStatus::Blocked.into());
        assert_eq!(
            (task.state.reopens, task.state.changed_by.as_str()),
            (0, ADA)
        );
        let first = task.file_id == Some(FileId::new("T00"));
        assert_eq!(task.priority.is_none(), first);
    }
}

/// A read shows no row of another repository.
pub async fn rows_of_another_repository_are_left_out<H: Hub, K>(subject: &HubSubject<H, K>) {
    for slug in [SHOP, "depot", "shop-2"] {
        subject.register(slug).await;
        subject.done(new_workplan(slug, "WP-1")).await;
        subject.done(new_task(slug, "WP-1", "T01")).await;
    }
    let rows = subject.read(SHOP).await;
    assert_eq!((rows.workplans.len(), rows.tasks.len()), (1, 1), "{rows:?}");
    assert_eq!(rows.workplans[0].repository, Some(Slug::new(SHOP)));
    assert_eq!(rows.tasks[0].workplan, rows.workplans[0].id);
}

/// A read of any repository shows the open workplans of none.
pub async fn open_workplans_of_nobody_are_shown_with_their_tasks<H: Hub, K>(
    subject: &HubSubject<H, K>,
) {
    subject.register(SHOP).await;
    subject.register("depot").await;
    let rows = HubRows {
        workplans: vec![
            planted("b-open", "active"),
            planted("c-closed", "finished"),
            planted("a-odd", "halfway"),
        ],
        tasks: vec![
            planted_task("t-2", "b-open", "done"),
            planted_task("t-1", "b-open", "wait"),
            planted_task("t-3", "c-closed", "done"),
        ],
    };
    (subject.plant)(&subject.hub, &rows);
    for slug in [SHOP, "depot"] {
        let seen = subject.read(slug).await;
        assert_eq!(ids_of(&seen), (vec!["a-odd", "b-open"], vec!["t-1", "t-2"]));
        assert_eq!(seen.workplans[1], rows.workplans[0], "to the letter");
        assert_eq!(seen.tasks[0], rows.tasks[1], "the word is kept");
    }
}

/// A look-up finds hub ids and file ids in every repository, whole ones only.
pub async fn rows_are_found_by_either_id_with_their_workplans<H: Hub, K>(
    subject: &HubSubject<H, K>,
) {
    for slug in [SHOP, "depot"] {
        subject.register(slug).await;
        for plan in ["WP-1", "WP-2"] {
            subject.done(new_workplan(slug, plan)).await;
            subject.done(new_task(slug, plan, "T01")).await;
            subject.done(new_task(slug, plan, "T02")).await;
        }
    }
    let by_file = subject.look_up(&["T01", "T09", "WP"]).await;
    assert_eq!((by_file.workplans.len(), by_file.tasks.len()), (4, 4));
    let task = &by_file.tasks[2];
    let by_hub = subject.look_up(&[task.id.as_str(), "T0"]).await;
    assert_eq!(by_hub.tasks, vec![task.clone()]);
    let [plan] = &by_hub.workplans[..] else {
        panic!("the workplan of the task: {by_hub:?}");
    };
    assert_eq!(plan.id, task.workplan);
    let plans = subject.look_up(&["WP-1", plan.id.as_str()]).await;
    assert!(plans.tasks.is_empty(), "a workplan alone: {plans:?}");
    let owners = plans.workplans.iter().map(|plan| plan.repository.clone());
    for slug in [SHOP, "depot"] {
        assert!(
            owners
                .clone()
                .any(|owner| owner == Some(registration(slug).slug))
        );
    }
    let states = by_file.tasks.iter().map(|task| task.state.version);
    assert!(
        states
            .clone()
            .all(|version| Some(version) == states.clone().next())
    );
    assert_ne!(by_file.tasks[0].state.version, Version(0));
}

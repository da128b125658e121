//! New rows: made once, by whoever is first.

use super::{HubSubject, SHOP, is_derived, new_task, new_workplan};
use sync_core::hub::{Hub, HubOutcome, HubWrite, Made};
use sync_core::ids::{FileId, HubId, Slug};
use sync_core::status::{TaskStatus, WorkplanStatus};

fn assert_there(outcome: &HubOutcome, row: &Made) {
    assert_eq!(*outcome, HubOutcome::AlreadySo(row.clone()));
}

/// Asks for another title and status, and maybe another id, than the row has that is there.
fn otherwise(write: &HubWrite, other_id: Option<&str>) -> HubWrite {
    let mut write = write.clone();
    match &mut write {
        HubWrite::CreateWorkplan {
            id, title, status, ..
        } => {
            "Otherwise".clone_into(title);
            *status = WorkplanStatus::Finished;
            *id = other_id.map(HubId::new).or(id.take());
        }
        HubWrite::CreateTask {
            id, title, status, ..
        } => {
            "Otherwise".clone_into(title);
            *status = TaskStatus::Done;
            *id = other_id.map(HubId::new).or(id.take());
        }
        other => panic!("{other:?} creates nothing"),
    }
    write
}

/// A create under an id that is there names that row and changes nothing.
pub async fn a_row_is_made_once_by_its_id<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    for write in [new_workplan(SHOP, "WP-1"), new_task(SHOP, "WP-1", "T01")] {
        let made = subject.done(write.clone()).await;
        let before = subject.read(SHOP).await;
        assert_there(&subject.one(write.clone()).await, &made);
        assert_there(&subject.one(otherwise(&write, None)).await, &made);
        assert_eq!(subject.read(SHOP).await, before);
    }
}

/// A create under another id, but a file id that is there, makes no twin.
pub async fn a_row_is_made_once_by_its_file_id<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    for write in [new_workplan(SHOP, "WP-1"), new_task(SHOP, "WP-1", "T01")] {
        // In one call, as two checkouts of different age may ask.
        let twins = [write.clone(), otherwise(&write, Some("another id"))];
        let outcomes = subject.perform(&twins).await;
        let HubOutcome::Done(made) = &outcomes[0] else {
            panic!("{outcomes:?}");
        };
        assert_there(&outcomes[1], made);
        let found = subject.look_up(&["another id"]).await;
        assert!(found.workplans.is_empty() && found.tasks.is_empty());
    }
}

/// Short ids may be the same in every workplan and repository.
pub async fn equal_file_ids_elsewhere_are_other_rows<H: Hub, K>(subject: &HubSubject<H, K>) {
    for slug in [SHOP, "depot"] {
        subject.register(slug).await;
        for plan in ["WP-1", "WP-2"] {
            subject.done(new_workplan(slug, plan)).await;
            subject.done(new_task(slug, plan, "T01")).await;
        }
    }
    assert_eq!(subject.look_up(&["T01"]).await.tasks.len(), 4);
}

/// A create without an id gets one: the derived one where ids are derived.
pub async fn a_row_without_an_id_is_given_one<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    let without = |write: &HubWrite| {
        let mut write = write.clone();
        let (HubWrite::CreateWorkplan { id, .. } | HubWrite::CreateTask { id, .. }) = &mut write
        else {
            panic!("{write:?} creates nothing");
        };
        let derived = id.take().expect("the id everybody derives");
        (write, derived)
    };
    let (write, derived) = without(&new_workplan(SHOP, "WP-1"));
    let plan = subject.done(write).await;
    let (mut write, derived_of_task) = without(&new_task(SHOP, "WP-1", "T01"));
    if let HubWrite::CreateTask { workplan, .. } = &mut write {
        *workplan = plan.id.clone();
    }
    let task = subject.done(write).await;
    assert!(!plan.id.as_str().is_empty() && plan.id != task.id);
    if is_derived(&subject.hub) {
        assert_eq!((plan.id, task.id), (derived, derived_of_task));
    }
}

/// A create under an unknown repository or workplan is missing its place.
pub async fn nothing_is_made_under_what_is_not_there<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    let orphan = new_task(SHOP, "WP-1", "T01");
    let mut astray = new_workplan(SHOP, "WP-1");
    if let HubWrite::CreateWorkplan {
        repository,
        file_id,
        ..
    } = &mut astray
    {
        *repository = Slug::new("nowhere");
        *file_id = FileId::new("WP-9");
    }
    let outcomes = subject.perform(&[orphan, astray]).await;
    assert_eq!(outcomes, [HubOutcome::Missing, HubOutcome::Missing]);
    let found = subject.look_up(&["T01", "WP-9"]).await;
    assert!(found.workplans.is_empty() && found.tasks.is_empty());
}

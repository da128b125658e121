//! Leases: who holds one, and what becomes of the writes of who does not any more.

use super::*;
use sync_core::hub::Epoch;

const LONG: Duration = Duration::from_hours(1);

fn sweep() -> LeaseName {
    LeaseName::new("sweep")
}

async fn held(hub: &PostgresHub, term: Duration) -> Lease {
    match hub.acquire(&sweep(), &ada(), term).await.unwrap() {
        Acquired::Held(lease) => lease,
        taken @ Acquired::Taken(_) => panic!("{taken:?}"),
    }
}

#[test]
fn a_lease_has_one_holder_and_each_holder_an_epoch() {
    with_server(async |_, database| {
        let (hub, other) = (furnished(&database, 0).await, open(&database).await);
        let first = held(&hub, LONG).await;
        assert_eq!((first.epoch, &first.holder), (Epoch(1), &ada()));
        // The same name is another run all the same.
        let taken = other.acquire(&sweep(), &ada(), LONG).await.unwrap();
        assert_eq!(taken, Acquired::Taken(first.clone()));
        let elsewhere = LeaseName::new("another");
        let free = other.acquire(&elsewhere, &ada(), LONG).await.unwrap();
        assert!(matches!(free, Acquired::Held(_)), "{free:?}");
        assert!(hub.release(&first).await.unwrap());
        assert!(!hub.release(&first).await.unwrap());
        assert_eq!(hub.renew(&first, LONG).await.unwrap(), None);
        assert_eq!(held(&other, LONG).await.epoch, Epoch(2));
    });
}

#[test]
fn an_expired_lease_is_its_holders_until_another_takes_it() {
    with_server(async |_, database| {
        let (hub, other) = (furnished(&database, 1).await, open(&database).await);
        let task = tasks(&hub).await.remove(0);
        let short = held(&hub, Duration::ZERO).await;
        let done = hub
            .perform_under(&short, &[set(&task, 1, TaskStatus::Blocked)], &ada())
            .await;
        assert!(
            matches!(done.unwrap()[0], HubOutcome::Done(_)),
            "nobody else can have written"
        );
        let renewed = hub.renew(&short, LONG).await.unwrap().expect("still held");
        assert!(renewed.expires > short.expires && renewed.epoch == short.epoch);
        let taken = other.acquire(&sweep(), &ada(), LONG).await.unwrap();
        assert_eq!(taken, Acquired::Taken(renewed.clone()));
        hub.renew(&short, Duration::ZERO)
            .await
            .unwrap()
            .expect("still held");
        let later = held(&other, LONG).await;
        assert_eq!(later.epoch, Epoch(2));
        assert_eq!(hub.renew(&short, LONG).await.unwrap(), None);
        assert!(!hub.release(&short).await.unwrap(), "it is the other's");
        assert_eq!(
            other.renew(&later, LONG).await.unwrap().unwrap().epoch,
            later.epoch
        );
    });
}

#[test]
fn a_stale_epoch_writes_nothing() {
    with_server(async |_, database| {
        let (hub, other) = (furnished(&database, 600).await, open(&database).await);
        let stale = held(&hub, Duration::ZERO).await;
        let fresh = held(&other, LONG).await;
        let before = rows(&hub).await;
        let writes: Vec<_> = tasks(&hub)
            .await
            .iter()
            .map(|id| set(id, 1, TaskStatus::Done))
            .collect();
        let outcomes = hub.perform_under(&stale, &writes, &ada()).await.unwrap();
        assert_eq!(outcomes.len(), writes.len());
        for outcome in outcomes {
            let HubOutcome::Refused { reason } = outcome else {
                panic!("{outcome:?}");
            };
            assert!(reason.contains("ada@laptop's (epoch 2)"), "{reason}");
        }
        assert_eq!(rows(&hub).await, before);
        let outcomes = other.perform_under(&fresh, &writes, &ada()).await.unwrap();
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(outcome, HubOutcome::Done(_)))
        );
        let unknown = Lease {
            name: LeaseName::new("unknown"),
            ..fresh
        };
        let outcomes = other
            .perform_under(&unknown, &writes[..1], &ada())
            .await
            .unwrap();
        assert!(
            matches!(&outcomes[0], HubOutcome::Refused { reason } if reason.contains("nobody's"))
        );
    });
}

#[test]
fn a_lease_does_not_change_hands_while_its_holder_writes() {
    with_server(async |server, database| {
        let (hub, other) = (furnished(&database, 0).await, open(&database).await);
        let lease = held(&hub, Duration::ZERO).await;
        // A writer in the middle of its transaction.
        let config: tokio_postgres::Config = server
            .url(database.rsplit('/').next().unwrap())
            .parse()
            .unwrap();
        let (writer, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        writer
            .batch_execute("BEGIN; SELECT onward.hold_lease('sweep', 1)")
            .await
            .unwrap();
        let mut waiting = Box::pin(held(&other, LONG));
        let blocked = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let look = async {
            while writer
                .query_typed_one(blocked, &[])
                .await
                .unwrap()
                .get::<_, i64>(0)
                == 0
            {}
        };
        tokio::select! {
            biased;
            later = &mut waiting => panic!("taken while it is used: {later:?}"),
            () = look => {}
        }
        writer.batch_execute("COMMIT").await.unwrap();
        assert_eq!(waiting.await.epoch, Epoch(lease.epoch.0 + 1));
    });
}

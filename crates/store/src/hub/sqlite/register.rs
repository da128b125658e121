//! Making a repository known, once, and what is new about it.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sync_core::hub::{HubOutcome, Registration};

use super::made;
use crate::query::{execute, one};

pub(super) fn register(
    connection: &mut Connection,
    registration: &Registration,
) -> rusqlite::Result<HubOutcome> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcome = apply(&transaction, registration)?;
    transaction.commit()?;
    Ok(outcome)
}

fn apply(at: &Transaction<'_>, registration: &Registration) -> rusqlite::Result<HubOutcome> {
    let (id, slug) = (registration.id.as_str(), registration.slug.as_str());
    let known = "SELECT slug FROM repositories WHERE id = ?1";
    let new = match one(at, known, [id], |row| row.get::<_, String>(0))? {
        Some(known) if known != slug => {
            let reason = format!("the repository is known as `{known}`");
            return Ok(HubOutcome::Refused { reason });
        }
        Some(_) => false,
        None => true,
    };
    if new {
        let taken = "SELECT id FROM repositories WHERE slug = ?1";
        if let Some(other) = one(at, taken, [slug], |row| row.get::<_, String>(0))? {
            let reason = format!("`{slug}` is the repository {other}");
            return Ok(HubOutcome::Refused { reason });
        }
        execute(
            at,
            "INSERT INTO repositories (id, slug) VALUES (?1, ?2)",
            [id, slug],
        )?;
    }
    let mut changed = 0;
    if let Some(remote) = &registration.remote {
        let update = "UPDATE repositories SET remote = ?2 WHERE id = ?1 AND remote IS NOT ?2";
        changed += execute(at, update, [id, remote])?;
    }
    if let Some((host, path)) = &registration.path {
        let upsert = "INSERT INTO repository_paths (repository_id, host, path) VALUES (?1, ?2, ?3)
                      ON CONFLICT DO UPDATE SET path = ?3 WHERE path <> ?3";
        changed += execute(at, upsert, [id, host, path])?;
    }
    let change = !new && changed > 0;
    let version = "UPDATE repositories SET version = version + ?2 WHERE id = ?1
                   RETURNING slug, version, 0";
    let row = one(at, version, params![id, change], made)?;
    Ok(match row {
        None => HubOutcome::Missing,
        Some(row) if new || change => HubOutcome::Done(row),
        Some(row) => HubOutcome::AlreadySo(row),
    })
}

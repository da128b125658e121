//! Ids for new rows that came without one: those that everybody derives.

use sync_core::hub::{HubOutcome, HubWrite, derive_task_id, derive_workplan_id};
use sync_core::ids::{FileId, HubId, RepositoryId};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

/// Tells whether a write makes a row that has no id yet.
pub(super) fn is_wanted(write: &HubWrite) -> bool {
    matches!(
        write,
        HubWrite::CreateWorkplan { id: None, .. } | HubWrite::CreateTask { id: None, .. }
    )
}

/// Returns the create with its id, or what becomes of it when there is none to derive.
pub(super) async fn name(
    at: &Client,
    write: &HubWrite,
) -> Result<Result<HubWrite, HubOutcome>, Error> {
    let mut write = write.clone();
    match &mut write {
        HubWrite::CreateWorkplan {
            id,
            repository,
            file_id,
            ..
        } => {
            let query = "SELECT id FROM onward.repositories WHERE slug = $1";
            let values = [(&repository.as_str() as _, Type::TEXT)];
            let Some(row) = at.query_typed_opt(query, &values).await? else {
                return Ok(Err(HubOutcome::Missing));
            };
            let repository = RepositoryId::new(row.try_get::<_, &str>(0)?);
            *id = Some(derive_workplan_id(&repository, file_id));
        }
        HubWrite::CreateTask {
            id,
            workplan,
            file_id,
            ..
        } => match name_task(at, workplan, file_id).await? {
            Ok(name) => *id = Some(name),
            Err(outcome) => return Ok(Err(outcome)),
        },
        _ => {}
    }
    Ok(Ok(write))
}

async fn name_task(
    at: &Client,
    workplan: &HubId,
    file_id: &FileId,
) -> Result<Result<HubId, HubOutcome>, Error> {
    let query = "SELECT repository_id, file_id FROM onward.workplans WHERE id = $1";
    let values = [(&workplan.as_str() as _, Type::TEXT)];
    let Some(row) = at.query_typed_opt(query, &values).await? else {
        return Ok(Err(HubOutcome::Missing));
    };
    let (repository, of_workplan): (Option<&str>, Option<&str>) =
        (row.try_get(0)?, row.try_get(1)?);
    let (Some(repository), Some(of_workplan)) = (repository, of_workplan) else {
        let reason = format!("workplan {workplan} has no repository to derive an id from");
        return Ok(Err(HubOutcome::Refused { reason }));
    };
    let (repository, of_workplan) = (RepositoryId::new(repository), FileId::new(of_workplan));
    Ok(Ok(derive_task_id(&repository, &of_workplan, file_id)))
}

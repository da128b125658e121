//! Ids of rows that everybody derives alike, so that two who make the same row name it the same.

use crate::ids::{FileId, HubId, RepositoryId};
use alloc::string::ToString;
use uuid::{Uuid, uuid};

/// The name space of all our ids: drawn once, and never to be changed, since every id hangs on it.
const ONWARD: Uuid = uuid!("9c0f6c1e-5f0a-4d53-8a5b-3f0e2b7d41c6");

/// Derives the id of a workplan: `UUIDv5` of its repository and the id in its file.
pub fn derive_workplan_id(repository: &RepositoryId, file_id: &FileId) -> HubId {
    HubId::new(workplan(repository, file_id).to_string())
}

/// Derives the id of a task. The workplan is part of it, as short ids such as `T01` are in every file.
pub fn derive_task_id(
    repository: &RepositoryId,
    workplan_file_id: &FileId,
    file_id: &FileId,
) -> HubId {
    let workplan = workplan(repository, workplan_file_id);
    HubId::new(within(&workplan, file_id.as_str()).to_string())
}

fn workplan(repository: &RepositoryId, file_id: &FileId) -> Uuid {
    within(&within(&ONWARD, repository.as_str()), file_id.as_str())
}

/// Each level is a name space of its own, so no two lists of names run together to the same text.
fn within(space: &Uuid, name: &str) -> Uuid {
    Uuid::new_v5(space, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    fn task(repository: &str, workplan: &str, task: &str) -> HubId {
        let repository = RepositoryId::new(repository);
        derive_task_id(&repository, &FileId::new(workplan), &FileId::new(task))
    }

    #[test]
    fn an_id_is_the_same_on_every_machine_and_in_every_version() {
        let plan = derive_workplan_id(&RepositoryId::new("shop"), &FileId::new("SHOP-WP-0001"));
        assert_eq!(plan.as_str(), "a4e1c161-9591-5516-b08b-d450632779a1");
        assert_eq!(
            task("shop", "SHOP-WP-0001", "T01").as_str(),
            "37c81ed8-26eb-53a8-a770-9620cac74fc3"
        );
    }

    #[test]
    fn every_part_counts_and_none_runs_into_the_next() {
        let plan = derive_workplan_id(&RepositoryId::new("a"), &FileId::new("b"));
        let ids = [
            plan,
            derive_workplan_id(&RepositoryId::new("ab"), &FileId::new("")),
            task("a", "b", "c"),
            task("a", "b", "d"),
            task("a", "bc", ""),
            task("ab", "", "c"),
            task("ab", "c", ""),
            task("a", "d", "c"),
            task("d", "b", "c"),
        ];
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}

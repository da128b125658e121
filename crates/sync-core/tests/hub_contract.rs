//! The hub in memory keeps the contract of every hub, whoever names its rows.

use sync_core::hub::{HubRows, Naming};
use sync_core::simulate::SimulatedHub;
use test_support::contract::hub::HubSubject;

fn subject(naming: Naming) -> HubSubject<SimulatedHub> {
    HubSubject {
        hub: SimulatedHub::new(naming),
        plant,
        kept: (),
    }
}

fn plant(hub: &SimulatedHub, rows: &HubRows) {
    let HubRows { workplans, tasks } = rows.clone();
    hub.edit(|state| {
        let workplans = workplans.into_iter().map(|row| (row.id.clone(), row));
        state.workplans.extend(workplans);
        let tasks = tasks.into_iter().map(|row| (row.id.clone(), row));
        state.tasks.extend(tasks);
    });
}

mod with_derived_ids {
    async fn fresh() -> super::HubSubject<super::SimulatedHub> {
        super::subject(super::Naming::Derived)
    }

    test_support::hub_contract!(fresh);
}

mod with_given_ids {
    async fn fresh() -> super::HubSubject<super::SimulatedHub> {
        super::subject(super::Naming::Given)
    }

    test_support::hub_contract!(fresh);
}

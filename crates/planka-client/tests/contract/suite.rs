//! The suite of every board, for both versions.

use crate::stage::connect;
use planka_client::Planka;
use test_support::contract::Subject;
use test_support::{FakePlanka, Version};

async fn subject(version: Version) -> Subject<Planka, FakePlanka> {
    let fake = FakePlanka::start(version);
    let board = connect(&fake).await;
    Subject {
        board,
        compares: false,
        kept: fake,
    }
}

mod v1 {
    async fn fresh() -> super::Subject<super::Planka, super::FakePlanka> {
        super::subject(super::Version::V1).await
    }

    test_support::board_contract!(fresh);
}

mod v2 {
    async fn fresh() -> super::Subject<super::Planka, super::FakePlanka> {
        super::subject(super::Version::V2).await
    }

    test_support::board_contract!(fresh);
}

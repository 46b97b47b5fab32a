//! What many rounds ask for one by one, read at once: one's own part in them, and what came of them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_disclosure::ResultTable;
use hearten_entity::{InOrganization, priority_ballot, priority_invitation, priority_round};
use hearten_ids::{PersonId, PriorityRoundId};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use super::{
    store::{Round, RoundRow},
    types::Outcome,
};
use crate::{
    areas::surveys::store::stored,
    graphql::{error::Exception, loaders::Rows},
};

/// Whether a person is asked in a round, and took part, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartOf(pub PersonId, pub PriorityRoundId);

/// A person's own ranking in an open round, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RankingOf(pub PersonId, pub PriorityRoundId);

/// What came of a closed round, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OutcomeOf(pub PriorityRoundId);

impl Loader<PartOf> for Rows {
    type Value = bool;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[PartOf]) -> Result<HashMap<PartOf, bool>, Arc<Exception>> {
        let rows = priority_invitation::Entity::in_org(self.organization)
            .filter(priority_invitation::Column::PersonId.is_in(keys.iter().map(|key| key.0)))
            .filter(priority_invitation::Column::RoundId.is_in(keys.iter().map(|key| key.1)))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (PartOf(row.person_id, row.round_id), row.took_part)).collect())
    }
}

impl Loader<RankingOf> for Rows {
    type Value = Vec<u8>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[RankingOf]) -> Result<HashMap<RankingOf, Vec<u8>>, Arc<Exception>> {
        let rows = priority_ballot::Entity::in_org(self.organization)
            .filter(priority_ballot::Column::PersonId.is_in(keys.iter().map(|key| key.0)))
            .filter(priority_ballot::Column::RoundId.is_in(keys.iter().map(|key| key.1)))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (RankingOf(row.person_id, row.round_id), row.ranking)).collect())
    }
}

impl Loader<OutcomeOf> for Rows {
    type Value = Arc<Outcome>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[OutcomeOf]) -> Result<HashMap<OutcomeOf, Arc<Outcome>>, Arc<Exception>> {
        let rows: Vec<(PriorityRoundId, serde_json::Value, serde_json::Value, Vec<u8>)> =
            priority_round::Entity::in_org(self.organization)
                .filter(priority_round::Column::Id.is_in(keys.iter().map(|key| key.0)))
                .filter(priority_round::Column::ClosedAt.is_not_null())
                .select_only()
                .columns([
                    priority_round::Column::Id,
                    priority_round::Column::Frame,
                    priority_round::Column::Plan,
                    priority_round::Column::Results,
                ])
                .into_tuple()
                .all(self.db.read())
                .await
                .map_err(|error| Arc::new(error.into()))?;
        let outcome = |(id, frame, plan, results): (PriorityRoundId, _, _, Vec<u8>)| {
            let table = ResultTable::decode(&results).map_err(Exception::internal)?;
            Ok((OutcomeOf(id), Arc::new(Outcome { frame: stored(frame)?, plan: stored(plan)?, table })))
        };
        rows.into_iter().map(outcome).collect::<Result<_, Exception>>().map_err(Arc::new)
    }
}

impl Loader<PriorityRoundId> for Rows {
    type Value = Arc<Round>;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[PriorityRoundId]) -> Result<HashMap<PriorityRoundId, Arc<Round>>, Arc<Exception>> {
        let rows = priority_round::Entity::in_org(self.organization)
            .filter(priority_round::Column::Id.is_in(ids.iter().copied()))
            .into_partial_model::<RoundRow>()
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let read = |row: RoundRow| Round::try_from(row).map(|round| (round.id, Arc::new(round)));
        rows.into_iter().map(read).collect::<Result<_, Exception>>().map_err(Arc::new)
    }
}

//! What many frictions ask for one by one, read at once: steps, one's own vote, and what they were merged into.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, friction, friction_vote, roadmap_step};
use hearten_ids::{FrictionId, PersonId, RoadmapStepId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::graphql::{error::Exception, loaders::Rows};

/// The friction with this id, whoever asks, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowOf(pub FrictionId);

/// The steps against a friction, oldest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StepsOf(pub FrictionId);

/// The vote of a person for a friction, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VoteOf(pub PersonId, pub FrictionId);

impl Loader<RowOf> for Rows {
    type Value = friction::Model;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[RowOf]) -> Result<HashMap<RowOf, friction::Model>, Arc<Exception>> {
        let rows = friction::Entity::in_org(self.organization)
            .filter(friction::Column::Id.is_in(keys.iter().map(|key| key.0)))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (RowOf(row.id), row)).collect())
    }
}

impl Loader<StepsOf> for Rows {
    type Value = Vec<roadmap_step::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[StepsOf]) -> Result<HashMap<StepsOf, Vec<roadmap_step::Model>>, Arc<Exception>> {
        let rows = roadmap_step::Entity::in_org(self.organization)
            .filter(roadmap_step::Column::FrictionId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(roadmap_step::Column::Id)
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(StepsOf(row.friction_id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<VoteOf> for Rows {
    type Value = friction_vote::Model;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[VoteOf]) -> Result<HashMap<VoteOf, friction_vote::Model>, Arc<Exception>> {
        // All keys of a request are of the person who asks.
        let rows = friction_vote::Entity::in_org(self.organization)
            .filter(friction_vote::Column::PersonId.is_in(keys.iter().map(|key| key.0)))
            .filter(friction_vote::Column::FrictionId.is_in(keys.iter().map(|key| key.1)))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (VoteOf(row.person_id, row.friction_id), row)).collect())
    }
}

impl Loader<RoadmapStepId> for Rows {
    type Value = roadmap_step::Model;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[RoadmapStepId]) -> Result<HashMap<RoadmapStepId, roadmap_step::Model>, Arc<Exception>> {
        let rows = roadmap_step::Entity::in_org(self.organization)
            .filter(roadmap_step::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

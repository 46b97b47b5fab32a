//! What many fields of one request ask of rewards, read at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{redemption, reward};
use hearten_ids::{RedemptionId, RewardId};

use super::service;
use crate::graphql::{
    error::Exception,
    loaders::{Loaders, Rows},
};

impl Loaders {
    /// The reward with this id, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reward(&self, id: RewardId) -> Result<Option<reward::Model>, Exception> {
        self.load(id).await
    }

    /// The redemption with this id, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn redemption(&self, id: RedemptionId) -> Result<Option<redemption::Model>, Exception> {
        self.load(id).await
    }
}

impl Loader<RewardId> for Rows {
    type Value = reward::Model;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[RewardId]) -> Result<HashMap<RewardId, reward::Model>, Arc<Exception>> {
        let rows = service::by_ids(self.db.read(), self.organization, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<RedemptionId> for Rows {
    type Value = redemption::Model;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[RedemptionId]) -> Result<HashMap<RedemptionId, redemption::Model>, Arc<Exception>> {
        let rows = service::redemptions_by_ids(self.db.read(), self.organization, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

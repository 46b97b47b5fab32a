//! What many fields of one request ask of retention, read at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_ids::OrganizationId;

use super::model::{self, Version};
use crate::{
    app::App,
    graphql::{
        error::Exception,
        loaders::{Loaders, Rows},
    },
};

/// The number of the newest version, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NewestModel;

impl Loaders {
    /// The newest version of the retention model, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn retention_model(&self, app: &App) -> Result<Option<Arc<Version>>, Exception> {
        let Some(newest) = self.load(NewestModel).await? else { return Ok(None) };
        if let Some(held) = app.retention_models.held(newest) {
            return Ok(Some(held));
        }
        let found = self.load(newest).await?;
        if let Some(version) = &found {
            app.retention_models.keep(newest, version);
        }
        Ok(found)
    }
}

/// A version, as a key.
pub type VersionKey = (OrganizationId, i32);

impl Loader<NewestModel> for Rows {
    type Value = VersionKey;
    type Error = Arc<Exception>;

    async fn load(&self, _: &[NewestModel]) -> Result<HashMap<NewestModel, VersionKey>, Arc<Exception>> {
        let newest = model::latest_number(self.db().read(), self.organization()).await.map_err(Arc::new)?;
        Ok(newest.map(|(number, _)| (NewestModel, (self.organization(), number))).into_iter().collect())
    }
}

impl Loader<VersionKey> for Rows {
    type Value = Arc<Version>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[VersionKey]) -> Result<HashMap<VersionKey, Arc<Version>>, Arc<Exception>> {
        let numbers: Vec<i32> = keys.iter().map(|key| key.1).collect();
        let versions = model::versions(self.db().read(), self.organization(), &numbers).await.map_err(Arc::new)?;
        Ok(versions.into_iter().map(|version| ((self.organization(), version.number), Arc::new(version))).collect())
    }
}

//! API tokens that are asked for one by one, read at once. What is read here is shown only after the policy was asked.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, api_token};
use hearten_ids::ApiTokenId;
use sea_orm::{ColumnTrait, QueryFilter};

use crate::graphql::{error::Exception, loaders::Rows};

impl Loader<ApiTokenId> for Rows {
    type Value = api_token::Model;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[ApiTokenId]) -> Result<HashMap<ApiTokenId, api_token::Model>, Arc<Exception>> {
        let rows = api_token::Entity::in_org(self.organization)
            .filter(api_token::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

//! Notifications that are asked for one by one, read at once. Whose they are decides who is shown them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, notification};
use hearten_ids::NotificationId;
use sea_orm::{ColumnTrait, QueryFilter};

use crate::graphql::{error::Exception, loaders::Rows};

impl Loader<NotificationId> for Rows {
    type Value = notification::Model;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[NotificationId],
    ) -> Result<HashMap<NotificationId, notification::Model>, Arc<Exception>> {
        let rows = notification::Entity::in_org(self.organization)
            .filter(notification::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

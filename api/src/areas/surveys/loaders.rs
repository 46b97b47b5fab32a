//! What many fields of one request ask of surveys and invitations, read at once. What is read here is shown only after the
//! policy was asked.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, invitation, survey};
use hearten_ids::{InvitationId, PersonId, SurveyId};
use sea_orm::{ColumnTrait, QueryFilter};

use super::{service, store::Survey};
use crate::graphql::{error::Exception, loaders::Rows};

/// A survey as it is stored at this moment, as a key: what is kept of launched surveys is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoredSurvey(pub SurveyId);

/// The surveys a person is or was invited to, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvitedTo(pub PersonId);

impl Loader<StoredSurvey> for Rows {
    type Value = Survey;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[StoredSurvey]) -> Result<HashMap<StoredSurvey, Survey>, Arc<Exception>> {
        let rows = survey::Entity::in_org(self.organization)
            .filter(survey::Column::Id.is_in(keys.iter().map(|key| key.0)))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let read = |row| Survey::try_from(row).map(|survey| (StoredSurvey(survey.id), survey));
        rows.into_iter().map(read).collect::<Result<_, Exception>>().map_err(Arc::new)
    }
}

impl Loader<InvitedTo> for Rows {
    type Value = Arc<HashSet<SurveyId>>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[InvitedTo]) -> Result<HashMap<InvitedTo, Self::Value>, Arc<Exception>> {
        let mut found = HashMap::with_capacity(keys.len());
        // Of one person: only the one who asks is looked up.
        for key in keys {
            let invited = service::invited_surveys(self.db.read(), self.organization, key.0);
            found.insert(*key, Arc::new(invited.await.map_err(Arc::new)?));
        }
        Ok(found)
    }
}

impl Loader<InvitationId> for Rows {
    type Value = invitation::Model;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[InvitationId]) -> Result<HashMap<InvitationId, invitation::Model>, Arc<Exception>> {
        let rows = invitation::Entity::in_org(self.organization)
            .filter(invitation::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

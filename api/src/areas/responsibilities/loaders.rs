//! What many fields of one request need of responsibilities, read at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use hearten_entity::{InOrganization, responsibility, responsibility_assignment};
use hearten_ids::{PersonId, ResponsibilityAssignmentId, ResponsibilityId, TeamId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::{
    service::current,
    store::{Area, Assignment},
};
use crate::graphql::{error::Exception, loaders::Rows};

fn failed(error: sea_orm::DbErr) -> Arc<Exception> {
    Arc::new(error.into())
}

impl Loader<ResponsibilityId> for Rows {
    type Value = Area;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[ResponsibilityId]) -> Result<HashMap<ResponsibilityId, Area>, Arc<Exception>> {
        let rows = responsibility::Entity::in_org(self.organization)
            .filter(responsibility::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(failed)?;
        Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
    }
}

/// All parts of an area, also those that ended, as a key: the first assigned first. An area has at most five hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssignmentsOf(pub ResponsibilityId);

impl Loader<AssignmentsOf> for Rows {
    type Value = Vec<Assignment>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[AssignmentsOf]) -> Result<HashMap<AssignmentsOf, Vec<Assignment>>, Arc<Exception>> {
        use responsibility_assignment::Column;
        let rows = responsibility_assignment::Entity::in_org(self.organization)
            .filter(Column::ResponsibilityId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(Column::Id)
            .all(self.db.read())
            .await
            .map_err(failed)?;
        let mut found: HashMap<AssignmentsOf, Vec<Assignment>> = HashMap::new();
        for row in rows {
            let part = Assignment::try_from(row).map_err(Arc::new)?;
            found.entry(AssignmentsOf(part.area)).or_default().push(part);
        }
        Ok(found)
    }
}

/// The parts a person has on a day, as a key: accountable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartsOf {
    /// The person.
    pub person: PersonId,
    /// The day.
    pub today: NaiveDate,
}

impl Loader<PartsOf> for Rows {
    type Value = Vec<Assignment>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[PartsOf]) -> Result<HashMap<PartsOf, Vec<Assignment>>, Arc<Exception>> {
        use responsibility_assignment::Column;
        let Some(today) = keys.first().map(|key| key.today) else { return Ok(HashMap::new()) };
        let rows = responsibility_assignment::Entity::in_org(self.organization)
            .filter(Column::PersonId.is_in(keys.iter().map(|key| key.person)))
            .filter(current(today))
            .order_by_asc(Column::Id)
            .all(self.db.read())
            .await
            .map_err(failed)?;
        let mut found: HashMap<PartsOf, Vec<Assignment>> = HashMap::new();
        for row in rows {
            let Some(person) = row.person_id else { continue };
            let part = Assignment::try_from(row).map_err(Arc::new)?;
            found.entry(PartsOf { person, today }).or_default().push(part);
        }
        found.values_mut().for_each(|parts| parts.sort_by_key(|part| part.part));
        Ok(found)
    }
}

/// The areas at home in a team, as a key: by name, without those that were given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AreasOf(pub TeamId);

impl Loader<AreasOf> for Rows {
    type Value = Vec<Area>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[AreasOf]) -> Result<HashMap<AreasOf, Vec<Area>>, Arc<Exception>> {
        use responsibility::Column;
        let rows = responsibility::Entity::in_org(self.organization)
            .filter(Column::TeamId.is_in(keys.iter().map(|key| key.0)))
            .filter(Column::RetiredAt.is_null())
            .order_by_asc(Column::NameKey)
            .order_by_asc(Column::Id)
            .all(self.db.read())
            .await
            .map_err(failed)?;
        let mut found: HashMap<AreasOf, Vec<Area>> = HashMap::new();
        for row in rows {
            let Some(team) = row.team_id else { continue };
            found.entry(AreasOf(team)).or_default().push(row.into());
        }
        Ok(found)
    }
}

impl Loader<ResponsibilityAssignmentId> for Rows {
    type Value = Assignment;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[ResponsibilityAssignmentId],
    ) -> Result<HashMap<ResponsibilityAssignmentId, Assignment>, Arc<Exception>> {
        let rows = responsibility_assignment::Entity::in_org(self.organization)
            .filter(responsibility_assignment::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(failed)?;
        let read = |row| Assignment::try_from(row).map(|part| (part.id, part));
        rows.into_iter().map(read).collect::<Result<_, Exception>>().map_err(Arc::new)
    }
}

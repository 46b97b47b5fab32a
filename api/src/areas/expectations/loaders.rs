//! What many fields of one request need of expectations, read at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, expectation, expectation_move};
use hearten_ids::{ExpectationId, PersonId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::{
    pages::{self, PageOf},
    store::{Expectation, Step},
    workload::{self, Burden},
};
use crate::graphql::{error::Exception, loaders::Rows};

impl Loader<PageOf> for Rows {
    type Value = Vec<Expectation>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[PageOf]) -> Result<HashMap<PageOf, Vec<Expectation>>, Arc<Exception>> {
        let mut groups: Vec<Vec<&PageOf>> = Vec::new();
        for key in keys {
            match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.ask == key.ask)) {
                Some(group) => group.push(key),
                None => groups.push(vec![key]),
            }
        }
        let mut found = HashMap::with_capacity(keys.len());
        for group in groups {
            let persons: Vec<PersonId> = group.iter().map(|key| key.person).collect();
            let Some(first) = group.first() else { continue };
            let mut rows = pages::read(&self.db, self.organization, &persons, first).await.map_err(Arc::new)?;
            found.extend(group.iter().filter_map(|key| Some(((*key).clone(), rows.remove(&key.person)?))));
        }
        Ok(found)
    }
}

/// The history of an expectation, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HistoryOf(pub ExpectationId);

impl Loader<HistoryOf> for Rows {
    type Value = Vec<Step>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[HistoryOf]) -> Result<HashMap<HistoryOf, Vec<Step>>, Arc<Exception>> {
        let rows = expectation_move::Entity::in_org(self.organization)
            .filter(expectation_move::Column::ExpectationId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(expectation_move::Column::Number)
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let mut found: HashMap<HistoryOf, Vec<Step>> = HashMap::new();
        for row in rows {
            let of = HistoryOf(row.expectation_id);
            found.entry(of).or_default().push(Step::try_from(row).map_err(Arc::new)?);
        }
        Ok(found)
    }
}

/// The open work of a person and their capacity, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BurdenOf(pub PersonId);

impl Loader<BurdenOf> for Rows {
    type Value = Burden;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[BurdenOf]) -> Result<HashMap<BurdenOf, Burden>, Arc<Exception>> {
        let persons: Vec<PersonId> = keys.iter().map(|key| key.0).collect();
        let mut burdens = workload::burdens(self.db.read(), self.organization, &persons).await.map_err(Arc::new)?;
        Ok(keys.iter().map(|key| (*key, burdens.remove(&key.0).unwrap_or_default())).collect())
    }
}

impl Loader<ExpectationId> for Rows {
    type Value = Expectation;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[ExpectationId]) -> Result<HashMap<ExpectationId, Expectation>, Arc<Exception>> {
        let rows = expectation::Entity::in_org(self.organization)
            .filter(expectation::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let read = |row: expectation::Model| Ok((row.id, Expectation::try_from(row)?));
        rows.into_iter().map(read).collect::<Result<_, Exception>>().map_err(Arc::new)
    }
}

//! What many fields of one request ask of recognition, read at once. What is read here is shown only after the policy was
//! asked.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use hearten_entity::company_value;
use hearten_ids::{CompanyValueId, PersonId, RecognitionId};

use super::{
    balance::{self, Balances},
    feed, reactions, service,
    store::{ReactionEmoji, Recognition},
    values,
};
use crate::graphql::{
    context::Asker,
    error::Exception,
    loaders::{Loaders, Rows},
};

/// The reactions to a recognition, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReactionsTo(RecognitionId);

/// A person's reaction to a recognition, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReactionOf(RecognitionId, PersonId);

/// What a person received lately, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReceivedBy(PersonId);

/// How thanks are spread over teams, as it is shown in a month, as a key. The directory of the asker is what it is made of where nobody
/// has asked in this month yet; two keys of a month are the same key.
#[derive(Clone)]
pub struct BalancesIn {
    month: NaiveDate,
    asker: Arc<Asker>,
}

impl PartialEq for BalancesIn {
    fn eq(&self, other: &Self) -> bool {
        self.month == other.month
    }
}

impl Eq for BalancesIn {}

impl Hash for BalancesIn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.month.hash(state);
    }
}

impl Loaders {
    /// The value with this id, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn company_value(&self, id: CompanyValueId) -> Result<Option<company_value::Model>, Exception> {
        self.load(id).await
    }

    /// The recognition with this id, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn recognition(&self, id: RecognitionId) -> Result<Option<Recognition>, Exception> {
        self.load(id).await
    }

    /// How often each sign was given to a recognition.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reactions_to(&self, id: RecognitionId) -> Result<BTreeMap<ReactionEmoji, i64>, Exception> {
        Ok(self.load(ReactionsTo(id)).await?.unwrap_or_default())
    }

    /// How a person reacted to a recognition.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reaction_of(&self, id: RecognitionId, person: PersonId) -> Result<Option<ReactionEmoji>, Exception> {
        self.load(ReactionOf(id, person)).await
    }

    /// The newest that a person received, whoever may see it: at most [`feed::LOOKED_AT`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn received_by(&self, person: PersonId) -> Result<Vec<Recognition>, Exception> {
        Ok(self.load(ReceivedBy(person)).await?.unwrap_or_default())
    }

    /// How thanks are spread over teams, as it is shown in the month that begins on this day.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn balances(&self, month: NaiveDate, asker: Arc<Asker>) -> Result<Arc<Balances>, Exception> {
        Ok(self.load(BalancesIn { month, asker }).await?.unwrap_or_default())
    }
}

impl Loader<CompanyValueId> for Rows {
    type Value = company_value::Model;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[CompanyValueId],
    ) -> Result<HashMap<CompanyValueId, company_value::Model>, Arc<Exception>> {
        let rows = values::by_ids(self.db.read(), self.organization, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<RecognitionId> for Rows {
    type Value = Recognition;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[RecognitionId]) -> Result<HashMap<RecognitionId, Recognition>, Arc<Exception>> {
        let found = service::by_ids(self.db.read(), self.organization, ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|thanks| (thanks.id, thanks)).collect())
    }
}

impl Loader<ReactionsTo> for Rows {
    type Value = BTreeMap<ReactionEmoji, i64>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[ReactionsTo]) -> Result<HashMap<ReactionsTo, Self::Value>, Arc<Exception>> {
        let ids: Vec<RecognitionId> = keys.iter().map(|key| key.0).collect();
        let counts = reactions::counts_of(self.db.read(), self.organization, &ids).await.map_err(Arc::new)?;
        Ok(counts.into_iter().map(|(id, counts)| (ReactionsTo(id), counts)).collect())
    }
}

impl Loader<ReactionOf> for Rows {
    type Value = ReactionEmoji;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[ReactionOf]) -> Result<HashMap<ReactionOf, ReactionEmoji>, Arc<Exception>> {
        let keys: Vec<(RecognitionId, PersonId)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let found = reactions::reactions_by(self.db.read(), self.organization, &keys).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|((id, person), emoji)| (ReactionOf(id, person), emoji)).collect())
    }
}

impl Loader<ReceivedBy> for Rows {
    type Value = Vec<Recognition>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[ReceivedBy]) -> Result<HashMap<ReceivedBy, Vec<Recognition>>, Arc<Exception>> {
        let persons: Vec<PersonId> = keys.iter().map(|key| key.0).collect();
        let newest = service::newest_received(self.db.read(), self.organization, &persons, feed::LOOKED_AT);
        let newest = newest.await.map_err(Arc::new)?;
        Ok(newest.into_iter().map(|(person, received)| (ReceivedBy(person), received)).collect())
    }
}

impl Loader<BalancesIn> for Rows {
    type Value = Arc<Balances>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[BalancesIn]) -> Result<HashMap<BalancesIn, Arc<Balances>>, Arc<Exception>> {
        let mut found = HashMap::with_capacity(keys.len());
        // Of one month: there is none but the present one that can be asked for.
        for key in keys {
            let shown = balance::frozen(&self.db, self.organization, key.month, &key.asker.snapshot.chart);
            found.insert(key.clone(), Arc::new(shown.await.map_err(Arc::new)?));
        }
        Ok(found)
    }
}

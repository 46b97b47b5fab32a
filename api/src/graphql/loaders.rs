//! The loaders of one request: what many fields ask for one by one is read at once. They remember nothing, so what a
//! mutation changed is read anew for its payload.
//!
//! They are made with the request and die with it, so they never show one actor what was read for another. All of them
//! are constructed here, in one function.

use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};

use async_graphql::dataloader::{DataLoader, Loader};
use hearten_ids::{OrganizationId, PersonId, PublicationId, SurveyId, WaveId};

use crate::{
    areas::{
        conversations::loaders::ConversationLoaders,
        results::published,
        surveys::{
            service::{self, FrozenSurveys},
            store::{Survey, Wave},
        },
    },
    graphql::error::{ErrorCode, Exception},
    platform::db::Db,
};

/// Reads rows of one organization. The tenant is fixed when the loader is made.
#[derive(Clone)]
pub struct Rows {
    /// The worker's database.
    pub db: Db,
    frozen: FrozenSurveys,
    /// The tenant.
    pub organization: OrganizationId,
}

impl Rows {
    /// Where they are read from.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The tenant.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }
}

/// The loaders of one request.
pub struct Loaders(DataLoader<Rows>, ConversationLoaders);

impl Loaders {
    /// Loaders for the rows of `organization`; what only `asker` may read is read for them.
    pub fn new(db: Db, frozen: FrozenSurveys, organization: OrganizationId, asker: Option<PersonId>) -> Self {
        let conversations = ConversationLoaders::new(db.clone(), organization, asker);
        let loader = DataLoader::new(Rows { db, frozen, organization }, tokio::spawn);
        // Fields of one level are asked for in the same turn of the event loop; waiting longer only adds latency.
        Self(loader.delay(Duration::ZERO), conversations)
    }

    /// The loaders of conversations.
    pub fn conversations(&self) -> &ConversationLoaders {
        &self.1
    }

    /// What an area's own loader finds for a key: the areas implement [`Loader`] for [`Rows`] in their `loaders`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn load<K>(&self, key: K) -> Result<Option<<Rows as Loader<K>>::Value>, Exception>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Rows: Loader<K, Error = Arc<Exception>>,
    {
        self.0.load_one(key).await.map_err(of_shared)
    }

    /// As [`Loaders::load`], for several keys at once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn load_all<K>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, <Rows as Loader<K>>::Value>, Exception>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        Rows: Loader<K, Error = Arc<Exception>>,
    {
        self.0.load_many(keys).await.map_err(of_shared)
    }

    /// The wave with this id.
    ///
    /// # Errors
    /// NOT_FOUND when the organization has no such wave.
    pub async fn wave(&self, id: WaveId) -> Result<Wave, Exception> {
        self.0.load_one(id).await.map_err(of_shared)?.ok_or_else(Exception::not_found)
    }

    /// The survey with this id, whoever asks: for services that decide themselves.
    ///
    /// # Errors
    /// NOT_FOUND when the organization has no such survey.
    pub async fn survey(&self, id: SurveyId) -> Result<Arc<Survey>, Exception> {
        self.0.load_one(id).await.map_err(of_shared)?.ok_or_else(Exception::not_found)
    }

    /// The waves of a survey, newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn waves_of(&self, survey: SurveyId) -> Result<Vec<Wave>, Exception> {
        Ok(self.0.load_one(WavesOf(survey)).await.map_err(of_shared)?.unwrap_or_default())
    }

    /// The newest publication of a survey.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn latest_publication(&self, survey: SurveyId) -> Result<Option<PublicationId>, Exception> {
        self.0.load_one(LatestOf(survey)).await.map_err(of_shared)
    }
}

/// The newest publication of a survey, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LatestOf(pub SurveyId);

/// The waves of a survey, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WavesOf(pub SurveyId);

/// A failure that several waiting fields share.
pub fn of_shared(error: Arc<Exception>) -> Exception {
    match &*error {
        Exception::Coded { code, message } => Exception::with(*code, message.clone()),
        Exception::Internal(error) => {
            // Not the debug form: that of a database error repeats the row.
            tracing::error!(error = format!("{error:#}"), "a loader failed");
            Exception::code(ErrorCode::Internal)
        }
    }
}

impl Loader<WaveId> for Rows {
    type Value = Wave;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[WaveId]) -> Result<HashMap<WaveId, Wave>, Arc<Exception>> {
        let waves = service::waves_by_id(&self.db, self.organization, ids).await.map_err(Arc::new)?;
        Ok(waves.into_iter().map(|wave| (wave.id, wave)).collect())
    }
}

impl Loader<SurveyId> for Rows {
    type Value = Arc<Survey>;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[SurveyId]) -> Result<HashMap<SurveyId, Arc<Survey>>, Arc<Exception>> {
        let surveys = service::surveys_by_id(&self.db, &self.frozen, self.organization, ids).await.map_err(Arc::new)?;
        Ok(surveys.into_iter().map(|survey| (survey.id, survey)).collect())
    }
}

impl Loader<LatestOf> for Rows {
    type Value = PublicationId;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[LatestOf]) -> Result<HashMap<LatestOf, PublicationId>, Arc<Exception>> {
        let surveys: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
        let newest = published::latest_ids(&self.db, self.organization, &surveys).await.map_err(Arc::new)?;
        Ok(newest.into_iter().map(|(survey, publication)| (LatestOf(survey), publication)).collect())
    }
}

impl Loader<WavesOf> for Rows {
    type Value = Vec<Wave>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[WavesOf]) -> Result<HashMap<WavesOf, Vec<Wave>>, Arc<Exception>> {
        let surveys: Vec<SurveyId> = keys.iter().map(|key| key.0).collect();
        let waves = service::waves_of_all(&self.db, self.organization, &surveys).await.map_err(Arc::new)?;
        let mut by_survey: HashMap<WavesOf, Vec<Wave>> = HashMap::new();
        for wave in waves {
            by_survey.entry(WavesOf(wave.survey)).or_default().push(wave);
        }
        Ok(by_survey)
    }
}

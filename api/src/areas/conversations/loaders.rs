//! What many fields of one request need of conversations, read at once. They remember nothing, and decide nothing: the
//! services ask the policy about what comes out.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::dataloader::{DataLoader, Loader};
use hearten_entity::{
    InOrganization, action_item, agenda_item, conversation, conversation_attendee, conversation_participant,
    conversation_series, private_note,
};
use hearten_ids::{ActionItemId, ConversationId, ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};

use super::{coverage::Covered, store::ConversationState};
use crate::{
    graphql::{error::Exception, loaders::of_shared},
    platform::db::Db,
};

/// Reads rows of one organization for one asker. Both are fixed when the loader is made.
pub struct Rows {
    pub(super) db: Db,
    pub(super) organization: OrganizationId,
    asker: Option<PersonId>,
}

/// The loaders of one request.
pub struct ConversationLoaders(DataLoader<Rows>);

type Shared = Arc<Exception>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AttendeesOf(ConversationId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ParticipantsOf(ConversationSeriesId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct NextOf(ConversationSeriesId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AgendaOf(ConversationSeriesId, i32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ActionsOf(ConversationId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct OwnNoteOf(ConversationId);

/// Who had a 1:1 with their manager since then, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CoveredSince(pub chrono::DateTime<chrono::Utc>);

impl ConversationLoaders {
    /// Loaders for rows of `organization`; private notes are those of `asker`.
    pub fn new(db: Db, organization: OrganizationId, asker: Option<PersonId>) -> Self {
        let loader = DataLoader::new(Rows { db, organization, asker }, tokio::spawn);
        Self(loader.delay(Duration::ZERO))
    }

    /// The conversation, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn conversation(&self, id: ConversationId) -> Result<Option<Arc<conversation::Model>>, Exception> {
        self.0.load_one(id).await.map_err(of_shared)
    }

    /// The series, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn series(&self, id: ConversationSeriesId) -> Result<Option<Arc<conversation_series::Model>>, Exception> {
        self.0.load_one(id).await.map_err(of_shared)
    }

    /// The action item, whoever asks.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn action_item(&self, id: ActionItemId) -> Result<Option<action_item::Model>, Exception> {
        self.0.load_one(id).await.map_err(of_shared)
    }

    /// Who takes part in a conversation, and how they prepared.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn attendees_of(&self, id: ConversationId) -> Result<Vec<conversation_attendee::Model>, Exception> {
        Ok(self.0.load_one(AttendeesOf(id)).await.map_err(of_shared)?.unwrap_or_default())
    }

    /// Who takes part in a series now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn participants_of(&self, id: ConversationSeriesId) -> Result<Vec<PersonId>, Exception> {
        Ok(self.0.load_one(ParticipantsOf(id)).await.map_err(of_shared)?.unwrap_or_default())
    }

    /// The planned conversation of a series.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn next_of(&self, id: ConversationSeriesId) -> Result<Option<conversation::Model>, Exception> {
        self.0.load_one(NextOf(id)).await.map_err(of_shared)
    }

    /// The agenda of the conversation of that number: what was open then.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn agenda_of(
        &self,
        series: ConversationSeriesId,
        number: i32,
    ) -> Result<Vec<agenda_item::Model>, Exception> {
        Ok(self.0.load_one(AgendaOf(series, number)).await.map_err(of_shared)?.unwrap_or_default())
    }

    /// What came of a conversation.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn actions_of(&self, id: ConversationId) -> Result<Vec<action_item::Model>, Exception> {
        Ok(self.0.load_one(ActionsOf(id)).await.map_err(of_shared)?.unwrap_or_default())
    }

    /// The asker's own note about a conversation.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn own_note_of(&self, id: ConversationId) -> Result<Option<private_note::Model>, Exception> {
        self.0.load_one(OwnNoteOf(id)).await.map_err(of_shared)
    }

    /// Who had a 1:1 with whom since a moment.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn covered_since(&self, since: chrono::DateTime<chrono::Utc>) -> Result<Arc<Covered>, Exception> {
        Ok(self.0.load_one(CoveredSince(since)).await.map_err(of_shared)?.unwrap_or_default())
    }
}

fn shared(error: impl Into<Exception>) -> Shared {
    Arc::new(error.into())
}

impl Loader<ConversationId> for Rows {
    type Value = Arc<conversation::Model>;
    type Error = Shared;

    async fn load(&self, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Self::Value>, Shared> {
        let rows = conversation::Entity::in_org(self.organization)
            .filter(conversation::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(shared)?;
        Ok(rows.into_iter().map(|row| (row.id, Arc::new(row))).collect())
    }
}

impl Loader<ConversationSeriesId> for Rows {
    type Value = Arc<conversation_series::Model>;
    type Error = Shared;

    async fn load(&self, ids: &[ConversationSeriesId]) -> Result<HashMap<ConversationSeriesId, Self::Value>, Shared> {
        let rows = conversation_series::Entity::in_org(self.organization)
            .filter(conversation_series::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(shared)?;
        Ok(rows.into_iter().map(|row| (row.id, Arc::new(row))).collect())
    }
}

impl Loader<ActionItemId> for Rows {
    type Value = action_item::Model;
    type Error = Shared;

    async fn load(&self, ids: &[ActionItemId]) -> Result<HashMap<ActionItemId, Self::Value>, Shared> {
        let rows = action_item::Entity::in_org(self.organization)
            .filter(action_item::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(shared)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<AttendeesOf> for Rows {
    type Value = Vec<conversation_attendee::Model>;
    type Error = Shared;

    async fn load(&self, keys: &[AttendeesOf]) -> Result<HashMap<AttendeesOf, Self::Value>, Shared> {
        let rows = conversation_attendee::Entity::in_org(self.organization)
            .filter(conversation_attendee::Column::ConversationId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(conversation_attendee::Column::Id)
            .all(self.db.read())
            .await
            .map_err(shared)?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(AttendeesOf(row.conversation_id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<ParticipantsOf> for Rows {
    type Value = Vec<PersonId>;
    type Error = Shared;

    async fn load(&self, keys: &[ParticipantsOf]) -> Result<HashMap<ParticipantsOf, Self::Value>, Shared> {
        let rows = conversation_participant::Entity::in_org(self.organization)
            .filter(conversation_participant::Column::SeriesId.is_in(keys.iter().map(|key| key.0)))
            .filter(conversation_participant::Column::LeftAt.is_null())
            .order_by_asc(conversation_participant::Column::Id)
            .all(self.db.read())
            .await
            .map_err(shared)?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(ParticipantsOf(row.series_id)).or_default().push(row.person_id);
        }
        Ok(found)
    }
}

impl Loader<NextOf> for Rows {
    type Value = conversation::Model;
    type Error = Shared;

    async fn load(&self, keys: &[NextOf]) -> Result<HashMap<NextOf, Self::Value>, Shared> {
        let rows = conversation::Entity::in_org(self.organization)
            .filter(conversation::Column::SeriesId.is_in(keys.iter().map(|key| key.0)))
            .filter(conversation::Column::State.eq(ConversationState::Planned.as_str()))
            .all(self.db.read())
            .await
            .map_err(shared)?;
        Ok(rows.into_iter().map(|row| (NextOf(row.series_id), row)).collect())
    }
}

impl Loader<AgendaOf> for Rows {
    type Value = Vec<agenda_item::Model>;
    type Error = Shared;

    async fn load(&self, keys: &[AgendaOf]) -> Result<HashMap<AgendaOf, Self::Value>, Shared> {
        use agenda_item::Column;
        let mut spans: HashMap<ConversationSeriesId, (i32, i32)> = HashMap::new();
        for AgendaOf(series, number) in keys {
            let span = spans.entry(*series).or_insert((*number, *number));
            *span = (span.0.min(*number), span.1.max(*number));
        }
        let wanted = spans.iter().fold(Condition::any(), |any, (series, (first, last))| {
            let open = Condition::any().add(Column::DoneNumber.is_null()).add(Column::DoneNumber.gte(*first));
            let of_series = Condition::all().add(Column::SeriesId.eq(*series)).add(Column::FirstNumber.lte(*last));
            any.add(of_series.add(open))
        });
        let rows = agenda_item::Entity::in_org(self.organization)
            .filter(wanted)
            .order_by_asc(Column::Position)
            .order_by_asc(Column::Id)
            .all(self.db.read())
            .await
            .map_err(shared)?;
        let of_key = |AgendaOf(series, number): AgendaOf| {
            let on = |row: &&agenda_item::Model| {
                row.series_id == series
                    && row.first_number <= number
                    && row.done_number.is_none_or(|done| done >= number)
            };
            rows.iter().filter(on).cloned().collect()
        };
        Ok(keys.iter().map(|key| (*key, of_key(*key))).collect())
    }
}

impl Loader<ActionsOf> for Rows {
    type Value = Vec<action_item::Model>;
    type Error = Shared;

    async fn load(&self, keys: &[ActionsOf]) -> Result<HashMap<ActionsOf, Self::Value>, Shared> {
        let rows = action_item::Entity::in_org(self.organization)
            .filter(action_item::Column::ConversationId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(action_item::Column::Id)
            .all(self.db.read())
            .await
            .map_err(shared)?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(ActionsOf(row.conversation_id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<OwnNoteOf> for Rows {
    type Value = private_note::Model;
    type Error = Shared;

    async fn load(&self, keys: &[OwnNoteOf]) -> Result<HashMap<OwnNoteOf, Self::Value>, Shared> {
        let Some(author) = self.asker else { return Ok(HashMap::new()) };
        let rows = private_note::Entity::in_org(self.organization)
            .filter(private_note::Column::AuthorId.eq(author))
            .filter(private_note::Column::ConversationId.is_in(keys.iter().map(|key| key.0)))
            .all(self.db.read())
            .await
            .map_err(shared)?;
        Ok(rows.into_iter().map(|row| (OwnNoteOf(row.conversation_id), row)).collect())
    }
}

impl Loader<CoveredSince> for Rows {
    type Value = Arc<Covered>;
    type Error = Shared;

    async fn load(&self, keys: &[CoveredSince]) -> Result<HashMap<CoveredSince, Self::Value>, Shared> {
        let mut found = HashMap::new();
        // One answer allows few different spans: see `coverage::WEEKS`.
        for key in keys {
            found.insert(*key, Arc::new(Covered::read(&self.db, self.organization, key.0).await.map_err(shared)?));
        }
        Ok(found)
    }
}

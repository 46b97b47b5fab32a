//! A conversation as the schema shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::TimeDelta;
use hearten_entity::{agenda_item, conversation, conversation_attendee, conversation_series};

use super::{
    super::{notes, service, store::ConversationState},
    ActionItem, ConversationSeries,
};
use crate::{
    areas::{directory::types::Person, surveys::store::stored},
    graphql::{context::request, scalars::DateTime},
};

/// One conversation. Only who takes or took part sees it.
pub struct Conversation {
    row: Arc<conversation::Model>,
    // Where it was read together with the conversation, for somebody who takes part in it.
    series: Option<Arc<conversation_series::Model>>,
}

impl Conversation {
    /// A conversation and its series, for somebody who takes part in both.
    pub fn within(row: conversation::Model, series: Option<conversation_series::Model>) -> Self {
        Self { row: Arc::new(row), series: series.map(Arc::new) }
    }
}

impl From<conversation::Model> for Conversation {
    fn from(row: conversation::Model) -> Self {
        Self { row: Arc::new(row), series: None }
    }
}

impl From<Arc<conversation::Model>> for Conversation {
    fn from(row: Arc<conversation::Model>) -> Self {
        Self { row, series: None }
    }
}

/// What you may do with a conversation.
#[derive(SimpleObject)]
pub struct ConversationPermissionInfo {
    /// Write its agenda and the shared note; move, hold and skip it while it is planned.
    write: bool,
}

/// How somebody comes into a conversation.
pub struct ConversationCheckIn {
    row: conversation_attendee::Model,
}

/// How somebody comes into a conversation: seen by those who take part in it, and by nobody else.
#[Object]
impl ConversationCheckIn {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.person_id))
    }

    /// How they are, 1 (badly) to 5 (very well); null where they did not say.
    async fn mood(&self) -> Option<i32> {
        self.row.mood
    }

    /// What matters most to them; at most five.
    async fn priorities(&self) -> Result<Option<Vec<String>>> {
        Ok(Some(stored(self.row.priorities.clone())?))
    }

    /// What is in their way; at most five.
    async fn blockers(&self) -> Result<Option<Vec<String>>> {
        Ok(Some(stored(self.row.blockers.clone())?))
    }

    /// When they wrote it.
    async fn prepared_at(&self) -> Option<DateTime> {
        self.row.prepared_at.map(DateTime)
    }
}

/// A point of an agenda.
pub struct AgendaItem {
    row: agenda_item::Model,
    number: i32,
}

/// A point of an agenda. Until it is done it is on the agenda of the next conversation, too.
#[Object(serial)]
impl AgendaItem {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What it says.
    async fn text(&self) -> &str {
        &self.row.text
    }

    /// The section of the series it belongs to, counted from 0.
    async fn section(&self) -> Option<i32> {
        self.row.section
    }

    /// Who added it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.author_id))
    }

    /// Whether it comes from an earlier conversation.
    async fn carried_over(&self) -> bool {
        self.row.first_number < self.number
    }

    /// Whether it was done in this conversation.
    async fn done(&self) -> bool {
        self.row.done_number == Some(self.number)
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }
}

/// One conversation of a series. Only who takes or took part in it sees it, whatever role anybody else has.
#[Object]
impl Conversation {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// The series; null where you take part in it no more.
    async fn series(&self, ctx: &Context<'_>) -> Result<Option<ConversationSeries>> {
        if let Some(series) = &self.series {
            return Ok(Some(Arc::clone(series).into()));
        }
        Ok(service::series_seen(request(ctx)?, self.row.series_id).await?.map(ConversationSeries::from))
    }

    /// 1 for the first of its series.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// Where it stands.
    async fn state(&self) -> Result<ConversationState> {
        Ok(ConversationState::read(&self.row.state)?)
    }

    /// When it takes or took place.
    async fn scheduled_at(&self) -> DateTime {
        DateTime(self.row.scheduled_at)
    }

    /// When it is over.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.row.scheduled_at + TimeDelta::minutes(self.row.duration_minutes.into()))
    }

    /// Whether it was moved away from where the rhythm has it.
    async fn moved(&self) -> bool {
        self.row.scheduled_at != self.row.slot_at
    }

    /// When it was held; null unless it was.
    async fn held_at(&self) -> Option<DateTime> {
        self.row.held_at.map(DateTime)
    }

    /// Who takes part; at most 50, without those you cannot see in the directory.
    async fn participants(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        let ctx = request(ctx)?;
        let people = ctx.loaders()?.conversations().attendees_of(self.row.id).await?;
        Ok(Some(people.into_iter().filter_map(|row| Person::find(ctx, row.person_id)).collect()))
    }

    /// How participants come into it; only those who wrote something.
    async fn check_ins(&self, ctx: &Context<'_>) -> Result<Option<Vec<ConversationCheckIn>>> {
        let rows = request(ctx)?.loaders()?.conversations().attendees_of(self.row.id).await?;
        let prepared = rows.into_iter().filter(|row| row.prepared_at.is_some());
        Ok(Some(prepared.map(|row| ConversationCheckIn { row }).collect()))
    }

    /// What is or was on the agenda: what was open then, with what was done in it.
    async fn agenda(&self, ctx: &Context<'_>) -> Result<Option<Vec<AgendaItem>>> {
        let ctx = request(ctx)?;
        let loaders = ctx.loaders()?.conversations();
        let (series, number) = (self.row.series_id, self.row.number);
        let rows = loaders.agenda_of(series, number).await?;
        // What was written after somebody left is not for them, also where it stands on an earlier agenda.
        let people = loaders.participants_of(series).await?;
        let stays = ctx.asker()?.person().is_some_and(|me| people.contains(&me));
        let rows = rows.into_iter().filter(|row| stays || row.edited_number <= number);
        Ok(Some(rows.map(|row| AgendaItem { row, number }).collect()))
    }

    /// What participants wrote down together; null while it is empty.
    async fn shared_note(&self) -> Option<&str> {
        self.row.shared_note.as_deref()
    }

    /// The version of the shared note: pass it on when you write.
    async fn shared_note_version(&self) -> i32 {
        self.row.shared_version
    }

    /// Your own note. Nobody else reads it: no participant, no manager, no admin, no integration.
    async fn private_note(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(notes::find_private(request(ctx)?, self.row.id).await?.map(|row| row.text))
    }

    /// What came of it; at most 50.
    async fn action_items(&self, ctx: &Context<'_>) -> Result<Option<Vec<ActionItem>>> {
        let rows = request(ctx)?.loaders()?.conversations().actions_of(self.row.id).await?;
        Ok(Some(rows.into_iter().map(ActionItem::from).collect()))
    }

    /// What you may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<Option<ConversationPermissionInfo>> {
        Ok(Some(ConversationPermissionInfo { write: service::may_write(request(ctx)?, &self.row).await? }))
    }
}

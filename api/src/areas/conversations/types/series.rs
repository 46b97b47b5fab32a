//! A series as the schema shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use hearten_entity::conversation_series;
use hearten_policy::Action;

use super::{
    super::{
        service::{self, facts},
        store::{RhythmName, Section, SeriesKind, clock_time},
    },
    Conversation, ConversationFilterInput, ConversationSection, TimeOrder,
    around::{reader, sections_for},
};
use crate::{
    areas::{directory::types::Person, surveys::store::stored},
    graphql::{
        context::request,
        paging::{Listing, Page},
        scalars::{Date, DateTime},
    },
};

/// What recurs between the same people. Only who takes part sees it.
pub struct ConversationSeries {
    row: Arc<conversation_series::Model>,
}

impl From<conversation_series::Model> for ConversationSeries {
    fn from(row: conversation_series::Model) -> Self {
        Self { row: Arc::new(row) }
    }
}

impl From<Arc<conversation_series::Model>> for ConversationSeries {
    fn from(row: Arc<conversation_series::Model>) -> Self {
        Self { row }
    }
}

/// What you may do with a series.
#[derive(SimpleObject)]
pub struct ConversationSeriesPermissionInfo {
    /// Change it, who takes part, and end it.
    manage: bool,
    /// Plan, move and hold its conversations, and write their agenda.
    write: bool,
}

/// What recurs between the same people: a 1:1, or the meeting of a team. Only who takes part sees it, whatever role
/// anybody else has.
#[Object]
impl ConversationSeries {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// Who talks: two people, or a team.
    async fn kind(&self) -> Result<SeriesKind> {
        Ok(SeriesKind::read(&self.row.kind)?)
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Who takes part now, in no particular order; at most 50, without those you cannot see in the directory.
    async fn participants(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        let ctx = request(ctx)?;
        let people = ctx.loaders()?.conversations().participants_of(self.row.id).await?;
        Ok(Some(people.into_iter().filter_map(|person| Person::find(ctx, person)).collect()))
    }

    /// Who manages a meeting; null for a 1:1, which both manage.
    async fn host(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.host_id.and_then(|host| Person::find(ctx, host)))
    }

    /// How often it recurs.
    async fn rhythm(&self) -> Result<RhythmName> {
        Ok(RhythmName::read(&self.row.rhythm)?)
    }

    /// Every so many weeks or months.
    async fn every(&self) -> i32 {
        self.row.every
    }

    /// The first day, which fixes the weekday or the day of the month.
    async fn starts_on(&self) -> Date {
        Date(self.row.starts_on)
    }

    /// The local time, such as "09:30": it stays when clocks change between summer and winter time.
    async fn local_time(&self) -> String {
        clock_time(self.row.local_minute)
    }

    /// The time zone, such as "Europe/Berlin".
    async fn time_zone(&self) -> &str {
        &self.row.time_zone
    }

    /// How long a conversation takes.
    async fn duration_minutes(&self) -> i32 {
        self.row.duration_minutes
    }

    /// The sections of the agenda, as its template had them when it began, in your language where they are there in it.
    async fn sections(&self, ctx: &Context<'_>) -> Result<Option<Vec<ConversationSection>>> {
        let sections: Vec<Section> = stored(self.row.sections.clone())?;
        Ok(Some(sections_for(sections, reader(request(ctx)?)?.as_deref())))
    }

    /// Whether it goes on.
    async fn active(&self) -> bool {
        self.row.ended_at.is_none()
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime> {
        self.row.ended_at.map(DateTime)
    }

    /// When it was begun.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// The conversation that is planned; null where none is.
    async fn next(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        let ctx = request(ctx)?;
        let planned = ctx.loaders()?.conversations().next_of(self.row.id).await?;
        let Some(planned) = planned else { return Ok(None) };
        Ok(service::conversation_seen(ctx, planned.id).await?.map(Conversation::from))
    }

    /// Its conversations that you take or took part in, the latest first.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<ConversationFilterInput>,
    ) -> Result<Option<Listing<Conversation>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        let (filter, order) = (filter.unwrap_or_default(), TimeOrder::LatestFirst);
        Ok(Some(service::conversation_page(request(ctx)?, filter, order, Some(self.row.id), page).await?))
    }

    /// What you may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<Option<ConversationSeriesPermissionInfo>> {
        let ctx = request(ctx)?;
        let people = ctx.loaders()?.conversations().participants_of(self.row.id).await?;
        let asker = ctx.asker()?;
        let active = self.row.ended_at.is_none();
        Ok(Some(ConversationSeriesPermissionInfo {
            manage: active && asker.may(Action::ManageConversation, facts(&people, self.row.host_id)),
            write: active && asker.may(Action::WriteConversation, facts(&people, None)),
        }))
    }
}

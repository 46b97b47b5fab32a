//! What stands around conversations: action items, templates, calendar feeds, gaps and coverage.

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};
use hearten_entity::{action_item, calendar_feed};

use super::{
    super::{gaps::Gap, service, store::Section, templates::Template},
    Conversation, ConversationSeries,
};
use crate::{
    areas::{directory::types::Person, results::types::SuppressionReason},
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        scalars::{Date, DateTime},
    },
};

/// The language of who asks.
pub fn reader(ctx: &RequestContext) -> Result<Option<String>, Exception> {
    let asker = ctx.asker()?;
    let own = asker.person().and_then(|me| asker.snapshot.chart.person(me)?.locale.as_deref().map(str::to_owned));
    Ok(own.or_else(|| Some(asker.snapshot.organization.default_locale.to_string())))
}

/// Something somebody said they would do.
pub struct ActionItem {
    row: action_item::Model,
}

impl From<action_item::Model> for ActionItem {
    fn from(row: action_item::Model) -> Self {
        Self { row }
    }
}

/// Something somebody said they would do. Seen by its owner and by those who take part where it was said.
#[Object]
impl ActionItem {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What is to be done.
    async fn text(&self) -> &str {
        &self.row.text
    }

    /// By whom.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.owner_id))
    }

    /// Who wrote it down.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.created_by))
    }

    /// Until when.
    async fn due_on(&self) -> Option<Date> {
        self.row.due_on.map(Date)
    }

    /// Whether its day has passed and it is not done.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        let today = request(ctx)?.app.clock.today();
        Ok(self.row.done_at.is_none() && self.row.due_on.is_some_and(|due| due < today))
    }

    /// When it was done.
    async fn done_at(&self) -> Option<DateTime> {
        self.row.done_at.map(DateTime)
    }

    /// When it was written down.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// The conversation in which it was said; null where you took no part.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        Ok(service::conversation_seen(request(ctx)?, self.row.conversation_id).await?.map(Conversation::from))
    }

    /// The series of that conversation; null where you take part in it no more.
    async fn series(&self, ctx: &Context<'_>) -> Result<Option<ConversationSeries>> {
        Ok(service::series_seen(request(ctx)?, self.row.series_id).await?.map(ConversationSeries::from))
    }
}

/// A section of an agenda.
#[derive(SimpleObject)]
pub struct ConversationSection {
    /// What it is about.
    title: String,
    /// What one may talk about in it.
    talking_points: Vec<String>,
}

/// Sections for somebody who reads `locale`.
pub fn sections_for(sections: Vec<Section>, locale: Option<&str>) -> Vec<ConversationSection> {
    let shown = |section: Section| ConversationSection {
        title: section.title.for_reader(locale).to_owned(),
        talking_points: section.talking_points.iter().map(|point| point.for_reader(locale).to_owned()).collect(),
    };
    sections.into_iter().map(shown).collect()
}

/// What an agenda begins with.
#[derive(SimpleObject)]
pub struct ConversationTemplate {
    /// The opaque id.
    id: ID,
    /// What it is called.
    name: String,
    /// Whether it comes with the program, in English and German.
    built_in: bool,
    /// Whether it was taken out of use.
    archived: bool,
    /// The sections of the agenda.
    sections: Vec<ConversationSection>,
}

impl ConversationTemplate {
    /// The template for somebody who reads `locale`.
    pub fn for_reader(template: Template, locale: Option<&str>) -> Self {
        Self {
            id: template.id.to_string().into(),
            name: template.name.for_reader(locale).to_owned(),
            built_in: template.built_in,
            archived: template.archived,
            sections: sections_for(template.sections, locale),
        }
    }
}

/// A secret address at which a calendar reads your conversations.
#[derive(SimpleObject)]
pub struct CalendarFeed {
    /// The opaque id.
    id: ID,
    /// What you call it.
    name: String,
    /// When it was made.
    created_at: DateTime,
    /// When it was last read, to the hour.
    last_fetched_at: Option<DateTime>,
    /// When it was revoked.
    revoked_at: Option<DateTime>,
}

impl From<calendar_feed::Model> for CalendarFeed {
    fn from(row: calendar_feed::Model) -> Self {
        Self {
            id: row.id.to_string().into(),
            name: row.name,
            created_at: DateTime(row.created_at),
            last_fetched_at: row.last_fetched_at.map(DateTime),
            revoked_at: row.revoked_at.map(DateTime),
        }
    }
}

/// Somebody who has not talked with their manager for a while.
pub struct ConversationGap {
    /// The pair.
    pub gap: Gap,
}

/// Somebody who has held no 1:1 with their manager for a while. It says when they last did, and nothing of what was said.
#[Object(serial)]
impl ConversationGap {
    /// Who reports.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.gap.report))
    }

    /// To whom.
    async fn manager(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.gap.manager))
    }

    /// When they last held a 1:1; null where they never did.
    async fn last_held_at(&self) -> Option<DateTime> {
        self.gap.last_held_at.map(DateTime)
    }
}

/// The share of a team's people who talked with their manager lately.
#[derive(SimpleObject)]
pub struct ConversationCoverageShare {
    /// The share, 0 to 1, to the nearest 0.05.
    pub share: f64,
    /// Of how many people: those of the team and the teams below who have a manager.
    pub people: i32,
    /// In how many weeks.
    pub weeks: i32,
}

/// A share that is not shown, so that nobody is recognised in it.
#[derive(SimpleObject)]
pub struct ConversationCoverageHidden {
    /// Why.
    pub reason: SuppressionReason,
}

/// The share of a team's people who talked with their manager lately, or why it is not shown.
#[derive(Union)]
pub enum ConversationCoverage {
    /// It is shown.
    Share(ConversationCoverageShare),
    /// It is not.
    Hidden(ConversationCoverageHidden),
}

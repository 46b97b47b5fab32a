//! Finding series, conversations and what belongs to them, each behind the policy; and holding them while they change.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hearten_entity::{
    InOrganization, action_item, conversation, conversation_attendee, conversation_participant, conversation_series,
};
use hearten_ids::{ActionItemId, ConversationId, ConversationSeriesId, OrganizationId, PersonId};
use hearten_policy::{Action, ConversationFacts, Resource};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

pub use super::{coverage::share_of_team, feeds::feeds_of_viewer, gaps::page as gap_page};
use super::{
    store::ConversationState,
    types::{ActionItem, ActionItemFilterInput, Conversation, ConversationFilterInput, ConversationSeries, TimeOrder},
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
    input,
    paging::{Arranged, Listing, Page, listing, newest_first},
};

/// Who takes part in something, as the policy takes it.
pub const fn facts(people: &[PersonId], host: Option<PersonId>) -> Resource<'_> {
    Resource::Conversation(ConversationFacts { participants: people, host })
}

/// The people who take part in a conversation.
///
/// # Errors
/// When the database is away.
pub async fn attendees_in(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: ConversationId,
) -> Result<Vec<PersonId>, Exception> {
    let people = conversation_attendee::Entity::in_org(organization)
        .filter(conversation_attendee::Column::ConversationId.eq(id))
        .order_by_asc(conversation_attendee::Column::Id)
        .select_only()
        .column(conversation_attendee::Column::PersonId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(people)
}

/// The people who take part in a series now.
///
/// # Errors
/// When the database is away.
pub async fn participants_in(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: ConversationSeriesId,
) -> Result<Vec<PersonId>, Exception> {
    let people = conversation_participant::Entity::in_org(organization)
        .filter(conversation_participant::Column::SeriesId.eq(id))
        .filter(conversation_participant::Column::LeftAt.is_null())
        .order_by_asc(conversation_participant::Column::Id)
        .select_only()
        .column(conversation_participant::Column::PersonId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(people)
}

/// The series with this id, when the asker takes part in it.
///
/// # Errors
/// When the database is away.
pub async fn find_series(
    ctx: &RequestContext,
    id: ConversationSeriesId,
) -> Result<Option<Arc<conversation_series::Model>>, Exception> {
    // Of an API token nobody has to look: it takes part in nothing.
    if ctx.asker()?.person().is_none() { Ok(None) } else { series_seen(ctx, id).await }
}

/// The conversation with this id, when the asker takes or took part in it.
///
/// # Errors
/// When the database is away.
pub async fn find_conversation(
    ctx: &RequestContext,
    id: ConversationId,
) -> Result<Option<Arc<conversation::Model>>, Exception> {
    if ctx.asker()?.person().is_none() { Ok(None) } else { conversation_seen(ctx, id).await }
}

/// The action item with this id, when the asker is its owner or takes part where it was said.
///
/// # Errors
/// When the database is away.
pub async fn find_action_item(ctx: &RequestContext, id: ActionItemId) -> Result<Option<action_item::Model>, Exception> {
    let asker = ctx.asker()?;
    if asker.person().is_none() {
        return Ok(None);
    }
    let loaders = ctx.loaders()?.conversations();
    let Some(row) = loaders.action_item(id).await? else { return Ok(None) };
    let attendees = loaders.attendees_of(row.conversation_id).await?;
    let mut people: Vec<PersonId> = attendees.iter().map(|row| row.person_id).collect();
    people.extend(loaders.participants_of(row.series_id).await?);
    people.push(row.owner_id);
    Ok(asker.may(Action::ReadConversation, facts(&people, None)).then_some(row))
}

/// A conversation that is being changed, its series, and who takes part in both.
pub struct Held {
    /// The series, locked.
    pub series: conversation_series::Model,
    /// Who takes part in the series now.
    pub participants: Vec<PersonId>,
    /// The conversation.
    pub conversation: conversation::Model,
    /// Who takes part in the conversation.
    pub attendees: Vec<PersonId>,
}

/// There is nothing of that kind for the asker.
pub fn unseen(place: &'static str, what: &str) -> Refusal {
    UserError::at(UserErrorCode::NotFound, [place], format!("there is no such {what}")).into()
}

/// It is not in the state for that.
pub fn wrong_state(place: &'static str, message: &str) -> Refusal {
    UserError::at(UserErrorCode::WrongState, [place], message).into()
}

/// The conversation with its series, which nobody else changes until the transaction ends.
///
/// # Errors
/// A refusal NOT_FOUND for who takes no part; FORBIDDEN for who took part once and does not any more.
pub async fn hold_in_tx(ctx: &RequestContext, tx: &DatabaseTransaction, id: ConversationId) -> Result<Held, Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.organization();
    let attendees = attendees_in(tx, organization, id).await?;
    if !asker.may(Action::ReadConversation, facts(&attendees, None)) {
        return Err(unseen("conversation", "conversation"));
    }
    let find = || conversation::Entity::in_org(organization).filter(conversation::Column::Id.eq(id));
    let series: Option<ConversationSeriesId> =
        find().select_only().column(conversation::Column::SeriesId).into_tuple().one(tx).await?;
    let series = series.ok_or_else(|| unseen("conversation", "conversation"))?;
    let (series, participants) = hold_series_in_tx(&asker, tx, series).await?;
    // Read once the series is held: only now nobody changes it.
    let conversation = find().one(tx).await?.ok_or_else(|| unseen("conversation", "conversation"))?;
    let writing: Vec<PersonId> = attendees.iter().filter(|person| participants.contains(person)).copied().collect();
    asker
        .require(Action::WriteConversation, facts(&writing, None))
        .map_err(|_| Exception::code(ErrorCode::Forbidden))?;
    Ok(Held { series, participants, conversation, attendees })
}

/// The series and who takes part in it; nobody else changes it until the transaction ends. Decides nothing.
///
/// # Errors
/// NOT_FOUND when the organization has no such series.
pub async fn hold_series_in_tx(
    asker: &Asker,
    tx: &DatabaseTransaction,
    id: ConversationSeriesId,
) -> Result<(conversation_series::Model, Vec<PersonId>), Exception> {
    let organization = asker.organization();
    // SQLite knows no such lock and needs none: its transactions that write follow one another.
    let held = conversation_series::Entity::in_org(organization)
        .filter(conversation_series::Column::Id.eq(id))
        .lock_exclusive();
    let row = held.one(tx).await?.ok_or_else(Exception::not_found)?;
    let people = participants_in(tx, organization, id).await?;
    Ok((row, people))
}

impl Held {
    /// Passes while the series goes on and the conversation is yet to take place.
    ///
    /// # Errors
    /// A refusal WRONG_STATE.
    pub fn require_planned(&self) -> Result<(), Refusal> {
        match ConversationState::read(&self.conversation.state)? {
            ConversationState::Planned => Ok(()),
            ConversationState::Held => Err(wrong_state("conversation", "this conversation was held already")),
            ConversationState::Skipped => Err(wrong_state("conversation", "this conversation was skipped")),
            ConversationState::Cancelled => Err(wrong_state("conversation", "this conversation was cancelled")),
        }
    }

    /// Passes unless the conversation was skipped or cancelled.
    ///
    /// # Errors
    /// A refusal WRONG_STATE.
    pub fn require_took_place(&self) -> Result<(), Refusal> {
        match ConversationState::read(&self.conversation.state)? {
            ConversationState::Planned | ConversationState::Held => Ok(()),
            ConversationState::Skipped | ConversationState::Cancelled => {
                Err(wrong_state("conversation", "this conversation does not take place"))
            }
        }
    }
}

/// The conversations somebody takes or took part in.
fn own_conversations(organization: OrganizationId, person: PersonId) -> sea_orm::Select<conversation::Entity> {
    let attended = conversation_attendee::Entity::in_org(organization)
        .filter(conversation_attendee::Column::PersonId.eq(person))
        .select_only()
        .column(conversation_attendee::Column::ConversationId)
        .into_query();
    conversation::Entity::in_org(organization).filter(conversation::Column::Id.in_subquery(attended))
}

/// Where a conversation stands in a list by time.
pub type TimePlace = (DateTime<Utc>, ConversationId);

/// A page of the asker's own conversations by time.
///
/// # Errors
/// When the database is away.
pub async fn conversation_page(
    ctx: &RequestContext,
    filter: ConversationFilterInput,
    order: TimeOrder,
    series: Option<ConversationSeriesId>,
    page: Page<TimePlace>,
) -> Result<Listing<Conversation>, Exception> {
    use conversation::Column;
    let asker = ctx.asker()?;
    let Some(person) = asker.person().filter(|me| asker.may(Action::ReadConversation, facts(&[*me], None))) else {
        return Ok(listing(Vec::<(TimePlace, _)>::new(), false, false, Some(0)));
    };
    let mut query = own_conversations(asker.organization(), person);
    if let Some(series) = series {
        query = query.filter(Column::SeriesId.eq(series));
    }
    if let Some(states) = filter.states {
        let states = input::choices("filter.states", states)?;
        query = query.filter(Column::State.is_in(states.into_iter().map(ConversationState::as_str)));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::ScheduledAt.gte(from.0));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::ScheduledAt.lt(until.0));
    }
    let earliest = order == TimeOrder::EarliestFirst;
    let beyond = |(at, id): TimePlace, later: bool| {
        let same = Condition::all().add(Column::ScheduledAt.eq(at));
        let (time, tie) = if later {
            (Column::ScheduledAt.gt(at), Column::Id.gt(id))
        } else {
            (Column::ScheduledAt.lt(at), Column::Id.lt(id))
        };
        Condition::any().add(time).add(same.add(tie))
    };
    if let Some(after) = page.after {
        query = query.filter(beyond(after, earliest));
    }
    if let Some(before) = page.before {
        query = query.filter(beyond(before, !earliest));
    }
    let order = if earliest == page.backwards { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let query = query.order_by(Column::ScheduledAt, order.clone()).order_by(Column::Id, order);
    let rows = query.limit(page.size as u64 + 1).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| ((row.scheduled_at, row.id), Conversation::from(row)));
    Ok(listing(items, has_previous, has_next, None))
}

/// A page of the series the asker takes part in, newest first.
///
/// # Errors
/// When the database is away.
pub async fn series_page(
    ctx: &RequestContext,
    active: Option<bool>,
    page: Page<ConversationSeriesId>,
) -> Result<Listing<ConversationSeries>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person().filter(|me| asker.may(Action::ReadConversation, facts(&[*me], None))) else {
        return Ok(listing(Vec::<(ConversationSeriesId, _)>::new(), false, false, Some(0)));
    };
    let own = conversation_participant::Entity::in_org(asker.organization())
        .filter(conversation_participant::Column::PersonId.eq(person))
        .filter(conversation_participant::Column::LeftAt.is_null())
        .select_only()
        .column(conversation_participant::Column::SeriesId)
        .into_query();
    let mut query = conversation_series::Entity::in_org(asker.organization())
        .filter(conversation_series::Column::Id.in_subquery(own));
    query = match active {
        None => query,
        Some(true) => query.filter(conversation_series::Column::EndedAt.is_null()),
        Some(false) => query.filter(conversation_series::Column::EndedAt.is_not_null()),
    };
    let rows = newest_first(query, conversation_series::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| (row.id, ConversationSeries::from(row)));
    Ok(listing(items, has_previous, has_next, None))
}

/// The open action items of a person.
fn own_action_items(organization: OrganizationId, person: PersonId) -> sea_orm::Select<action_item::Entity> {
    action_item::Entity::in_org(organization).filter(action_item::Column::OwnerId.eq(person))
}

/// A page of what the asker is to do, across series, newest first.
///
/// # Errors
/// When the database is away.
pub async fn action_item_page(
    ctx: &RequestContext,
    filter: ActionItemFilterInput,
    page: Page<ActionItemId>,
) -> Result<Listing<ActionItem>, Exception> {
    use action_item::Column;
    let asker = ctx.asker()?;
    let Some(person) = asker.person().filter(|me| asker.may(Action::ReadConversation, facts(&[*me], None))) else {
        return Ok(listing(Vec::<(ActionItemId, _)>::new(), false, false, Some(0)));
    };
    let mut query = own_action_items(asker.organization(), person);
    query = match filter.done {
        None => query,
        Some(true) => query.filter(Column::DoneAt.is_not_null()),
        Some(false) => query.filter(Column::DoneAt.is_null()),
    };
    if let Some(day) = filter.due_before {
        query = query.filter(Column::DueOn.lt(day.0));
    }
    let rows = newest_first(query, Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| (row.id, ActionItem::from(row)));
    Ok(listing(items, has_previous, has_next, None))
}

/// What the home screen shows of conversations.
#[derive(Default)]
pub struct Home {
    /// The next conversation that is planned.
    pub next_conversation: Option<Conversation>,
    /// The open action items that are due first.
    pub action_items: Vec<ActionItem>,
    /// How many open action items there are; counted up to [`MOST_COUNTED`].
    pub open_action_items: i32,
}

/// The home screen counts no further.
pub const MOST_COUNTED: u64 = 100;
const FIRST_ACTION_ITEMS: usize = 5;

/// The asker's next conversation, and what they are to do: two statements.
///
/// # Errors
/// When the database is away.
pub async fn home(ctx: &RequestContext) -> Result<Home, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person().filter(|me| asker.may(Action::ReadConversation, facts(&[*me], None))) else {
        return Ok(Home::default());
    };
    // Of series the asker takes part in, so that the series may be shown as well.
    let taking_part = conversation_participant::Entity::in_org(asker.organization())
        .filter(conversation_participant::Column::PersonId.eq(person))
        .filter(conversation_participant::Column::LeftAt.is_null())
        .select_only()
        .column(conversation_participant::Column::SeriesId)
        .into_query();
    let to_series = conversation::Entity::belongs_to(conversation_series::Entity)
        .from(conversation::Column::SeriesId)
        .to(conversation_series::Column::Id);
    let next = own_conversations(asker.organization(), person)
        .filter(conversation::Column::State.eq(ConversationState::Planned.as_str()))
        .filter(conversation::Column::SeriesId.in_subquery(taking_part))
        .join(JoinType::InnerJoin, to_series.into())
        .select_also(conversation_series::Entity)
        .order_by_asc(conversation::Column::ScheduledAt)
        .order_by_asc(conversation::Column::Id)
        .one(ctx.db.read())
        .await?;
    let mut open = own_action_items(asker.organization(), person)
        .filter(action_item::Column::DoneAt.is_null())
        .order_by_desc(action_item::Column::Id)
        .limit(MOST_COUNTED)
        .all(ctx.db.read())
        .await?;
    let count = i32::try_from(open.len()).unwrap_or(i32::MAX);
    // What has no day comes last.
    open.sort_by_key(|row| (row.due_on.is_none(), row.due_on, row.id));
    open.truncate(FIRST_ACTION_ITEMS);
    Ok(Home {
        next_conversation: next.map(|(row, series)| Conversation::within(row, series)),
        action_items: open.into_iter().map(ActionItem::from).collect(),
        open_action_items: count,
    })
}

/// Whether the asker may change what belongs to a conversation.
///
/// # Errors
/// When the database is away.
pub async fn may_write(ctx: &RequestContext, row: &conversation::Model) -> Result<bool, Exception> {
    let asker = ctx.asker()?;
    let loaders = ctx.loaders()?.conversations();
    let people = loaders.participants_of(row.series_id).await?;
    let attendees = loaders.attendees_of(row.id).await?;
    let both: Vec<PersonId> =
        attendees.iter().map(|row| row.person_id).filter(|person| people.contains(person)).collect();
    Ok(asker.may(Action::WriteConversation, facts(&both, None)))
}

/// The conversation a thing belongs to, for whoever may see it.
///
/// # Errors
/// When the database is away.
pub async fn conversation_seen(
    ctx: &RequestContext,
    id: ConversationId,
) -> Result<Option<Arc<conversation::Model>>, Exception> {
    let loaders = ctx.loaders()?.conversations();
    let people: Vec<PersonId> = loaders.attendees_of(id).await?.iter().map(|row| row.person_id).collect();
    if !ctx.asker()?.may(Action::ReadConversation, facts(&people, None)) {
        return Ok(None);
    }
    loaders.conversation(id).await
}

/// The series a thing belongs to, for whoever takes part in it.
///
/// # Errors
/// When the database is away.
pub async fn series_seen(
    ctx: &RequestContext,
    id: ConversationSeriesId,
) -> Result<Option<Arc<conversation_series::Model>>, Exception> {
    let loaders = ctx.loaders()?.conversations();
    let people = loaders.participants_of(id).await?;
    if !ctx.asker()?.may(Action::ReadConversation, facts(&people, None)) {
        return Ok(None);
    }
    loaders.series(id).await
}

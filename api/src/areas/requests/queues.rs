//! Queues: who keeps them, who owns them, and how soon they answer.

use std::{collections::HashMap, sync::Arc};

use hearten_entity::{InOrganization, request_queue, request_queue_owner, service_request};
use hearten_ids::{OrganizationId, PersonId, RequestQueueId, RequestQueueOwnerId, TeamId};
use hearten_policy::{Action, QueueFacts, Resource};
use hearten_requests::LONGEST_SERVICE_HOURS;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use super::{loaders::QueueOf, store::Queue, types::RequestQueue};
use crate::{
    areas::audit,
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
        paging::{Arranged, Listing, Page, listing, newest_first},
    },
};

/// An organization has at most so many queues, archived ones included.
const MOST_QUEUES: u64 = 500;
/// A queue names at most so many owners.
const MOST_OWNERS: usize = 20;

/// What a queue is to be.
#[derive(Debug, Clone)]
pub struct QueueDraft {
    /// Its name.
    pub name: String,
    /// What belongs into it.
    pub description: String,
    /// The team that owns it.
    pub team: Option<TeamId>,
    /// The persons who own it, too.
    pub owners: Vec<PersonId>,
    /// Hours until an answer is due: low, normal and high urgency.
    pub hours: [i32; 3],
    /// Whether API tokens see and work its requests.
    pub integrations: bool,
}

/// Queues of an organization by id.
///
/// # Errors
/// When the database is away.
pub async fn by_id(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[RequestQueueId],
) -> Result<Vec<Arc<Queue>>, Exception> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let to_owners = request_queue::Entity::belongs_to(request_queue_owner::Entity)
        .from(request_queue::Column::Id)
        .to(request_queue_owner::Column::QueueId);
    let rows = request_queue::Entity::in_org(organization)
        .filter(request_queue::Column::Id.is_in(ids.iter().copied()))
        .join(JoinType::LeftJoin, to_owners.into())
        .select_also(request_queue_owner::Entity)
        .all(db)
        .await?;
    let (mut queues, mut owners) = (HashMap::new(), Vec::new());
    for (queue, owner) in rows {
        queues.insert(queue.id, queue);
        owners.extend(owner);
    }
    Ok(owned_by(queues.into_values().collect(), owners))
}

async fn with_owners(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    rows: Vec<request_queue::Model>,
) -> Result<Vec<Arc<Queue>>, Exception> {
    let named = request_queue_owner::Entity::in_org(organization)
        .filter(request_queue_owner::Column::QueueId.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?;
    Ok(owned_by(rows, named))
}

/// Each queue with its owners.
fn owned_by(queues: Vec<request_queue::Model>, named: Vec<request_queue_owner::Model>) -> Vec<Arc<Queue>> {
    let mut owners: HashMap<RequestQueueId, Vec<PersonId>> = HashMap::new();
    for owner in named {
        owners.entry(owner.queue_id).or_default().push(owner.person_id);
    }
    let queue = |row: request_queue::Model| {
        let mut owners = owners.remove(&row.id).unwrap_or_default();
        owners.sort_unstable();
        Arc::new(Queue { row, owners })
    };
    queues.into_iter().map(queue).collect()
}

/// The ids of the queues whose requests the asker works, as a part of a statement about requests: a token works those that
/// were opened since their queue is open to integrations.
pub fn owned_ids(asker: &Asker) -> SelectStatement {
    let organization = asker.organization();
    let queues = request_queue::Entity::in_org(organization).select_only().column(request_queue::Column::Id);
    let Some(person) = asker.person() else {
        let opened = Expr::col((service_request::Entity, service_request::Column::OpenedAt));
        let since = Expr::col((request_queue::Entity, request_queue::Column::IntegrationsSince));
        return queues.filter(since.lte(opened)).into_query();
    };
    let chart = &asker.snapshot.chart;
    let mut teams: Vec<TeamId> = chart.teams_led_by(person).iter().map(|team| team.id).collect();
    if let Some(team) = chart.person(person).and_then(|me| me.team) {
        teams.push(team);
        teams.extend(chart.ancestors(team).iter().map(|above| above.id));
    }
    let named = request_queue_owner::Entity::in_org(organization)
        .filter(request_queue_owner::Column::PersonId.eq(person))
        .select_only()
        .column(request_queue_owner::Column::QueueId)
        .into_query();
    queues
        .filter(
            Condition::any()
                .add(request_queue::Column::TeamId.is_in(teams))
                .add(request_queue::Column::Id.in_subquery(named)),
        )
        .into_query()
}

/// The queue with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: RequestQueueId) -> Result<Option<RequestQueue>, Exception> {
    let asker = ctx.asker()?;
    let found = ctx.loaders()?.load(QueueOf(id)).await?;
    let seen =
        |queue: &Arc<Queue>| asker.may(Action::ReadRequestQueue, Resource::RequestQueue(queue.facts(asker.person())));
    Ok(found.filter(seen).map(RequestQueue::from))
}

/// A page of the queues the asker may see, newest first.
///
/// # Errors
/// When the database is away.
pub async fn page(
    ctx: &RequestContext,
    archived: bool,
    page: Page<RequestQueueId>,
) -> Result<Option<Listing<RequestQueue>>, Exception> {
    let asker = ctx.asker()?;
    let mut all = request_queue::Entity::in_org(asker.organization());
    if !archived {
        all = all.filter(request_queue::Column::ArchivedAt.is_null());
    }
    // Persons see every queue; a token those that are open to integrations.
    let open = QueueFacts { organization: asker.organization(), team: None, owned: false, integrations: true };
    if !asker.may(Action::ReadRequestQueue, Resource::RequestQueue(open)) {
        return Ok(None);
    }
    if asker.person().is_none() {
        all = all.filter(request_queue::Column::IntegrationsSince.is_not_null());
    }
    let total = all.clone().count(ctx.db.read()).await?;
    let rows = newest_first(all, request_queue::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let queues = with_owners(ctx.db.read(), asker.organization(), rows).await?;
    let items = queues.into_iter().map(|queue| (queue.id(), RequestQueue::from(queue)));
    Ok(Some(listing(items, has_previous, has_next, usize::try_from(total).ok())))
}

/// Creates a queue.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what the draft says.
pub async fn create(ctx: &RequestContext, draft: QueueDraft, key: Option<Key>) -> Result<Arc<Queue>, Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.organization();
    let facts = QueueFacts { organization, team: draft.team, owned: false, integrations: draft.integrations };
    asker.require(Action::WriteRequestQueue, Resource::RequestQueue(facts))?;
    let draft = checked(&asker, draft)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall::<RequestQueueId>(ctx.db.read(), now).await?
    {
        return Ok(by_id(ctx.db.read(), organization, &[done]).await?.pop().ok_or_else(Exception::not_found)?);
    }
    let id = RequestQueueId(ctx.app.random.id(now));
    let tx = ctx.db.begin().await?;
    if request_queue::Entity::in_org(organization).count(&tx).await? >= MOST_QUEUES {
        let message = format!("an organization has at most {MOST_QUEUES} queues");
        return Err(UserError::whole(UserErrorCode::TooLong, message).into());
    }
    let [hours_low, hours_normal, hours_high] = draft.hours;
    let row = request_queue::Model {
        id,
        organization_id: organization,
        name: draft.name,
        description: draft.description,
        team_id: draft.team,
        hours_low,
        hours_normal,
        hours_high,
        integrations_since: draft.integrations.then_some(now),
        created_at: now,
        archived_at: None,
    };
    request_queue::Entity::insert(request_queue::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    write_owners(ctx, &tx, id, &draft.owners).await?;
    audit::record_in_tx(ctx, &tx, "request_queue.create", &id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    Ok(Arc::new(Queue { row, owners: draft.owners }))
}

/// Replaces what a queue is; `archived` puts it away or takes it out again.
///
/// # Errors
/// FORBIDDEN by policy, for the queue as it was and as it shall be; refusals for what the draft says.
pub async fn update(
    ctx: &RequestContext,
    id: RequestQueueId,
    draft: QueueDraft,
    archived: bool,
) -> Result<Arc<Queue>, Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.organization();
    let found = find(ctx, id).await?.ok_or_else(no_queue)?;
    asker.require(Action::WriteRequestQueue, Resource::RequestQueue(found.queue.facts(asker.person())))?;
    let draft = checked(&asker, draft)?;
    let facts = QueueFacts { organization, team: draft.team, owned: false, integrations: draft.integrations };
    if !asker.may(Action::WriteRequestQueue, Resource::RequestQueue(facts)) {
        let message = "you keep queues of teams you look after or lead, and this is not one of them";
        return Err(UserError::at(UserErrorCode::Forbidden, ["draft", "team"], message).into());
    }
    let tx = ctx.db.begin().await?;
    let held = request_queue::Entity::in_org(organization).filter(request_queue::Column::Id.eq(id)).lock_exclusive();
    let mut row = held.one(&tx).await?.ok_or_else(no_queue)?;
    // It may have come to another team since it was found.
    let now_facts = QueueFacts { team: row.team_id, ..found.queue.facts(asker.person()) };
    if !asker.may(Action::WriteRequestQueue, Resource::RequestQueue(now_facts)) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    require_no_reading_in_tx(&asker, &tx, &row, &draft).await?;
    let now = ctx.app.clock.now();
    row.name = draft.name;
    row.description = draft.description;
    row.team_id = draft.team;
    [row.hours_low, row.hours_normal, row.hours_high] = draft.hours;
    row.integrations_since = draft.integrations.then(|| row.integrations_since.unwrap_or(now));
    row.archived_at = archived.then(|| row.archived_at.unwrap_or(now));
    let change = request_queue::ActiveModel {
        name: Set(row.name.clone()),
        description: Set(row.description.clone()),
        team_id: Set(row.team_id),
        hours_low: Set(row.hours_low),
        hours_normal: Set(row.hours_normal),
        hours_high: Set(row.hours_high),
        integrations_since: Set(row.integrations_since),
        archived_at: Set(row.archived_at),
        ..Default::default()
    };
    let update = request_queue::Entity::update_in_org(organization).filter(request_queue::Column::Id.eq(id));
    update.set(change).exec(&tx).await?;
    let owned = request_queue_owner::Entity::delete_in_org(organization);
    owned.filter(request_queue_owner::Column::QueueId.eq(id)).exec(&tx).await?;
    write_owners(ctx, &tx, id, &draft.owners).await?;
    audit::record_in_tx(ctx, &tx, "request_queue.update", &id.to_string(), None).await?;
    tx.commit().await?;
    Ok(Arc::new(Queue { row, owners: draft.owners }))
}

/// Keeping a queue opens none of its requests, so its keeper does not become an owner of what others asked in confidence:
/// neither by name nor by a team of their own.
async fn require_no_reading_in_tx(
    asker: &Asker,
    tx: &DatabaseTransaction,
    row: &request_queue::Model,
    draft: &QueueDraft,
) -> Result<(), Refusal> {
    use service_request::Column;
    let Some(me) = asker.person() else { return Ok(()) };
    let chart = &asker.snapshot.chart;
    let changed = request_queue::Model { team_id: draft.team, ..row.clone() };
    let after = Queue { row: changed, owners: draft.owners.clone() };
    let before = with_owners(tx, row.organization_id, vec![row.clone()]).await?;
    if !after.is_owned_by(chart, me) || before.iter().any(|before| before.is_owned_by(chart, me)) {
        return Ok(());
    }
    let not_me = |column: Column| Condition::any().add(column.is_null()).add(column.ne(me));
    let of_others = service_request::Entity::in_org(row.organization_id)
        .filter(Column::QueueId.eq(row.id))
        .filter(Column::AskerId.ne(me))
        .filter(not_me(Column::AssigneeId))
        .filter(not_me(Column::EscalatedTo));
    if of_others.one(tx).await?.is_none() {
        return Ok(());
    }
    let message = "you would come to read what others have asked here in confidence; create a new queue instead";
    Err(UserError::at(UserErrorCode::Forbidden, ["draft", "owners"], message).into())
}

async fn write_owners(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    queue: RequestQueueId,
    owners: &[PersonId],
) -> Result<(), Exception> {
    if owners.is_empty() {
        return Ok(());
    }
    let (organization, now) = (ctx.asker()?.organization(), ctx.app.clock.now());
    let rows = owners.iter().map(|person| request_queue_owner::ActiveModel {
        id: Set(RequestQueueOwnerId(ctx.app.random.id(now))),
        organization_id: Set(organization),
        queue_id: Set(queue),
        person_id: Set(*person),
    });
    request_queue_owner::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// That there is no such queue.
pub fn no_queue() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["queue"], "there is no such queue, or you may not see it")
}

/// The draft with its texts trimmed, or everything that is wrong with it.
fn checked(asker: &Asker, draft: QueueDraft) -> Result<QueueDraft, Refusal> {
    let chart = &asker.snapshot.chart;
    let mut problems = Vec::new();
    let name = input::text(["draft", "name"], &draft.name, 100).map_err(|error| problems.push(error));
    let description = match draft.description.trim() {
        "" => Ok(String::new()),
        text => input::text(["draft", "description"], text, 2_000).map_err(|error| problems.push(error)),
    };
    if draft.team.is_some_and(|team| chart.team(team).is_none_or(|team| team.archived)) {
        problems.push(UserError::at(UserErrorCode::NotFound, ["draft", "team"], "there is no such team"));
    }
    let mut owners = draft.owners;
    if owners.len() > MOST_OWNERS {
        let message = format!("at most {MOST_OWNERS} owners; a team is better for more");
        problems.push(UserError::at(UserErrorCode::TooLong, ["draft", "owners"], message));
    }
    for (at, owner) in owners.iter().enumerate().take(MOST_OWNERS) {
        if chart.active_person(*owner).is_none_or(|person| !asker.may_read(person)) {
            let path = ["draft", "owners", &at.to_string()];
            problems.push(UserError::at(UserErrorCode::NotFound, path, "there is no such person"));
        }
    }
    if draft.team.is_none() && owners.is_empty() {
        let message = "name a team or at least one person: a request to nobody is never answered";
        problems.push(UserError::at(UserErrorCode::Required, ["draft", "owners"], message));
    }
    for (name, hours) in ["low", "normal", "high"].into_iter().zip(draft.hours) {
        if !(1..=LONGEST_SERVICE_HOURS).contains(&hours) {
            let message = format!("1 to {LONGEST_SERVICE_HOURS} hours");
            problems.push(UserError::at(UserErrorCode::Invalid, ["draft", "serviceHours", name], message));
        }
    }
    owners.sort_unstable();
    owners.dedup();
    match (name, description) {
        (Ok(name), Ok(description)) if problems.is_empty() => Ok(QueueDraft { name, description, owners, ..draft }),
        _ => Err(Refusal::User(problems)),
    }
}

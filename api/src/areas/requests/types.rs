//! Requests, queues and responses as the schema shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};
use hearten_entity::{request_message, request_move, service_request, team_response};
use hearten_ids::{GoalId, TeamId};
use hearten_policy::{Action, Resource};
use hearten_requests::{Move, State};

use super::{
    loaders::{MessagesOf, MovesOf, QueueOf, ReportOf},
    reports::{Figures, MINIMUM, Quarter},
    service::{may, queue_of},
    store::{
        Queue, RequestKind, RequestMessageKind, RequestMoveKind, RequestState, RequestUrgency, RequestVisibility,
        shown_state, state_of,
    },
};
use crate::{
    areas::{
        directory::types::{Person, Team},
        goals::service as goals,
        results::types::SuppressionReason,
    },
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        paging::{Listing, Page, part},
        scalars::DateTime,
    },
};

/// What an internal customer asks for.
pub struct ServiceRequest {
    /// The row.
    pub row: Arc<service_request::Model>,
}

impl From<service_request::Model> for ServiceRequest {
    fn from(row: service_request::Model) -> Self {
        Self { row: Arc::new(row) }
    }
}

impl ServiceRequest {
    async fn permissions(&self, ctx: &RequestContext) -> Result<RequestPermissionInfo, Exception> {
        let (asker, queue) = (ctx.asker()?, queue_of(ctx, &self.row).await?);
        let state = state_of(&self.row)?;
        let asks = may(&asker, Action::AskRequest, &self.row, queue.as_deref());
        let works = may(&asker, Action::WorkRequest, &self.row, queue.as_deref());
        let can = |made: Move| state.after(made).is_some();
        Ok(RequestPermissionInfo {
            write: (asks || works) && !matches!(state, State::Declined | State::Fulfilled | State::Withdrawn),
            answer: works && can(Move::Answer),
            fulfil: works && can(Move::Fulfil),
            transfer: works && can(Move::Transfer),
            withdraw: asks && can(Move::Withdraw),
            reopen: asks && can(Move::Reopen),
            escalate: asks && can(Move::Escalate),
        })
    }
}

/// What an internal customer asks for: a tool, a resource, information or a decision. Seen by the asker and by those who
/// answer, and by the asker's team where the asker wanted that; no office opens it.
#[Object]
impl ServiceRequest {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What is asked for.
    async fn kind(&self) -> Result<RequestKind> {
        Ok(RequestKind::read(&self.row.kind)?)
    }

    /// In one line.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// The whole of it; empty where the title says it.
    async fn details(&self) -> &str {
        &self.row.details
    }

    /// How soon an answer is wanted.
    async fn urgency(&self) -> Result<RequestUrgency> {
        Ok(RequestUrgency::read(&self.row.urgency)?)
    }

    /// Who sees it beside the asker and those who answer.
    async fn visibility(&self) -> Result<RequestVisibility> {
        Ok(RequestVisibility::read(&self.row.visibility)?)
    }

    /// Where it stands now.
    async fn state(&self, ctx: &Context<'_>) -> Result<RequestState> {
        Ok(shown_state(&self.row, request(ctx)?.app.clock.now())?)
    }

    /// Who asks; null for somebody you may not see.
    async fn asker(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.asker_id))
    }

    /// The queue it lies in; null where a person was asked directly, or you may not see it.
    async fn queue(&self, ctx: &Context<'_>) -> Result<Option<RequestQueue>> {
        let ctx = request(ctx)?;
        let (asker, queue) = (ctx.asker()?, queue_of(ctx, &self.row).await?);
        let seen = |queue: &Arc<Queue>| {
            asker.may(Action::ReadRequestQueue, Resource::RequestQueue(queue.facts(asker.person())))
        };
        Ok(queue.filter(seen).map(RequestQueue::from))
    }

    /// Who is to answer; null while nobody of the queue is named.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.assignee_id.and_then(|person| Person::find(ctx, person)))
    }

    /// Who it climbed to last; null while it has not.
    async fn escalated_to(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.escalated_to.and_then(|person| Person::find(ctx, person)))
    }

    /// How many steps it has climbed.
    async fn escalation_level(&self) -> i32 {
        self.row.escalation_level
    }

    /// The id of the goal it blocks, to fetch by `node`; null where you may not see the goal.
    async fn blocking_goal(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        let Some(id) = self.row.blocking_goal.as_deref() else { return Ok(None) };
        let Ok(goal) = id.parse::<GoalId>() else { return Ok(None) };
        let seen = Box::pin(goals::find_goal(request(ctx)?, goal)).await?;
        Ok(seen.map(|goal| goal.id.to_string().into()))
    }

    /// Why it was declined; null where it was not.
    async fn decline_reason(&self) -> Option<&str> {
        self.row.decline_reason.as_deref()
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.row.opened_at)
    }

    /// When the asker needs it.
    async fn needed_by(&self) -> Option<DateTime> {
        self.row.needed_by.map(DateTime)
    }

    /// When an answer is due: when the service time is over, or when it is needed, whichever comes first. While the asker is
    /// waited for the service time stands still.
    async fn due_at(&self) -> DateTime {
        DateTime(self.row.due_at)
    }

    /// Since when the asker is waited for.
    async fn waiting_since(&self) -> Option<DateTime> {
        self.row.waiting_since.map(DateTime)
    }

    /// When it was first answered, declined or fulfilled.
    async fn answered_at(&self) -> Option<DateTime> {
        self.row.answered_at.map(DateTime)
    }

    /// What asker and owners wrote to each other, oldest first.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<RequestMessage>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let found = request(ctx)?.loaders()?.load(MessagesOf::page(self.row.id, &page)).await?;
        let (rows, total) = found.map_or_else(Default::default, |found| (found.rows, found.total));
        Ok(part(&rows, total, &page, |row| RequestMessage { row: row.clone() }))
    }

    /// What happened to it, oldest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<RequestMove>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let found = request(ctx)?.loaders()?.load(MovesOf::page(self.row.id, &page)).await?;
        let (rows, total) = found.map_or_else(Default::default, |found| (found.rows, found.total));
        Ok(part(&rows, total, &page, |row| RequestMove { row: row.clone() }))
    }

    /// What you may do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<Option<RequestPermissionInfo>> {
        Ok(Some(self.permissions(request(ctx)?).await?))
    }
}

/// What the asker of the query may do with a request.
#[derive(SimpleObject)]
pub struct RequestPermissionInfo {
    /// Write a message.
    write: bool,
    /// Answer, decline or ask back.
    answer: bool,
    /// Report it done.
    fulfil: bool,
    /// Assign it, or transfer it to another queue.
    transfer: bool,
    /// Take it back.
    withdraw: bool,
    /// Open it again.
    reopen: bool,
    /// Let it climb.
    escalate: bool,
}

/// What somebody wrote about a request.
pub struct RequestMessage {
    row: request_message::Model,
}

/// What somebody wrote about a request.
#[Object]
impl RequestMessage {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What it is.
    async fn kind(&self) -> Result<RequestMessageKind> {
        Ok(RequestMessageKind::read(&self.row.kind)?)
    }

    /// Who wrote it; null for an integration, and for somebody you may not see.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.author_id.and_then(|person| Person::find(ctx, person)))
    }

    /// The text.
    async fn body(&self) -> &str {
        &self.row.body
    }

    /// When.
    async fn written_at(&self) -> DateTime {
        DateTime(self.row.written_at)
    }
}

/// One thing that happened to a request.
pub struct RequestMove {
    row: request_move::Model,
}

/// One thing that happened to a request.
#[Object]
impl RequestMove {
    /// What happened.
    async fn kind(&self) -> Result<RequestMoveKind> {
        Ok(RequestMoveKind::read(&self.row.kind)?)
    }

    /// Who did it; null for an integration, for what time did, and for somebody you may not see.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.actor_id.and_then(|person| Person::find(ctx, person)))
    }

    /// Whom it concerns: the new assignee, or whom it climbed to.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.person_id.and_then(|person| Person::find(ctx, person)))
    }

    /// The queue it came to.
    async fn queue(&self, ctx: &Context<'_>) -> Result<Option<RequestQueue>> {
        let ctx = request(ctx)?;
        let Some(id) = self.row.queue_id else { return Ok(None) };
        let (asker, queue) = (ctx.asker()?, ctx.loaders()?.load(QueueOf(id)).await?);
        let seen = |queue: &Arc<Queue>| {
            asker.may(Action::ReadRequestQueue, Resource::RequestQueue(queue.facts(asker.person())))
        };
        Ok(queue.filter(seen).map(RequestQueue::from))
    }

    /// The reason, where one was given.
    async fn note(&self) -> Option<&str> {
        self.row.note.as_deref()
    }

    /// When.
    async fn moved_at(&self) -> DateTime {
        DateTime(self.row.moved_at)
    }
}

/// Where requests of a kind are sent.
pub struct RequestQueue {
    /// The queue.
    pub queue: Arc<Queue>,
}

impl From<Arc<Queue>> for RequestQueue {
    fn from(queue: Arc<Queue>) -> Self {
        Self { queue }
    }
}

/// Where requests of a kind are sent: who owns it, and how soon it answers.
#[Object]
impl RequestQueue {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.queue.row.id.to_string().into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.queue.row.name
    }

    /// What belongs into it; empty where the name says it.
    async fn description(&self) -> &str {
        &self.queue.row.description
    }

    /// The team that owns it: all its members, those of the teams below, and who leads it.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.queue.row.team_id.and_then(|team| Team::find(ctx, team)))
    }

    /// The persons named as owners, as far as you may see them.
    async fn owners(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let ctx = request(ctx)?;
        Ok(self.queue.owners.iter().filter_map(|person| Person::find(ctx, *person)).collect())
    }

    /// Hours until an answer is due.
    async fn service_hours(
        &self,
        #[graphql(desc = "Of which urgency.", default_with = "RequestUrgency::Normal")] urgency: RequestUrgency,
    ) -> i32 {
        self.queue.hours(urgency)
    }

    /// Whether API tokens see and work its requests.
    async fn integrations(&self) -> bool {
        self.queue.row.integrations_since.is_some()
    }

    /// Since when it takes no requests; null while it does.
    async fn archived_at(&self) -> Option<DateTime> {
        self.queue.row.archived_at.map(DateTime)
    }

    /// Whether you may change it.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let asker = request(ctx)?.asker()?;
        Ok(asker.may(Action::WriteRequestQueue, Resource::RequestQueue(self.queue.facts(asker.person()))))
    }
}

/// We asked, you said, we did.
pub struct TeamResponse {
    row: team_response::Model,
}

impl From<team_response::Model> for TeamResponse {
    fn from(row: team_response::Model) -> Self {
        Self { row }
    }
}

/// We asked, you said, we did: what a team is told of what came of its wishes.
#[Object]
impl TeamResponse {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// The team it is for, with the teams below.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        Ok(Team::find(request(ctx)?, self.row.team_id))
    }

    /// What was asked.
    async fn asked(&self) -> &str {
        &self.row.asked
    }

    /// What was said.
    async fn said(&self) -> &str {
        &self.row.said
    }

    /// What was done.
    async fn did(&self) -> &str {
        &self.row.did
    }

    /// Who wrote it; null for somebody you may not see.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.author_id))
    }

    /// When.
    async fn published_at(&self) -> DateTime {
        DateTime(self.row.published_at)
    }
}

/// How requests of a team were answered, or why that is not shown.
#[derive(Union)]
pub enum RequestStatsOutcome {
    /// The figures.
    Stats(RequestStats),
    /// Nothing is said.
    Hidden(HiddenRequestStats),
}

/// How the requests were answered that people of a team and of the teams below opened in a quarter. Computed once, two weeks
/// after the quarter; a later answer changes nothing.
#[derive(SimpleObject)]
pub struct RequestStats {
    /// How many people asked.
    askers: i32,
    /// How many requests they opened, without those they took back.
    requests: i32,
    /// The share that was answered, declined or fulfilled, 0 to 1.
    answered_share: f64,
    /// The share that was fulfilled, 0 to 1.
    fulfilled_share: f64,
    /// The median time to the first answer in minutes of calendar time; null where nothing was answered.
    median_minutes: Option<i32>,
}

/// That nothing is said of the requests of a team, and why.
#[derive(SimpleObject)]
pub struct HiddenRequestStats {
    /// Why.
    reason: SuppressionReason,
    /// The fewest people who must have asked.
    minimum: i32,
}

/// What is shown of a team's requests of a quarter; None while the quarter is not reported.
///
/// # Errors
/// BAD_USER_INPUT for what is no quarter; when the database is away.
pub async fn request_stats(
    ctx: &RequestContext,
    team: TeamId,
    year: i32,
    quarter: i32,
) -> Result<Option<RequestStatsOutcome>, Exception> {
    let quarter = Quarter::of(year, quarter)
        .ok_or_else(|| Exception::bad_input("quarter is 1 to 4, and year one of this century or the next nine"))?;
    if !ctx.asker()?.may(Action::ReadRequestStats, Resource::Team(team)) {
        return Ok(None);
    }
    let Some(report) = ctx.loaders()?.load(ReportOf(quarter.name())).await? else { return Ok(None) };
    let hidden = |reason| {
        let minimum = i32::try_from(MINIMUM).unwrap_or(i32::MAX);
        RequestStatsOutcome::Hidden(HiddenRequestStats { reason, minimum })
    };
    Ok(Some(match report.of_team(team) {
        // That nobody asked is shown like that few did.
        None => hidden(SuppressionReason::BelowMinimum),
        Some(Err(hearten_disclosure::Verdict::Hidden(reason))) => hidden(reason.into()),
        Some(Err(_)) => hidden(SuppressionReason::NotInPlan),
        Some(Ok(figures)) => RequestStatsOutcome::Stats(figures.into()),
    }))
}

impl From<Figures> for RequestStats {
    fn from(figures: Figures) -> Self {
        let int = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        let share = |n: u32| f64::from(n) / f64::from(figures.requests.max(1));
        Self {
            askers: int(figures.askers),
            requests: int(figures.requests),
            answered_share: share(figures.answered),
            fulfilled_share: share(figures.fulfilled),
            median_minutes: figures.median_minutes.map(|minutes| i32::try_from(minutes).unwrap_or(i32::MAX)),
        }
    }
}

//! Expectations as the schema shows them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::TimeDelta;
use hearten_expectation::{Move, Party, Situation, State};
use hearten_policy::{Action, Resource};

use super::{
    loaders::HistoryOf,
    pages::{Ask, Direction, Sorting},
    store::{self, Step},
};
use crate::{
    areas::directory::types::Person,
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        paging::Page,
        scalars::{Date, DateTime},
    },
};

pub use super::workload_types::{TeamWorkload, Workload};

/// For so long after something was met, thanking for it is suggested.
pub const THANKS_SUGGESTED_FOR: TimeDelta = TimeDelta::days(30);

/// What the amount of an expectation counts. Minutes, hours and days are time, and count against somebody's capacity; the
/// others are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_expectation::Unit")]
pub enum ExpectationUnit {
    /// Minutes of work.
    Minutes,
    /// Hours of work.
    Hours,
    /// Days of work, of eight hours each.
    Days,
    /// Things.
    Items,
    /// Occasions.
    Times,
}

/// How urgent an expectation is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ExpectationUrgency", remote = "hearten_expectation::Urgency")]
pub enum ExpectationUrgency {
    /// Whenever it fits.
    Low,
    /// In its turn.
    Normal,
    /// Before other work.
    High,
    /// Before everything else.
    Critical,
}

/// Where an expectation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ExpectationState", remote = "State")]
pub enum ExpectationStateName {
    /// Proposed; the one it is addressed to has not answered.
    Proposed,
    /// One side made a counter-proposal, which the other has not answered.
    Negotiated,
    /// Both agreed: it is to be done.
    Accepted,
    /// Turned down.
    Declined,
    /// Taken back.
    Withdrawn,
    /// Done as agreed.
    Met,
    /// More was done than agreed, or better.
    Exceeded,
    /// Not done as agreed.
    Missed,
}

/// One step in the life of an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Move")]
pub enum ExpectationMoveKind {
    /// It was proposed.
    Propose,
    /// The proposal on the table was accepted.
    Accept,
    /// Another proposal was put on the table.
    Counter,
    /// The proposal on the table was turned down, and with it the expectation.
    Decline,
    /// It was taken back.
    Withdraw,
    /// Whoever accepted it said that it is done.
    Report,
    /// Judged done as agreed.
    Meet,
    /// Judged better than agreed.
    Exceed,
    /// Judged not done as agreed.
    Miss,
}

/// Which of a person's expectations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Direction")]
pub enum ExpectationDirection {
    /// What is expected of the person.
    Incoming,
    /// What the person expects of others.
    Outgoing,
}

/// What expectations are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ExpectationOrder {
    /// The nearest due day first.
    DueAt,
    /// The most urgent first; of those, the nearest due day first.
    Urgency,
    /// The newest first.
    Newest,
}

/// Which expectations are wanted. What is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ExpectationFilterInput {
    /// Only in one of these states; at most 8.
    #[graphql(name = "state")]
    states: Option<Vec<ExpectationStateName>>,
    /// Only of one of these urgencies; at most 4.
    #[graphql(name = "urgency")]
    urgencies: Option<Vec<ExpectationUrgency>>,
    /// Only those due before this day.
    due_before: Option<Date>,
}

/// How expectations are sorted.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ExpectationOrderInput {
    /// By what.
    field: ExpectationOrder,
    /// Whether the order is turned round.
    #[graphql(default = false)]
    reversed: bool,
}

/// Understands the arguments of a list of expectations.
///
/// # Errors
/// BAD_USER_INPUT for a filter that is not accepted.
pub fn ask(
    direction: ExpectationDirection,
    filter: Option<ExpectationFilterInput>,
    order: Option<ExpectationOrderInput>,
    page: Page<super::pages::Place>,
) -> Result<Ask, Exception> {
    let filter = filter.unwrap_or_default();
    let bounded = |name: &str, given: Option<usize>, most: usize| match given {
        Some(count) if !(1..=most).contains(&count) => {
            Err(Exception::bad_input(format!("filter.{name}: between 1 and {most} values")))
        }
        _ => Ok(()),
    };
    bounded("state", filter.states.as_ref().map(Vec::len), State::ALL.len())?;
    bounded("urgency", filter.urgencies.as_ref().map(Vec::len), 4)?;
    let sorting = match order.map_or(ExpectationOrder::DueAt, |order| order.field) {
        ExpectationOrder::DueAt => Sorting::Due,
        ExpectationOrder::Urgency => Sorting::Urgency,
        ExpectationOrder::Newest => Sorting::Newest,
    };
    Ok(Ask {
        direction: direction.into(),
        states: filter.states.unwrap_or_default().into_iter().map(Into::into).collect(),
        urgencies: filter.urgencies.unwrap_or_default().into_iter().map(Into::into).collect(),
        due_before: filter.due_before.map(|day| day.0),
        sorting,
        reversed: order.is_some_and(|order| order.reversed),
        size: page.size,
        after: page.after,
        before: page.before,
        backwards: page.backwards,
    })
}

/// What somebody expects of somebody: visible to the two, and to the manager of the second where `visibleToManager`.
pub struct Expectation {
    inner: Box<store::Expectation>,
}

impl From<store::Expectation> for Expectation {
    fn from(inner: store::Expectation) -> Self {
        Self { inner: Box::new(inner) }
    }
}

impl Expectation {
    /// The expectation with this id, when the asker may see it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find(ctx: &RequestContext, id: hearten_ids::ExpectationId) -> Result<Option<Self>, Exception> {
        Ok(super::service::find(ctx, id).await?.map(Into::into))
    }

    /// Which side the asker is.
    fn side(&self, ctx: &RequestContext) -> Result<Option<Party>, Exception> {
        Ok(ctx.asker()?.person().and_then(|me| self.inner.side_of(me)))
    }
}

/// What somebody expects of somebody: visible to the two, and to the manager of the second where `visibleToManager`.
#[Object]
impl Expectation {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.inner.id.to_string().into()
    }

    /// Who expects it; null where you may not see them.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.inner.from))
    }

    /// Of whom it is expected; null where you may not see them.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.inner.to))
    }

    /// Where it stands.
    async fn state(&self) -> ExpectationStateName {
        self.inner.standing.state.into()
    }

    /// Whose answer the proposal on the table waits for; null when there is none on the table.
    async fn awaits(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.inner.standing.awaits.and_then(|side| Person::find(ctx, self.inner.person(side))))
    }

    /// What is to be done.
    async fn what(&self) -> &str {
        &self.inner.terms.what
    }

    /// How much of it.
    async fn amount(&self) -> i32 {
        store::stored_amount(&self.inner.terms)
    }

    /// What the amount counts.
    async fn unit(&self) -> ExpectationUnit {
        self.inner.terms.unit.into()
    }

    /// The last day on which it is in time.
    async fn due_at(&self) -> Date {
        Date(self.inner.terms.due)
    }

    /// How urgent it is.
    async fn urgency(&self) -> ExpectationUrgency {
        self.inner.urgency.into()
    }

    /// Why it is needed.
    async fn background(&self) -> Option<&str> {
        self.inner.background.as_deref()
    }

    /// Whether the manager of whom it is expected sees it. Chosen at the proposal, and shown to both sides.
    async fn visible_to_manager(&self) -> bool {
        self.inner.visible_to_manager
    }

    /// Whether it was accepted, is not reported as done, and its due day is over.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.inner.is_overdue(request(ctx)?.app.clock.today()))
    }

    /// When it was reported as done; null while it was not.
    async fn reported_at(&self) -> Option<DateTime> {
        self.inner.reported_at.map(DateTime)
    }

    /// When it was proposed.
    async fn created_at(&self) -> DateTime {
        DateTime(self.inner.created_at)
    }

    /// When the last move was made.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.inner.changed_at)
    }

    /// Every move that was made, in order: at most some fifty. It is never changed.
    async fn history(&self, ctx: &Context<'_>) -> Result<Option<Vec<ExpectationStep>>> {
        let steps = request(ctx)?.loaders()?.load(HistoryOf(self.inner.id)).await?;
        Ok(Some(steps.unwrap_or_default().into_iter().map(|step| ExpectationStep { step }).collect()))
    }

    /// Whether thanking for it is suggested to you: it was met or exceeded in the last thirty days, and you expected it.
    async fn suggests_recognition(&self, ctx: &Context<'_>) -> Result<bool> {
        let ctx = request(ctx)?;
        let met = matches!(self.inner.standing.state, State::Met | State::Exceeded);
        let lately = self.inner.changed_at + THANKS_SUGGESTED_FOR >= ctx.app.clock.now();
        Ok(met && lately && self.side(ctx)? == Some(Party::From))
    }

    /// What you may do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<ExpectationPermissionInfo> {
        let ctx = request(ctx)?;
        let asker = ctx.asker()?;
        let mine = asker.may(Action::MoveExpectation, Resource::Expectation(self.inner.facts()));
        let side = self.side(ctx)?.filter(|_| mine);
        let situation = Situation {
            overdue: self.inner.terms.due < ctx.app.clock.today(),
            from_has_left: asker.snapshot.chart.active_person(self.inner.from).is_none(),
        };
        let may = |step| side.is_some_and(|side| self.inner.standing.after(step, side, situation).is_ok());
        Ok(ExpectationPermissionInfo {
            respond: may(Move::Decline),
            withdraw: may(Move::Withdraw),
            report: may(Move::Report),
            judge: may(Move::Meet),
        })
    }
}

/// What the asker may do with an expectation now.
#[derive(SimpleObject)]
pub struct ExpectationPermissionInfo {
    /// Accept, decline or answer with a counter-proposal.
    respond: bool,
    /// Take it back.
    withdraw: bool,
    /// Report it as done.
    report: bool,
    /// Judge it.
    judge: bool,
}

/// One move in the history of an expectation.
pub struct ExpectationStep {
    step: Step,
}

/// One move in the history of an expectation.
#[Object]
impl ExpectationStep {
    /// What was done.
    async fn kind(&self) -> ExpectationMoveKind {
        self.step.step.into()
    }

    /// Who did it; null where you may not see them.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.step.person))
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.step.at)
    }

    /// Why, or what was noted with it.
    async fn reason(&self) -> Option<&str> {
        self.step.reason.as_deref()
    }

    /// What was on the table, or agreed, from then on.
    async fn what(&self) -> &str {
        &self.step.terms.what
    }

    /// How much of it.
    async fn amount(&self) -> i32 {
        store::stored_amount(&self.step.terms)
    }

    /// What the amount counts.
    async fn unit(&self) -> ExpectationUnit {
        self.step.terms.unit.into()
    }

    /// Until when.
    async fn due_at(&self) -> Date {
        Date(self.step.terms.due)
    }
}

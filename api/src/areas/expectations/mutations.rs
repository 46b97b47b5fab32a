//! Changing expectations: thin doors to the services.

use async_graphql::{Context, Enum, ID, InputObject, InputType, Object, Result, SimpleObject};
use hearten_expectation::Move;

use super::{
    capacity,
    moving::{self, Change, Moved, Wish},
    proposing::{self, NewExpectation},
    types::{Expectation, ExpectationUnit, ExpectationUrgency},
    workload_types::OverloadWarning,
};
use crate::{
    areas::directory::types::Person,
    graphql::{
        context::{RequestContext, request},
        error::{Exception, Refusal, UserError},
        idempotency::key_of,
        input::input_id,
        payload::settle,
        scalars::Date,
    },
};

/// Something to be expected of somebody.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectationProposeInput {
    /// Of whom.
    to: ID,
    /// What is to be done, in at most 500 characters.
    what: String,
    /// How much of it: 1 to 100,000.
    amount: i32,
    /// What the amount counts.
    unit: ExpectationUnit,
    /// The last day on which it is in time: today or later, at most two years ahead.
    due_at: Date,
    /// How urgent it is.
    #[graphql(default_with = "ExpectationUrgency::Normal")]
    urgency: ExpectationUrgency,
    /// Why it is needed, in at most 2,000 characters.
    background: Option<String>,
    /// Whether the manager of whom it is expected sees it. Both sides see what was chosen.
    #[graphql(default = true)]
    visible_to_manager: bool,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day proposes nothing twice.
    idempotency_key: Option<String>,
}

/// How a proposal is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ExpectationResponse {
    /// Agreed: it is to be done as it stands.
    Accept,
    /// Not so, but like this: say why, and what should be different. The other side answers.
    Counter,
    /// Not at all: say why.
    Decline,
}

/// What a counter-proposal changes; what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectationCounterInput {
    /// What is to be done.
    what: Option<String>,
    /// How much of it.
    amount: Option<i32>,
    /// What the amount counts.
    unit: Option<ExpectationUnit>,
    /// The last day on which it is in time.
    due_at: Option<Date>,
}

/// An answer to the proposal on the table.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectationRespondInput {
    /// The expectation.
    expectation: ID,
    /// The answer.
    response: ExpectationResponse,
    /// Why, in at most 2,000 characters: required to counter and to decline.
    reason: Option<String>,
    /// What should be different: required to counter.
    counter: Option<ExpectationCounterInput>,
}

/// An expectation to be taken back.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectationWithdrawInput {
    /// The expectation.
    expectation: ID,
    /// Why, in at most 2,000 characters.
    reason: Option<String>,
}

/// An expectation that is done.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectationReportInput {
    /// The expectation.
    expectation: ID,
    /// What there is to say about it, in at most 2,000 characters.
    note: Option<String>,
}

/// How something that was expected turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ExpectationOutcome {
    /// Done as agreed.
    Met,
    /// More was done than agreed, or better.
    Exceeded,
    /// Not done as agreed. Only once it was reported as done, or its due day is over.
    Missed,
}

/// A judgement on what was expected.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectationJudgeInput {
    /// The expectation.
    expectation: ID,
    /// How it turned out.
    outcome: ExpectationOutcome,
    /// What there is to say about it, in at most 2,000 characters.
    note: Option<String>,
}

/// How much time somebody has for expectations.
#[derive(Debug, Clone, InputObject)]
pub struct WorkCapacitySetInput {
    /// Whose time: yours, or that of somebody you manage.
    person: ID,
    /// Minutes a week: 0 to 6,720; null for the usual week of 2,400.
    minutes_a_week: Option<i32>,
}

/// What became of an expectation.
#[derive(SimpleObject)]
pub struct ExpectationPayload {
    /// The expectation as it stands now; null when nothing was changed.
    expectation: Option<Expectation>,
    /// What follows from it that you should know: with this there is more work than time in a week.
    warnings: Vec<OverloadWarning>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a capacity.
#[derive(SimpleObject)]
pub struct WorkCapacityPayload {
    /// Whose it is; null when nothing was changed.
    person: Option<Person>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

fn payload(outcome: Result<Moved, Refusal>) -> Result<Option<ExpectationPayload>> {
    let (moved, errors) = settle(outcome)?;
    let (expectation, overload) = moved.map(|moved| (moved.expectation, moved.overload)).unzip();
    let warnings = overload.flatten().into_iter().map(Into::into).collect();
    Ok(Some(ExpectationPayload { expectation: expectation.map(Into::into), warnings, errors }))
}

async fn make(
    ctx: &RequestContext,
    expectation: &ID,
    step: Move,
    (reason_is, reason): (&'static str, Option<String>),
    change: Option<Change>,
) -> Result<Moved, Refusal> {
    let expectation = input_id(["expectation"], expectation)?;
    moving::make(ctx, Wish { expectation, step, reason, change, reason_is }).await
}

/// Expectations.
#[derive(Default)]
pub struct ExpectationMutations;

/// Expectations.
#[Object]
impl ExpectationMutations {
    /// Expects something of somebody. They accept, decline or answer with a counter-proposal.
    async fn expectation_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is expected, of whom.")] input: ExpectationProposeInput,
    ) -> Result<Option<ExpectationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "expectationPropose", input.idempotency_key.as_deref(), &input.to_value())?;
            let new = NewExpectation {
                to: input_id(["to"], &input.to)?,
                what: input.what,
                amount: input.amount,
                unit: input.unit.into(),
                due: input.due_at.0,
                urgency: input.urgency.into(),
                background: input.background,
                visible_to_manager: input.visible_to_manager,
            };
            let id = proposing::propose(ctx, new, key).await?;
            let expectation = super::service::find(ctx, id).await?.ok_or_else(Exception::not_found)?;
            Ok(Moved { expectation, overload: None })
        };
        payload(outcome.await)
    }

    /// Answers the proposal on the table. Only the side it waits for can.
    async fn expectation_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: ExpectationRespondInput,
    ) -> Result<Option<ExpectationPayload>> {
        let step = match input.response {
            ExpectationResponse::Accept => Move::Accept,
            ExpectationResponse::Counter => Move::Counter,
            ExpectationResponse::Decline => Move::Decline,
        };
        let change = input.counter.map(|counter| Change {
            what: counter.what,
            amount: counter.amount,
            unit: counter.unit.map(Into::into),
            due: counter.due_at.map(|day| day.0),
        });
        payload(make(request(ctx)?, &input.expectation, step, ("reason", input.reason), change).await)
    }

    /// Takes an expectation back that is not judged yet. Only who expects it can; when they have left, the other side can.
    async fn expectation_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ExpectationWithdrawInput,
    ) -> Result<Option<ExpectationPayload>> {
        payload(make(request(ctx)?, &input.expectation, Move::Withdraw, ("reason", input.reason), None).await)
    }

    /// Reports an accepted expectation as done. Only of whom it is expected can, once.
    async fn expectation_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which is done.")] input: ExpectationReportInput,
    ) -> Result<Option<ExpectationPayload>> {
        payload(make(request(ctx)?, &input.expectation, Move::Report, ("note", input.note), None).await)
    }

    /// Judges an accepted expectation. Only who expects it can, once.
    async fn expectation_judge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how it turned out.")] input: ExpectationJudgeInput,
    ) -> Result<Option<ExpectationPayload>> {
        let step = match input.outcome {
            ExpectationOutcome::Met => Move::Meet,
            ExpectationOutcome::Exceeded => Move::Exceed,
            ExpectationOutcome::Missed => Move::Miss,
        };
        payload(make(request(ctx)?, &input.expectation, step, ("note", input.note), None).await)
    }

    /// Says how much time somebody has for expectations, against which their workload is measured.
    async fn work_capacity_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose time, and how much.")] input: WorkCapacitySetInput,
    ) -> Result<Option<WorkCapacityPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let person = input_id(["person"], &input.person)?;
            capacity::set(ctx, person, input.minutes_a_week).await?;
            Ok::<_, Refusal>(person)
        };
        let (person, errors) = settle(outcome.await)?;
        Ok(Some(WorkCapacityPayload { person: person.and_then(|person| Person::find(ctx, person)), errors }))
    }
}

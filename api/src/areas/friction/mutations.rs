//! Reporting frictions and deciding about them: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};
use hearten_entity::{friction, roadmap_step};

use super::{
    reporting::{self, Report},
    roadmap::{self, Measured, StepDraft},
    store::{FrictionFrequency, RoadmapStepState},
    triage::{self, Verdict},
    types::{Friction, RoadmapStep},
};
use crate::graphql::{
    context::request,
    error::{Exception, Refusal, UserError},
    idempotency::key_of,
    input::{input_id, text},
    payload::settle,
    scalars::Date,
};

/// What a report says.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionReportInput {
    /// In one line, at most 200 characters.
    title: String,
    /// Where: the process, at most 100 characters.
    process: String,
    /// What happens, at most 5,000 characters.
    #[graphql(default)]
    description: String,
    /// How often.
    frequency: FrictionFrequency,
    /// Minutes lost a week for each person affected, 1 to 2,400: your estimate.
    minutes_lost_per_week: i32,
    /// How many are affected, from 1 to everybody: your estimate.
    people_affected: i32,
    /// The team it concerns; everybody when left out.
    team: Option<ID>,
}

impl FrictionReportInput {
    fn read(self) -> Result<Report, UserError> {
        Ok(Report {
            team: self.team.map(|id| input_id(["report", "team"], &id)).transpose()?,
            title: self.title,
            process: self.process,
            description: self.description,
            frequency: self.frequency,
            minutes: self.minutes_lost_per_week,
            people: self.people_affected,
        })
    }
}

/// A friction to be reported.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionCreateInput {
    /// What is reported.
    report: FrictionReportInput,
    /// Whether nothing is kept of who reported it. Then you can neither change the report nor take it back, and it does not
    /// count as your vote. What you write may still tell who you are.
    #[graphql(default)]
    anonymous: bool,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day reports nothing twice.
    idempotency_key: Option<String>,
}

/// A friction to be changed.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionUpdateInput {
    /// The friction.
    friction: ID,
    /// What it is to say: the whole of it.
    report: FrictionReportInput,
}

/// A friction that affects you.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionVoteInput {
    /// The friction.
    friction: ID,
    /// Minutes you lose a week, 1 to 2,400; left out where you cannot say.
    minutes: Option<i32>,
}

/// A friction that does not affect you after all.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionUnvoteInput {
    /// The friction.
    friction: ID,
}

/// Two frictions that are the same.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionMergeInput {
    /// The one that is given up.
    friction: ID,
    /// The one that stays, with the votes and steps of both.
    into: ID,
}

/// A friction about which nothing will be done.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionRejectInput {
    /// The friction.
    friction: ID,
    /// Why, at most 2,000 characters.
    reason: String,
}

/// A friction that is no more.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionResolveInput {
    /// The friction.
    friction: ID,
}

/// A friction that is one after all.
#[derive(Debug, Clone, InputObject)]
pub struct FrictionReopenInput {
    /// The friction.
    friction: ID,
}

/// What a step is to be.
#[derive(Debug, Clone, InputObject)]
pub struct RoadmapStepDraftInput {
    /// In one line, at most 200 characters.
    title: String,
    /// Who sees to it.
    owner: ID,
    /// By when.
    due_on: Option<Date>,
}

impl RoadmapStepDraftInput {
    fn read(self) -> Result<StepDraft, UserError> {
        let owner = input_id(["draft", "owner"], &self.owner)?;
        Ok(StepDraft { title: self.title, owner, due_on: self.due_on.map(|day| day.0) })
    }
}

/// A step against a friction.
#[derive(Debug, Clone, InputObject)]
pub struct RoadmapStepCreateInput {
    /// The friction.
    friction: ID,
    /// What the step is to be.
    draft: RoadmapStepDraftInput,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day plans no second step.
    idempotency_key: Option<String>,
}

/// A step to be changed.
#[derive(Debug, Clone, InputObject)]
pub struct RoadmapStepUpdateInput {
    /// The step.
    step: ID,
    /// What it is to be: the whole of it.
    draft: RoadmapStepDraftInput,
    /// Where it stands: PLANNED, IN_PROGRESS or DROPPED.
    state: RoadmapStepState,
}

/// A step that is done.
#[derive(Debug, Clone, InputObject)]
pub struct RoadmapStepFinishInput {
    /// The step.
    step: ID,
    /// Minutes still lost a week for each person affected, 0 to 2,400: as measured.
    minutes_after: i32,
    /// How many are still affected, as measured.
    people_after: i32,
    /// What was measured, and how, at most 2,000 characters.
    note: Option<String>,
}

/// What became of a friction.
#[derive(SimpleObject)]
pub struct FrictionPayload {
    /// The friction as it stands now; null when nothing was changed.
    friction: Option<Friction>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

impl FrictionPayload {
    fn of(outcome: Result<friction::Model, Refusal>) -> Result<Option<Self>, Exception> {
        let (row, errors) = settle(outcome)?;
        Ok(Some(Self { friction: row.map(Into::into), errors }))
    }
}

/// What became of a step.
#[derive(SimpleObject)]
pub struct RoadmapStepPayload {
    /// The step as it stands now; null when nothing was changed.
    step: Option<RoadmapStep>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

impl RoadmapStepPayload {
    fn of(outcome: Result<roadmap_step::Model, Refusal>) -> Result<Option<Self>, Exception> {
        let (row, errors) = settle(outcome)?;
        Ok(Some(Self { step: row.map(Into::into), errors }))
    }
}

/// Frictions.
#[derive(Default)]
pub struct FrictionMutations;

/// Frictions.
#[Object]
impl FrictionMutations {
    /// Reports a friction.
    async fn friction_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionCreateInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "frictionCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            reporting::report(ctx, input.report.read()?, input.anonymous, key).await
        };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Changes what a friction says: yours while nothing is decided, any where you decide.
    async fn friction_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionUpdateInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome =
            async { reporting::update(ctx, input_id(["friction"], &input.friction)?, input.report.read()?).await };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Says that a friction affects you. Once a person: saying it again changes the minutes.
    async fn friction_vote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionVoteInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async { reporting::vote(ctx, input_id(["friction"], &input.friction)?, input.minutes).await };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Takes your vote back.
    async fn friction_unvote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionUnvoteInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async { reporting::unvote(ctx, input_id(["friction"], &input.friction)?).await };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Merges a friction into another one, which is in the payload.
    async fn friction_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionMergeInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            triage::merge(ctx, input_id(["friction"], &input.friction)?, input_id(["into"], &input.into)?).await
        };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Decides that nothing will be done, with a reason.
    async fn friction_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionRejectInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["friction"], &input.friction)?;
            triage::decide(ctx, id, Verdict::Reject(text(["reason"], &input.reason, 2_000)?)).await
        };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Says that a friction is no more.
    async fn friction_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionResolveInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async { triage::decide(ctx, input_id(["friction"], &input.friction)?, Verdict::Resolve).await };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Says that a friction that was resolved or rejected is one after all.
    async fn friction_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: FrictionReopenInput,
    ) -> Result<Option<FrictionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async { triage::decide(ctx, input_id(["friction"], &input.friction)?, Verdict::Reopen).await };
        Ok(FrictionPayload::of(outcome.await)?)
    }

    /// Plans a step against a friction.
    async fn roadmap_step_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: RoadmapStepCreateInput,
    ) -> Result<Option<RoadmapStepPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "roadmapStepCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            roadmap::plan(ctx, input_id(["friction"], &input.friction)?, input.draft.read()?, key).await
        };
        Ok(RoadmapStepPayload::of(outcome.await)?)
    }

    /// Changes a step that is not done.
    async fn roadmap_step_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: RoadmapStepUpdateInput,
    ) -> Result<Option<RoadmapStepPayload>> {
        let ctx = request(ctx)?;
        let outcome =
            async { roadmap::update(ctx, input_id(["step"], &input.step)?, input.draft.read()?, input.state).await };
        Ok(RoadmapStepPayload::of(outcome.await)?)
    }

    /// Tells what a step led to.
    async fn roadmap_step_finish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what with it.")] input: RoadmapStepFinishInput,
    ) -> Result<Option<RoadmapStepPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let measured = Measured { minutes: input.minutes_after, people: input.people_after, note: input.note };
            roadmap::finish(ctx, input_id(["step"], &input.step)?, measured).await
        };
        Ok(RoadmapStepPayload::of(outcome.await)?)
    }
}

//! Goals: written, changed, aligned, checked in, closed and rolled over.

use async_graphql::{Context, ID, InputObject, InputType, MaybeUndefined, Object, OneofObject, Result, SimpleObject};
use hearten_goals::Progress;
use hearten_ids::GoalId;

use super::{
    cycles::hundredths,
    key_results::{KeyResultInput, KeyResultValueInput},
};
use crate::{
    areas::goals::{
        aligning::{self, Target},
        checking_in::{self, CheckIn},
        closing::{self, Score},
        key_results::MOST_KEY_RESULTS,
        rolling_over, service,
        types::{Goal, GoalConfidence, GoalLevelName, GoalVisibility},
        writing::{self, GoalUpdate, NewGoal},
    },
    graphql::{
        context::{RequestContext, request},
        error::{Refusal, UserError, UserErrorCode},
        idempotency::key_of,
        input::input_id,
        payload::settle,
    },
};

/// A goal to be written.
#[derive(Debug, Clone, InputObject)]
pub struct GoalCreateInput {
    /// The cycle.
    cycle: ID,
    /// Whose goal it is.
    level: GoalLevelName,
    /// The team, of a team's goal.
    team: Option<ID>,
    /// The person, of a person's goal: you when left out. Of other goals, who answers for it; of a team's goal somebody
    /// who belongs to the team or leads it.
    owner: Option<ID>,
    /// What is to be reached, at most 200 characters.
    title: String,
    /// Why and how, at most 4,000 characters.
    description: Option<String>,
    /// Who may see it. Goals of the organization are public.
    #[graphql(default_with = "GoalVisibility::Public")]
    visibility: GoalVisibility,
    /// How many days may pass between check-ins, 1 to 180; 14 when left out.
    check_in_every_days: Option<i32>,
    /// What tells whether it is reached: at most 50.
    #[graphql(default)]
    key_results: Vec<KeyResultInput>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day writes no second goal.
    idempotency_key: Option<String>,
}

/// What of a goal is to change. What is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct GoalUpdateInput {
    /// The goal.
    goal: ID,
    /// What is to be reached.
    title: Option<String>,
    /// Why and how; null takes it away.
    description: MaybeUndefined<String>,
    /// Who may see it. What it counts in, and what counts in it, is decided anew.
    visibility: Option<GoalVisibility>,
    /// Who answers for a team's or the organization's goal; null takes that away. A person's goal stays that person's.
    owner: MaybeUndefined<ID>,
    /// How many days may pass between check-ins, 1 to 180.
    check_in_every_days: Option<i32>,
}

/// What a goal is to support: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum GoalTargetInput {
    /// A goal as a whole.
    Goal(ID),
    /// One key result of a goal: as long as it was never measured itself, it stands where the goals that support it do.
    KeyResult(ID),
}

/// A goal that is to support another.
#[derive(Debug, Clone, InputObject)]
pub struct GoalAlignInput {
    /// The goal that supports: one you may write.
    goal: ID,
    /// What it supports: of the same cycle, and something you may see.
    supports: GoalTargetInput,
    /// How much it counts there, 0 to 100.
    #[graphql(default = 100)]
    weight: i32,
}

/// An alignment to be taken away.
#[derive(Debug, Clone, InputObject)]
pub struct GoalUnalignInput {
    /// The alignment: of a goal you may write, at either end.
    alignment: ID,
}

/// What somebody says of a goal.
#[derive(Debug, Clone, InputObject)]
pub struct GoalCheckInInput {
    /// The goal.
    goal: ID,
    /// How sure you are that it will be reached.
    confidence: GoalConfidence,
    /// The same from 0 to 10.
    confidence_score: i32,
    /// In words, at most 2,000 characters.
    note: Option<String>,
    /// The key results you measured: each at most once.
    #[graphql(default)]
    key_results: Vec<KeyResultValueInput>,
    /// How far it has come, 0 to 1: only for a goal that has neither key results nor goals that count in it.
    progress: Option<f64>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day writes no second check-in.
    idempotency_key: Option<String>,
}

/// A goal to be scored and closed.
#[derive(Debug, Clone, InputObject)]
pub struct GoalCloseInput {
    /// The goal.
    goal: ID,
    /// 0 to 1, kept to hundredths; the one suggested when left out. Required where nothing tells how far the goal came.
    score: Option<f64>,
    /// Why it is another than the one suggested: then it is required. At most 2,000 characters.
    note: Option<String>,
}

/// Which goal.
#[derive(Debug, Clone, InputObject)]
pub struct GoalReopenInput {
    /// The goal: closed or given up.
    goal: ID,
}

/// Which goal.
#[derive(Debug, Clone, InputObject)]
pub struct GoalArchiveInput {
    /// The goal.
    goal: ID,
}

/// A goal to be rolled over.
#[derive(Debug, Clone, InputObject)]
pub struct GoalRollOverInput {
    /// The goal.
    goal: ID,
    /// The cycle it is to be worked on in: another one, and not closed.
    cycle: ID,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day is answered as before.
    idempotency_key: Option<String>,
}

/// What became of a goal.
#[derive(SimpleObject)]
pub struct GoalPayload {
    /// The goal as it stands now; null when nothing was changed.
    goal: Option<Goal>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

pub(super) async fn goal_payload(ctx: &RequestContext, outcome: Result<GoalId, Refusal>) -> Result<GoalPayload> {
    let (id, errors) = settle(outcome)?;
    let goal = match id {
        Some(id) => service::find_goal(ctx, id).await?.map(Into::into),
        None => None,
    };
    Ok(GoalPayload { goal, errors })
}

fn at_most_key_results(count: usize) -> Result<(), UserError> {
    if count <= MOST_KEY_RESULTS {
        return Ok(());
    }
    Err(UserError::at(UserErrorCode::TooLong, ["keyResults"], format!("at most {MOST_KEY_RESULTS} key results")))
}

/// Goals.
#[derive(Default)]
pub struct WritingMutations;

/// Goals.
#[Object(name = "GoalWritingMutations")]
impl WritingMutations {
    /// Writes a goal, with its key results.
    async fn goal_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: GoalCreateInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "goalCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            at_most_key_results(input.key_results.len())?;
            let mut key_results = Vec::new();
            for (at, part) in input.key_results.into_iter().enumerate() {
                key_results.push(part.read(&["keyResults", &at.to_string()])?);
            }
            let new = NewGoal {
                cycle: input_id(["cycle"], &input.cycle)?,
                level: input.level.into(),
                team: input.team.as_ref().map(|id| input_id(["team"], id)).transpose()?,
                owner: input.owner.as_ref().map(|id| input_id(["owner"], id)).transpose()?,
                title: input.title,
                description: input.description,
                visibility: input.visibility.into(),
                every_days: input.check_in_every_days,
                key_results,
            };
            writing::create(ctx, new, key).await
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Changes a goal that is open.
    async fn goal_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The goal and what changes.")] input: GoalUpdateInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["goal"], &input.goal)?;
            let change = GoalUpdate {
                title: input.title,
                description: match input.description {
                    MaybeUndefined::Undefined => None,
                    MaybeUndefined::Null => Some(None),
                    MaybeUndefined::Value(text) => Some(Some(text)),
                },
                visibility: input.visibility.map(Into::into),
                owner: match &input.owner {
                    MaybeUndefined::Undefined => None,
                    MaybeUndefined::Null => Some(None),
                    MaybeUndefined::Value(id) => Some(Some(input_id(["owner"], id)?)),
                },
                every_days: input.check_in_every_days,
            };
            writing::update(ctx, id, change).await?;
            Ok(id)
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Says that a goal supports another, or one of its key results. The payload has the goal that supports.
    async fn goal_align(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal supports what.")] input: GoalAlignInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["goal"], &input.goal)?;
            let target = match &input.supports {
                GoalTargetInput::Goal(goal) => Target::Goal(input_id(["supports", "goal"], goal)?),
                GoalTargetInput::KeyResult(part) => Target::KeyResult(input_id(["supports", "keyResult"], part)?),
            };
            aligning::align(ctx, id, target, input.weight).await?;
            Ok(id)
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Takes an alignment away. The payload has the goal that supported.
    async fn goal_unalign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which alignment.")] input: GoalUnalignInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async { aligning::unalign(ctx, input_id(["alignment"], &input.alignment)?).await };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Says how far a goal has come and how sure you are that it will be reached; what it counts in follows at once.
    async fn goal_check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you say of it.")] input: GoalCheckInInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "goalCheckIn", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["goal"], &input.goal)?;
            at_most_key_results(input.key_results.len())?;
            let mut values = Vec::new();
            for (at, value) in input.key_results.into_iter().enumerate() {
                values.push(value.read(at)?);
            }
            if input.progress.is_some_and(|progress| !(0.0..=1.0).contains(&progress)) {
                return Err(UserError::at(UserErrorCode::Invalid, ["progress"], "0 to 1").into());
            }
            let said = CheckIn {
                values,
                progress: input.progress.map(Progress::from_share),
                confidence: input.confidence.into(),
                confidence_score: input.confidence_score,
                note: input.note,
            };
            checking_in::check_in(ctx, id, said, key).await?;
            Ok(id)
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Scores a goal and closes it.
    async fn goal_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal, and its score.")] input: GoalCloseInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["goal"], &input.goal)?;
            let score = match input.score {
                Some(score) => Some(Score { hundredths: hundredths(score)?, note: input.note }),
                None => None,
            };
            closing::close(ctx, id, score).await?;
            Ok(id)
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Opens a goal again that was closed or given up, while its cycle is not closed. Its score is taken back.
    async fn goal_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal.")] input: GoalReopenInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["goal"], &input.goal)?;
            closing::reopen(ctx, id).await?;
            Ok(id)
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Gives a goal up: it is kept for history, and counts nowhere any more.
    async fn goal_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal.")] input: GoalArchiveInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["goal"], &input.goal)?;
            closing::archive(ctx, id).await?;
            Ok(id)
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Writes a goal again for another cycle, its key results back at their start but for those that keep their current
    /// value. The payload has the new goal.
    async fn goal_roll_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal, and into which cycle.")] input: GoalRollOverInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "goalRollOver", input.idempotency_key.as_deref(), &input.to_value())?;
            let (id, cycle) = (input_id(["goal"], &input.goal)?, input_id(["cycle"], &input.cycle)?);
            rolling_over::roll_over(ctx, id, cycle, key).await
        };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }
}

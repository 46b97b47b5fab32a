//! Cycles, and files of goals.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};
use hearten_ids::GoalCycleId;

use crate::{
    areas::goals::{
        closing::Score,
        cycles::{self, CycleUpdate, NewCycle},
        import::{self, Outcome},
        service,
        types::GoalCycle,
    },
    graphql::{
        context::{RequestContext, request},
        error::{Refusal, UserError, UserErrorCode},
        idempotency::key_of,
        input::input_id,
        payload::settle,
        scalars::Date,
    },
};

/// A cycle to be planned.
#[derive(Debug, Clone, InputObject)]
pub struct GoalCycleCreateInput {
    /// What it is called, at most 100 characters; unique in the organization.
    name: String,
    /// The first day.
    starts_on: Date,
    /// The last day: after the first, and at most 800 days later.
    ends_on: Date,
    /// Whether it is open at once; planned when left out.
    #[graphql(default = false)]
    open: bool,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day plans no second cycle.
    idempotency_key: Option<String>,
}

/// What of a cycle is to change. What is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct GoalCycleUpdateInput {
    /// The cycle.
    cycle: ID,
    /// What it is called.
    name: Option<String>,
    /// The first day.
    starts_on: Option<Date>,
    /// The last day.
    ends_on: Option<Date>,
    /// Opens a planned cycle: from then on people check in.
    #[graphql(default = false)]
    open: bool,
}

/// A score other than the one suggested.
#[derive(Debug, Clone, InputObject)]
pub struct GoalScoreInput {
    /// The goal: an open one of the cycle that you may see.
    goal: ID,
    /// 0 to 1, kept to hundredths.
    score: f64,
    /// Why it is another than the one suggested; at most 2,000 characters.
    note: Option<String>,
}

/// A cycle to be closed.
#[derive(Debug, Clone, InputObject)]
pub struct GoalCycleCloseInput {
    /// The cycle.
    cycle: ID,
    /// Scores other than those suggested: at most 500. Every other open goal gets the one its progress suggests.
    #[graphql(default)]
    scores: Vec<GoalScoreInput>,
}

/// A file of goals.
#[derive(Debug, Clone, InputObject)]
pub struct GoalsImportInput {
    /// The cycle.
    cycle: ID,
    /// CSV with a header: external_id, title, and any of level, team, owner, description, visibility, check_in_every_days,
    /// key_result, start, target, current, unit, weight, supports, support_weight. Teams and owners are external ids of
    /// the directory; supports is an external_id of the file or of an earlier import. At most 5,000 rows.
    goals: String,
    /// Check and report, but change nothing.
    #[graphql(default = false)]
    dry_run: bool,
}

/// What became of a cycle.
#[derive(SimpleObject)]
pub struct GoalCyclePayload {
    /// The cycle as it stands now; null when nothing was changed.
    cycle: Option<GoalCycle>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a file of goals.
#[derive(SimpleObject)]
pub struct GoalsImportPayload {
    /// The report; null when the import did not begin.
    report: Option<GoalsImportReport>,
    /// Why the import did not begin; empty when it did.
    errors: Vec<UserError>,
}

/// What an import of goals did, or would do. With problems, nothing was changed.
#[derive(SimpleObject)]
pub struct GoalsImportReport {
    /// Whether the changes were made.
    applied: bool,
    /// Rows read.
    rows: i32,
    /// Goals that are new.
    created: i32,
    /// Key results that are new.
    key_results: i32,
    /// Alignments that are new.
    alignments: i32,
    /// Goals that were there already, by their external id, and stay as they are.
    unchanged: i32,
    /// How many problems there are.
    problem_count: i32,
    /// The first 100 problems.
    problems: Vec<GoalsImportProblem>,
}

/// A problem of an import of goals.
#[derive(SimpleObject)]
pub struct GoalsImportProblem {
    /// The line, counted from 1 with the header.
    line: i32,
    /// The column, where the problem is in one.
    column: Option<String>,
    /// What is wrong and what is accepted.
    message: String,
}

impl From<Outcome> for GoalsImportReport {
    fn from(outcome: Outcome) -> Self {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let problems = outcome.problems.listed.into_iter().map(|problem| GoalsImportProblem {
            line: i32::try_from(problem.line).unwrap_or(i32::MAX),
            column: problem.column,
            message: problem.message,
        });
        Self {
            applied: outcome.applied,
            rows: count(outcome.rows),
            created: count(outcome.created),
            key_results: count(outcome.key_results),
            alignments: count(outcome.alignments),
            unchanged: count(outcome.unchanged),
            problem_count: count(outcome.problems.count),
            problems: problems.collect(),
        }
    }
}

/// A score as it is kept: in hundredths.
///
/// # Errors
/// A refusal for what lies outside 0 to 1.
pub fn hundredths(score: f64) -> Result<i32, UserError> {
    if !(0.0..=1.0).contains(&score) {
        return Err(UserError::at(UserErrorCode::Invalid, ["score"], "a score lies between 0 and 1"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
    Ok((score * 100.0).round() as i32)
}

async fn cycle_payload(ctx: &RequestContext, outcome: Result<GoalCycleId, Refusal>) -> Result<GoalCyclePayload> {
    let (id, errors) = settle(outcome)?;
    let cycle = match id {
        Some(id) => service::find_cycle(ctx, id).await?.map(Into::into),
        None => None,
    };
    Ok(GoalCyclePayload { cycle, errors })
}

/// Cycles.
#[derive(Default)]
pub struct CycleMutations;

/// Cycles.
#[Object]
impl CycleMutations {
    /// Plans a cycle.
    async fn goal_cycle_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: GoalCycleCreateInput,
    ) -> Result<Option<GoalCyclePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "goalCycleCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let new =
                NewCycle { name: input.name, starts_on: input.starts_on.0, ends_on: input.ends_on.0, open: input.open };
            cycles::create(ctx, new, key).await
        };
        cycle_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Changes a cycle that is not closed, or opens it.
    async fn goal_cycle_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cycle and what changes.")] input: GoalCycleUpdateInput,
    ) -> Result<Option<GoalCyclePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["cycle"], &input.cycle)?;
            let change = CycleUpdate {
                name: input.name,
                starts_on: input.starts_on.map(|day| day.0),
                ends_on: input.ends_on.map(|day| day.0),
                open: input.open,
            };
            cycles::update(ctx, id, change).await?;
            Ok(id)
        };
        cycle_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Closes an open cycle: every goal of it that is open is scored and closed, and nothing of it changes any more.
    async fn goal_cycle_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cycle, and scores other than those suggested.")] input: GoalCycleCloseInput,
    ) -> Result<Option<GoalCyclePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["cycle"], &input.cycle)?;
            let mut scores = Vec::new();
            for (at, one) in input.scores.into_iter().enumerate() {
                let place = at.to_string();
                let goal = input_id(["scores", &place, "goal"], &one.goal)?;
                let given = hundredths(one.score)
                    .map_err(|refused| UserError::at(refused.code, ["scores", &place, "score"], refused.message))?;
                scores.push((goal, Score { hundredths: given, note: one.note }));
            }
            cycles::close(ctx, id, scores).await?;
            Ok(id)
        };
        cycle_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Imports goals, key results and alignments from CSV: the whole file or nothing. What was imported before, by its
    /// external id, stays as it is.
    async fn goals_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cycle and the file.")] input: GoalsImportInput,
    ) -> Result<Option<GoalsImportPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let cycle = input_id(["cycle"], &input.cycle)?;
            import::import(ctx, cycle, input.goals.as_bytes(), input.dry_run).await
        };
        let (report, errors) = settle(Box::pin(outcome).await)?;
        Ok(Some(GoalsImportPayload { report: report.map(Into::into), errors }))
    }
}

//! Changing responsibilities: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, MaybeUndefined, Object, Result, SimpleObject};
use hearten_ids::{ResponsibilityAssignmentId, ResponsibilityId};

use super::{
    assigning::{self, NewPart},
    import::{self, Outcome},
    store::Holder,
    types::{Responsibility, ResponsibilityAssignment, ResponsibilityPart},
    writing::{self, AreaChange},
};
use crate::graphql::{
    context::{RequestContext, request},
    error::{Refusal, UserError, UserErrorCode},
    idempotency::key_of,
    input::input_id,
    payload::settle,
    scalars::Date,
};

/// An area of responsibility to be written down.
#[derive(Debug, Clone, InputObject)]
pub struct ResponsibilityCreateInput {
    /// The name, in at most 120 characters: free in its home team.
    name: String,
    /// What belongs to it and what does not, in at most 4,000 characters.
    description: Option<String>,
    /// Other words people use for it: at most 20 of 60 characters.
    #[graphql(default)]
    keywords: Vec<String>,
    /// The home team; none for the organization as a whole.
    team: Option<ID>,
    /// The area it is part of.
    parent: Option<ID>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day creates nothing twice.
    idempotency_key: Option<String>,
}

/// An area of responsibility to be changed. What is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct ResponsibilityUpdateInput {
    /// The area.
    responsibility: ID,
    /// The name, in at most 120 characters: free in its home team.
    name: Option<String>,
    /// What belongs to it and what does not; null for nothing.
    description: MaybeUndefined<String>,
    /// Other words people use for it, instead of those before.
    keywords: Option<Vec<String>>,
    /// The home team; null for the organization as a whole. You must keep areas there, too.
    team: MaybeUndefined<ID>,
    /// The area it is part of; null for none.
    parent: MaybeUndefined<ID>,
    /// Whether it is given up. Its history stays, and it can be taken up again.
    retired: Option<bool>,
}

/// A part in an area to be given to a person or a team.
#[derive(Debug, Clone, InputObject)]
pub struct ResponsibilityAssignInput {
    /// The area.
    responsibility: ID,
    /// The part.
    part: ResponsibilityPart,
    /// The person; instead of a team.
    person: Option<ID>,
    /// The team; instead of a person.
    team: Option<ID>,
    /// The first day; today when left out.
    from_on: Option<Date>,
    /// The last day, if it is known.
    until_on: Option<Date>,
}

/// A part to be ended.
#[derive(Debug, Clone, InputObject)]
pub struct ResponsibilityAssignmentEndInput {
    /// The part.
    assignment: ID,
    /// Why, in at most 1,000 characters.
    reason: Option<String>,
}

/// A part to be given back.
#[derive(Debug, Clone, InputObject)]
pub struct ResponsibilityHandBackInput {
    /// The part: yours, or that of a team you lead.
    assignment: ID,
    /// Why, in at most 1,000 characters.
    reason: String,
}

/// A file of areas.
#[derive(Debug, Clone, InputObject)]
pub struct ResponsibilitiesImportInput {
    /// CSV with a header: name, and any of team (an external id), description, keywords, accountable, responsible,
    /// consulted, informed (external ids of persons). Lists are separated by semicolons. At most 5,000 rows.
    file: String,
    /// Check and report, but change nothing.
    #[graphql(default = false)]
    dry_run: bool,
}

/// What became of an area.
#[derive(SimpleObject)]
pub struct ResponsibilityPayload {
    /// The area as it stands now; null when nothing was changed.
    responsibility: Option<Responsibility>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a part.
#[derive(SimpleObject)]
pub struct ResponsibilityAssignmentPayload {
    /// The part as it stands now; null when nothing was changed.
    assignment: Option<ResponsibilityAssignment>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a file.
#[derive(SimpleObject)]
pub struct ResponsibilitiesImportPayload {
    /// The report; null when the import did not begin.
    report: Option<ResponsibilityImportReport>,
    /// Why the import did not begin; empty when it did.
    errors: Vec<UserError>,
}

/// What an import did, or would do. With problems, nothing was changed.
#[derive(SimpleObject)]
pub struct ResponsibilityImportReport {
    /// Whether the changes were made.
    applied: bool,
    /// Rows read.
    rows: i32,
    /// Areas that are new.
    created: i32,
    /// Areas whose texts differ from before.
    updated: i32,
    /// Areas whose texts do not.
    unchanged: i32,
    /// Parts that are new.
    assigned: i32,
    /// How many problems there are.
    problem_count: i32,
    /// The first 100 problems.
    problems: Vec<ResponsibilityImportProblem>,
}

/// What is wrong with a row.
#[derive(SimpleObject)]
pub struct ResponsibilityImportProblem {
    /// The line in the file, counted from 1 with the header.
    line: i32,
    /// The column, where the problem is in one.
    column: Option<String>,
    /// What is wrong and what is accepted.
    message: String,
}

impl From<Outcome> for ResponsibilityImportReport {
    fn from(outcome: Outcome) -> Self {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        let problems = outcome.problems.listed.into_iter().map(|problem| ResponsibilityImportProblem {
            line: i32::try_from(problem.line).unwrap_or(i32::MAX),
            column: problem.column,
            message: problem.message,
        });
        Self {
            applied: outcome.applied,
            rows: count(outcome.rows),
            created: count(outcome.created),
            updated: count(outcome.updated),
            unchanged: count(outcome.unchanged),
            assigned: count(outcome.assigned),
            problem_count: count(outcome.problems.count),
            problems: problems.collect(),
        }
    }
}

fn undefined_id<T: std::str::FromStr<Err = hearten_ids::IdError>>(
    name: &str,
    id: MaybeUndefined<ID>,
) -> Result<MaybeUndefined<T>, UserError> {
    Ok(match id {
        MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        MaybeUndefined::Null => MaybeUndefined::Null,
        MaybeUndefined::Value(id) => MaybeUndefined::Value(input_id([name], &id)?),
    })
}

fn holder_of(person: Option<ID>, team: Option<ID>) -> Result<Holder, UserError> {
    match (person, team) {
        (Some(person), None) => Ok(Holder::Person(input_id(["person"], &person)?)),
        (None, Some(team)) => Ok(Holder::Team(input_id(["team"], &team)?)),
        (None, None) => Err(UserError::at(UserErrorCode::Required, ["person"], "name a person or a team")),
        (Some(_), Some(_)) => Err(UserError::at(UserErrorCode::Invalid, ["team"], "name a person or a team, not both")),
    }
}

async fn area_payload(
    ctx: &RequestContext,
    outcome: Result<ResponsibilityId, Refusal>,
) -> Result<Option<ResponsibilityPayload>> {
    let (id, errors) = settle(outcome)?;
    let responsibility = match id {
        Some(id) => Responsibility::find(ctx, id).await?,
        None => None,
    };
    Ok(Some(ResponsibilityPayload { responsibility, errors }))
}

async fn part_payload(
    ctx: &RequestContext,
    outcome: Result<ResponsibilityAssignmentId, Refusal>,
) -> Result<Option<ResponsibilityAssignmentPayload>> {
    let (id, errors) = settle(outcome)?;
    let assignment = match id {
        Some(id) => ResponsibilityAssignment::find(ctx, id).await?,
        None => None,
    };
    Ok(Some(ResponsibilityAssignmentPayload { assignment, errors }))
}

/// Responsibilities.
#[derive(Default)]
pub struct ResponsibilityMutations;

/// Responsibilities.
#[Object]
impl ResponsibilityMutations {
    /// Writes an area of responsibility down.
    async fn responsibility_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the area is to be.")] input: ResponsibilityCreateInput,
    ) -> Result<Option<ResponsibilityPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "responsibilityCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let given = |id: Option<ID>| id.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value);
            let new = AreaChange {
                name: Some(input.name),
                description: input.description.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
                keywords: Some(input.keywords),
                team: undefined_id("team", given(input.team))?,
                parent: undefined_id("parent", given(input.parent))?,
                retired: None,
            };
            writing::create(ctx, new, key).await
        };
        let outcome = outcome.await;
        area_payload(ctx, outcome).await
    }

    /// Changes an area of responsibility, gives it up or takes it up again.
    async fn responsibility_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which area, and what is to be different.")] input: ResponsibilityUpdateInput,
    ) -> Result<Option<ResponsibilityPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["responsibility"], &input.responsibility)?;
            let change = AreaChange {
                name: input.name,
                description: input.description,
                keywords: input.keywords,
                team: undefined_id("team", input.team)?,
                parent: undefined_id("parent", input.parent)?,
                retired: input.retired,
            };
            writing::update(ctx, id, change).await?;
            Ok(id)
        };
        let outcome = outcome.await;
        area_payload(ctx, outcome).await
    }

    /// Gives somebody a part in an area. A second accountable is stored, and shown as an overlap.
    async fn responsibility_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, in which area, with which part.")] input: ResponsibilityAssignInput,
    ) -> Result<Option<ResponsibilityAssignmentPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let new = NewPart {
                area: input_id(["responsibility"], &input.responsibility)?,
                part: input.part.into(),
                holder: holder_of(input.person, input.team)?,
                from_on: input.from_on.map(|day| day.0),
                until_on: input.until_on.map(|day| day.0),
            };
            assigning::assign(ctx, new).await
        };
        let outcome = outcome.await;
        part_payload(ctx, outcome).await
    }

    /// Ends a part. It stays as history.
    async fn responsibility_assignment_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part, and why.")] input: ResponsibilityAssignmentEndInput,
    ) -> Result<Option<ResponsibilityAssignmentPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["assignment"], &input.assignment)?;
            assigning::end(ctx, id, input.reason).await?;
            Ok(id)
        };
        let outcome = outcome.await;
        part_payload(ctx, outcome).await
    }

    /// Gives back a part that is yours, or that of a team you lead.
    async fn responsibility_hand_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part, and why.")] input: ResponsibilityHandBackInput,
    ) -> Result<Option<ResponsibilityAssignmentPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["assignment"], &input.assignment)?;
            assigning::hand_back(ctx, id, &input.reason).await?;
            Ok(id)
        };
        let outcome = outcome.await;
        part_payload(ctx, outcome).await
    }

    /// Imports areas and parts from a file: the whole file or nothing. A file adds and changes; it ends no part and gives no
    /// area up.
    async fn responsibilities_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ResponsibilitiesImportInput,
    ) -> Result<Option<ResponsibilitiesImportPayload>> {
        let (report, errors) = settle(import::import(request(ctx)?, &input.file, input.dry_run).await)?;
        Ok(Some(ResponsibilitiesImportPayload { report: report.map(Into::into), errors }))
    }
}

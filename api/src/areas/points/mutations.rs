//! Changing points by hand: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};
use hearten_ids::TeamId;

use super::{rules::Rules, service, types::PointRules};
use crate::{
    areas::directory::types::{Person, Relationship, Team},
    graphql::{
        context::request,
        error::{UserError, UserErrorCode},
        idempotency::key_of,
        input::input_id,
        payload::settle,
    },
};

/// A correction.
#[derive(Debug, Clone, InputObject)]
pub struct PointsAdjustInput {
    /// Whose earned points.
    person: ID,
    /// What is added; taken when below zero.
    points: i32,
    /// Why: at most 500 characters. The person sees it.
    reason: String,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day corrects nothing twice.
    idempotency_key: Option<String>,
}

/// Points for a team's budget.
#[derive(Debug, Clone, InputObject)]
pub struct TeamBudgetGrantInput {
    /// The team.
    team: ID,
    /// What is added.
    points: i32,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day adds nothing twice.
    idempotency_key: Option<String>,
}

/// What people may give away in a month.
#[derive(Debug, Clone, InputObject)]
pub struct MonthlyAllowanceInput {
    /// Who.
    relationship: Relationship,
    /// How many points.
    points: i32,
}

/// Rules that are to change; what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct PointRulesUpdateInput {
    /// How many points are worth one unit of the currency: 1 to 10,000.
    points_per_unit: Option<i32>,
    /// The currency: an ISO 4217 code.
    currency: Option<String>,
    /// Points a month, 0 to 100,000; relationships that are left out stay. It counts from the next month on, and for
    /// whoever has no allowance this month yet.
    monthly_allowance: Option<Vec<MonthlyAllowanceInput>>,
    /// Whether every redemption waits for approval.
    approval_required: Option<bool>,
}

/// What became of a correction.
#[derive(SimpleObject)]
pub struct PointsAdjustPayload {
    /// Whose points were corrected; null when nothing was changed.
    person: Option<Person>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a budget.
#[derive(SimpleObject)]
pub struct TeamBudgetPayload {
    /// The team; null when nothing was changed.
    team: Option<Team>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of the rules.
#[derive(SimpleObject)]
pub struct PointRulesPayload {
    /// The rules as they stand now; null when nothing was changed.
    point_rules: Option<PointRules>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// Points.
#[derive(Default)]
pub struct PointMutations;

/// Points.
#[Object]
impl PointMutations {
    /// Corrects what a person earned, up or down. It is audited, and the person sees it with its reason.
    async fn points_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, by how much, and why.")] input: PointsAdjustInput,
    ) -> Result<Option<PointsAdjustPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "pointsAdjust", input.idempotency_key.as_deref(), &input.to_value())?;
            let person = input_id(["person"], &input.person)?;
            Box::pin(service::adjust(ctx, person, input.points.into(), &input.reason, key)).await?;
            Ok(person)
        };
        let (person, errors) = settle(outcome.await)?;
        Ok(Some(PointsAdjustPayload { person: person.and_then(|person| Person::find(ctx, person)), errors }))
    }

    /// Adds points to a team's budget, which whoever leads it may give away.
    async fn team_budget_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which team, and how many.")] input: TeamBudgetGrantInput,
    ) -> Result<Option<TeamBudgetPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "teamBudgetGrant", input.idempotency_key.as_deref(), &input.to_value())?;
            let team: TeamId = input_id(["team"], &input.team)?;
            Box::pin(service::grant_budget(ctx, team, input.points.into(), key)).await?;
            Ok(team)
        };
        let (team, errors) = settle(outcome.await)?;
        Ok(Some(TeamBudgetPayload { team: team.and_then(|team| Team::find(ctx, team)), errors }))
    }

    /// Changes the rules for points.
    async fn point_rules_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: PointRulesUpdateInput,
    ) -> Result<Option<PointRulesPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let monthly = input.monthly_allowance.unwrap_or_default();
            if monthly.len() > hearten_orgchart::Relationship::ALL.len() {
                let message = "name each relationship once";
                return Err(UserError::at(UserErrorCode::TooLong, ["monthlyAllowance"], message).into());
            }
            let change = move |before: Rules| {
                let mut rules = Rules {
                    points_per_unit: input.points_per_unit.map_or(before.points_per_unit, Into::into),
                    currency: input.currency.unwrap_or(before.currency),
                    approval_required: input.approval_required.unwrap_or(before.approval_required),
                    monthly_allowance: before.monthly_allowance,
                };
                for one in monthly {
                    rules.monthly_allowance.insert(one.relationship.into(), one.points.into());
                }
                rules
            };
            service::change_rules(ctx, change).await
        };
        let (rules, errors) = settle(outcome.await)?;
        Ok(Some(PointRulesPayload { point_rules: rules.map(PointRules::from), errors }))
    }
}

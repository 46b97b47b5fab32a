//! The rules for points of an organization: what they are worth, and who may give how many a month.

use std::collections::BTreeMap;

use hearten_entity::{InOrganization, point_rules};
use hearten_ids::{OrganizationId, PointRulesId};
use hearten_orgchart::Relationship;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::{
    app::App,
    graphql::error::{Exception, UserError, UserErrorCode},
};

/// Points somebody may give away in a month, at most.
pub const LARGEST_ALLOWANCE: i64 = 100_000;
/// Points that are worth one unit of the currency, at most.
const MOST_PER_UNIT: i64 = 10_000;

/// The rules for points of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How many points are worth one unit of the currency.
    pub points_per_unit: i64,
    /// The currency.
    pub currency: String,
    /// Points a month, by relationship.
    pub monthly_allowance: BTreeMap<Relationship, i64>,
    /// Whether every redemption waits for approval.
    pub approval_required: bool,
}

impl Default for Rules {
    fn default() -> Self {
        let monthly = |relationship| match relationship {
            Relationship::Employee | Relationship::Contractor | Relationship::Owner => 100,
            Relationship::BoardMember => 0,
        };
        Self {
            points_per_unit: 10,
            currency: "EUR".to_owned(),
            monthly_allowance: Relationship::ALL.iter().map(|one| (*one, monthly(*one))).collect(),
            approval_required: false,
        }
    }
}

impl Rules {
    /// What somebody of this relationship may give away in a month.
    pub fn allowance(&self, relationship: Relationship) -> i64 {
        self.monthly_allowance.get(&relationship).copied().unwrap_or_default()
    }

    /// What is wrong with the rules; empty when nothing is.
    pub fn problems(&self) -> Vec<UserError> {
        let mut problems = Vec::new();
        if !(1..=MOST_PER_UNIT).contains(&self.points_per_unit) {
            let message = format!("1 to {MOST_PER_UNIT} points");
            problems.push(UserError::at(UserErrorCode::Invalid, ["pointsPerUnit"], message));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            let message = "a currency has three capital letters, such as EUR";
            problems.push(UserError::at(UserErrorCode::Invalid, ["currency"], message));
        }
        if self.monthly_allowance.values().any(|points| !(0..=LARGEST_ALLOWANCE).contains(points)) {
            let message = format!("0 to {LARGEST_ALLOWANCE} points a month");
            problems.push(UserError::at(UserErrorCode::Invalid, ["monthlyAllowance"], message));
        }
        problems
    }
}

/// The rules that hold in an organization.
///
/// # Errors
/// When the database fails.
pub async fn get_in(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Rules, Exception> {
    let Some(row) = point_rules::Entity::in_org(organization).one(db).await? else { return Ok(Rules::default()) };
    Ok(Rules {
        points_per_unit: row.points_per_unit,
        currency: row.currency,
        monthly_allowance: allowances(row.monthly_allowance)?,
        approval_required: row.approval_required,
    })
}

/// What may be given away in a month, from the column of the rules.
///
/// # Errors
/// INTERNAL for what is no such column.
pub fn allowances(stored: serde_json::Value) -> Result<BTreeMap<Relationship, i64>, Exception> {
    let stored: BTreeMap<String, i64> = serde_json::from_value(stored).map_err(Exception::internal)?;
    Ok(stored.into_iter().filter_map(|(name, points)| Some((name.parse().ok()?, points))).collect())
}

/// Lets these rules hold from now on.
///
/// # Errors
/// When the database fails.
pub async fn put_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    rules: &Rules,
) -> Result<(), Exception> {
    let now = app.clock.now();
    let monthly: BTreeMap<&str, i64> =
        rules.monthly_allowance.iter().map(|(relationship, points)| (relationship.as_str(), *points)).collect();
    let row = point_rules::ActiveModel {
        id: Set(PointRulesId(app.random.id(now))),
        organization_id: Set(organization),
        points_per_unit: Set(rules.points_per_unit),
        currency: Set(rules.currency.clone()),
        monthly_allowance: Set(serde_json::to_value(monthly).map_err(Exception::internal)?),
        approval_required: Set(rules.approval_required),
        updated_at: Set(now),
    };
    let changed = [
        point_rules::Column::PointsPerUnit,
        point_rules::Column::Currency,
        point_rules::Column::MonthlyAllowance,
        point_rules::Column::ApprovalRequired,
        point_rules::Column::UpdatedAt,
    ];
    let conflict = OnConflict::column(point_rules::Column::OrganizationId).update_columns(changed).to_owned();
    point_rules::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

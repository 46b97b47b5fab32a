//! Versions of the model as they are kept.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{InOrganization, risk_model};
use hearten_ids::OrganizationId;
use hearten_retention::ModelCard;
use moka::sync::Cache;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};

use super::groups::GroupRisks;
use crate::graphql::error::Exception;

/// A version of the model. It never changes.
#[derive(Debug)]
pub struct Version {
    /// From 1.
    pub number: i32,
    /// The month it was made in.
    pub month: NaiveDate,
    /// When.
    pub fitted_at: DateTime<Utc>,
    /// The card.
    pub card: ModelCard,
    /// Whether there was anything to fit.
    pub fitted: bool,
    /// Whether groups are shown by it.
    pub shown: bool,
    /// What it says of groups.
    pub groups: GroupRisks,
}

impl TryFrom<risk_model::Model> for Version {
    type Error = Exception;

    fn try_from(row: risk_model::Model) -> Result<Self, Exception> {
        Ok(Self {
            number: row.number,
            month: row.month,
            fitted_at: row.fitted_at,
            card: serde_json::from_value(row.card).map_err(Exception::internal)?,
            fitted: row.model.is_some(),
            shown: row.shown,
            groups: serde_json::from_value(row.groups).map_err(Exception::internal)?,
        })
    }
}

/// The number and month of the newest version.
///
/// # Errors
/// When the database is away.
pub async fn latest_number(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<(i32, NaiveDate)>, Exception> {
    Ok(risk_model::Entity::in_org(organization)
        .order_by_desc(risk_model::Column::Number)
        .select_only()
        .columns([risk_model::Column::Number, risk_model::Column::Month])
        .into_tuple()
        .one(db)
        .await?)
}

/// The versions of these numbers.
///
/// # Errors
/// When the database is away or holds what this program did not write.
pub async fn versions(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    numbers: &[i32],
) -> Result<Vec<Version>, Exception> {
    let rows = risk_model::Entity::in_org(organization)
        .filter(risk_model::Column::Number.is_in(numbers.iter().copied()))
        .all(db)
        .await?;
    rows.into_iter().map(Version::try_from).collect()
}

/// Versions this node read lately. One never changes, so none is stale.
#[derive(Clone)]
pub struct KeptVersions(Cache<(OrganizationId, i32), Arc<Version>>);

impl Default for KeptVersions {
    fn default() -> Self {
        Self(Cache::new(16))
    }
}

impl KeptVersions {
    /// The version, if this node holds it.
    pub fn held(&self, key: (OrganizationId, i32)) -> Option<Arc<Version>> {
        self.0.get(&key)
    }

    /// Holds a version.
    pub fn keep(&self, key: (OrganizationId, i32), version: &Arc<Version>) {
        self.0.insert(key, Arc::clone(version));
    }
}

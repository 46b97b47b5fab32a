//! Freezing: once a month, what is known of everybody is written down, and stays as it was. So a model is only ever
//! fitted to what was known before the month it predicts.

use chrono::NaiveDate;
use hearten_entity::{InOrganization, organization, risk_features};
use hearten_ids::{OrganizationId, PersonId, RiskFeaturesId};
use hearten_retention::FeatureRow;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    gather,
    packed::{pack, unpack},
};
use crate::{
    app::App,
    areas::retention::{
        span::month_of,
        stays::{Moves, stays},
    },
    graphql::error::Exception,
    platform::db::Db,
};

/// Rows a statement: 2,000 rows of 6 columns stay below SQLite's 32,766 parameters.
const ROWS_A_STATEMENT: usize = 2_000;

/// A row as it was frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct Frozen {
    /// Of whom.
    pub person: PersonId,
    /// The month.
    pub month: NaiveDate,
    /// The day it was made.
    pub as_of: NaiveDate,
    /// What was known.
    pub row: FeatureRow,
}

/// Freezes what is known of everybody this month, unless that was done; says how many rows were written. Of two nodes that
/// do at once the first one counts.
///
/// # Errors
/// When the database fails.
pub async fn freeze(app: &App, db: &Db, organization: OrganizationId) -> Result<usize, Exception> {
    let day = app.clock.today();
    let month = month_of(day);
    if is_frozen(db.read(), organization, month).await? {
        return Ok(0);
    }
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let moves = Moves::read(db.read(), organization).await?;
    let rows = gather(app, db, &snapshot.chart, &stays(&snapshot.chart, moves), day).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let now = app.clock.now();
    let tx = db.begin().await?;
    // Whoever comes second waits here, and finds it done.
    organization::Entity::by_id(organization).lock_exclusive().one(&tx).await?;
    if is_frozen(&tx, organization, month).await? {
        return Ok(0);
    }
    for chunk in rows.chunks(ROWS_A_STATEMENT) {
        let rows = chunk.iter().map(|(person, row)| risk_features::ActiveModel {
            id: Set(RiskFeaturesId(app.random.id(now))),
            organization_id: Set(organization),
            person_id: Set(*person),
            month: Set(month),
            as_of: Set(day),
            packed: Set(pack(row)),
        });
        risk_features::Entity::insert_many(rows).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(rows.len())
}

/// Whether a month is frozen.
async fn is_frozen(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    month: NaiveDate,
) -> Result<bool, Exception> {
    let row: Option<NaiveDate> = risk_features::Entity::in_org(organization)
        .filter(risk_features::Column::Month.eq(month))
        .select_only()
        .column(risk_features::Column::AsOf)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(row.is_some())
}

/// The rows that were frozen from a month on, the oldest first and those of a month by person.
///
/// # Errors
/// When the database is away or holds what this program did not write.
pub async fn frozen_since(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    month: NaiveDate,
) -> Result<Vec<Frozen>, Exception> {
    use risk_features::Column;
    let rows: Vec<(PersonId, NaiveDate, NaiveDate, Vec<u8>)> = risk_features::Entity::in_org(organization)
        .filter(Column::Month.gte(month))
        .order_by_asc(Column::Month)
        .order_by_asc(Column::PersonId)
        .select_only()
        .columns([Column::PersonId, Column::Month, Column::AsOf, Column::Packed])
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(person, month, as_of, packed)| Ok(Frozen { person, month, as_of, row: unpack(&packed)? }))
        .collect()
}

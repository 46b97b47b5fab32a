//! Making a version: once a month, of all that was frozen before, off the event loop.

use chrono::NaiveDate;
use hearten_entity::{organization, risk_model};
use hearten_ids::{OrganizationId, RiskModelId};
use hearten_orgchart::OrgChart;
use hearten_retention::{Gate, Model, ModelCard, Prior};
use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};

use super::{
    card::{card, fitted},
    groups::GroupRisks,
    training::{History, number_of},
    versions::latest_number,
};
use crate::{
    app::App,
    areas::retention::{
        features::{Frozen, frozen_since},
        span::{MOST_MONTHS, month_of, months_before},
        stays::{Moves, Stay, records_from, stays},
    },
    graphql::error::Exception,
    platform::db::Db,
};

/// A version before it is stored.
struct Made {
    model: Option<Model>,
    card: ModelCard,
    groups: GroupRisks,
    shown: bool,
}

/// Makes the version of this month, unless there is one or nothing was frozen; says whether it did. Of two nodes that do at
/// once the first one counts.
///
/// # Errors
/// When the database fails.
pub async fn make_version(app: &App, db: &Db, organization: OrganizationId) -> Result<bool, Exception> {
    let month = month_of(app.clock.today());
    if is_made(db.read(), organization, month).await? {
        return Ok(false);
    }
    let window = months_before(month, i32::try_from(MOST_MONTHS).unwrap_or(i32::MAX));
    let frozen = frozen_since(db.read(), organization, window).await?;
    if frozen.iter().all(|row| row.month != month) {
        return Ok(false);
    }
    let number = latest_number(db.read(), organization).await?.map_or(1, |(number, _)| number + 1);
    let began = organization::Entity::by_id(organization).one(db.read()).await?.ok_or_else(Exception::not_found)?;
    let began = began.created_at.date_naive();
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let moves = Moves::read(db.read(), organization).await?;
    let made = move || {
        let stays = stays(&snapshot.chart, moves);
        let version = u32::try_from(number).unwrap_or_default();
        make(&snapshot.chart, &stays, &frozen, (version, month), records_from(&stays, began).max(window))
    };
    let made = tokio::task::spawn_blocking(made).await.map_err(Exception::internal)??;
    store(app, db, organization, (number, month), made).await
}

fn make(
    chart: &OrgChart,
    stays: &[Stay],
    frozen: &[Frozen],
    (version, month): (u32, NaiveDate),
    records_from: NaiveDate,
) -> Result<Made, Exception> {
    let prior = Prior::shipped();
    let calendar = number_of(month);
    let history = History::of(stays, frozen, records_from, month);
    let months = history.months_before(calendar);
    let mut now: Vec<&Frozen> = frozen.iter().filter(|row| row.month == month).collect();
    now.sort_unstable_by_key(|row| row.person);
    let rows: Vec<_> = now.iter().map(|row| row.row).collect();
    let card = card(&history, &months, (version, calendar), &rows, &prior)?;
    let model = fitted(&months, &prior)?;
    let shown = model.is_some() && may_be_shown(&card);
    let groups = match &model {
        Some(model) if shown => GroupRisks::compute(chart, stays, &now, model)?,
        _ => GroupRisks::default(),
    };
    Ok(Made { model, card, groups, shown })
}

/// A model that was compared must beat something. With fewer leavers than a comparison takes there is only the prior, which
/// says so (`Caveat::PriorOnly`).
fn may_be_shown(card: &ModelCard) -> bool {
    card.is_worth_showing() || (card.gate == Gate::PriorOnly && card.baselines.is_none())
}

async fn is_made(
    db: &impl sea_orm::ConnectionTrait,
    organization: OrganizationId,
    month: NaiveDate,
) -> Result<bool, Exception> {
    Ok(latest_number(db, organization).await?.is_some_and(|(_, made)| made >= month))
}

async fn store(
    app: &App,
    db: &Db,
    organization: OrganizationId,
    (number, month): (i32, NaiveDate),
    made: Made,
) -> Result<bool, Exception> {
    let now = app.clock.now();
    let tx = db.begin().await?;
    // Whoever comes second waits here, and finds it made.
    organization::Entity::by_id(organization).lock_exclusive().one(&tx).await?;
    if latest_number(&tx, organization).await?.is_some_and(|(taken, made)| made >= month || taken >= number) {
        return Ok(false);
    }
    let row = risk_model::ActiveModel {
        id: Set(RiskModelId(app.random.id(now))),
        organization_id: Set(organization),
        number: Set(number),
        month: Set(month),
        fitted_at: Set(now),
        gate: Set(gate_name(made.card.gate).to_owned()),
        model: Set(made.model.map(serde_json::to_value).transpose().map_err(Exception::internal)?),
        card: Set(serde_json::to_value(&made.card).map_err(Exception::internal)?),
        groups: Set(serde_json::to_value(&made.groups).map_err(Exception::internal)?),
        shown: Set(made.shown),
    };
    risk_model::Entity::insert(row).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

const fn gate_name(gate: Gate) -> &'static str {
    match gate {
        Gate::PriorOnly => "PRIOR_ONLY",
        Gate::GroupsOnly => "GROUPS_ONLY",
        Gate::PersonsPossible => "PERSONS_POSSIBLE",
    }
}

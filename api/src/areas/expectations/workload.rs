//! What open expectations add up to for a person, and the notice that it is too much.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use hearten_entity::{InOrganization, expectation, overload, work_capacity};
use hearten_expectation::{State, Terms, Unit, Work, week_of, workload};
use hearten_ids::{OrganizationId, OverloadId, PersonId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use crate::{app::App, graphql::error::Exception};

/// What counts as a week's work where nobody said otherwise: 40 hours.
pub const USUAL_WEEK_MINUTES: u32 = 40 * 60;
/// Persons asked about by one statement.
const BATCH: usize = 1_000;

/// Somebody's open work and the time they have for it.
#[derive(Debug, Clone)]
pub struct Burden {
    /// What is open.
    pub work: Vec<Work>,
    /// Minutes a week.
    pub capacity: u32,
    /// Whether somebody said so; else it is the usual week.
    pub capacity_is_set: bool,
}

impl Default for Burden {
    fn default() -> Self {
        Self { work: Vec::new(), capacity: USUAL_WEEK_MINUTES, capacity_is_set: false }
    }
}

type OpenRow = (PersonId, String, i32, String, NaiveDate);

/// The open work of persons, and their capacities. What was reported as done is no work any more.
///
/// # Errors
/// When the database fails.
pub async fn burdens(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    persons: &[PersonId],
) -> Result<HashMap<PersonId, Burden>, Exception> {
    let mut found: HashMap<PersonId, Burden> = HashMap::new();
    for batch in persons.chunks(BATCH) {
        let rows = open_work(organization).filter(expectation::Column::ToId.is_in(batch.iter().copied()));
        add_work(&mut found, rows.into_tuple::<OpenRow>().all(db).await?)?;
        let rows = work_capacity::Entity::in_org(organization)
            .filter(work_capacity::Column::PersonId.is_in(batch.iter().copied()));
        add_capacities(&mut found, rows.all(db).await?);
    }
    Ok(found)
}

/// The open work of everybody.
///
/// # Errors
/// When the database fails.
pub async fn all_burdens(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<HashMap<PersonId, Burden>, Exception> {
    let mut found = HashMap::new();
    add_work(&mut found, open_work(organization).into_tuple::<OpenRow>().all(db).await?)?;
    add_capacities(&mut found, work_capacity::Entity::in_org(organization).all(db).await?);
    Ok(found)
}

fn open_work(organization: OrganizationId) -> sea_orm::Select<expectation::Entity> {
    use expectation::Column;
    let open = [State::Proposed, State::Negotiated, State::Accepted].map(State::as_str);
    expectation::Entity::in_org(organization)
        .filter(Column::State.is_in(open))
        .filter(Column::ReportedAt.is_null())
        .select_only()
        .columns([Column::ToId, Column::State, Column::Amount, Column::Unit, Column::DueOn])
}

fn add_work(found: &mut HashMap<PersonId, Burden>, rows: Vec<OpenRow>) -> Result<(), Exception> {
    for (person, state, amount, unit, due) in rows {
        let unit: Unit = unit.parse().map_err(Exception::internal)?;
        let terms = Terms { what: String::new(), amount: u32::try_from(amount).unwrap_or_default(), unit, due };
        let work = Work { due, minutes: terms.minutes(), accepted: state == State::Accepted.as_str() };
        found.entry(person).or_default().work.push(work);
    }
    Ok(())
}

fn add_capacities(found: &mut HashMap<PersonId, Burden>, rows: Vec<work_capacity::Model>) {
    for row in rows {
        let burden = found.entry(row.person_id).or_default();
        burden.capacity = u32::try_from(row.minutes_a_week).unwrap_or_default();
        burden.capacity_is_set = true;
    }
}

/// That somebody accepted more for a week than there is time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overload {
    /// The Monday of the week.
    pub monday: NaiveDate,
    /// What was accepted.
    pub minutes: u64,
    /// The time there is.
    pub capacity: u32,
}

/// Whether a person has more work than time in the week of `due`.
///
/// # Errors
/// When the database fails.
pub async fn overload_in(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    person: PersonId,
    today: NaiveDate,
    due: NaiveDate,
) -> Result<Option<Overload>, Exception> {
    let burden = burdens(db, organization, &[person]).await?.remove(&person).unwrap_or_default();
    // What is overdue is work of this week.
    let wanted = week_of(due.max(today));
    let ahead = wanted.signed_duration_since(week_of(today)).num_days() / 7;
    let weeks = workload(&burden.work, today, usize::try_from(ahead).unwrap_or_default() + 1).weeks;
    Ok(weeks.last().filter(|week| week.is_overloaded(burden.capacity)).map(|week| Overload {
        monday: week.monday,
        minutes: week.accepted.minutes,
        capacity: burden.capacity,
    }))
}

/// Notes an overload; false when it was noted before and is not over.
///
/// # Errors
/// When the database fails.
pub async fn note_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    person: PersonId,
    week: NaiveDate,
) -> Result<bool, Exception> {
    use overload::Column;
    let now = app.clock.now();
    let inserted = overload::Entity::insert(overload::ActiveModel {
        id: Set(OverloadId(app.random.id(now))),
        organization_id: Set(organization),
        person_id: Set(person),
        week: Set(week),
        noticed_at: Set(now),
        closed_at: Set(None),
    })
    .on_conflict(OnConflict::columns([Column::PersonId, Column::Week]).do_nothing().to_owned())
    .exec_without_returning(tx)
    .await?;
    if inserted > 0 {
        return Ok(true);
    }
    let reopened = overload::Entity::update_in_org(organization)
        .filter(Column::PersonId.eq(person))
        .filter(Column::Week.eq(week))
        .filter(Column::ClosedAt.is_not_null())
        .col_expr(Column::ClosedAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
        .col_expr(Column::NoticedAt, Expr::value(now))
        .exec(tx)
        .await?;
    Ok(reopened.rows_affected > 0)
}

/// The Monday `weeks` weeks after that of `today`.
pub fn monday_after(today: NaiveDate, weeks: u64) -> NaiveDate {
    week_of(today).checked_add_days(Days::new(7 * weeks)).unwrap_or(today)
}

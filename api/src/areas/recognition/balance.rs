//! How thanks are spread: over a team, for those who answer for it; over the own reports, for their manager.
//!
//! A team's figures are counts of persons, so they are kept from giving single persons away: private thanks are not in
//! them, a team is shown only where `shown_below` lets it on every step down from the root, shares come in steps of ten per
//! cent, and the months are whole ones that are over.
//!
//! The figures of all teams and spans are made when somebody asks first in a month, and kept until the next one: whoever
//! joins, leaves or moves meanwhile changes nothing that is shown. And thanks count for a person only as far as they
//! belong to the team the person is in: what newcomers gave and received elsewhere does not come with them, or the next
//! month's figures would tell it of them. Both are said of each person whatever the group, so that what `shown_below`
//! promises of sums holds.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeZone, Utc};
use hearten_disclosure::shown_below;
use hearten_entity::{InOrganization, recognition, recognition_balance};
use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_measure::gini;
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};

use super::{
    service::{Activity, Member, activity_in, possible, sees},
    store::Recognition,
};
use crate::{
    graphql::{context::RequestContext, error::Exception},
    platform::db::Db,
};

/// Fewer persons are no group.
pub const MINIMUM: usize = 5;
/// How far back the figures reach at most, in months.
pub const MOST_MONTHS: i32 = 12;
/// Thanks looked at to tell whom a manager's reports heard from, at most; the newest.
const MOST_THANKS: u64 = 5_000;

/// What is shown of a team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Balance {
    /// The figures.
    Shown {
        /// Persons in the team and those below.
        persons: usize,
        /// The share that was thanked, in steps of ten per cent.
        recognized: u8,
        /// The share that thanked somebody, in steps of ten per cent.
        recognizing: u8,
        /// How unevenly thanks were spread, in steps of a tenth; None where nobody was thanked.
        concentration: Option<f64>,
    },
    /// Fewer than the minimum group.
    TooFew,
    /// Together with what is shown of other teams, it would give a few persons away.
    Complementary,
}

/// What is shown of the teams of an organization in a month.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Balances {
    teams: HashMap<TeamId, Kept>,
}

/// What is shown of a team for each number of months, as it is stored; never a number of persons below the minimum.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kept {
    Shown { persons: usize, spans: Vec<Figures> },
    TooFew,
    Complementary,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Figures {
    recognized: u8,
    recognizing: u8,
    /// In tenths.
    concentration: Option<u8>,
}

/// The first day of the month of a moment.
fn month_of(now: DateTime<Utc>) -> NaiveDate {
    let today = now.date_naive();
    NaiveDate::from_ymd_opt(today.year(), today.month(), 1).unwrap_or(today)
}

/// The figures of a team; None where the asker may not see them.
///
/// # Errors
/// BAD_USER_INPUT for months out of range; when the database fails.
pub async fn of_team(ctx: &RequestContext, team: TeamId, months: i32) -> Result<Option<Balance>, Exception> {
    let asker = ctx.asker()?;
    let past = usize::try_from(months).ok().filter(|months| (1..=MOST_MONTHS as usize).contains(months));
    let past = past.ok_or_else(|| Exception::bad_input(format!("months: 1 to {MOST_MONTHS}")))?;
    if !asker.may(Action::ReadRecognitionBalance, Resource::Team(team)) {
        return Ok(None);
    }
    let month = month_of(ctx.app.clock.now());
    let balances = ctx.loaders()?.balances(month, Arc::clone(&asker)).await?;
    Ok(Some(match balances.teams.get(&team) {
        Some(Kept::Shown { persons, spans }) => spans.get(past - 1).map_or(Balance::Complementary, |figures| {
            let concentration = figures.concentration.map(|tenths| f64::from(tenths) / 10.0);
            let (recognized, recognizing) = (figures.recognized, figures.recognizing);
            Balance::Shown { persons: *persons, recognized, recognizing, concentration }
        }),
        Some(Kept::TooFew) => Balance::TooFew,
        Some(Kept::Complementary) => Balance::Complementary,
        // A team that was made after the figures were.
        None if asker.snapshot.chart.headcount_of_subtree(team) < MINIMUM => Balance::TooFew,
        None => Balance::Complementary,
    }))
}

/// The figures that are shown in a month: made of `chart` where there are none yet, and then kept.
///
/// # Errors
/// When the database fails.
pub async fn frozen(
    db: &Db,
    organization: OrganizationId,
    month: NaiveDate,
    chart: &OrgChart,
) -> Result<Balances, Exception> {
    if let Some(kept) = kept(db, organization, month).await? {
        return Ok(kept);
    }
    let made = make(db, organization, month, chart).await?;
    let row = recognition_balance::ActiveModel {
        organization_id: Set(organization),
        month: Set(month),
        figures: Set(serde_json::to_value(&made).map_err(Exception::internal)?),
    };
    // Of two who ask first at once, one is first: its figures are everybody's.
    use recognition_balance::Column;
    let mut older = OnConflict::column(Column::OrganizationId);
    older.update_columns([Column::Month, Column::Figures]);
    older.action_and_where(Expr::col((recognition_balance::Entity, Column::Month)).lt(month));
    recognition_balance::Entity::insert(row).on_conflict(older).exec_without_returning(db.write()).await?;
    Ok(kept(db, organization, month).await?.unwrap_or(made))
}

async fn kept(db: &Db, organization: OrganizationId, month: NaiveDate) -> Result<Option<Balances>, Exception> {
    let row = recognition_balance::Entity::in_org(organization)
        .filter(recognition_balance::Column::Month.eq(month))
        .one(db.read())
        .await?;
    row.map(|row| serde_json::from_value(row.figures).map_err(Exception::internal)).transpose()
}

async fn make(
    db: &Db,
    organization: OrganizationId,
    month: NaiveDate,
    chart: &OrgChart,
) -> Result<Balances, Exception> {
    let at = |day: NaiveDate| Utc.from_utc_datetime(&day.and_time(chrono::NaiveTime::MIN));
    let back = |months: u32| at(month.checked_sub_months(Months::new(months)).unwrap_or(month));
    // Month by month, each added to those after it.
    let mut activities: Vec<Activity> = Vec::new();
    for months in 1..=MOST_MONTHS as u32 {
        let mut activity = activity_in(db.read(), organization, back(months), back(months - 1)).await?;
        if let Some(later) = activities.last() {
            for (sums, more) in [(&mut activity.received, &later.received), (&mut activity.given, &later.given)] {
                more.iter().for_each(|(member, thanks)| *sums.entry(*member).or_default() += thanks);
            }
        }
        activities.push(activity);
    }
    let mut teams = HashMap::new();
    let mut rest: Vec<TeamId> = chart.root_team().map(|root| root.id).into_iter().collect();
    while let Some(team) = rest.pop() {
        rest.extend(chart.children(team).iter().map(|child| child.id));
        let persons = chart.headcount_of_subtree(team);
        let kept = if persons < MINIMUM {
            Kept::TooFew
        } else if is_shown(chart, team) {
            Kept::Shown { persons, spans: activities.iter().map(|activity| figures(chart, team, activity)).collect() }
        } else {
            Kept::Complementary
        };
        teams.insert(team, kept);
    }
    Ok(Balances { teams })
}

/// Whether a team is shown: every step from the root to it must be.
fn is_shown(chart: &OrgChart, team: TeamId) -> bool {
    let mut path: Vec<TeamId> = chart.ancestors(team).iter().map(|above| above.id).collect();
    path.push(team);
    path.windows(2).all(|step| {
        let below = chart.children(step[0]);
        let sizes: Vec<usize> = below.iter().map(|child| chart.headcount_of_subtree(child.id)).collect();
        let shown = shown_below(chart.headcount(step[0]), &sizes, MINIMUM);
        below.iter().zip(shown).any(|(child, shown)| child.id == step[1] && shown)
    })
}

fn figures(chart: &OrgChart, team: TeamId, activity: &Activity) -> Figures {
    let members: Vec<Member> = chart.members_of_subtree(team).iter().map(|person| (person.id, person.team)).collect();
    let count = |of: &BTreeMap<Member, i64>| -> Vec<u64> {
        let of = |member| u64::try_from(of.get(member).copied().unwrap_or_default()).unwrap_or_default();
        members.iter().map(of).collect()
    };
    let (received, given) = (count(&activity.received), count(&activity.given));
    Figures {
        recognized: in_tenths(&received),
        recognizing: in_tenths(&given),
        // At most one: it fits.
        concentration: gini(&received).map(|gini| (gini * 10.0).round() as u8),
    }
}

/// The share of those with anything, in per cent, rounded to tens.
fn in_tenths(counts: &[u64]) -> u8 {
    let some = counts.iter().filter(|count| **count > 0).count();
    let tenths = (some * 10 + counts.len() / 2) / counts.len().max(1);
    u8::try_from(tenths * 10).unwrap_or(100)
}

/// The asker's direct reports who got no thanks for so many months, in the order of names: as far as the asker can know.
/// Thanks the asker may not see do not count, or their absence from this list would tell of them.
///
/// # Errors
/// BAD_USER_INPUT for months out of range; when the database fails.
pub async fn unthanked_reports(ctx: &RequestContext, months: i32) -> Result<Vec<PersonId>, Exception> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    let count = u32::try_from(months).ok().filter(|months| (1..=MOST_MONTHS as u32).contains(months));
    let count = count.ok_or_else(|| Exception::bad_input(format!("months: 1 to {MOST_MONTHS}")))?;
    let since = now.checked_sub_months(Months::new(count)).unwrap_or(now);
    let Some(manager) = asker.person() else { return Ok(Vec::new()) };
    let mut reports: Vec<PersonId> =
        asker.snapshot.chart.direct_reports(manager).iter().map(|person| person.id).collect();
    reports.retain(|person| asker.may(Action::ReadUnthanked, Resource::Person(*person)));
    if reports.is_empty() {
        return Ok(reports);
    }
    let to_reports = super::service::received_by_any(asker.organization(), &reports);
    let rows = recognition::Entity::in_org(asker.organization())
        .filter(possible(&asker))
        .filter(recognition::Column::GivenAt.gte(since))
        .filter(recognition::Column::WithdrawnAt.is_null())
        .filter(recognition::Column::Id.in_subquery(to_reports))
        .order_by_desc(recognition::Column::Id)
        .limit(MOST_THANKS)
        .all(ctx.db.read())
        .await?;
    for row in rows {
        let thanks = Recognition::try_from(row)?;
        if sees(&asker, &thanks) {
            reports.retain(|person| !thanks.receivers.contains(person));
        }
    }
    Ok(reports)
}

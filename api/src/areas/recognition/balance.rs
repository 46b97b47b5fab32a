//! How thanks are spread: over a team, for those who answer for it; over the own reports, for their manager.
//!
//! A team's figures are counts of persons, so they are kept from giving single persons away: private thanks are not in
//! them, a team is shown only where `shown_below` lets it on every step down from the root, shares come in steps of ten per
//! cent, and the months are whole ones that are over, so that the figures stand still for a month.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeZone, Utc};
use hearten_disclosure::shown_below;
use hearten_entity::{InOrganization, recognition};
use hearten_ids::{PersonId, TeamId};
use hearten_measure::gini;
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    service::{Activity, possible, sees},
    store::Recognition,
};
use crate::graphql::{context::RequestContext, error::Exception};

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

/// The months a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From this moment on.
    pub since: DateTime<Utc>,
    /// Up to this moment.
    pub until: DateTime<Utc>,
}

/// So many whole months, the last of them the one before this.
///
/// # Errors
/// BAD_USER_INPUT for months out of range.
pub fn span(now: DateTime<Utc>, months: i32) -> Result<Span, Exception> {
    let count = u32::try_from(months).ok().filter(|months| (1..=MOST_MONTHS as u32).contains(months));
    let count = count.ok_or_else(|| Exception::bad_input(format!("months: 1 to {MOST_MONTHS}")))?;
    let today = now.date_naive();
    let first = NaiveDate::from_ymd_opt(today.year(), today.month(), 1).unwrap_or(today);
    let since = first.checked_sub_months(Months::new(count)).unwrap_or(first);
    let at = |day: NaiveDate| Utc.from_utc_datetime(&day.and_time(chrono::NaiveTime::MIN));
    Ok(Span { since: at(since), until: at(first) })
}

/// The figures of a team; None where the asker may not see them.
///
/// # Errors
/// BAD_USER_INPUT for months out of range; when the database fails.
pub async fn of_team(ctx: &RequestContext, team: TeamId, months: i32) -> Result<Option<Balance>, Exception> {
    let asker = ctx.asker()?;
    let span = span(ctx.app.clock.now(), months)?;
    if !asker.may(Action::ReadRecognitionBalance, Resource::Team(team)) {
        return Ok(None);
    }
    let chart = &asker.snapshot.chart;
    if chart.headcount_of_subtree(team) < MINIMUM {
        return Ok(Some(Balance::TooFew));
    }
    if !is_shown(chart, team) {
        return Ok(Some(Balance::Complementary));
    }
    let activity: Arc<Activity> = ctx.loaders()?.activity(span).await?;
    Ok(Some(figures(chart, team, &activity)))
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

fn figures(chart: &OrgChart, team: TeamId, activity: &Activity) -> Balance {
    let members: Vec<PersonId> = chart.members_of_subtree(team).iter().map(|person| person.id).collect();
    let count = |of: &std::collections::BTreeMap<PersonId, i64>| -> Vec<u64> {
        let of = |person| u64::try_from(of.get(person).copied().unwrap_or_default()).unwrap_or_default();
        members.iter().map(of).collect()
    };
    let (received, given) = (count(&activity.received), count(&activity.given));
    Balance::Shown {
        persons: members.len(),
        recognized: in_tenths(&received),
        recognizing: in_tenths(&given),
        concentration: gini(&received).map(|gini| (gini * 10.0).round() / 10.0),
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

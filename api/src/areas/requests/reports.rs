//! How the requests of a quarter were answered, by team: decided and computed once, when the quarter is over, and never
//! again. So neither a late answer nor a reorganization can be subtracted from what was shown before.
//!
//! Who asked in a quarter is a respondent, in the team of the first request. Which teams are shown is decided by the release
//! plan of surveys (docs/ANONYMITY.md) from that alone: five askers at least, also between what is shown.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use hearten_disclosure::{ReleasePlan, Verdict};
use hearten_entity::{InOrganization, request_report, service_request};
use hearten_ids::{OrganizationId, PersonId, RequestReportId, TeamId};
use hearten_requests::{State, median_minutes};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    app::App,
    areas::{
        results::service::{CutKey, Frame, FrameCut, Member},
        surveys::store::{stored, to_json},
    },
    graphql::error::Exception,
    platform::db::Db,
};

/// The fewest people of a shown team.
pub const MINIMUM: usize = 5;
/// Answers of the first days after a quarter still count for it: requests of its last days have had their time.
const GRACE_DAYS: u64 = 14;

/// The report of a quarter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The cuts: everybody first, then teams from the top down.
    cuts: Vec<ReportedCut>,
}

/// A cut of the report: the figures, or why there are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ReportedCut {
    key: CutKey,
    verdict: Verdict,
    figures: Option<Figures>,
}

/// How requests were answered. Only of cuts that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Distinct people who asked.
    pub askers: u32,
    /// Requests opened in the quarter, without those taken back.
    pub requests: u32,
    /// Those that were answered, declined or fulfilled by the time of the report.
    pub answered: u32,
    /// Those that were fulfilled.
    pub fulfilled: u32,
    /// The median time to the first answer, in minutes; none where nothing was answered.
    pub median_minutes: Option<i64>,
}

/// A calendar quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    first: NaiveDate,
}

impl Quarter {
    /// The quarter 1 to 4 of a year; None for any other number or a year outside 2000 to 2999.
    pub fn of(year: i32, number: i32) -> Option<Self> {
        if !(2_000..3_000).contains(&year) {
            return None;
        }
        let month = u32::try_from(number).ok().filter(|number| (1..=4).contains(number))? * 3 - 2;
        NaiveDate::from_ymd_opt(year, month, 1).map(|first| Self { first })
    }

    /// The last quarter that is over at a moment, its days of grace included.
    fn last_over(now: DateTime<Utc>) -> Option<Self> {
        let day = now.date_naive().checked_sub_days(Days::new(GRACE_DAYS))?;
        let current = Self::of(day.year(), i32::try_from(day.month0() / 3 + 1).unwrap_or(1))?;
        current.first.checked_sub_months(Months::new(3)).map(|first| Self { first })
    }

    /// As stored.
    pub fn name(self) -> String {
        format!("{}-Q{}", self.first.year(), self.first.month0() / 3 + 1)
    }

    fn span(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let end = self.first.checked_add_months(Months::new(3)).unwrap_or(self.first);
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        (midnight(self.first), midnight(end))
    }
}

impl Report {
    /// The figures of a team, or why they are not shown; None for a team that was not there, or from which nobody asked.
    pub fn of_team(&self, team: TeamId) -> Option<Result<Figures, Verdict>> {
        let cut = self.cuts.iter().find(|cut| cut.key == CutKey::Team { team })?;
        Some(cut.figures.ok_or(cut.verdict))
    }
}

/// The reports of these quarters.
///
/// # Errors
/// When the database fails.
pub async fn by_quarter(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    quarters: &[&str],
) -> Result<Vec<(String, Report)>, Exception> {
    let rows = request_report::Entity::in_org(organization)
        .filter(request_report::Column::Quarter.is_in(quarters.iter().copied()))
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((row.quarter, stored(row.figures)?))).collect()
}

/// Reports the quarter that was over last, unless that was done. Of two nodes that do at once the first one counts.
///
/// # Errors
/// When the database fails.
pub async fn report_last_quarter(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    let now = app.clock.now();
    let Some(quarter) = Quarter::last_over(now) else { return Ok(()) };
    let name = quarter.name();
    if !by_quarter(db.read(), organization, &[&name]).await?.is_empty() {
        return Ok(());
    }
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let (from, until) = quarter.span();
    let rows = service_request::Entity::in_org(organization)
        .filter(service_request::Column::OpenedAt.gte(from))
        .filter(service_request::Column::OpenedAt.lt(until))
        .filter(service_request::Column::State.ne(State::Withdrawn.as_str()))
        .order_by_asc(service_request::Column::Id)
        .all(db.read())
        .await?;
    let report = compute(&rows, |members| Frame::freeze(&snapshot.chart, "", &[], members))?;
    let row = request_report::ActiveModel {
        id: Set(RequestReportId(app.random.id(now))),
        organization_id: Set(organization),
        quarter: Set(name),
        figures: Set(to_json(&report)?),
        computed_at: Set(now),
    };
    let once = OnConflict::columns([request_report::Column::OrganizationId, request_report::Column::Quarter]);
    request_report::Entity::insert(row)
        .on_conflict({ once }.do_nothing().to_owned())
        .exec_without_returning(db.write())
        .await?;
    Ok(())
}

/// The report of these requests, ordered by age; `frame` freezes the cuts of those who asked.
fn compute(rows: &[service_request::Model], frame: impl FnOnce(&[Member<'_>]) -> Frame) -> Result<Report, Exception> {
    let nothing = Value::Null;
    let mut askers: HashMap<PersonId, usize> = HashMap::new();
    let mut members: Vec<Member<'_>> = Vec::new();
    let mut of_asker: Vec<Vec<&service_request::Model>> = Vec::new();
    for row in rows {
        let at = *askers.entry(row.asker_id).or_insert_with(|| {
            members.push(Member { team: row.asker_team_id, attributes: &nothing });
            of_asker.push(Vec::new());
            members.len() - 1
        });
        of_asker[at].push(row);
    }
    let frame = frame(&members);
    let candidates = frame.candidates(&members);
    let plan = ReleasePlan::decide(members.len(), MINIMUM, &candidates).map_err(Exception::internal)?;
    let cut = |(at, cut): (usize, &FrameCut)| {
        let verdict = plan.verdict(at);
        let figures = verdict.is_shown().then(|| {
            let inside = candidates[at].members.iter().map(|asker| &of_asker[*asker as usize]);
            figures(inside.flatten().copied(), candidates[at].members.len())
        });
        ReportedCut { key: cut.key.clone(), verdict, figures }
    };
    Ok(Report { cuts: frame.cuts.iter().enumerate().map(cut).collect() })
}

fn figures<'a>(rows: impl Iterator<Item = &'a service_request::Model>, askers: usize) -> Figures {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let rows: Vec<_> = rows.collect();
    let mut waits: Vec<TimeDelta> = rows.iter().filter_map(|row| Some(row.answered_at? - row.opened_at)).collect();
    Figures {
        askers: count(askers),
        requests: count(rows.len()),
        answered: count(waits.len()),
        fulfilled: count(rows.iter().filter(|row| row.state == State::Fulfilled.as_str()).count()),
        median_minutes: median_minutes(&mut waits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_over_two_weeks_later() {
        let last = |moment: &str| Quarter::last_over(moment.parse().unwrap()).unwrap().name();
        assert_eq!(last("2026-11-23T09:00:00Z"), "2026-Q3");
        assert_eq!(last("2026-10-14T23:59:59Z"), "2026-Q2");
        assert_eq!(last("2026-10-15T00:00:00Z"), "2026-Q3");
        assert_eq!(last("2027-01-20T00:00:00Z"), "2026-Q4");
        assert!(Quarter::of(2026, 0).is_none() && Quarter::of(2026, 5).is_none() && Quarter::of(0, 1).is_none());
    }
}

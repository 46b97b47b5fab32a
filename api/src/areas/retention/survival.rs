//! How long people stay: the curve of those who were here in whole calendar years, by Kaplan and Meier.
//!
//! Leaving by own decision is the event; every other end, and still being here, ends an observation without one. Nobody is
//! counted before leavers were on record (left truncation): whoever left then is not there to be counted. What may be shown
//! is what turnover of the same years may: the same groups, and the same leavers behind the reasons.

use std::{collections::HashMap, sync::Arc};

use chrono::{Datelike, Months, NaiveDate};
use hearten_entity::organization;
use hearten_ids::OrganizationId;
use hearten_orgchart::OrgChart;
use hearten_retention::{
    Spell, Sureness,
    survival::{Curve, Observed, kaplan_meier},
};
use moka::sync::Cache;

use super::{
    span::{MOST_MONTHS, Span},
    stays::{Exit, Moves, Stay, records_from, stays},
    turnover::{Group, Paths, last_day_in},
};
use crate::graphql::{context::RequestContext, error::Exception};

/// Years of service that are told at most.
const MOST_YEARS: u32 = 10;
/// Fewer under observation say nothing of a year of service.
const FEWEST: usize = 5;

/// The share of people who stay so many years.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Years of service.
    pub years: u32,
    /// The share that is still here then.
    pub share: f64,
    /// The lower bound of its interval of 95 per cent.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// The curves of all groups, and the years they are of; none while no whole year is on record.
#[derive(Debug, Default)]
pub struct Curves {
    /// The years.
    pub span: Option<Span>,
    of: HashMap<Group, Vec<Point>>,
}

impl Curves {
    /// The curve of a group. Whether it may be shown is not decided here.
    pub fn of(&self, group: Group) -> &[Point] {
        self.of.get(&group).map_or(&[], Vec::as_slice)
    }

    fn count(chart: &OrgChart, stays: &[Stay], span: Span) -> Self {
        let mut paths = Paths::new(chart);
        let mut observed: HashMap<Group, Vec<Observed>> = HashMap::new();
        for stay in stays {
            let (Some(last), Some(hired)) = (last_day_in(stay, span), stay.from) else { continue };
            let left = stay.exit.is_some_and(|(day, exit)| day == last && exit == Exit::Voluntary);
            let Ok(spell) = Spell::between(hired, span.from, last, left) else { continue };
            for group in paths.of(stay.team_on(last)) {
                observed.entry(*group).or_default().push(spell.into());
            }
        }
        let of = observed.into_iter().map(|(group, observed)| (group, points(&observed))).collect();
        Self { span: Some(span), of }
    }
}

/// The points of a curve, as far as enough people were under observation.
fn points(observed: &[Observed]) -> Vec<Point> {
    let Ok(curve) = kaplan_meier(observed, Sureness::P95) else { return Vec::new() };
    (1..=MOST_YEARS).take_while(|years| enough(observed, *years)).map(|years| point(&curve, years)).collect()
}

/// Whether enough people were seen in the whole of a year of service.
fn enough(observed: &[Observed], years: u32) -> bool {
    let (begin, end) = (f64::from(12 * (years - 1)), f64::from(12 * years));
    let at_risk = |time: f64| observed.iter().filter(|one| one.entry < time && time <= one.exit).count();
    at_risk(begin + 1.0) >= FEWEST && at_risk(end) >= FEWEST
}

fn point(curve: &Curve, years: u32) -> Point {
    let time = f64::from(12 * years);
    let last = curve.steps.iter().rfind(|step| step.time <= time);
    let (low, high) = last.map_or((1.0, 1.0), |step| (step.low, step.high));
    Point { years, share: curve.at(time), low, high }
}

/// The whole calendar years before this one in which leavers were on record, five at most.
fn years_on_record(records_from: NaiveDate, today: NaiveDate) -> Option<Span> {
    let until = NaiveDate::from_ymd_opt(today.year(), 1, 1)?;
    let earliest = until.checked_sub_months(Months::new(MOST_MONTHS as u32))?;
    let first = if records_from.ordinal() == 1 { records_from.year() } else { records_from.year() + 1 };
    let from = NaiveDate::from_ymd_opt(first, 1, 1)?.max(earliest);
    (from < until).then_some(Span { from, until })
}

/// What this node counted lately, for the years before a year.
#[derive(Clone)]
pub struct CountedCurves(Cache<(OrganizationId, i64, i32), Arc<Curves>>);

impl Default for CountedCurves {
    fn default() -> Self {
        Self(Cache::new(16))
    }
}

impl CountedCurves {
    /// The curves of the asker's directory: two statements where they were not counted lately.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn of(&self, ctx: &RequestContext) -> Result<Arc<Curves>, Exception> {
        let snapshot = Arc::clone(&ctx.asker()?.snapshot);
        let (organization, today) = (snapshot.chart.organization(), ctx.app.clock.today());
        let key = (organization, snapshot.chart.version(), today.year());
        if let Some(found) = self.0.get(&key) {
            return Ok(found);
        }
        let row = organization::Entity::by_id(organization).one(ctx.db.read()).await?;
        let began = row.ok_or_else(Exception::not_found)?.created_at.date_naive();
        let moves = Moves::read(ctx.db.read(), organization).await?;
        let count = move || {
            let stays = stays(&snapshot.chart, moves);
            let span = years_on_record(records_from(&stays, began), today);
            span.map(|span| Curves::count(&snapshot.chart, &stays, span)).unwrap_or_default()
        };
        let counted = Arc::new(tokio::task::spawn_blocking(count).await.map_err(Exception::internal)?);
        self.0.insert(key, Arc::clone(&counted));
        Ok(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_years_on_record_count() {
        let years = |records: &str, today: &str| {
            let span = years_on_record(records.parse().unwrap(), today.parse().unwrap());
            span.map(|span| (span.from.year(), span.until.year()))
        };
        assert_eq!(years("2025-01-01", "2026-11-23"), Some((2025, 2026)));
        assert_eq!(years("2024-05-03", "2026-11-23"), Some((2025, 2026)));
        assert_eq!(years("2025-02-01", "2026-11-23"), None);
        assert_eq!(years("2010-02-01", "2026-11-23"), Some((2021, 2026)));
    }

    #[test]
    fn a_curve_ends_where_hardly_anybody_was_seen() {
        let stay = |entry: u32, exit: u32, left: bool| Observed::from(Spell::new(entry, exit, left).unwrap());
        let mut observed: Vec<Observed> = (0..8).map(|_| stay(0, 24, false)).collect();
        observed.extend([stay(0, 6, true), stay(0, 18, true)]);
        let found = points(&observed);
        assert_eq!(found.iter().map(|point| point.years).collect::<Vec<_>>(), [1, 2]);
        assert!((found[0].share - 0.9).abs() < 1e-12 && (found[1].share - 0.8).abs() < 1e-12);
        assert!(found[1].low < 0.8 && 0.8 < found[1].high);
        assert!(points(&observed[..4]).is_empty() && points(&[]).is_empty());
    }
}

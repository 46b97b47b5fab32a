//! The inputs of the model, gathered for everybody at once and frozen month by month.
//!
//! Each source reads what it needs in a fixed number of statements, however many persons there are, and knows nothing of
//! the others. What an input is, and what cannot be one, is decided by the type [`Feature`]; here stands where each comes
//! from. An area that nobody uses says nothing: its inputs are unknown then, and not zero.

mod conversations;
mod directory;
mod expectations;
mod freezing;
mod goals;
mod packed;
mod published;
mod recognition;
mod requests;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use hearten_ids::{OrganizationId, PersonId};
use hearten_orgchart::OrgChart;
use hearten_retention::{Feature, FeatureRow};

use super::stays::Stay;
use crate::{app::App, graphql::error::Exception, platform::db::Db};

pub use directory::whole_months;
pub use freezing::{Frozen, freeze, frozen_since};

/// What a source is asked: of which organization, as of when.
pub struct Inquiry<'a> {
    app: &'a App,
    db: &'a Db,
    organization: OrganizationId,
    /// Everybody's time here.
    stays: &'a [Stay],
    /// The day; what happened on it is not known yet.
    day: NaiveDate,
}

impl Inquiry<'_> {
    /// The moment the day begins.
    fn moment(&self) -> DateTime<Utc> {
        self.day.and_time(NaiveTime::MIN).and_utc()
    }
}

/// A number for each person who has one.
type Counts = HashMap<PersonId, f64>;

/// What one area counts of persons: nothing known of anybody where nobody uses it, else zero for who is not named.
#[derive(Debug, Default)]
struct Counted {
    used: bool,
    of: Counts,
}

impl Counted {
    fn of(&self, person: PersonId) -> Option<f64> {
        self.used.then(|| self.of.get(&person).copied().unwrap_or_default())
    }
}

/// Rows as the database counts them, by person.
fn counts(rows: Vec<(PersonId, i64)>) -> Counts {
    rows.into_iter().map(|(person, count)| (person, count as f64)).collect()
}

/// The features of everybody who is here on a day, from what was known before it.
///
/// # Errors
/// When the database is away.
pub async fn gather(
    app: &App,
    db: &Db,
    chart: &OrgChart,
    stays: &[Stay],
    day: NaiveDate,
) -> Result<Vec<(PersonId, FeatureRow)>, Exception> {
    let inquiry = Inquiry { app, db, organization: chart.organization(), stays, day };
    let directory = directory::Directory::read(&inquiry).await?;
    let conversations = conversations::OneOnOnes::read(&inquiry).await?;
    let requests = requests::overdue(&inquiry).await?;
    let goals = goals::Goals::read(&inquiry).await?;
    let recognition = recognition::received(&inquiry).await?;
    let expectations = expectations::Expectations::read(&inquiry).await?;
    let published = published::Favourability::read(&inquiry).await?;
    let mut rows = Vec::new();
    for stay in stays.iter().filter(|stay| stay.covers(day)) {
        let Some(record) = chart.person(stay.person) else { continue };
        let row = FeatureRow::new(|feature| match feature {
            Feature::MonthsSinceRoleChange => directory.months_in_role(record),
            Feature::MonthsSinceManagerChange => directory.months_with_manager(record),
            Feature::TeamTurnover12m => directory.team_turnover(record),
            Feature::Span => directory.span(chart, record),
            Feature::WeeksSinceOneOnOne => conversations.weeks_since(record),
            Feature::OverdueRequests => requests.of(record.id),
            Feature::OpenGoals => goals.open.of(record.id),
            Feature::StaleGoals => goals.stale.of(record.id),
            Feature::RecognitionReceived90d => recognition.of(record.id),
            Feature::ExpectationsMissed90d => expectations.missed.of(record.id),
            Feature::ExpectationsOpen => expectations.open.of(record.id),
            Feature::GroupFavourability => published.of(chart, record),
        });
        rows.push((record.id, row.map_err(Exception::internal)?));
    }
    Ok(rows)
}

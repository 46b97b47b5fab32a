//! Workload as the schema shows it: a person's own, and that of a team as a group.

use async_graphql::{Enum, Object, Result, SimpleObject, Union};
use chrono::NaiveDate;
use hearten_disclosure::{Band, SuppressionReason};
use hearten_expectation::{Load, Week, workload};
use hearten_ids::{PersonId, TeamId};
use hearten_policy::{Action, Resource};

use super::{
    loaders::BurdenOf,
    team_load::{self, Figures},
    workload::{Burden, Overload},
};
use crate::graphql::{context::RequestContext, error::Exception, scalars::Date};

/// How many weeks are shown when nobody says, and at most.
const WEEKS: (i32, i32) = (8, 26);

fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

fn percent(load: Load, capacity: u32) -> Option<f64> {
    load.basis_points(capacity).map(|points| (points as f64) / 100.0)
}

/// What somebody has before them, from open expectations.
pub struct Workload {
    burden: Burden,
    sums: hearten_expectation::Workload,
}

/// The workload of a person; None where the asker may not see it.
///
/// # Errors
/// BAD_USER_INPUT for a number of weeks out of range; when the database is away.
pub async fn of_person(
    ctx: &RequestContext,
    person: PersonId,
    weeks: Option<i32>,
) -> Result<Option<Workload>, Exception> {
    let (usual, most) = WEEKS;
    let weeks = weeks.unwrap_or(usual);
    if !(1..=most).contains(&weeks) {
        return Err(Exception::bad_input(format!("weeks must be between 1 and {most}, not {weeks}")));
    }
    if !ctx.asker()?.may(Action::ReadWorkload, Resource::Person(person)) {
        return Ok(None);
    }
    let burden = ctx.loaders()?.load(BurdenOf(person)).await?.unwrap_or_default();
    let sums = workload(&burden.work, ctx.app.clock.today(), usize::try_from(weeks).unwrap_or_default());
    Ok(Some(Workload { burden, sums }))
}

/// What somebody has before them, from open expectations.
#[Object(serial)]
impl Workload {
    /// Minutes a week there are for expectations.
    async fn capacity_minutes(&self) -> i32 {
        count(self.burden.capacity)
    }

    /// Whether somebody said so; else it is the usual week of 40 hours.
    async fn capacity_is_set(&self) -> bool {
        self.burden.capacity_is_set
    }

    /// The weeks from this one on. What is overdue is still to be done, so it counts in the first.
    async fn weeks(&self) -> Vec<WorkloadWeek> {
        let week = |week: &Week| WorkloadWeek { week: *week, capacity: self.burden.capacity };
        self.sums.weeks.iter().map(week).collect()
    }

    /// Accepted work that is due after these weeks.
    async fn later_minutes(&self) -> i32 {
        count(self.sums.later.minutes)
    }

    /// How many accepted expectations are overdue.
    async fn overdue_count(&self) -> i32 {
        count(self.sums.overdue)
    }
}

/// A week and what is due in it.
pub struct WorkloadWeek {
    week: Week,
    capacity: u32,
}

/// A week and what is due in it.
#[Object(serial)]
impl WorkloadWeek {
    /// Its Monday.
    async fn starts_on(&self) -> Date {
        Date(self.week.monday)
    }

    /// Minutes of accepted work.
    async fn accepted_minutes(&self) -> i32 {
        count(self.week.accepted.minutes)
    }

    /// How many accepted expectations are due.
    async fn accepted_count(&self) -> i32 {
        count(self.week.accepted.expectations())
    }

    /// How many of them are measured in numbers and not in time, and so take no capacity here.
    async fn uncounted_count(&self) -> i32 {
        count(self.week.accepted.counted)
    }

    /// Minutes of work that is proposed and not accepted.
    async fn proposed_minutes(&self) -> i32 {
        count(self.week.proposed.minutes)
    }

    /// Accepted work as a share of the capacity, in per cent; null where there is no capacity.
    async fn load_percent(&self) -> Option<f64> {
        percent(self.week.accepted, self.capacity)
    }

    /// Whether more was accepted than there is time for.
    async fn overloaded(&self) -> bool {
        self.week.is_overloaded(self.capacity)
    }
}

/// Why nothing is shown of a team's workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WorkloadHiddenReason {
    /// Fewer than five people.
    TooFew,
    /// Together with teams above or beside it, this would tell of fewer than five people.
    Complementary,
    /// The team is not in the figures of today: they are computed once a day.
    NotCountedYet,
}

/// Nothing is shown of the team's workload: it would tell of single people.
#[derive(SimpleObject)]
pub struct WorkloadHidden {
    /// Why.
    reason: WorkloadHiddenReason,
}

/// The workload of a team with those below it, over four weeks from this one on: computed once a day, rounded, and shown
/// only where it tells of at least five people.
pub struct TeamWorkloadStats {
    figures: Figures,
    day: NaiveDate,
}

/// The workload of a team with those below it, over four weeks from this one on: computed once a day, rounded, and shown
/// only where it tells of at least five people.
#[Object(serial)]
impl TeamWorkloadStats {
    /// How many people it is of.
    async fn people(&self) -> i32 {
        count(self.figures.people)
    }

    /// The mean of everybody's load in per cent of their capacity, rounded to ten. A single load counts up to 200.
    async fn load_percent(&self) -> i32 {
        count(self.figures.load_percent)
    }

    /// In which band the share of people lies who have more work than time in one of the weeks; null where a band would
    /// say too much.
    async fn overloaded(&self) -> Option<ShareBand> {
        let band = |band: Band| ShareBand {
            from_percent: i32::from(band.from_percent),
            to_percent: i32::from(band.to_percent),
        };
        self.figures.overloaded.map(band)
    }

    /// The day of the figures.
    async fn as_of(&self) -> Date {
        Date(self.day)
    }
}

/// A share of people, as a range.
#[derive(SimpleObject)]
pub struct ShareBand {
    /// The lower end in per cent, inclusive.
    from_percent: i32,
    /// The upper end in per cent, exclusive; 100 is inclusive.
    to_percent: i32,
}

/// The workload of a team, or why it is not shown.
#[derive(Union)]
pub enum TeamWorkload {
    /// It is shown.
    TeamWorkloadStats(TeamWorkloadStats),
    /// It is not.
    WorkloadHidden(WorkloadHidden),
}

/// The workload of a team; None where the asker may not ask.
///
/// # Errors
/// When the database is away.
pub async fn of_team(ctx: &RequestContext, team: TeamId) -> Result<Option<TeamWorkload>, Exception> {
    let Some(outcome) = team_load::of_team(ctx, team).await? else { return Ok(None) };
    let hidden = |reason| Some(TeamWorkload::WorkloadHidden(WorkloadHidden { reason }));
    Ok(match outcome {
        Ok(figures) => Some(TeamWorkload::TeamWorkloadStats(TeamWorkloadStats { figures, day: ctx.app.clock.today() })),
        Err(SuppressionReason::BelowMinimum) => hidden(WorkloadHiddenReason::TooFew),
        Err(SuppressionReason::Complementary | SuppressionReason::Unanimous) => {
            hidden(WorkloadHiddenReason::Complementary)
        }
        Err(SuppressionReason::NotInPlan) => hidden(WorkloadHiddenReason::NotCountedYet),
    })
}

/// That somebody accepted more for a week than there is time.
#[derive(SimpleObject)]
pub struct OverloadWarning {
    /// The Monday of the week.
    starts_on: Date,
    /// Minutes of accepted work in it.
    accepted_minutes: i32,
    /// Minutes there are.
    capacity_minutes: i32,
    /// The same for people.
    message: String,
}

impl From<Overload> for OverloadWarning {
    fn from(found: Overload) -> Self {
        let hours = |minutes: u64| format!("{}", (minutes as f64) / 60.0);
        let message = format!(
            "in the week of {} this adds up to {} hours, and there are {}",
            found.monday,
            hours(found.minutes),
            hours(u64::from(found.capacity))
        );
        Self {
            starts_on: Date(found.monday),
            accepted_minutes: count(found.minutes),
            capacity_minutes: count(found.capacity),
            message,
        }
    }
}

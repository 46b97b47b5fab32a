//! The workload of teams: what may be said of a group without saying it of anybody.
//!
//! The groups are the teams with all below them, from the top down. Which of them are shown is decided by the same
//! certificate as results of surveys (`hearten-disclosure`): whatever somebody adds and subtracts, they never come to
//! fewer than five people. Two figures are shown: the mean load, rounded, and in which band the share of overloaded people
//! lies, where bands that together would give somebody away are dropped.
//!
//! The figures are computed once a day, so that nobody can watch them move when somebody accepts something or joins.
//!
//! Some who ask read single workloads as well: their own, and those of whoever is below them. What they read singly they can
//! take out of a mean. So each is shown only the teams that, without the persons they read singly, still leave nobody or at
//! least five people, also when shown teams are subtracted from each other.

use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use hearten_disclosure::{Band, Candidate, ReleasePlan, SuppressionReason, release_participation};
use hearten_expectation::workload;
use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Resource};
use serde::{Deserialize, Serialize};

use super::workload::{Burden, all_burdens};
use crate::{
    areas::directory::service::shown_beside,
    graphql::{
        context::{Asker, RequestContext},
        error::Exception,
        loaders::Rows,
    },
    platform::cache::CacheKey,
};

/// No group is shown with fewer people; the same as surveys begin with.
pub const MINIMUM_GROUP: usize = 5;
/// How many weeks from this one on the figures are about.
pub const WEEKS: usize = 4;
/// One person's load counts up to this, in basis points, so that nobody's stands out of the mean.
const MOST_COUNTED: u64 = 20_000;
/// The mean is rounded to multiples of this many per cent.
const ROUNDED_TO: u64 = 10;

/// What is shown of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// How many people the team and those below it had.
    pub people: u32,
    /// The mean of everybody's load, in per cent, rounded.
    pub load_percent: u32,
    /// In which band the share of overloaded people lies; none where the band would say too much.
    pub overloaded: Option<Band>,
}

/// The figures of all teams of a day.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Table {
    teams: HashMap<TeamId, Result<Figures, SuppressionReason>>,
}

struct TableKey {
    organization: OrganizationId,
    day: NaiveDate,
}

impl CacheKey for TableKey {
    type Value = Table;
    const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    fn key(&self) -> String {
        format!("expectations:team_load:{}:{}", self.organization, self.day)
    }
}

/// The figures of a team, or why there are none; None where the asker may not ask.
///
/// # Errors
/// When the database is away.
pub async fn of_team(
    ctx: &RequestContext,
    team: TeamId,
) -> Result<Option<Result<Figures, SuppressionReason>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadWorkload, Resource::Team(team)) {
        return Ok(None);
    }
    let (organization, day) = (asker.organization(), ctx.app.clock.today());
    let key = TableKey { organization, day };
    let table = match ctx.app.cache.get(&key).await {
        Some(table) => table,
        None => {
            let burdens = all_burdens(ctx.db.read(), organization).await?;
            let snapshot = Arc::clone(&asker.snapshot);
            let computed = tokio::task::spawn_blocking(move || compute(&snapshot.chart, &burdens, day));
            let table = computed.await.map_err(Exception::internal)?.map_err(Exception::internal)?;
            ctx.app.cache.put(&key, &table).await;
            table
        }
    };
    let outcome = table.teams.get(&team).copied().unwrap_or(Err(SuppressionReason::NotInPlan));
    if outcome.is_err() {
        return Ok(Some(outcome));
    }
    let shown = ctx.loaders()?.load(ShownTo { day, asker: Arc::clone(&asker), table: Arc::new(table) }).await?;
    let safe = shown.is_some_and(|teams| teams.contains(&team));
    Ok(Some(if safe { outcome } else { Err(SuppressionReason::Complementary) }))
}

/// The teams of a day that can be shown to the one who asks, as a key. The asker and the figures are what it is made of; two
/// keys of a day are the same key.
#[derive(Clone)]
pub struct ShownTo {
    day: NaiveDate,
    asker: Arc<Asker>,
    table: Arc<Table>,
}

impl PartialEq for ShownTo {
    fn eq(&self, other: &Self) -> bool {
        self.day == other.day
    }
}

impl Eq for ShownTo {}

impl Hash for ShownTo {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.day.hash(state);
    }
}

impl Loader<ShownTo> for Rows {
    type Value = Arc<HashSet<TeamId>>;
    type Error = Arc<Exception>;

    // It reads nothing: all teams of a page are decided together.
    async fn load(&self, keys: &[ShownTo]) -> Result<HashMap<ShownTo, Self::Value>, Arc<Exception>> {
        let shown = |key: &ShownTo| {
            let singly = |person| key.asker.may(Action::ReadWorkload, Resource::Person(person));
            let in_figures = |team| matches!(key.table.teams.get(&team), Some(Ok(_)));
            shown_beside(&key.asker.snapshot.chart, singly, in_figures, MINIMUM_GROUP)
        };
        Ok(keys.iter().map(|key| (key.clone(), Arc::new(shown(key)))).collect())
    }
}

/// The figures of every team of a chart.
fn compute(chart: &OrgChart, burdens: &HashMap<PersonId, Burden>, today: NaiveDate) -> anyhow::Result<Table> {
    let Some(root) = chart.root_team() else { return Ok(Table::default()) };
    let people: Vec<PersonId> = chart.members_of_subtree(root.id).iter().map(|person| person.id).collect();
    let index: HashMap<PersonId, u32> = people.iter().copied().zip(0..).collect();
    // From the top down: an upper team is never given up for a lower one.
    let mut teams = vec![root.id];
    let mut at = 0;
    while let Some(team) = teams.get(at).copied() {
        teams.extend(chart.children(team).iter().map(|child| child.id));
        at += 1;
    }
    let candidates: Vec<Candidate> = teams
        .iter()
        .map(|team| {
            let members = chart.members_of_subtree(*team);
            let mut members: Vec<u32> = members.iter().filter_map(|person| index.get(&person.id).copied()).collect();
            members.sort_unstable();
            Candidate { members }
        })
        .collect();
    let loads: Vec<(u64, bool)> = people.iter().map(|person| load(burdens.get(person), today)).collect();
    let overloaded: Vec<bool> = loads.iter().map(|(_, overloaded)| *overloaded).collect();
    let plan = ReleasePlan::decide(people.len(), MINIMUM_GROUP, &candidates)?;
    let bands = release_participation(&plan, &candidates, &overloaded)?;
    let figures = |cut: usize| match plan.verdict(cut) {
        hearten_disclosure::Verdict::Hidden(reason) => Err(reason),
        _ => {
            let members = &candidates[cut].members;
            let sum: u64 = members.iter().map(|member| loads[*member as usize].0).sum();
            let percent = sum / (members.len() as u64 * 100);
            let rounded = (percent + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO;
            Ok(Figures {
                people: u32::try_from(members.len()).unwrap_or(u32::MAX),
                load_percent: u32::try_from(rounded).unwrap_or(u32::MAX),
                overloaded: bands.band(cut).ok(),
            })
        }
    };
    Ok(Table { teams: teams.iter().enumerate().map(|(cut, team)| (*team, figures(cut))).collect() })
}

/// A person's load over the weeks in basis points, and whether one of the weeks is too full.
fn load(burden: Option<&Burden>, today: NaiveDate) -> (u64, bool) {
    let Some(burden) = burden else { return (0, false) };
    let weeks = workload(&burden.work, today, WEEKS).weeks;
    let minutes: u64 = weeks.iter().map(|week| week.accepted.minutes).sum();
    let time = u64::from(burden.capacity) * WEEKS as u64;
    let share = match minutes {
        0 => 0,
        _ if time == 0 => MOST_COUNTED,
        _ => (minutes.saturating_mul(10_000) / time).min(MOST_COUNTED),
    };
    (share, weeks.iter().any(|week| week.is_overloaded(burden.capacity)))
}

#[cfg(test)]
mod tests {
    use hearten_expectation::Work;

    use super::*;

    #[test]
    fn a_load_is_a_share_of_four_weeks_and_has_an_end() {
        let today: NaiveDate = "2026-11-25".parse().unwrap();
        let burden = |minutes: u64, capacity| Burden {
            work: vec![Work { due: today, minutes: Some(minutes), accepted: true }],
            capacity,
            capacity_is_set: true,
        };
        assert_eq!(load(None, today), (0, false));
        assert_eq!(load(Some(&burden(2_400, 2_400)), today), (2_500, false));
        assert_eq!(load(Some(&burden(2_401, 2_400)), today), (2_501, true));
        assert_eq!(load(Some(&burden(1_000_000, 2_400)), today), (MOST_COUNTED, true));
        assert_eq!(load(Some(&burden(1, 0)), today), (MOST_COUNTED, true));
    }
}

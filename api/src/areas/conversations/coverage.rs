//! The share of a team's people who talked with their manager lately.
//!
//! It is shown of groups only, and never so that groups together speak of fewer than five people: which teams are shown is
//! a release plan (`crates/disclosure`), decided from who is in which team, and the same for everybody who asks. It is
//! decided anew when the directory changes. Of these, each is shown only what stays a group without those of whom they know
//! it anyway: managers above see single gaps, and everybody knows about themselves. The spans that can be asked for are few,
//! and they begin at midnight, so that nobody moves the window by a day to see who entered it.

use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use hearten_disclosure::{Candidate, ReleasePlan, SuppressionReason, Verdict};
use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord};
use hearten_policy::{Action, Resource};
use moka::sync::Cache;

use super::{
    gaps::pairs_since,
    types::{ConversationCoverage, ConversationCoverageHidden, ConversationCoverageShare},
};
use crate::{
    areas::directory::service::shown_beside,
    graphql::{
        context::{Asker, RequestContext},
        error::Exception,
        loaders::Rows,
    },
    platform::db::Db,
};

/// The spans that can be asked for, in weeks.
pub const WEEKS: [i32; 4] = [2, 4, 8, 13];
/// The smallest group that is shown.
pub const MINIMUM: usize = 5;
/// Shares are told in steps of so many percent.
const STEP: usize = 5;

/// Who held a 1:1 with whom.
#[derive(Debug, Default)]
pub struct Covered(HashSet<(PersonId, PersonId)>);

impl Covered {
    /// The pairs who held a 1:1 since a moment.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(db: &Db, organization: OrganizationId, since: DateTime<Utc>) -> Result<Self, Exception> {
        Ok(Self(pairs_since(db, organization, since, None).await?))
    }
}

/// Which teams are shown, for one state of the directory.
pub struct CoveragePlan {
    plan: ReleasePlan,
    teams: Vec<TeamId>,
}

impl CoveragePlan {
    /// Larger groups first: an earlier one is never given up for a later one, so the whole is shown before its parts.
    fn decide(chart: &OrgChart) -> Result<Self, Exception> {
        let with_manager: Vec<PersonId> = chart
            .persons()
            .iter()
            .filter(|person| manager_of(chart, person).is_some())
            .map(|person| person.id)
            .collect();
        let place: HashMap<PersonId, u32> = with_manager.iter().copied().zip(0..).collect();
        let mut groups: Vec<(TeamId, Vec<u32>)> = chart
            .teams()
            .iter()
            .map(|team| {
                let members = chart.members_of_subtree(team.id);
                let mut members: Vec<u32> =
                    members.iter().filter_map(|person| place.get(&person.id).copied()).collect();
                members.sort_unstable();
                (team.id, members)
            })
            .collect();
        groups.sort_by_key(|(team, members)| (std::cmp::Reverse(members.len()), *team));
        let teams = groups.iter().map(|(team, _)| *team).collect();
        let candidates: Vec<Candidate> = groups.into_iter().map(|(_, members)| Candidate { members }).collect();
        let plan = ReleasePlan::decide(with_manager.len(), MINIMUM, &candidates).map_err(Exception::internal)?;
        Ok(Self { plan, teams })
    }

    fn verdict(&self, team: TeamId) -> Verdict {
        match self.teams.iter().position(|other| *other == team) {
            Some(at) => self.plan.verdict(at),
            None => Verdict::Hidden(SuppressionReason::NotInPlan),
        }
    }
}

/// The plans this node decided lately. One follows from the directory alone, so it is never stale.
#[derive(Clone)]
pub struct CoveragePlans(Cache<(OrganizationId, i64), Arc<CoveragePlan>>);

impl Default for CoveragePlans {
    fn default() -> Self {
        Self(Cache::new(16))
    }
}

impl CoveragePlans {
    /// The plan of the asker's directory; decided off the event loop.
    async fn of(&self, ctx: &RequestContext) -> Result<Arc<CoveragePlan>, Exception> {
        let snapshot = Arc::clone(&ctx.asker()?.snapshot);
        let key = (snapshot.chart.organization(), snapshot.chart.version());
        if let Some(plan) = self.0.get(&key) {
            return Ok(plan);
        }
        let decided = tokio::task::spawn_blocking(move || CoveragePlan::decide(&snapshot.chart)).await;
        let plan = Arc::new(decided.map_err(Exception::internal)??);
        self.0.insert(key, Arc::clone(&plan));
        Ok(plan)
    }
}

/// The manager somebody has to talk with; nobody is counted without one.
fn manager_of(chart: &OrgChart, person: &PersonRecord) -> Option<PersonId> {
    person.manager.filter(|manager| chart.active_person(*manager).is_some())
}

/// The teams whose share the one who asks may be shown, as a key. One request has one asker, and so one answer.
#[derive(Clone)]
pub struct ShownTo {
    asker: Arc<Asker>,
    plan: Arc<CoveragePlan>,
}

impl PartialEq for ShownTo {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ShownTo {}

impl Hash for ShownTo {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Loader<ShownTo> for Rows {
    type Value = Arc<HashSet<TeamId>>;
    type Error = Arc<Exception>;

    // It reads nothing: all teams of a page are decided together.
    async fn load(&self, keys: &[ShownTo]) -> Result<HashMap<ShownTo, Self::Value>, Arc<Exception>> {
        let shown = |ShownTo { asker, plan }: &ShownTo| {
            let chart = &asker.snapshot.chart;
            let knows = |person: PersonId| {
                asker.person() == Some(person) || asker.may(Action::ReadConversationGap, Resource::Person(person))
            };
            let counted =
                |person| chart.active_person(person).is_some_and(|person| manager_of(chart, person).is_some());
            let singly = |person| !counted(person) || knows(person);
            shown_beside(chart, singly, |team| !matches!(plan.verdict(team), Verdict::Hidden(_)), MINIMUM)
        };
        Ok(keys.iter().map(|key| (key.clone(), Arc::new(shown(key)))).collect())
    }
}

/// The share of the people of a team, and of the teams below it, who held a 1:1 with their manager in the last `weeks`;
/// None where the asker may not see it.
///
/// # Errors
/// BAD_USER_INPUT for other weeks than [`WEEKS`].
pub async fn share_of_team(
    ctx: &RequestContext,
    team: TeamId,
    weeks: i32,
) -> Result<Option<ConversationCoverage>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadConversationCoverage, Resource::Team(team)) {
        return Ok(None);
    }
    if !WEEKS.contains(&weeks) {
        return Err(Exception::bad_input("weeks: 2, 4, 8 or 13"));
    }
    let plan = ctx.app.coverage_plans.of(ctx).await?;
    if let Verdict::Hidden(reason) = plan.verdict(team) {
        return Ok(Some(ConversationCoverage::Hidden(ConversationCoverageHidden { reason: reason.into() })));
    }
    let beside = ctx.loaders()?.load(ShownTo { asker: Arc::clone(&asker), plan }).await?;
    if !beside.is_some_and(|teams| teams.contains(&team)) {
        let reason = SuppressionReason::Complementary.into();
        return Ok(Some(ConversationCoverage::Hidden(ConversationCoverageHidden { reason })));
    }
    let since = ctx.app.clock.today().and_time(NaiveTime::MIN).and_utc() - TimeDelta::weeks(i64::from(weeks));
    let covered = ctx.loaders()?.conversations().covered_since(since).await?;
    let chart = &asker.snapshot.chart;
    let (mut people, mut talked) = (0_usize, 0_usize);
    for person in chart.members_of_subtree(team).iter() {
        let Some(manager) = manager_of(chart, person) else { continue };
        people += 1;
        talked += usize::from(covered.0.contains(&(person.id, manager)));
    }
    // Rounded to the nearest step: nobody reads off a share that one person moved it.
    let percent = (talked * 100 + people * STEP / 2) / (people.max(1) * STEP) * STEP;
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let share = ConversationCoverageShare { share: f64::from(count(percent)) / 100.0, people: count(people), weeks };
    Ok(Some(ConversationCoverage::Share(share)))
}

#[cfg(test)]
mod tests {
    use hearten_orgchart::{PersonRecord, Relationship, TeamRecord};
    use uuid::Uuid;

    use super::*;

    fn person(n: u128, team: u128) -> PersonRecord {
        PersonRecord {
            id: PersonId(Uuid::from_u128(n)),
            external_id: None,
            display_name: n.to_string().into(),
            email: None,
            title: None,
            relationship: Relationship::Employee,
            team: Some(TeamId(Uuid::from_u128(team))),
            manager: (n != 1).then_some(PersonId(Uuid::from_u128(1))),
            hired_on: None,
            left_on: None,
            leave_reason: None,
            locale: None,
            attributes: [].into(),
            signed_out_before: None,
            deactivated: false,
        }
    }

    /// Two teams below a root: of the root 12 people, of the first `first` of them.
    fn plan(first: u128) -> CoveragePlan {
        let team = |n: u128, parent: Option<u128>| TeamRecord {
            id: TeamId(Uuid::from_u128(n)),
            external_id: None,
            name: n.to_string().into(),
            parent: parent.map(|parent| TeamId(Uuid::from_u128(parent))),
            lead: None,
            archived: false,
        };
        let mut persons = vec![person(1, 100)];
        persons.extend((2..14).map(|n| person(n, if n < 2 + first { 101 } else { 102 })));
        let teams = vec![team(100, None), team(101, Some(100)), team(102, Some(100))];
        let chart = OrgChart::build(OrganizationId(Uuid::from_u128(1)), 1, persons, teams).unwrap();
        CoveragePlan::decide(&chart).unwrap()
    }

    #[test]
    fn a_part_is_shown_only_where_the_rest_is_large_enough_too() {
        let shown = |first: u128| {
            let plan = plan(first);
            [100, 101, 102].map(|team| plan.verdict(TeamId(Uuid::from_u128(team))).is_shown())
        };
        assert_eq!(shown(6), [true, true, true]);
        assert_eq!(shown(5), [true, true, true]);
        // Nine and three: the nine and all would give the three away.
        assert_eq!(shown(9), [true, false, false]);
        assert_eq!(plan(9).verdict(TeamId(Uuid::from_u128(999))), Verdict::Hidden(SuppressionReason::NotInPlan));
    }
}

//! Making a chart: from nothing, or from an older one with records written over it.
//!
//! Both go the same way, so that a chart that was edited a thousand times is the chart that would be built afresh.

use std::sync::Arc;

use hearten_ids::OrganizationId;

use crate::{
    ChartProblem, OrgChart, PersonRecord, TeamRecord,
    forest::{Forest, NONE},
    people::{People, Touched},
    seats::Seats,
    tree::TeamTree,
};

/// Which derived arrays a change makes stale.
struct Stale {
    seats: bool,
    lines: bool,
}

impl OrgChart {
    /// The chart of an organization nobody has been entered into yet.
    pub fn empty(organization: OrganizationId) -> Self {
        Self {
            organization,
            version: i64::MIN,
            people: People::new(),
            tree: Arc::default(),
            seats: Arc::new(Seats::fill(&[], 0, |_| NONE)),
            lines: Arc::default(),
        }
    }

    /// Builds the chart of an organization from all its records, in any order.
    ///
    /// # Errors
    ///
    /// A [`ChartProblem`] that names the records that do not fit together.
    pub fn build(
        organization: OrganizationId,
        version: i64,
        persons: Vec<PersonRecord>,
        teams: Vec<TeamRecord>,
    ) -> Result<Self, ChartProblem> {
        Self::empty(organization).apply(version, persons, teams)
    }

    /// A new chart from this one with the given records written over it; a record is found by its id. Records are
    /// never taken out: a person who leaves is deactivated, a team that is dissolved is archived.
    ///
    /// # Errors
    ///
    /// A [`ChartProblem`]; this chart is as it was.
    pub fn apply(
        &self,
        version: i64,
        persons: Vec<PersonRecord>,
        teams: Vec<TeamRecord>,
    ) -> Result<Self, ChartProblem> {
        if version < self.version {
            return Err(ChartProblem::OlderVersion { held: self.version, found: version });
        }
        let mut next = Self { version, ..self.clone() };
        let touched = next.people.upsert(persons)?;
        let teams_changed = !teams.is_empty();
        if teams_changed {
            next.tree = Arc::new(self.tree.with(teams, &next.people)?);
        }
        next.check_teams(&touched, teams_changed)?;
        let stale = next.stale(&touched);
        if stale.lines {
            next.lines = Arc::new(next.reporting_lines()?);
        }
        if stale.seats || teams_changed {
            let place_of =
                |slot: u32| next.team_slot_of(slot).map_or(NONE, |team| next.tree.forest.interval(team).0 as u32);
            next.seats = Arc::new(Seats::fill(next.people.active(), next.tree.len(), place_of));
        }
        Ok(next)
    }

    fn stale(&self, touched: &[Touched]) -> Stale {
        let mut stale = Stale { seats: false, lines: false };
        for Touched { slot, before } in touched {
            let now = self.people.entry(*slot);
            let Some(before) = before else { return Stale { seats: true, lines: true } };
            let listed = before.name_key != now.name_key || before.record.is_active() != now.record.is_active();
            stale.seats |= listed || before.record.team != now.record.team;
            stale.lines |= listed || before.record.manager != now.record.manager;
        }
        stale
    }

    /// A person's team exists and, if the person is active, is in use. When teams changed, it may be that of anybody.
    fn check_teams(&self, touched: &[Touched], teams_changed: bool) -> Result<(), ChartProblem> {
        let check = |slot: u32| {
            let record = self.people.record(slot);
            let Some(team) = record.team else { return Ok(()) };
            let person = record.id;
            let place = self.tree.slot(team).ok_or(ChartProblem::UnknownTeam { person, team })?;
            if record.is_active() && self.tree.record(place).archived {
                return Err(ChartProblem::ArchivedTeam { person, team });
            }
            Ok(())
        };
        if teams_changed {
            (0..self.people.len() as u32).try_for_each(check)
        } else {
            touched.iter().try_for_each(|touched| check(touched.slot))
        }
    }

    fn reporting_lines(&self) -> Result<Forest, ChartProblem> {
        let n = self.people.len();
        let mut managers = Vec::with_capacity(n);
        for slot in 0..n as u32 {
            let record = self.people.record(slot);
            managers.push(match record.manager {
                None => NONE,
                Some(manager) => {
                    self.people.slot(manager).ok_or(ChartProblem::UnknownManager { person: record.id, manager })?
                }
            });
        }
        let mut listing = Vec::with_capacity(n);
        listing.extend_from_slice(self.people.active());
        listing.extend_from_slice(self.people.former());
        Forest::grow(managers, &listing, self.people.active().len()).map_err(|cycle| {
            ChartProblem::ManagerCycle(cycle.into_iter().map(|slot| self.people.record(slot).id).collect())
        })
    }
}

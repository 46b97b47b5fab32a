//! The chart and what can be read from it.

use std::sync::Arc;

use hearten_ids::{OrganizationId, PersonId, TeamId};

use crate::{
    PersonRecord, TeamRecord,
    cursor::{PersonCursor, TeamCursor},
    forest::{Forest, NONE},
    list::{Order, PersonList, TeamList},
    people::People,
    seats::Seats,
    tree::TeamTree,
};

/// The immutable snapshot of one organization. Hold it in an `Arc`; an edit makes another one.
///
/// Persons who have left (`deactivated`) are found by id, external id and e-mail address, and hold the reporting lines
/// together; they are members of no team, in no headcount, nobody's reports, nobody's manager and lead nothing.
#[derive(Debug, Clone)]
pub struct OrgChart {
    pub(crate) organization: OrganizationId,
    pub(crate) version: i64,
    pub(crate) people: People,
    pub(crate) tree: Arc<TeamTree>,
    /// The team of every person by slot, `NONE` for those without.
    pub(crate) team_of: Arc<Vec<u32>>,
    pub(crate) seats: Arc<Seats>,
    pub(crate) lines: Arc<Forest>,
}

/// The organization.
impl OrgChart {
    /// Whose chart it is.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The directory version it shows; `i64::MIN` for an empty chart.
    pub const fn version(&self) -> i64 {
        self.version
    }
}

/// Where a person's record stands in the chart it was taken from, and in every chart edited from that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonSlot(pub(crate) u32);

/// Persons.
impl OrgChart {
    /// A person, active or not.
    pub fn person(&self, id: PersonId) -> Option<&PersonRecord> {
        self.people.slot(id).map(|slot| self.people.record(slot))
    }

    /// Where a person's record stands, active or not: for whoever will read it more than once.
    pub fn slot(&self, id: PersonId) -> Option<PersonSlot> {
        self.people.slot(id).map(PersonSlot)
    }

    /// The record in a slot of this chart.
    ///
    /// # Panics
    /// With a slot of another chart.
    pub fn at(&self, slot: PersonSlot) -> &PersonRecord {
        self.people.record(slot.0)
    }

    /// The place in lists of persons of whoever stands in a slot of this chart.
    ///
    /// # Panics
    /// With a slot of another chart.
    pub fn cursor_at(&self, slot: PersonSlot) -> PersonCursor {
        let entry = self.people.entry(slot.0);
        PersonCursor { name_key: Arc::clone(&entry.name_key), id: entry.record.id }
    }

    /// A person, if active.
    pub fn active_person(&self, id: PersonId) -> Option<&PersonRecord> {
        self.person(id).filter(|person| person.is_active())
    }

    /// The person the system of record knows by this id, active or not.
    pub fn person_by_external_id(&self, external_id: &str) -> Option<&PersonRecord> {
        self.people.slot_by_external_id(external_id).map(|slot| self.people.record(slot))
    }

    /// The person with this e-mail address, whatever its case, active or not.
    pub fn person_by_email(&self, email: &str) -> Option<&PersonRecord> {
        self.people.slot_by_email(email).map(|slot| self.people.record(slot))
    }

    /// All active persons, by name.
    pub fn persons(&self) -> PersonList<'_> {
        self.list(self.people.active(), Order::Name)
    }

    /// All persons who are not active any more, by name.
    pub fn former_persons(&self) -> PersonList<'_> {
        self.list(self.people.former(), Order::Name)
    }

    /// A person's place in lists of persons.
    pub fn person_cursor(&self, id: PersonId) -> Option<PersonCursor> {
        let entry = self.people.entry(self.people.slot(id)?);
        Some(PersonCursor { name_key: Arc::clone(&entry.name_key), id })
    }

    fn list<'a>(&'a self, slots: &'a [u32], order: Order) -> PersonList<'a> {
        PersonList { chart: self, slots, order }
    }

    /// The slot of the team a person's record names.
    pub(crate) fn team_slot_of(&self, person: u32) -> Option<u32> {
        self.team_of.get(person as usize).copied().filter(|team| *team != NONE)
    }
}

/// Teams.
impl OrgChart {
    /// A team, in use or archived.
    pub fn team(&self, id: TeamId) -> Option<&TeamRecord> {
        self.tree.slot(id).map(|slot| self.tree.record(slot))
    }

    /// The team the system of record knows by this id, in use or archived.
    pub fn team_by_external_id(&self, external_id: &str) -> Option<&TeamRecord> {
        self.tree.slot_by_external_id(external_id).map(|slot| self.tree.record(slot))
    }

    /// The team above all others; none in an organization without teams.
    pub fn root_team(&self) -> Option<&TeamRecord> {
        self.tree.root().map(|slot| self.tree.record(slot))
    }

    /// All teams in use, by name.
    pub fn teams(&self) -> TeamList<'_> {
        self.team_list(self.tree.by_name(), Order::Name)
    }

    /// The teams in use right below a team, by name; empty for an unknown team.
    pub fn children(&self, team: TeamId) -> TeamList<'_> {
        self.team_list(self.tree.slot(team).map_or(&[], |slot| self.tree.forest.children(slot)), Order::Name)
    }

    /// A team and all teams in use below it, in tree order; empty for an unknown team.
    pub fn subtree(&self, team: TeamId) -> TeamList<'_> {
        match self.tree.slot(team) {
            Some(slot) => {
                let forest = &self.tree.forest;
                self.team_list(forest.within(slot), Order::Tree { root: slot, start: forest.rank(slot) })
            }
            None => self.team_list(&[], Order::Name),
        }
    }

    /// The teams above a team, root first, without the team itself; empty for an unknown team.
    pub fn ancestors(&self, team: TeamId) -> Vec<&TeamRecord> {
        let mut above: Vec<_> = match self.tree.slot(team) {
            Some(slot) => self.tree.forest.above(slot).map(|slot| self.tree.record(slot)).collect(),
            None => Vec::new(),
        };
        above.reverse();
        above
    }

    /// Whether a team is another or lies below it: two comparisons. False if either is unknown.
    pub fn is_in_subtree(&self, team: TeamId, ancestor: TeamId) -> bool {
        match (self.tree.slot(team), self.tree.slot(ancestor)) {
            (Some(team), Some(ancestor)) => self.tree.forest.is_within(team, ancestor),
            _ => false,
        }
    }

    /// Whether a person's record names a team inside a sub-tree; true for persons who have left from there, too.
    pub fn belongs_to_subtree(&self, person: PersonId, ancestor: TeamId) -> bool {
        self.person(person).and_then(|person| person.team).is_some_and(|team| self.is_in_subtree(team, ancestor))
    }

    /// The active members of a team itself, by name.
    pub fn members(&self, team: TeamId) -> PersonList<'_> {
        self.seated(team, |(from, _)| (from, from + 1))
    }

    /// The active members of a team and of all teams below, by team in tree order, then name.
    pub fn members_of_subtree(&self, team: TeamId) -> PersonList<'_> {
        self.seated(team, |interval| interval)
    }

    fn seated(&self, team: TeamId, places: impl Fn((usize, usize)) -> (usize, usize)) -> PersonList<'_> {
        let Some(slot) = self.tree.slot(team) else { return self.list(&[], Order::Name) };
        let (from, to) = places(self.tree.forest.interval(slot));
        self.list(self.seats.of(from, to), Order::Seats { start: self.seats.offset(from), from, to })
    }

    /// How many active members a team itself has: O(1).
    pub fn headcount(&self, team: TeamId) -> usize {
        self.members(team).len()
    }

    /// How many active members a team and all teams below have: O(1).
    pub fn headcount_of_subtree(&self, team: TeamId) -> usize {
        self.members_of_subtree(team).len()
    }

    /// Who leads a team, if active.
    pub fn lead(&self, team: TeamId) -> Option<&PersonRecord> {
        self.active_person(self.team(team)?.lead?)
    }

    /// The teams in use that a person leads, by name; none for somebody who has left.
    pub fn teams_led_by(&self, person: PersonId) -> TeamList<'_> {
        let slots = match self.people.slot(person) {
            Some(slot) if self.people.record(slot).is_active() => self.tree.led_by(slot),
            _ => &[],
        };
        self.team_list(slots, Order::Name)
    }

    /// A team's place in lists of teams.
    pub fn team_cursor(&self, id: TeamId) -> Option<TeamCursor> {
        let entry = self.tree.entry(self.tree.slot(id)?);
        Some(TeamCursor { name_key: Arc::clone(&entry.name_key), id })
    }

    fn team_list<'a>(&'a self, slots: &'a [u32], order: Order) -> TeamList<'a> {
        TeamList { chart: self, slots, order }
    }
}

/// Reporting lines.
impl OrgChart {
    /// Whom a person reports to, if that manager is active.
    pub fn manager(&self, person: PersonId) -> Option<&PersonRecord> {
        self.active_person(self.person(person)?.manager?)
    }

    /// Active persons who report to a person, by name.
    pub fn direct_reports(&self, manager: PersonId) -> PersonList<'_> {
        let slots = self.people.slot(manager).map_or(&[] as &[u32], |slot| self.lines.children(slot));
        self.list(slots, Order::Name)
    }

    /// Active persons below a person in the reporting lines, in pre-order: everybody stands right before his or her
    /// own reports, colleagues by name.
    pub fn all_reports(&self, manager: PersonId) -> PersonList<'_> {
        match self.people.slot(manager) {
            Some(slot) => {
                let shown = usize::from(self.people.record(slot).is_active());
                self.list(self.lines.below(slot), Order::Tree { root: slot, start: self.lines.rank(slot) + shown })
            }
            None => self.list(&[], Order::Name),
        }
    }

    /// Whether a person is below another in the reporting lines: two comparisons. Nobody is below himself or herself;
    /// a line goes on through managers who have left.
    pub fn is_below(&self, person: PersonId, manager: PersonId) -> bool {
        match (self.people.slot(person), self.people.slot(manager)) {
            (Some(person), Some(manager)) => person != manager && self.lines.is_within(person, manager),
            _ => false,
        }
    }

    /// The active persons above a person, nearest first; whoever has left is passed over.
    pub fn management_chain(&self, person: PersonId) -> Vec<&PersonRecord> {
        match self.people.slot(person) {
            Some(slot) => {
                let above = self.lines.above(slot).map(|slot| self.people.record(slot));
                above.filter(|person| person.is_active()).collect()
            }
            None => Vec::new(),
        }
    }
}

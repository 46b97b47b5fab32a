//! Lists of persons and of teams: slices of the chart that page by offset and resume behind a cursor.

use std::cmp::Ordering;

use hearten_ids::{PersonId, TeamId};

use crate::{
    OrgChart, PersonRecord, PersonSlot, TeamRecord,
    cursor::{PersonCursor, TeamCursor},
};

/// What a list is sorted by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Order {
    /// By (name, id).
    Name,
    /// By team in tree order, then (name, id); the list begins at this offset of all seats.
    Seats { start: usize, from: usize, to: usize },
    /// In pre-order of the tree or of the reporting lines: everybody stands before those below, siblings by
    /// (name, id). The list is what lies under `root` and begins at this rank.
    Tree { root: u32, start: usize },
}

/// Persons in a stable order. Length is O(1), a page costs its own length, a look-up O(log n) at most.
///
/// Lists of one team, of direct reports and of everybody are sorted by display name (in lower case), then id. The
/// members of a sub-tree are sorted by team (a team before its sub-teams, siblings by name), then name, then id; all
/// reports stand below whom they report to. Either way a page is a slice and nothing is sorted when it is read.
#[derive(Debug, Clone, Copy)]
pub struct PersonList<'a> {
    pub(crate) chart: &'a OrgChart,
    pub(crate) slots: &'a [u32],
    pub(crate) order: Order,
}

impl<'a> PersonList<'a> {
    /// How many persons it holds.
    pub const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it holds nobody.
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The person at an offset.
    pub fn get(&self, offset: usize) -> Option<&'a PersonRecord> {
        self.slots.get(offset).map(|slot| self.chart.people.record(*slot))
    }

    /// Everybody in it.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a PersonRecord> + DoubleEndedIterator + use<'a> {
        self.page(0, self.len())
    }

    /// Up to `limit` persons from an offset on; nobody from an offset behind the end.
    pub fn page(
        &self,
        offset: usize,
        limit: usize,
    ) -> impl ExactSizeIterator<Item = &'a PersonRecord> + DoubleEndedIterator + use<'a> {
        let chart = self.chart;
        self.page_of_slots(offset, limit).map(move |slot| chart.at(slot))
    }

    /// The same, as slots of the chart.
    pub fn page_of_slots(
        &self,
        offset: usize,
        limit: usize,
    ) -> impl ExactSizeIterator<Item = PersonSlot> + DoubleEndedIterator + use<'a> {
        window(self.slots, offset, limit).iter().map(|slot| PersonSlot(*slot))
    }

    /// Where a person stands in it.
    pub fn position(&self, id: PersonId) -> Option<usize> {
        let cursor = self.chart.person_cursor(id)?;
        let place = self.count_up_to(&cursor)?.checked_sub(1)?;
        (self.get(place)?.id == id).then_some(place)
    }

    /// The offset of the first person behind a cursor. In an order by name every cursor is a place, whoever it was. In
    /// the other orders the place is that of the person it names, even if he or she has left since; `None` if the
    /// person has moved out of the list, and the reader should begin again.
    pub fn offset_after(&self, cursor: &PersonCursor) -> Option<usize> {
        self.count_up_to(cursor)
    }

    /// How many of the list stand at or before a cursor.
    fn count_up_to(&self, cursor: &PersonCursor) -> Option<usize> {
        let people = &self.chart.people;
        let up_to = |slots: &[u32]| slots.partition_point(|slot| people.compare_to(*slot, cursor) != Ordering::Greater);
        match self.order {
            Order::Name => Some(up_to(self.slots)),
            Order::Seats { start, from, to } => {
                let team = self.chart.team_slot_of(people.slot(cursor.id)?)?;
                let (place, _) = self.chart.tree.forest.interval(team);
                (from..to).contains(&place).then(|| {
                    let seats = &self.chart.seats;
                    seats.offset(place) - start + up_to(seats.of(place, place + 1))
                })
            }
            Order::Tree { root, start } => {
                let slot = people.slot(cursor.id)?;
                let shown = usize::from(people.record(slot).is_active());
                let lines = &self.chart.lines;
                (slot != root && lines.is_within(slot, root)).then(|| lines.rank(slot) + shown - start)
            }
        }
    }
}

/// Teams in a stable order; archived teams are in none. What [`PersonList`] says of cost holds here too.
///
/// Children, teams led by a person and all teams are sorted by name (in lower case), then id; a sub-tree is in
/// pre-order: a team before its sub-teams, siblings by name.
#[derive(Debug, Clone, Copy)]
pub struct TeamList<'a> {
    pub(crate) chart: &'a OrgChart,
    pub(crate) slots: &'a [u32],
    pub(crate) order: Order,
}

impl<'a> TeamList<'a> {
    /// How many teams it holds.
    pub const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The team at an offset.
    pub fn get(&self, offset: usize) -> Option<&'a TeamRecord> {
        self.slots.get(offset).map(|slot| self.chart.tree.record(*slot))
    }

    /// Every team in it.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a TeamRecord> + DoubleEndedIterator + use<'a> {
        self.page(0, self.len())
    }

    /// Up to `limit` teams from an offset on; none from an offset behind the end.
    pub fn page(
        &self,
        offset: usize,
        limit: usize,
    ) -> impl ExactSizeIterator<Item = &'a TeamRecord> + DoubleEndedIterator + use<'a> {
        let chart = self.chart;
        window(self.slots, offset, limit).iter().map(move |slot| chart.tree.record(*slot))
    }

    /// Where a team stands in it.
    pub fn position(&self, id: TeamId) -> Option<usize> {
        let cursor = self.chart.team_cursor(id)?;
        let place = self.offset_after(&cursor)?.checked_sub(1)?;
        (self.get(place)?.id == id).then_some(place)
    }

    /// The offset of the first team behind a cursor, as for [`PersonList::offset_after`].
    pub fn offset_after(&self, cursor: &TeamCursor) -> Option<usize> {
        let tree = &self.chart.tree;
        match self.order {
            Order::Name => Some(self.slots.partition_point(|slot| tree.compare_to(*slot, cursor) != Ordering::Greater)),
            Order::Seats { .. } => None,
            Order::Tree { root, start } => {
                let slot = tree.slot(cursor.id)?;
                let shown = usize::from(!tree.record(slot).archived);
                tree.forest.is_within(slot, root).then(|| tree.forest.rank(slot) + shown - start)
            }
        }
    }
}

fn window(slots: &[u32], offset: usize, limit: usize) -> &[u32] {
    let from = offset.min(slots.len());
    &slots[from..from.saturating_add(limit).min(slots.len())]
}

//! Lists of persons and teams by filter and order. Filters are answered from the chart in one pass that ends with the
//! page: it costs no query, and at worst a look at everybody in the organization.

use std::{cmp::Ordering, sync::Arc};

use async_graphql::Result;
use chrono::NaiveDate;
use hearten_ids::PersonId;
use hearten_orgchart::{PersonList, PersonSlot};
use hearten_policy::{Action, Resource};

use super::{
    filters::{
        OrderDirection, PersonFilter, PersonFilterInput, PersonOrderField, PersonOrderInput, TeamFilter,
        TeamFilterInput, TeamOrderInput,
    },
    service::{Walk, walk_persons, walk_teams},
    types::{Person, Team},
};
use crate::graphql::{
    context::Asker,
    paging::{Arranged, Listing, Page, listing, listing_of},
};

/// The arguments of a connection, as they came.
pub struct PageArguments {
    /// How many from the beginning.
    pub first: Option<i32>,
    /// The cursor before.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// The cursor behind.
    pub before: Option<String>,
}

/// Where a person stands in an order by first day: the word keeps cursors of other orders out. Unknown days are the
/// latest.
type HiredPlace = (Hired, Option<NaiveDate>, PersonId);

/// The word in cursors of an order by first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
enum Hired {
    Hired,
}

/// A page of the persons who are wanted.
///
/// # Errors
/// BAD_USER_INPUT for a filter or a page that is not accepted; FORBIDDEN where it asks for what the asker may not read
/// of everybody in question.
pub fn persons(
    asker: &Arc<Asker>,
    filter: Option<PersonFilterInput>,
    order: Option<PersonOrderInput>,
    page: PageArguments,
) -> Result<Listing<Person>> {
    let filter = PersonFilter::read(filter)?;
    let by_day = order.filter(|order| order.field == PersonOrderField::HiredOn);
    if filter.asks_employment || by_day.is_some() {
        // Of everybody in question, not of each by itself: who is left out would tell of those whose days are hidden.
        asker.require(Action::ReadPersonEmployment, filter.team.map_or(Resource::Organization, Resource::Team))?;
    }
    let chart = &asker.snapshot.chart;
    let (list, within) = match filter.team {
        // Sorted by team, then name, as it always was where no order is asked for.
        Some(team) if filter.active && order.is_none() => (chart.members_of_subtree(team), None),
        team if filter.active => (chart.persons(), team),
        team => (chart.former_persons(), team),
    };
    let wanted = |slot: PersonSlot| {
        let person = chart.at(slot);
        within.is_none_or(|team| chart.belongs_to_subtree(person.id, team)) && filter.holds(chart, person)
    };
    // What more conditions let through is not counted: that would take a look at everybody for every page.
    let counted = filter.active && filter.is_plain() && asker.may(Action::ReadHeadcount, Resource::Organization);
    let total = counted.then(|| within.map_or(list.len(), |team| chart.headcount_of_subtree(team)));
    let PageArguments { first, after, last, before } = page;
    if let Some(order) = by_day {
        let page = Page::from_arguments(first, after, last, before)?;
        return Ok(by_first_day(asker, &list, &page, order.direction, wanted, total));
    }
    let page = Page::from_arguments(first, after, last, before)?;
    let descending = order.is_some_and(|order| order.direction == OrderDirection::Desc);
    let found = walk_persons(asker, &list, &page, Walk { descending, wanted })?;
    Ok(listing_of(page.arrange(found), total))
}

/// A page in the order of first days. No list of the chart is sorted by them, so everybody is looked at, and as many are
/// kept as the page needs.
fn by_first_day(
    asker: &Arc<Asker>,
    list: &PersonList<'_>,
    page: &Page<HiredPlace>,
    direction: OrderDirection,
    wanted: impl Fn(PersonSlot) -> bool,
    total: Option<usize>,
) -> Listing<Person> {
    let compare = |a: &HiredPlace, b: &HiredPlace| {
        let key = |place: &HiredPlace| (place.1.is_none(), place.1, place.2);
        let ascending = key(a).cmp(&key(b));
        if direction == OrderDirection::Asc { ascending } else { ascending.reverse() }
    };
    // Nearest to where the page begins first.
    let nearest = |a: &HiredPlace, b: &HiredPlace| if page.backwards { compare(b, a) } else { compare(a, b) };
    let between = |place: &HiredPlace| {
        page.after.as_ref().is_none_or(|after| compare(place, after) == Ordering::Greater)
            && page.before.as_ref().is_none_or(|before| compare(place, before) == Ordering::Less)
    };
    let needed = page.size + 1;
    let mut kept: Vec<(HiredPlace, PersonSlot)> = Vec::with_capacity(4 * needed);
    let keep_nearest = |kept: &mut Vec<(HiredPlace, PersonSlot)>| {
        kept.sort_unstable_by(|(a, _), (b, _)| nearest(a, b));
        kept.truncate(needed);
    };
    for slot in list.page_of_slots(0, list.len()) {
        let record = asker.snapshot.chart.at(slot);
        let place = (Hired::Hired, record.hired_on, record.id);
        if between(&place) && wanted(slot) && Person::seen_at(asker, slot).is_some() {
            kept.push((place, slot));
            if kept.len() == 4 * needed {
                keep_nearest(&mut kept);
            }
        }
    }
    keep_nearest(&mut kept);
    let seen = kept.into_iter().filter_map(|(place, slot)| Some((place, Person::seen_at(asker, slot)?))).collect();
    let Arranged { rows, has_previous, has_next } = page.arrange(seen);
    listing(rows, has_previous, has_next, total)
}

/// A page of the teams that are wanted.
///
/// # Errors
/// BAD_USER_INPUT for a filter or a page that is not accepted.
pub fn teams(
    asker: &Arc<Asker>,
    filter: Option<TeamFilterInput>,
    order: Option<TeamOrderInput>,
    page: PageArguments,
) -> Result<Listing<Team>> {
    let filter = TeamFilter::read(filter)?;
    let chart = &asker.snapshot.chart;
    let list = chart.teams();
    let counted = filter.is_empty() && asker.may(Action::ReadHeadcount, Resource::Organization);
    let page = Page::from_arguments(page.first, page.after, page.last, page.before)?;
    let descending = order.is_some_and(|order| order.direction == OrderDirection::Desc);
    let found = walk_teams(asker, &list, &page, Walk { descending, wanted: |team| filter.holds(chart, team) })?;
    Ok(listing_of(page.arrange(found), counted.then_some(list.len())))
}

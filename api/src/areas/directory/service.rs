//! Reading the directory: pages of persons and teams from the chart, history from the database.

use std::{ops::Range, sync::Arc};

use async_graphql::Result;
use hearten_entity::{InOrganization, directory_change};
use hearten_ids::{DirectoryChangeId, PersonId, TeamId};
use hearten_orgchart::{PersonCursor, PersonList, PersonSlot, TeamCursor, TeamList};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait};

pub use super::beside::shown_beside;
use super::types::{DirectoryChange, DirectoryField, Person, Team};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::Exception,
    paging::{Arranged, Listing, Page, listing, listing_of},
    scalars::{Date, DateTime},
};

/// How a list of the chart is walked.
pub struct Walk<F> {
    /// From its end to its beginning.
    pub descending: bool,
    /// Who or what is wanted of it.
    pub wanted: F,
}

/// A page of a list of the chart. Persons the asker may not see are left out.
///
/// # Errors
/// BAD_USER_INPUT for a cursor that is no place in the list any more.
pub fn person_page(
    asker: &Arc<Asker>,
    list: &PersonList<'_>,
    page: Page<(String, PersonId)>,
) -> Result<Listing<Person>> {
    let persons = walk_persons(asker, list, &page, Walk { descending: false, wanted: |_| true })?;
    let may_count = asker.may(Action::ReadHeadcount, Resource::Organization);
    Ok(listing_of(page.arrange(persons), may_count.then_some(list.len())))
}

/// The persons of a page and one more, from where it begins: those the asker may see, so that no page is empty, without a
/// cursor to go on from, while there are more.
///
/// # Errors
/// As [`person_page`].
pub fn walk_persons(
    asker: &Arc<Asker>,
    list: &PersonList<'_>,
    page: &Page<(String, PersonId)>,
    walk: Walk<impl Fn(PersonSlot) -> bool>,
) -> Result<Vec<Person>, Exception> {
    let up_to = |(name, id): &(String, PersonId)| {
        let cursor = PersonCursor { name_key: name.as_str().into(), id: *id };
        let count = list
            .offset_after(&cursor)
            .ok_or_else(|| Exception::bad_input("the cursor names somebody who is not in this list any more"))?;
        let itself = count.checked_sub(1).and_then(|last| list.get(last)).is_some_and(|last| last.id == *id);
        Ok((count, itself))
    };
    let range = between(page, walk.descending, list.len(), up_to)?;
    let slots = list.page_of_slots(range.start, range.len());
    let visible = slots.filter(|slot| (walk.wanted)(*slot)).filter_map(|slot| Person::seen_at(asker, slot));
    Ok(if page.backwards == walk.descending {
        visible.take(page.size + 1).collect()
    } else {
        visible.rev().take(page.size + 1).collect()
    })
}

/// A page of a list of the chart.
///
/// # Errors
/// BAD_USER_INPUT for a cursor that is no place in the list any more.
pub fn team_page(asker: &Arc<Asker>, list: &TeamList<'_>, page: Page<(String, TeamId)>) -> Result<Listing<Team>> {
    let teams = walk_teams(asker, list, &page, Walk { descending: false, wanted: |_| true })?;
    let may_count = asker.may(Action::ReadHeadcount, Resource::Organization);
    Ok(listing_of(page.arrange(teams), may_count.then_some(list.len())))
}

/// The teams of a page and one more, as [`walk_persons`].
///
/// # Errors
/// As [`team_page`].
pub fn walk_teams(
    asker: &Arc<Asker>,
    list: &TeamList<'_>,
    page: &Page<(String, TeamId)>,
    walk: Walk<impl Fn(TeamId) -> bool>,
) -> Result<Vec<Team>, Exception> {
    let up_to = |(name, id): &(String, TeamId)| {
        let cursor = TeamCursor { name_key: name.as_str().into(), id: *id };
        let count = list
            .offset_after(&cursor)
            .ok_or_else(|| Exception::bad_input("the cursor names a team that is not in this list any more"))?;
        let itself = count.checked_sub(1).and_then(|last| list.get(last)).is_some_and(|last| last.id == *id);
        Ok((count, itself))
    };
    let range = between(page, walk.descending, list.len(), up_to)?;
    let teams = list.page(range.start, range.len()).filter(|team| (walk.wanted)(team.id));
    let visible = teams.filter_map(|record| Team::seen_by(asker, record.id));
    Ok(if page.backwards == walk.descending {
        visible.take(page.size + 1).collect()
    } else {
        visible.rev().take(page.size + 1).collect()
    })
}

/// The offsets of a list between the cursors of a page. `up_to` says how many stand at or before a cursor, and whether
/// its own item is among them: that has no place between the cursors, but may have gone since.
fn between<P>(
    page: &Page<P>,
    descending: bool,
    len: usize,
    up_to: impl Fn(&P) -> Result<(usize, bool), Exception>,
) -> Result<Range<usize>, Exception> {
    let (lower, upper) = if descending { (&page.before, &page.after) } else { (&page.after, &page.before) };
    let start = lower.as_ref().map_or(Ok(0), |place| up_to(place).map(|(count, _)| count))?;
    let end =
        upper.as_ref().map_or(Ok(len), |place| up_to(place).map(|(count, itself)| count - usize::from(itself)))?;
    Ok(start.min(end)..end)
}

/// A page of a person's history, newest first.
///
/// # Errors
/// NOT_FOUND where the asker may not see the person's employment.
pub async fn history(
    ctx: &RequestContext,
    person: PersonId,
    page: Page<(chrono::NaiveDate, DirectoryChangeId)>,
) -> Result<Listing<DirectoryChange>, Exception> {
    use directory_change::Column;
    let asker = ctx.asker()?;
    asker.require(Action::ReadPersonEmployment, Resource::Person(person))?;
    let all = directory_change::Entity::in_org(asker.actor.organization).filter(Column::PersonId.eq(person));
    let total = all.clone().count(ctx.db.read()).await?;
    let mut rest = all;
    if let Some((day, id)) = page.after {
        rest = rest.filter(Column::EffectiveOn.lt(day).or(Column::EffectiveOn.eq(day).and(Column::Id.lt(id))));
    }
    if let Some((day, id)) = page.before {
        rest = rest.filter(Column::EffectiveOn.gt(day).or(Column::EffectiveOn.eq(day).and(Column::Id.gt(id))));
    }
    let order = if page.backwards { Order::Asc } else { Order::Desc };
    let rows = rest
        .order_by(Column::EffectiveOn, order.clone())
        .order_by(Column::Id, order)
        .limit(page.size as u64 + 1)
        .all(ctx.db.read())
        .await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows
        .into_iter()
        .map(|row| Ok(((row.effective_on, row.id), change(&asker, row)?)))
        .collect::<Result<Vec<_>, Exception>>()?;
    Ok(listing(items, has_previous, has_next, usize::try_from(total).ok()))
}

fn change(asker: &Asker, row: directory_change::Model) -> Result<DirectoryChange, Exception> {
    let field = match row.field.as_str() {
        "TEAM" => DirectoryField::Team,
        "MANAGER" => DirectoryField::Manager,
        "TITLE" => DirectoryField::Title,
        "RELATIONSHIP" => DirectoryField::Relationship,
        "HIRED" => DirectoryField::Hired,
        "LEFT" => DirectoryField::Left,
        _ => return Err(Exception::internal(anyhow::anyhow!("an unknown field in a person's history"))),
    };
    // Ids of persons and teams only where the asker may see them.
    let shown = |value: Option<String>| {
        value.filter(|id| match field {
            DirectoryField::Manager => {
                id.parse().is_ok_and(|person| asker.may(Action::ReadPerson, Resource::Person(person)))
            }
            DirectoryField::Team => id.parse().is_ok_and(|team| asker.may(Action::ReadTeam, Resource::Team(team))),
            _ => true,
        })
    };
    Ok(DirectoryChange {
        id: row.id.to_string().into(),
        field,
        old_value: shown(row.old_value),
        new_value: shown(row.new_value),
        effective_on: Date(row.effective_on),
        recorded_at: DateTime(row.recorded_at),
    })
}

/// The snapshot the asker sees.
///
/// # Errors
/// UNAUTHENTICATED when nobody is signed in.
pub fn snapshot(ctx: &RequestContext) -> Result<Arc<super::charts::Snapshot>, Exception> {
    Ok(Arc::clone(&ctx.asker()?.snapshot))
}

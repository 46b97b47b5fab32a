//! Reading the directory: pages of persons and teams from the chart, history from the database.

use std::sync::Arc;

use async_graphql::Result;
use hearten_entity::{InOrganization, directory_change};
use hearten_ids::{DirectoryChangeId, PersonId, TeamId};
use hearten_orgchart::{PersonCursor, PersonList, TeamCursor, TeamList};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait};

use super::types::{DirectoryChange, DirectoryField, Person, Team};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::Exception,
    paging::{Arranged, Listing, Page, listing, listing_of},
    scalars::{Date, DateTime},
};

/// A page of a list of the chart. Persons the asker may not see are left out.
pub fn person_page(
    asker: &Arc<Asker>,
    list: &PersonList<'_>,
    page: Page<(String, PersonId)>,
) -> Result<Listing<Person>> {
    let place = |(name, id): &(String, PersonId)| {
        let cursor = PersonCursor { name_key: name.as_str().into(), id: *id };
        list.offset_after(&cursor)
            .ok_or_else(|| Exception::bad_input("the cursor names somebody who is not in this list any more"))
    };
    let start = page.after.as_ref().map_or(Ok(0), place)?;
    // A cursor's item itself is not before the cursor.
    let end = page.before.as_ref().map_or(Ok(list.len() + 1), place)?.saturating_sub(1);
    // Filled with what the asker may see: a page of nothing would have no cursor to go on from.
    let visible = list.page_of_slots(start, end.saturating_sub(start)).filter_map(|slot| Person::seen_at(asker, slot));
    let wanted = page.size + 1;
    let persons = if page.backwards { visible.rev().take(wanted).collect() } else { visible.take(wanted).collect() };
    let may_count = asker.may(Action::ReadHeadcount, Resource::Organization);
    Ok(listing_of(page.arrange(persons), may_count.then_some(list.len())))
}

/// A page of a list of the chart.
pub fn team_page(asker: &Arc<Asker>, list: &TeamList<'_>, page: Page<(String, TeamId)>) -> Result<Listing<Team>> {
    let place = |(name, id): &(String, TeamId)| {
        let cursor = TeamCursor { name_key: name.as_str().into(), id: *id };
        list.offset_after(&cursor)
            .ok_or_else(|| Exception::bad_input("the cursor names a team that is not in this list any more"))
    };
    let start = page.after.as_ref().map_or(Ok(0), place)?;
    // A cursor's item itself is not before the cursor.
    let end = page.before.as_ref().map_or(Ok(list.len() + 1), place)?.saturating_sub(1);
    // Filled with what the asker may see: a page of nothing would have no cursor to go on from.
    let visible = list.page(start, end.saturating_sub(start)).filter_map(|record| Team::seen_by(asker, record.id));
    let wanted = page.size + 1;
    let teams = if page.backwards { visible.rev().take(wanted).collect() } else { visible.take(wanted).collect() };
    let may_count = asker.may(Action::ReadHeadcount, Resource::Organization);
    Ok(listing_of(page.arrange(teams), may_count.then_some(list.len())))
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
        .map(|row| Ok(((row.effective_on, row.id), change(row)?)))
        .collect::<Result<Vec<_>, Exception>>()?;
    Ok(listing(items, has_previous, has_next, usize::try_from(total).ok()))
}

fn change(row: directory_change::Model) -> Result<DirectoryChange, Exception> {
    let field = match row.field.as_str() {
        "TEAM" => DirectoryField::Team,
        "MANAGER" => DirectoryField::Manager,
        "TITLE" => DirectoryField::Title,
        "RELATIONSHIP" => DirectoryField::Relationship,
        "HIRED" => DirectoryField::Hired,
        "LEFT" => DirectoryField::Left,
        _ => return Err(Exception::internal(anyhow::anyhow!("an unknown field in a person's history"))),
    };
    Ok(DirectoryChange {
        id: row.id.to_string().into(),
        field,
        old_value: row.old_value,
        new_value: row.new_value,
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

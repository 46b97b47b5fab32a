//! Reading the directory: pages of persons and teams from the chart, history from the database.

use std::sync::Arc;

use async_graphql::Result;
use hearten_entity::{InOrganization, directory_change};
use hearten_ids::{DirectoryChangeId, PersonId, TeamId};
use hearten_orgchart::{PersonCursor, PersonList, TeamCursor, TeamList};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait};

use super::types::{DirectoryChange, DirectoryField, Person, Team};
use crate::graphql::{
    context::RequestContext,
    error::Exception,
    paging::{Listing, Page, listing},
    scalars::{Date, DateTime},
};

/// A page of a list of the chart. Persons the asker may not see are left out.
pub fn person_page(
    ctx: &RequestContext,
    list: &PersonList<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Listing<Person>> {
    let page = Page::<(String, PersonId)>::from_arguments(first, after)?;
    let asker = ctx.asker()?;
    let start = match page.after {
        None => 0,
        Some((name, id)) => {
            let cursor = PersonCursor { name_key: name.into(), id };
            list.offset_after(&cursor)
                .ok_or_else(|| Exception::bad_input("after names somebody who is not in this list"))?
        }
    };
    let snapshot = &asker.snapshot;
    // Filled with what the asker may see: a page of nothing would have no cursor to go on from.
    let visible =
        list.page(start, list.len()).filter(|record| asker.may(Action::ReadPerson, Resource::Person(record.id)));
    let mut items: Vec<_> = visible
        .take(page.first + 1)
        .filter_map(|record| {
            let place = snapshot.chart.person_cursor(record.id)?;
            Some(((place.name_key.to_string(), place.id), Person::in_snapshot(record.id, snapshot)))
        })
        .collect();
    let more = items.len() > page.first;
    items.truncate(page.first);
    let may_count = asker.may(Action::ReadHeadcount, Resource::Organization);
    Ok(listing(items, start > 0, more, may_count.then_some(list.len())))
}

/// A page of a list of the chart.
pub fn team_page(
    ctx: &RequestContext,
    list: &TeamList<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Listing<Team>> {
    let page = Page::<(String, TeamId)>::from_arguments(first, after)?;
    let asker = ctx.asker()?;
    let start = match page.after {
        None => 0,
        Some((name, id)) => {
            let cursor = TeamCursor { name_key: name.into(), id };
            list.offset_after(&cursor)
                .ok_or_else(|| Exception::bad_input("after names a team that is not in this list"))?
        }
    };
    let snapshot = &asker.snapshot;
    // Filled with what the asker may see: a page of nothing would have no cursor to go on from.
    let visible = list.page(start, list.len()).filter(|record| asker.may(Action::ReadTeam, Resource::Team(record.id)));
    let mut items: Vec<_> = visible
        .take(page.first + 1)
        .filter_map(|record| {
            let place = snapshot.chart.team_cursor(record.id)?;
            Some(((place.name_key.to_string(), place.id), Team::in_snapshot(record.id, snapshot)))
        })
        .collect();
    let more = items.len() > page.first;
    items.truncate(page.first);
    let may_count = asker.may(Action::ReadHeadcount, Resource::Organization);
    Ok(listing(items, start > 0, more, may_count.then_some(list.len())))
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
    let rest = match page.after {
        None => all,
        Some((day, id)) => {
            all.filter(Column::EffectiveOn.lt(day).or(Column::EffectiveOn.eq(day).and(Column::Id.lt(id))))
        }
    };
    let mut rows = rest
        .order_by_desc(Column::EffectiveOn)
        .order_by_desc(Column::Id)
        .limit(page.first as u64 + 1)
        .all(ctx.db.read())
        .await?;
    let more = rows.len() > page.first;
    rows.truncate(page.first);
    let items = rows
        .into_iter()
        .map(|row| Ok(((row.effective_on, row.id), change(row)?)))
        .collect::<Result<Vec<_>, Exception>>()?;
    Ok(listing(items, page.after.is_some(), more, usize::try_from(total).ok()))
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
    Ok(ctx.asker()?.snapshot)
}

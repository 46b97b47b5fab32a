//! Finding areas of responsibility and parts in them. Everybody who works here reads them; integrations need a scope.

use chrono::NaiveDate;
use hearten_entity::{InOrganization, person, responsibility, responsibility_assignment, team};
use hearten_ids::{OrganizationId, PersonId, ResponsibilityAssignmentId, ResponsibilityId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use super::{
    loaders::PartsOf,
    store::{Area, Assignment, Part},
};
use crate::graphql::{
    context::RequestContext,
    error::Exception,
    paging::{Arranged, Listing, Page, listing, whole},
};

/// Where an area stands in a list.
pub type Place = (String, ResponsibilityId);

/// Words of a question that count, and its length.
const MOST_WORDS: usize = 8;
const LONGEST_QUESTION: usize = 200;
/// Areas that are looked at to find the best.
const MOST_HITS: u64 = 200;

/// Which areas are wanted.
#[derive(Debug, Default)]
pub struct Wanted {
    /// At home in these teams.
    pub homes: Option<Vec<TeamId>>,
    /// Part of this one.
    pub parent: Option<ResponsibilityId>,
    /// With this person in a part.
    pub holder: Option<PersonId>,
    /// With all these words.
    pub words: Vec<String>,
    /// Those that were given up, instead of those that were not.
    pub retired: bool,
    /// Only those nobody answers for, or more than one does.
    pub trouble: Option<Trouble>,
}

/// What can be wrong with an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody who is here is accountable.
    Gap,
    /// More than one is.
    Overlap,
}

/// Whether the asker may read areas at all.
///
/// # Errors
/// UNAUTHENTICATED when nobody is signed in.
pub fn may_read(ctx: &RequestContext) -> Result<bool, Exception> {
    Ok(ctx.asker()?.may(Action::ReadResponsibility, Resource::Organization))
}

/// The area with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: ResponsibilityId) -> Result<Option<Area>, Exception> {
    let asker = ctx.asker()?;
    let Some(area) = ctx.loaders()?.load(id).await? else { return Ok(None) };
    Ok(asker.may(Action::ReadResponsibility, Resource::Responsibility(area.facts())).then_some(area))
}

/// The part with this id, when the asker may see its area.
///
/// # Errors
/// When the database is away.
pub async fn find_assignment(
    ctx: &RequestContext,
    id: ResponsibilityAssignmentId,
) -> Result<Option<Assignment>, Exception> {
    if !may_read(ctx)? {
        return Ok(None);
    }
    ctx.loaders()?.load(id).await
}

/// What holds today, for statements.
pub fn current(today: NaiveDate) -> Condition {
    use responsibility_assignment::Column;
    Condition::all()
        .add(Column::EndedAt.is_null())
        .add(Column::FromOn.lte(today))
        .add(Column::UntilOn.is_null().or(Column::UntilOn.gte(today)))
}

/// The areas somebody who is here answers for, one row for each who does.
fn answered_for(organization: OrganizationId, today: NaiveDate) -> Select<responsibility_assignment::Entity> {
    use responsibility_assignment::{Column, Entity};
    let to_person = Entity::belongs_to(person::Entity).from(Column::PersonId).to(person::Column::Id);
    let to_team = Entity::belongs_to(team::Entity).from(Column::TeamId).to(team::Column::Id);
    Entity::in_org(organization)
        .select_only()
        .column(Column::ResponsibilityId)
        .join(JoinType::LeftJoin, to_person.into())
        .join(JoinType::LeftJoin, to_team.into())
        .filter(Column::Part.eq(Part::Accountable.as_str()))
        .filter(current(today))
        .filter(Column::PersonId.is_null().or(person::Column::Deactivated.eq(false)))
        .filter(Column::TeamId.is_null().or(team::Column::Archived.eq(false)))
}

fn troubled(organization: OrganizationId, today: NaiveDate, trouble: Trouble) -> Condition {
    use responsibility_assignment::Column;
    let answered = answered_for(organization, today);
    let id = responsibility::Column::Id;
    match trouble {
        Trouble::Gap => Condition::all().add(id.not_in_subquery(answered.into_query())),
        Trouble::Overlap => {
            let several = answered.group_by(Column::ResponsibilityId).having(Column::Id.count().gt(1));
            Condition::all().add(id.in_subquery(several.into_query()))
        }
    }
}

fn held_by(organization: OrganizationId, today: NaiveDate, holder: PersonId) -> SelectStatement {
    use responsibility_assignment::Column;
    responsibility_assignment::Entity::in_org(organization)
        .select_only()
        .column(Column::ResponsibilityId)
        .filter(Column::PersonId.eq(holder))
        .filter(current(today))
        .into_query()
}

fn select(organization: OrganizationId, today: NaiveDate, wanted: &Wanted) -> Select<responsibility::Entity> {
    use responsibility::Column;
    let mut query = responsibility::Entity::in_org(organization);
    query = match wanted.retired {
        true => query.filter(Column::RetiredAt.is_not_null()),
        false => query.filter(Column::RetiredAt.is_null()),
    };
    if let Some(homes) = &wanted.homes {
        query = query.filter(Column::TeamId.is_in(homes.iter().copied()));
    }
    if let Some(parent) = wanted.parent {
        query = query.filter(Column::ParentId.eq(parent));
    }
    if let Some(holder) = wanted.holder {
        query = query.filter(Column::Id.in_subquery(held_by(organization, today, holder)));
    }
    for word in &wanted.words {
        query = query.filter(Column::Words.contains(word));
    }
    if let Some(trouble) = wanted.trouble {
        query = query.filter(troubled(organization, today, trouble));
    }
    query
}

/// A page of areas, by name; None where the asker may not read them.
///
/// # Errors
/// When the database is away.
pub async fn page(
    ctx: &RequestContext,
    wanted: Wanted,
    page: Page<Place>,
) -> Result<Option<Listing<super::types::Responsibility>>, Exception> {
    use responsibility::Column;
    if !may_read(ctx)? {
        return Ok(None);
    }
    let mut query = select(ctx.asker()?.organization(), ctx.app.clock.today(), &wanted);
    if let Some((name, id)) = &page.after {
        let same = Column::NameKey.eq(name.as_str()).and(Column::Id.gt(*id));
        query = query.filter(Column::NameKey.gt(name.as_str()).or(same));
    }
    if let Some((name, id)) = &page.before {
        let same = Column::NameKey.eq(name.as_str()).and(Column::Id.lt(*id));
        query = query.filter(Column::NameKey.lt(name.as_str()).or(same));
    }
    let order = if page.backwards { Order::Desc } else { Order::Asc };
    let rows = query
        .order_by(Column::NameKey, order.clone())
        .order_by(Column::Id, order)
        .limit(page.size as u64 + 1)
        .all(ctx.db.read())
        .await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| ((row.name_key.clone(), row.id), Area::from(row).into()));
    Ok(Some(listing(items, has_previous, has_next, None)))
}

/// The words of a question, in lower case, without what has a meaning in patterns.
///
/// # Errors
/// BAD_USER_INPUT when there is none, or the text is too long.
pub fn words_of(name: &str, text: &str) -> Result<Vec<String>, Exception> {
    if text.chars().count() > LONGEST_QUESTION {
        return Err(Exception::bad_input(format!("{name}: at most {LONGEST_QUESTION} characters")));
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '-').filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(MOST_WORDS).map(str::to_lowercase).collect();
    if words.is_empty() {
        return Err(Exception::bad_input(format!("{name}: give at least one word")));
    }
    Ok(words)
}

/// The areas that have all words of a text, the best first: those of that name, those with the words in their name, then
/// those that mention them. None where the asker may not read areas.
///
/// # Errors
/// BAD_USER_INPUT when the text has no word; when the database is away.
pub async fn who_owns(
    ctx: &RequestContext,
    text: &str,
    page: Page<usize>,
) -> Result<Option<Listing<super::types::Responsibility>>, Exception> {
    let words = words_of("text", text)?;
    if !may_read(ctx)? {
        return Ok(None);
    }
    let wanted = Wanted { words: words.clone(), ..Wanted::default() };
    let rows = select(ctx.asker()?.organization(), ctx.app.clock.today(), &wanted)
        .order_by_asc(responsibility::Column::NameKey)
        .order_by_asc(responsibility::Column::Id)
        .limit(MOST_HITS)
        .all(ctx.db.read())
        .await?;
    let asked = text.trim().to_lowercase();
    let mut found: Vec<(u8, responsibility::Model)> = rows
        .into_iter()
        .map(|row| {
            let rank = match &row.name_key {
                name if *name == asked => 0,
                name if words.iter().all(|word| name.contains(word)) => 1,
                _ => 2,
            };
            (rank, row)
        })
        .collect();
    // Stable: within a rank by name.
    found.sort_by_key(|(rank, _)| *rank);
    Ok(Some(whole(found.into_iter().map(|(_, row)| Area::from(row).into()).collect(), &page)))
}

/// A page of the parts a person has today; None where the asker may not read them.
///
/// # Errors
/// When the database is away.
pub async fn parts_of_person(
    ctx: &RequestContext,
    person: PersonId,
    page: Page<usize>,
) -> Result<Option<Listing<super::types::ResponsibilityAssignment>>, Exception> {
    if !may_read(ctx)? {
        return Ok(None);
    }
    let parts = ctx.loaders()?.load(PartsOf { person, today: ctx.app.clock.today() }).await?.unwrap_or_default();
    Ok(Some(whole(parts.into_iter().map(Into::into).collect(), &page)))
}

/// How many parts of each kind a person has today; None where the asker may not know.
///
/// # Errors
/// When the database is away.
pub async fn load_of_person(
    ctx: &RequestContext,
    person: PersonId,
) -> Result<Option<super::types::ResponsibilityLoad>, Exception> {
    if !ctx.asker()?.may(Action::ReadResponsibilityLoad, Resource::Person(person)) {
        return Ok(None);
    }
    let parts = ctx.loaders()?.load(PartsOf { person, today: ctx.app.clock.today() }).await?.unwrap_or_default();
    Ok(Some(super::types::ResponsibilityLoad::of(&parts)))
}

/// A page of the areas that are at home in a team; None where the asker may not read them.
///
/// # Errors
/// When the database is away.
pub async fn areas_of_team(
    ctx: &RequestContext,
    team: TeamId,
    page: Page<usize>,
) -> Result<Option<Listing<super::types::Responsibility>>, Exception> {
    if !may_read(ctx)? {
        return Ok(None);
    }
    let areas = ctx.loaders()?.load(super::loaders::AreasOf(team)).await?.unwrap_or_default();
    Ok(Some(whole(areas.into_iter().map(Into::into).collect(), &page)))
}

/// Keeps others from writing areas of the organization until the transaction ends: names and places are decided about all
/// of them.
///
/// # Errors
/// When the database fails.
pub async fn hold_all_in_tx(tx: &sea_orm::DatabaseTransaction, organization: OrganizationId) -> Result<(), Exception> {
    // Not so strongly that rows which only name the organization would wait.
    hearten_entity::organization::Entity::by_id(organization)
        .lock(sea_orm::sea_query::LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    Ok(())
}

/// How many parts an area has, or had.
///
/// # Errors
/// When the database fails.
pub async fn open_parts_in_tx(
    tx: &impl sea_orm::ConnectionTrait,
    organization: OrganizationId,
    area: ResponsibilityId,
) -> Result<Vec<Assignment>, Exception> {
    let rows = responsibility_assignment::Entity::in_org(organization)
        .filter(responsibility_assignment::Column::ResponsibilityId.eq(area))
        .order_by(Expr::col(responsibility_assignment::Column::Id), Order::Asc)
        .all(tx)
        .await?;
    rows.into_iter().map(Assignment::try_from).collect()
}

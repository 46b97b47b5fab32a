//! Pages of expectations: those of one person, as far as the asker may see them.
//!
//! A page of persons may ask for a page of each one's expectations. All of those are read by one statement, which numbers
//! the rows of each person by itself and takes the first of each.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use chrono::NaiveDate;
use hearten_entity::{InOrganization, expectation};
use hearten_expectation::{State, Urgency};
use hearten_ids::{ExpectationId, OrganizationId, PersonId};
use sea_orm::{
    ColumnTrait, Condition, FromQueryResult, Order, QueryFilter, QueryTrait,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Query, WindowStatement},
};

use super::store::Expectation;
use crate::{
    graphql::{
        context::{Asker, RequestContext},
        error::Exception,
        paging::{Arranged, Listing, Page, listing},
    },
    platform::db::Db,
};

/// Where an expectation stands in every order: its urgency, its due day, itself.
pub type Place = (i32, NaiveDate, ExpectationId);

/// Whose expectations are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// What is expected of the person.
    Incoming,
    /// What the person expects of others.
    Outgoing,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sorting {
    /// The nearest due day first.
    Due,
    /// The most urgent first; of those, the nearest due day first.
    Urgency,
    /// The newest first.
    Newest,
}

/// Which expectations are wanted, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Of whom, or by whom.
    pub direction: Direction,
    /// Only in these states; in any when empty.
    pub states: Vec<State>,
    /// Only this urgent; of any urgency when empty.
    pub urgencies: Vec<Urgency>,
    /// Only due before this day.
    pub due_before: Option<NaiveDate>,
    /// The order.
    pub sorting: Sorting,
    /// Whether the order is turned round.
    pub reversed: bool,
    /// The page: how many, after, before, backwards.
    pub size: usize,
    /// Behind this place.
    pub after: Option<Place>,
    /// Before this place.
    pub before: Option<Place>,
    /// Whether the last are wanted.
    pub backwards: bool,
}

// Every list of one request is asked for with the same few values: equality does the rest.
impl Hash for Ask {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.direction, self.sorting, self.size, self.backwards, self.states.len()).hash(state);
    }
}

/// A page of somebody's expectations, as a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageOf {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub ask: Arc<Ask>,
    /// Who asks.
    pub asker: PersonId,
    /// Whose expectations the asker sees as a manager, where they are open to managers.
    pub managed: Arc<[PersonId]>,
}

/// Whom somebody manages directly: their own reports, and the members of the teams they lead.
pub fn managed_by(asker: &Asker, me: PersonId) -> Arc<[PersonId]> {
    let chart = &asker.snapshot.chart;
    let mut managed: Vec<PersonId> = chart.direct_reports(me).iter().map(|person| person.id).collect();
    for team in chart.teams_led_by(me).iter() {
        managed.extend(chart.members(team.id).iter().map(|person| person.id).filter(|person| *person != me));
    }
    // A line goes on through managers who have left.
    managed.extend(
        chart
            .former_persons()
            .iter()
            .filter(|left| left.manager == Some(me))
            .flat_map(|left| chart.direct_reports(left.id).iter().map(|person| person.id).collect::<Vec<_>>()),
    );
    managed.sort_unstable();
    managed.dedup();
    managed.into()
}

/// What the asker may see, for statements: the policy says the same of each row, and is asked too.
pub fn visible_to(asker: &Asker, me: PersonId) -> Condition {
    visible(me, &managed_by(asker, me))
}

fn visible(me: PersonId, managed: &[PersonId]) -> Condition {
    use expectation::Column;
    let mut any = Condition::any().add(Column::FromId.eq(me)).add(Column::ToId.eq(me));
    if !managed.is_empty() {
        let open = Column::VisibleToManager.eq(true).and(Column::ToId.is_in(managed.iter().copied()));
        any = any.add(open);
    }
    any
}

/// A page of a person's expectations.
///
/// # Errors
/// When the database is away.
pub async fn page(
    ctx: &RequestContext,
    person: PersonId,
    ask: Ask,
) -> Result<Listing<super::types::Expectation>, Exception> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else {
        return Ok(listing(Vec::<(Place, super::types::Expectation)>::new(), false, false, None));
    };
    let page = Page { size: ask.size, after: ask.after, before: ask.before, backwards: ask.backwards };
    let key = PageOf { person, ask: Arc::new(ask), asker: me, managed: managed_by(&asker, me) };
    let rows = ctx.loaders()?.load(key).await?.unwrap_or_default();
    let rows = rows.into_iter().filter(|one| super::service::sees(&asker, one)).collect();
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|one| (place(&one), one.into()));
    Ok(listing(items, has_previous, has_next, None))
}

fn place(expectation: &Expectation) -> Place {
    (expectation.urgency.rank(), expectation.terms.due, expectation.id)
}

/// The columns of an order, each with its direction as the page walks.
fn columns(ask: &Ask) -> Vec<(expectation::Column, Order)> {
    use expectation::Column;
    let sorted: &[(Column, bool)] = match ask.sorting {
        Sorting::Due => &[(Column::DueOn, false), (Column::Id, false)],
        Sorting::Urgency => &[(Column::Urgency, true), (Column::DueOn, false), (Column::Id, false)],
        Sorting::Newest => &[(Column::Id, true)],
    };
    let turned = ask.reversed != ask.backwards;
    let order = |descending: bool| if descending != turned { Order::Desc } else { Order::Asc };
    sorted.iter().map(|(column, descending)| (*column, order(*descending))).collect()
}

/// What lies behind a place, as the order walks; before it, when `before`.
fn beyond(columns: &[(expectation::Column, Order)], place: &Place, before: bool) -> Condition {
    use expectation::Column;
    let mut any = Condition::any();
    for (at, (column, order)) in columns.iter().enumerate() {
        let mut all = Condition::all();
        for (equal, _) in &columns[..at] {
            all = all.add(compared(*equal, place, std::cmp::Ordering::Equal));
        }
        let descending = matches!(order, Order::Desc);
        let wanted = if descending != before { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
        any = any.add(all.add(compared(*column, place, wanted)));
    }
    debug_assert!(columns.iter().any(|(column, _)| matches!(column, Column::Id)));
    any
}

fn compared(column: expectation::Column, place: &Place, wanted: std::cmp::Ordering) -> sea_orm::sea_query::SimpleExpr {
    use std::cmp::Ordering::{Equal, Greater, Less};
    fn compare<V: Into<sea_orm::Value>>(
        column: expectation::Column,
        value: V,
        wanted: std::cmp::Ordering,
    ) -> sea_orm::sea_query::SimpleExpr {
        match wanted {
            Less => column.lt(value),
            Equal => column.eq(value),
            Greater => column.gt(value),
        }
    }
    match column {
        expectation::Column::Urgency => compare(column, place.0, wanted),
        expectation::Column::DueOn => compare(column, place.1, wanted),
        _ => compare(column, place.2, wanted),
    }
}

/// The rows of the pages of several persons who are all asked the same: one statement.
///
/// # Errors
/// When the database is away.
pub async fn read(
    db: &Db,
    organization: OrganizationId,
    persons: &[PersonId],
    key: &PageOf,
) -> Result<HashMap<PersonId, Vec<Expectation>>, Exception> {
    use expectation::Column;
    let ask = &key.ask;
    let whose = match ask.direction {
        Direction::Incoming => Column::ToId,
        Direction::Outgoing => Column::FromId,
    };
    let columns = columns(ask);
    let mut wanted = expectation::Entity::in_org(organization)
        .filter(whose.is_in(persons.iter().copied()))
        .filter(visible(key.asker, &key.managed));
    if !ask.states.is_empty() {
        wanted = wanted.filter(Column::State.is_in(ask.states.iter().map(|state| state.as_str())));
    }
    if !ask.urgencies.is_empty() {
        wanted = wanted.filter(Column::Urgency.is_in(ask.urgencies.iter().map(|urgency| urgency.rank())));
    }
    if let Some(day) = ask.due_before {
        wanted = wanted.filter(Column::DueOn.lt(day));
    }
    // The columns stand as the page walks, so what lies behind a cursor does too, unless it is walked backwards.
    if let Some(after) = &ask.after {
        wanted = wanted.filter(beyond(&columns, after, ask.backwards));
    }
    if let Some(before) = &ask.before {
        wanted = wanted.filter(beyond(&columns, before, !ask.backwards));
    }
    let mut window = WindowStatement::partition_by(whose);
    for (column, order) in &columns {
        window.order_by(*column, order.clone());
    }
    let (ranked, rank) = (Alias::new("ranked"), Alias::new("rank_in_page"));
    let inner = wanted.into_query().expr_window_as(Func::cust("ROW_NUMBER"), window.take(), rank.clone()).take();
    let outer = Query::select()
        .column(Asterisk)
        .from_subquery(inner, ranked)
        .and_where(Expr::col(rank.clone()).lte(i64::try_from(ask.size + 1).unwrap_or(i64::MAX)))
        .order_by(rank, Order::Asc)
        .take();
    let statement = db.backend().build(&outer);
    let rows = expectation::Model::find_by_statement(statement).all(db.read()).await?;
    let mut found: HashMap<PersonId, Vec<Expectation>> = HashMap::new();
    for row in rows {
        let person = if ask.direction == Direction::Incoming { row.to_id } else { row.from_id };
        found.entry(person).or_default().push(Expectation::try_from(row)?);
    }
    Ok(found)
}

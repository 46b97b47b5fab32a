//! What many requests ask for one by one, read at once: their queues, messages and moves; responses and reports of teams.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, request_message, request_move, service_request, team_response};
use hearten_ids::{RequestQueueId, ServiceRequestId, TeamId, TeamResponseId};
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Value,
    sea_query::{Alias, Expr, Func, Order, Query, SelectStatement, WindowStatement},
};

use super::{
    queues,
    reports::{self, Report},
    store::Queue,
};
use crate::graphql::{error::Exception, loaders::Rows, paging::Page};

/// A request has at most so many messages.
pub const MOST_MESSAGES: usize = 200;
/// After so many moves a request is only ended, and not given on any more.
pub const MOST_MOVES: u64 = 200;

/// The queue with this id, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueueOf(pub RequestQueueId);

/// A page of what belongs to something, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageOf<K> {
    of: K,
    size: usize,
    after: Option<usize>,
    before: Option<usize>,
    backwards: bool,
}

impl<K> PageOf<K> {
    fn new(of: K, page: &Page<usize>) -> Self {
        Self { of, size: page.size, after: page.after, before: page.before, backwards: page.backwards }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.size, self.after, self.before, self.backwards) == (other.size, other.after, other.before, other.backwards)
    }
}

/// The messages of a request, oldest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagesOf(PageOf<ServiceRequestId>);

/// The moves of a request, oldest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MovesOf(PageOf<ServiceRequestId>);

/// The responses for a team, newest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponsesOf(PageOf<TeamId>);

impl MessagesOf {
    /// A page of the messages of a request.
    pub fn page(request: ServiceRequestId, page: &Page<usize>) -> Self {
        Self(PageOf::new(request, page))
    }
}

impl MovesOf {
    /// A page of the moves of a request.
    pub fn page(request: ServiceRequestId, page: &Page<usize>) -> Self {
        Self(PageOf::new(request, page))
    }
}

impl ResponsesOf {
    /// A page of the responses for a team.
    pub fn page(team: TeamId, page: &Page<usize>) -> Self {
        Self(PageOf::new(team, page))
    }
}

/// The rows of a page, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Part<M> {
    /// Those of the page.
    pub rows: Vec<M>,
    /// How many there are.
    pub total: usize,
}

/// The report of a quarter, as a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportOf(pub String);

impl Loader<QueueOf> for Rows {
    type Value = Arc<Queue>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[QueueOf]) -> Result<HashMap<QueueOf, Arc<Queue>>, Arc<Exception>> {
        let ids: Vec<RequestQueueId> = keys.iter().map(|key| key.0).collect();
        let found = queues::by_id(self.db.read(), self.organization, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|queue| (QueueOf(queue.id()), queue)).collect())
    }
}

/// Reads the same page of what belongs to each of several things: each one's rows are numbered from both ends, and those
/// of the page are taken. One statement for a kind of page, and one for the totals.
async fn parts<E, K>(
    rows: &Rows,
    keys: &[PageOf<K>],
    (id, of): (E::Column, E::Column),
    order: &Order,
    owner: impl Fn(&E::Model) -> K,
) -> Result<HashMap<PageOf<K>, Part<E::Model>>, Arc<Exception>>
where
    E: InOrganization,
    E::Model: sea_orm::FromQueryResult + Send + Sync,
    K: Copy + Eq + std::hash::Hash + Into<Value> + sea_orm::TryGetable + Send + Sync,
{
    let shared = |error: sea_orm::DbErr| Arc::new(Exception::from(error));
    let all = || E::in_org(rows.organization).filter(of.is_in(keys.iter().map(|key| key.of)));
    let totals: Vec<(K, i64)> = all()
        .select_only()
        .column(of)
        .column_as(id.count(), "total")
        .group_by(of)
        .into_tuple()
        .all(rows.db.read())
        .await
        .map_err(shared)?;
    let totals: HashMap<K, usize> =
        totals.into_iter().map(|(of, total)| (of, usize::try_from(total).unwrap_or_default())).collect();
    let part = |key: &PageOf<K>| Part { rows: Vec::new(), total: totals.get(&key.of).copied().unwrap_or_default() };
    let mut found: HashMap<_, _> = keys.iter().map(|key| (*key, part(key))).collect();
    let mut pages: Vec<&PageOf<K>> = Vec::new();
    for key in keys {
        if !pages.iter().any(|page| page.is_like(key)) {
            pages.push(key);
        }
    }
    for page in pages {
        let alike = keys.iter().filter(|key| key.is_like(page)).map(|key| key.of);
        let numbered = E::in_org(rows.organization).filter(of.is_in(alike)).select_only().column(id);
        let numbered = numbered_from_both_ends(numbered.into_query(), (id, of), order);
        let taken = Query::select()
            .column(Alias::new("id"))
            .from_subquery(numbered, Alias::new("numbered"))
            .cond_where(lies_on(page))
            .to_owned();
        let taken = E::in_org(rows.organization).filter(id.in_subquery(taken)).order_by(id, order.clone());
        for row in taken.all(rows.db.read()).await.map_err(shared)? {
            if let Some(part) = found.get_mut(&PageOf { of: owner(&row), ..*page }) {
                part.rows.push(row);
            }
        }
    }
    Ok(found)
}

fn numbered_from_both_ends<C: ColumnTrait>(
    mut query: SelectStatement,
    (id, of): (C, C),
    order: &Order,
) -> SelectStatement {
    let back = if *order == Order::Asc { Order::Desc } else { Order::Asc };
    for (order, name) in [(order.clone(), "place"), (back, "place_from_end")] {
        let window = WindowStatement::partition_by(of).order_by(id, order).to_owned();
        query.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new(name));
    }
    query
}

/// What [`Page::window`] says of positions, which count from 0, said of places, which count from 1.
fn lies_on<K>(page: &PageOf<K>) -> Condition {
    let number = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
    let (place, from_end) = (|| Expr::col(Alias::new("place")), || Expr::col(Alias::new("place_from_end")));
    let start = page.after.map_or(0, |at| at.saturating_add(1));
    let mut lies = Condition::all().add(place().gt(number(start)));
    if let Some(before) = page.before {
        lies = lies.add(place().lte(number(before)));
    }
    if !page.backwards {
        return lies.add(place().lte(number(start.saturating_add(page.size))));
    }
    // Counted back from the cursor, or from the end where that comes first.
    let mut last = Condition::any().add(from_end().lte(number(page.size)));
    if let Some(before) = page.before {
        last = last.add(place().gt(number(before.saturating_sub(page.size))));
    }
    lies.add(last)
}

impl Loader<MessagesOf> for Rows {
    type Value = Part<request_message::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[MessagesOf]) -> Result<HashMap<MessagesOf, Self::Value>, Arc<Exception>> {
        use request_message::{Column, Entity};
        let keys: Vec<_> = keys.iter().map(|key| key.0).collect();
        let of = (Column::Id, Column::RequestId);
        let found = parts::<Entity, _>(self, &keys, of, &Order::Asc, |row| row.request_id).await?;
        Ok(found.into_iter().map(|(key, part)| (MessagesOf(key), part)).collect())
    }
}

impl Loader<MovesOf> for Rows {
    type Value = Part<request_move::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[MovesOf]) -> Result<HashMap<MovesOf, Self::Value>, Arc<Exception>> {
        use request_move::{Column, Entity};
        let keys: Vec<_> = keys.iter().map(|key| key.0).collect();
        let of = (Column::Id, Column::RequestId);
        let found = parts::<Entity, _>(self, &keys, of, &Order::Asc, |row| row.request_id).await?;
        Ok(found.into_iter().map(|(key, part)| (MovesOf(key), part)).collect())
    }
}

impl Loader<ResponsesOf> for Rows {
    type Value = Part<team_response::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[ResponsesOf]) -> Result<HashMap<ResponsesOf, Self::Value>, Arc<Exception>> {
        use team_response::{Column, Entity};
        let keys: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = parts::<Entity, _>(self, &keys, (Column::Id, Column::TeamId), &Order::Desc, |row| row.team_id);
        Ok(found.await?.into_iter().map(|(key, part)| (ResponsesOf(key), part)).collect())
    }
}

impl Loader<ReportOf> for Rows {
    type Value = Arc<Report>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[ReportOf]) -> Result<HashMap<ReportOf, Arc<Report>>, Arc<Exception>> {
        let quarters: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let found = reports::by_quarter(self.db.read(), self.organization, &quarters).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(quarter, report)| (ReportOf(quarter), Arc::new(report))).collect())
    }
}

impl Loader<ServiceRequestId> for Rows {
    type Value = service_request::Model;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[ServiceRequestId],
    ) -> Result<HashMap<ServiceRequestId, service_request::Model>, Arc<Exception>> {
        let rows = service_request::Entity::in_org(self.organization)
            .filter(service_request::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<TeamResponseId> for Rows {
    type Value = team_response::Model;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[TeamResponseId],
    ) -> Result<HashMap<TeamResponseId, team_response::Model>, Arc<Exception>> {
        let rows = team_response::Entity::in_org(self.organization)
            .filter(team_response::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

//! What many fields of one request need of goals, read at once: a page of goals costs a statement a field, not one a goal.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, goal, goal_alignment, goal_change, goal_check_in, goal_cycle, key_result};
use hearten_goals::CycleState;
use hearten_ids::{GoalChangeId, GoalCheckInId, GoalCycleId, GoalId, KeyResultId, OrganizationId, PersonId, TeamId};
use sea_orm::{
    ColumnTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Value,
    sea_query::{Alias, Expr, Func, Order, Query, WindowStatement},
};

use super::store::{Cycle, Goal, KeyResult};
use crate::graphql::{error::Exception, loaders::Rows, paging::Page};

type Found<K, V> = Result<HashMap<K, V>, Arc<Exception>>;

fn shared(error: impl Into<Exception>) -> Arc<Exception> {
    Arc::new(error.into())
}

impl Loader<GoalId> for Rows {
    type Value = Arc<Goal>;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[GoalId]) -> Found<GoalId, Arc<Goal>> {
        let rows = goal::Entity::in_org(self.organization()).filter(goal::Column::Id.is_in(ids.iter().copied()));
        let goals = rows.all(self.db().read()).await.map_err(shared)?.into_iter().map(Goal::try_from);
        goals.map(|goal| goal.map(|goal| (goal.id, Arc::new(goal))).map_err(shared)).collect()
    }
}

impl Loader<GoalCycleId> for Rows {
    type Value = Cycle;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[GoalCycleId]) -> Found<GoalCycleId, Cycle> {
        let ids = ids.iter().copied();
        let rows = goal_cycle::Entity::in_org(self.organization()).filter(goal_cycle::Column::Id.is_in(ids));
        let cycles = rows.all(self.db().read()).await.map_err(shared)?.into_iter().map(Cycle::try_from);
        cycles.map(|cycle| cycle.map(|cycle| (cycle.id, cycle)).map_err(shared)).collect()
    }
}

impl Loader<KeyResultId> for Rows {
    type Value = KeyResult;
    type Error = Arc<Exception>;

    async fn load(&self, ids: &[KeyResultId]) -> Found<KeyResultId, KeyResult> {
        let ids = ids.iter().copied();
        let rows = key_result::Entity::in_org(self.organization()).filter(key_result::Column::Id.is_in(ids));
        let parts = rows.all(self.db().read()).await.map_err(shared)?.into_iter().map(KeyResult::try_from);
        parts.map(|part| part.map(|part| (part.id, part)).map_err(shared)).collect()
    }
}

/// The key results of a goal, in the order they were written, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyResultsOf(pub GoalId);

impl Loader<KeyResultsOf> for Rows {
    type Value = Vec<KeyResult>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[KeyResultsOf]) -> Found<KeyResultsOf, Vec<KeyResult>> {
        let rows = key_result::Entity::in_org(self.organization())
            .filter(key_result::Column::GoalId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(key_result::Column::CreatedAt)
            .order_by_asc(key_result::Column::Position)
            .order_by_asc(key_result::Column::Id)
            .all(self.db().read())
            .await
            .map_err(shared)?;
        let mut found: HashMap<KeyResultsOf, Vec<KeyResult>> = HashMap::new();
        for row in rows {
            let part = KeyResult::try_from(row).map_err(shared)?;
            found.entry(KeyResultsOf(part.goal)).or_default().push(part);
        }
        Ok(found)
    }
}

/// The alignments of a goal in one direction, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlignmentsOf {
    /// What a goal supports.
    Parents(GoalId),
    /// What supports a goal.
    Children(GoalId),
}

/// An alignment with both goals.
#[derive(Debug, Clone)]
pub struct Aligned {
    /// The alignment.
    pub row: goal_alignment::Model,
    /// The goal that supports.
    pub child: Arc<Goal>,
    /// The goal that is supported.
    pub parent: Arc<Goal>,
}

impl Loader<AlignmentsOf> for Rows {
    type Value = Vec<Aligned>;
    type Error = Arc<Exception>;

    /// Goals in both directions at once: one statement for the edges and one for the goals at their ends.
    async fn load(&self, keys: &[AlignmentsOf]) -> Found<AlignmentsOf, Vec<Aligned>> {
        use goal_alignment::Column::{ChildId, Id, ParentId};
        let below: Vec<GoalId> = keys
            .iter()
            .filter_map(|key| if let AlignmentsOf::Children(goal) = key { Some(*goal) } else { None })
            .collect();
        let above: Vec<GoalId> = keys
            .iter()
            .filter_map(|key| if let AlignmentsOf::Parents(goal) = key { Some(*goal) } else { None })
            .collect();
        let edges = goal_alignment::Entity::in_org(self.organization())
            .filter(ParentId.is_in(below.clone()).or(ChildId.is_in(above.clone())))
            .order_by_asc(Id)
            .all(self.db().read())
            .await
            .map_err(shared)?;
        let mut ends: Vec<GoalId> = edges.iter().flat_map(|edge| [edge.child_id, edge.parent_id]).collect();
        ends.sort_unstable();
        ends.dedup();
        let goals: HashMap<GoalId, Arc<Goal>> =
            if ends.is_empty() { HashMap::new() } else { Loader::<GoalId>::load(self, &ends).await? };
        let (below, above): (std::collections::HashSet<_>, std::collections::HashSet<_>) =
            (below.into_iter().collect(), above.into_iter().collect());
        let mut found: HashMap<AlignmentsOf, Vec<Aligned>> = HashMap::new();
        for row in edges {
            let (Some(child), Some(parent)) = (goals.get(&row.child_id), goals.get(&row.parent_id)) else { continue };
            let one = Aligned { child: Arc::clone(child), parent: Arc::clone(parent), row };
            if below.contains(&parent.id) {
                found.entry(AlignmentsOf::Children(parent.id)).or_default().push(one.clone());
            }
            if above.contains(&child.id) {
                found.entry(AlignmentsOf::Parents(child.id)).or_default().push(one);
            }
        }
        Ok(found)
    }
}

/// The goals of a person or team in a cycle, or in all that are open, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GoalsOf {
    /// Whose.
    pub holder: Holder,
    /// The cycle; all that are open when left out.
    pub cycle: Option<GoalCycleId>,
}

/// Whose goals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person's own.
    Person(PersonId),
    /// A team's own.
    Team(TeamId),
}

impl Loader<GoalsOf> for Rows {
    type Value = Vec<Arc<Goal>>;
    type Error = Arc<Exception>;

    /// A holder's goals of a cycle are few; see `writing::most_goals`.
    async fn load(&self, keys: &[GoalsOf]) -> Found<GoalsOf, Vec<Arc<Goal>>> {
        use goal::Column::{CycleId, Id, Level, OwnerId, TeamId};
        let mut found: HashMap<GoalsOf, Vec<Arc<Goal>>> = HashMap::new();
        let mut cycles: Vec<Option<GoalCycleId>> = keys.iter().map(|key| key.cycle).collect();
        cycles.sort_unstable();
        cycles.dedup();
        // One for nearly every document: all its fields name the same cycle, or none.
        for cycle in cycles {
            let holders = keys.iter().filter(|key| key.cycle == cycle).map(|key| key.holder);
            let (mut persons, mut teams) = (Vec::new(), Vec::new());
            for holder in holders {
                match holder {
                    Holder::Person(person) => persons.push(person),
                    Holder::Team(team) => teams.push(team),
                }
            }
            let own = Level.eq("PERSON").and(OwnerId.is_in(persons)).or(Level.eq("TEAM").and(TeamId.is_in(teams)));
            let query = goal::Entity::in_org(self.organization()).filter(own).order_by_asc(Id);
            let query = match cycle {
                Some(cycle) => query.filter(CycleId.eq(cycle)),
                None => query.filter(CycleId.in_subquery(open_cycles(self.organization()))),
            };
            for row in query.all(self.db().read()).await.map_err(shared)? {
                let goal = Arc::new(Goal::try_from(row).map_err(shared)?);
                let holder = match (goal.place.level, goal.place.team, goal.place.owner) {
                    (hearten_goals::GoalLevel::Person, _, Some(owner)) => Holder::Person(owner),
                    (_, Some(team), _) => Holder::Team(team),
                    _ => continue,
                };
                found.entry(GoalsOf { holder, cycle }).or_default().push(goal);
            }
        }
        Ok(found)
    }
}

/// The cycles of an organization that are open, for a condition.
pub fn open_cycles(organization: OrganizationId) -> sea_orm::sea_query::SelectStatement {
    goal_cycle::Entity::in_org(organization)
        .filter(goal_cycle::Column::State.eq(CycleState::Open.as_str()))
        .select_only()
        .column(goal_cycle::Column::Id)
        .into_query()
}

/// A page of what belongs to a goal, newest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recent<I> {
    /// The goal.
    pub goal: GoalId,
    /// How many, where from, and in which direction.
    pub page: RecentPage<I>,
}

/// A page as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecentPage<I> {
    size: usize,
    after: Option<I>,
    before: Option<I>,
    backwards: bool,
}

impl<I: Copy> RecentPage<I> {
    /// The page as a key.
    pub fn of(page: &Page<I>) -> Self {
        Self { size: page.size, after: page.after, before: page.before, backwards: page.backwards }
    }
}

/// The rows of a page of each of several goals, and one more each, in one statement: each goal's rows are numbered, and
/// those with small numbers are taken.
async fn recent<E, I>(
    rows: &Rows,
    keys: &[Recent<I>],
    (id, goal): (E::Column, E::Column),
) -> Result<Vec<(RecentPage<I>, E::Model)>, Arc<Exception>>
where
    E: InOrganization,
    E::Model: sea_orm::FromQueryResult + Send + Sync,
    I: Copy + Eq + Into<Value>,
{
    let mut pages: Vec<RecentPage<I>> = Vec::new();
    for key in keys {
        if !pages.contains(&key.page) {
            pages.push(key.page);
        }
    }
    let mut found = Vec::new();
    for page in pages {
        let goals: Vec<GoalId> = keys.iter().filter(|key| key.page == page).map(|key| key.goal).collect();
        let order = if page.backwards { Order::Asc } else { Order::Desc };
        let mut numbered = E::in_org(rows.organization()).filter(goal.is_in(goals));
        if let Some(after) = page.after {
            numbered = numbered.filter(id.lt(after));
        }
        if let Some(before) = page.before {
            numbered = numbered.filter(id.gt(before));
        }
        let mut numbered = numbered.select_only().column(id).into_query();
        let window = WindowStatement::partition_by(goal).order_by(id, order.clone()).to_owned();
        numbered.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new("place"));
        let taken = Query::select()
            .column(Alias::new("id"))
            .from_subquery(numbered, Alias::new("numbered"))
            .and_where(Expr::col(Alias::new("place")).lte(page.size as i64 + 1))
            .to_owned();
        let taken = E::in_org(rows.organization()).filter(id.in_subquery(taken)).order_by(id, order);
        let read = taken.all(rows.db().read()).await.map_err(shared)?;
        found.extend(read.into_iter().map(|row| (page, row)));
    }
    Ok(found)
}

impl Loader<Recent<GoalCheckInId>> for Rows {
    type Value = Vec<goal_check_in::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[Recent<GoalCheckInId>]) -> Found<Recent<GoalCheckInId>, Vec<goal_check_in::Model>> {
        use goal_check_in::Column::{GoalId, Id};
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for (page, row) in recent::<goal_check_in::Entity, _>(self, keys, (Id, GoalId)).await? {
            found.entry(Recent { goal: row.goal_id, page }).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<Recent<GoalChangeId>> for Rows {
    type Value = Vec<goal_change::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[Recent<GoalChangeId>]) -> Found<Recent<GoalChangeId>, Vec<goal_change::Model>> {
        use goal_change::Column::{GoalId, Id};
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for (page, row) in recent::<goal_change::Entity, _>(self, keys, (Id, GoalId)).await? {
            found.entry(Recent { goal: row.goal_id, page }).or_default().push(row);
        }
        Ok(found)
    }
}

//! The graph of a cycle from its rows, and what a roll-up changed back into them: three statements to read, a few to write.
//! Check-ins and alignments find the graph that the last of them left, as long as nobody changed anything since.

use std::sync::{Arc, Mutex};

use hearten_entity::{InOrganization, goal, goal_alignment, key_result};
use hearten_goals::{Changes, Edge, GoalNode, GoalState, Graph, KeyResultNode, Progress, Rolled, RolledKeyResult};
use hearten_ids::{GoalCycleId, GoalId, KeyResultId, OrganizationId};
use moka::sync::Cache;
use sea_orm::{
    ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, Value,
    sea_query::{CaseStatement, Expr, ExprTrait},
};

use crate::graphql::error::Exception;

/// The graphs this node holds, each with the version of its cycle. The version is read with the cycle's row held and
/// counts up with every change, whoever makes it, so a graph of the same version is what the rows say.
#[derive(Debug, Clone)]
pub struct Graphs(Cache<(OrganizationId, GoalCycleId), Arc<Kept>>);

#[derive(Debug)]
struct Kept {
    version: i64,
    graph: Mutex<Option<Graph>>,
}

/// Some ten MiB each, where a cycle has ten thousand goals.
const MOST_GRAPHS: u64 = 16;

impl Default for Graphs {
    fn default() -> Self {
        Self(Cache::new(MOST_GRAPHS))
    }
}

impl Graphs {
    /// Takes the graph of a cycle at a version. Whoever takes it changes it; if that is not committed, it is lost.
    pub fn take(&self, organization: OrganizationId, cycle: GoalCycleId, version: i64) -> Option<Graph> {
        let kept = self.0.remove(&(organization, cycle)).filter(|kept| kept.version == version)?;
        kept.graph.lock().ok()?.take()
    }

    /// Keeps the graph of a cycle at a version.
    pub fn keep(&self, organization: OrganizationId, cycle: GoalCycleId, version: i64, graph: Graph) {
        self.0.insert((organization, cycle), Arc::new(Kept { version, graph: Mutex::new(Some(graph)) }));
    }
}

/// A goal as it is read for the graph.
type GoalRow = (GoalId, String, Option<i32>, Option<i32>, String);
/// A key result as it is read for the graph.
type KeyResultRow = (KeyResultId, GoalId, i32, bool, i32, String);

/// Rows changed by one statement. Each row looks for itself among the cases, so many small statements do less than a few
/// large ones.
const BATCH: usize = 64;

/// The graph of a cycle. Hold the cycle's row before: what is read here must stay until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn load_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    cycle: GoalCycleId,
) -> Result<Graph, Exception> {
    let goals: Vec<GoalRow> = goal::Entity::in_org(organization)
        .filter(goal::Column::CycleId.eq(cycle))
        .select_only()
        .columns([
            goal::Column::Id,
            goal::Column::State,
            goal::Column::ManualPpm,
            goal::Column::ProgressPpm,
            goal::Column::ProgressSource,
        ])
        .into_tuple()
        .all(tx)
        .await?;
    let parts: Vec<KeyResultRow> = key_result::Entity::in_org(organization)
        .filter(key_result::Column::CycleId.eq(cycle))
        .select_only()
        .columns([
            key_result::Column::Id,
            key_result::Column::GoalId,
            key_result::Column::Weight,
            key_result::Column::Measured,
            key_result::Column::ProgressPpm,
            key_result::Column::ProgressSource,
        ])
        .into_tuple()
        .all(tx)
        .await?;
    let edges: Vec<(GoalId, GoalId, Option<KeyResultId>, i32, bool)> = goal_alignment::Entity::in_org(organization)
        .filter(goal_alignment::Column::CycleId.eq(cycle))
        .select_only()
        .columns([
            goal_alignment::Column::ChildId,
            goal_alignment::Column::ParentId,
            goal_alignment::Column::KeyResultId,
            goal_alignment::Column::Weight,
            goal_alignment::Column::Contributes,
        ])
        .into_tuple()
        .all(tx)
        .await?;
    let ppm = |ppm: i32| Progress::from_ppm(ppm.into());
    let node = |(id, state, manual, progress, source): GoalRow| {
        let counts = state.parse::<GoalState>().map_err(Exception::internal)? != GoalState::Archived;
        let source = source.parse().map_err(Exception::internal)?;
        let stored = Rolled { progress: progress.map(ppm), source };
        Ok(GoalNode { id, manual: manual.map(ppm), counts, stored })
    };
    let part = |(id, goal, weight, measured, progress, source): KeyResultRow| {
        let stored = RolledKeyResult { progress: ppm(progress), source: source.parse().map_err(Exception::internal)? };
        Ok(KeyResultNode { id, goal, weight, measured: measured.then_some(ppm(progress)), stored })
    };
    let goals = goals.into_iter().map(node).collect::<Result<Vec<_>, Exception>>()?;
    let parts = parts.into_iter().map(part).collect::<Result<Vec<_>, Exception>>()?;
    let edge =
        |(child, parent, key_result, weight, contributes)| Edge { child, parent, key_result, weight, contributes };
    let edges: Vec<Edge> = edges.into_iter().map(edge).collect();
    Ok(Graph::new(goals, parts, &edges))
}

/// Writes what a roll-up changed.
///
/// # Errors
/// When the database fails.
pub async fn save_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    changes: &Changes,
) -> Result<(), Exception> {
    for batch in changes.goals.chunks(BATCH) {
        let progress = batch.iter().map(|(id, rolled)| (*id, rolled.progress.map(Progress::ppm).into()));
        let source = batch.iter().map(|(id, rolled)| (*id, rolled.source.as_str().into()));
        goal::Entity::update_in_org(organization)
            .filter(goal::Column::Id.is_in(batch.iter().map(|(id, _)| *id)))
            .col_expr(goal::Column::ProgressPpm, by_id(goal::Column::Id, progress))
            .col_expr(goal::Column::ProgressSource, by_id(goal::Column::Id, source))
            .exec(tx)
            .await?;
    }
    for batch in changes.key_results.chunks(BATCH) {
        let progress = batch.iter().map(|(id, rolled)| (*id, rolled.progress.ppm().into()));
        let source = batch.iter().map(|(id, rolled)| (*id, rolled.source.as_str().into()));
        key_result::Entity::update_in_org(organization)
            .filter(key_result::Column::Id.is_in(batch.iter().map(|(id, _)| *id)))
            .col_expr(key_result::Column::ProgressPpm, by_id(key_result::Column::Id, progress))
            .col_expr(key_result::Column::ProgressSource, by_id(key_result::Column::Id, source))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// The value of each row, by its id.
fn by_id<I: Into<Value>>(column: impl ColumnTrait, values: impl Iterator<Item = (I, Value)>) -> Expr {
    let mut choice = CaseStatement::new();
    for (id, value) in values {
        choice = choice.case(column.into_expr().eq(id), Expr::value(value));
    }
    choice.into()
}

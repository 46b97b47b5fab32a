//! Changing goals of a cycle, one change after the other.
//!
//! Whoever changes a goal, a key result or an alignment holds the row of the cycle first. An alignment is only right or
//! wrong beside all others: two that are added at once, each harmless, could close a circle together. And a roll-up reads
//! the progress of siblings: two check-ins below one goal, each computed from what the other has not written yet, would
//! lose one. The cycle is the smallest thing all of them have in common, because goals of different cycles never meet.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hearten_entity::{InOrganization, goal, goal_change, goal_cycle};
use hearten_goals::{CycleState, GoalState, Graph};
use hearten_ids::{GoalChangeId, GoalCycleId, GoalId, OrganizationId};
use hearten_policy::Action;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    rows, service,
    store::{Cycle, Goal},
    types::GoalField,
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
};

/// A transaction in which nobody else changes goals of the cycle.
pub struct Held<'a> {
    /// The request.
    pub ctx: &'a RequestContext,
    /// The transaction.
    pub tx: DatabaseTransaction,
    /// The cycle as it stands.
    pub cycle: Cycle,
    /// Who asks.
    pub asker: Arc<Asker>,
    /// When.
    pub now: DateTime<Utc>,
    changes: Vec<goal_change::ActiveModel>,
    graph: Option<Graph>,
}

/// A refusal for a goal that is not there.
pub fn no_goal() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["goal"], "there is no such goal, or you may not see it")
}

impl<'a> Held<'a> {
    /// Begins a transaction and holds a cycle.
    ///
    /// # Errors
    /// A refusal when there is no such cycle.
    pub async fn cycle(ctx: &'a RequestContext, id: GoalCycleId) -> Result<Self, Refusal> {
        let asker = ctx.asker()?;
        let tx = ctx.db.begin().await?;
        // SQLite knows no such lock and needs none: its transactions that write follow one another.
        let row = goal_cycle::Entity::in_org(asker.organization()).filter(goal_cycle::Column::Id.eq(id));
        let row = row.lock_exclusive().one(&tx).await?;
        let missing = || UserError::at(UserErrorCode::NotFound, ["cycle"], "there is no such cycle");
        let cycle = Cycle::try_from(row.ok_or_else(missing)?)?;
        Ok(Self { ctx, tx, cycle, asker, now: ctx.app.clock.now(), changes: Vec::new(), graph: None })
    }

    /// The same for the cycle of a goal with which the asker may do `action`, and the goal as it stands.
    ///
    /// # Errors
    /// A refusal NOT_FOUND where it is hidden; FORBIDDEN where it is visible.
    pub async fn goal(ctx: &'a RequestContext, id: GoalId, action: Action) -> Result<(Self, Goal), Refusal> {
        let found = service::find_goal(ctx, id).await?.ok_or_else(no_goal)?;
        if !ctx.asker()?.may(action, found.resource()) {
            return Err(Exception::code(ErrorCode::Forbidden).into());
        }
        let held = Self::cycle(ctx, found.cycle).await?;
        let goal = held.read_goal(id).await?;
        // It may have been moved or hidden since it was found.
        if !held.asker.may(action, goal.resource()) {
            return Err(Exception::code(ErrorCode::Forbidden).into());
        }
        Ok((held, goal))
    }

    /// The goal as it stands, whoever asks.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn read_goal(&self, id: GoalId) -> Result<Goal, Refusal> {
        let row = goal::Entity::in_org(self.organization()).filter(goal::Column::Id.eq(id)).one(&self.tx).await?;
        Ok(row.ok_or_else(no_goal)?.try_into()?)
    }

    /// The tenant.
    pub fn organization(&self) -> OrganizationId {
        self.asker.organization()
    }

    /// Today.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// The last day for the next check-in of a goal that is checked in today.
    pub fn due_in(&self, days: i32) -> NaiveDate {
        self.today() + TimeDelta::days(days.into())
    }

    /// Passes when goals of the cycle can be changed.
    ///
    /// # Errors
    /// A refusal once it is closed.
    pub fn require_unclosed<const N: usize>(&self, path: [&str; N]) -> Result<(), UserError> {
        if self.cycle.state != CycleState::Closed {
            return Ok(());
        }
        Err(UserError::at(UserErrorCode::WrongState, path, "the cycle is closed, so nothing of it changes any more"))
    }

    /// Passes when the goal is worked on.
    ///
    /// # Errors
    /// A refusal when it is closed or given up, or its cycle is closed.
    pub fn require_open(&self, goal: &Goal) -> Result<(), UserError> {
        self.require_unclosed(["goal"])?;
        if goal.state == GoalState::Open {
            return Ok(());
        }
        Err(UserError::at(UserErrorCode::WrongState, ["goal"], "this goal is closed or given up; reopen it first"))
    }

    /// The graph of the cycle as the last change left it, read anew only where another change or another node came
    /// between. Only for who has not written anything yet, and gives it back with [`Held::keep`] or [`Held::put_back`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_graph(&self) -> Result<Graph, Exception> {
        match self.ctx.app.goal_graphs.take(self.organization(), self.cycle.id, self.cycle.version) {
            Some(graph) => Ok(graph),
            None => self.graph().await,
        }
    }

    /// Gives a graph back that nothing was changed in, so that whoever comes after a refusal need not read it anew.
    pub fn put_back(&self, graph: Graph) {
        self.ctx.app.goal_graphs.keep(self.organization(), self.cycle.id, self.cycle.version, graph);
    }

    /// Gives a graph back that is, after the commit, what the rows say.
    pub fn keep(&mut self, graph: Graph) {
        self.graph = Some(graph);
    }

    /// The graph of the cycle, with what was written in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn graph(&self) -> Result<Graph, Exception> {
        rows::load_in_tx(&self.tx, self.organization(), self.cycle.id).await
    }

    /// Rolls up from these goals, and writes what changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roll_up(&self, graph: &mut Graph, from: &[GoalId]) -> Result<(), Exception> {
        let changes = graph.roll_up_from(from);
        rows::save_in_tx(&self.tx, self.organization(), &changes).await
    }

    /// Notes that something of a goal changed, for its history.
    pub fn note(&mut self, goal: GoalId, field: GoalField, old: Option<String>, new: Option<String>) {
        if old == new {
            return;
        }
        self.changes.push(goal_change::ActiveModel {
            id: Set(GoalChangeId(self.ctx.app.random.id(self.now))),
            organization_id: Set(self.organization()),
            goal_id: Set(goal),
            person_id: Set(self.asker.person()),
            field: Set(field.as_str().to_owned()),
            old_value: Set(old),
            new_value: Set(new),
            created_at: Set(self.now),
        });
    }

    /// Writes the history, commits, and lets effects leave.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn commit(mut self) -> Result<(), Exception> {
        let changes = std::mem::take(&mut self.changes);
        let mut rest = changes.into_iter().peekable();
        while rest.peek().is_some() {
            let batch: Vec<_> = rest.by_ref().take(500).collect();
            goal_change::Entity::insert_many(batch).exec_without_returning(&self.tx).await?;
        }
        let version = self.cycle.version + 1;
        goal_cycle::Entity::update_in_org(self.organization())
            .filter(goal_cycle::Column::Id.eq(self.cycle.id))
            .col_expr(goal_cycle::Column::Version, Expr::value(version))
            .exec(&self.tx)
            .await?;
        let (organization, graph) = (self.organization(), self.graph.take());
        self.tx.commit().await?;
        if let Some(graph) = graph {
            self.ctx.app.goal_graphs.keep(organization, self.cycle.id, version, graph);
        }
        self.ctx.app.outbox.wake();
        Ok(())
    }
}

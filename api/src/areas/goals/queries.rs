//! Reading goals: the doors of the query root.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::{
    service::{self, GoalPlace, SortedBy, Wanted},
    types::{Goal, GoalConfidence, GoalCycle, GoalCycleState, GoalGraph, GoalLevelName, GoalStateName},
};
use crate::{
    areas::directory::types::OrderDirection,
    graphql::{
        context::{RequestContext, request},
        input::argument_id,
        paging::{Listing, Page},
    },
};

/// Which goals are wanted. What is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct GoalFilterInput {
    /// Only of this cycle.
    cycle: Option<ID>,
    /// Only of this person: theirs, and those they answer for.
    owner: Option<ID>,
    /// Only of this team, and of persons who wrote theirs as members of it.
    team: Option<ID>,
    /// Whether the teams below that team count too; without a team it is of no effect.
    #[graphql(default = false)]
    subtree: bool,
    /// Only of this level.
    level: Option<GoalLevelName>,
    /// Only in this state.
    state: Option<GoalStateName>,
    /// Only open ones that have gone without a check-in for too long (true), or all others (false).
    stale: Option<bool>,
    /// Only of this confidence, as last said.
    confidence: Option<GoalConfidence>,
}

/// What goals can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum GoalOrderField {
    /// When they were written.
    CreatedAt,
    /// The last day for the next check-in.
    CheckInDueOn,
    /// How far they have come; goals without progress count as less than nothing.
    Progress,
}

/// How goals are sorted. Ties are broken by id.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct GoalOrderInput {
    /// By what.
    field: GoalOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

impl GoalFilterInput {
    fn wanted(&self, ctx: &RequestContext) -> Result<Wanted> {
        fn id<T: std::str::FromStr<Err = hearten_ids::IdError>>(
            name: &str,
            id: &Option<ID>,
        ) -> Result<Option<T>, crate::graphql::error::Exception> {
            id.as_ref().map(|id| argument_id(name, id)).transpose()
        }
        let asker = ctx.asker()?;
        let team: Option<hearten_ids::TeamId> = id("filter.team", &self.team)?;
        let teams = team.map(|team| {
            let below = asker.snapshot.chart.subtree(team);
            if self.subtree { below.iter().map(|team| team.id).collect() } else { vec![team] }
        });
        Ok(Wanted {
            cycle: id("filter.cycle", &self.cycle)?,
            owner: id("filter.owner", &self.owner)?,
            teams,
            level: self.level.map(Into::into),
            state: self.state.map(Into::into),
            stale: self.stale,
            confidence: self.confidence.map(Into::into),
            roots: false,
        })
    }
}

/// Goals.
#[derive(Default)]
pub struct GoalQueries;

/// Goals.
#[Object]
impl GoalQueries {
    /// The cycles, newest first; null where you may not see them.
    async fn goal_cycles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<GoalCycleState>,
    ) -> Result<Option<Listing<GoalCycle>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(service::cycle_page(request(ctx)?, state.map(Into::into), page).await?)
    }

    /// The goals you may see, newest first unless another order is wanted.
    async fn goals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<GoalFilterInput>,
        #[graphql(desc = "How they are sorted.")] order_by: Option<GoalOrderInput>,
    ) -> Result<Option<Listing<Goal>>> {
        let ctx = request(ctx)?;
        let page: Page<GoalPlace> = Page::from_arguments(first, after, last, before)?;
        let wanted = filter.unwrap_or_default().wanted(ctx)?;
        let order = order_by.map_or((SortedBy::Created, true), |order| {
            let by = match order.field {
                GoalOrderField::CreatedAt => SortedBy::Created,
                GoalOrderField::CheckInDueOn => SortedBy::Due,
                GoalOrderField::Progress => SortedBy::Progress,
            };
            (by, order.direction == OrderDirection::Desc)
        });
        Ok(Some(Box::pin(service::goal_page(ctx, &wanted, order, page)).await?))
    }

    /// The tree of a cycle from its roots: the goals that support no other you may see, in the order they were written.
    /// Go on with `Goal.children`. A goal that supports several stands below each of them.
    async fn goal_tree(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cycle.")] cycle: ID,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only roots of this level.")] level: Option<GoalLevelName>,
    ) -> Result<Option<Listing<Goal>>> {
        let page: Page<GoalPlace> = Page::from_arguments(first, after, last, before)?;
        let wanted = Wanted {
            cycle: Some(argument_id("cycle", &cycle)?),
            level: level.map(Into::into),
            roots: true,
            ..Wanted::default()
        };
        Ok(Some(Box::pin(service::goal_page(request(ctx)?, &wanted, (SortedBy::Created, false), page)).await?))
    }

    /// The graph of a cycle, page by page: goals in the order they were written, and what each supports.
    async fn goal_graph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cycle.")] cycle: ID,
        #[graphql(desc = "How many goals, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only goals after this cursor.")] after: Option<String>,
    ) -> Result<Option<GoalGraph>> {
        let page: Page<GoalPlace> = Page::from_arguments(first, after, None, None)?;
        Ok(Some(Box::pin(service::graph_page(request(ctx)?, argument_id("cycle", &cycle)?, page)).await?))
    }
}

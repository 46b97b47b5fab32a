//! Reading frictions: the doors of the query root.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    service::{self, FrictionOrder, Wanted},
    store::{FrictionState, RoadmapStepState},
    types::{Friction, RoadmapStep},
};
use crate::graphql::{
    context::request,
    input::argument_id,
    paging::{Listing, Page},
};

/// Which frictions are wanted.
#[derive(Debug, Clone, Default, InputObject)]
pub struct FrictionFilterInput {
    /// Only those in this state; all but merged ones when left out.
    state: Option<FrictionState>,
    /// Only those of this very team.
    team: Option<ID>,
}

/// Frictions and the roadmap.
#[derive(Default)]
pub struct FrictionQueries;

/// Frictions and the roadmap.
#[Object]
impl FrictionQueries {
    /// What slows people down; null where you may not see it.
    async fn frictions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<FrictionFilterInput>,
        #[graphql(desc = "By what they are ordered.", default_with = "FrictionOrder::Cost")] order_by: FrictionOrder,
    ) -> Result<Option<Listing<Friction>>> {
        let filter = filter.unwrap_or_default();
        let team = filter.team.map(|id| argument_id("filter.team", &id)).transpose()?;
        let wanted = Wanted { state: filter.state, team };
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(service::page(request(ctx)?, wanted, order_by, page).await?)
    }

    /// What is done about frictions, newest first; null where you may not see it.
    async fn roadmap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only steps in this state.")] state: Option<RoadmapStepState>,
    ) -> Result<Option<Listing<RoadmapStep>>> {
        Ok(service::roadmap(request(ctx)?, state, Page::from_arguments(first, after, last, before)?).await?)
    }
}

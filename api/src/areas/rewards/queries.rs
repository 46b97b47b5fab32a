//! Reading rewards: the doors of the query root. The own redemptions are below `viewer`.

use async_graphql::{Context, Object, Result};

use super::{
    service::{self, Whose},
    store::RedemptionState,
    types::{Redemption, Reward},
};
use crate::graphql::{
    context::request,
    paging::{Listing, Page},
};

/// Rewards.
#[derive(Default)]
pub struct RewardQueries;

/// Rewards.
#[Object]
impl RewardQueries {
    /// What points can be spent on, newest first; null where you may not see it.
    async fn rewards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "Whether those not offered any more are wanted too; only for whoever keeps the catalogue.",
            default = false
        )]
        inactive: bool,
    ) -> Result<Option<Listing<Reward>>> {
        Ok(service::page(request(ctx)?, inactive, Page::from_arguments(first, after, last, before)?).await?)
    }

    /// Everybody's redemptions, newest first; null where you may not see them. An integration sees those that were
    /// approved.
    async fn redemptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<RedemptionState>,
    ) -> Result<Option<Listing<Redemption>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(service::redemption_page(request(ctx)?, Whose::All, state, page).await?)
    }
}

//! Reading rounds: the doors of the query root.

use async_graphql::{Context, Object, Result};

use super::{service, types::PriorityRound};
use crate::graphql::{
    context::request,
    paging::{Listing, Page},
};

/// Rounds of priorities.
#[derive(Default)]
pub struct PriorityQueries;

/// Rounds of priorities.
#[Object]
impl PriorityQueries {
    /// The rounds you may see, newest first; null for an API token.
    async fn priority_rounds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<PriorityRound>>> {
        Ok(service::page(request(ctx)?, Page::from_arguments(first, after, last, before)?).await?)
    }
}

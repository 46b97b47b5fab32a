//! Reading integrations: the doors of the query root.

use async_graphql::{Context, Object, Result};

use super::{service, types::ApiToken};
use crate::graphql::{
    context::request,
    paging::{Listing, Page},
};

/// Integrations.
#[derive(Default)]
pub struct IntegrationQueries;

/// Integrations.
#[Object]
impl IntegrationQueries {
    /// The organization's API tokens, newest first; null where you may not see them.
    async fn api_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<ApiToken>>> {
        Ok(service::page(request(ctx)?, Page::from_arguments(first, after, last, before)?).await?)
    }
}

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
    ) -> Result<Option<Listing<ApiToken>>> {
        Ok(service::page(request(ctx)?, Page::from_arguments(first, after)?).await?)
    }
}

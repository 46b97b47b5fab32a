//! Reading requests: the doors of the query root.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    queues,
    service::{self, Wanted},
    store::{RequestKind, RequestState},
    types::{RequestQueue, ServiceRequest},
};
use crate::graphql::{
    context::request,
    input::argument_id,
    paging::{Listing, Page},
};

/// Which requests are wanted.
#[derive(Debug, Clone, Default, InputObject)]
pub struct RequestFilterInput {
    /// Only those in this state.
    state: Option<RequestState>,
    /// Only those of this kind.
    kind: Option<RequestKind>,
    /// Only those in this queue.
    queue: Option<ID>,
    /// Only those you opened (true), or those of others (false).
    mine: Option<bool>,
    /// Only those that are assigned to you.
    #[graphql(default)]
    assigned_to_me: bool,
}

/// Requests and their queues.
#[derive(Default)]
pub struct RequestQueries;

/// Requests and their queues.
#[Object]
impl RequestQueries {
    /// The requests you may see, newest first: yours, those you answer, and those that were shown to your team; null where
    /// that can be none.
    async fn requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<RequestFilterInput>,
    ) -> Result<Option<Listing<ServiceRequest>>> {
        let filter = filter.unwrap_or_default();
        let queue = filter.queue.map(|id| argument_id("filter.queue", &id)).transpose()?;
        let wanted = Wanted {
            state: filter.state,
            kind: filter.kind,
            queue,
            mine: filter.mine,
            assigned_to_me: filter.assigned_to_me,
        };
        Ok(service::page(request(ctx)?, wanted, Page::from_arguments(first, after, last, before)?).await?)
    }

    /// The queues requests can be sent to, newest first; null where you may see none.
    async fn request_queues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Those that take no more requests, too.", default = false)] archived: bool,
    ) -> Result<Option<Listing<RequestQueue>>> {
        Ok(queues::page(request(ctx)?, archived, Page::from_arguments(first, after, last, before)?).await?)
    }
}

//! Searching: the door of the query root.

use async_graphql::{Context, Object, Result};

use super::{SearchKind, service};
use crate::graphql::{
    context::request,
    input,
    node::Node,
    paging::{Listing, Page, whole},
};

/// Searching.
#[derive(Default)]
pub struct SearchQueries;

/// Searching.
#[Object]
impl SearchQueries {
    /// What has all the words of a text, each at the beginning of a word, as far as you may see it: teams and persons by
    /// name first, then the rest, those with the words in their title before others. Case, marks and the spelling of
    /// umlauts do not matter. The first hundred hits are looked at; of more, say more.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Up to 200 characters with at least one word of two letters; the first 8 words count.")]
        text: String,
        #[graphql(desc = "Only these kinds; all when left out.")] kinds: Option<Vec<SearchKind>>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Node>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        let kinds = kinds.map(|kinds| input::choices("kinds", kinds)).transpose()?;
        let found = Box::pin(service::find(request(ctx)?, &text, &kinds.unwrap_or_default())).await?;
        Ok(Some(whole(found, &page)))
    }
}

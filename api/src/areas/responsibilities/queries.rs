//! Reading responsibilities: the doors of the query root.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    service::{self, Trouble, Wanted},
    types::Responsibility,
};
use crate::graphql::{
    context::{RequestContext, request},
    error::Exception,
    input::argument_id,
    paging::{Listing, Page},
};

/// Which areas of responsibility are wanted. What is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ResponsibilityFilterInput {
    /// Only those at home in this team or the teams below it.
    team: Option<ID>,
    /// Only those that are part of this area.
    parent: Option<ID>,
    /// Only those in which this person has a part today.
    person: Option<ID>,
    /// Only those with all these words in name, keywords or description; at most 200 characters.
    text: Option<String>,
    /// Those that were given up, instead of those in use.
    #[graphql(default = false)]
    retired: bool,
}

fn wanted(
    ctx: &RequestContext,
    filter: Option<ResponsibilityFilterInput>,
    trouble: Option<Trouble>,
) -> Result<Wanted, Exception> {
    let filter = filter.unwrap_or_default();
    let asker = ctx.asker()?;
    let homes = match filter.team {
        None => None,
        Some(team) => {
            let team = argument_id("filter.team", &team)?;
            Some(asker.snapshot.chart.subtree(team).iter().map(|team| team.id).collect())
        }
    };
    Ok(Wanted {
        homes,
        parent: filter.parent.map(|id| argument_id("filter.parent", &id)).transpose()?,
        holder: filter.person.map(|id| argument_id("filter.person", &id)).transpose()?,
        words: filter.text.map(|text| service::words_of("filter.text", &text)).transpose()?.unwrap_or_default(),
        retired: filter.retired,
        trouble,
    })
}

/// Responsibilities.
#[derive(Default)]
pub struct ResponsibilityQueries;

/// Responsibilities.
#[Object]
impl ResponsibilityQueries {
    /// The areas of responsibility, by name; null where you may not read them.
    async fn responsibilities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<ResponsibilityFilterInput>,
    ) -> Result<Option<Listing<Responsibility>>> {
        let ctx = request(ctx)?;
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(service::page(ctx, wanted(ctx, filter, None)?, page)).await?)
    }

    /// Who to turn to: the areas that have all words of a text in name, keywords or description, the best first; null where
    /// you may not read them. Of some two hundred hits the best are shown: say more to find the rest.
    async fn who_owns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Some words, in at most 200 characters.")] text: String,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Responsibility>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(service::who_owns(request(ctx)?, &text, page)).await?)
    }

    /// The areas nobody answers for: nobody is accountable, or whoever is has left; null where you may not read them.
    async fn responsibility_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<ResponsibilityFilterInput>,
    ) -> Result<Option<Listing<Responsibility>>> {
        let ctx = request(ctx)?;
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(service::page(ctx, wanted(ctx, filter, Some(Trouble::Gap))?, page)).await?)
    }

    /// The areas more than one is accountable for; null where you may not read them.
    async fn responsibility_overlaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<ResponsibilityFilterInput>,
    ) -> Result<Option<Listing<Responsibility>>> {
        let ctx = request(ctx)?;
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(service::page(ctx, wanted(ctx, filter, Some(Trouble::Overlap))?, page)).await?)
    }
}

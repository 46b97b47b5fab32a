//! Reading recognition: the doors of the query root.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    celebrations, feed,
    types::{Celebration, CompanyValue, Recognition},
    values,
};
use crate::graphql::{
    context::request,
    input::argument_id,
    paging::{Listing, Page, slice},
    scalars::{Date, DateTime},
};

/// Which recognition is wanted. All conditions hold at once.
#[derive(Debug, Clone, Default, InputObject)]
pub struct RecognitionFilterInput {
    /// Given to somebody who was in this team, or in one below it, at that time.
    team: Option<ID>,
    /// Given to this person.
    receiver: Option<ID>,
    /// Given by this person.
    giver: Option<ID>,
    /// Naming this value of the company.
    company_value: Option<ID>,
    /// Given at this moment or later.
    since: Option<DateTime>,
}

/// Recognition.
#[derive(Default)]
pub struct RecognitionQueries;

/// Recognition.
#[Object]
impl RecognitionQueries {
    /// The recognition you may see, newest first. It is not counted: that would tell of what is hidden.
    async fn recognitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<RecognitionFilterInput>,
    ) -> Result<Option<Listing<Recognition>>> {
        let filter = filter.unwrap_or_default();
        let wanted = feed::Wanted {
            team: filter.team.map(|id| argument_id("filter.team", &id)).transpose()?,
            receiver: filter.receiver.map(|id| argument_id("filter.receiver", &id)).transpose()?,
            giver: filter.giver.map(|id| argument_id("filter.giver", &id)).transpose()?,
            company_value: filter.company_value.map(|id| argument_id("filter.companyValue", &id)).transpose()?,
            since: filter.since.map(|moment| moment.0),
        };
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Some(feed::page(request(ctx)?, &wanted, page).await?))
    }

    /// The values of the company, at most fifty, by name; null where you may not see them.
    async fn company_values(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether those out of use are wanted too.", default = false)] inactive: bool,
    ) -> Result<Option<Vec<CompanyValue>>> {
        let rows = values::all(request(ctx)?, inactive).await?;
        Ok(rows.map(|rows| rows.into_iter().map(CompanyValue::from).collect()))
    }

    /// Birthdays and anniversaries of the people you see, as far as they let others know: by day, then by name. Empty for
    /// an API token.
    async fn celebrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day: the span has at most 62 days.")] to: Date,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Celebration>>> {
        let ctx = request(ctx)?;
        let page = Page::from_arguments(first, after, last, before)?;
        let days = celebrations::between(ctx, from.0, to.0).await?;
        Ok(Some(slice(&days, &page, |day| Celebration::seen(ctx, day))))
    }
}

//! Reading surveys: the doors of the query root.

use async_graphql::{Context, InputObject, Object, Result};

use super::{
    service,
    types::{Survey, SurveyStateName},
};
use crate::graphql::{
    context::request,
    paging::{Listing, Page},
};

/// Which surveys are wanted.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyFilterInput {
    /// Only those in this state.
    state: Option<SurveyStateName>,
}

/// Surveys.
#[derive(Default)]
pub struct SurveyQueries;

/// Surveys.
#[Object]
impl SurveyQueries {
    /// The surveys you may see, newest first; null when nobody is signed in.
    async fn surveys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<SurveyFilterInput>,
    ) -> Result<Option<Listing<Survey>>> {
        let state = filter.and_then(|filter| filter.state).map(Into::into);
        Ok(Some(service::survey_page(request(ctx)?, state, Page::from_arguments(first, after, last, before)?).await?))
    }
}

//! Reading about the retention model. What it says of groups stands at the groups.

use async_graphql::{Context, Object, Result};

use super::{
    service,
    types::{RetentionFeature, RetentionModel},
};
use crate::graphql::context::request;

/// Retention.
#[derive(Default)]
pub struct RetentionQueries;

/// Retention.
#[Object]
impl RetentionQueries {
    /// The newest version of the retention model, with its card; null while there is none, and where you may not see it: it
    /// is for people partners, executives, admins and whoever leads.
    async fn retention_model(&self, ctx: &Context<'_>) -> Result<Option<RetentionModel>> {
        let found = service::model(request(ctx)?).await?;
        Ok(found.map(|version| RetentionModel { version }))
    }

    /// All that the retention model may know of anybody's situation. Open to everybody it may be about; null for API
    /// tokens.
    async fn retention_features(&self, ctx: &Context<'_>) -> Result<Option<Vec<RetentionFeature>>> {
        let features = service::features(request(ctx)?)?;
        Ok(features.map(|features| features.iter().copied().map(RetentionFeature::from).collect()))
    }
}

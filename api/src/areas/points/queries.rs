//! Reading points: the doors of the query root. What one holds oneself is below `viewer`.

use async_graphql::{Context, Object, Result};
use hearten_policy::{Action, Resource};

use super::{
    service,
    types::{LedgerCheck, PointRules},
};
use crate::graphql::context::request;

/// Points.
#[derive(Default)]
pub struct PointQueries;

/// Points.
#[Object]
impl PointQueries {
    /// The rules for points; null where you may not see them.
    async fn point_rules(&self, ctx: &Context<'_>) -> Result<Option<PointRules>> {
        let ctx = request(ctx)?;
        if !ctx.asker()?.may(Action::ReadRewards, Resource::Organization) {
            return Ok(None);
        }
        Ok(Some(service::rules(ctx).await?.into()))
    }

    /// Looks through the whole books of points and says whether they add up; null where you may not see them. It reads
    /// every posting: not for a screen.
    async fn ledger_check(&self, ctx: &Context<'_>) -> Result<Option<LedgerCheck>> {
        let ctx = request(ctx)?;
        if !ctx.asker()?.may(Action::ReadLedger, Resource::Organization) {
            return Ok(None);
        }
        Ok(Some(Box::pin(service::check(ctx)).await?.into()))
    }
}

//! Rewards as the schema shows them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use hearten_entity::{redemption, reward};
use hearten_policy::{Action, Resource};

use super::store::{RedemptionState, facts};
use crate::{
    areas::{directory::types::Person, recognition::types::int},
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        scalars::DateTime,
    },
};

/// Something points can be spent on.
pub struct Reward {
    row: Box<reward::Model>,
}

impl From<reward::Model> for Reward {
    fn from(row: reward::Model) -> Self {
        Self { row: Box::new(row) }
    }
}

/// Something points can be spent on.
#[Object]
impl Reward {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What it is.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// More about it.
    async fn description(&self) -> &str {
        &self.row.description
    }

    /// What it costs, in points.
    async fn price(&self) -> i32 {
        int(self.row.price)
    }

    /// What it costs in hundredths of the currency's unit, by the rules of today, rounded down.
    async fn worth_in_cents(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let rules = request(ctx)?.loaders()?.point_rules().await?;
        Ok(Some(int(self.row.price.saturating_mul(100) / rules.points_per_unit.max(1))))
    }

    /// How many are left; null for as many as wanted.
    async fn stock(&self) -> Option<i32> {
        self.row.stock.map(int)
    }

    /// Whether it can be redeemed.
    async fn active(&self) -> bool {
        self.row.active
    }

    /// Whether each redemption has to be approved.
    async fn needs_approval(&self) -> bool {
        self.row.needs_approval
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }
}

/// A person's wish to have a reward for points.
pub struct Redemption {
    row: Box<redemption::Model>,
}

impl From<redemption::Model> for Redemption {
    fn from(row: redemption::Model) -> Self {
        Self { row: Box::new(row) }
    }
}

impl Redemption {
    fn may(&self, ctx: &RequestContext, action: Action) -> Result<bool, Exception> {
        Ok(ctx.asker()?.may(action, Resource::Redemption(facts(&self.row))))
    }

    fn stored_state(&self) -> Result<RedemptionState, Exception> {
        RedemptionState::stored(&self.row.state)
    }
}

/// A person's wish to have a reward for points.
#[Object]
impl Redemption {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// The reward.
    async fn reward(&self, ctx: &Context<'_>) -> Result<Option<Reward>> {
        let ctx = request(ctx)?;
        if !ctx.asker()?.may(Action::ReadRewards, Resource::Organization) {
            return Ok(None);
        }
        Ok(ctx.loaders()?.reward(self.row.reward_id).await?.map(Reward::from))
    }

    /// Whose wish; null where you may not see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.person_id))
    }

    /// What it cost when it was asked for, in points.
    async fn price(&self) -> i32 {
        int(self.row.price)
    }

    /// How far it has come.
    async fn state(&self) -> Result<Option<RedemptionState>> {
        Ok(Some(self.stored_state()?))
    }

    /// Why it was declined or refunded.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// When it was asked for.
    async fn requested_at(&self) -> DateTime {
        DateTime(self.row.requested_at)
    }

    /// When it was approved.
    async fn approved_at(&self) -> Option<DateTime> {
        self.row.approved_at.map(DateTime)
    }

    /// When it was fulfilled, declined, cancelled or refunded.
    async fn ended_at(&self) -> Option<DateTime> {
        self.row.ended_at.map(DateTime)
    }

    /// What you may do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<Option<RedemptionPermissionInfo>> {
        let ctx = request(ctx)?;
        let state = self.stored_state()?;
        let can = |next, action| Ok::<bool, Exception>(state.next().contains(&next) && self.may(ctx, action)?);
        Ok(Some(RedemptionPermissionInfo {
            approve: can(RedemptionState::Approved, Action::DecideRedemption)?,
            decline: can(RedemptionState::Declined, Action::DecideRedemption)?,
            cancel: can(RedemptionState::Cancelled, Action::CancelRedemption)?,
            fulfil: can(RedemptionState::Fulfilled, Action::FulfilRedemption)?,
            refund: can(RedemptionState::Refunded, Action::DecideRedemption)?,
        }))
    }
}

/// What the asker may do with a redemption now.
#[derive(SimpleObject)]
pub struct RedemptionPermissionInfo {
    /// Approve it.
    approve: bool,
    /// Decline it.
    decline: bool,
    /// Take it back.
    cancel: bool,
    /// Say that it was handed over.
    fulfil: bool,
    /// Give the points back though it was approved.
    refund: bool,
}

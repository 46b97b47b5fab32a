//! Changing rewards and redemptions: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, MaybeUndefined, Object, Result, SimpleObject};
use hearten_entity::{redemption, reward};

use super::{
    catalogue::{self, RewardChange},
    redeeming::{self, Step},
    types::{Redemption, Reward},
};
use crate::graphql::{
    context::{RequestContext, request},
    error::{Refusal, UserError},
    idempotency::key_of,
    input::input_id,
    payload::settle,
};

/// A reward to be created.
#[derive(Debug, Clone, InputObject)]
pub struct RewardCreateInput {
    /// What it is: at most 120 characters.
    title: String,
    /// More about it: at most 2,000 characters.
    description: Option<String>,
    /// What it costs, in points.
    price: i32,
    /// How many there are; as many as wanted when left out.
    stock: Option<i32>,
    /// Whether each redemption has to be approved.
    #[graphql(default = false)]
    needs_approval: bool,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day creates no second reward.
    idempotency_key: Option<String>,
}

/// A reward to be changed; what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct RewardUpdateInput {
    /// The reward.
    reward: ID,
    /// What it is.
    title: Option<String>,
    /// More about it.
    description: Option<String>,
    /// What it costs, in points. What somebody asked for already keeps its price.
    price: Option<i32>,
    /// How many are left from now on; null for as many as wanted.
    #[graphql(default)]
    stock: MaybeUndefined<i32>,
    /// Whether it can be redeemed.
    active: Option<bool>,
    /// Whether each redemption has to be approved.
    needs_approval: Option<bool>,
}

/// A reward to be redeemed.
#[derive(Debug, Clone, InputObject)]
pub struct RewardRedeemInput {
    /// The reward.
    reward: ID,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day spends nothing twice.
    idempotency_key: Option<String>,
}

/// A redemption.
#[derive(Debug, Clone, InputObject)]
pub struct RedemptionInput {
    /// The redemption.
    redemption: ID,
}

/// A redemption that comes to nothing.
#[derive(Debug, Clone, InputObject)]
pub struct RedemptionReasonInput {
    /// The redemption.
    redemption: ID,
    /// Why: at most 500 characters. The person sees it.
    reason: String,
}

/// What became of a reward.
#[derive(SimpleObject)]
pub struct RewardPayload {
    /// The reward as it stands now; null when nothing was changed.
    reward: Option<Reward>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a redemption.
#[derive(SimpleObject)]
pub struct RedemptionPayload {
    /// The redemption as it stands now; null when nothing was changed.
    redemption: Option<Redemption>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// Rewards.
#[derive(Default)]
pub struct RewardMutations;

fn reward_payload(outcome: Result<reward::Model, Refusal>) -> Result<Option<RewardPayload>> {
    let (row, errors) = settle(outcome)?;
    Ok(Some(RewardPayload { reward: row.map(Reward::from), errors }))
}

fn redemption_payload(outcome: Result<redemption::Model, Refusal>) -> Result<Option<RedemptionPayload>> {
    let (row, errors) = settle(outcome)?;
    Ok(Some(RedemptionPayload { redemption: row.map(Redemption::from), errors }))
}

async fn take(ctx: &RequestContext, id: &ID, step: Step) -> Result<Option<RedemptionPayload>> {
    let outcome = async {
        let id = input_id(["redemption"], id)?;
        Box::pin(redeeming::step(ctx, id, step)).await
    };
    redemption_payload(outcome.await)
}

/// Rewards.
#[Object]
impl RewardMutations {
    /// Creates a reward.
    async fn reward_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: RewardCreateInput,
    ) -> Result<Option<RewardPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "rewardCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let change = RewardChange {
                title: Some(input.title),
                description: input.description,
                price: Some(input.price.into()),
                stock: Some(input.stock.map(Into::into)),
                active: None,
                needs_approval: Some(input.needs_approval),
            };
            Box::pin(catalogue::create(ctx, change, key)).await
        };
        reward_payload(outcome.await)
    }

    /// Changes a reward, or takes it out of the catalogue.
    async fn reward_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what it is to be.")] input: RewardUpdateInput,
    ) -> Result<Option<RewardPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["reward"], &input.reward)?;
            let change = RewardChange {
                title: input.title,
                description: input.description,
                price: input.price.map(Into::into),
                stock: match input.stock {
                    MaybeUndefined::Undefined => None,
                    MaybeUndefined::Null => Some(None),
                    MaybeUndefined::Value(stock) => Some(Some(stock.into())),
                },
                active: input.active,
                needs_approval: input.needs_approval,
            };
            Box::pin(catalogue::update(ctx, id, change)).await
        };
        reward_payload(outcome.await)
    }

    /// Asks for a reward: its price is held at once, and one of its stock is kept back.
    async fn reward_redeem(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RewardRedeemInput,
    ) -> Result<Option<RedemptionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "rewardRedeem", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["reward"], &input.reward)?;
            Box::pin(redeeming::redeem(ctx, id, key)).await
        };
        redemption_payload(outcome.await)
    }

    /// Approves a redemption: the reward may be handed over.
    async fn redemption_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RedemptionInput,
    ) -> Result<Option<RedemptionPayload>> {
        take(request(ctx)?, &input.redemption, Step::Approve).await
    }

    /// Declines a redemption: points and stock go back.
    async fn redemption_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: RedemptionReasonInput,
    ) -> Result<Option<RedemptionPayload>> {
        take(request(ctx)?, &input.redemption, Step::Decline(input.reason)).await
    }

    /// Takes your own redemption back before it is approved: points and stock go back.
    async fn redemption_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RedemptionInput,
    ) -> Result<Option<RedemptionPayload>> {
        take(request(ctx)?, &input.redemption, Step::Cancel).await
    }

    /// Says that an approved reward was handed over: its points are spent.
    async fn redemption_fulfil(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RedemptionInput,
    ) -> Result<Option<RedemptionPayload>> {
        take(request(ctx)?, &input.redemption, Step::Fulfil).await
    }

    /// Gives points and stock back of an approved redemption that cannot be handed over.
    async fn redemption_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: RedemptionReasonInput,
    ) -> Result<Option<RedemptionPayload>> {
        take(request(ctx)?, &input.redemption, Step::Refund(input.reason)).await
    }
}

//! The catalogue: creating and changing rewards. What somebody already asked for keeps its price.

use hearten_entity::{InOrganization, reward};
use hearten_ids::RewardId;
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use crate::{
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Rewards of one organization, those out of use included.
const MOST_REWARDS: u64 = 1_000;
/// What a reward costs at most, in points.
pub const LARGEST_PRICE: i64 = 10_000_000;
/// How many of a reward there are at most, where they are counted.
pub const LARGEST_STOCK: i64 = 1_000_000;
const LONGEST_TITLE: usize = 120;
const LONGEST_DESCRIPTION: usize = 2_000;

/// What a reward is to be; what is None stays.
#[derive(Debug, Clone, Default)]
pub struct RewardChange {
    /// What it is.
    pub title: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// What it costs, in points.
    pub price: Option<i64>,
    /// How many are left; `Some(None)` for as many as wanted.
    pub stock: Option<Option<i64>>,
    /// Whether it can be redeemed.
    pub active: Option<bool>,
    /// Whether each redemption has to be approved.
    pub needs_approval: Option<bool>,
}

/// Creates a reward.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what is not accepted.
pub async fn create(ctx: &RequestContext, change: RewardChange, key: Option<Key>) -> Result<reward::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageRewards, Resource::Organization)?;
    let organization = asker.organization();
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall::<RewardId>(ctx.db.read(), now).await?
    {
        let found = super::service::find(ctx, done).await?;
        return Ok(found.ok_or_else(Exception::not_found)?);
    }
    let blank = reward::Model {
        id: RewardId(ctx.app.random.id(now)),
        organization_id: organization,
        title: String::new(),
        description: String::new(),
        price: 0,
        stock: None,
        active: true,
        needs_approval: false,
        created_at: now,
    };
    let row = changed(blank, &change)?;
    let tx = ctx.db.begin().await?;
    if reward::Entity::in_org(organization).count(&tx).await? >= MOST_REWARDS {
        let message = format!("an organization has at most {MOST_REWARDS} rewards");
        return Err(UserError::whole(UserErrorCode::TooLong, message).into());
    }
    reward::Entity::insert(reward::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    audit::record_in_tx(ctx, &tx, "reward.create", &row.id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    Ok(row)
}

/// Changes a reward. A stock that is set is what is left from now on.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what is not accepted, and for one that is not there.
pub async fn update(ctx: &RequestContext, id: RewardId, change: RewardChange) -> Result<reward::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageRewards, Resource::Organization)?;
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let row = reward::Entity::in_org(organization).filter(reward::Column::Id.eq(id)).lock_exclusive().one(&tx).await?;
    let Some(row) = row else {
        return Err(UserError::at(UserErrorCode::NotFound, ["reward"], "there is no such reward").into());
    };
    let row = changed(row, &change)?;
    let change = reward::ActiveModel {
        title: Set(row.title.clone()),
        description: Set(row.description.clone()),
        price: Set(row.price),
        stock: Set(row.stock),
        active: Set(row.active),
        needs_approval: Set(row.needs_approval),
        ..Default::default()
    };
    reward::Entity::update_in_org(organization).filter(reward::Column::Id.eq(id)).set(change).exec(&tx).await?;
    audit::record_in_tx(ctx, &tx, "reward.update", &id.to_string(), None).await?;
    tx.commit().await?;
    Ok(row)
}

fn changed(mut row: reward::Model, change: &RewardChange) -> Result<reward::Model, Refusal> {
    let mut problems = Vec::new();
    if change.title.is_some() || row.title.is_empty() {
        match input::text(["title"], change.title.as_deref().unwrap_or_default(), LONGEST_TITLE) {
            Ok(title) => row.title = title,
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(text) = change.description.as_deref().map(str::trim) {
        if text.is_empty() {
            row.description = String::new();
        } else {
            match input::text(["description"], text, LONGEST_DESCRIPTION) {
                Ok(text) => row.description = text,
                Err(problem) => problems.push(problem),
            }
        }
    }
    row.price = change.price.unwrap_or(row.price);
    if !(1..=LARGEST_PRICE).contains(&row.price) {
        let message = format!("a reward costs 1 to {LARGEST_PRICE} points");
        problems.push(UserError::at(UserErrorCode::Invalid, ["price"], message));
    }
    row.stock = change.stock.unwrap_or(row.stock);
    if row.stock.is_some_and(|stock| !(0..=LARGEST_STOCK).contains(&stock)) {
        let message = format!("0 to {LARGEST_STOCK}, or null for as many as wanted");
        problems.push(UserError::at(UserErrorCode::Invalid, ["stock"], message));
    }
    row.active = change.active.unwrap_or(row.active);
    row.needs_approval = change.needs_approval.unwrap_or(row.needs_approval);
    if problems.is_empty() { Ok(row) } else { Err(problems.into()) }
}

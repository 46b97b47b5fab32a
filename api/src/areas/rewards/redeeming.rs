//! From a wish to its fulfilment. Points are held with the wish and spent with the fulfilment; whatever ends it otherwise
//! gives them back by reversing the transfer that held them, and puts the item back into stock.

use hearten_entity::{InOrganization, redemption, reward};
use hearten_ids::{PersonId, RedemptionId, RewardId};
use hearten_ledger::{Transfer, TransferKind};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::{
    service,
    store::{RedemptionState, facts},
};
use crate::{
    areas::{
        audit,
        happenings::{self, Happening, HappeningKind},
        points::{
            service::{get_rules_in, hold_renewed_in_tx},
            store::{Account, Movement, get_transfer_in_tx, move_in_tx, no_transfer},
        },
    },
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

const LONGEST_REASON: usize = 500;
/// Those told that a redemption waits for approval, at most.
const MOST_TOLD: usize = 50;

fn none_left() -> Refusal {
    UserError::at(UserErrorCode::OutOfStock, ["reward"], "none of this reward are left").into()
}

/// Asks for a reward: holds its price and one of its stock. Where nobody has to approve, it is approved at once.
///
/// # Errors
/// FORBIDDEN for API tokens; refusals for a reward that is not there, points that do not suffice, and when none are left.
pub async fn redeem(ctx: &RequestContext, id: RewardId, key: Option<Key>) -> Result<redemption::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::RedeemReward, Resource::Organization)?;
    let person = asker.person().ok_or_else(|| Exception::code(ErrorCode::Forbidden))?;
    let now = ctx.app.clock.now();
    let organization = asker.organization();
    if let Some(key) = &key
        && let Some(done) = key.recall::<RedemptionId>(ctx.db.read(), now).await?
    {
        let found = service::find_redemption(ctx, done).await?;
        return Ok(found.ok_or_else(Exception::not_found)?);
    }
    let tx = ctx.db.begin().await?;
    let found = reward::Entity::in_org(organization).filter(reward::Column::Id.eq(id)).lock_exclusive().one(&tx);
    let Some(wanted) = found.await?.filter(|reward| reward.active) else {
        let message = "there is no such reward, or it is no longer offered";
        return Err(UserError::at(UserErrorCode::NotFound, ["reward"], message).into());
    };
    if wanted.stock.is_some() {
        take_from_stock_in_tx(&tx, &wanted).await?;
    }
    let redemption = RedemptionId(ctx.app.random.id(now));
    let accounts = [Account::Earned(person), Account::Hold(redemption)];
    let mut held = hold_renewed_in_tx(ctx, &tx, accounts).await?;
    let transfer =
        Transfer::from_one(TransferKind::Hold, Account::Earned(person), &[Account::Hold(redemption)], wanted.price);
    let movement =
        Movement { redemption: Some(redemption), ..Movement::by(Some(person), transfer.map_err(no_transfer)?) };
    let transfer = move_in_tx(&ctx.app, &tx, &mut held, movement).await.map_err(|unmoved| {
        unmoved.into_refusal(|overdrawn| {
            let message = format!("this takes {} points, and you have {}", overdrawn.wanted, overdrawn.balance);
            UserError::at(UserErrorCode::InsufficientPoints, ["reward"], message).into()
        })
    })?;
    let needs_approval = wanted.needs_approval || get_rules_in(&tx, organization).await?.approval_required;
    let state = if needs_approval { RedemptionState::Requested } else { RedemptionState::Approved };
    let row = redemption::Model {
        id: redemption,
        organization_id: organization,
        reward_id: id,
        person_id: person,
        price: wanted.price,
        took_stock: wanted.stock.is_some(),
        state: state.as_str().to_owned(),
        reason: None,
        transfer_id: transfer,
        requested_at: now,
        approved_at: (!needs_approval).then_some(now),
        ended_at: None,
        decided_by: None,
    };
    redemption::Entity::insert(redemption::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    if needs_approval {
        let keepers = service::keepers(&asker).into_iter().filter(|keeper| *keeper != person);
        tell_in_tx(ctx, &tx, HappeningKind::RewardRequested, redemption, keepers.take(MOST_TOLD).collect()).await?;
    }
    if let Some(key) = &key {
        key.remember(&tx, &redemption, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row)
}

async fn take_from_stock_in_tx(tx: &DatabaseTransaction, wanted: &reward::Model) -> Result<(), Refusal> {
    let taken = reward::Entity::update_in_org(wanted.organization_id)
        .filter(reward::Column::Id.eq(wanted.id))
        .filter(reward::Column::Stock.gt(0))
        .col_expr(reward::Column::Stock, Expr::col(reward::Column::Stock).sub(1))
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 { Err(none_left()) } else { Ok(()) }
}

async fn tell_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    kind: HappeningKind,
    redemption: RedemptionId,
    concerns: Vec<PersonId>,
) -> Result<(), Exception> {
    let asker = ctx.asker()?;
    let happening = Happening { kind, subject: redemption.to_string(), actor: asker.person(), concerns };
    happenings::record_in_tx(&ctx.app, tx, asker.organization(), happening).await
}

/// What somebody does to a redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It may be handed over.
    Approve,
    /// It may not, for this reason.
    Decline(String),
    /// The person does not want it any more.
    Cancel,
    /// It was handed over.
    Fulfil,
    /// It was approved, but cannot be handed over, for this reason.
    Refund(String),
}

impl Step {
    const fn action(&self) -> Action {
        match self {
            Self::Approve | Self::Decline(_) | Self::Refund(_) => Action::DecideRedemption,
            Self::Cancel => Action::CancelRedemption,
            Self::Fulfil => Action::FulfilRedemption,
        }
    }

    const fn leads_to(&self) -> RedemptionState {
        match self {
            Self::Approve => RedemptionState::Approved,
            Self::Decline(_) => RedemptionState::Declined,
            Self::Cancel => RedemptionState::Cancelled,
            Self::Fulfil => RedemptionState::Fulfilled,
            Self::Refund(_) => RedemptionState::Refunded,
        }
    }

    /// What the person is told; nothing of what they did themselves.
    const fn told(&self) -> Option<HappeningKind> {
        match self {
            Self::Approve => Some(HappeningKind::RewardApproved),
            Self::Fulfil => Some(HappeningKind::RewardFulfilled),
            Self::Decline(_) | Self::Refund(_) => Some(HappeningKind::RewardRefunded),
            Self::Cancel => None,
        }
    }

    const fn audited_as(&self) -> &'static str {
        match self {
            Self::Approve => "redemption.approve",
            Self::Decline(_) => "redemption.decline",
            Self::Cancel => "redemption.cancel",
            Self::Fulfil => "redemption.fulfil",
            Self::Refund(_) => "redemption.refund",
        }
    }
}

/// Takes a redemption one step further, once.
///
/// # Errors
/// FORBIDDEN by policy; refusals for one that is not there, is not in a state for this step, and for a reason that is
/// missing.
pub async fn step(ctx: &RequestContext, id: RedemptionId, step: Step) -> Result<redemption::Model, Refusal> {
    let asker = ctx.asker()?;
    let seen = service::find_redemption(ctx, id).await?;
    let seen =
        seen.ok_or_else(|| UserError::at(UserErrorCode::NotFound, ["redemption"], "there is no such redemption"))?;
    asker.require(step.action(), Resource::Redemption(facts(&seen)))?;
    let reason = match &step {
        Step::Decline(reason) | Step::Refund(reason) => Some(input::text(["reason"], reason, LONGEST_REASON)?),
        Step::Approve | Step::Cancel | Step::Fulfil => None,
    };
    let now = ctx.app.clock.now();
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let row = redemption::Entity::in_org(organization).filter(redemption::Column::Id.eq(id)).lock_exclusive();
    let mut row = row.one(&tx).await?.ok_or_else(Exception::not_found)?;
    let (state, next) = (RedemptionState::stored(&row.state)?, step.leads_to());
    if state == next {
        return Err(UserError::at(UserErrorCode::AlreadyDone, ["redemption"], "this was done already").into());
    }
    if !state.next().contains(&next) {
        let message = format!("a redemption that is {} cannot become {}", state.as_str(), next.as_str());
        return Err(UserError::at(UserErrorCode::WrongState, ["redemption"], message).into());
    }
    if next.gives_back() {
        return_in_tx(ctx, &tx, &row).await?;
    } else if next == RedemptionState::Fulfilled {
        spend_in_tx(ctx, &tx, &row).await?;
    }
    row.state = next.as_str().to_owned();
    row.reason = reason;
    row.decided_by = asker.person();
    if next == RedemptionState::Approved {
        row.approved_at = Some(now);
    } else {
        row.ended_at = Some(now);
    }
    let change = redemption::ActiveModel {
        state: Set(row.state.clone()),
        reason: Set(row.reason.clone()),
        decided_by: Set(row.decided_by),
        approved_at: Set(row.approved_at),
        ended_at: Set(row.ended_at),
        ..Default::default()
    };
    redemption::Entity::update_in_org(organization).filter(redemption::Column::Id.eq(id)).set(change).exec(&tx).await?;
    if let Some(kind) = step.told() {
        tell_in_tx(ctx, &tx, kind, id, vec![row.person_id]).await?;
    }
    audit::record_in_tx(ctx, &tx, step.audited_as(), &id.to_string(), Some(row.person_id)).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row)
}

/// Points and stock go back.
async fn return_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    row: &redemption::Model,
) -> Result<(), Exception> {
    let organization = row.organization_id;
    if row.took_stock {
        // Unless there is no stock any more.
        reward::Entity::update_in_org(organization)
            .filter(reward::Column::Id.eq(row.reward_id))
            .filter(reward::Column::Stock.is_not_null())
            .col_expr(reward::Column::Stock, Expr::col(reward::Column::Stock).add(1))
            .exec(tx)
            .await?;
    }
    let reversal = get_transfer_in_tx(tx, organization, row.transfer_id).await?.reversal().map_err(no_transfer)?;
    let accounts: Vec<Account> = reversal.postings().iter().map(|posting| posting.account).collect();
    let mut held = hold_renewed_in_tx(ctx, tx, accounts).await?;
    let movement = Movement {
        redemption: Some(row.id),
        reverses: Some(row.transfer_id),
        ..Movement::by(ctx.asker()?.person(), reversal)
    };
    move_in_tx(&ctx.app, tx, &mut held, movement).await?;
    Ok(())
}

/// What is held is spent.
async fn spend_in_tx(ctx: &RequestContext, tx: &DatabaseTransaction, row: &redemption::Model) -> Result<(), Exception> {
    let hold = Account::Hold(row.id);
    let mut held = hold_renewed_in_tx(ctx, tx, [hold, Account::Spent]).await?;
    let transfer = Transfer::from_one(TransferKind::Fulfilment, hold, &[Account::Spent], row.price);
    let movement =
        Movement { redemption: Some(row.id), ..Movement::by(ctx.asker()?.person(), transfer.map_err(no_transfer)?) };
    move_in_tx(&ctx.app, tx, &mut held, movement).await?;
    Ok(())
}

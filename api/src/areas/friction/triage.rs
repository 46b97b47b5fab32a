//! What becomes of frictions: merged, rejected, resolved, opened again.

use hearten_entity::{InOrganization, friction, friction_vote, roadmap_step};
use hearten_ids::FrictionId;
use hearten_policy::Action;
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};

use super::{
    cost,
    reporting::write_in_tx,
    service::{concerned_in_tx, count_in_tx, happened_in_tx, hold_in_tx, workable},
    store::FrictionState,
};
use crate::{
    areas::{audit, happenings::HappeningKind, search},
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
    },
};

/// Merges a friction into another one: votes unite, each person counted once, and its steps go along. Of two that merge the
/// same two into each other at once, one wins.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy, of either; a refusal where they are the same or one was merged already.
pub async fn merge(ctx: &RequestContext, id: FrictionId, into: FrictionId) -> Result<friction::Model, Refusal> {
    let asker = ctx.asker()?;
    workable(ctx, id, Action::TriageFriction, ["friction"]).await?;
    workable(ctx, into, Action::TriageFriction, ["into"]).await?;
    if id == into {
        return Err(UserError::at(UserErrorCode::Cycle, ["into"], "a friction cannot be merged into itself").into());
    }
    let (organization, now) = (asker.organization(), ctx.app.clock.now());
    let tx = ctx.db.begin().await?;
    let rows = hold_in_tx(&asker, &tx, &[id, into], Action::TriageFriction).await?;
    let (mut from, mut to): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id == id);
    let mut from = from.pop().ok_or_else(Exception::not_found)?;
    let mut to = to.pop().ok_or_else(Exception::not_found)?;
    for (row, path) in [(&from, "friction"), (&to, "into")] {
        if FrictionState::read(&row.state)? == FrictionState::Merged {
            let message = "this friction was merged into another one; use that";
            return Err(UserError::at(UserErrorCode::WrongState, [path], message).into());
        }
    }
    let concerns = concerned_in_tx(&tx, &from).await?;
    unite_votes(&tx, &from, &to).await?;
    roadmap_step::Entity::update_in_org(organization)
        .filter(roadmap_step::Column::FrictionId.eq(id))
        .col_expr(roadmap_step::Column::FrictionId, Expr::value(into))
        .exec(&tx)
        .await?;
    // What was merged into this one before is part of the other one now: no chains.
    friction::Entity::update_in_org(organization)
        .filter(friction::Column::MergedInto.eq(id))
        .col_expr(friction::Column::MergedInto, Expr::value(into))
        .exec(&tx)
        .await?;
    to.people = to.people.max(from.people);
    count_in_tx(&tx, &mut to).await?;
    to.changed_at = now;
    write_in_tx(&tx, &to).await?;
    count_in_tx(&tx, &mut from).await?;
    from.state = FrictionState::Merged.as_str().to_owned();
    from.merged_into = Some(into);
    from.cost = 0;
    from.changed_at = now;
    write_in_tx(&tx, &from).await?;
    search::forget_in_tx(&tx, organization, &id.to_string()).await?;
    happened_in_tx(&ctx.app, &tx, &to, HappeningKind::FrictionMerged, asker.person(), concerns).await?;
    audit::record_in_tx(ctx, &tx, "friction.merge", &id.to_string(), None).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(to)
}

/// Moves the votes of those who have not voted for the other one, and drops the rest.
async fn unite_votes(tx: &DatabaseTransaction, from: &friction::Model, to: &friction::Model) -> Result<(), Exception> {
    let organization = from.organization_id;
    let there = friction_vote::Entity::in_org(organization)
        .filter(friction_vote::Column::FrictionId.eq(to.id))
        .select_only()
        .column(friction_vote::Column::PersonId)
        .into_query();
    friction_vote::Entity::delete_in_org(organization)
        .filter(friction_vote::Column::FrictionId.eq(from.id))
        .filter(friction_vote::Column::PersonId.in_subquery(there))
        .exec(tx)
        .await?;
    friction_vote::Entity::update_in_org(organization)
        .filter(friction_vote::Column::FrictionId.eq(from.id))
        .col_expr(friction_vote::Column::FrictionId, Expr::value(to.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// What is decided about a friction.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Nothing will be done, for a reason.
    Reject(String),
    /// It is no more.
    Resolve,
    /// It is a friction after all.
    Reopen,
}

/// Decides about a friction.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; WRONG_STATE where it cannot be decided so.
pub async fn decide(ctx: &RequestContext, id: FrictionId, verdict: Verdict) -> Result<friction::Model, Refusal> {
    use FrictionState::{InProgress, Merged, Planned, Rejected, Reported, Resolved};
    let asker = ctx.asker()?;
    workable(ctx, id, Action::TriageFriction, ["friction"]).await?;
    let tx = ctx.db.begin().await?;
    let mut rows = hold_in_tx(&asker, &tx, &[id], Action::TriageFriction).await?;
    let mut row = rows.pop().ok_or_else(Exception::not_found)?;
    let state = FrictionState::read(&row.state)?;
    let (to, reason, kind) = match (verdict, state) {
        (Verdict::Reject(reason), Reported | Planned | InProgress) => {
            (Rejected, Some(reason), HappeningKind::FrictionRejected)
        }
        (Verdict::Resolve, Reported | Planned | InProgress) => (Resolved, None, HappeningKind::FrictionResolved),
        (Verdict::Reopen, Rejected | Resolved) => (Reported, None, HappeningKind::FrictionReopened),
        (_, Reported | Planned | InProgress | Rejected | Resolved | Merged) => {
            let message = format!("this friction is {}, so this cannot be decided about it", state.as_str());
            return Err(UserError::at(UserErrorCode::WrongState, ["friction"], message).into());
        }
    };
    row.state = to.as_str().to_owned();
    row.reject_reason = reason;
    row.changed_at = ctx.app.clock.now();
    row.cost = cost::cost(&row);
    write_in_tx(&tx, &row).await?;
    let concerns = concerned_in_tx(&tx, &row).await?;
    happened_in_tx(&ctx.app, &tx, &row, kind, asker.person(), concerns).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row)
}

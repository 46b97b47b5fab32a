//! The moves of an expectation. Each is decided about the row as it is held, so that of two at once one finds the other's
//! work.

use chrono::NaiveDate;
use hearten_entity::{InOrganization, expectation};
use hearten_expectation::{Move, Party, Refused, Situation, State, Terms, Unit, reminder_stage};
use hearten_ids::{ExpectationId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter, QuerySelect, sea_query::Expr};

use super::{
    proposing::{check_terms, index_in_tx, only_persons, optional_text, record_move_in_tx},
    service::find,
    store::{Expectation, stored_amount},
    workload::{self, Overload},
};
use crate::{
    areas::happenings::{Happening, HappeningKind, record_in_tx},
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
    },
};

/// A history has at most so many moves: two people who got this far should talk.
const MOST_MOVES: i32 = 50;

/// What a counter-proposal changes; what is left out stays.
#[derive(Debug, Default)]
pub struct Change {
    /// What is to be done.
    pub what: Option<String>,
    /// How much of it.
    pub amount: Option<i32>,
    /// Of what.
    pub unit: Option<Unit>,
    /// By when.
    pub due: Option<NaiveDate>,
}

impl Change {
    const fn is_empty(&self) -> bool {
        self.what.is_none() && self.amount.is_none() && self.unit.is_none() && self.due.is_none()
    }
}

/// A move to be made.
#[derive(Debug)]
pub struct Wish {
    /// Of which expectation.
    pub expectation: ExpectationId,
    /// Which move.
    pub step: Move,
    /// Why.
    pub reason: Option<String>,
    /// Other terms, for a counter-proposal.
    pub change: Option<Change>,
    /// What the input calls the reason.
    pub reason_is: &'static str,
}

/// What came of a move.
#[derive(Debug)]
pub struct Moved {
    /// The expectation as it stands now.
    pub expectation: Expectation,
    /// That there is now more work than time in its week, where the asker may know.
    pub overload: Option<Overload>,
}

/// Makes a move.
///
/// # Errors
/// NOT_FOUND where the expectation is hidden, FORBIDDEN where it is not the asker's; refusals for a move that its state
/// does not allow, and for a reason or terms that are missing or not accepted.
pub async fn make(ctx: &RequestContext, wish: Wish) -> Result<Moved, Refusal> {
    let asker = ctx.asker()?;
    let me = asker.person().ok_or_else(only_persons)?;
    let seen = find(ctx, wish.expectation).await?.ok_or_else(no_expectation)?;
    asker.require(Action::MoveExpectation, Resource::Expectation(seen.facts()))?;
    let reason = check(&wish)?;
    let tx = ctx.db.begin().await?;
    let before = hold_in_tx(&tx, &asker, wish.expectation).await?;
    let side = before.side_of(me).ok_or_else(|| Exception::code(ErrorCode::Forbidden))?;
    let after = decide(ctx, &asker, &before, side, wish.step, wish.change)?;
    write_in_tx(ctx, &tx, &asker, &after).await?;
    record_move_in_tx(&ctx.app, &tx, asker.organization(), &after, wish.step, me, reason).await?;
    if after.terms.what != before.terms.what {
        index_in_tx(&tx, asker.organization(), &after).await?;
    }
    let happening = Happening {
        kind: kind_of(wish.step),
        subject: after.id.to_string(),
        actor: Some(me),
        concerns: vec![after.person(side.other())],
    };
    record_in_tx(&ctx.app, &tx, asker.organization(), happening).await?;
    let overload = match wish.step {
        Move::Accept => warn_in_tx(ctx, &tx, &asker, &after).await?,
        _ => None,
    };
    tx.commit().await?;
    ctx.app.outbox.wake();
    let may_know = asker.may(Action::ReadWorkload, Resource::Person(after.to));
    Ok(Moved { expectation: after, overload: overload.filter(|_| may_know) })
}

/// What can be said of the input before the expectation is looked at; returns the reason.
fn check(wish: &Wish) -> Result<Option<String>, Refusal> {
    let mut problems = Vec::new();
    let reason = optional_text(wish.reason_is, wish.reason.clone(), &mut problems);
    if wish.step.needs_reason() && reason.is_none() && problems.is_empty() {
        let message = "say why: the other side has to understand it";
        problems.push(UserError::at(UserErrorCode::Required, [wish.reason_is], message));
    }
    match (&wish.change, wish.step) {
        (None, Move::Counter) => {
            let message = "a counter-proposal says what should be different";
            problems.push(UserError::at(UserErrorCode::Required, ["counter"], message));
        }
        (Some(change), Move::Counter) if change.is_empty() => {
            let message = "name at least one of what, amount, unit and dueAt";
            problems.push(UserError::at(UserErrorCode::Required, ["counter"], message));
        }
        (Some(_), step) if step != Move::Counter => {
            let message = "other terms come with the response COUNTER";
            problems.push(UserError::at(UserErrorCode::Invalid, ["counter"], message));
        }
        _ => {}
    }
    if problems.is_empty() { Ok(reason) } else { Err(problems.into()) }
}

fn no_expectation() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["expectation"], "there is no such expectation, or you may not see it")
}

/// The expectation, which nobody else moves until the transaction ends.
async fn hold_in_tx(tx: &DatabaseTransaction, asker: &Asker, id: ExpectationId) -> Result<Expectation, Refusal> {
    let row = expectation::Entity::in_org(asker.organization())
        .filter(expectation::Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(Expectation::try_from(row.ok_or_else(no_expectation)?)?)
}

fn decide(
    ctx: &RequestContext,
    asker: &Asker,
    before: &Expectation,
    side: Party,
    step: Move,
    change: Option<Change>,
) -> Result<Expectation, Refusal> {
    let today = ctx.app.clock.today();
    let situation = Situation {
        overdue: before.terms.due < today,
        from_has_left: asker.snapshot.chart.active_person(before.from).is_none(),
    };
    let standing = before.standing.after(step, side, situation).map_err(refusal_of)?;
    if before.moves >= MOST_MOVES && step == Move::Counter {
        let message = format!("after {MOST_MOVES} moves talk to each other, then accept, decline or withdraw");
        return Err(UserError::at(UserErrorCode::TooLong, ["expectation"], message).into());
    }
    let terms = match change {
        None => before.terms.clone(),
        Some(change) => changed(&before.terms, change, today)?,
    };
    let now = ctx.app.clock.now();
    Ok(Expectation {
        reported_at: if standing.reported { before.reported_at.or(Some(now)) } else { None },
        standing,
        terms,
        moves: before.moves + 1,
        changed_at: now,
        ..before.clone()
    })
}

fn refusal_of(refused: Refused) -> UserError {
    let code = match refused {
        Refused::WrongState | Refused::OwnProposal | Refused::NotDue | Refused::TooLate => UserErrorCode::WrongState,
        Refused::OtherSide => UserErrorCode::Forbidden,
        Refused::AlreadyReported => UserErrorCode::AlreadyDone,
    };
    UserError::at(code, ["expectation"], refused.to_string())
}

fn changed(before: &Terms, change: Change, today: NaiveDate) -> Result<Terms, Refusal> {
    let mut problems = Vec::new();
    let terms = check_terms(
        ["counter"],
        change.what.as_deref().unwrap_or(&before.what),
        change.amount.unwrap_or_else(|| stored_amount(before)),
        change.unit.unwrap_or(before.unit),
        change.due.unwrap_or(before.due),
        today,
        &mut problems,
    );
    match terms {
        None => Err(problems.into()),
        Some(terms) if terms == *before => {
            let message = "this is what is on the table already: accept it, or change something";
            Err(UserError::at(UserErrorCode::Invalid, ["counter"], message).into())
        }
        Some(terms) => Ok(terms),
    }
}

async fn write_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    asker: &Asker,
    after: &Expectation,
) -> Result<(), Exception> {
    use expectation::Column;
    // What could have been a reminder before it was accepted is none any more.
    let stage = reminder_stage(ctx.app.clock.today(), after.terms.due);
    expectation::Entity::update_in_org(asker.organization())
        .filter(Column::Id.eq(after.id))
        .col_expr(Column::State, Expr::value(after.standing.state.as_str()))
        .col_expr(Column::Awaits, Expr::value(after.standing.awaits.map(Party::as_str)))
        .col_expr(Column::What, Expr::value(after.terms.what.as_str()))
        .col_expr(Column::Amount, Expr::value(stored_amount(&after.terms)))
        .col_expr(Column::Unit, Expr::value(after.terms.unit.as_str()))
        .col_expr(Column::DueOn, Expr::value(after.terms.due))
        .col_expr(Column::ReportedAt, Expr::value(after.reported_at))
        .col_expr(Column::Moves, Expr::value(after.moves))
        .col_expr(Column::RemindedStage, Expr::value(stage))
        .col_expr(Column::ChangedAt, Expr::value(after.changed_at))
        .exec(tx)
        .await?;
    Ok(())
}

const fn kind_of(step: Move) -> HappeningKind {
    match step {
        Move::Propose => HappeningKind::ExpectationProposed,
        Move::Accept => HappeningKind::ExpectationAccepted,
        Move::Counter => HappeningKind::ExpectationNegotiated,
        Move::Decline => HappeningKind::ExpectationDeclined,
        Move::Withdraw => HappeningKind::ExpectationWithdrawn,
        Move::Report => HappeningKind::ExpectationReported,
        Move::Meet => HappeningKind::ExpectationMet,
        Move::Exceed => HappeningKind::ExpectationExceeded,
        Move::Miss => HappeningKind::ExpectationMissed,
    }
}

/// Tells whoever has more work than time now, and nobody else: managers hear of it when it has lasted
/// (`upkeep`).
async fn warn_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    asker: &Asker,
    accepted: &Expectation,
) -> Result<Option<Overload>, Exception> {
    debug_assert!(accepted.standing.state == State::Accepted);
    let (organization, person): (_, PersonId) = (asker.organization(), accepted.to);
    let today = ctx.app.clock.today();
    let Some(found) = workload::overload_in(tx, organization, person, today, accepted.terms.due).await? else {
        return Ok(None);
    };
    if workload::note_in_tx(&ctx.app, tx, organization, person, found.monday).await? {
        let happening = Happening {
            kind: HappeningKind::ExpectationOverload,
            subject: accepted.id.to_string(),
            // Nobody did this: it is news for whoever accepted, too.
            actor: None,
            concerns: vec![person],
        };
        record_in_tx(&ctx.app, tx, organization, happening).await?;
    }
    Ok(Some(found))
}

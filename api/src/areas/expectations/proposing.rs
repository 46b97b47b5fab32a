//! Proposing an expectation, and what its terms may be.

use chrono::{Months, NaiveDate};
use hearten_entity::{expectation, expectation_move};
use hearten_expectation::{Move, Standing, Terms, Unit, Urgency};
use hearten_ids::{ExpectationId, ExpectationMoveId, OrganizationId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use super::store::{Expectation, stored_amount};
use crate::{
    app::App,
    areas::{
        happenings::{Happening, HappeningKind, record_in_tx},
        search::{self, Audience, Entry, SearchKind},
    },
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// The longest description of what is expected, in characters.
pub const LONGEST_WHAT: usize = 500;
/// The longest background, reason or note.
pub const LONGEST_TEXT: usize = 2_000;
/// The largest amount.
pub const LARGEST_AMOUNT: i32 = 100_000;
/// How far ahead something can be due.
const FARTHEST: Months = Months::new(24);

/// What is to be proposed.
#[derive(Debug)]
pub struct NewExpectation {
    /// Of whom.
    pub to: PersonId,
    /// What.
    pub what: String,
    /// How much.
    pub amount: i32,
    /// Of what.
    pub unit: Unit,
    /// By when.
    pub due: NaiveDate,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Why.
    pub background: Option<String>,
    /// Whether the manager of `to` sees it.
    pub visible_to_manager: bool,
}

/// Proposes an expectation.
///
/// # Errors
/// Refusals for people out of reach, who have left, or oneself, and for values that are not accepted, all at once.
pub async fn propose(ctx: &RequestContext, new: NewExpectation, key: Option<Key>) -> Result<ExpectationId, Refusal> {
    let asker = ctx.asker()?;
    let me = asker.person().ok_or_else(only_persons)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let mut problems = Vec::new();
    problems.extend(reachable(ctx, me, new.to)?.err());
    let today = ctx.app.clock.today();
    let terms = check_terms([], &new.what, new.amount, new.unit, new.due, today, &mut problems);
    let background = optional_text("background", new.background, &mut problems);
    let Some(terms) = terms.filter(|_| problems.is_empty()) else { return Err(problems.into()) };
    let id = ExpectationId(ctx.app.random.id(now));
    let expectation = Expectation {
        id,
        from: me,
        to: new.to,
        standing: Standing::PROPOSED,
        terms,
        urgency: new.urgency,
        background,
        visible_to_manager: new.visible_to_manager,
        reported_at: None,
        moves: 1,
        created_at: now,
        changed_at: now,
    };
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    insert_in_tx(&tx, organization, &expectation).await?;
    record_move_in_tx(&ctx.app, &tx, organization, &expectation, Move::Propose, me, None).await?;
    index_in_tx(&tx, organization, &expectation).await?;
    let happening = Happening {
        kind: HappeningKind::ExpectationProposed,
        subject: id.to_string(),
        actor: Some(me),
        concerns: vec![new.to],
    };
    record_in_tx(&ctx.app, &tx, organization, happening).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(id)
}

/// What an integration is told: it expects nothing of anybody.
pub fn only_persons() -> UserError {
    UserError::whole(UserErrorCode::Forbidden, "expectations are between people; sign in as a person")
}

fn reachable(ctx: &RequestContext, me: PersonId, to: PersonId) -> Result<Result<(), UserError>, Exception> {
    let asker = ctx.asker()?;
    let record = asker.snapshot.chart.person(to).filter(|_| asker.may(Action::ReadPerson, Resource::Person(to)));
    let refused = |code, message| UserError::at(code, ["to"], message);
    Ok(match record {
        None => Err(refused(UserErrorCode::NotFound, "there is no such person, or you may not see them")),
        Some(_) if to == me => Err(refused(
            UserErrorCode::Invalid,
            "that is you: what you expect of yourself is a goal, not an expectation",
        )),
        Some(record) if !record.is_active() => {
            Err(refused(UserErrorCode::WrongState, "this person has left, so nothing can be expected of them"))
        }
        Some(_) if asker.may(Action::ProposeExpectation, Resource::Person(to)) => Ok(()),
        Some(_) => Err(refused(UserErrorCode::Forbidden, "you may not expect something of this person")),
    })
}

/// The terms, if they are accepted; else what is wrong with them is added to `problems`, below `at`.
pub fn check_terms<const N: usize>(
    at: [&str; N],
    what: &str,
    amount: i32,
    unit: Unit,
    due: NaiveDate,
    today: NaiveDate,
    problems: &mut Vec<UserError>,
) -> Option<Terms> {
    let before = problems.len();
    let mut refuse = |name: &str, code, message: String| {
        let path = at.iter().chain([&name]).map(ToString::to_string).collect();
        problems.push(UserError { code, message, path: Some(path) });
    };
    let what = input::text(["what"], what, LONGEST_WHAT)
        .map_err(|refused| refuse("what", refused.code, refused.message))
        .unwrap_or_default();
    if !(1..=LARGEST_AMOUNT).contains(&amount) {
        refuse("amount", UserErrorCode::Invalid, format!("1 to {LARGEST_AMOUNT}"));
    }
    if due < today {
        refuse("dueAt", UserErrorCode::Invalid, "this day is over; name today or a later one".to_owned());
    } else if today.checked_add_months(FARTHEST).is_some_and(|last| due > last) {
        refuse("dueAt", UserErrorCode::Invalid, "at most two years ahead".to_owned());
    }
    (problems.len() == before).then(|| Terms { what, amount: u32::try_from(amount).unwrap_or(1), unit, due })
}

/// A text that may be left out; an empty one counts as left out.
pub fn optional_text(name: &str, text: Option<String>, problems: &mut Vec<UserError>) -> Option<String> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    input::text([name], &text, LONGEST_TEXT).map_err(|refused| problems.push(refused)).ok()
}

async fn insert_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    expectation: &Expectation,
) -> Result<(), Exception> {
    expectation::Entity::insert(expectation::ActiveModel {
        id: Set(expectation.id),
        organization_id: Set(organization),
        from_id: Set(expectation.from),
        to_id: Set(expectation.to),
        state: Set(expectation.standing.state.as_str().to_owned()),
        awaits: Set(expectation.standing.awaits.map(|side| side.as_str().to_owned())),
        what: Set(expectation.terms.what.clone()),
        amount: Set(stored_amount(&expectation.terms)),
        unit: Set(expectation.terms.unit.as_str().to_owned()),
        due_on: Set(expectation.terms.due),
        urgency: Set(expectation.urgency.rank()),
        background: Set(expectation.background.clone()),
        visible_to_manager: Set(expectation.visible_to_manager),
        reported_at: Set(None),
        moves: Set(1),
        reminded_stage: Set(0),
        created_at: Set(expectation.created_at),
        changed_at: Set(expectation.changed_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Writes a row of the history: what stood after the move, which is number `expectation.moves`.
///
/// # Errors
/// When the database fails.
pub async fn record_move_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    expectation: &Expectation,
    step: Move,
    person: PersonId,
    reason: Option<String>,
) -> Result<(), Exception> {
    let now = app.clock.now();
    expectation_move::Entity::insert(expectation_move::ActiveModel {
        id: Set(ExpectationMoveId(app.random.id(now))),
        organization_id: Set(organization),
        expectation_id: Set(expectation.id),
        number: Set(expectation.moves),
        step: Set(step.as_str().to_owned()),
        person_id: Set(person),
        reason: Set(reason),
        what: Set(expectation.terms.what.clone()),
        amount: Set(stored_amount(&expectation.terms)),
        unit: Set(expectation.terms.unit.as_str().to_owned()),
        due_on: Set(expectation.terms.due),
        moved_at: Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Lets both sides find it by its words.
///
/// # Errors
/// When the database fails.
pub async fn index_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    expectation: &Expectation,
) -> Result<(), Exception> {
    let entry = Entry {
        kind: SearchKind::Expectation,
        subject: expectation.id.to_string(),
        title: &expectation.terms.what,
        body: expectation.background.as_deref().unwrap_or_default(),
        audience: vec![Audience::Person(expectation.from), Audience::Person(expectation.to)],
    };
    search::index_in_tx(tx, organization, entry).await
}

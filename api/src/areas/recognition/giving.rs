//! Thanking, and taking it back. Points move in the transaction of the recognition, or not at all.

use chrono::TimeDelta;
use hearten_entity::{InOrganization, company_value, recognition, recognition_receiver};
use hearten_ids::{CompanyValueId, PersonId, PointTransferId, RecognitionId, RecognitionReceiverId, TeamId};
use hearten_ledger::{Transfer, TransferKind};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    service::{by_id, get_visible},
    store::{Recognition, RecognitionVisibility, StoredReceiver},
};
use crate::{
    areas::{
        happenings::{self, Happening, HappeningKind},
        points::{
            service::hold_renewed_in_tx,
            store::{Account, Movement, get_transfer_in_tx, month_of, move_in_tx, no_transfer},
        },
        search::{self, Audience, Entry, SearchKind},
        surveys::store::to_json,
    },
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
    platform::{bus::Event, outbox::Outbox},
};

/// Receivers of one recognition, at most.
pub const MOST_RECEIVERS: usize = 50;
/// Characters of a message, at most.
pub const LONGEST_MESSAGE: usize = 2_000;
/// Points for one receiver, at most.
pub const MOST_POINTS: i64 = 100_000;
/// How long the giver can take a recognition back.
pub const WITHDRAWABLE: TimeDelta = TimeDelta::hours(24);

/// What a new recognition is to be.
#[derive(Debug, Clone)]
pub struct NewRecognition {
    /// Who is thanked.
    pub receivers: Vec<PersonId>,
    /// The value it names.
    pub company_value: Option<CompanyValueId>,
    /// What for.
    pub message: String,
    /// Points for each receiver.
    pub points: i64,
    /// Who sees it.
    pub visibility: RecognitionVisibility,
    /// The team whose budget gives the points; none for the own allowance.
    pub budget_team: Option<TeamId>,
}

/// Thanks people. All that is wrong with the input is said at once; whether the points suffice is known last.
///
/// # Errors
/// FORBIDDEN for API tokens; refusals for what is not accepted and for points that do not suffice.
pub async fn give(ctx: &RequestContext, new: NewRecognition, key: Option<Key>) -> Result<Recognition, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::GiveRecognition, Resource::Organization)?;
    let giver = asker.person().ok_or_else(|| Exception::code(ErrorCode::Forbidden))?;
    let now = ctx.app.clock.now();
    let organization = asker.organization();
    if let Some(key) = &key
        && let Some(done) = key.recall::<RecognitionId>(ctx.db.read(), now).await?
    {
        return Ok(by_id(ctx.db.read(), organization, done).await?.ok_or_else(Exception::not_found)?);
    }
    let message = check(ctx, &asker, giver, &new).await?;
    let id = RecognitionId(ctx.app.random.id(now));
    let team_of = |person: &PersonId| asker.snapshot.chart.person(*person).and_then(|record| record.team);
    let receivers: Vec<StoredReceiver> = new.receivers.iter().map(|person| (*person, team_of(person))).collect();
    let tx = ctx.db.begin().await?;
    let transfer = move_points_in_tx(ctx, &tx, giver, id, &new).await?;
    let row = recognition::Model {
        id,
        organization_id: organization,
        giver_id: giver,
        giver_team_id: team_of(&giver),
        receivers: to_json(&receivers)?,
        company_value_id: new.company_value,
        message,
        points: new.points,
        visibility: new.visibility.as_str().to_owned(),
        budget_team_id: new.budget_team.filter(|_| transfer.is_some()),
        transfer_id: transfer,
        given_at: now,
        withdrawn_at: None,
    };
    recognition::Entity::insert(recognition::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    let rows = receivers.iter().map(|(person, team)| recognition_receiver::ActiveModel {
        id: Set(RecognitionReceiverId(ctx.app.random.id(now))),
        organization_id: Set(organization),
        recognition_id: Set(id),
        person_id: Set(*person),
        team_id: Set(*team),
    });
    recognition_receiver::Entity::insert_many(rows).exec_without_returning(&tx).await?;
    let given = Recognition::try_from(row)?;
    tell_in_tx(ctx, &tx, &given).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(given)
}

/// Everything that is wrong with a new recognition before points are looked at; the message as it is stored.
async fn check(ctx: &RequestContext, asker: &Asker, giver: PersonId, new: &NewRecognition) -> Result<String, Refusal> {
    let mut problems = problems_of_receivers(asker, giver, &new.receivers);
    if !(0..=MOST_POINTS).contains(&new.points) {
        let message = format!("0 to {MOST_POINTS} points for each receiver");
        problems.push(UserError::at(UserErrorCode::Invalid, ["points"], message));
    }
    if let Some(value) = new.company_value {
        let row = company_value::Entity::in_org(asker.organization())
            .filter(company_value::Column::Id.eq(value))
            .one(ctx.db.read())
            .await?;
        if row.is_none_or(|row| !row.active) {
            let message = "there is no such value, or it is no longer in use";
            problems.push(UserError::at(UserErrorCode::NotFound, ["companyValue"], message));
        }
    }
    if let Some(team) = new.budget_team {
        if asker.snapshot.chart.team(team).is_none() {
            problems.push(UserError::at(UserErrorCode::NotFound, ["budgetTeam"], "there is no such team"));
        } else if !asker.may(Action::SpendTeamBudget, Resource::Team(team)) {
            let message = "only who leads the team or one above gives from its budget";
            problems.push(UserError::at(UserErrorCode::Forbidden, ["budgetTeam"], message));
        }
    }
    match input::text(["message"], &new.message, LONGEST_MESSAGE) {
        Ok(message) if problems.is_empty() => Ok(message),
        Ok(_) => Err(problems.into()),
        Err(problem) => {
            problems.push(problem);
            Err(problems.into())
        }
    }
}

fn problems_of_receivers(asker: &Asker, giver: PersonId, receivers: &[PersonId]) -> Vec<UserError> {
    if receivers.is_empty() {
        return vec![UserError::at(UserErrorCode::Required, ["receivers"], "name at least one person")];
    }
    if receivers.len() > MOST_RECEIVERS {
        let message = format!("at most {MOST_RECEIVERS} persons at once");
        return vec![UserError::at(UserErrorCode::TooLong, ["receivers"], message)];
    }
    let problem = |(at, person): (usize, &PersonId)| {
        let place = at.to_string();
        let refuse = |code, message: &str| Some(UserError::at(code, ["receivers", &place], message));
        if *person == giver {
            refuse(UserErrorCode::Invalid, "nobody thanks himself or herself")
        } else if receivers[..at].contains(person) {
            refuse(UserErrorCode::Invalid, "this person is named twice")
        } else if !asker.may(Action::GiveRecognition, Resource::Person(*person)) {
            refuse(UserErrorCode::NotFound, "there is no such person, or they are no longer here")
        } else {
            None
        }
    };
    receivers.iter().enumerate().filter_map(problem).collect()
}

/// Gives the points, when there are any.
async fn move_points_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    giver: PersonId,
    id: RecognitionId,
    new: &NewRecognition,
) -> Result<Option<PointTransferId>, Refusal> {
    if new.points == 0 {
        return Ok(None);
    }
    let source = new.budget_team.map_or(Account::Allowance(giver), Account::Budget);
    let earned: Vec<Account> = new.receivers.iter().map(|person| Account::Earned(*person)).collect();
    let mut held = hold_renewed_in_tx(ctx, tx, earned.iter().copied().chain([source])).await?;
    let transfer = Transfer::from_one(TransferKind::Recognition, source, &earned, new.points).map_err(no_transfer)?;
    let movement = Movement { recognition: Some(id), ..Movement::by(Some(giver), transfer) };
    let moved = move_in_tx(&ctx.app, tx, &mut held, movement).await;
    moved.map(Some).map_err(|unmoved| {
        unmoved.into_refusal(|overdrawn| {
            let of = if new.budget_team.is_some() { "the budget of the team" } else { "your allowance of this month" };
            let message = format!("this takes {} points, and {of} has {}", overdrawn.wanted, overdrawn.balance);
            UserError::at(UserErrorCode::InsufficientPoints, ["points"], message).into()
        })
    })
}

/// Lets those concerned hear of it, those who may find it find it, and streams know.
async fn tell_in_tx(ctx: &RequestContext, tx: &DatabaseTransaction, given: &Recognition) -> Result<(), Exception> {
    let (app, organization) = (&ctx.app, given.organization);
    let happening = Happening {
        kind: HappeningKind::RecognitionReceived,
        subject: given.id.to_string(),
        actor: Some(given.giver),
        concerns: given.receivers.clone(),
    };
    happenings::record_in_tx(app, tx, organization, happening).await?;
    let concerned = || given.receivers.iter().chain([&given.giver]).map(|person| Audience::Person(*person));
    let audience = match given.visibility {
        RecognitionVisibility::Public => vec![Audience::Everybody],
        RecognitionVisibility::Team => {
            concerned().chain(given.teams.iter().map(|team| Audience::Team(*team))).collect()
        }
        RecognitionVisibility::Private => concerned().collect(),
    };
    let entry = Entry {
        kind: SearchKind::Recognition,
        subject: given.id.to_string(),
        title: "",
        body: &given.message,
        audience,
    };
    search::index_in_tx(tx, organization, entry).await?;
    let event = Event::RecognitionGiven { organization, recognition: given.id };
    Outbox::write_in_tx(tx, organization, &event, &app.random, app.clock.now()).await?;
    Ok(())
}

/// Takes a recognition back within a day. Its points go back where they came from, by a transfer of their own; the row
/// stays. Points of an allowance whose month is over lapse at once.
///
/// # Errors
/// FORBIDDEN for all but the giver; refusals for an unknown one, one that was taken back or is too old, and when a
/// receiver has spent the points.
pub async fn withdraw(ctx: &RequestContext, id: RecognitionId) -> Result<Recognition, Refusal> {
    let asker = ctx.asker()?;
    let seen = get_visible(ctx, id).await?;
    asker.require(Action::WithdrawRecognition, Resource::Recognition(seen.facts()))?;
    let now = ctx.app.clock.now();
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let row = recognition::Entity::in_org(organization).filter(recognition::Column::Id.eq(id)).lock_exclusive();
    let row = row.one(&tx).await?.ok_or_else(Exception::not_found)?;
    let mut given = Recognition::try_from(row)?;
    if given.withdrawn_at.is_some() {
        return Err(UserError::at(UserErrorCode::AlreadyDone, ["recognition"], "it was taken back already").into());
    }
    if given.given_at + WITHDRAWABLE <= now {
        let message = "a recognition can be taken back within 24 hours";
        return Err(UserError::at(UserErrorCode::WrongState, ["recognition"], message).into());
    }
    if let Some(transfer) = given.transfer {
        return_points_in_tx(ctx, &tx, &given, transfer).await?;
    }
    given.withdrawn_at = Some(now);
    recognition::Entity::update_in_org(organization)
        .filter(recognition::Column::Id.eq(id))
        .col_expr(recognition::Column::WithdrawnAt, Expr::value(now))
        .exec(&tx)
        .await?;
    search::forget_in_tx(&tx, organization, &id.to_string()).await?;
    tx.commit().await?;
    Ok(given)
}

async fn return_points_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    given: &Recognition,
    transfer: PointTransferId,
) -> Result<(), Refusal> {
    let app = &ctx.app;
    let reversal = get_transfer_in_tx(tx, given.organization, transfer).await?.reversal().map_err(no_transfer)?;
    let month_over = month_of(given.given_at) != month_of(app.clock.now());
    let lapsing = (month_over && given.budget_team.is_none()).then_some(Account::Issue);
    let accounts = reversal.postings().iter().map(|posting| posting.account).chain(lapsing);
    let mut held = hold_renewed_in_tx(ctx, tx, accounts.collect::<Vec<_>>()).await?;
    let total = reversal.postings().iter().map(|posting| posting.amount.max(0)).sum();
    let movement =
        Movement { recognition: Some(given.id), reverses: Some(transfer), ..Movement::by(Some(given.giver), reversal) };
    move_in_tx(app, tx, &mut held, movement).await.map_err(|unmoved| {
        unmoved.into_refusal(|_| {
            let message = "the points were spent meanwhile: it cannot be taken back any more";
            UserError::at(UserErrorCode::InsufficientPoints, ["recognition"], message).into()
        })
    })?;
    if lapsing.is_some() {
        let allowance = Account::Allowance(given.giver);
        let lapse = Transfer::from_one(TransferKind::AllowanceLapse, allowance, &[Account::Issue], total);
        let movement = Movement::by(None, lapse.map_err(no_transfer)?);
        move_in_tx(app, tx, &mut held, movement).await.map_err(Exception::from)?;
    }
    Ok(())
}

//! Reporting frictions, correcting reports, and saying that one is affected.

use hearten_entity::{InOrganization, friction, friction_vote};
use hearten_ids::{FrictionId, FrictionVoteId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::OnConflict};

use super::{
    cost,
    service::{count_in_tx, happened_in_tx, hold_in_tx, workable},
    store::{FrictionFrequency, FrictionState, facts_of},
};
use crate::{
    areas::{
        happenings::HappeningKind,
        search::{self, Audience, Entry, SearchKind},
    },
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Nobody loses more of a week than it has.
pub const MOST_MINUTES: i32 = 2_400;

/// What a report says.
#[derive(Debug, Clone)]
pub struct Report {
    /// In one line.
    pub title: String,
    /// Where: the process.
    pub process: String,
    /// What happens.
    pub description: String,
    /// How often.
    pub frequency: FrictionFrequency,
    /// Minutes lost a week for each person affected.
    pub minutes: i32,
    /// How many are affected.
    pub people: i32,
    /// The team it concerns; none for everybody.
    pub team: Option<TeamId>,
}

/// Reports a friction. Anonymously, nothing is kept of who did: not in the report, not as a vote, not in what others hear.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what it says.
pub async fn report(
    ctx: &RequestContext,
    new: Report,
    anonymous: bool,
    key: Option<Key>,
) -> Result<friction::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ReportFriction, Resource::Organization)?;
    let me = asker.person().ok_or_else(Exception::not_found)?;
    let new = checked(&asker, new)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall::<FrictionId>(ctx.db.read(), now).await?
    {
        let rows = friction::Entity::in_org(asker.organization()).filter(friction::Column::Id.eq(done));
        return Ok(rows.one(ctx.db.read()).await?.ok_or_else(Exception::not_found)?);
    }
    let reporter = (!anonymous).then_some(me);
    let mut row = friction::Model {
        id: FrictionId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        title: new.title,
        process: new.process,
        description: new.description,
        frequency: new.frequency.as_str().to_owned(),
        minutes: new.minutes,
        people: new.people,
        vote_count: i32::from(!anonymous),
        vote_minutes_sum: 0,
        vote_minutes_count: 0,
        cost: 0,
        team_id: new.team,
        reporter_id: reporter,
        state: FrictionState::Reported.as_str().to_owned(),
        reject_reason: None,
        merged_into: None,
        reported_at: now,
        changed_at: now,
    };
    row.cost = cost::cost(&row);
    let tx = ctx.db.begin().await?;
    friction::Entity::insert(friction::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    if !anonymous {
        // Who reports by name is affected. The minutes are in the report already.
        write_vote(ctx, &tx, row.id, None).await?;
    }
    let chart = &asker.snapshot.chart;
    let lead = row.team_id.and_then(|team| chart.lead(team)).map(|lead| lead.id);
    // A lead who reports anonymously is told like any other.
    happened_in_tx(&ctx.app, &tx, &row, HappeningKind::FrictionReported, reporter, lead.into_iter().collect()).await?;
    index_in_tx(&tx, &row).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row)
}

/// Replaces what a report says: the reporter while nothing is decided, and who decides.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; WRONG_STATE for the reporter once something is decided, and for what was merged.
pub async fn update(ctx: &RequestContext, id: FrictionId, new: Report) -> Result<friction::Model, Refusal> {
    let asker = ctx.asker()?;
    workable(ctx, id, Action::EditFriction, ["friction"]).await?;
    let new = checked(&asker, new)?;
    let tx = ctx.db.begin().await?;
    let mut rows = hold_in_tx(&asker, &tx, &[id], Action::EditFriction).await?;
    let mut row = rows.pop().ok_or_else(Exception::not_found)?;
    let state = FrictionState::read(&row.state)?;
    let triages = asker.may(Action::TriageFriction, Resource::Friction(facts_of(&row)));
    if state == FrictionState::Merged || (state != FrictionState::Reported && !triages) {
        let message = "it was decided on, so only those who decide can change what it says";
        return Err(UserError::at(UserErrorCode::WrongState, ["friction"], message).into());
    }
    row.title = new.title;
    row.process = new.process;
    row.description = new.description;
    row.frequency = new.frequency.as_str().to_owned();
    row.minutes = new.minutes;
    row.people = new.people;
    row.team_id = new.team;
    row.changed_at = ctx.app.clock.now();
    row.cost = cost::cost(&row);
    write_in_tx(&tx, &row).await?;
    index_in_tx(&tx, &row).await?;
    tx.commit().await?;
    Ok(row)
}

/// Says that a friction affects the person who asks, or changes the minutes; once a person, however often it is said.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; WRONG_STATE where it was merged, resolved or rejected.
pub async fn vote(ctx: &RequestContext, id: FrictionId, minutes: Option<i32>) -> Result<friction::Model, Refusal> {
    if minutes.is_some_and(|minutes| !(1..=MOST_MINUTES).contains(&minutes)) {
        let message = format!("1 to {MOST_MINUTES} minutes a week");
        return Err(UserError::at(UserErrorCode::Invalid, ["minutes"], message).into());
    }
    change_votes(ctx, id, Some(minutes)).await
}

/// Takes one's vote back.
///
/// # Errors
/// As [`vote`].
pub async fn unvote(ctx: &RequestContext, id: FrictionId) -> Result<friction::Model, Refusal> {
    change_votes(ctx, id, None).await
}

async fn change_votes(
    ctx: &RequestContext,
    id: FrictionId,
    vote: Option<Option<i32>>,
) -> Result<friction::Model, Refusal> {
    let asker = ctx.asker()?;
    workable(ctx, id, Action::VoteFriction, ["friction"]).await?;
    let me = asker.person().ok_or_else(Exception::not_found)?;
    let tx = ctx.db.begin().await?;
    let mut rows = hold_in_tx(&asker, &tx, &[id], Action::VoteFriction).await?;
    let mut row = rows.pop().ok_or_else(Exception::not_found)?;
    match FrictionState::read(&row.state)? {
        FrictionState::Reported | FrictionState::Planned | FrictionState::InProgress => {}
        state => {
            let message = format!("this friction is {}, so nobody votes on it any more", state.as_str());
            return Err(UserError::at(UserErrorCode::WrongState, ["friction"], message).into());
        }
    }
    match vote {
        Some(minutes) => write_vote(ctx, &tx, id, minutes).await?,
        None => {
            friction_vote::Entity::delete_in_org(asker.organization())
                .filter(friction_vote::Column::FrictionId.eq(id))
                .filter(friction_vote::Column::PersonId.eq(me))
                .exec(&tx)
                .await?;
        }
    }
    count_in_tx(&tx, &mut row).await?;
    write_in_tx(&tx, &row).await?;
    tx.commit().await?;
    Ok(row)
}

async fn write_vote(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    friction: FrictionId,
    minutes: Option<i32>,
) -> Result<(), Exception> {
    let (asker, now) = (ctx.asker()?, ctx.app.clock.now());
    let me = asker.person().ok_or_else(Exception::not_found)?;
    let mut once = OnConflict::columns([friction_vote::Column::FrictionId, friction_vote::Column::PersonId]);
    once.update_columns([friction_vote::Column::Minutes, friction_vote::Column::VotedAt]);
    friction_vote::Entity::insert(friction_vote::ActiveModel {
        id: Set(FrictionVoteId(ctx.app.random.id(now))),
        organization_id: Set(asker.organization()),
        friction_id: Set(friction),
        person_id: Set(me),
        minutes: Set(minutes),
        voted_at: Set(now),
    })
    .on_conflict(once)
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Writes all of a friction that changes.
///
/// # Errors
/// When the database fails.
pub async fn write_in_tx(tx: &DatabaseTransaction, row: &friction::Model) -> Result<(), Exception> {
    let change = friction::ActiveModel {
        title: Set(row.title.clone()),
        process: Set(row.process.clone()),
        description: Set(row.description.clone()),
        frequency: Set(row.frequency.clone()),
        minutes: Set(row.minutes),
        people: Set(row.people),
        vote_count: Set(row.vote_count),
        vote_minutes_sum: Set(row.vote_minutes_sum),
        vote_minutes_count: Set(row.vote_minutes_count),
        cost: Set(row.cost),
        team_id: Set(row.team_id),
        state: Set(row.state.clone()),
        reject_reason: Set(row.reject_reason.clone()),
        merged_into: Set(row.merged_into),
        changed_at: Set(row.changed_at),
        ..Default::default()
    };
    let update = friction::Entity::update_in_org(row.organization_id);
    update.filter(friction::Column::Id.eq(row.id)).set(change).exec(tx).await?;
    Ok(())
}

async fn index_in_tx(tx: &DatabaseTransaction, row: &friction::Model) -> Result<(), Exception> {
    let body = format!("{}\n{}", row.process, row.description);
    let entry = Entry {
        kind: SearchKind::Friction,
        subject: row.id.to_string(),
        title: &row.title,
        body: &body,
        audience: vec![Audience::Everybody],
    };
    search::index_in_tx(tx, row.organization_id, entry).await
}

/// The report with its texts trimmed, or everything that is wrong with it.
fn checked(asker: &Asker, new: Report) -> Result<Report, Refusal> {
    let chart = &asker.snapshot.chart;
    let mut problems = Vec::new();
    let title = input::text(["report", "title"], &new.title, 200).map_err(|error| problems.push(error));
    let process = input::text(["report", "process"], &new.process, 100).map_err(|error| problems.push(error));
    let description = match new.description.trim() {
        "" => Ok(String::new()),
        text => input::text(["report", "description"], text, 5_000).map_err(|error| problems.push(error)),
    };
    if !(1..=MOST_MINUTES).contains(&new.minutes) {
        let message = format!("1 to {MOST_MINUTES} minutes a week");
        problems.push(UserError::at(UserErrorCode::Invalid, ["report", "minutesLostPerWeek"], message));
    }
    let headcount = i32::try_from(chart.persons().len()).unwrap_or(i32::MAX);
    if !(1..=headcount).contains(&new.people) {
        let message = format!("1 to {headcount} people: more are not here");
        problems.push(UserError::at(UserErrorCode::Invalid, ["report", "peopleAffected"], message));
    }
    if new.team.is_some_and(|team| chart.team(team).is_none_or(|team| team.archived)) {
        problems.push(UserError::at(UserErrorCode::NotFound, ["report", "team"], "there is no such team"));
    }
    match (title, process, description) {
        (Ok(title), Ok(process), Ok(description)) if problems.is_empty() => {
            Ok(Report { title, process, description, ..new })
        }
        _ => Err(Refusal::User(problems)),
    }
}

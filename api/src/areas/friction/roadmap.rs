//! The roadmap: steps against frictions, with owners, dates and a measured result.

use chrono::NaiveDate;
use hearten_entity::{InOrganization, friction, roadmap_step};
use hearten_ids::{FrictionId, PersonId, RoadmapStepId};
use hearten_policy::Action;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

use super::{
    reporting::{MOST_MINUTES, write_in_tx},
    service::{concerned_in_tx, find_step, happened_in_tx, hold_in_tx, workable},
    store::{FrictionState, RoadmapStepState},
};
use crate::{
    areas::happenings::HappeningKind,
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// A friction has at most so many steps.
const MOST_STEPS: u64 = 50;

/// What a step is to be.
#[derive(Debug, Clone)]
pub struct StepDraft {
    /// In one line.
    pub title: String,
    /// Who sees to it.
    pub owner: PersonId,
    /// By when.
    pub due_on: Option<NaiveDate>,
}

/// What a step led to.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Minutes still lost a week for each person affected.
    pub minutes: i32,
    /// How many are still affected.
    pub people: i32,
    /// What was measured, and how.
    pub note: Option<String>,
}

/// Plans a step against a friction.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for what it says, and where the friction is settled.
pub async fn plan(
    ctx: &RequestContext,
    id: FrictionId,
    draft: StepDraft,
    key: Option<Key>,
) -> Result<roadmap_step::Model, Refusal> {
    let asker = ctx.asker()?;
    workable(ctx, id, Action::TriageFriction, ["friction"]).await?;
    let draft = checked(&asker, draft)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall::<RoadmapStepId>(ctx.db.read(), now).await?
    {
        return Ok(find_step(ctx, done).await?.ok_or_else(Exception::not_found)?.row);
    }
    let tx = ctx.db.begin().await?;
    let mut row = hold_live(&asker, &tx, id).await?;
    let steps = roadmap_step::Entity::in_org(asker.organization()).filter(roadmap_step::Column::FrictionId.eq(id));
    if steps.count(&tx).await? >= MOST_STEPS {
        let message = format!("a friction has at most {MOST_STEPS} steps");
        return Err(UserError::at(UserErrorCode::TooLong, ["friction"], message).into());
    }
    let step = roadmap_step::Model {
        id: RoadmapStepId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        friction_id: id,
        title: draft.title,
        owner_id: draft.owner,
        due_on: draft.due_on,
        state: RoadmapStepState::Planned.as_str().to_owned(),
        cost_before: row.cost,
        minutes_after: None,
        people_after: None,
        result_note: None,
        created_at: now,
        done_at: None,
    };
    roadmap_step::Entity::insert(roadmap_step::ActiveModel::from(step.clone())).exec_without_returning(&tx).await?;
    if row.state == FrictionState::Reported.as_str() {
        row.state = FrictionState::Planned.as_str().to_owned();
        row.changed_at = now;
        write_in_tx(&tx, &row).await?;
    }
    let mut concerns = concerned_in_tx(&tx, &row).await?;
    concerns.push(step.owner_id);
    happened_in_tx(&ctx.app, &tx, &row, HappeningKind::FrictionPlanned, asker.person(), concerns).await?;
    if let Some(key) = &key {
        key.remember(&tx, &step.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(step)
}

/// Changes a step that is not done: what it says, and whether it is under way or given up.
///
/// # Errors
/// As [`plan`]; WRONG_STATE where it is done.
pub async fn update(
    ctx: &RequestContext,
    id: RoadmapStepId,
    draft: StepDraft,
    state: RoadmapStepState,
) -> Result<roadmap_step::Model, Refusal> {
    if state == RoadmapStepState::Done {
        let message = "a step is done when its result is told: use roadmapStepFinish";
        return Err(UserError::at(UserErrorCode::Invalid, ["state"], message).into());
    }
    let asker = ctx.asker()?;
    let found = workable_step(ctx, id).await?;
    let draft = checked(&asker, draft)?;
    let tx = ctx.db.begin().await?;
    let (mut row, mut step) = hold_step(&asker, &tx, &found).await?;
    step.title = draft.title;
    step.owner_id = draft.owner;
    step.due_on = draft.due_on;
    step.state = state.as_str().to_owned();
    write_step_in_tx(&tx, &step).await?;
    if state == RoadmapStepState::InProgress && row.state != FrictionState::InProgress.as_str() {
        row.state = FrictionState::InProgress.as_str().to_owned();
        row.changed_at = ctx.app.clock.now();
        write_in_tx(&tx, &row).await?;
    }
    tx.commit().await?;
    Ok(step)
}

/// Tells what a step led to. What it saved is what the friction cost when the step was planned, without what it costs now.
///
/// # Errors
/// As [`update`].
pub async fn finish(
    ctx: &RequestContext,
    id: RoadmapStepId,
    measured: Measured,
) -> Result<roadmap_step::Model, Refusal> {
    let asker = ctx.asker()?;
    let found = workable_step(ctx, id).await?;
    let mut problems = Vec::new();
    if !(0..=MOST_MINUTES).contains(&measured.minutes) {
        let message = format!("0 to {MOST_MINUTES} minutes a week");
        problems.push(UserError::at(UserErrorCode::Invalid, ["minutesAfter"], message));
    }
    let headcount = i32::try_from(asker.snapshot.chart.persons().len()).unwrap_or(i32::MAX);
    if !(0..=headcount).contains(&measured.people) {
        let message = format!("0 to {headcount} people: more are not here");
        problems.push(UserError::at(UserErrorCode::Invalid, ["peopleAfter"], message));
    }
    let note = measured.note.map(|note| input::text(["note"], &note, 2_000)).transpose();
    let note = note.unwrap_or_else(|error| {
        problems.push(error);
        None
    });
    if !problems.is_empty() {
        return Err(Refusal::User(problems));
    }
    let tx = ctx.db.begin().await?;
    let (row, mut step) = hold_step(&asker, &tx, &found).await?;
    step.state = RoadmapStepState::Done.as_str().to_owned();
    step.minutes_after = Some(measured.minutes);
    step.people_after = Some(measured.people);
    step.result_note = note;
    step.done_at = Some(ctx.app.clock.now());
    write_step_in_tx(&tx, &step).await?;
    let concerns = concerned_in_tx(&tx, &row).await?;
    happened_in_tx(&ctx.app, &tx, &row, HappeningKind::FrictionStepDone, asker.person(), concerns).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(step)
}

async fn workable_step(ctx: &RequestContext, id: RoadmapStepId) -> Result<roadmap_step::Model, Refusal> {
    let found = find_step(ctx, id).await?;
    let found = found.ok_or_else(|| UserError::at(UserErrorCode::NotFound, ["step"], "there is no such step"))?;
    workable(ctx, found.row.friction_id, Action::TriageFriction, ["step"]).await?;
    Ok(found.row)
}

/// The friction, held, if it is not settled.
async fn hold_live(asker: &Asker, tx: &DatabaseTransaction, id: FrictionId) -> Result<friction::Model, Refusal> {
    let mut rows = hold_in_tx(asker, tx, &[id], Action::TriageFriction).await?;
    let row = rows.pop().ok_or_else(Exception::not_found)?;
    match FrictionState::read(&row.state)? {
        FrictionState::Reported | FrictionState::Planned | FrictionState::InProgress => Ok(row),
        state => {
            let message = format!("this friction is {}, so nothing is planned against it any more", state.as_str());
            Err(UserError::at(UserErrorCode::WrongState, ["friction"], message).into())
        }
    }
}

/// The friction and its step, held. The friction first, as everywhere.
async fn hold_step(
    asker: &Asker,
    tx: &DatabaseTransaction,
    found: &roadmap_step::Model,
) -> Result<(friction::Model, roadmap_step::Model), Refusal> {
    let row = hold_live(asker, tx, found.friction_id).await?;
    let step = roadmap_step::Entity::in_org(asker.organization())
        .filter(roadmap_step::Column::Id.eq(found.id))
        // It may have gone to another friction with a merge.
        .filter(roadmap_step::Column::FrictionId.eq(found.friction_id))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(|| UserError::at(UserErrorCode::NotFound, ["step"], "there is no such step"))?;
    if RoadmapStepState::read(&step.state)? == RoadmapStepState::Done {
        return Err(UserError::at(UserErrorCode::WrongState, ["step"], "this step is done; plan another one").into());
    }
    Ok((row, step))
}

async fn write_step_in_tx(tx: &DatabaseTransaction, step: &roadmap_step::Model) -> Result<(), Exception> {
    let change = roadmap_step::ActiveModel {
        title: Set(step.title.clone()),
        owner_id: Set(step.owner_id),
        due_on: Set(step.due_on),
        state: Set(step.state.clone()),
        minutes_after: Set(step.minutes_after),
        people_after: Set(step.people_after),
        result_note: Set(step.result_note.clone()),
        done_at: Set(step.done_at),
        ..Default::default()
    };
    let update = roadmap_step::Entity::update_in_org(step.organization_id);
    update.filter(roadmap_step::Column::Id.eq(step.id)).set(change).exec(tx).await?;
    Ok(())
}

fn checked(asker: &Asker, draft: StepDraft) -> Result<StepDraft, Refusal> {
    let mut problems = Vec::new();
    let title = input::text(["draft", "title"], &draft.title, 200).map_err(|error| problems.push(error));
    let owner = asker.snapshot.chart.active_person(draft.owner).filter(|person| asker.may_read(person));
    if owner.is_none() {
        problems.push(UserError::at(UserErrorCode::NotFound, ["draft", "owner"], "there is no such person"));
    }
    match title {
        Ok(title) if problems.is_empty() => Ok(StepDraft { title, ..draft }),
        _ => Err(Refusal::User(problems)),
    }
}

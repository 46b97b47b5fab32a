//! Giving parts in an area, ending them, and giving them back. What ended stays as history.

use chrono::NaiveDate;
use hearten_entity::{InOrganization, responsibility_assignment};
use hearten_ids::{OrganizationId, PersonId, ResponsibilityAssignmentId, ResponsibilityId};
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use super::{
    service::{find, find_assignment, open_parts_in_tx},
    store::{Area, Assignment, Holder, Part},
    writing::{hold_in_tx, no_area},
};
use crate::{
    app::App,
    areas::happenings::{Happening, HappeningKind, record_in_tx},
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        input,
    },
};

/// An area has at most so many parts, those that ended included.
const MOST_PARTS: usize = 500;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 1_000;

/// A part to be given.
#[derive(Debug)]
pub struct NewPart {
    /// In which area.
    pub area: ResponsibilityId,
    /// Which.
    pub part: Part,
    /// To whom.
    pub holder: Holder,
    /// From which day on; from today when left out.
    pub from_on: Option<NaiveDate>,
    /// Until which day.
    pub until_on: Option<NaiveDate>,
}

/// Gives somebody a part in an area.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for holders that are not there, days that do not fit, and a part the holder
/// has already.
pub async fn assign(ctx: &RequestContext, new: NewPart) -> Result<ResponsibilityAssignmentId, Refusal> {
    let asker = ctx.asker()?;
    let seen = find(ctx, new.area).await?.ok_or_else(no_area)?;
    asker.require(Action::WriteResponsibility, Resource::Responsibility(seen.facts()))?;
    let (now, today) = (ctx.app.clock.now(), ctx.app.clock.today());
    let from_on = new.from_on.unwrap_or(today);
    check(&asker, &new, from_on, today)?;
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let area = hold_kept_in_tx(&tx, &asker, new.area).await?;
    if area.retired_at.is_some() {
        let message = "this area was given up; take it up again first";
        return Err(UserError::at(UserErrorCode::WrongState, ["responsibility"], message).into());
    }
    let parts = open_parts_in_tx(&tx, organization, area.id).await?;
    if parts.len() >= MOST_PARTS {
        let message = format!("an area has at most {MOST_PARTS} parts, those that ended included");
        return Err(UserError::at(UserErrorCode::TooLong, ["responsibility"], message).into());
    }
    let has = |part: &Assignment| part.part == new.part && part.holder == new.holder && part.is_open(today);
    if parts.iter().any(has) {
        let path = if new.holder.person().is_some() { "person" } else { "team" };
        return Err(UserError::at(UserErrorCode::Taken, [path], "they have this part already").into());
    }
    let assignment = Assignment {
        id: ResponsibilityAssignmentId(ctx.app.random.id(now)),
        area: area.id,
        part: new.part,
        holder: new.holder,
        from_on,
        until_on: new.until_on,
        assigned_by: asker.person(),
        assigned_at: now,
        ended_at: None,
        ended_by: None,
        end_reason: None,
        handed_back: false,
    };
    insert_in_tx(&tx, organization, &assignment).await?;
    let told = holders(&asker.snapshot.chart, new.holder);
    tell_in_tx(&ctx.app, &tx, &asker, HappeningKind::ResponsibilityAssigned, area.id, told).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(assignment.id)
}

fn check(asker: &Asker, new: &NewPart, from_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    let chart = &asker.snapshot.chart;
    let (path, known) = match new.holder {
        Holder::Person(person) => {
            let seen = chart.person(person).is_some() && asker.may(Action::ReadPerson, Resource::Person(person));
            ("person", seen)
        }
        Holder::Team(team) => ("team", chart.team(team).is_some() && asker.may(Action::ReadTeam, Resource::Team(team))),
    };
    if !known {
        let message = format!("there is no such {path}, or you may not see it");
        problems.push(UserError::at(UserErrorCode::NotFound, [path], message));
    } else if !new.holder.is_here(chart) {
        let message = "who has left, or a team that is not in use, takes no part";
        problems.push(UserError::at(UserErrorCode::WrongState, [path], message));
    }
    if new.until_on.is_some_and(|until| until < from_on || until < today) {
        let message = "the last day is today or later, and not before the first";
        problems.push(UserError::at(UserErrorCode::Invalid, ["untilOn"], message));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// The area as it is held, when the asker still keeps it.
async fn hold_kept_in_tx(tx: &DatabaseTransaction, asker: &Asker, id: ResponsibilityId) -> Result<Area, Refusal> {
    let area = hold_in_tx(tx, asker.organization(), id).await?;
    asker.require(Action::WriteResponsibility, Resource::Responsibility(area.facts()))?;
    Ok(area)
}

/// Writes a part.
///
/// # Errors
/// When the database fails.
pub async fn insert_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    part: &Assignment,
) -> Result<(), Exception> {
    responsibility_assignment::Entity::insert(responsibility_assignment::ActiveModel {
        id: Set(part.id),
        organization_id: Set(organization),
        responsibility_id: Set(part.area),
        part: Set(part.part.as_str().to_owned()),
        person_id: Set(part.holder.person()),
        team_id: Set(part.holder.team()),
        from_on: Set(part.from_on),
        until_on: Set(part.until_on),
        assigned_by: Set(part.assigned_by),
        assigned_at: Set(part.assigned_at),
        ended_at: Set(None),
        ended_by: Set(None),
        end_reason: Set(None),
        handed_back: Set(false),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Ends a part.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal when it ended before.
pub async fn end(ctx: &RequestContext, id: ResponsibilityAssignmentId, reason: Option<String>) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let seen = find_assignment(ctx, id).await?.ok_or_else(no_part)?;
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    let reason = reason.map(|reason| input::text(["reason"], &reason, LONGEST_REASON)).transpose()?;
    let tx = ctx.db.begin().await?;
    let area = hold_kept_in_tx(&tx, &asker, seen.area).await?;
    let part = end_in_tx(ctx, &tx, &asker, id, reason, false).await?;
    let told = holders(&asker.snapshot.chart, part.holder);
    tell_in_tx(&ctx.app, &tx, &asker, HappeningKind::ResponsibilityEnded, area.id, told).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

/// Gives back a part that is the asker's own, or that of a team the asker leads.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals without a reason, and when it ended before.
pub async fn hand_back(ctx: &RequestContext, id: ResponsibilityAssignmentId, reason: &str) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let seen = find_assignment(ctx, id).await?.ok_or_else(no_part)?;
    asker.require(Action::HandBackResponsibility, Resource::Assignment(seen.facts()))?;
    let reason = input::text(["reason"], reason, LONGEST_REASON)?;
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let area = hold_in_tx(&tx, organization, seen.area).await?;
    end_in_tx(ctx, &tx, &asker, id, Some(reason), true).await?;
    let (chart, today) = (&asker.snapshot.chart, ctx.app.clock.today());
    // Who else answers for it, who assigned it, and who leads its home.
    let parts = open_parts_in_tx(&tx, organization, area.id).await?;
    let accountable = parts.iter().filter(|part| part.part == Part::Accountable && part.is_current(today));
    let mut told: Vec<PersonId> = accountable.flat_map(|part| holders(chart, part.holder)).collect();
    told.extend(seen.assigned_by);
    told.extend(area.team.and_then(|team| chart.lead(team)).map(|lead| lead.id));
    told.retain(|person| chart.active_person(*person).is_some());
    tell_in_tx(&ctx.app, &tx, &asker, HappeningKind::ResponsibilityHandedBack, area.id, told).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

fn no_part() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["assignment"], "there is no such part, or you may not see it")
}

async fn end_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    asker: &Asker,
    id: ResponsibilityAssignmentId,
    reason: Option<String>,
    handed_back: bool,
) -> Result<Assignment, Refusal> {
    use responsibility_assignment::Column;
    let organization = asker.organization();
    let row = responsibility_assignment::Entity::in_org(organization)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    let part = Assignment::try_from(row.ok_or_else(no_part)?)?;
    if !part.is_open(ctx.app.clock.today()) {
        let message = "this part ended before";
        return Err(UserError::at(UserErrorCode::AlreadyDone, ["assignment"], message).into());
    }
    responsibility_assignment::Entity::update_in_org(organization)
        .filter(Column::Id.eq(id))
        .col_expr(Column::EndedAt, Expr::value(ctx.app.clock.now()))
        .col_expr(Column::EndedBy, Expr::value(asker.person()))
        .col_expr(Column::EndReason, Expr::value(reason))
        .col_expr(Column::HandedBack, Expr::value(handed_back))
        .exec(tx)
        .await?;
    Ok(part)
}

/// Who is told of a part: the person, or who leads the team.
fn holders(chart: &OrgChart, holder: Holder) -> Vec<PersonId> {
    match holder {
        Holder::Person(person) => chart.active_person(person).map(|person| person.id).into_iter().collect(),
        Holder::Team(team) => chart.lead(team).map(|lead| lead.id).into_iter().collect(),
    }
}

async fn tell_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    asker: &Asker,
    kind: HappeningKind,
    area: ResponsibilityId,
    concerns: Vec<PersonId>,
) -> Result<(), Exception> {
    let happening = Happening { kind, subject: area.to_string(), actor: asker.person(), concerns };
    record_in_tx(app, tx, asker.organization(), happening).await
}

//! Drafting a survey, and launching it: from then on questions, audience, thresholds and notice are frozen.

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, invitation, survey, wave};
use hearten_ids::{InvitationId, SurveyId, WaveId};
use hearten_orgchart::{OrgChart, PersonRecord};
use hearten_policy::{Action, Resource};
use hearten_survey::{AnonymityMode, SurveyState};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};
use serde_json::Value;

use super::{
    definition::Draft,
    service::{Facts, find_survey},
    store::{Audience, InvitationState, Survey, WaveState, to_json},
};
use crate::{
    areas::{
        audit,
        directory::records::attributes_json,
        happenings::{self, Happening, HappeningKind},
        results::frame::{Frame, Member},
    },
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
    },
};

const ROWS_A_STATEMENT: usize = 1_000;
/// What the cut of all invited people is called.
pub const EVERYONE: &str = "Everyone";

/// Writes a new draft.
///
/// # Errors
/// FORBIDDEN where the asker may write no survey; refusals for what the draft says.
pub async fn create(ctx: &RequestContext, draft: Draft, key: Option<Key>) -> Result<SurveyId, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::WriteSurvey, Resource::Organization)?;
    may_ask(&asker, &draft.audience)?;
    check_audience(&asker.snapshot.chart, &draft.audience)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let id = SurveyId(ctx.app.random.id(now));
    let tx = ctx.db.begin().await?;
    survey::Entity::insert(survey::ActiveModel {
        id: Set(id),
        organization_id: Set(asker.organization()),
        kind: Set(draft.kind.as_str().to_owned()),
        state: Set(SurveyState::Draft.as_str().to_owned()),
        title: Set(to_json(&draft.title)?),
        questionnaire: Set(to_json(&draft.questionnaire)?),
        audience: Set(to_json(&draft.audience)?),
        notice: Set(to_json(&draft.notice)?),
        axes: Set(to_json(&draft.axes)?),
        created_by: Set(asker.person()),
        created_at: Set(now),
        launched_at: Set(None),
    })
    .exec_without_returning(&tx)
    .await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Replaces a draft.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal once it is launched.
pub async fn update(ctx: &RequestContext, id: SurveyId, draft: Draft) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    writable(ctx, id, Action::WriteSurvey).await?;
    may_ask(&asker, &draft.audience)?;
    check_audience(&asker.snapshot.chart, &draft.audience)?;
    let tx = ctx.db.begin().await?;
    hold_draft_in_tx(&tx, &asker, id, Action::WriteSurvey).await?;
    survey::Entity::update_in_org(asker.organization())
        .filter(survey::Column::Id.eq(id))
        .col_expr(survey::Column::Kind, Expr::value(draft.kind.as_str()))
        .col_expr(survey::Column::Title, Expr::value(to_json(&draft.title)?))
        .col_expr(survey::Column::Questionnaire, Expr::value(to_json(&draft.questionnaire)?))
        .col_expr(survey::Column::Audience, Expr::value(to_json(&draft.audience)?))
        .col_expr(survey::Column::Notice, Expr::value(to_json(&draft.notice)?))
        .col_expr(survey::Column::Axes, Expr::value(to_json(&draft.axes)?))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

fn frozen() -> UserError {
    UserError::at(UserErrorCode::WrongState, ["survey"], "this survey was launched, so nothing of it changes any more")
}

fn no_survey() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["survey"], "there is no such survey, or you may not see it")
}

/// The survey, when the asker may do `action` with it.
///
/// # Errors
/// A refusal NOT_FOUND where it is hidden; FORBIDDEN where it is visible.
pub async fn writable(ctx: &RequestContext, id: SurveyId, action: Action) -> Result<Survey, Refusal> {
    let asker = ctx.asker()?;
    let survey = find_survey(ctx, id).await?.ok_or_else(no_survey)?;
    // It was found, so it is visible, perhaps only to the invited: what may not be done is forbidden, not hidden.
    if !asker.may(action, Resource::Survey(Facts::of(&survey, false).view())) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    Ok(survey)
}

/// Reads a draft anew and holds it until the transaction ends, so that what is decided about it here is decided about
/// what is stored: whoever changes or launches it at the same time waits.
async fn hold_draft_in_tx(
    tx: &DatabaseTransaction,
    asker: &Asker,
    id: SurveyId,
    action: Action,
) -> Result<Survey, Refusal> {
    // SQLite knows no such lock and needs none: its transactions that write follow one another.
    let held = survey::Entity::in_org(asker.organization()).filter(survey::Column::Id.eq(id)).lock_exclusive();
    let survey = Survey::try_from(held.one(tx).await?.ok_or_else(no_survey)?)?;
    // Its audience may have been changed since it was found.
    if !asker.may(action, Resource::Survey(Facts::of(&survey, false).view())) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    if survey.state == SurveyState::Draft { Ok(survey) } else { Err(frozen().into()) }
}

/// Passes when the asker may write a survey of this audience.
fn may_ask(asker: &Asker, audience: &Audience) -> Result<(), Refusal> {
    let facts = Facts::of_draft(asker.organization(), audience);
    if asker.may(Action::WriteSurvey, Resource::Survey(facts.view())) {
        return Ok(());
    }
    let message = "you may ask only people you look after: name teams in your scope";
    Err(UserError::at(UserErrorCode::Forbidden, ["draft", "audience"], message).into())
}

fn check_audience(chart: &OrgChart, audience: &Audience) -> Result<(), Refusal> {
    let unknown: Vec<UserError> = missing_teams(chart, audience)
        .map(|at| {
            let path = ["draft", "audience", "teams", &at.to_string(), "team"];
            UserError::at(UserErrorCode::NotFound, path, "there is no such team")
        })
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(Refusal::User(unknown)) }
}

/// Which teams of an audience are not there, or not any more.
fn missing_teams(chart: &OrgChart, audience: &Audience) -> impl Iterator<Item = usize> {
    let parts = audience.teams.iter().enumerate();
    parts.filter(|(_, part)| chart.team(part.team).is_none_or(|team| team.archived)).map(|(at, _)| at)
}

/// Somebody who would be invited.
pub(super) struct Invitee<'a> {
    person: &'a PersonRecord,
    attributes: Value,
}

/// Who is in the audience now, in the order of ids.
pub(super) fn invitees<'a>(chart: &'a OrgChart, audience: &Audience, axes: &[String]) -> Vec<Invitee<'a>> {
    let mut persons: Vec<&PersonRecord> = if audience.teams.is_empty() {
        chart.persons().iter().collect()
    } else {
        let lists = audience
            .teams
            .iter()
            .map(|part| if part.subtree { chart.members_of_subtree(part.team) } else { chart.members(part.team) });
        lists.flat_map(|list| list.iter()).collect()
    };
    persons.sort_by_key(|person| person.id);
    persons.dedup_by_key(|person| person.id);
    persons.into_iter().map(|person| Invitee { person, attributes: attributes_json(person, Some(axes)) }).collect()
}

pub(super) fn members<'a>(invitees: &'a [Invitee<'_>]) -> Vec<Member<'a>> {
    invitees.iter().map(|one| Member { team: one.person.team, attributes: &one.attributes }).collect()
}

/// Launches a draft: freezes it, opens its wave and invites its audience.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals when the draft is not complete, the mode is not offered, or too few
/// people would be asked.
pub async fn launch(ctx: &RequestContext, id: SurveyId, closes_at: Option<DateTime<Utc>>) -> Result<WaveId, Refusal> {
    let asker = ctx.asker()?;
    writable(ctx, id, Action::LaunchSurvey).await?;
    let now = ctx.app.clock.now();
    let chart = &asker.snapshot.chart;
    let tx = ctx.db.begin().await?;
    // Checked, framed and frozen is one and the same draft, whoever changes it meanwhile.
    let survey = hold_draft_in_tx(&tx, &asker, id, Action::LaunchSurvey).await?;
    check_ready(&survey, chart, closes_at, now)?;
    let invited = invitees(chart, &survey.audience, &survey.axes);
    if invited.len() < survey.notice.minimum_group as usize {
        let message = format!(
            "the audience has {} people, fewer than the minimum group of {}: nothing could ever be shown",
            invited.len(),
            survey.notice.minimum_group
        );
        return Err(UserError::at(UserErrorCode::Invalid, ["survey"], message).into());
    }
    let frame = Frame::freeze(chart, EVERYONE, &survey.axes, &members(&invited));
    let wave_id = WaveId(ctx.app.random.id(now));
    survey::Entity::update_in_org(asker.organization())
        .filter(survey::Column::Id.eq(id))
        .col_expr(survey::Column::State, Expr::value(SurveyState::Open.as_str()))
        .col_expr(survey::Column::LaunchedAt, Expr::value(now))
        .exec(&tx)
        .await?;
    wave::Entity::insert(wave::ActiveModel {
        id: Set(wave_id),
        organization_id: Set(asker.organization()),
        survey_id: Set(id),
        number: Set(1),
        state: Set(WaveState::Open.as_str().to_owned()),
        frame: Set(to_json(&frame)?),
        opened_at: Set(now),
        closes_at: Set(closes_at),
        closed_at: Set(None),
    })
    .exec_without_returning(&tx)
    .await?;
    invite_in_tx(ctx, &tx, wave_id, &invited, now).await?;
    let happening = Happening {
        kind: HappeningKind::SurveyOpened,
        subject: id.to_string(),
        actor: asker.person(),
        concerns: invited.iter().map(|one| one.person.id).collect(),
    };
    happenings::record_in_tx(&ctx.app, &tx, asker.organization(), happening).await?;
    audit::record_in_tx(ctx, &tx, "survey.launch", &id.to_string(), None).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(wave_id)
}

async fn invite_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    wave: WaveId,
    invited: &[Invitee<'_>],
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    let organization = ctx.asker()?.organization();
    for chunk in invited.chunks(ROWS_A_STATEMENT) {
        let rows = chunk.iter().map(|one| invitation::ActiveModel {
            id: Set(InvitationId(ctx.app.random.id(now))),
            organization_id: Set(organization),
            wave_id: Set(wave),
            person_id: Set(one.person.id),
            team_id: Set(one.person.team),
            attributes: Set(one.attributes.clone()),
            state: Set(InvitationState::Pending.as_str().to_owned()),
        });
        invitation::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What is wrong with a draft is told at `survey`, the only place of this input that names it; the message says where
/// in the draft it lies.
fn check_ready(
    survey: &Survey,
    chart: &OrgChart,
    closes_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let mut found: Vec<String> = Vec::new();
    found.extend(survey.questionnaire.check().err().into_iter().flatten().map(|problem| problem.to_string()));
    found.extend(survey.notice.check().err().into_iter().flatten().map(|problem| problem.to_string()));
    if survey.notice.mode != AnonymityMode::Confidential {
        found.push("the mode of its notice is not offered yet; choose CONFIDENTIAL".to_owned());
    }
    found.extend(missing_teams(chart, &survey.audience).map(|at| format!("team {} of its audience is gone", at + 1)));
    let mut problems: Vec<UserError> =
        found.into_iter().map(|message| UserError::at(UserErrorCode::Invalid, ["survey"], message)).collect();
    if closes_at.is_some_and(|closes| closes <= now) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["closesAt"], "this moment has passed"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::User(problems)) }
}

//! "We asked, you said, we did": what a team is told of what came of its wishes. Whoever leads it or a team above, or looks
//! after it, writes; the team and the teams below it read.

use hearten_entity::team_response;
use hearten_ids::{TeamId, TeamResponseId};
use hearten_policy::{Action, Resource};
use sea_orm::EntityTrait;

use super::{loaders::ResponsesOf, types::TeamResponse};
use crate::{
    areas::{
        happenings::{self, Happening, HappeningKind},
        search::{self, Audience, Entry, SearchKind},
    },
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
        paging::{Listing, Page, part},
    },
};

/// What a team is to be told.
#[derive(Debug, Clone)]
pub struct NewResponse {
    /// The team.
    pub team: TeamId,
    /// What was asked.
    pub asked: String,
    /// What was said.
    pub said: String,
    /// What was done.
    pub did: String,
}

/// Tells a team.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what it says.
pub async fn publish(
    ctx: &RequestContext,
    new: NewResponse,
    key: Option<Key>,
) -> Result<team_response::Model, Refusal> {
    let asker = ctx.asker()?;
    let chart = &asker.snapshot.chart;
    let seen = asker.may(Action::ReadTeam, Resource::Team(new.team));
    if chart.team(new.team).is_none_or(|team| team.archived || !seen) {
        return Err(UserError::at(UserErrorCode::NotFound, ["team"], "there is no such team").into());
    }
    asker.require(Action::WriteTeamResponse, Resource::Team(new.team))?;
    let author = asker.person().ok_or_else(Exception::not_found)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall::<TeamResponseId>(ctx.db.read(), now).await?
    {
        return Ok(ctx.loaders()?.load(done).await?.ok_or_else(Exception::not_found)?);
    }
    let mut problems = Vec::new();
    let mut read = |name, value: &str| {
        input::text([name], value, 2_000).unwrap_or_else(|error| {
            problems.push(error);
            String::new()
        })
    };
    let row = team_response::Model {
        id: TeamResponseId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        team_id: new.team,
        asked: read("asked", &new.asked),
        said: read("said", &new.said),
        did: read("did", &new.did),
        author_id: author,
        published_at: now,
    };
    if !problems.is_empty() {
        return Err(Refusal::User(problems));
    }
    let tx = ctx.db.begin().await?;
    team_response::Entity::insert(team_response::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    let concerns = chart.members_of_subtree(new.team).iter().map(|member| member.id).collect();
    let kind = HappeningKind::TeamResponsePublished;
    let happening = Happening { kind, subject: row.id.to_string(), actor: Some(author), concerns };
    happenings::record_in_tx(&ctx.app, &tx, asker.organization(), happening).await?;
    let body = format!("{}\n{}", row.said, row.did);
    let audience = vec![Audience::Team(new.team)];
    let entry =
        Entry { kind: SearchKind::TeamResponse, subject: row.id.to_string(), title: &row.asked, body: &body, audience };
    search::index_in_tx(&tx, asker.organization(), entry).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row)
}

/// The response with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: TeamResponseId) -> Result<Option<TeamResponse>, Exception> {
    let asker = ctx.asker()?;
    let seen = |row: &team_response::Model| asker.may(Action::ReadTeamResponses, Resource::Team(row.team_id));
    Ok(ctx.loaders()?.load(id).await?.filter(seen).map(TeamResponse::from))
}

/// What a team was told, newest first; None where the asker may not see it.
///
/// # Errors
/// When the database is away.
pub async fn of_team(
    ctx: &RequestContext,
    team: TeamId,
    page: Page<usize>,
) -> Result<Option<Listing<TeamResponse>>, Exception> {
    if !ctx.asker()?.may(Action::ReadTeamResponses, Resource::Team(team)) {
        return Ok(None);
    }
    let found = ctx.loaders()?.load(ResponsesOf::page(team, &page)).await?;
    let (rows, total) = found.map_or_else(Default::default, |found| (found.rows, found.total));
    Ok(Some(part(&rows, total, &page, |row| TeamResponse::from(row.clone()))))
}

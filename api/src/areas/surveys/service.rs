//! Finding surveys, waves and invitations, each behind the policy.

use std::sync::Arc;

use hearten_entity::{InOrganization, invitation, survey, wave};
use hearten_ids::{InvitationId, OrganizationId, PersonId, SurveyId, TeamId, WaveId};
use hearten_policy::{Action, Audience as Asked, Resource, Role, RoleSet, SurveyFacts, SurveyStage};
use hearten_survey::{ReaderRole, SurveyState};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use super::loaders::{InvitedTo, StoredSurvey};
use super::store::{Audience, Invitation, InvitationState, Invited, InvitedRow, Survey, Wave, WaveRow, stored};
use crate::{
    areas::results::frame::Frame,
    graphql::{
        context::{Asker, RequestContext},
        error::Exception,
        paging::{Arranged, Listing, Page, listing, newest_first},
    },
    platform::db::Db,
};

/// What the policy has to know of a survey, and what it borrows from.
pub struct Facts {
    organization: OrganizationId,
    stage: SurveyStage,
    teams: Vec<TeamId>,
    results: RoleSet,
    comments: RoleSet,
    invited: bool,
}

impl Facts {
    /// The facts of `survey` for somebody who is or is not `invited`.
    pub fn of(survey: &Survey, invited: bool) -> Self {
        let stage = match survey.state {
            _ if survey.launched_at.is_none() => SurveyStage::Draft,
            SurveyState::Published | SurveyState::Archived => SurveyStage::Published,
            SurveyState::Draft
            | SurveyState::Scheduled
            | SurveyState::Open
            | SurveyState::Closed
            | SurveyState::Withheld => SurveyStage::Launched,
        };
        Self {
            organization: survey.organization,
            stage,
            teams: survey.audience.teams.iter().map(|part| part.team).collect(),
            results: survey.notice.results_visible_to.iter().copied().map(role).collect(),
            comments: survey.notice.comments_visible_to.iter().copied().map(role).collect(),
            invited,
        }
    }

    /// The facts of a draft that asks `audience`.
    pub fn of_draft(organization: OrganizationId, audience: &Audience) -> Self {
        Self {
            organization,
            stage: SurveyStage::Draft,
            teams: audience.teams.iter().map(|part| part.team).collect(),
            results: RoleSet::default(),
            comments: RoleSet::default(),
            invited: false,
        }
    }

    /// As the policy takes them.
    pub fn view(&self) -> SurveyFacts<'_> {
        SurveyFacts {
            organization: self.organization,
            stage: self.stage,
            audience: if self.teams.is_empty() { Asked::WholeOrganization } else { Asked::Teams(&self.teams) },
            results_visible_to: self.results,
            comments_visible_to: self.comments,
            invited: self.invited,
        }
    }
}

/// The policy's role of that name.
pub fn role(reader: ReaderRole) -> Role {
    match reader {
        ReaderRole::Admin => Role::Admin,
        ReaderRole::PeoplePartner => Role::PeoplePartner,
        ReaderRole::Executive => Role::Executive,
        ReaderRole::Manager => Role::Manager,
        ReaderRole::Employee => Role::Employee,
    }
}

/// The survey with this id, whoever asks: for services that decide themselves.
///
/// # Errors
/// NOT_FOUND when the organization has no such survey.
pub async fn get_survey_in(db: &Db, organization: OrganizationId, id: SurveyId) -> Result<Survey, Exception> {
    survey::Entity::in_org(organization)
        .filter(survey::Column::Id.eq(id))
        .one(db.read())
        .await?
        .ok_or_else(Exception::not_found)?
        .try_into()
}

/// The wave with this id, whoever asks: for services that decide themselves.
///
/// # Errors
/// NOT_FOUND when the organization has no such wave.
pub async fn get_wave_in(db: &Db, organization: OrganizationId, id: WaveId) -> Result<Wave, Exception> {
    wave::Entity::in_org(organization)
        .filter(wave::Column::Id.eq(id))
        .into_partial_model::<WaveRow>()
        .one(db.read())
        .await?
        .ok_or_else(Exception::not_found)?
        .try_into()
}

/// The cuts of a wave, frozen at launch.
///
/// # Errors
/// NOT_FOUND when the organization has no such wave.
pub async fn get_frame_in(db: &Db, organization: OrganizationId, id: WaveId) -> Result<Frame, Exception> {
    let frame: Option<serde_json::Value> = wave::Entity::in_org(organization)
        .filter(wave::Column::Id.eq(id))
        .select_only()
        .column(wave::Column::Frame)
        .into_tuple()
        .one(db.read())
        .await?;
    stored(frame.ok_or_else(Exception::not_found)?)
}

/// The waves with these ids.
///
/// # Errors
/// When the database is away.
pub async fn waves_by_id(db: &Db, organization: OrganizationId, ids: &[WaveId]) -> Result<Vec<Wave>, Exception> {
    let rows = wave::Entity::in_org(organization).filter(wave::Column::Id.is_in(ids.iter().copied()));
    let rows = rows.into_partial_model::<WaveRow>().all(db.read());
    rows.await?.into_iter().map(Wave::try_from).collect()
}

/// The surveys with these ids, whoever asks. Of those `frozen` holds only the state is read.
///
/// # Errors
/// When the database is away.
pub async fn surveys_by_id(
    db: &Db,
    frozen: &FrozenSurveys,
    organization: OrganizationId,
    ids: &[SurveyId],
) -> Result<Vec<Arc<Survey>>, Exception> {
    let (mut found, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
    let states: Vec<(SurveyId, String)> = survey::Entity::in_org(organization)
        .filter(survey::Column::Id.is_in(ids.iter().copied()))
        .select_only()
        .column(survey::Column::Id)
        .column(survey::Column::State)
        .into_tuple()
        .all(db.read())
        .await?;
    for (id, state) in states {
        match frozen.find(organization, id, state.parse().map_err(Exception::internal)?) {
            Some(held) => found.push(held),
            None => missing.push(id),
        }
    }
    if !missing.is_empty() {
        let rows = survey::Entity::in_org(organization).filter(survey::Column::Id.is_in(missing)).all(db.read());
        for row in rows.await? {
            let survey = Arc::new(Survey::try_from(row)?);
            frozen.keep(&survey);
            found.push(survey);
        }
    }
    Ok(found)
}

/// The launched surveys this node holds. Everything of a launched survey but its state is frozen, so what is held is
/// never stale once the state is read anew.
#[derive(Debug, Clone)]
pub struct FrozenSurveys(moka::sync::Cache<(OrganizationId, SurveyId), Arc<Survey>>);

impl Default for FrozenSurveys {
    fn default() -> Self {
        Self(moka::sync::Cache::new(MOST_FROZEN))
    }
}

impl FrozenSurveys {
    /// The survey, when it is held; `state` is how the database says it stands now.
    pub fn find(&self, organization: OrganizationId, id: SurveyId, state: SurveyState) -> Option<Arc<Survey>> {
        let held = self.0.get(&(organization, id))?;
        if held.state == state {
            return Some(held);
        }
        let moved_on = Arc::new(Survey { state, ..Survey::clone(&held) });
        self.keep(&moved_on);
        Some(moved_on)
    }

    fn keep(&self, survey: &Arc<Survey>) {
        if survey.launched_at.is_some() {
            self.0.insert((survey.organization, survey.id), Arc::clone(survey));
        }
    }
}

/// Whether the asker may see the survey, as a draft or once launched.
pub fn sees(asker: &Asker, facts: &Facts) -> bool {
    let resource = Resource::Survey(facts.view());
    asker.may(Action::ReadSurvey, resource) || asker.may(Action::ReadSurveyDraft, resource)
}

/// The survey with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find_survey(ctx: &RequestContext, id: SurveyId) -> Result<Option<Survey>, Exception> {
    let asker = ctx.asker()?;
    let Some(survey) = ctx.loaders()?.load(StoredSurvey(id)).await? else { return Ok(None) };
    if sees(&asker, &Facts::of(&survey, false)) {
        return Ok(Some(survey));
    }
    // Only somebody who would not see it otherwise is looked up among the invited.
    let Some(person) = asker.person() else { return Ok(None) };
    let invited = ctx.loaders()?.load(InvitedTo(person)).await?.is_some_and(|surveys| surveys.contains(&id));
    Ok((invited && sees(&asker, &Facts::of(&survey, true))).then_some(survey))
}

/// The surveys a person is or was invited to.
///
/// # Errors
/// When the database is away.
pub async fn invited_surveys(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    person: PersonId,
) -> Result<std::collections::HashSet<SurveyId>, Exception> {
    let waves: Vec<WaveId> = invitation::Entity::in_org(organization)
        .filter(invitation::Column::PersonId.eq(person))
        .select_only()
        .column(invitation::Column::WaveId)
        .into_tuple()
        .all(db)
        .await?;
    if waves.is_empty() {
        return Ok(std::collections::HashSet::new());
    }
    let surveys: Vec<SurveyId> = wave::Entity::in_org(organization)
        .filter(wave::Column::Id.is_in(waves))
        .select_only()
        .column(wave::Column::SurveyId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(surveys.into_iter().collect())
}

/// Launched surveys a node holds; with two hundred questions each some hundred MiB at most.
const MOST_FROZEN: u64 = 1_000;
/// Rows read at once while a page is filled with what the asker may see, and after how many such reads a page that is
/// not full is answered as it is.
const BATCH: usize = 100;
const MOST_BATCHES: usize = 20;

/// A page of the surveys the asker may see, newest first.
///
/// Between what somebody sees may lie many that they do not. A page that became too expensive to fill is shorter than
/// asked for, says that there are more, and its last cursor goes on where the search stopped. It is never empty while
/// there may be more, because then it would have no cursor.
///
/// # Errors
/// When the database is away.
pub async fn survey_page(
    ctx: &RequestContext,
    state: Option<SurveyState>,
    page: Page<SurveyId>,
) -> Result<Listing<super::types::Survey>, Exception> {
    let asker = ctx.asker()?;
    let organization = asker.organization();
    let invited = match asker.person() {
        Some(person) => invited_surveys(ctx.db.read(), organization, person).await?,
        None => std::collections::HashSet::new(),
    };
    let mut found: Vec<Survey> = Vec::new();
    let mut batch = Page { size: BATCH, ..page.clone() };
    let mut given_up_at = None;
    for read in 1.. {
        let mut query = survey::Entity::in_org(organization);
        if let Some(state) = state {
            query = query.filter(survey::Column::State.eq(state.as_str()));
        }
        let rows = newest_first(query, survey::Column::Id, &batch).all(ctx.db.read()).await?;
        let last = rows.len() <= BATCH;
        // The next batch begins where this one ends.
        let end = rows.iter().take(BATCH).next_back().map(|row| row.id);
        if page.backwards {
            batch.before = end
        } else {
            batch.after = end
        }
        for row in rows.into_iter().take(BATCH) {
            let survey = Survey::try_from(row)?;
            if sees(&asker, &Facts::of(&survey, invited.contains(&survey.id))) {
                found.push(survey);
            }
        }
        if last || found.len() > page.size {
            break;
        }
        if read >= MOST_BATCHES && !found.is_empty() {
            given_up_at = end;
            break;
        }
    }
    let farthest = found.last().filter(|_| given_up_at.is_some()).map(|survey| survey.id);
    let Arranged { rows, has_previous, has_next } = page.arrange(found);
    let more = given_up_at.is_some();
    let (has_previous, has_next) = (has_previous || (more && page.backwards), has_next || (more && !page.backwards));
    let items = rows.into_iter().map(|survey| {
        // Whoever goes on behind the last survey found goes on behind all that was searched.
        let place = given_up_at.filter(|_| farthest == Some(survey.id)).unwrap_or(survey.id);
        (place, super::types::Survey { survey: Arc::new(survey) })
    });
    Ok(listing(items, has_previous, has_next, None))
}

/// The waves of a survey, newest first.
///
/// # Errors
/// When the database is away.
pub async fn waves_of(db: &Db, organization: OrganizationId, survey: SurveyId) -> Result<Vec<Wave>, Exception> {
    waves_of_all(db, organization, &[survey]).await
}

/// The waves of several surveys, each survey's newest first.
///
/// # Errors
/// When the database is away.
pub async fn waves_of_all(db: &Db, organization: OrganizationId, surveys: &[SurveyId]) -> Result<Vec<Wave>, Exception> {
    wave::Entity::in_org(organization)
        .filter(wave::Column::SurveyId.is_in(surveys.iter().copied()))
        .order_by_desc(wave::Column::Number)
        .into_partial_model::<WaveRow>()
        .all(db.read())
        .await?
        .into_iter()
        .map(Wave::try_from)
        .collect()
}

/// A page of the asker's own invitations, newest first.
///
/// # Errors
/// When the database is away.
pub async fn invitation_page(
    ctx: &RequestContext,
    state: Option<InvitationState>,
    page: Page<InvitationId>,
) -> Result<Listing<super::types::Invitation>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else {
        return Ok(listing(Vec::<(InvitationId, _)>::new(), false, false, Some(0)));
    };
    asker.require(Action::ReadInvitation, Resource::Invitation { person })?;
    let mut query = invitation::Entity::in_org(asker.organization()).filter(invitation::Column::PersonId.eq(person));
    if let Some(state) = state {
        query = query.filter(invitation::Column::State.eq(state.as_str()));
    }
    // Nobody asks for invitations without asking to what: the wave and how its survey stands come along.
    let to_wave = invitation::Entity::belongs_to(wave::Entity).from(invitation::Column::WaveId).to(wave::Column::Id);
    let to_survey = wave::Entity::belongs_to(survey::Entity).from(wave::Column::SurveyId).to(survey::Column::Id);
    let rows = newest_first(query, invitation::Column::Id, &page)
        .join(JoinType::InnerJoin, to_wave.into())
        .join(JoinType::InnerJoin, to_survey.into())
        .into_partial_model::<InvitedRow>()
        .all(ctx.db.read())
        .await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| {
        let invited = Invited::try_from(row)?;
        Ok((invited.invitation.id, super::types::Invitation::from(invited)))
    });
    Ok(listing(items.collect::<Result<Vec<_>, Exception>>()?, has_previous, has_next, None))
}

/// The asker's own invitation with this id.
///
/// # Errors
/// When the database is away.
pub async fn find_invitation(ctx: &RequestContext, id: InvitationId) -> Result<Option<Invitation>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else { return Ok(None) };
    let row = ctx.loaders()?.load(id).await?.filter(|row| row.person_id == person);
    Ok(row.map(Invitation::from).filter(|_| asker.may(Action::ReadInvitation, Resource::Invitation { person })))
}

/// The wave with this id and its survey, when the asker may see the survey.
///
/// # Errors
/// When the database is away.
pub async fn find_wave(ctx: &RequestContext, id: WaveId) -> Result<Option<(Wave, Survey)>, Exception> {
    let Some(wave) = ctx.loaders()?.load(id).await? else { return Ok(None) };
    Ok(find_survey(ctx, wave.survey).await?.map(|survey| (wave, survey)))
}

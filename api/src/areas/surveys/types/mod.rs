//! Surveys, waves and invitations as the schema shows them.

mod question;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use hearten_ids::SurveyId;
use hearten_policy::{Action, Resource};
use hearten_survey::SurveyState;

pub use question::{Question, question_of};
use question::{SurveySection, locale_argument};

use super::{
    definition::{AnonymityModeName, ReaderRoleName, SurveyKindName},
    preview,
    service::{self, Facts},
    store::{self, InvitationState, WaveState},
};
use crate::{
    areas::{
        directory::types::Team,
        results::{
            service as results,
            types::{Publication, ReleasePlan},
        },
    },
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        paging::{Listing, Page, slice},
        scalars::DateTime,
    },
};

/// Where a survey stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SurveyState", remote = "SurveyState")]
pub enum SurveyStateName {
    /// Being written; everything can change.
    Draft,
    /// Launched for a later day.
    Scheduled,
    /// Taking answers.
    Open,
    /// Takes no more answers; nothing is shown yet.
    Closed,
    /// Results were published.
    Published,
    /// Too few answered: nothing will ever be shown.
    Withheld,
    /// Put away.
    Archived,
}

/// What is asked, of whom, and under which promise.
pub struct Survey {
    /// The survey.
    pub survey: Arc<store::Survey>,
}

impl Survey {
    fn may(&self, ctx: &RequestContext, action: Action) -> Result<bool, Exception> {
        Ok(ctx.asker()?.may(action, Resource::Survey(Facts::of(&self.survey, false).view())))
    }

    /// The survey with this id, when the asker may see it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find(ctx: &RequestContext, id: SurveyId) -> Result<Option<Self>, Exception> {
        Ok(service::find_survey(ctx, id).await?.map(|survey| Self { survey: Arc::new(survey) }))
    }
}

/// What is asked, of whom, and under which promise. From launch on nothing of it changes but its state.
#[Object]
impl Survey {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.survey.id.to_string().into()
    }

    /// What it is for.
    async fn kind(&self) -> SurveyKindName {
        self.survey.kind.into()
    }

    /// Where it stands.
    async fn state(&self) -> SurveyStateName {
        self.survey.state.into()
    }

    /// The title, in the language closest to the wanted one.
    async fn title(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<String> {
        Ok(self.survey.title_in(locale_argument(locale)?.as_ref()))
    }

    /// The languages in which every text exists.
    async fn locales(&self) -> Vec<String> {
        self.survey.questionnaire.locales.iter().map(ToString::to_string).collect()
    }

    /// The sections, in the order in which they are asked.
    async fn sections(&self) -> Vec<SurveySection> {
        let survey = &self.survey;
        survey.questionnaire.sections.iter().map(|section| SurveySection::new(survey, section)).collect()
    }

    /// The teams whose members are invited; empty when everybody is.
    async fn audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTeamInfo>> {
        let ctx = request(ctx)?;
        let parts = self.survey.audience.teams.iter();
        Ok(parts.map(|part| AudienceTeamInfo { team: Team::find(ctx, part.team), subtree: part.subtree }).collect())
    }

    /// The promise under which it is answered; frozen at launch.
    async fn privacy_notice(&self) -> PrivacyNoticeInfo {
        PrivacyNoticeInfo { survey: Arc::clone(&self.survey) }
    }

    /// The attributes by which results may be cut.
    async fn axes(&self) -> &[String] {
        &self.survey.axes
    }

    /// What the survey could ever show if everybody answered, computed from membership alone; null where you do not run
    /// the survey. A node computes one plan at a time: UNAVAILABLE when others took too long, so retry.
    async fn plan_preview(&self, ctx: &Context<'_>) -> Result<Option<ReleasePlan>> {
        let ctx = request(ctx)?;
        if !self.may(ctx, Action::PreviewPlan)? {
            return Ok(None);
        }
        let preview = preview::preview(ctx, &self.survey).await?;
        Ok(Some(ReleasePlan::of_preview(self.survey.id, preview)))
    }

    /// The runs of the survey, newest first.
    async fn waves(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<Wave>> {
        let ctx = request(ctx)?;
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let waves = ctx.loaders()?.waves_of(self.survey.id).await?;
        Ok(slice(&waves, &page, |wave| Wave { wave: wave.clone(), survey: Arc::clone(&self.survey) }))
    }

    /// The newest publication; null while there is none or you may not see it.
    async fn latest_publication(&self, ctx: &Context<'_>) -> Result<Option<Publication>> {
        Ok(results::find_latest(request(ctx)?, self.survey.id).await?)
    }

    /// When it was drafted.
    async fn created_at(&self) -> DateTime {
        DateTime(self.survey.created_at)
    }

    /// When it was launched and frozen.
    async fn launched_at(&self) -> Option<DateTime> {
        self.survey.launched_at.map(DateTime)
    }

    /// What you may do with this survey.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<SurveyPermissionInfo> {
        let ctx = request(ctx)?;
        let draft = self.survey.state == SurveyState::Draft;
        Ok(SurveyPermissionInfo {
            edit: draft && self.may(ctx, Action::WriteSurvey)?,
            launch: draft && self.may(ctx, Action::LaunchSurvey)?,
            close: self.survey.state == SurveyState::Open && self.may(ctx, Action::CloseSurvey)?,
            publish: self.survey.state == SurveyState::Closed && self.may(ctx, Action::PublishSurvey)?,
            preview_plan: self.may(ctx, Action::PreviewPlan)?,
        })
    }
}

/// What the asker may do with a survey.
#[derive(SimpleObject)]
pub struct SurveyPermissionInfo {
    /// Change the draft.
    edit: bool,
    /// Launch it.
    launch: bool,
    /// Close it early.
    close: bool,
    /// Publish its results.
    publish: bool,
    /// See what it could ever show.
    preview_plan: bool,
}

/// One team of an audience.
#[derive(SimpleObject)]
pub struct AudienceTeamInfo {
    /// The team.
    team: Option<Team>,
    /// Whether the teams below it belong to it.
    subtree: bool,
}

/// The promise under which a survey is answered. Frozen at launch, and machine-readable, so that a client can show it
/// before the first question.
pub struct PrivacyNoticeInfo {
    survey: Arc<store::Survey>,
}

/// The promise under which a survey is answered. Frozen at launch, and machine-readable, so that a client can show it
/// before the first question.
#[Object]
impl PrivacyNoticeInfo {
    /// How closely an answer is tied to a person.
    async fn mode(&self) -> AnonymityModeName {
        self.survey.notice.mode.into()
    }

    /// The fewest respondents a shown group may have.
    async fn minimum_group(&self) -> u32 {
        self.survey.notice.minimum_group
    }

    /// The fewest people who must have commented before a group's comments are shown.
    async fn comment_minimum(&self) -> u32 {
        self.survey.notice.comment_minimum
    }

    /// Who may read published results, beside the people partners who run the survey.
    async fn results_visible_to(&self) -> Vec<ReaderRoleName> {
        self.survey.notice.results_visible_to.iter().copied().map(Into::into).collect()
    }

    /// Who may read comments, beside the people partners who run the survey.
    async fn comments_visible_to(&self) -> Vec<ReaderRoleName> {
        self.survey.notice.comments_visible_to.iter().copied().map(Into::into).collect()
    }

    /// How many days after the close single sheets and comments are kept.
    async fn retention_days(&self) -> u32 {
        self.survey.notice.retention_days
    }

    /// When it was frozen; null while the survey is a draft.
    async fn frozen_at(&self) -> Option<DateTime> {
        self.survey.launched_at.map(DateTime)
    }

    /// The promise in plain words.
    async fn statement(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<String> {
        let locale = locale_argument(locale)?.unwrap_or_else(|| self.survey.questionnaire.default_locale.clone());
        Ok(self.survey.notice.statement(&locale))
    }
}

/// One run of a survey.
pub struct Wave {
    /// The wave.
    pub wave: store::Wave,
    /// Its survey.
    pub survey: Arc<store::Survey>,
}

/// One run of a survey.
#[Object]
impl Wave {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.wave.id.to_string().into()
    }

    /// 1 for the first run.
    async fn number(&self) -> i32 {
        self.wave.number
    }

    /// Where it stands.
    async fn state(&self) -> WaveState {
        self.wave.state
    }

    /// The survey.
    async fn survey(&self) -> Survey {
        Survey { survey: Arc::clone(&self.survey) }
    }

    /// When it was launched.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.wave.opened_at)
    }

    /// When answers are due.
    async fn closes_at(&self) -> Option<DateTime> {
        self.wave.closes_at.map(DateTime)
    }

    /// When it was closed and its sheets were sealed.
    async fn closed_at(&self) -> Option<DateTime> {
        self.wave.closed_at.map(DateTime)
    }
}

/// Your right to answer a wave.
pub struct Invitation {
    invitation: store::Invitation,
    // Known when the invitation came in a list.
    run: Option<(store::Wave, SurveyState)>,
}

impl From<store::Invitation> for Invitation {
    fn from(invitation: store::Invitation) -> Self {
        Self { invitation, run: None }
    }
}

impl From<store::Invited> for Invitation {
    fn from(invited: store::Invited) -> Self {
        Self { invitation: invited.invitation, run: Some((invited.wave, invited.survey_state)) }
    }
}

impl Invitation {
    async fn run(&self, ctx: &RequestContext) -> Result<(store::Wave, Arc<store::Survey>), Exception> {
        let loaders = ctx.loaders()?;
        let (wave, held) = match &self.run {
            Some((wave, state)) => {
                let organization = ctx.asker()?.organization();
                (wave.clone(), ctx.app.frozen_surveys.find(organization, wave.survey, *state))
            }
            None => (loaders.wave(self.invitation.wave).await?, None),
        };
        let survey = match held {
            Some(survey) => survey,
            None => loaders.survey(wave.survey).await?,
        };
        Ok((wave, survey))
    }
}

/// Your right to answer a wave.
#[Object]
impl Invitation {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.invitation.id.to_string().into()
    }

    /// Whether you have answered.
    async fn state(&self) -> InvitationState {
        self.invitation.state
    }

    /// The run of the survey.
    async fn wave(&self, ctx: &Context<'_>) -> Result<Option<Wave>> {
        let (wave, survey) = self.run(request(ctx)?).await?;
        Ok(Some(Wave { wave, survey }))
    }

    /// What is asked.
    async fn survey(&self, ctx: &Context<'_>) -> Result<Option<Survey>> {
        let (_, survey) = self.run(request(ctx)?).await?;
        Ok(Some(Survey { survey }))
    }
}

//! Surveys, waves and invitations as the service thinks of them, read from their rows.

use chrono::{DateTime, Utc};
use hearten_entity::{invitation, survey, wave};
use hearten_ids::{InvitationId, OrganizationId, PersonId, SurveyId, TeamId, WaveId};
use hearten_survey::{Locale, PrivacyNotice, Questionnaire, SurveyKind, SurveyState, Texts};
use serde::{Deserialize, Serialize};

use sea_orm::{DerivePartialModel, sea_query::Expr};

use crate::graphql::error::Exception;

/// Who is invited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// The teams whose members are invited. Empty: everybody.
    pub teams: Vec<AudienceTeam>,
}

/// One team of an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudienceTeam {
    /// The team.
    pub team: TeamId,
    /// Whether the teams below it belong to it.
    pub subtree: bool,
}

/// A survey.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The id.
    pub id: SurveyId,
    /// The tenant.
    pub organization: OrganizationId,
    /// What it is for.
    pub kind: SurveyKind,
    /// Where it stands.
    pub state: SurveyState,
    /// The title.
    pub title: Texts,
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// Who is invited.
    pub audience: Audience,
    /// The promise.
    pub notice: PrivacyNotice,
    /// The attributes by which results may be cut.
    pub axes: Vec<String>,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When everything was frozen.
    pub launched_at: Option<DateTime<Utc>>,
}

impl TryFrom<survey::Model> for Survey {
    type Error = Exception;

    fn try_from(row: survey::Model) -> Result<Self, Exception> {
        Ok(Self {
            id: row.id,
            organization: row.organization_id,
            kind: row.kind.parse().map_err(Exception::internal)?,
            state: row.state.parse().map_err(Exception::internal)?,
            title: stored(row.title)?,
            questionnaire: stored(row.questionnaire)?,
            audience: stored(row.audience)?,
            notice: stored(row.notice)?,
            axes: stored(row.axes)?,
            created_at: row.created_at,
            launched_at: row.launched_at,
        })
    }
}

impl Survey {
    /// The title in the language closest to `wanted`.
    pub fn title_in(&self, wanted: Option<&Locale>) -> String {
        let fallback = &self.questionnaire.default_locale;
        self.title.in_locale(wanted.unwrap_or(fallback), fallback).to_owned()
    }
}

/// Reads what this program wrote into a JSON column.
///
/// # Errors
/// INTERNAL when it does not fit: the row was written by something else.
pub fn stored<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Exception> {
    serde_json::from_value(value).map_err(Exception::internal)
}

/// What goes into a JSON column.
///
/// # Errors
/// INTERNAL; our types always fit.
pub fn to_json<T: Serialize>(value: &T) -> Result<serde_json::Value, Exception> {
    serde_json::to_value(value).map_err(Exception::internal)
}

/// Where a wave stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub enum WaveState {
    /// It takes answers.
    Open,
    /// It takes no more answers; the sheets are sealed.
    Closed,
    /// Its results were published.
    Published,
    /// Too few answered: nothing will ever be shown.
    Withheld,
}

impl WaveState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closed => "CLOSED",
            Self::Published => "PUBLISHED",
            Self::Withheld => "WITHHELD",
        }
    }
}

/// One run of a survey.
#[derive(Debug, Clone)]
pub struct Wave {
    /// The id.
    pub id: WaveId,
    /// The survey.
    pub survey: SurveyId,
    /// 1 for the first run.
    pub number: i32,
    /// Where it stands.
    pub state: WaveState,
    /// When it was launched.
    pub opened_at: DateTime<Utc>,
    /// When answers are due.
    pub closes_at: Option<DateTime<Utc>>,
    /// When it was closed and sealed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A row of a wave without its frame, which is large and read only where results are made.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "wave::Entity")]
pub struct WaveRow {
    id: WaveId,
    survey_id: SurveyId,
    number: i32,
    state: String,
    opened_at: DateTime<Utc>,
    closes_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<WaveRow> for Wave {
    type Error = Exception;

    fn try_from(row: WaveRow) -> Result<Self, Exception> {
        let state = [WaveState::Open, WaveState::Closed, WaveState::Published, WaveState::Withheld]
            .into_iter()
            .find(|state| state.as_str() == row.state)
            .ok_or_else(|| Exception::internal(anyhow::anyhow!("a wave has an unknown state")))?;
        Ok(Self {
            id: row.id,
            survey: row.survey_id,
            number: row.number,
            state,
            opened_at: row.opened_at,
            closes_at: row.closes_at,
            closed_at: row.closed_at,
        })
    }
}

/// Whether an invitation was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub enum InvitationState {
    /// Not answered yet.
    Pending,
    /// Answered.
    Answered,
}

impl InvitationState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Answered => "ANSWERED",
        }
    }
}

/// A person's right to answer a wave.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The id.
    pub id: InvitationId,
    /// The wave.
    pub wave: WaveId,
    /// Who is invited.
    pub person: PersonId,
    /// The team at launch.
    pub team: Option<TeamId>,
    /// The values of the survey's axes at launch.
    pub attributes: serde_json::Value,
    /// Whether it was used.
    pub state: InvitationState,
}

impl From<invitation::Model> for Invitation {
    fn from(row: invitation::Model) -> Self {
        let answered = row.state == InvitationState::Answered.as_str();
        Self {
            id: row.id,
            wave: row.wave_id,
            person: row.person_id,
            team: row.team_id,
            attributes: row.attributes,
            state: if answered { InvitationState::Answered } else { InvitationState::Pending },
        }
    }
}

/// An invitation with the wave it is for.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// Its wave.
    pub wave: Wave,
    /// Where the survey of the wave stands.
    pub survey_state: SurveyState,
}

/// The rows of an invitation, its wave and its survey, as far as a list of invitations shows them.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "invitation::Entity")]
pub struct InvitedRow {
    id: InvitationId,
    person_id: PersonId,
    team_id: Option<TeamId>,
    attributes: serde_json::Value,
    state: String,
    #[sea_orm(nested)]
    wave: WaveRow,
    #[sea_orm(from_expr = "Expr::col((survey::Entity, survey::Column::State))")]
    survey_state: String,
}

impl TryFrom<InvitedRow> for Invited {
    type Error = Exception;

    fn try_from(row: InvitedRow) -> Result<Self, Exception> {
        let wave = Wave::try_from(row.wave)?;
        let answered = row.state == InvitationState::Answered.as_str();
        let invitation = Invitation {
            id: row.id,
            wave: wave.id,
            person: row.person_id,
            team: row.team_id,
            attributes: row.attributes,
            state: if answered { InvitationState::Answered } else { InvitationState::Pending },
        };
        Ok(Self { invitation, wave, survey_state: row.survey_state.parse().map_err(Exception::internal)? })
    }
}

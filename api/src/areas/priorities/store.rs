//! Rounds as the service thinks of them, read from their rows.

use chrono::{DateTime, Utc};
use hearten_entity::priority_round;
use hearten_ids::{OrganizationId, PriorityRoundId, TeamId};
use hearten_policy::{Audience, PriorityFacts, SurveyStage};
use sea_orm::DerivePartialModel;
use serde::{Deserialize, Serialize};

use crate::{
    areas::surveys::store::stored,
    graphql::{error::Exception, names::named_enum},
};

named_enum! {
    /// Where a round stands.
    PriorityRoundState {
        /// It opens later.
        Scheduled = "SCHEDULED",
        /// It takes rankings.
        Open = "OPEN",
        /// It is over: single rankings are deleted.
        Closed = "CLOSED",
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

impl Text {
    /// The text in German where that is wanted, else in English.
    pub fn in_locale(&self, wanted: Option<&str>) -> &str {
        if wanted.is_some_and(|wanted| wanted == "de" || wanted.starts_with("de-")) { &self.de } else { &self.en }
    }
}

/// Something that can matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// A short name for programs.
    pub key: String,
    /// What people read.
    pub text: Text,
}

/// A row without its cuts and results, which are large and read only where they are shown.
#[derive(Debug, Clone, DerivePartialModel)]
#[sea_orm(entity = "priority_round::Entity")]
pub struct RoundRow {
    id: PriorityRoundId,
    organization_id: OrganizationId,
    title: serde_json::Value,
    options: serde_json::Value,
    audience: serde_json::Value,
    state: String,
    minimum_group: i32,
    cadence_weeks: Option<i32>,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

/// A round.
#[derive(Debug, Clone)]
pub struct Round {
    /// The id.
    pub id: PriorityRoundId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The title.
    pub title: Text,
    /// What can be ranked.
    pub options: Vec<Choice>,
    /// The teams it asks, with all teams below; everybody when empty.
    pub teams: Vec<TeamId>,
    /// Where it stands.
    pub state: PriorityRoundState,
    /// The fewest people of a shown group.
    pub minimum: usize,
    /// After how many weeks the next one opens.
    pub cadence_weeks: Option<i32>,
    /// When it opens.
    pub opens_at: DateTime<Utc>,
    /// When rankings are due.
    pub closes_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<RoundRow> for Round {
    type Error = Exception;

    fn try_from(row: RoundRow) -> Result<Self, Exception> {
        Ok(Self {
            id: row.id,
            organization: row.organization_id,
            title: stored(row.title)?,
            options: stored(row.options)?,
            teams: stored(row.audience)?,
            state: PriorityRoundState::read(&row.state)?,
            minimum: usize::try_from(row.minimum_group).unwrap_or(usize::MAX),
            cadence_weeks: row.cadence_weeks,
            opens_at: row.opens_at,
            closes_at: row.closes_at,
            closed_at: row.closed_at,
        })
    }
}

impl Round {
    /// What the policy has to know of it for somebody who is or is not `invited`.
    pub fn facts(&self, invited: bool) -> PriorityFacts<'_> {
        PriorityFacts {
            organization: self.organization,
            audience: if self.teams.is_empty() { Audience::WholeOrganization } else { Audience::Teams(&self.teams) },
            stage: match self.state {
                PriorityRoundState::Scheduled => SurveyStage::Draft,
                PriorityRoundState::Open => SurveyStage::Launched,
                PriorityRoundState::Closed => SurveyStage::Published,
            },
            invited,
        }
    }

    /// Whether it takes rankings at a moment: not after its end, whether or not anybody has closed it yet.
    pub fn takes_rankings(&self, now: DateTime<Utc>) -> bool {
        self.state == PriorityRoundState::Open && now < self.closes_at
    }
}

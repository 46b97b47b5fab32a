//! A recognition as the services know it, and the facts its decisions need.

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use hearten_entity::recognition;
use hearten_ids::{CompanyValueId, OrganizationId, PersonId, PointTransferId, RecognitionId, TeamId};
use hearten_policy::{Openness, RecognitionFacts};

use crate::graphql::error::Exception;

macro_rules! stored_names {
    ($type:ident { $( $variant:ident = $name:literal, )* }) => {
        impl $type {
            /// The name it is stored under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The value stored under a name.
            ///
            /// # Errors
            /// INTERNAL when no value is stored so.
            pub fn stored(name: &str) -> Result<Self, Exception> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(Exception::internal(anyhow::anyhow!("an unknown {}", stringify!($type)))),
                }
            }
        }
    };
}

/// Who sees a recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum RecognitionVisibility {
    /// Everybody who works here.
    Public,
    /// The giver and the receivers, their teams with all teams below, and whoever leads one of these teams or one above.
    Team,
    /// The giver and the receivers, and nobody else: no admin, no people partner, no integration.
    Private,
}

stored_names! { RecognitionVisibility { Public = "PUBLIC", Team = "TEAM", Private = "PRIVATE", } }

impl From<RecognitionVisibility> for Openness {
    fn from(visibility: RecognitionVisibility) -> Self {
        match visibility {
            RecognitionVisibility::Public => Self::Everybody,
            RecognitionVisibility::Team => Self::Teams,
            RecognitionVisibility::Private => Self::Concerned,
        }
    }
}

/// How somebody reacts to a recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
pub enum ReactionEmoji {
    /// 👍
    ThumbsUp,
    /// ❤️
    Heart,
    /// 👏
    Clap,
    /// 🎉
    Party,
    /// 🚀
    Rocket,
    /// ⭐
    Star,
}

stored_names! { ReactionEmoji {
    ThumbsUp = "THUMBS_UP", Heart = "HEART", Clap = "CLAP", Party = "PARTY", Rocket = "ROCKET", Star = "STAR",
} }

/// Thanks from one person to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// The id; ids grow with time.
    pub id: RecognitionId,
    /// The tenant.
    pub organization: OrganizationId,
    /// Who thanks.
    pub giver: PersonId,
    /// Who is thanked.
    pub receivers: Vec<PersonId>,
    /// The teams of the receivers at that moment, each once.
    pub teams: Vec<TeamId>,
    /// The value it names.
    pub company_value: Option<CompanyValueId>,
    /// What for.
    pub message: String,
    /// Points for each receiver.
    pub points: i64,
    /// Who sees it.
    pub visibility: RecognitionVisibility,
    /// The team whose budget gave the points.
    pub budget_team: Option<TeamId>,
    /// The transfer that gave the points.
    pub transfer: Option<PointTransferId>,
    /// When.
    pub given_at: DateTime<Utc>,
    /// When the giver took it back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// A receiver and their team, as they are stored.
pub type StoredReceiver = (PersonId, Option<TeamId>);

impl TryFrom<recognition::Model> for Recognition {
    type Error = Exception;

    fn try_from(row: recognition::Model) -> Result<Self, Exception> {
        let stored: Vec<StoredReceiver> = serde_json::from_value(row.receivers).map_err(Exception::internal)?;
        let (receivers, teams): (Vec<PersonId>, Vec<Option<TeamId>>) = stored.into_iter().unzip();
        let mut teams: Vec<TeamId> = teams.into_iter().flatten().collect();
        teams.sort_unstable();
        teams.dedup();
        Ok(Self {
            id: row.id,
            organization: row.organization_id,
            giver: row.giver_id,
            receivers,
            teams,
            company_value: row.company_value_id,
            message: row.message,
            points: row.points,
            visibility: RecognitionVisibility::stored(&row.visibility)?,
            budget_team: row.budget_team_id,
            transfer: row.transfer_id,
            given_at: row.given_at,
            withdrawn_at: row.withdrawn_at,
        })
    }
}

impl Recognition {
    /// As the policy takes it.
    pub fn facts(&self) -> RecognitionFacts<'_> {
        RecognitionFacts {
            organization: self.organization,
            giver: self.giver,
            receivers: &self.receivers,
            teams: &self.teams,
            openness: self.visibility.into(),
            withdrawn: self.withdrawn_at.is_some(),
        }
    }
}

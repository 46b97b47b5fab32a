//! What an action is about, as plain facts: the service gathers them, the decision needs nothing else.

use hearten_ids::{OrganizationId, PersonId, TeamId};

use crate::RoleSet;

/// What an action is about. An action that does not fit its resource (reading the e-mail address of a team) is never
/// allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// The actor's organization as a whole.
    Organization,
    /// A person of the chart.
    Person(PersonId),
    /// A team of the chart.
    Team(TeamId),
    /// A survey.
    Survey(SurveyFacts<'a>),
    /// Somebody's invitation to a wave.
    Invitation {
        /// Who is invited.
        person: PersonId,
    },
    /// A group whose results could be shown.
    Cut {
        /// The survey it is a cut of.
        survey: SurveyFacts<'a>,
        /// Which group.
        cut: CutScope,
    },
    /// A conversation, or a series of them.
    Conversation(ConversationFacts<'a>),
    /// What somebody noted for themselves.
    PrivateNote {
        /// Who wrote it.
        author: PersonId,
    },
}

/// What the decision has to know of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationFacts<'a> {
    /// Who takes part; for writing, who still takes part in its series.
    pub participants: &'a [PersonId],
    /// Who manages a meeting; none for a 1:1, which both manage.
    pub host: Option<PersonId>,
}

/// What the decision has to know of a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyFacts<'a> {
    /// Whose survey it is.
    pub organization: OrganizationId,
    /// How far it has come.
    pub stage: SurveyStage,
    /// Whom it asks.
    pub audience: Audience<'a>,
    /// The roles the notice names for results. People partners see results inside their scope by office: the notice
    /// says so to respondents, whether or not they are listed here.
    pub results_visible_to: RoleSet,
    /// The roles the notice names for comments; counts only for roles that see the results.
    pub comments_visible_to: RoleSet,
    /// Whether the actor is invited to one of its waves.
    pub invited: bool,
}

/// How far a survey has come, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SurveyStage {
    /// Being written or scheduled: the notice is not frozen, nobody is asked.
    Draft,
    /// Launched: people are asked, or were; nothing is published.
    Launched,
    /// Launched, and at least one publication of it exists. Results can be read at this stage only, even while a
    /// later wave is open.
    Published,
}

/// Whom a survey asks, as the smallest team sub-trees that hold everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience<'a> {
    /// Everybody, or anybody who is in no team.
    WholeOrganization,
    /// Only people inside these sub-trees. A draft may have none yet.
    Teams(&'a [TeamId]),
}

/// Which group a cut is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CutScope {
    /// The team sub-tree it lies in; none for everybody who was asked.
    pub team: Option<TeamId>,
    /// Whether it is narrowed by an attribute.
    pub attribute: bool,
}

impl CutScope {
    /// Everybody who was asked.
    pub const WHOLE: Self = Self { team: None, attribute: false };

    /// A team with all teams below.
    pub const fn team(team: TeamId) -> Self {
        Self { team: Some(team), attribute: false }
    }

    /// The same group, narrowed by an attribute.
    #[must_use]
    pub const fn by_attribute(self) -> Self {
        Self { attribute: true, ..self }
    }
}

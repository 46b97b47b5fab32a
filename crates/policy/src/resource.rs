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
    /// A goal.
    Goal(GoalFacts),
}

/// What the decision has to know of a goal, as its row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GoalFacts {
    /// Whose tenant it is of.
    pub organization: OrganizationId,
    /// Whose goal it is.
    pub level: GoalLevel,
    /// The team; of a person's goal, the team it was written in.
    pub team: Option<TeamId>,
    /// The person; of a team's or the organization's goal, who answers for it.
    pub owner: Option<PersonId>,
    /// Who may see it.
    pub visibility: GoalVisibility,
}

/// Whose goal a goal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GoalLevel {
    /// The whole organization's.
    Organization,
    /// A team's.
    Team,
    /// A person's.
    Person,
}

/// Who may see a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GoalVisibility {
    /// Everybody.
    Public,
    /// The team.
    Team,
    /// Whoever it belongs to.
    Private,
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

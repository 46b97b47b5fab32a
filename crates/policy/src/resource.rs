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
    /// Thanks.
    Recognition(RecognitionFacts<'a>),
    /// Somebody's wish to have a reward.
    Redemption(RedemptionFacts),
    /// What an internal customer asks for.
    ServiceRequest(RequestFacts),
    /// A queue of requests, as it is or as it shall be.
    RequestQueue(QueueFacts),
    /// A reported detour.
    Friction(FrictionFacts),
    /// A round of priorities.
    PriorityRound(PriorityFacts<'a>),
    /// What a group of a round ranks highest.
    PriorityCut {
        /// The round.
        round: PriorityFacts<'a>,
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
    /// What somebody expects of somebody.
    Expectation(ExpectationFacts),
    /// An area of responsibility, written or to be written.
    Responsibility(ResponsibilityFacts),
    /// Somebody's part in an area of responsibility.
    Assignment(AssignmentFacts),
    /// A goal.
    Goal(GoalFacts),
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

/// What the decision has to know of a recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecognitionFacts<'a> {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Who thanks.
    pub giver: PersonId,
    /// Who is thanked.
    pub receivers: &'a [PersonId],
    /// The teams of the receivers when they were thanked.
    pub teams: &'a [TeamId],
    /// To whom the giver opened it.
    pub openness: Openness,
    /// Whether the giver took it back.
    pub withdrawn: bool,
}

/// To whom a giver opens a recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Openness {
    /// Everybody who works here.
    Everybody,
    /// The teams of the receivers, and who leads them.
    Teams,
    /// Giver and receivers only.
    Concerned,
}

/// What the decision has to know of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedemptionFacts {
    /// Whose organization.
    pub organization: OrganizationId,
    /// Whose wish.
    pub person: PersonId,
    /// Whether it is, or was, approved: then it is there for whoever hands rewards over.
    pub approved: bool,
}

/// What the decision has to know of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueFacts {
    /// Whose queue it is.
    pub organization: OrganizationId,
    /// The team that owns it.
    pub team: Option<TeamId>,
    /// Whether the actor is named as an owner.
    pub owned: bool,
    /// Whether it is open to integrations.
    pub integrations: bool,
}

/// What the decision has to know of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestFacts {
    /// Whose request it is.
    pub organization: OrganizationId,
    /// Who asks.
    pub asker: PersonId,
    /// Who is to answer.
    pub assignee: Option<PersonId>,
    /// Who it climbed to.
    pub escalated_to: Option<PersonId>,
    /// The queue it lies in; none where a person was asked directly.
    pub queue: Option<QueueFacts>,
    /// The team that sees it too: the asker's, where the asker wanted that.
    pub shown_to: Option<TeamId>,
}

/// What the decision has to know of a friction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrictionFacts {
    /// Whose friction it is.
    pub organization: OrganizationId,
    /// The team it concerns; none for everybody.
    pub team: Option<TeamId>,
    /// Who reported it; none where it was reported anonymously.
    pub reporter: Option<PersonId>,
}

/// What the decision has to know of a round of priorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriorityFacts<'a> {
    /// Whose round it is.
    pub organization: OrganizationId,
    /// Whom it asks.
    pub audience: Audience<'a>,
    /// How far it has come: published once it is closed.
    pub stage: SurveyStage,
    /// Whether the actor is asked in it.
    pub invited: bool,
}

/// What the decision has to know of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationFacts<'a> {
    /// Who takes part; for writing, who still takes part in its series.
    pub participants: &'a [PersonId],
    /// Who manages a meeting; none for a 1:1, which both manage.
    pub host: Option<PersonId>,
}

/// What the decision has to know of an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectationFacts {
    /// Who expects it.
    pub from: PersonId,
    /// Of whom.
    pub to: PersonId,
    /// Whether both sides know that the manager of `to` sees it.
    pub visible_to_manager: bool,
}

/// What the decision has to know of an area of responsibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponsibilityFacts {
    /// The home team; none where it belongs to the organization as a whole.
    pub home: Option<TeamId>,
}

/// What the decision has to know of a part in an area of responsibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssignmentFacts {
    /// The person who has it; none where a team has.
    pub person: Option<PersonId>,
    /// The team that has it; none where a person has.
    pub team: Option<TeamId>,
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

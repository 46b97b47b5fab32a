//! The decision: an exhaustive match over actions, for persons and for tokens.
//!
//! Neither match has a wildcard over actions: a new action does not compile until both sides say who may do it. Within an
//! action, a resource that is not named is refused.

use hearten_orgchart::OrgChart;

use crate::{
    Action, Actor, Audience, GoalLevel, GoalVisibility, Openness, Principal, Resource, Scope, ScopeSet, SurveyStage,
    standing::Standing,
};

/// What becomes of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It may be done.
    Allow,
    /// The actor may not know that it exists: answer `null` or NOT_FOUND, as for something that does not.
    Hidden,
    /// The actor may see it, but not do this: answer FORBIDDEN.
    Forbidden,
}

impl Decision {
    /// Whether it may be done.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// Whether an actor may do something. `chart` is the chart of the actor's organization; with any other, everything is
/// hidden, and so is whatever the chart does not hold.
pub fn decide(actor: &Actor, action: Action, resource: Resource<'_>, chart: &OrgChart) -> Decision {
    if chart.organization() != actor.organization || !is_ours(resource, chart) {
        return Decision::Hidden;
    }
    match actor.principal {
        Principal::Person(_) => match Standing::of(actor, chart) {
            Some(me) if person_may(&me, action, resource) => Decision::Allow,
            Some(me) if person_sees(&me, resource) => Decision::Forbidden,
            // Nobody signs in as somebody who has left; should it happen, nothing is there.
            Some(_) | None => Decision::Hidden,
        },
        Principal::ApiToken { scopes, .. } if token_may(scopes, action, resource, chart) => Decision::Allow,
        Principal::ApiToken { scopes, .. } if token_sees(scopes, resource, chart) => Decision::Forbidden,
        Principal::ApiToken { .. } => Decision::Hidden,
    }
}

/// Whether the resource is part of the organization of the chart.
fn is_ours(resource: Resource<'_>, chart: &OrgChart) -> bool {
    match resource {
        Resource::Organization => true,
        Resource::Person(person) | Resource::Invitation { person } => chart.person(person).is_some(),
        Resource::Team(team) => chart.team(team).is_some(),
        Resource::Survey(survey) => survey.organization == chart.organization(),
        Resource::Cut { survey, cut } => {
            survey.organization == chart.organization() && cut.team.is_none_or(|team| chart.team(team).is_some())
        }
        Resource::Recognition(thanks) => thanks.organization == chart.organization(),
        Resource::Redemption(redemption) => redemption.organization == chart.organization(),
        Resource::ServiceRequest(facts) => facts.organization == chart.organization(),
        Resource::RequestQueue(facts) => facts.organization == chart.organization(),
        Resource::Friction(facts) => facts.organization == chart.organization(),
        Resource::PriorityRound(facts) | Resource::PriorityCut { round: facts, .. } => {
            facts.organization == chart.organization()
        }
        Resource::Conversation(talk) => talk.participants.iter().any(|person| chart.person(*person).is_some()),
        Resource::PrivateNote { author } => chart.person(author).is_some(),
        Resource::Expectation(facts) => [facts.from, facts.to].iter().all(|side| chart.person(*side).is_some()),
        Resource::Responsibility(area) => area.home.is_none_or(|team| chart.team(team).is_some()),
        Resource::Assignment(part) => {
            part.person.is_none_or(|person| chart.person(person).is_some())
                && part.team.is_none_or(|team| chart.team(team).is_some())
        }
        Resource::Goal(goal) => goal.organization == chart.organization(),
    }
}

/// What exists for a person.
fn person_sees(me: &Standing<'_>, resource: Resource<'_>) -> bool {
    match resource {
        Resource::Organization | Resource::Team(_) => true,
        Resource::Person(person) => me.sees_person(person),
        Resource::Survey(survey) => person_may(me, Action::ReadSurveyDraft, resource) || me.sees_survey(survey),
        Resource::Invitation { person } => person == me.me.id,
        Resource::Cut { survey, cut } => me.sees_cut(survey, cut),
        Resource::Recognition(thanks) => me.sees_recognition(thanks),
        Resource::Redemption(redemption) => redemption.person == me.me.id || me.keeps_rewards(),
        Resource::ServiceRequest(facts) => me.sees_request(facts),
        Resource::RequestQueue(_) | Resource::Friction(_) => true,
        Resource::PriorityRound(facts) => me.sees_round(facts),
        Resource::PriorityCut { round, cut } => me.sees_priority_cut(round, cut),
        Resource::Conversation(talk) => me.takes_part(talk),
        Resource::PrivateNote { author } => author == me.me.id,
        Resource::Expectation(facts) => me.sees_expectation(facts),
        // Who does what is no secret in an organization.
        Resource::Responsibility(_) | Resource::Assignment(_) => true,
        Resource::Goal(goal) => me.sees_goal(goal),
    }
}

fn person_may(me: &Standing<'_>, action: Action, resource: Resource<'_>) -> bool {
    use Resource::{
        Assignment, Conversation, Cut, Expectation, Friction, Goal, Invitation, Organization, Person, PriorityCut,
        PriorityRound, PrivateNote, Recognition, Redemption, RequestQueue, Responsibility, ServiceRequest, Survey,
        Team,
    };
    match action {
        Action::ReadPerson => matches!(resource, Person(person) if me.sees_person(person)),
        Action::ReadPersonContact | Action::ReadPersonEmployment => match resource {
            Person(person) => person == me.me.id || me.is_admin() || me.partner_of_person(person) || me.manages(person),
            Organization if action == Action::ReadPersonEmployment => me.is_admin() || me.is_whole_partner(),
            Team(team) if action == Action::ReadPersonEmployment => {
                me.is_admin() || me.partner_of_team(team) || me.leads_above(team)
            }
            _ => false,
        },
        Action::ReadTeam => matches!(resource, Team(_)),
        Action::ReadHeadcount => matches!(resource, Organization | Team(_)),
        Action::WriteDirectory | Action::ImportDirectory => match resource {
            Organization => me.is_admin() || me.is_whole_partner(),
            Team(team) => me.is_admin() || me.partner_of_team(team),
            Person(person) => action == Action::WriteDirectory && (me.is_admin() || me.partner_of_person(person)),
            _ => false,
        },
        Action::ReadRoles => match resource {
            Organization => me.is_admin(),
            Person(person) => me.is_admin() || person == me.me.id,
            _ => false,
        },
        // Nobody makes himself or herself more than others made them: an admin who wants to read answers must ask.
        Action::GrantRole => match resource {
            Organization => me.is_admin(),
            Person(person) => me.is_admin() && person != me.me.id,
            _ => false,
        },
        Action::RevokeRole => matches!(resource, Person(_)) && me.is_admin(),
        Action::SignOutPerson => matches!(resource, Person(person) if me.is_admin() || person == me.me.id),
        Action::ManageApiTokens | Action::ManageDocuments | Action::WriteOrganizationSettings => {
            resource == Organization && me.is_admin()
        }
        Action::ReadOrganizationSettings => resource == Organization && (me.is_admin() || me.is_partner()),
        Action::ReadAudit => match resource {
            Organization => me.is_admin(),
            Person(person) => me.is_admin() || person == me.me.id,
            _ => false,
        },
        Action::ReadSurvey => matches!(resource, Survey(survey) if me.sees_survey(survey)),
        Action::ReadSurveyDraft => matches!(resource, Survey(survey)
            if survey.stage == SurveyStage::Draft && (me.is_admin() || me.partner_of_audience(survey.audience))),
        Action::WriteSurvey => match resource {
            Organization => me.is_admin() || me.is_partner(),
            Survey(survey) => me.is_admin() || me.partner_of_audience(survey.audience),
            _ => false,
        },
        Action::PreviewPlan => {
            matches!(resource, Survey(survey) if me.is_admin() || me.partner_of_audience(survey.audience))
        }
        Action::LaunchSurvey | Action::CloseSurvey | Action::PublishSurvey => matches!(resource, Survey(survey)
            if survey.audience != Audience::Teams(&[]) && (me.is_admin() || me.partner_of_audience(survey.audience))),
        Action::ReadInvitation | Action::AnswerInvitation => {
            matches!(resource, Invitation { person } if person == me.me.id)
        }
        Action::ReadPublication => matches!(resource, Survey(survey) if me.sees_publication(survey)),
        Action::ReadCut => matches!(resource, Cut { survey, cut } if me.sees_cut(survey, cut)),
        Action::ReadComments => matches!(resource, Cut { survey, cut } if me.sees_comments(survey, cut)),
        Action::ReadParticipation => {
            matches!(resource, Cut { survey, cut } if me.sees_participation(survey, cut))
        }
        Action::ReadCompanyValues | Action::ReadRewards | Action::RedeemReward => resource == Organization,
        Action::ManageCompanyValues | Action::ManageRewards => resource == Organization && me.keeps_rewards(),
        Action::ReadRecognition => matches!(resource, Recognition(thanks) if me.sees_recognition(thanks)),
        Action::ReactToRecognition => {
            matches!(resource, Recognition(thanks) if !thanks.withdrawn && me.sees_recognition(thanks))
        }
        Action::WithdrawRecognition => matches!(resource, Recognition(thanks) if thanks.giver == me.me.id),
        Action::GiveRecognition => match resource {
            Organization => true,
            Person(person) => me.may_thank(person),
            _ => false,
        },
        Action::ReadRecognitionBalance => matches!(resource, Team(team)
            if me.is_executive() || me.partner_of_team(team) || me.leads_above(team)),
        Action::ReadUnthanked => matches!(resource, Person(person) if me.is_direct_manager_of(person)),
        Action::ReadCelebration => {
            matches!(resource, Person(person) if me.sees_person(person) && me.is_here(person))
        }
        Action::ReadPoints => matches!(resource, Person(person) if person == me.me.id),
        // Nobody makes himself or herself rich.
        Action::AdjustPoints => matches!(resource, Person(person) if me.is_admin() && person != me.me.id),
        Action::ReadLedger => resource == Organization && me.is_admin(),
        Action::ReadTeamBudget => matches!(resource, Team(team)
            if me.is_admin() || me.partner_of_team(team) || me.leads_above(team)),
        Action::GrantTeamBudget => matches!(resource, Team(team) if me.is_admin() || me.partner_of_team(team)),
        Action::SpendTeamBudget => matches!(resource, Team(team) if me.leads_above(team)),
        Action::ReadRedemption => match resource {
            Organization => me.keeps_rewards(),
            Redemption(redemption) => redemption.person == me.me.id || me.keeps_rewards(),
            _ => false,
        },
        Action::CancelRedemption => matches!(resource, Redemption(redemption) if redemption.person == me.me.id),
        Action::DecideRedemption | Action::FulfilRedemption => {
            matches!(resource, Redemption(redemption) if me.decides_redemption(redemption))
        }
        // Whoever works here asks, and so do owners and the board: they are internal customers too.
        Action::OpenRequest | Action::ListRequests => resource == Organization,
        Action::ReadRequest => matches!(resource, ServiceRequest(facts) if me.sees_request(facts)),
        Action::AskRequest => matches!(resource, ServiceRequest(facts) if facts.asker == me.me.id),
        Action::WorkRequest => matches!(resource, ServiceRequest(facts) if me.works_request(facts)),
        Action::ReadRequestQueue => matches!(resource, RequestQueue(_)),
        Action::WriteRequestQueue => matches!(resource, RequestQueue(facts) if me.keeps_queue(facts)),
        Action::ReadRequestStats => matches!(resource, Team(_)),
        Action::ReadTeamResponses => matches!(resource, Team(team) if me.is_told_with(team)),
        Action::WriteTeamResponse => {
            matches!(resource, Team(team) if me.leads_above(team) || me.partner_of_team(team))
        }
        Action::ReportFriction => resource == Organization && me.is_employee(),
        Action::ReadFriction => matches!(resource, Organization | Friction(_)),
        Action::VoteFriction => matches!(resource, Friction(_)) && me.is_employee(),
        Action::EditFriction => {
            matches!(resource, Friction(facts) if facts.reporter == Some(me.me.id) || me.triages(facts))
        }
        Action::TriageFriction => matches!(resource, Friction(facts) if me.triages(facts)),
        Action::WritePriorityRound => match resource {
            Organization => me.is_partner(),
            PriorityRound(facts) => me.partner_of_audience(facts.audience),
            _ => false,
        },
        Action::ReadPriorityRound => matches!(resource, PriorityRound(facts) if me.sees_round(facts)),
        Action::RankPriorities => {
            matches!(resource, PriorityRound(facts) if facts.invited && facts.stage != SurveyStage::Draft)
        }
        Action::ReadPriorityCut => {
            matches!(resource, PriorityCut { round, cut } if me.sees_priority_cut(round, cut))
        }
        // No office opens a conversation: only who takes part is named here.
        Action::ReadConversation | Action::WriteConversation => {
            matches!(resource, Conversation(talk) if me.takes_part(talk))
        }
        Action::ManageConversation => matches!(resource, Conversation(talk) if me.manages_conversation(talk)),
        Action::StartConversation => matches!(resource, Person(person) if me.may_talk_with(person)),
        Action::ReadPrivateNote | Action::WritePrivateNote => {
            matches!(resource, PrivateNote { author } if author == me.me.id)
        }
        Action::ReadConversationGap => matches!(resource, Person(person) if me.is_above(person)),
        Action::ReadConversationCoverage => matches!(resource, Team(team)
            if me.is_executive() || me.partner_of_team(team) || me.leads_above(team)),
        Action::ReadConversationTemplates => resource == Organization,
        Action::ManageConversationTemplates => resource == Organization && (me.is_admin() || me.is_partner()),
        Action::ManageCalendarFeeds => matches!(resource, Person(person) if person == me.me.id),
        Action::ProposeExpectation => matches!(resource, Person(person) if me.may_expect_of(person)),
        Action::ReadExpectation => matches!(resource, Expectation(facts) if me.sees_expectation(facts)),
        Action::MoveExpectation => matches!(resource, Expectation(facts) if me.is_party(facts)),
        Action::ReadWorkload | Action::WriteWorkCapacity => match resource {
            Person(person) => person == me.me.id || me.manages(person),
            Team(team) if action == Action::ReadWorkload => {
                me.leads_above(team) || me.partner_of_team(team) || me.is_executive()
            }
            _ => false,
        },
        Action::ReadResponsibility => matches!(resource, Organization | Responsibility(_)),
        Action::WriteResponsibility => matches!(resource, Responsibility(area) if me.keeps_responsibility(area)),
        Action::HandBackResponsibility => matches!(resource, Assignment(part) if me.has_part(part)),
        Action::ImportResponsibilities => resource == Organization && (me.is_admin() || me.is_whole_partner()),
        Action::ReadResponsibilityLoad => matches!(resource, Person(person)
            if person == me.me.id || me.is_admin() || me.partner_of_person(person) || me.manages(person)),
        Action::ReadGoalCycles => resource == Organization,
        Action::ManageGoalCycles | Action::ImportGoals => {
            resource == Organization && (me.is_admin() || me.is_whole_partner())
        }
        Action::ReadGoal => matches!(resource, Goal(goal) if me.sees_goal(goal)),
        Action::WriteGoal => matches!(resource, Goal(goal) if me.sees_goal(goal) && me.writes_goal(goal)),
        Action::CheckInGoal => matches!(resource, Goal(goal)
            if me.sees_goal(goal) && (me.writes_goal(goal) || goal.owner == Some(me.me.id))),
        // Whoever a model may be about can know what it is made of.
        Action::ReadRetentionFeatures => resource == Organization,
        Action::ReadRetentionModel => {
            resource == Organization && (me.is_admin() || me.is_partner() || me.is_executive() || me.is_manager())
        }
        Action::ReadTurnover | Action::ReadRetentionRisk => match resource {
            Organization => me.is_admin() || me.is_whole_partner() || me.is_executive(),
            Team(team) => me.answers_for_retention_of(team),
            _ => false,
        },
    }
}

/// What exists for a token.
fn token_sees(scopes: ScopeSet, resource: Resource<'_>, chart: &OrgChart) -> bool {
    let directory = scopes.contains(Scope::DirectoryRead) || scopes.contains(Scope::DirectoryContact);
    match resource {
        Resource::Organization => true,
        Resource::Team(_) => directory,
        Resource::Person(person) => {
            directory && (scopes.contains(Scope::DirectoryContact) || chart.active_person(person).is_some())
        }
        Resource::Survey(survey) => {
            scopes.contains(Scope::SurveysWrite)
                || (scopes.contains(Scope::SurveysRead) && survey.stage != SurveyStage::Draft)
        }
        Resource::Invitation { .. } | Resource::Conversation(_) | Resource::PrivateNote { .. } => false,
        Resource::Cut { survey, .. } => scopes.contains(Scope::ResultsRead) && survey.stage == SurveyStage::Published,
        Resource::Recognition(thanks) => {
            scopes.contains(Scope::RecognitionRead) && thanks.openness == Openness::Everybody && !thanks.withdrawn
        }
        Resource::Redemption(redemption) => scopes.contains(Scope::RewardsFulfil) && redemption.approved,
        Resource::ServiceRequest(facts) => {
            scopes.contains(Scope::RequestsRead) && facts.queue.is_some_and(|queue| queue.integrations)
        }
        Resource::RequestQueue(facts) => scopes.contains(Scope::RequestsRead) && facts.integrations,
        Resource::Friction(_) => scopes.contains(Scope::FrictionRead),
        Resource::PriorityRound(_) | Resource::PriorityCut { .. } => false,
        // What two people agree on is no integration's business.
        Resource::Expectation(_) => false,
        Resource::Responsibility(_) | Resource::Assignment(_) => {
            scopes.contains(Scope::ResponsibilitiesRead) || scopes.contains(Scope::ResponsibilitiesWrite)
        }
        Resource::Goal(goal) => scopes.contains(Scope::GoalsRead) && goal.visibility != GoalVisibility::Private,
    }
}

fn token_may(scopes: ScopeSet, action: Action, resource: Resource<'_>, chart: &OrgChart) -> bool {
    use Resource::{
        Cut, Friction, Goal, Organization, Person, Recognition, Redemption, RequestQueue, Responsibility,
        ServiceRequest, Survey, Team,
    };
    let has = |scope| scopes.contains(scope);
    let sees = token_sees(scopes, resource, chart);
    match action {
        Action::ReadPerson => matches!(resource, Person(_)) && sees,
        Action::ReadPersonContact => matches!(resource, Person(_)) && has(Scope::DirectoryContact),
        Action::ReadPersonEmployment => {
            matches!(resource, Organization | Team(_) | Person(_)) && has(Scope::DirectoryContact)
        }
        Action::ReadTeam => matches!(resource, Team(_)) && sees,
        Action::ReadHeadcount => {
            matches!(resource, Organization | Team(_)) && (has(Scope::DirectoryRead) || has(Scope::DirectoryContact))
        }
        Action::WriteDirectory => {
            let reads = has(Scope::DirectoryRead) || has(Scope::DirectoryContact);
            matches!(resource, Organization | Team(_) | Person(_)) && sees && reads && has(Scope::DirectoryWrite)
        }
        Action::ImportDirectory => resource == Organization && has(Scope::DirectoryWrite),
        Action::ReadSurvey => matches!(resource, Survey(survey) if survey.stage != SurveyStage::Draft) && sees,
        Action::ReadSurveyDraft => {
            matches!(resource, Survey(survey) if survey.stage == SurveyStage::Draft) && has(Scope::SurveysWrite)
        }
        Action::WriteSurvey => matches!(resource, Organization | Survey(_)) && has(Scope::SurveysWrite),
        Action::PreviewPlan => matches!(resource, Survey(_)) && has(Scope::SurveysWrite),
        Action::LaunchSurvey | Action::CloseSurvey | Action::PublishSurvey => {
            matches!(resource, Survey(survey) if survey.audience != Audience::Teams(&[])) && has(Scope::SurveysWrite)
        }
        Action::ReadPublication => {
            matches!(resource, Survey(survey) if survey.stage == SurveyStage::Published) && has(Scope::ResultsRead)
        }
        Action::ReadCut => matches!(resource, Cut { .. }) && sees,
        Action::ReadParticipation => {
            matches!(resource, Cut { survey, .. } if survey.stage != SurveyStage::Draft) && has(Scope::ResultsRead)
        }
        Action::ReadComments => {
            matches!(resource, Cut { survey, cut } if survey.stage == SurveyStage::Published && !cut.attribute)
                && has(Scope::CommentsRead)
        }
        Action::ReadAudit => {
            (resource == Organization || (matches!(resource, Person(_)) && sees)) && has(Scope::AuditRead)
        }
        Action::ReadCompanyValues => resource == Organization && has(Scope::RecognitionRead),
        Action::ReadRecognition => matches!(resource, Recognition(_)) && sees,
        Action::ReadRewards => resource == Organization && has(Scope::RewardsFulfil),
        Action::ReadRedemption => {
            (resource == Organization && has(Scope::RewardsFulfil)) || (matches!(resource, Redemption(_)) && sees)
        }
        Action::FulfilRedemption => matches!(resource, Redemption(_)) && sees,
        // No integration thanks, holds points or hands them out.
        Action::ManageCompanyValues
        | Action::GiveRecognition
        | Action::ReactToRecognition
        | Action::WithdrawRecognition
        | Action::ReadRecognitionBalance
        | Action::ReadUnthanked
        | Action::ReadCelebration
        | Action::ReadPoints
        | Action::AdjustPoints
        | Action::ReadLedger
        | Action::ReadTeamBudget
        | Action::GrantTeamBudget
        | Action::SpendTeamBudget
        | Action::ManageRewards
        | Action::RedeemReward
        | Action::CancelRedemption
        | Action::DecideRedemption => false,
        Action::ListRequests => resource == Organization && has(Scope::RequestsRead),
        Action::ReadRequest => matches!(resource, ServiceRequest(_)) && sees,
        Action::WorkRequest => matches!(resource, ServiceRequest(_)) && sees && has(Scope::RequestsWrite),
        Action::ReadRequestQueue => matches!(resource, RequestQueue(_)) && sees,
        Action::ReadFriction => match resource {
            Organization => has(Scope::FrictionRead),
            Friction(_) => sees,
            _ => false,
        },
        // What teams are told, what they ask for on average, and what matters to them is for people.
        Action::OpenRequest
        | Action::AskRequest
        | Action::WriteRequestQueue
        | Action::ReadRequestStats
        | Action::ReadTeamResponses
        | Action::WriteTeamResponse
        | Action::ReportFriction
        | Action::VoteFriction
        | Action::EditFriction
        | Action::TriageFriction
        | Action::WritePriorityRound
        | Action::ReadPriorityRound
        | Action::RankPriorities
        | Action::ReadPriorityCut => false,
        Action::ReadResponsibility => {
            matches!(resource, Organization | Responsibility(_))
                && (has(Scope::ResponsibilitiesRead) || has(Scope::ResponsibilitiesWrite))
        }
        Action::WriteResponsibility => matches!(resource, Responsibility(_)) && has(Scope::ResponsibilitiesWrite),
        Action::ImportResponsibilities => resource == Organization && has(Scope::ResponsibilitiesWrite),
        Action::ReadResponsibilityLoad => {
            matches!(resource, Person(_))
                && sees
                && (has(Scope::ResponsibilitiesRead) || has(Scope::ResponsibilitiesWrite))
        }
        Action::ReadGoalCycles => resource == Organization && (has(Scope::GoalsRead) || has(Scope::GoalsWrite)),
        Action::ImportGoals => resource == Organization && has(Scope::GoalsWrite),
        Action::ReadGoal => matches!(resource, Goal(_)) && sees,
        // A person's goal is a person's word.
        Action::CheckInGoal => {
            matches!(resource, Goal(goal) if goal.level != GoalLevel::Person) && sees && has(Scope::GoalsWrite)
        }
        // Who may leave, and why others did, is nothing an integration has a purpose for.
        Action::ReadTurnover
        | Action::ReadRetentionFeatures
        | Action::ReadRetentionModel
        | Action::ReadRetentionRisk => false,
        // No integration grants rights, ends sessions, changes settings or speaks for a person.
        Action::ReadRoles
        | Action::GrantRole
        | Action::RevokeRole
        | Action::SignOutPerson
        | Action::ManageApiTokens
        | Action::ManageDocuments
        | Action::ReadOrganizationSettings
        | Action::WriteOrganizationSettings
        | Action::ReadInvitation
        | Action::ManageGoalCycles
        | Action::WriteGoal
| Action::AnswerInvitation
// What people say to each other is no integration's.
| Action::ReadConversation
| Action::WriteConversation
| Action::ManageConversation
| Action::StartConversation
| Action::ReadPrivateNote
| Action::WritePrivateNote
| Action::ReadConversationGap
| Action::ReadConversationCoverage
| Action::ReadConversationTemplates
| Action::ManageConversationTemplates
| Action::ManageCalendarFeeds
| Action::ProposeExpectation
| Action::ReadExpectation
| Action::MoveExpectation
| Action::ReadWorkload
| Action::WriteWorkCapacity
| Action::HandBackResponsibility => false,
    }
}

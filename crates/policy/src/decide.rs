//! The decision: an exhaustive match over actions, for persons and for tokens.
//!
//! Neither match has a wildcard over actions: a new action does not compile until both sides say who may do it. Within an
//! action, a resource that is not named is refused.

use hearten_orgchart::OrgChart;

use crate::{
    Action, Actor, Audience, GoalLevel, GoalVisibility, Principal, Resource, Scope, ScopeSet, SurveyStage,
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
        Resource::Goal(goal) => me.sees_goal(goal),
    }
}

fn person_may(me: &Standing<'_>, action: Action, resource: Resource<'_>) -> bool {
    use Resource::{Cut, Goal, Invitation, Organization, Person, Survey, Team};
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
        Action::ReadGoalCycles => resource == Organization,
        Action::ManageGoalCycles | Action::ImportGoals => {
            resource == Organization && (me.is_admin() || me.is_whole_partner())
        }
        Action::ReadGoal => matches!(resource, Goal(goal) if me.sees_goal(goal)),
        Action::WriteGoal => matches!(resource, Goal(goal) if me.sees_goal(goal) && me.writes_goal(goal)),
        Action::CheckInGoal => matches!(resource, Goal(goal)
            if me.sees_goal(goal) && (me.writes_goal(goal) || goal.owner == Some(me.me.id))),
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
        Resource::Invitation { .. } => false,
        Resource::Cut { survey, .. } => scopes.contains(Scope::ResultsRead) && survey.stage == SurveyStage::Published,
        Resource::Goal(goal) => scopes.contains(Scope::GoalsRead) && goal.visibility != GoalVisibility::Private,
    }
}

fn token_may(scopes: ScopeSet, action: Action, resource: Resource<'_>, chart: &OrgChart) -> bool {
    use Resource::{Cut, Goal, Organization, Person, Survey, Team};
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
            matches!(resource, Organization | Team(_) | Person(_)) && sees && has(Scope::DirectoryWrite)
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
        Action::ReadGoalCycles => resource == Organization && (has(Scope::GoalsRead) || has(Scope::GoalsWrite)),
        Action::ImportGoals => resource == Organization && has(Scope::GoalsWrite),
        Action::ReadGoal => matches!(resource, Goal(_)) && sees,
        // A person's goal is a person's word.
        Action::CheckInGoal => {
            matches!(resource, Goal(goal) if goal.level != GoalLevel::Person) && sees && has(Scope::GoalsWrite)
        }
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
        | Action::AnswerInvitation => false,
    }
}

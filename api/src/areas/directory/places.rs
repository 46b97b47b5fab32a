//! Where in an input, or in which column of a file, a problem of the chart lies, and how it is told.

use hearten_orgchart::{ChartProblem, OrgChart, PersonRecord, TeamRecord};

use crate::graphql::error::{UserError, UserErrorCode};

/// A value of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the value of that name")]
pub enum Place {
    Relationship,
    Email,
    Team,
    Manager,
    LeftOn,
    ExternalId,
    Parent,
    Lead,
    Archived,
}

impl Place {
    /// Its name in the input of a mutation.
    pub const fn input(self) -> &'static str {
        match self {
            Self::Relationship => "relationship",
            Self::Email => "email",
            Self::Team => "team",
            Self::Manager => "manager",
            Self::LeftOn => "leftOn",
            Self::ExternalId => "externalId",
            Self::Parent => "parent",
            Self::Lead => "lead",
            Self::Archived => "archived",
        }
    }

    /// Its column in a file. Files archive nothing; what would be said there is said of the team above.
    pub const fn column(self) -> &'static str {
        match self {
            Self::LeftOn => "left_on",
            Self::ExternalId => "external_id",
            Self::Archived => "parent",
            other => other.input(),
        }
    }
}

/// Which value makes the problem, when these records are written over a chart; None where it is no single one.
pub fn place_of(
    problem: &ChartProblem,
    before: &OrgChart,
    persons: &[PersonRecord],
    teams: &[TeamRecord],
) -> Option<Place> {
    use ChartProblem as P;
    Some(match problem {
        P::SharedEmail { .. } => Place::Email,
        P::SharedPersonExternalId { .. } | P::SharedTeamExternalId { .. } => Place::ExternalId,
        P::UnknownTeam { .. } => Place::Team,
        P::UnknownManager { .. } | P::ManagerCycle(_) => Place::Manager,
        P::UnknownParent { .. } | P::SeveralRoots { .. } | P::TeamCycle(_) => Place::Parent,
        P::UnknownLead { .. } => Place::Lead,
        P::ArchivedTeam { person, .. } => match persons.iter().find(|record| record.id == *person) {
            // Somebody comes back into a team that is archived meanwhile.
            Some(record) if before.person(*person).is_some_and(|held| held.team == record.team) => Place::LeftOn,
            Some(_) => Place::Team,
            None => Place::Archived,
        },
        P::ArchivedParent { team, .. } => match teams.iter().find(|record| record.id == *team) {
            Some(record) if before.team(*team).is_none_or(|held| held.parent != record.parent) => Place::Parent,
            _ => Place::Archived,
        },
        P::OlderVersion { .. } | P::TooMany { .. } | P::DuplicatePerson(_) | P::DuplicateTeam(_) => return None,
    })
}

/// The problem in words for who writes entries. No ids: a holder may be somebody the reader cannot see.
pub const fn message_of(problem: &ChartProblem) -> &'static str {
    use ChartProblem as P;
    match problem {
        P::SharedEmail { .. } => "somebody else has this e-mail address",
        P::SharedPersonExternalId { .. } => "somebody else has this external id",
        P::SharedTeamExternalId { .. } => "another team has this external id",
        P::UnknownTeam { .. } => "there is no such team",
        P::UnknownManager { .. } | P::UnknownLead { .. } => "there is no such person",
        P::UnknownParent { .. } => "there is no such team above",
        P::SeveralRoots { .. } => "an organization has one root team: name the team above",
        P::TeamCycle(_) => "the teams would lie under each other in a circle",
        P::ManagerCycle(_) => "the reporting lines would run in a circle",
        P::ArchivedTeam { .. } => "an archived team has no members",
        P::ArchivedParent { .. } => "no team in use lies under an archived one",
        P::DuplicatePerson(_) | P::DuplicateTeam(_) => "the same entry stands twice",
        P::TooMany { .. } => "the directory is full",
        P::OlderVersion { .. } => "the directory has changed meanwhile; try again",
    }
}

/// A chart's problem as a client understands it, at its place in the input.
pub fn refusal(problem: &ChartProblem, before: &OrgChart, persons: &[PersonRecord], teams: &[TeamRecord]) -> UserError {
    use ChartProblem as P;
    let code = match problem {
        P::TeamCycle(_) | P::ManagerCycle(_) => UserErrorCode::Cycle,
        P::SharedPersonExternalId { .. } | P::SharedTeamExternalId { .. } | P::SharedEmail { .. } => {
            UserErrorCode::Taken
        }
        P::UnknownTeam { .. } | P::UnknownManager { .. } | P::UnknownParent { .. } | P::UnknownLead { .. } => {
            UserErrorCode::NotFound
        }
        P::TooMany { .. } => UserErrorCode::TooLong,
        P::ArchivedTeam { .. } | P::ArchivedParent { .. } => UserErrorCode::WrongState,
        P::OlderVersion { .. } | P::DuplicatePerson(_) | P::DuplicateTeam(_) | P::SeveralRoots { .. } => {
            UserErrorCode::Invalid
        }
    };
    match place_of(problem, before, persons, teams) {
        Some(place) => UserError::at(code, [place.input()], message_of(problem)),
        None => UserError::whole(code, message_of(problem)),
    }
}

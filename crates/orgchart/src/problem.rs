//! Why a chart cannot be: every problem is typed and names the ids it is about.

use hearten_ids::{PersonId, TeamId};

/// Why records do not make a chart. The first problem found is reported; the old chart stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartProblem {
    /// The new version is older than the chart's.
    #[error("version {found} is older than the chart's version {held}")]
    OlderVersion {
        /// The version of the chart.
        held: i64,
        /// The version that was to follow it.
        found: i64,
    },
    /// More persons or teams than a chart holds.
    #[error("a chart holds at most {limit} persons and as many teams")]
    TooMany {
        /// How many it holds.
        limit: u32,
    },
    /// The same person stands twice in one set of records.
    #[error("{0} stands twice")]
    DuplicatePerson(PersonId),
    /// The same team stands twice in one set of records.
    #[error("{0} stands twice")]
    DuplicateTeam(TeamId),
    /// Two persons share an external id.
    #[error("{first} and {second} have the same external id")]
    SharedPersonExternalId {
        /// Who holds it.
        first: PersonId,
        /// Who claims it.
        second: PersonId,
    },
    /// Two teams share an external id.
    #[error("{first} and {second} have the same external id")]
    SharedTeamExternalId {
        /// Which holds it.
        first: TeamId,
        /// Which claims it.
        second: TeamId,
    },
    /// Two persons share an e-mail address.
    #[error("{first} and {second} have the same e-mail address")]
    SharedEmail {
        /// Who holds it.
        first: PersonId,
        /// Who claims it.
        second: PersonId,
    },
    /// A person belongs to a team that is not there.
    #[error("{person} belongs to {team}, which does not exist")]
    UnknownTeam {
        /// The person.
        person: PersonId,
        /// The missing team.
        team: TeamId,
    },
    /// An active person belongs to an archived team.
    #[error("{person} belongs to {team}, which is archived")]
    ArchivedTeam {
        /// The person.
        person: PersonId,
        /// The archived team.
        team: TeamId,
    },
    /// A person reports to somebody who is not there.
    #[error("{person} reports to {manager}, who does not exist")]
    UnknownManager {
        /// The person.
        person: PersonId,
        /// The missing manager.
        manager: PersonId,
    },
    /// A team lies under a team that is not there.
    #[error("{team} lies under {parent}, which does not exist")]
    UnknownParent {
        /// The team.
        team: TeamId,
        /// The missing parent.
        parent: TeamId,
    },
    /// A team that is not archived lies under one that is.
    #[error("{team} lies under {parent}, which is archived")]
    ArchivedParent {
        /// The team.
        team: TeamId,
        /// The archived parent.
        parent: TeamId,
    },
    /// A team is led by somebody who is not there.
    #[error("{team} is led by {lead}, who does not exist")]
    UnknownLead {
        /// The team.
        team: TeamId,
        /// The missing lead.
        lead: PersonId,
    },
    /// Two teams have no parent; an organization has one root.
    #[error("{first} and {second} both have no parent: an organization has one root team")]
    SeveralRoots {
        /// One root.
        first: TeamId,
        /// The other.
        second: TeamId,
    },
    /// Teams lie under each other in a circle, each under the next.
    #[error("teams lie under each other in a circle: {}", joined(.0))]
    TeamCycle(Vec<TeamId>),
    /// Persons report to each other in a circle, each to the next.
    #[error("persons report to each other in a circle: {}", joined(.0))]
    ManagerCycle(Vec<PersonId>),
}

fn joined<T: std::fmt::Display>(ids: &[T]) -> String {
    ids.iter().map(T::to_string).collect::<Vec<_>>().join(" → ")
}

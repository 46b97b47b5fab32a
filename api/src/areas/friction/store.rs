//! Frictions and steps as the service thinks of them.

use hearten_entity::friction;
use hearten_policy::FrictionFacts;

use crate::graphql::names::named_enum;

named_enum! {
    /// How often a friction is met.
    FrictionFrequency {
        /// Every day.
        Daily = "DAILY",
        /// Every week.
        Weekly = "WEEKLY",
        /// Every month.
        Monthly = "MONTHLY",
        /// Less often.
        Rarely = "RARELY",
    }
}

named_enum! {
    /// Where a friction stands.
    FrictionState {
        /// Reported; nothing is decided.
        Reported = "REPORTED",
        /// There is a step against it.
        Planned = "PLANNED",
        /// A step is under way.
        InProgress = "IN_PROGRESS",
        /// It is no more.
        Resolved = "RESOLVED",
        /// Nothing will be done, for a reason.
        Rejected = "REJECTED",
        /// It is the same as another one, which has its votes.
        Merged = "MERGED",
    }
}

named_enum! {
    /// Where a step of the roadmap stands.
    RoadmapStepState {
        /// To be done.
        Planned = "PLANNED",
        /// Under way.
        InProgress = "IN_PROGRESS",
        /// Done, and measured.
        Done = "DONE",
        /// Given up.
        Dropped = "DROPPED",
    }
}

/// What the policy has to know of a friction.
pub fn facts_of(row: &friction::Model) -> FrictionFacts {
    FrictionFacts { organization: row.organization_id, team: row.team_id, reporter: row.reporter_id }
}

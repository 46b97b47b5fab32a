//! Which goal may count in which: what somebody may not see must not show through the progress of what they may.

use hearten_ids::{PersonId, TeamId};

use crate::{GoalLevel, Visibility};

/// Where a goal belongs, as far as its visibility goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whose goal it is.
    pub level: GoalLevel,
    /// The team; of a person's goal, the team it was written in.
    pub team: Option<TeamId>,
    /// The person; of a team's goal, who answers for it.
    pub owner: Option<PersonId>,
    /// Who may see it.
    pub visibility: Visibility,
}

/// Whether a goal may count in the progress of one it supports: only if whoever sees the parent may see the child.
///
/// - A public goal counts everywhere.
/// - Any other counts only in a goal that is no wider (TEAM in TEAM or PRIVATE, PRIVATE in PRIVATE) and belongs to the
///   same team or the same person. A person's TEAM goal counts in those of the team it was written in, too.
///
/// Parents of other teams are never good enough, not even of teams below: who looks after a part of a sub-tree need not
/// see the whole.
pub fn contributes(child: Place, parent: Place) -> bool {
    if child.visibility == Visibility::Public {
        return true;
    }
    let same_team = child.team.is_some() && child.team == parent.team && parent.level == GoalLevel::Team;
    let same_person = child.level == GoalLevel::Person
        && parent.level == GoalLevel::Person
        && child.owner == parent.owner
        && child.team == parent.team;
    match (child.visibility, child.level) {
        (Visibility::Public, _) => true,
        (Visibility::Team, GoalLevel::Person) => parent.visibility >= Visibility::Team && (same_team || same_person),
        (Visibility::Team, _) => parent.visibility >= Visibility::Team && same_team,
        (Visibility::Private, GoalLevel::Person) => parent.visibility == Visibility::Private && same_person,
        (Visibility::Private, _) => parent.visibility == Visibility::Private && same_team,
    }
}

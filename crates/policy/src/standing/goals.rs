//! How an actor stands to a goal.

use hearten_ids::TeamId;

use super::Standing;
use crate::{GoalFacts, GoalLevel, GoalVisibility};

impl Standing<'_> {
    /// Whether the actor is at home in a team's sub-tree: a member of it, or the lead of a team in it.
    fn belongs_to(&self, team: TeamId) -> bool {
        let member = self.me.team.is_some_and(|own| self.chart.is_in_subtree(own, team));
        member || self.chart.teams_led_by(self.me.id).iter().any(|led| self.chart.is_in_subtree(led.id, team))
    }

    fn owns_goal(&self, goal: GoalFacts) -> bool {
        goal.level == GoalLevel::Person && goal.owner == Some(self.me.id)
    }

    fn heads_owner(&self, goal: GoalFacts) -> bool {
        goal.level == GoalLevel::Person && goal.owner.is_some_and(|owner| self.chart.is_below(owner, self.me.id))
    }

    fn heads_team(&self, goal: GoalFacts) -> bool {
        goal.team.is_some_and(|team| self.leads_above(team))
    }

    /// A private goal is there for whoever it belongs to and nobody by office. That somebody answers for a team's goal
    /// opens nothing: who sees it follows from the team alone, so that it can be told from what may count in it.
    pub(crate) fn sees_goal(&self, goal: GoalFacts) -> bool {
        match (goal.visibility, goal.level) {
            (_, GoalLevel::Organization) => true,
            (GoalVisibility::Public, GoalLevel::Team) => true,
            (GoalVisibility::Public, GoalLevel::Person) => {
                self.is_employee() || self.is_admin() || self.sees_team_goal(goal)
            }
            (GoalVisibility::Team, _) => self.sees_team_goal(goal),
            (GoalVisibility::Private, GoalLevel::Team) => self.heads_team(goal),
            (GoalVisibility::Private, GoalLevel::Person) => self.owns_goal(goal),
        }
    }

    fn sees_team_goal(&self, goal: GoalFacts) -> bool {
        let in_scope = match goal.team {
            Some(team) => self.belongs_to(team) || self.partner_of_team(team),
            None => self.is_whole_partner(),
        };
        in_scope || self.owns_goal(goal) || self.heads_owner(goal) || self.heads_team(goal)
    }

    /// Who may write a goal, as far as they see it. A people partner writes no person's goal: it is between the person and
    /// who leads them.
    pub(crate) fn writes_goal(&self, goal: GoalFacts) -> bool {
        match goal.level {
            GoalLevel::Person => self.owns_goal(goal) || self.heads_owner(goal),
            GoalLevel::Team => self.heads_team(goal) || goal.team.is_some_and(|team| self.partner_of_team(team)),
            GoalLevel::Organization => self.is_admin() || self.is_whole_partner() || self.is_executive(),
        }
    }
}

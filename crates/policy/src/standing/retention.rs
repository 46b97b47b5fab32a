//! Retention: who has a purpose for knowing how many leave, and where people may.

use hearten_ids::TeamId;

use super::Standing;

impl Standing<'_> {
    /// Keeping people in a team is the work of whoever leads it or a team above, of its people partners, and of executives
    /// and admins, who answer for the whole.
    pub(crate) fn answers_for_retention_of(&self, team: TeamId) -> bool {
        self.is_admin() || self.is_executive() || self.partner_of_team(team) || self.leads_above(team)
    }
}

//! The words for recognition, points and rewards.

use hearten_ids::{PersonId, TeamId};

use super::Standing;
use crate::{Openness, RecognitionFacts, RedemptionFacts};

impl Standing<'_> {
    /// Whether thanks exist for this actor. What the giver opened to few is closed to offices: no admin, no people partner
    /// reads it by being one. What was taken back is there for the giver alone.
    pub(crate) fn sees_recognition(&self, thanks: RecognitionFacts<'_>) -> bool {
        if thanks.giver == self.me.id {
            return true;
        }
        if thanks.withdrawn {
            return false;
        }
        let concerned = thanks.receivers.contains(&self.me.id);
        match thanks.openness {
            _ if concerned => true,
            Openness::Concerned => false,
            Openness::Teams => thanks.teams.iter().any(|team| self.belongs_or_leads(*team)),
            // Owners and board members see aggregates: of thanks, those to persons they see.
            Openness::Everybody => {
                self.is_employee()
                    || self.is_admin()
                    || self.is_whole_partner()
                    || thanks.receivers.iter().all(|person| self.sees_person(*person))
            }
        }
    }

    /// A member of the team's sub-tree, or whoever leads it, a team below or one above.
    fn belongs_or_leads(&self, team: TeamId) -> bool {
        self.chart.belongs_to_subtree(self.me.id, team)
            || self.leads_above(team)
            || self.chart.teams_led_by(self.me.id).iter().any(|led| self.chart.is_in_subtree(led.id, team))
    }

    /// Whoever is seen and here can be thanked, but not by himself or herself.
    pub(crate) fn may_thank(&self, person: PersonId) -> bool {
        person != self.me.id && self.chart.active_person(person).is_some() && self.sees_person(person)
    }

    /// Whether somebody is here.
    pub(crate) fn is_here(&self, person: PersonId) -> bool {
        self.chart.active_person(person).is_some()
    }

    /// Whether somebody reports to this actor directly.
    pub(crate) fn is_direct_manager_of(&self, person: PersonId) -> bool {
        self.chart.active_person(person).is_some_and(|record| record.manager == Some(self.me.id))
    }

    /// Catalogue, rules and redemptions are kept by admins and by people partners of the whole organization.
    pub(crate) fn keeps_rewards(&self) -> bool {
        self.is_admin() || self.is_whole_partner()
    }

    /// Nobody decides about the own redemption.
    pub(crate) fn decides_redemption(&self, redemption: RedemptionFacts) -> bool {
        self.keeps_rewards() && redemption.person != self.me.id
    }
}

//! Expectations, workload and responsibilities: who stands how to them.

use hearten_ids::PersonId;

use super::Standing;
use crate::{AssignmentFacts, ExpectationFacts, ResponsibilityFacts};

impl Standing<'_> {
    /// Whether the actor is one of the two sides.
    pub(crate) fn is_party(&self, expectation: ExpectationFacts) -> bool {
        [expectation.from, expectation.to].contains(&self.me.id)
    }

    /// Both sides see an expectation; so does the manager of whom it is expected, where both know that. Nobody else,
    /// whatever the office.
    pub(crate) fn sees_expectation(&self, expectation: ExpectationFacts) -> bool {
        self.is_party(expectation) || (expectation.visible_to_manager && self.manages_directly(expectation.to))
    }

    /// The nearest manager who is here, or the lead of the person's own team.
    fn manages_directly(&self, person: PersonId) -> bool {
        let Some(record) = self.chart.active_person(person).filter(|record| record.id != self.me.id) else {
            return false;
        };
        let nearest = self.chart.management_chain(person).first().is_some_and(|manager| manager.id == self.me.id);
        nearest || record.team.and_then(|team| self.chart.lead(team)).is_some_and(|lead| lead.id == self.me.id)
    }

    /// Something can be expected of everybody one knows to be here, but oneself.
    pub(crate) fn may_expect_of(&self, person: PersonId) -> bool {
        person != self.me.id && self.chart.active_person(person).is_some() && self.sees_person(person)
    }

    /// Who keeps an area of responsibility: admins, the people partners of its home team, and who leads it or above.
    pub(crate) fn keeps_responsibility(&self, area: ResponsibilityFacts) -> bool {
        self.is_admin()
            || match area.home {
                Some(team) => self.partner_of_team(team) || self.leads_above(team),
                None => self.is_whole_partner(),
            }
    }

    /// Whether the part is the actor's own, or that of a team the actor leads.
    pub(crate) fn has_part(&self, part: AssignmentFacts) -> bool {
        let leads = |team| self.chart.lead(team).is_some_and(|lead| lead.id == self.me.id);
        part.person == Some(self.me.id) || part.team.is_some_and(leads)
    }
}

//! How an actor stands to conversations. No role is asked here: who takes part sees a conversation, and nobody else does.

use hearten_ids::PersonId;

use super::Standing;
use crate::ConversationFacts;

impl Standing<'_> {
    pub(crate) fn takes_part(&self, talk: ConversationFacts<'_>) -> bool {
        talk.participants.contains(&self.me.id)
    }

    /// Both of a 1:1, the host of a meeting; of a meeting whose host has left, anybody who takes part.
    pub(crate) fn manages_conversation(&self, talk: ConversationFacts<'_>) -> bool {
        let led_by_another = |host: PersonId| {
            host != self.me.id && talk.participants.contains(&host) && self.chart.active_person(host).is_some()
        };
        self.takes_part(talk) && !talk.host.is_some_and(led_by_another)
    }

    /// Anybody one sees who is here.
    pub(crate) fn may_talk_with(&self, person: PersonId) -> bool {
        person != self.me.id && self.chart.active_person(person).is_some() && self.sees_person(person)
    }

    /// Above in the reporting lines. Leading a team is not enough: a gap is one between a manager and a report.
    pub(crate) fn is_above(&self, person: PersonId) -> bool {
        person != self.me.id && self.chart.active_person(person).is_some() && self.chart.is_below(person, self.me.id)
    }
}

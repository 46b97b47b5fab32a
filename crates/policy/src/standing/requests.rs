//! How somebody stands to requests, queues, frictions and rounds of priorities.

use hearten_ids::TeamId;

use super::Standing;
use crate::{Audience, CutScope, FrictionFacts, PriorityFacts, QueueFacts, RequestFacts, SurveyStage};

impl Standing<'_> {
    fn leads(&self, team: TeamId) -> bool {
        self.chart.teams_led_by(self.me.id).iter().any(|led| led.id == team)
    }

    // ---- requests

    /// Owns a queue by name, as a member of its team or of one below, or as who leads the team.
    fn owns_queue(&self, queue: QueueFacts) -> bool {
        let in_team = |team| self.chart.belongs_to_subtree(self.me.id, team) || self.leads(team);
        queue.owned || queue.team.is_some_and(in_team)
    }

    /// Answers it: as assignee, as an owner of its queue, or because it climbed here.
    pub(crate) fn works_request(&self, request: RequestFacts) -> bool {
        request.assignee == Some(self.me.id)
            || request.escalated_to == Some(self.me.id)
            || request.queue.is_some_and(|queue| self.owns_queue(queue))
    }

    /// A request is between those who ask and those who answer; the asker may let the team see it. No office opens it.
    pub(crate) fn sees_request(&self, request: RequestFacts) -> bool {
        let shown_to = |team| self.me.team == Some(team) || self.leads(team);
        request.asker == self.me.id || self.works_request(request) || request.shown_to.is_some_and(shown_to)
    }

    /// Keeps a queue: admins, people partners of the owning team, and who leads it or a team above. A queue of persons
    /// without a team is kept by admins and by people partners of all.
    pub(crate) fn keeps_queue(&self, queue: QueueFacts) -> bool {
        match queue.team {
            Some(team) => self.is_admin() || self.partner_of_team(team) || self.leads_above(team),
            None => self.is_admin() || self.is_whole_partner(),
        }
    }

    /// Reads what is told to a team: its members and those of the teams below, who leads it or a team above, and its people
    /// partners.
    pub(crate) fn is_told_with(&self, team: TeamId) -> bool {
        self.chart.belongs_to_subtree(self.me.id, team) || self.leads_above(team) || self.partner_of_team(team)
    }

    // ---- frictions

    /// Decides what becomes of a friction: admins, and those who look after or lead the team it concerns. What concerns
    /// everybody is for admins and for people partners of all.
    pub(crate) fn triages(&self, friction: FrictionFacts) -> bool {
        match friction.team {
            Some(team) => self.is_admin() || self.partner_of_team(team) || self.leads_above(team),
            None => self.is_admin() || self.is_whole_partner(),
        }
    }

    // ---- priorities

    /// A manager of somebody among those a round asks: of anybody at all where it asks everybody, otherwise who leads one
    /// of its teams, a team above one, or a team inside one.
    fn leads_among(&self, audience: Audience<'_>) -> bool {
        let inside =
            |team| self.chart.teams_led_by(self.me.id).iter().any(|led| self.chart.is_in_subtree(led.id, team));
        match audience {
            Audience::WholeOrganization => self.is_manager(),
            Audience::Teams(teams) => teams.iter().any(|team| self.leads_above(*team) || inside(*team)),
        }
    }

    /// A manager to whom "everybody" in a round is open. Where a round asks teams, everybody is those teams and nobody
    /// else, so each of them has to be led by the manager, or one above it.
    fn leads_all_of(&self, audience: Audience<'_>) -> bool {
        match audience {
            Audience::WholeOrganization => self.is_manager(),
            Audience::Teams(teams) => !teams.is_empty() && teams.iter().all(|team| self.leads_above(*team)),
        }
    }

    /// A round is there for those it asks and for the people partners it touches; once it is closed also for executives and
    /// for who leads somebody it asks, who sees no more of it than the groups that are open to them. Being an admin opens
    /// nothing.
    pub(crate) fn sees_round(&self, round: PriorityFacts<'_>) -> bool {
        (round.invited && round.stage != SurveyStage::Draft)
            || self.partner_touches(round.audience)
            || (round.stage == SurveyStage::Published && (self.is_executive() || self.leads_among(round.audience)))
    }

    /// A group of a closed round is open to its people partners, to executives, to who leads it or a team above, and to
    /// those who were asked: everybody's, and those of the own team and the teams above it. Everybody's is open to a
    /// manager as far as everybody is the whole organization or the manager's own teams.
    pub(crate) fn sees_priority_cut(&self, round: PriorityFacts<'_>, cut: CutScope) -> bool {
        let own_or_above = |team| self.me.team.is_some_and(|own| self.chart.is_in_subtree(own, team));
        round.stage == SurveyStage::Published
            && !cut.attribute
            && match cut.team {
                Some(team) => {
                    self.is_executive()
                        || self.partner_of_team(team)
                        || self.leads_above(team)
                        || (round.invited && own_or_above(team))
                }
                None => {
                    self.is_executive()
                        || self.partner_of_audience(round.audience)
                        || self.leads_all_of(round.audience)
                        || round.invited
                }
            }
    }
}

//! How an actor stands to persons, teams, surveys and cuts: the words the rules in `decide` are written in.
//!
//! Everything is asked of the chart at the moment of the decision; nothing is kept.

mod recognition;

mod requests;

mod conversations;

mod expectations;

mod goals;

mod retention;

use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord, Relationship};

use crate::{Actor, Audience, CutScope, HeldRole, Origin, Principal, Role, RoleSet, Scope, SurveyFacts, SurveyStage};

/// An active person who asks, and the chart.
pub(crate) struct Standing<'a> {
    pub(crate) me: &'a PersonRecord,
    actor: &'a Actor,
    chart: &'a OrgChart,
}

impl<'a> Standing<'a> {
    /// None for a token, for somebody the chart does not hold, and for whoever has left.
    pub(crate) fn of(actor: &'a Actor, chart: &'a OrgChart) -> Option<Self> {
        let me = chart.active_person(actor.person()?)?;
        Some(Self { me, actor, chart })
    }

    // ---- roles

    fn granted(&self, role: Role) -> bool {
        self.actor.grants.iter().any(|grant| grant.role == role && grant.team.is_none())
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.granted(Role::Admin)
    }

    pub(crate) fn is_executive(&self) -> bool {
        let derived = matches!(self.me.relationship, Relationship::Owner | Relationship::BoardMember);
        derived || self.granted(Role::Executive)
    }

    pub(crate) const fn is_employee(&self) -> bool {
        matches!(self.me.relationship, Relationship::Employee | Relationship::Contractor)
    }

    pub(crate) fn is_manager(&self) -> bool {
        !self.chart.teams_led_by(self.me.id).is_empty() || !self.chart.direct_reports(self.me.id).is_empty()
    }

    /// People partner for anything at all.
    pub(crate) fn is_partner(&self) -> bool {
        self.is_whole_partner() || self.partner_teams().next().is_some()
    }

    pub(crate) fn is_whole_partner(&self) -> bool {
        self.granted(Role::PeoplePartner)
    }

    /// The sub-trees a limited people partner looks after.
    fn partner_teams(&self) -> impl Iterator<Item = TeamId> + '_ {
        let grants = self.actor.grants.iter().filter(|grant| grant.role == Role::PeoplePartner);
        grants.filter_map(|grant| grant.team).filter(|team| self.chart.team(*team).is_some())
    }

    // ---- people partners

    pub(crate) fn partner_of_team(&self, team: TeamId) -> bool {
        self.is_whole_partner() || self.partner_teams().any(|scope| self.chart.is_in_subtree(team, scope))
    }

    /// A person in no team is looked after by partners of the whole organization only.
    pub(crate) fn partner_of_person(&self, person: PersonId) -> bool {
        self.is_whole_partner() || self.partner_teams().any(|scope| self.chart.belongs_to_subtree(person, scope))
    }

    /// Whether everybody a survey asks is in the partner's scope. An audience not chosen yet asks nobody.
    pub(crate) fn partner_of_audience(&self, audience: Audience<'_>) -> bool {
        match audience {
            Audience::WholeOrganization => self.is_whole_partner(),
            Audience::Teams(teams) => self.is_partner() && teams.iter().all(|team| self.partner_of_team(*team)),
        }
    }

    /// Whether a survey asks anybody in the partner's scope.
    pub(crate) fn partner_touches(&self, audience: Audience<'_>) -> bool {
        match audience {
            Audience::WholeOrganization => self.is_partner(),
            Audience::Teams([]) => self.is_partner(),
            Audience::Teams(teams) => teams.iter().any(|team| {
                self.partner_of_team(*team) || self.partner_teams().any(|scope| self.chart.is_in_subtree(scope, *team))
            }),
        }
    }

    fn partner_of_cut(&self, survey: SurveyFacts<'_>, cut: CutScope) -> bool {
        match cut.team {
            Some(team) => self.partner_of_team(team),
            None => self.partner_of_audience(survey.audience),
        }
    }

    // ---- managers

    /// Below in the reporting lines, or a member of a led team's sub-tree.
    pub(crate) fn manages(&self, person: PersonId) -> bool {
        if person == self.me.id || self.chart.active_person(person).is_none() {
            return false;
        }
        let mut led = self.chart.teams_led_by(self.me.id).iter();
        self.chart.is_below(person, self.me.id) || led.any(|team| self.chart.belongs_to_subtree(person, team.id))
    }

    /// Leads the team or one above it.
    pub(crate) fn leads_above(&self, team: TeamId) -> bool {
        self.chart.teams_led_by(self.me.id).iter().any(|led| self.chart.is_in_subtree(team, led.id))
    }

    // ---- what can be seen

    /// Whether a person exists for this actor.
    pub(crate) fn sees_person(&self, person: PersonId) -> bool {
        let Some(record) = self.chart.person(person) else { return false };
        if person == self.me.id || self.is_admin() || self.partner_of_person(person) {
            return true;
        }
        record.is_active()
            && (self.is_employee() || self.manages(person) || !self.chart.teams_led_by(person).is_empty())
    }

    /// Whether the notice opens a cut to this actor, with the given roles named in it.
    fn notice_opens(&self, named: RoleSet, cut: CutScope) -> bool {
        let own_or_above = |team| self.me.team.is_some_and(|own| self.chart.is_in_subtree(own, team));
        (named.contains(Role::Admin) && self.is_admin())
            || (named.contains(Role::Executive) && self.is_executive())
            || (named.contains(Role::Manager)
                && self.is_manager()
                && cut.team.map_or(!cut.attribute, |team| self.leads_above(team)))
            || (named.contains(Role::Employee)
                && self.is_employee()
                && !cut.attribute
                && cut.team.is_none_or(own_or_above))
    }

    /// Whether a cut is open to this actor, by scope or by the notice, once there is something to see.
    fn is_open(&self, survey: SurveyFacts<'_>, cut: CutScope) -> bool {
        self.partner_of_cut(survey, cut) || self.notice_opens(survey.results_visible_to, cut)
    }

    pub(crate) fn sees_cut(&self, survey: SurveyFacts<'_>, cut: CutScope) -> bool {
        survey.stage == SurveyStage::Published && self.is_open(survey, cut)
    }

    /// Comments are never narrowed by an attribute: few words and a site or an age name their author. A role that the
    /// notice names for comments but not for results sees neither.
    pub(crate) fn sees_comments(&self, survey: SurveyFacts<'_>, cut: CutScope) -> bool {
        let results = survey.results_visible_to;
        let both = survey.comments_visible_to.iter().filter(|role| results.contains(*role)).collect();
        survey.stage == SurveyStage::Published
            && !cut.attribute
            && (self.partner_of_cut(survey, cut) || self.notice_opens(both, cut))
    }

    /// Taking part is no answer: who runs surveys must see whether one is alive, while it is.
    pub(crate) fn sees_participation(&self, survey: SurveyFacts<'_>, cut: CutScope) -> bool {
        survey.stage != SurveyStage::Draft && (self.is_admin() || self.is_open(survey, cut))
    }

    /// Whether some cut of the survey may be open to this actor.
    pub(crate) fn sees_publication(&self, survey: SurveyFacts<'_>) -> bool {
        survey.stage == SurveyStage::Published
            && (self.partner_touches(survey.audience) || self.notice_opens(survey.results_visible_to, CutScope::WHOLE))
    }

    /// A launched survey is there for the invited, for who runs it, and, once published, for who may read what came
    /// of it: numbers mean nothing without their questions.
    pub(crate) fn sees_survey(&self, survey: SurveyFacts<'_>) -> bool {
        survey.stage != SurveyStage::Draft
            && (survey.invited
                || self.is_admin()
                || self.partner_touches(survey.audience)
                || self.sees_publication(survey))
    }
}

/// Whether an actor may read every active person of the chart: then a long list need not be decided one by one. It says
/// no more than [`decide`](crate::decide) would say of each of them, which a test holds it to.
pub fn reads_every_active_person(actor: &Actor, chart: &OrgChart) -> bool {
    if chart.organization() != actor.organization {
        return false;
    }
    match actor.principal {
        Principal::Person(_) => {
            Standing::of(actor, chart).is_some_and(|me| me.is_employee() || me.is_admin() || me.is_whole_partner())
        }
        Principal::ApiToken { scopes, .. } => {
            scopes.contains(Scope::DirectoryRead) || scopes.contains(Scope::DirectoryContact)
        }
    }
}

/// The roles an actor holds now, for `viewer.roles`: those granted that count, then those that follow from the chart.
/// A token, and somebody who has left, hold none.
pub fn roles_of(actor: &Actor, chart: &OrgChart) -> Vec<HeldRole> {
    if chart.organization() != actor.organization {
        return Vec::new();
    }
    let Some(standing) = Standing::of(actor, chart) else { return Vec::new() };
    let mut roles: Vec<HeldRole> = Vec::new();
    for grant in &actor.grants {
        let counts = match grant.team {
            None => grant.role.is_grantable(),
            Some(team) => grant.role.is_grantable_for_team() && chart.team(team).is_some(),
        };
        let held = HeldRole { role: grant.role, team: grant.team, origin: Origin::Granted };
        if counts && !roles.contains(&held) {
            roles.push(held);
        }
    }
    let derived = |role, team| HeldRole { role, team, origin: Origin::Derived };
    if matches!(standing.me.relationship, Relationship::Owner | Relationship::BoardMember) {
        roles.push(derived(Role::Executive, None));
    }
    let led = chart.teams_led_by(standing.me.id);
    roles.extend(led.iter().map(|team| derived(Role::Manager, Some(team.id))));
    if led.is_empty() && standing.is_manager() {
        roles.push(derived(Role::Manager, None));
    }
    if standing.is_employee() {
        roles.push(derived(Role::Employee, None));
    }
    roles
}

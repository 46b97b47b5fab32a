//! Random organizations and random edits: each read is recomputed from the records by the plainest means, and a chart
//! that was edited is compared with one that was built from the same records.

use std::collections::BTreeMap;

use hearten_ids::{PersonId, TeamId};
use proptest::prelude::*;

use super::samples::{ORGANIZATION, person, person_id, team, team_id};
use crate::{OrgChart, PersonList, PersonRecord, TeamList, TeamRecord};

/// More than are moved one by one in the orders by name, so that the other way is gone, too.
const PERSONS: usize = 24;
const TEAMS: usize = 8;
const NAMES: [&str; 5] = ["ada", "Bob", "Ada", "cleo", "Ärzte"];

/// Few names, so that ties are common; ids that do not rise with depth, because any may name any. Bosses and parents
/// mostly come from lower numbers, so that most samples are free of circles, and some are not.
fn a_person() -> impl Strategy<Value = PersonRecord> {
    let boss = prop_oneof![9 => 0_usize..1000, 1 => Just(usize::MAX)];
    (0..PERSONS, 0..NAMES.len(), proptest::option::of(0..TEAMS), boss, 0..10_u8, 0..40_usize).prop_map(
        |(n, name, team, boss, left, email)| PersonRecord {
            team: team.map(team_id),
            manager: match boss {
                usize::MAX => Some(person_id(n * 7 % PERSONS)),
                _ => (n > 0 && boss % 5 > 0).then(|| person_id(boss % n)),
            },
            deactivated: left < 3,
            email: (email < 30).then(|| format!("{}@x.example", if email < 2 { 0 } else { n + 1 }).into()),
            external_id: (email % 2 == 0).then(|| n.to_string().into()),
            ..person(n, NAMES[name])
        },
    )
}

fn a_team() -> impl Strategy<Value = TeamRecord> {
    (0..TEAMS, 0..NAMES.len(), 0..1000_usize, proptest::option::of(0..PERSONS), 0..12_u8).prop_map(
        |(n, name, parent, lead, archived)| TeamRecord {
            lead: lead.map(person_id),
            archived: n > 4 && archived < 3,
            ..team(n, NAMES[name], (n > 0).then(|| if parent > 990 { TEAMS - n } else { parent % n }))
        },
    )
}

type Records = (BTreeMap<PersonId, PersonRecord>, BTreeMap<TeamId, TeamRecord>);

fn records(persons: Vec<PersonRecord>, teams: Vec<TeamRecord>) -> Records {
    let teams: BTreeMap<_, _> = teams.into_iter().map(|team| (team.id, team)).collect();
    (persons.into_iter().map(|person| (person.id, person)).collect(), teams)
}

fn an_organization() -> impl Strategy<Value = Records> {
    let everybody = proptest::collection::vec(a_person(), 0..60);
    (everybody, proptest::collection::vec(a_team(), 0..40)).prop_map(|(persons, teams)| {
        // Unmentioned persons and teams stand in plainly, so that most references lead somewhere.
        let stand_ins = (0..PERSONS).map(|n| person(n, "Stand-in")).chain(persons).collect();
        let under_root = (0..TEAMS).map(|n| team(n, "Team", (n > 0).then_some(0))).chain(teams).collect();
        records(stand_ins, under_root)
    })
}

/// A handful of persons, at times a reorganization; seldom a team.
fn an_edit() -> impl Strategy<Value = (Vec<PersonRecord>, Vec<TeamRecord>)> {
    let few = proptest::collection::vec(a_person(), 0..6);
    let many = proptest::collection::vec(a_person(), 40..80);
    (prop_oneof![4 => few, 1 => many], proptest::collection::vec(a_team(), 0..2))
}

fn build((persons, teams): &Records) -> Option<OrgChart> {
    OrgChart::build(ORGANIZATION, 1, persons.values().rev().cloned().collect(), teams.values().cloned().collect()).ok()
}

struct Naive<'a>(&'a Records);

impl Naive<'_> {
    fn active(&self) -> Vec<PersonId> {
        self.sorted(self.0.0.values().filter(|person| !person.deactivated).map(|person| person.id).collect())
    }
    fn sorted(&self, mut ids: Vec<PersonId>) -> Vec<PersonId> {
        ids.sort_by_key(|id| (self.0.0[id].display_name.to_lowercase(), *id));
        ids
    }
    fn team_order(&self, mut ids: Vec<TeamId>) -> Vec<TeamId> {
        ids.sort_by_key(|id| (self.0.1[id].name.to_lowercase(), *id));
        ids
    }
    fn above(&self, team: TeamId) -> Vec<TeamId> {
        std::iter::successors(self.0.1[&team].parent, |team| self.0.1[team].parent).collect()
    }
    fn chain(&self, person: PersonId) -> Vec<PersonId> {
        std::iter::successors(self.0.0[&person].manager, |person| self.0.0[person].manager).collect()
    }
    fn children(&self, parent: TeamId) -> Vec<TeamId> {
        let teams = self.0.1.values().filter(|team| team.parent == Some(parent) && !team.archived);
        self.team_order(teams.map(|team| team.id).collect())
    }
    fn subtree(&self, team: TeamId) -> Vec<TeamId> {
        let below = self.children(team).into_iter().flat_map(|child| self.subtree(child));
        (!self.0.1[&team].archived).then_some(team).into_iter().chain(below).collect()
    }
    fn members(&self, team: TeamId) -> Vec<PersonId> {
        self.active().into_iter().filter(|id| self.0.0[id].team == Some(team)).collect()
    }
    fn direct(&self, manager: PersonId) -> Vec<PersonId> {
        self.active().into_iter().filter(|id| self.0.0[id].manager == Some(manager)).collect()
    }
    fn below(&self, manager: PersonId) -> Vec<PersonId> {
        let former = self.0.0.values().filter(|person| person.deactivated && person.manager == Some(manager));
        let former = self.sorted(former.map(|person| person.id).collect());
        let lines = self.direct(manager).into_iter().chain(former);
        let below = lines.flat_map(|id| std::iter::once(id).chain(self.below(id)));
        below.filter(|id| !self.0.0[id].deactivated).collect()
    }
}

/// The list holds these persons in this order, and finds each again.
fn same_persons(chart: &OrgChart, list: PersonList<'_>, expected: &[PersonId]) -> Result<(), TestCaseError> {
    prop_assert_eq!(list.iter().map(|person| person.id).collect::<Vec<_>>(), expected);
    prop_assert_eq!(list.len(), expected.len());
    for n in 0..PERSONS {
        prop_assert_eq!(list.position(person_id(n)), expected.iter().position(|id| *id == person_id(n)));
    }
    for (place, id) in expected.iter().enumerate() {
        let cursor = chart.person_cursor(*id).unwrap();
        prop_assert_eq!(list.offset_after(&cursor), Some(place + 1));
        prop_assert_eq!(list.page(place, 2).next().map(|person| person.id), Some(*id));
    }
    prop_assert_eq!(list.page(expected.len(), 5).len(), 0);
    prop_assert_eq!(list.page(usize::MAX, usize::MAX).len(), 0);
    Ok(())
}

fn same_teams(list: TeamList<'_>, expected: &[TeamId]) -> Result<(), TestCaseError> {
    prop_assert_eq!(list.iter().map(|team| team.id).collect::<Vec<_>>(), expected);
    for n in 0..TEAMS {
        prop_assert_eq!(list.position(team_id(n)), expected.iter().position(|id| *id == team_id(n)));
    }
    Ok(())
}

fn teams_agree(chart: &OrgChart, records: &Records) -> Result<(), TestCaseError> {
    let naive = Naive(records);
    let in_use = records.1.values().filter(|team| !team.archived).map(|team| team.id).collect();
    same_teams(chart.teams(), &naive.team_order(in_use))?;
    for (id, record) in &records.1 {
        prop_assert_eq!(chart.team(*id), Some(record));
        let mut above = naive.above(*id);
        above.reverse();
        prop_assert_eq!(chart.ancestors(*id).iter().map(|team| team.id).collect::<Vec<_>>(), above);
        same_teams(chart.children(*id), &naive.children(*id))?;
        same_teams(chart.subtree(*id), &naive.subtree(*id))?;
        same_persons(chart, chart.members(*id), &naive.members(*id))?;
        let all: Vec<_> = naive.subtree(*id).into_iter().flat_map(|team| naive.members(team)).collect();
        same_persons(chart, chart.members_of_subtree(*id), &all)?;
        prop_assert_eq!(chart.headcount(*id), naive.members(*id).len());
        prop_assert_eq!(chart.headcount_of_subtree(*id), all.len());
        let lead = record.lead.filter(|lead| !records.0[lead].deactivated);
        prop_assert_eq!(chart.lead(*id).map(|lead| lead.id), lead);
        for other in records.1.keys() {
            let expected = id == other || naive.above(*id).contains(other);
            prop_assert_eq!(chart.is_in_subtree(*id, *other), expected);
        }
    }
    Ok(())
}

fn persons_agree(chart: &OrgChart, records: &Records) -> Result<(), TestCaseError> {
    let naive = Naive(records);
    same_persons(chart, chart.persons(), &naive.active())?;
    let former = records.0.values().filter(|person| person.deactivated).map(|person| person.id).collect();
    same_persons(chart, chart.former_persons(), &naive.sorted(former))?;
    for (id, record) in &records.0 {
        prop_assert_eq!(chart.person(*id), Some(record));
        if let Some(email) = &record.email {
            prop_assert_eq!(chart.person_by_email(&email.to_uppercase()).map(|person| person.id), Some(*id));
        }
        if let Some(external_id) = &record.external_id {
            prop_assert_eq!(chart.person_by_external_id(external_id).map(|person| person.id), Some(*id));
        }
        same_persons(chart, chart.direct_reports(*id), &naive.direct(*id))?;
        same_persons(chart, chart.all_reports(*id), &naive.below(*id))?;
        let mut chain = naive.chain(*id);
        for other in records.0.keys() {
            prop_assert_eq!(chart.is_below(*id, *other), chain.contains(other));
        }
        chain.retain(|id| !records.0[id].deactivated);
        prop_assert_eq!(chart.management_chain(*id).iter().map(|person| person.id).collect::<Vec<_>>(), chain);
        let leads = |team: &&TeamRecord| team.lead == Some(*id) && !team.archived && !record.deactivated;
        let led = records.1.values().filter(leads).map(|team| team.id).collect();
        same_teams(chart.teams_led_by(*id), &naive.team_order(led))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn every_read_is_what_the_records_say(records in an_organization()) {
        if let Some(chart) = build(&records) {
            persons_agree(&chart, &records)?;
            teams_agree(&chart, &records)?;
        }
    }

    #[test]
    fn an_edited_chart_is_the_chart_built_afresh(
        start in an_organization(),
        edits in proptest::collection::vec(an_edit(), 1..8),
    ) {
        let mut now = start;
        let Some(mut chart) = build(&now) else { return Ok(()) };
        for (step, (persons, teams)) in edits.into_iter().enumerate() {
            let (mut persons, teams) = records(persons, teams);
            // Every other step leaves teams and managers alone, so that what a name or a departure alone makes stale
            // is seen.
            if step % 2 == 0 {
                for person in persons.values_mut() {
                    let before = &now.0[&person.id];
                    (person.team, person.manager) = (before.team, before.manager);
                }
            }
            let mut then = now.clone();
            then.0.extend(persons.clone());
            then.1.extend(teams.clone());
            let edited =
                chart.apply(step as i64 + 2, persons.into_values().collect(), teams.into_values().collect());
            prop_assert_eq!(edited.is_ok(), build(&then).is_some(), "{:?}", edited.err());
            let Ok(edited) = edited else { continue };
            persons_agree(&edited, &then)?;
            teams_agree(&edited, &then)?;
            // The chart it came from has not moved.
            persons_agree(&chart, &now)?;
            (chart, now) = (edited, then);
        }
    }
}

/// The properties above must not pass because hardly any random organization holds together.
#[test]
fn most_random_organizations_hold_together() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let sound = (0..200).filter(|_| build(&an_organization().new_tree(&mut runner).unwrap().current()).is_some());
    let sound = sound.count();
    assert!((60..200).contains(&sound), "{sound} of 200");
}

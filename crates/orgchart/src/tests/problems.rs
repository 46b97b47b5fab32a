//! What is refused, and with which ids; and the look-ups.

use super::samples::{ORGANIZATION, chart, person, person_id, team, team_id};
use crate::{ChartProblem, OrgChart, PersonRecord, TeamRecord};

fn problem(persons: &[PersonRecord], teams: &[TeamRecord]) -> ChartProblem {
    OrgChart::build(ORGANIZATION, 1, persons.to_vec(), teams.to_vec()).unwrap_err()
}

#[test]
fn an_organization_may_be_empty_and_has_at_most_one_root() {
    assert!(chart(&[], &[]).root_team().is_none());
    assert!(chart(&[person(1, "Ada")], &[]).root_team().is_none());
    assert_eq!(chart(&[], &[team(1, "All", None)]).root_team().unwrap().id, team_id(1));
    assert_eq!(
        problem(&[], &[team(1, "All", None), team(2, "Others", None)]),
        ChartProblem::SeveralRoots { first: team_id(1), second: team_id(2) }
    );
}

#[test]
fn circles_are_refused_and_named() {
    let circle = [team(1, "All", None), team(2, "A", Some(4)), team(3, "B", Some(2)), team(4, "C", Some(3))];
    let ChartProblem::TeamCycle(teams) = problem(&[], &circle) else { panic!("not a cycle") };
    assert_eq!(teams, [team_id(2), team_id(4), team_id(3)]);

    let mut ada = person(1, "Ada");
    ada.manager = Some(ada.id);
    assert_eq!(problem(&[ada], &[]), ChartProblem::ManagerCycle(vec![person_id(1)]));

    // Below a circle is not in it.
    let reports_to = |n, manager| PersonRecord { manager: Some(person_id(manager)), ..person(n, "x") };
    let cycle = problem(&[reports_to(0, 1), reports_to(1, 2), reports_to(2, 1)], &[]);
    assert_eq!(cycle, ChartProblem::ManagerCycle(vec![person_id(1), person_id(2)]));
    assert!(cycle.to_string().contains(" → "));
}

#[test]
fn whatever_is_named_must_exist() {
    let (ada, root) = (person(1, "Ada"), team(1, "All", None));
    let person = ada.id;
    assert_eq!(
        problem(&[PersonRecord { team: Some(team_id(9)), ..ada.clone() }], std::slice::from_ref(&root)),
        ChartProblem::UnknownTeam { person, team: team_id(9) }
    );
    assert_eq!(
        problem(&[PersonRecord { manager: Some(person_id(9)), ..ada.clone() }], &[]),
        ChartProblem::UnknownManager { person, manager: person_id(9) }
    );
    assert_eq!(
        problem(&[], &[TeamRecord { lead: Some(person_id(9)), ..root.clone() }]),
        ChartProblem::UnknownLead { team: team_id(1), lead: person_id(9) }
    );
    assert_eq!(
        problem(&[], &[root.clone(), team(2, "A", Some(9))]),
        ChartProblem::UnknownParent { team: team_id(2), parent: team_id(9) }
    );
    let archived = TeamRecord { archived: true, ..team(2, "Old", Some(1)) };
    assert_eq!(
        problem(&[PersonRecord { team: Some(team_id(2)), ..ada.clone() }], &[root.clone(), archived.clone()]),
        ChartProblem::ArchivedTeam { person, team: team_id(2) }
    );
    assert_eq!(
        problem(&[], &[root.clone(), archived.clone(), team(3, "New", Some(2))]),
        ChartProblem::ArchivedParent { team: team_id(3), parent: team_id(2) }
    );
    // Archiving a team that still has members is refused although no person was touched.
    let seated = PersonRecord { team: Some(team_id(2)), ..ada };
    let full = chart(&[seated], &[root, team(2, "Old", Some(1))]);
    assert_eq!(
        full.apply(2, vec![], vec![archived]).unwrap_err(),
        ChartProblem::ArchivedTeam { person, team: team_id(2) }
    );
}

#[test]
fn keys_are_unique_and_may_be_swapped_in_one_step() {
    let with = |n, email: &str, external: &str| PersonRecord {
        email: Some(email.into()),
        external_id: Some(external.into()),
        ..person(n, "Ada")
    };
    let (first, second) = (person_id(1), person_id(2));
    assert_eq!(problem(&[person(1, "Ada"), person(1, "Bob")], &[]), ChartProblem::DuplicatePerson(first));
    assert_eq!(problem(&[], &[team(1, "A", None), team(1, "A", None)]), ChartProblem::DuplicateTeam(team_id(1)));
    assert_eq!(
        problem(&[with(1, "ada@x.example", "1"), with(2, "ADA@x.example", "2")], &[]),
        ChartProblem::SharedEmail { first, second }
    );
    assert_eq!(
        problem(&[with(1, "a@x.example", "1"), with(2, "b@x.example", "1")], &[]),
        ChartProblem::SharedPersonExternalId { first, second }
    );
    let keyed = |n, parent| TeamRecord { external_id: Some("T".into()), ..team(n, "A", parent) };
    assert_eq!(
        problem(&[], &[keyed(1, None), keyed(2, Some(1))]),
        ChartProblem::SharedTeamExternalId { first: team_id(1), second: team_id(2) }
    );

    let before = chart(&[with(1, "A@x.example", "1"), with(2, "b@x.example", "2")], &[]);
    let after = before.apply(2, vec![with(1, "B@x.example", "2"), with(2, "a@X.example", "1")], vec![]).unwrap();
    assert_eq!(before.person_by_email("a@x.EXAMPLE").unwrap().id, first);
    assert_eq!(after.person_by_email("a@x.EXAMPLE").unwrap().id, second);
    assert_eq!(after.person_by_external_id("2").unwrap().id, first);
    // The same address in another spelling stays found.
    let respelled = after.apply(3, vec![with(2, "A@x.example", "1")], vec![]).unwrap();
    assert_eq!(respelled.person_by_email("a@x.example").unwrap().id, second);
    let gone = respelled.apply(4, vec![person(2, "Ada")], vec![]).unwrap();
    assert!(gone.person_by_email("a@x.example").is_none() && gone.person_by_external_id("1").is_none());
}

#[test]
fn a_refused_change_leaves_the_chart_as_it_was_and_versions_only_rise() {
    let old = chart(&[person(1, "Ada")], &[]);
    let broken = PersonRecord { team: Some(team_id(9)), ..person(1, "Eve") };
    assert!(old.apply(2, vec![broken, person(2, "Bob")], vec![]).is_err());
    assert_eq!((old.version(), old.persons().len()), (1, 1));
    assert_eq!(&*old.person(person_id(1)).unwrap().display_name, "Ada");
    assert_eq!(old.apply(0, vec![], vec![]).unwrap_err(), ChartProblem::OlderVersion { held: 1, found: 0 });
}

#[test]
fn a_cursor_still_means_a_place_when_its_person_has_gone() {
    let seated = |n, name| PersonRecord { team: Some(team_id(1)), ..person(n, name) };
    let people = [seated(1, "Ada"), seated(2, "bob"), seated(3, "Cleo")];
    let old = chart(&people, &[team(1, "All", None), team(2, "Else", Some(1))]);
    let bob = old.person_cursor(person_id(2)).unwrap();
    let left = PersonRecord { deactivated: true, ..people[1].clone() };
    let new = old.apply(2, vec![left], vec![]).unwrap();
    for list in [new.persons(), new.members(team_id(1)), new.members_of_subtree(team_id(1))] {
        assert_eq!(list.offset_after(&bob), Some(1));
        assert_eq!(list.position(person_id(2)), None);
        assert_eq!(list.get(1).unwrap().id, person_id(3));
    }
    // In tree order there is no place for somebody who sits elsewhere.
    assert_eq!(new.members_of_subtree(team_id(2)).offset_after(&bob), None);
    assert_eq!(new.former_persons().iter().map(|person| person.id).collect::<Vec<_>>(), [person_id(2)]);
}

#[test]
fn attributes_are_sorted_and_found() {
    let pair = |name: &str, value: &str| (name.into(), value.into());
    let attributes = [pair("site", "Ulm"), pair("level", "3")].into();
    let chart = chart(&[PersonRecord { attributes, ..person(1, "Ada") }], &[]);
    let ada = chart.person(person_id(1)).unwrap();
    assert_eq!((ada.attribute("level"), ada.attribute("site"), ada.attribute("x")), (Some("3"), Some("Ulm"), None));
}

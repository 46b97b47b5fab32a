//! What the chart costs at 100,000 persons in 2,000 teams: `cargo run --release -p hearten-orgchart --example scale`.
//!
//! Prints medians of several runs; resident memory is read from Linux's own account of the process.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints figures")]

use std::{hint::black_box, sync::Arc, time::Instant};

use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord, Relationship, TeamRecord};
use uuid::Uuid;

const PERSONS: u128 = 100_000;
const TEAMS: u128 = 2_000;
/// Every team has at most this many teams below it, every manager as many reports.
const WIDTH: u128 = 8;

/// Ids as random as in life, and the same in every run.
fn scattered(n: u128) -> Uuid {
    Uuid::from_u128((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

fn person_id(n: u128) -> PersonId {
    PersonId(scattered(n))
}

fn team_id(n: u128) -> TeamId {
    TeamId(scattered(n))
}

fn person(n: u128) -> PersonRecord {
    let attributes: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    PersonRecord {
        id: person_id(n),
        external_id: Some(format!("E{n:06}").into()),
        display_name: format!("Person {:06}", n * 7_919 % PERSONS).into(),
        email: Some(format!("person.{n}@hearten.example").into()),
        title: Some("Engineer".into()),
        relationship: Relationship::Employee,
        team: Some(team_id(n % TEAMS)),
        manager: (n > 0).then(|| person_id((n - 1) / WIDTH)),
        hired_on: None,
        left_on: None,
        leave_reason: None,
        locale: Some("de".into()),
        attributes: attributes.into(),
        signed_out_before: None,
        deactivated: false,
    }
}

fn team(n: u128) -> TeamRecord {
    TeamRecord {
        id: team_id(n),
        external_id: Some(format!("T{n}").into()),
        name: format!("Team {n}").into(),
        parent: (n > 0).then(|| team_id((n - 1) / WIDTH)),
        lead: Some(person_id(n)),
        archived: false,
    }
}

fn resident_mib() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * 4096 / (1 << 20)
}

fn median(what: &str, runs: usize, mut work: impl FnMut(usize)) {
    let mut times: Vec<_> = (0..runs)
        .map(|run| {
            let start = Instant::now();
            work(run);
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{what:<58} {:>12.1} µs", times[runs / 2].as_secs_f64() * 1e6);
}

fn main() {
    let before = resident_mib();
    let organization = OrganizationId(Uuid::from_u128(1));
    let (persons, teams): (Vec<_>, Vec<_>) = ((0..PERSONS).map(person).collect(), (0..TEAMS).map(team).collect());
    let start = Instant::now();
    let chart = OrgChart::build(organization, 1, persons, teams).unwrap();
    println!("build: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    println!("memory of the chart and its texts: {} MiB", resident_mib() - before);
    edits(&chart);
    reads(&chart);
}

fn edits(chart: &OrgChart) {
    let edit = |record: PersonRecord| {
        black_box(chart.apply(2, vec![record], vec![]).unwrap());
    };
    let pick = |run: usize| 5_000 + run as u128 * 97;
    median("apply: a title", 301, |run| edit(PersonRecord { title: Some("Lead".into()), ..person(pick(run)) }));
    median("apply: an e-mail address", 301, |run| {
        edit(PersonRecord { email: Some("new@hearten.example".into()), ..person(pick(run)) });
    });
    median("apply: another team", 101, |run| edit(PersonRecord { team: Some(team_id(7)), ..person(pick(run)) }));
    median("apply: another manager", 101, |run| {
        edit(PersonRecord { manager: Some(person_id(3)), ..person(pick(run)) });
    });
    median("apply: another name", 101, |run| edit(PersonRecord { display_name: "Ada".into(), ..person(pick(run)) }));
    median("apply: somebody leaves", 101, |run| edit(PersonRecord { deactivated: true, ..person(pick(run)) }));
    median("apply: somebody joins", 101, |run| edit(person(PERSONS + run as u128)));
    median("apply: 1,000 titles at once", 31, |run| {
        let record = |n| PersonRecord { title: Some("Lead".into()), ..person(pick(run) + n) };
        black_box(chart.apply(2, (0..1_000).map(record).collect(), vec![]).unwrap());
    });
    median("apply: a team's lead", 101, |run| {
        let record = TeamRecord { lead: Some(person_id(9)), ..team(pick(run) % TEAMS) };
        black_box(chart.apply(2, vec![], vec![record]).unwrap());
    });
    median("apply: a team is moved", 101, |run| {
        let record = TeamRecord { parent: Some(team_id(1)), ..team(500 + run as u128) };
        black_box(chart.apply(2, vec![], vec![record]).unwrap());
    });
}

fn reads(chart: &OrgChart) {
    let pick = |run: usize| person_id(run as u128 * 7_919 % PERSONS);
    let thousand = |what: &str, read: &dyn Fn(usize)| {
        median(&format!("1,000 × {what}"), 51, |run| (0..1_000).for_each(|n| read(run * 1_000 + n)));
    };
    thousand("person by id", &|n| {
        black_box(chart.person(pick(n)));
    });
    thousand("person by e-mail address", &|n| {
        black_box(chart.person_by_email(if n % 2 == 0 { "Person.777@hearten.example" } else { "nobody@x.example" }));
    });
    thousand("is below", &|n| {
        black_box(chart.is_below(pick(n), person_id(1)));
    });
    thousand("is in the sub-tree", &|n| {
        black_box(chart.is_in_subtree(team_id(n as u128 % TEAMS), team_id(1)));
    });
    thousand("page of 20 members of a division", &|n| {
        black_box(chart.members_of_subtree(team_id(1)).page(n % 10_000, 20).map(|p| p.id).max());
    });
    thousand("place behind a cursor in a sub-tree", &|n| {
        let cursor = chart.person_cursor(pick(n)).unwrap();
        black_box(chart.members_of_subtree(team_id(0)).offset_after(&cursor));
    });
}

//! How long plans and releases take: `cargo run --release -p hearten-disclosure --example scale`. It stops where a figure
//! is beyond what `docs/ANONYMITY.md` and the design promise; no test is timed.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example that prints figures")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use hearten_disclosure::{Candidate, Cell, QuestionShape, ReleasePlan, ResultTable, Verdict, release};
use rand::{Rng, SeedableRng, rngs::StdRng};
use support::organisation::{Organisation, Shape, generate};

fn main() {
    five_thousand_respondents_take_less_than_a_second();
    five_thousand_respondents_with_team_attributes();
    a_hundred_thousand_respondents_take_less_than_ten_seconds();
    releases_of_small_organisations();
}

const SMALL: Shape =
    Shape { respondents: 5_000, divisions: 8, teams: 500, attributes: 6, values: 4, team_attributes: false };
const LARGE: Shape =
    Shape { respondents: 100_000, divisions: 20, teams: 10_000, attributes: 6, values: 4, team_attributes: false };

fn plan(name: &str, shape: Shape) -> (Organisation, Vec<Candidate>, ReleasePlan, Duration) {
    let organisation = generate(1, shape);
    let candidates: Vec<Candidate> =
        organisation.candidates.iter().map(|members| Candidate { members: members.clone() }).collect();
    let start = Instant::now();
    let plan = ReleasePlan::decide(organisation.n, 5, &candidates).unwrap();
    let took = start.elapsed();
    let independent = (0..plan.len()).filter(|&cut| plan.verdict(cut) == Verdict::Shown).count();
    println!(
        "{name}: {} candidates, {} large enough, {} shown ({independent} independent), rank {}, budget {}, {took:.2?}",
        candidates.len(),
        candidates.iter().filter(|candidate| candidate.members.len() >= 5).count(),
        plan.shown().count(),
        plan.rank(),
        plan.budget(),
    );
    (organisation, candidates, plan, took)
}

fn five_thousand_respondents_take_less_than_a_second() {
    let (.., took) = plan("5,000", SMALL);
    assert!(took < Duration::from_secs(1));
}

fn five_thousand_respondents_with_team_attributes() {
    let (.., took) = plan("5,000 with team × attribute", Shape { team_attributes: true, ..SMALL });
    assert!(took < Duration::from_secs(10));
}

fn a_hundred_thousand_respondents_take_less_than_ten_seconds() {
    let (organisation, candidates, plan, took) = plan("100,000", LARGE);
    assert!(took < Duration::from_secs(10));
    let mut rng = StdRng::seed_from_u64(7);
    let questions = vec![QuestionShape { options: 5 }; 50];
    let sheets: Vec<Vec<u8>> = (0..organisation.n)
        .map(|_| (0..50).map(|_| rng.random_range(0..6).max(rng.random_range(0..4))).collect())
        .collect();
    let sheets: Vec<&[u8]> = sheets.iter().map(Vec::as_slice).collect();
    let start = Instant::now();
    let table = release(&plan, &candidates, &questions, &sheets).unwrap();
    println!("release of 50 questions: {:.2?}", start.elapsed());
    let start = Instant::now();
    let bytes = table.encode();
    let encoded = start.elapsed();
    let start = Instant::now();
    assert!(ResultTable::decode(&bytes).unwrap() == table);
    println!("stored: {} bytes; encode {encoded:.2?}, decode {:.2?}", bytes.len(), start.elapsed());
    assert!(bytes.len() < 8_000_000);
}

fn releases_of_small_organisations() {
    for respondents in [50, 100, 200, 500, 2_000, 5_000] {
        let shape = Shape { respondents, divisions: 1 + respondents / 100, teams: respondents / 10, ..SMALL };
        let (organisation, candidates, plan, _) = plan(&format!("{respondents}"), shape);
        let mut rng = StdRng::seed_from_u64(7);
        let questions = vec![QuestionShape { options: 5 }; 50];
        let sheets: Vec<Vec<u8>> = (0..organisation.n)
            .map(|_| (0..50).map(|_| rng.random_range(0..6).max(rng.random_range(0..4))).collect())
            .collect();
        let sheets: Vec<&[u8]> = sheets.iter().map(Vec::as_slice).collect();
        let start = Instant::now();
        let table = release(&plan, &candidates, &questions, &sheets).unwrap();
        let took = start.elapsed();
        let cells = plan.shown().flat_map(|cut| (0..50).map(move |question| (cut, question)));
        let shown = cells.filter(|&(cut, question)| matches!(table.cell(cut, question), Cell::Shown(_))).count();
        println!("release: {took:.2?}, {shown} of {} cells show counts", plan.shown().count() * 50);
    }
}

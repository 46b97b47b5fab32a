//! Whether a model beats knowing nothing, and asking people:
//! `cargo run --release -p hearten-retention --example baselines`.
//!
//! On the job retention persons, which are fictional. Each was asked for their intention to leave; Hearten would know such an
//! answer of published groups only, never of a person.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints figures")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Table, folds};
use hearten_retention::{
    Design, FitOptions, Horizon, Spell, Strata, Sureness,
    compare::{base_rate, compare},
    fit,
    quality::{auc, brier},
};

const MONTHS: u32 = 11;

struct Person {
    spell: Spell,
    inputs: Vec<f32>,
}

/// Held-out risks over eleven months from some of the columns.
fn risks(names: &[String], persons: &[Person], columns: &[usize], folds: &[usize]) -> Vec<f64> {
    let chosen = |person: &Person| columns.iter().map(|at| person.inputs[*at]).collect::<Vec<f32>>();
    let mut found = vec![0.0; persons.len()];
    for fold in 0..5 {
        let names = columns.iter().map(|at| names[*at].clone()).collect();
        let mut design = Design::new(names, Strata::Months(12)).unwrap();
        for (person, _) in persons.iter().zip(folds).filter(|(_, own)| **own != fold) {
            let inputs = chosen(person);
            design.push_spell(person.spell, |_, row| row.copy_from_slice(&inputs)).unwrap();
        }
        let model = fit(&design, &FitOptions::ridge(columns.len(), 1.0)).unwrap().model;
        for (at, person) in persons.iter().enumerate().filter(|(at, _)| folds[*at] == fold) {
            let inputs = chosen(person);
            found[at] = model.evaluation_risks([(0, inputs.as_slice())], Horizon::Months(MONTHS)).unwrap()[0];
        }
    }
    found
}

fn main() {
    let table = Table::read("job_retention_design.csv");
    let persons: Vec<Person> = table
        .rows
        .iter()
        .map(|row| Person {
            spell: Spell::new(0, row[1] as u32, row[2] == 1.0).unwrap(),
            inputs: row[3..].iter().map(|value| *value as f32).collect(),
        })
        .collect();
    let names = &table.names[3..];
    let folds = &folds("job_retention_strat5x5.csv")[0];
    let intention = names.iter().position(|name| name == "intention").unwrap();
    let others: Vec<usize> = (0..names.len()).filter(|at| *at != intention).collect();
    let all: Vec<usize> = (0..names.len()).collect();
    // Whoever was lost from sight earlier has no outcome.
    let is_known = |person: &Person| person.spell.exit_month() > MONTHS || person.spell.left();
    let known: Vec<usize> = (0..persons.len()).filter(|at| is_known(&persons[*at])).collect();
    let left: Vec<bool> = known.iter().map(|at| persons[*at].spell.exit_month() <= MONTHS).collect();
    let of = |columns: &[usize]| {
        let risks = risks(names, &persons, columns, folds);
        known.iter().map(|at| risks[*at]).collect::<Vec<f64>>()
    };
    let base = base_rate(&left, left.len()).unwrap();
    let intent = of(&[intention]);
    println!("{} persons, {} left within {MONTHS} months\n", left.len(), left.iter().filter(|left| **left).count());
    println!("| model | AUC | Brier | gain on the base rate | gain on intention alone |\n|---|---|---|---|---|");
    let ways = [
        ("base rate", base.clone()),
        ("intention alone", intent.clone()),
        ("without intention", of(&others)),
        ("all inputs", of(&all)),
    ];
    for (name, risks) in &ways {
        let gain = |baseline: &[f64]| {
            let found = compare(risks, baseline, &left, Sureness::P95).unwrap();
            let verdict = if found.beats() { "beats it" } else { "does not beat it" };
            format!("{:+.4} ({:+.4} to {:+.4}): {verdict}", found.gain, found.low, found.high)
        };
        let (auc, brier) = (auc(risks, &left).unwrap(), brier(risks, &left).unwrap());
        println!("| {name} | {auc:.3} | {brier:.4} | {} | {} |", gain(&base), gain(&intent));
    }
}

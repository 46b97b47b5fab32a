//! How scores fall on groups, with and without the protected fields as inputs, and what drift looks like:
//! `cargo run --release -p hearten-retention --example fairness`.
//!
//! On the IBM persons, which are synthetic: it shows how to read the measures, and says nothing about any organization.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints figures")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{PROTECTED, Persons, folds, ibm};
use hearten_retention::{
    FairnessAttribute, FitOptions, Horizon, Model,
    drift::{ExpectedObserved, Shift, psi},
    fairness::{Tested, fairness, highest},
    fit,
    quality::{auc, calibration},
};

fn risks(model: &Model, persons: &Persons, of: &[usize]) -> Vec<f64> {
    let inputs = of.iter().map(|at| (0, persons.inputs[*at].as_slice()));
    model.evaluation_risks(inputs, Horizon::Months(1)).unwrap()
}

/// Every person's risk from a model that did not see them.
fn held_out_risks(persons: &Persons) -> Vec<f64> {
    let folds = &folds("ibm_strat5x5.csv")[0];
    let mut found = vec![0.0; persons.left.len()];
    for fold in 0..5 {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..persons.left.len()).partition(|at| folds[*at] == fold);
        let model = fit(&persons.design(train), &FitOptions::ridge(persons.names.len(), 10.0)).unwrap().model;
        for (at, risk) in test.iter().zip(risks(&model, persons, &test)) {
            found[*at] = risk;
        }
    }
    found
}

/// The groups of an attribute, one name a person.
fn groups(persons: &Persons, attribute: FairnessAttribute) -> Vec<&'static str> {
    match attribute {
        FairnessAttribute::Gender => {
            persons.column("Gender=Male").iter().map(|male| if *male == 1.0 { "men" } else { "women" }).collect()
        }
        FairnessAttribute::Age => {
            let band = |age: &f32| match *age as u32 {
                0..30 => "below 30",
                30..40 => "30–39",
                40..50 => "40–49",
                _ => "50 and older",
            };
            persons.column("Age").iter().map(band).collect()
        }
        _ => {
            let (married, single) = (persons.column("MaritalStatus=Married"), persons.column("MaritalStatus=Single"));
            let status = |(married, single): (&f32, &f32)| match (*married, *single) {
                (1.0, _) => "married",
                (_, 1.0) => "single",
                _ => "divorced",
            };
            married.iter().zip(&single).map(status).collect()
        }
    }
}

fn main() {
    let all = ibm();
    let ways = [("with", ibm()), ("without", all.without(&PROTECTED))];
    println!("| protected inputs | group | persons | marked | ratio | p | TPR | FPR | expected / left |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut measures = Vec::new();
    for (way, persons) in &ways {
        let risks = held_out_risks(persons);
        let marked = highest(&risks, 0.2);
        let slope = calibration(&risks, &all.left).unwrap().slope;
        measures.push(format!("{way}: AUC {:.3}, calibration slope {slope:.2}", auc(&risks, &all.left).unwrap()));
        for attribute in [FairnessAttribute::Gender, FairnessAttribute::Age, FairnessAttribute::FamilyStatus] {
            let names = groups(&all, attribute);
            let tested: Vec<Tested<'_>> = (0..names.len())
                .map(|at| Tested { group: names[at], risk: risks[at], selected: marked[at], left: all.left[at] })
                .collect();
            for group in fairness(attribute, &tested).unwrap().groups {
                println!(
                    "| {way} | {} | {} | {:.0} % | {:.2} | {:.3} | {:.2} | {:.2} | {:.2} |",
                    group.name,
                    group.persons,
                    100.0 * group.selection_rate,
                    group.selection_ratio,
                    group.p,
                    group.true_positive_rate.unwrap(),
                    group.false_positive_rate.unwrap(),
                    group.expected / group.leavers as f64,
                );
            }
        }
    }
    println!("\n{}\n", measures.join("\n"));
    drift(&ways[1].1);
}

/// A model trained on half of those outside sales, looked at in the other half, and in sales.
fn drift(persons: &Persons) {
    let sales = persons.column("Department=Sales");
    let train: Vec<usize> = (0..sales.len()).filter(|at| sales[*at] == 0.0 && at % 2 == 0).collect();
    let model =
        fit(&persons.design(train.iter().copied()), &FitOptions::ridge(persons.names.len(), 10.0)).unwrap().model;
    let own = risks(&model, persons, &train);
    println!(
        "| seen later | persons | expected | left | z | PSI of the scores | inputs that moved much |\n|---|---|---|---|---|---|---|"
    );
    for (name, sold, odd) in [("others like them", 0.0, 1), ("sales", 1.0, 0)] {
        let now: Vec<usize> =
            (0..sales.len()).filter(|at| sales[*at] == sold && (sold == 1.0 || at % 2 == odd)).collect();
        let found = risks(&model, persons, &now);
        let left: Vec<bool> = now.iter().map(|at| persons.left[*at]).collect();
        let leaving = ExpectedObserved::of(&found, &left).unwrap();
        let moved = persons.names.iter().filter(|input| {
            let column = persons.column(input);
            let of = |whom: &[usize]| whom.iter().map(|at| f64::from(column[*at])).collect::<Vec<_>>();
            Shift::of(psi(&of(&train), &of(&now), 10).unwrap()) == Shift::Large
        });
        println!(
            "| {name} | {} | {:.1} | {} | {:+.1} | {:.2} | {} |",
            now.len(),
            leaving.expected,
            leaving.observed,
            leaving.z(),
            psi(&own, &found, 10).unwrap(),
            moved.cloned().collect::<Vec<_>>().join(", "),
        );
    }
}

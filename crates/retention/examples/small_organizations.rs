//! What few leavers allow: maximum likelihood, a ridge, and a ridge towards a prior, in organizations of 50 to 400 persons:
//! `cargo run --release -p hearten-retention --example small_organizations`.
//!
//! The IBM persons are divided anew in each of 60 repetitions: a pool whose fit is the prior, 470 persons held out, and an
//! organization drawn from the rest. **Pool, organization and held-out persons come from one synthetic distribution.** Real
//! organizations differ from any pool, so the prior does better here than it will do for you.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints figures")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Draws, PROTECTED, Persons, ibm};
use hearten_retention::{
    FitOptions, Horizon, Intercepts, Model, Row, Scaling, Strata, Towards, fit,
    quality::{auc, calibration},
};

const REPETITIONS: u64 = 60;
const HELD_OUT: usize = 470;
const POOL: usize = 540;
/// Persons and leavers of the organizations, one in six as in the whole.
const ORGANIZATIONS: [(usize, usize); 4] = [(50, 8), (100, 16), (200, 32), (400, 64)];
const WAYS: [&str; 4] =
    ["no penalty (λ = 10⁻⁶)", "ridge (λ = 10)", "prior, own intercept", "ridge towards the prior (λ = 30)"];

/// AUC and calibration slope on the held-out persons.
fn judge(model: &Model, persons: &Persons, held_out: &[usize]) -> (f64, f64) {
    let inputs = held_out.iter().map(|at| (0, persons.inputs[*at].as_slice()));
    let risks = model.evaluation_risks(inputs, Horizon::Months(1)).unwrap();
    let left: Vec<bool> = held_out.iter().map(|at| persons.left[*at]).collect();
    (auc(&risks, &left).unwrap(), calibration(&risks, &left).map_or(f64::NAN, |found| found.slope))
}

/// Only the intercept moves; slopes are the prior's.
fn own_intercept(persons: &Persons, own: &[usize], prior: &Model) -> Model {
    let mut design = hearten_retention::Design::new(Vec::new(), Strata::Single).unwrap();
    for at in own {
        let offset = prior.monthly_log_odds(0, persons.inputs[*at].as_slice()).unwrap();
        let leavers = f64::from(u8::from(persons.left[*at]));
        design.push(Row { stratum: 0, values: &[], months: 1.0, leavers, offset }).unwrap();
    }
    let level = fit(&design, &FitOptions::unpenalized(0)).unwrap().model.intercepts()[0];
    let mut parts = prior.parts().clone();
    parts.intercepts[0] += level;
    parts.try_into().unwrap()
}

/// Leavers and stayers of a list, both in its order.
fn divided(persons: &Persons, of: &[usize]) -> (Vec<usize>, Vec<usize>) {
    of.iter().copied().partition(|at| persons.left[*at])
}

/// The first so many leavers and stayers taken out of a list.
fn take(persons: &Persons, from: &mut Vec<usize>, size: usize, leavers: usize) -> Vec<usize> {
    let (leave, stay) = divided(persons, from);
    let taken: Vec<usize> = leave[..leavers].iter().chain(&stay[..size - leavers]).copied().collect();
    from.retain(|at| !taken.contains(at));
    taken
}

fn main() {
    let persons = ibm().without(&PROTECTED);
    let width = persons.names.len();
    let mut sums = [[(0.0, 0.0, 0_u32); WAYS.len()]; ORGANIZATIONS.len()];
    let (mut pool_sum, mut without_estimate) = ((0.0, 0.0), [0; ORGANIZATIONS.len()]);
    for repetition in 0..REPETITIONS {
        let mut rest: Vec<usize> = (0..persons.left.len()).collect();
        Draws(repetition).shuffle(&mut rest);
        let held_out = take(&persons, &mut rest, HELD_OUT, 76);
        let pool = take(&persons, &mut rest, POOL, 87);
        let prior = fit(&persons.design(pool), &FitOptions::ridge(width, 10.0)).unwrap().model;
        let of_pool = judge(&prior, &persons, &held_out);
        pool_sum = (pool_sum.0 + of_pool.0, pool_sum.1 + of_pool.1);
        let towards = prior.coefficients().iter().map(|mean| Towards { mean: *mean, precision: 30.0 }).collect();
        let to_prior = FitOptions {
            scaling: Scaling::Given(prior.parts().scales.clone()),
            coefficients: towards,
            intercepts: Intercepts::Free,
            most_steps: 50,
        };
        for (size, &(count, leavers)) in ORGANIZATIONS.iter().enumerate() {
            let own = take(&persons, &mut rest.clone(), count, leavers);
            let design = persons.design(own.iter().copied());
            without_estimate[size] += u32::from(fit(&design, &FitOptions::unpenalized(width)).is_err());
            let bare = FitOptions { most_steps: 500, ..FitOptions::ridge(width, 1e-6) };
            let models = [
                fit(&design, &bare).ok().map(|found| found.model),
                fit(&design, &FitOptions::ridge(width, 10.0)).ok().map(|found| found.model),
                Some(own_intercept(&persons, &own, &prior)),
                fit(&design, &to_prior).ok().map(|found| found.model),
            ];
            for (sum, model) in sums[size].iter_mut().zip(&models) {
                let Some(model) = model else { continue };
                let (auc, slope) = judge(model, &persons, &held_out);
                *sum = (sum.0 + auc, sum.1 + slope, sum.2 + 1);
            }
        }
    }
    let n = REPETITIONS as f64;
    println!("| persons | leavers | model | AUC | calibration slope | fits |\n|---|---|---|---|---|---|");
    for (sums, (count, leavers)) in sums.iter().zip(ORGANIZATIONS) {
        for ((auc, slope, fits), way) in sums.iter().zip(WAYS) {
            let each = f64::from(*fits);
            println!(
                "| {count} | {leavers} | {way} | {:.2} | {:.2} | {fits} of {REPETITIONS} |",
                auc / each,
                slope / each
            );
        }
    }
    println!(
        "| {POOL} | 87 | the pool's own fit | {:.2} | {:.2} | {REPETITIONS} of {REPETITIONS} |",
        pool_sum.0 / n,
        pool_sum.1 / n
    );
    println!(
        "\nWithout any penalty there was no estimate, of {REPETITIONS} organizations of each size, in {without_estimate:?}."
    );
    println!("Pool, organizations and held-out persons share one synthetic distribution.");
}

//! What 100,000 seats over 60 months cost to fit and to score:
//! `cargo run --release -p hearten-retention --example scale`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints figures")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use common::Draws;
use hearten_retention::{
    Design, FEATURES, Feature, FeatureRow, FitOptions, Horizon, Intercepts, Prior, Scaling, Sureness, fit,
    is_actionable,
};

const SEATS: u32 = 100_000;
const MONTHS: u32 = 60;

/// The most memory the process ever held, in MB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1_024)
}

/// Inputs that change from month to month, spread about as the prior thinks; one in twenty is not known.
fn inputs(draws: &mut Draws, prior: &Prior, since_role: u32) -> FeatureRow {
    FeatureRow::new(|feature| {
        let scale = prior.coefficients[feature as usize].scale;
        match feature {
            Feature::MonthsSinceRoleChange => Some(f64::from(since_role)),
            _ if draws.share() < 0.05 => None,
            // Sums of shares cost less than normals.
            _ => Some(scale.mean + 2.4 * scale.sd * (draws.share() + draws.share() - 1.0)),
        }
    })
    .unwrap()
}

fn main() {
    let mut draws = Draws(1);
    let prior = Prior::shipped();
    let truth = prior.model_at(0.2, 0.0).unwrap();
    let begun = Instant::now();
    let mut design = Design::of_features();
    design.reserve((SEATS * MONTHS) as usize);
    let mut now = Vec::with_capacity(SEATS as usize);
    for _ in 0..SEATS {
        let mut served = draws.below(60) as u32;
        let mut since_role = served.min(draws.below(30) as u32);
        let mut row = FeatureRow::default();
        for _ in 0..MONTHS {
            row = inputs(&mut draws, &prior, since_role);
            let log_odds = truth.monthly_log_odds(served, &row).unwrap();
            let left = draws.share() < 1.0 / (1.0 + (-log_odds).exp());
            design.push_month(served + 1, &row, left).unwrap();
            // Somebody new takes the seat of whoever left.
            (served, since_role) = if left { (0, 0) } else { (served + 1, since_role + 1) };
        }
        now.push((served, row));
    }
    println!(
        "{:.1} million person-months, {} leavers, {FEATURES} inputs",
        design.person_months() / 1e6,
        design.leavers()
    );
    println!("building the design    {:?}", begun.elapsed());
    let options = FitOptions {
        scaling: Scaling::Given(prior.scales()),
        coefficients: prior.held(30.0),
        intercepts: Intercepts::Pooled { precision: 4.0, shape: prior.intercepts.clone() },
        most_steps: 50,
    };
    let begun = Instant::now();
    let found = fit(&design, &options).unwrap();
    println!("fit                    {:?} ({} steps)", begun.elapsed(), found.steps);
    let begun = Instant::now();
    let (mut widest, mut shown) = (0.0_f64, 0);
    for (served, row) in &now {
        let risk = found.model.risk(*served, row, Horizon::TwelveMonths, Sureness::P80).unwrap();
        widest = widest.max(risk.high() - risk.low());
    }
    println!("risks of {SEATS} persons {:?} (widest band {widest:.3})", begun.elapsed());
    let begun = Instant::now();
    for (_, row) in &now {
        let reasons = found.model.reasons(row, None).unwrap();
        shown += reasons.raising(is_actionable).len() + reasons.lowering(is_actionable).len();
    }
    println!("their reasons          {:?} ({shown} shown)", begun.elapsed());
    match peak_memory() {
        Some(megabytes) => println!("peak memory            {megabytes} MB"),
        None => println!("peak memory            not told by this system"),
    }
}

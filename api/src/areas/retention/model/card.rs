//! How good a version is: measured on quarters it had not seen, against the base rate, and where its inputs have moved.

use hearten_retention::{
    Feature, FeatureRow, FitProblem, Gate, Horizon, Model, ModelCard, Prior, SLOPES_FROM, Sureness,
    backtest::{PersonMonth, backtest},
    compare::{Baselines, base_rate, compare},
    drift::psi,
    fit_gated,
    quality::{auc, brier},
};

use super::training::{History, design};
use crate::{areas::retention::turnover::MINIMUM_LEAVERS, graphql::error::Exception};

/// Quarters that are predicted without having been seen: the last year.
pub const RECENT_QUARTERS: u32 = 4;
/// Classes in which two distributions of an input are compared.
const BINS: usize = 10;

/// Predictions of months that were not seen, a month ahead, and what happened.
#[derive(Debug, Default)]
struct HeldOut {
    risks: Vec<f64>,
    baseline: Vec<f64>,
    left: Vec<bool>,
}

/// The card of a version fitted before `calendar`, whose rows of the running month are `now`.
///
/// # Errors
/// INTERNAL for months no design takes.
pub fn card(
    history: &History,
    months: &[&PersonMonth],
    (version, calendar): (u32, u32),
    now: &[FeatureRow],
    prior: &Prior,
) -> Result<ModelCard, Exception> {
    let first = calendar.saturating_sub(3 * RECENT_QUARTERS);
    let learn = |design: &hearten_retention::Design| fit_gated(design, prior).map(|gated| gated.model);
    let test = backtest(&history.known, first, RECENT_QUARTERS, learn).map_err(Exception::internal)?;
    let leavers = months.iter().filter(|month| month.left).count() as u64;
    // How many of whom something was known: what the gate asks for, since slopes are learned from them.
    let gate = Gate::of(leavers, test.last_year.as_ref());
    let held_out = held_out(history, first, calendar, prior)?;
    // A measure of very few leavers says how each of them was ranked.
    let told = held_out.left.iter().filter(|left| **left).count() >= MINIMUM_LEAVERS;
    let mut persons: Vec<u64> = months.iter().map(|month| month.person).collect();
    persons.sort_unstable();
    persons.dedup();
    let calendars = || months.iter().map(|month| month.calendar);
    Ok(ModelCard {
        version,
        prior: prior.version.clone(),
        trained_from: calendars().min().unwrap_or(calendar),
        trained_until: calendars().max().unwrap_or(calendar),
        persons: persons.len() as u64,
        person_months: months.len() as u64,
        leavers,
        gate,
        auc: auc(&held_out.risks, &held_out.left).filter(|_| told),
        concordance: None,
        brier: brier(&held_out.risks, &held_out.left).filter(|_| told),
        calibration: test.last_year.filter(|_| told),
        // With fewer leavers no comparison would tell a good model from a bad one.
        baselines: (leavers >= SLOPES_FROM).then(|| baselines(&held_out)).flatten(),
        fairness: Vec::new(),
        drift: drift(months, now),
        observed_against_expected: test.drift.last().copied().filter(|_| told),
    })
}

fn baselines(held_out: &HeldOut) -> Option<Baselines> {
    let found = compare(&held_out.risks, &held_out.baseline, &held_out.left, Sureness::P95)?;
    Some(Baselines { base_rate: found, intent: None })
}

/// Each month of the last year predicted by what was known before its quarter began.
fn held_out(history: &History, first: u32, calendar: u32, prior: &Prior) -> Result<HeldOut, Exception> {
    let mut found = HeldOut::default();
    for begins in (first..calendar).step_by(3) {
        let months = history.months_before(begins);
        let seen: Vec<&PersonMonth> =
            history.known.iter().filter(|month| (begins..calendar.min(begins + 3)).contains(&month.calendar)).collect();
        let Some(model) = fitted(&months, prior)? else { continue };
        let outcomes: Vec<bool> = months.iter().map(|month| month.left).collect();
        let Some(rate) = base_rate(&outcomes, seen.len()) else { continue };
        let persons = seen.iter().map(|month| (month.service.saturating_sub(1), &month.row));
        found.risks.extend(model.evaluation_risks(persons, Horizon::Months(1)).map_err(Exception::internal)?);
        found.baseline.extend(rate);
        found.left.extend(seen.iter().map(|month| month.left));
    }
    Ok(found)
}

/// The model of these months; none where they tell nothing.
///
/// # Errors
/// INTERNAL for months no design takes.
pub fn fitted(months: &[&PersonMonth], prior: &Prior) -> Result<Option<Model>, Exception> {
    let design = design(months.iter().copied()).map_err(Exception::internal)?;
    match fit_gated(&design, prior) {
        Ok(gated) => Ok(Some(gated.model)),
        Err(problem @ FitProblem::Options(_)) => Err(Exception::internal(problem)),
        // A month without rows, or data that no model fits: then there is none.
        Err(_) => Ok(None),
    }
}

/// How far each input has moved since the months learned from.
fn drift(months: &[&PersonMonth], now: &[FeatureRow]) -> Vec<(String, f64)> {
    let values = |rows: &mut dyn Iterator<Item = &FeatureRow>, feature: Feature| -> Vec<f64> {
        rows.filter_map(|row| row.get(feature)).map(f64::from).collect()
    };
    let moved = |feature: Feature| {
        let then = values(&mut months.iter().map(|month| &month.row), feature);
        Some((feature.name().to_owned(), psi(&then, &values(&mut now.iter(), feature), BINS)?))
    };
    Feature::ALL.into_iter().filter_map(moved).collect()
}

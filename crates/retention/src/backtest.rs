//! What the model would have said, quarter by quarter, with what was known then; and what happened.
//!
//! For each quarter a model is fitted on the months before it. Leavers are compared month by month: a person counts with
//! the hazard of each month they were at risk in, whether they left, stayed or went for another reason, so that observed
//! less expected has the mean zero if the hazards are right. Ranking uses the risk over the quarter as it stood on its
//! first day, of those who left or stayed all of it.

use serde::{Deserialize, Serialize};

use crate::{
    Design, DesignProblem, FeatureRow, FitProblem, Horizon, Model, PredictProblem,
    drift::{CusumStep, ExpectedObserved, cusum},
    newton::hazard,
    quality::{Calibration, auc, brier, calibration},
};

/// Months in a quarter.
const QUARTER: u32 = 3;

/// The most quarters of one back-test; later ones are left out.
pub const MOST_QUARTERS: u32 = 40;

/// One person's month, with the inputs as they were known when it began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonMonth {
    /// Which person; any number that is theirs alone.
    pub person: u64,
    /// The calendar month, counted from any month.
    pub calendar: u32,
    /// The month of service; the first is 1.
    pub service: u32,
    /// The inputs, frozen.
    pub row: FeatureRow,
    /// Whether the person left in it of their own accord.
    pub left: bool,
}

/// One quarter of a back-test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quarter {
    /// Its first calendar month.
    pub begins: u32,
    /// Leavers the model had learned from.
    pub trained_on: u64,
    /// Months at risk, and leavers expected and observed in them; `None` where there was no model.
    pub leavers: Option<ExpectedObserved>,
    /// AUC of the quarter; `None` also where nobody, or everybody, left.
    pub auc: Option<f64>,
    /// Brier score of the quarter.
    pub brier: Option<f64>,
}

/// A back-test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// In order.
    pub quarters: Vec<Quarter>,
    /// The drift of observed against expected over the quarters that had a model.
    pub drift: Vec<CusumStep>,
    /// Calibration of the quarterly risks of the last four quarters that had a model: what the gate asks for.
    pub last_year: Option<Calibration>,
}

/// Why there is no back-test.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BacktestProblem {
    /// A month that no design takes.
    #[error(transparent)]
    Design(#[from] DesignProblem),
    /// The model does not take the inputs.
    #[error(transparent)]
    Predict(#[from] PredictProblem),
}

/// Back-tests `quarters` quarters, at most [`MOST_QUARTERS`], from the calendar month `first` on. `learn` fits a model to what
/// was known; where it cannot, the quarter is listed without a model.
///
/// # Errors
/// See [`BacktestProblem`].
pub fn backtest(
    months: &[PersonMonth],
    first: u32,
    quarters: u32,
    learn: impl Fn(&Design) -> Result<Model, FitProblem>,
) -> Result<Backtest, BacktestProblem> {
    let mut sorted: Vec<&PersonMonth> = months.iter().collect();
    sorted.sort_by_key(|month| (month.person, month.calendar));
    let mut scored: Vec<Scored> = Vec::new();
    let mut found = Backtest { quarters: Vec::new(), drift: Vec::new(), last_year: None };
    for quarter in 0..quarters.min(MOST_QUARTERS) {
        let begins = first.saturating_add(quarter * QUARTER);
        let mut known = Design::of_features();
        for month in sorted.iter().filter(|month| month.calendar < begins) {
            known.push_month(month.service, &month.row, month.left)?;
        }
        let mut entry = Quarter { begins, trained_on: known.leavers() as u64, leavers: None, auc: None, brier: None };
        if let Ok(model) = learn(&known) {
            let quarter = score(&sorted, begins, &model)?;
            entry.leavers = ExpectedObserved::of(&quarter.hazards, &quarter.left_in_month);
            entry.auc = auc(&quarter.risks, &quarter.left);
            entry.brier = brier(&quarter.risks, &quarter.left);
            scored.push(quarter);
        }
        found.quarters.push(entry);
    }
    let periods: Vec<ExpectedObserved> = found.quarters.iter().filter_map(|quarter| quarter.leavers).collect();
    found.drift = cusum(&periods);
    let year = &scored[scored.len().saturating_sub(4)..];
    let risks: Vec<f64> = year.iter().flat_map(|quarter| quarter.risks.iter().copied()).collect();
    let left: Vec<bool> = year.iter().flat_map(|quarter| quarter.left.iter().copied()).collect();
    found.last_year = calibration(&risks, &left);
    Ok(found)
}

/// What was said of one quarter, and what happened.
#[derive(Default)]
struct Scored {
    /// A month at risk each.
    hazards: Vec<f64>,
    left_in_month: Vec<bool>,
    /// A person each.
    risks: Vec<f64>,
    left: Vec<bool>,
}

/// `sorted` is by person, then month.
fn score(sorted: &[&PersonMonth], begins: u32, model: &Model) -> Result<Scored, PredictProblem> {
    let mut scored = Scored::default();
    let within: Vec<&PersonMonth> = sorted
        .iter()
        .copied()
        .filter(|month| (begins..begins.saturating_add(QUARTER)).contains(&month.calendar))
        .collect();
    for own in within.chunk_by(|one, other| one.person == other.person) {
        // Whoever joined within the quarter was not there to be scored on its first day.
        let Some(start) = own.first().filter(|month| month.calendar == begins) else { continue };
        let served = start.service.saturating_sub(1);
        for month in own {
            let log_odds = model.monthly_log_odds(served.saturating_add(month.calendar - begins), &start.row)?;
            scored.hazards.push(hazard(log_odds).0);
            scored.left_in_month.push(month.left);
        }
        let left = own.iter().any(|month| month.left);
        if left || own.len() == QUARTER as usize {
            let risk = model.evaluation_risks([(served, &start.row)], Horizon::ThreeMonths)?;
            scored.risks.extend(risk);
            scored.left.push(left);
        }
    }
    Ok(scored)
}

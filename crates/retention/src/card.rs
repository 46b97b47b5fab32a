//! The model card: what a model is, what it was made of and how good it is, as data.

use serde::{Deserialize, Serialize};

use crate::{
    FairnessAttribute, Gate,
    compare::Baselines,
    drift::{CusumStep, Shift},
    fairness::Fairness,
    quality::Calibration,
};

/// A model card. Measures that could not be found are `None`, never a number that stands for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// The organization's version of the model.
    pub version: u32,
    /// The version of the prior it was drawn to.
    pub prior: String,
    /// The first calendar month of the training window, as the caller counts them.
    pub trained_from: u32,
    /// The last.
    pub trained_until: u32,
    /// Persons in it.
    pub persons: u64,
    /// Their months.
    pub person_months: u64,
    /// Of the persons, who left of their own accord.
    pub leavers: u64,
    /// What its leavers and calibration allow.
    pub gate: Gate,
    /// AUC on held-out quarters.
    pub auc: Option<f64>,
    /// Harrell's concordance on held-out quarters.
    pub concordance: Option<f64>,
    /// Brier score on held-out quarters.
    pub brier: Option<f64>,
    /// Calibration slope and intercept on the last year.
    pub calibration: Option<Calibration>,
    /// Against the base rate and the intent question.
    pub baselines: Option<Baselines>,
    /// One an attribute that could be tested.
    pub fairness: Vec<Fairness>,
    /// How far each input has moved since training: name and PSI.
    pub drift: Vec<(String, f64)>,
    /// Where observed against expected stands.
    pub observed_against_expected: Option<CusumStep>,
}

/// Why a model is not shown, or shown with a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Caveat {
    /// It was not compared with the baselines.
    NotCompared,
    /// It beats neither the base rate nor the intent question: only counts of turnover are worth showing.
    BeatsNothing,
    /// The slopes are those of the prior: judgement, not the organization's data.
    PriorOnly,
    /// Its calibration slope lies outside 0.8–1.25, or is not known.
    NotCalibrated,
    /// Observed leaving has drifted from expected.
    LeavingDrifted,
    /// An input has moved by a PSI above 0.25.
    InputsDrifted,
    /// A group is marked less than four fifths as often as another.
    FourFifths(FairnessAttribute),
}

impl ModelCard {
    /// Whether risks of groups are worth showing: the model was compared and beats something.
    #[must_use]
    pub fn is_worth_showing(&self) -> bool {
        self.baselines.is_some_and(|baselines| baselines.is_worth_showing())
    }

    /// What must be said along with it.
    #[must_use]
    pub fn caveats(&self) -> Vec<Caveat> {
        let mut found = Vec::new();
        match self.baselines {
            None => found.push(Caveat::NotCompared),
            Some(baselines) if !baselines.is_worth_showing() => found.push(Caveat::BeatsNothing),
            Some(_) => {}
        }
        if !self.gate.has_own_slopes() {
            found.push(Caveat::PriorOnly);
        }
        if !self.calibration.is_some_and(|calibration| crate::CALIBRATED.contains(&calibration.slope)) {
            found.push(Caveat::NotCalibrated);
        }
        if self.observed_against_expected.is_some_and(|step| step.signal) {
            found.push(Caveat::LeavingDrifted);
        }
        if self.drift.iter().any(|(_, psi)| Shift::of(*psi) == Shift::Large) {
            found.push(Caveat::InputsDrifted);
        }
        let unequal = self.fairness.iter().filter(|one| one.keeps_four_fifths() == Some(false));
        found.extend(unequal.map(|one| Caveat::FourFifths(one.attribute)));
        found
    }
}

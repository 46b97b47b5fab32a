//! Whether a model is worth having: against the base rate, and against what people say of their own intent.

use serde::{Deserialize, Serialize};

use crate::{Sureness, quality};

/// One model against another on the same persons.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The baseline's Brier score less the model's: above 0 the model is better.
    pub gain: f64,
    /// The interval of the gain over persons (paired, normal).
    pub low: f64,
    /// Its upper bound.
    pub high: f64,
    /// The gain as a share of the baseline's score (the Brier skill score).
    pub skill: f64,
}

impl Comparison {
    /// Whether the model beats the baseline: the whole interval lies above 0.
    #[must_use]
    pub fn beats(&self) -> bool {
        self.low > 0.0
    }
}

/// Compares probabilities with those of a baseline, both made before the outcomes were known. `None` for lengths that
/// differ, probabilities that are none, or fewer than two persons.
#[must_use]
pub fn compare(risks: &[f64], baseline: &[f64], left: &[bool], sureness: Sureness) -> Option<Comparison> {
    let (own, other) = (quality::brier(risks, left)?, quality::brier(baseline, left)?);
    let n = risks.len() as f64;
    if risks.len() < 2 {
        return None;
    }
    let gain = other - own;
    let square: f64 = (0..risks.len())
        .map(|at| {
            let y = f64::from(u8::from(left[at]));
            ((baseline[at] - y).powi(2) - (risks[at] - y).powi(2) - gain).powi(2)
        })
        .sum();
    let margin = sureness.z() * (square / (n - 1.0) / n).sqrt();
    let skill = if other > 0.0 { gain / other } else { 0.0 };
    Some(Comparison { gain, low: gain - margin, high: gain + margin, skill })
}

/// The base rate as a baseline: everybody has the share that left in the training time.
#[must_use]
pub fn base_rate(trained_on: &[bool], persons: usize) -> Option<Vec<f64>> {
    let leavers = trained_on.iter().filter(|left| **left).count();
    (!trained_on.is_empty()).then(|| vec![leavers as f64 / trained_on.len() as f64; persons])
}

/// What a model was found to beat. Where it beats neither, only counts of turnover are worth showing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// Against the base rate.
    pub base_rate: Comparison,
    /// Against the intent question alone, where an organization asks it of groups; `None` where it does not.
    pub intent: Option<Comparison>,
}

impl Baselines {
    /// Whether the model beats at least one of its baselines.
    #[must_use]
    pub fn is_worth_showing(&self) -> bool {
        self.base_rate.beats() || self.intent.is_some_and(|intent| intent.beats())
    }
}

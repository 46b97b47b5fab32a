//! Whether the world has moved away from the model: inputs (PSI), and expected against observed leaving (CUSUM).

use serde::{Deserialize, Serialize};

use crate::Sureness;

/// How far the distribution of an input or score has moved. The bounds are the usual rule of thumb (Siddiqi, Credit Risk
/// Scorecards, 2006).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Shift {
    /// PSI below 0.1.
    None,
    /// PSI of 0.1 to 0.25.
    Some,
    /// PSI above 0.25.
    Large,
}

impl Shift {
    /// The shift that a PSI means.
    #[must_use]
    pub fn of(psi: f64) -> Self {
        match psi {
            psi if psi < 0.1 => Self::None,
            psi if psi <= 0.25 => Self::Some,
            _ => Self::Large,
        }
    }
}

/// The population stability index Σ (q − p) ln(q / p) over bins at the quantiles of the reference. Bins count half a case
/// more than they hold, so that an empty one has a logarithm. `None` below ten values on either side, or for values that
/// are not finite, or outside 2 to 100 bins.
#[must_use]
pub fn psi(reference: &[f64], now: &[f64], bins: usize) -> Option<f64> {
    let finite = reference.iter().chain(now).all(|value| value.is_finite());
    if reference.len() < 10 || now.len() < 10 || !(2..=100).contains(&bins) || !finite {
        return None;
    }
    let mut sorted = reference.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..bins).map(|at| sorted[at * sorted.len() / bins]).collect();
    edges.dedup();
    let shares = |values: &[f64]| {
        let mut counts = vec![0.5; edges.len() + 1];
        for value in values {
            counts[edges.partition_point(|edge| edge <= value)] += 1.0;
        }
        let total: f64 = counts.iter().sum();
        counts.iter().map(|count| count / total).collect::<Vec<f64>>()
    };
    let (before, after) = (shares(reference), shares(now));
    Some(before.iter().zip(&after).map(|(p, q)| (q - p) * (q / p).ln()).sum())
}

/// Expected and observed leavers of a period or a group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExpectedObserved {
    /// How many cases: persons, or months at risk where the risks are those of single months.
    pub cases: usize,
    /// The sum of their risks.
    pub expected: f64,
    /// How many left.
    pub observed: usize,
    /// Σ p(1 − p): the variance of the count if the risks are right.
    pub variance: f64,
}

impl ExpectedObserved {
    /// Sums risks and outcomes. `None` for lengths that differ or risks that are none.
    #[must_use]
    pub fn of(risks: &[f64], left: &[bool]) -> Option<Self> {
        crate::quality::sound(risks, left).then(|| Self {
            cases: risks.len(),
            expected: risks.iter().sum(),
            observed: left.iter().filter(|left| **left).count(),
            variance: risks.iter().map(|risk| risk * (1.0 - risk)).sum(),
        })
    }

    /// (O − E) / √V; 0 where nothing varies.
    #[must_use]
    pub fn z(&self) -> f64 {
        if self.variance > 0.0 { (self.observed as f64 - self.expected) / self.variance.sqrt() } else { 0.0 }
    }

    /// The counts that would not surprise: E ± z√V, within 0 and the cases.
    #[must_use]
    pub fn range(&self, sureness: Sureness) -> (f64, f64) {
        let margin = sureness.z() * self.variance.sqrt();
        ((self.expected - margin).max(0.0), (self.expected + margin).min(self.cases as f64))
    }
}

/// Where a CUSUM stands after a period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CusumStep {
    /// The sum for more leaving than expected.
    pub above: f64,
    /// The sum for less.
    pub below: f64,
    /// Whether either has passed the limit.
    pub signal: bool,
}

/// Slack a period, in standard deviations: shifts below twice this are let pass.
pub const CUSUM_SLACK: f64 = 0.5;

/// The limit: with this slack, a false alarm about every 465 periods (Montgomery, Introduction to Statistical Quality
/// Control, ch. 9).
pub const CUSUM_LIMIT: f64 = 5.0;

/// A two-sided CUSUM of (O − E) / √V by period (Page 1954): S = max(0, S + z − slack). After a signal it goes on from where
/// it is, so that a signal stays until somebody refits.
#[must_use]
pub fn cusum(periods: &[ExpectedObserved]) -> Vec<CusumStep> {
    let (mut above, mut below) = (0.0_f64, 0.0_f64);
    let step = |period: &ExpectedObserved| {
        let z = period.z();
        above = (above + z - CUSUM_SLACK).max(0.0);
        below = (below - z - CUSUM_SLACK).max(0.0);
        CusumStep { above, below, signal: above > CUSUM_LIMIT || below > CUSUM_LIMIT }
    };
    periods.iter().map(step).collect()
}

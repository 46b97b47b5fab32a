//! Who stays how long, without a model: Kaplan–Meier with delayed entry and Greenwood's errors, and the hazards of periods.
//!
//! S(t) = Π over times t_i ≤ t of (1 − d_i / n_i), where n_i counts those with entry < t_i ≤ exit. Counting somebody only
//! from when they could have been seen leaving is what keeps the curve honest when records begin late. Sources: Kaplan and
//! Meier (1958); Greenwood (1926); Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (2002), ch. 1 (the
//! log-log interval, delayed entry).

use serde::{Deserialize, Serialize};

use crate::{Spell, Strata, Sureness};

/// Under observation from just after `entry` until `exit`, in any unit of time, and whether that ended in leaving.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Time served when observation began; 0 for somebody seen from their first day.
    pub entry: f64,
    /// Time served at the end.
    pub exit: f64,
    /// Whether they left then; otherwise they were still there, or went for another reason.
    pub left: bool,
}

impl From<Spell> for Observed {
    fn from(spell: Spell) -> Self {
        Self { entry: f64::from(spell.entry_month()), exit: f64::from(spell.exit_month()), left: spell.left() }
    }
}

/// Why there is no curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SurvivalProblem {
    /// Nobody to count.
    #[error("there is nobody under observation")]
    Nobody,
    /// Times that are negative, not finite, or do not go forward.
    #[error("an observation has times that cannot be")]
    Times,
}

/// One time at which somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Time served.
    pub time: f64,
    /// Who was under observation just before.
    pub at_risk: u64,
    /// Who left.
    pub leavers: u64,
    /// The share still there just after.
    pub survival: f64,
    /// Its standard error (Greenwood): S √Σ d / (n (n − d)); 0 once nobody is left.
    pub error: f64,
    /// The lower bound of the log-log interval; between 0 and `survival`.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Step {
    /// The share of those at risk who left at this time.
    #[must_use]
    pub fn hazard(&self) -> f64 {
        self.leavers as f64 / self.at_risk as f64
    }
}

/// A survival curve: one step a time at which somebody left, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The steps.
    pub steps: Vec<Step>,
    /// How many were observed.
    pub observed: u64,
}

impl Curve {
    /// The share still there after that time.
    #[must_use]
    pub fn at(&self, time: f64) -> f64 {
        let after = self.steps.partition_point(|step| step.time <= time);
        after.checked_sub(1).map_or(1.0, |last| self.steps[last].survival)
    }

    /// The first time at which no more than half are still there.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.steps.iter().find(|step| step.survival <= 0.5).map(|step| step.time)
    }
}

/// The curve of those observed. Where delayed entry leaves hardly anybody at risk early on, one leaver drops the curve by a
/// lot, or to zero for good; `at_risk` says so, and curves are best begun where it is large.
///
/// # Errors
/// Nobody, or impossible times.
pub fn kaplan_meier(observed: &[Observed], sureness: Sureness) -> Result<Curve, SurvivalProblem> {
    if observed.is_empty() {
        return Err(SurvivalProblem::Nobody);
    }
    let sound = |one: &Observed| one.entry >= 0.0 && one.exit > one.entry && one.exit.is_finite();
    if !observed.iter().all(sound) {
        return Err(SurvivalProblem::Times);
    }
    let sorted = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times
    };
    let entries = sorted(observed.iter().map(|one| one.entry).collect());
    let exits = sorted(observed.iter().map(|one| one.exit).collect());
    let leaving = sorted(observed.iter().filter(|one| one.left).map(|one| one.exit).collect());
    let (mut survival, mut greenwood) = (1.0_f64, 0.0);
    let step = |group: &[f64]| {
        let (time, leavers) = (group[0], group.len() as u64);
        let entered = entries.partition_point(|entry| *entry < time);
        let gone = exits.partition_point(|exit| *exit < time);
        let at_risk = (entered - gone) as u64;
        survival *= 1.0 - leavers as f64 / at_risk as f64;
        greenwood += leavers as f64 / (at_risk as f64 * (at_risk - leavers) as f64);
        let (error, low, high) = greenwood_interval(survival, greenwood, sureness);
        Step { time, at_risk, leavers, survival, error, low, high }
    };
    let steps = leaving.chunk_by(|one, other| one == other).map(step).collect();
    Ok(Curve { steps, observed: observed.len() as u64 })
}

/// The error of S, and the interval on the scale ln(−ln S).
fn greenwood_interval(survival: f64, greenwood: f64, sureness: Sureness) -> (f64, f64, f64) {
    if survival <= 0.0 || survival >= 1.0 || !greenwood.is_finite() {
        return (0.0, survival, survival);
    }
    let deviation = greenwood.sqrt();
    let width = sureness.z() * deviation / survival.ln().abs();
    let bound = |away: f64| survival.powf(away.exp());
    (survival * deviation, bound(width), bound(-width))
}

/// Who was at risk and who left in one stratum of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exposure {
    /// Months at risk.
    pub person_months: u64,
    /// Who left.
    pub leavers: u64,
}

impl Exposure {
    /// The hazard: leavers a month at risk; `None` where nobody was at risk.
    #[must_use]
    pub fn hazard(&self) -> Option<f64> {
        (self.person_months > 0).then(|| self.leavers as f64 / self.person_months as f64)
    }
}

/// Exposure and leavers of every stratum.
#[must_use]
pub fn exposure(spells: impl IntoIterator<Item = Spell>, strata: Strata) -> Vec<Exposure> {
    let mut sums = vec![Exposure::default(); strata.count()];
    for spell in spells {
        for (month, left) in spell.months() {
            let sum = &mut sums[strata.of_month(month)];
            sum.person_months += 1;
            sum.leavers += u64::from(left);
        }
    }
    sums
}

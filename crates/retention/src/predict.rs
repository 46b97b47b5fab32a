//! From a model to risks, each with its band, of persons and of groups.
//!
//! The risk over the next months is 1 − Π(1 − h), each month in the stratum the person will then have reached. With
//! q = Σ −ln(1 − h), its gradient is Σ h·z (z: the stratum's indicator and the inputs), and on the logit scale
//! L = ln(e^q − 1) the standard error is √(g'Vg) / (1 − e^−q): the delta method. The band is L ± z·se, turned back.

use serde::{Deserialize, Serialize};

use crate::{Inputs, Model, newton::hazard};

/// The fewest persons a group's risk is given for.
pub const SMALLEST_GROUP: usize = 20;

/// The longest time ahead, in months.
pub const FURTHEST_MONTHS: u32 = 60;

/// How sure a band is, two-sided: as many standard errors to either side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sureness {
    level: f64,
    z: f64,
}

impl Sureness {
    /// 80 per cent: the band shown.
    pub const P80: Self = Self { level: 0.80, z: 1.281_551_565_544_600_5 };
    /// 90 per cent.
    pub const P90: Self = Self { level: 0.90, z: 1.644_853_626_951_472_2 };
    /// 95 per cent.
    pub const P95: Self = Self { level: 0.95, z: 1.959_963_984_540_054 };

    /// The level.
    #[must_use]
    pub const fn level(self) -> f64 {
        self.level
    }

    /// The normal quantile.
    #[must_use]
    pub const fn z(self) -> f64 {
        self.z
    }
}

/// How far ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Horizon {
    /// The next three months.
    ThreeMonths,
    /// The next twelve months.
    TwelveMonths,
    /// So many months, at most [`FURTHEST_MONTHS`].
    Months(u32),
}

impl Horizon {
    /// In months, 1 to [`FURTHEST_MONTHS`].
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::ThreeMonths => 3,
            Self::TwelveMonths => 12,
            Self::Months(months) => months.clamp(1, FURTHEST_MONTHS),
        }
    }
}

/// A person's risk of leaving: a band. There is no way to get the point inside it as a number, because a bare number about
/// a person claims more than the model knows. Neither is it printed or stored.
#[derive(Clone, Copy, PartialEq)]
pub struct Risk {
    low: f64,
    point: f64,
    high: f64,
    level: f64,
    months: u32,
}

/// In words, by where the band's middle lies against the risk of somebody typical who has served as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RiskLevel {
    /// The whole band lies below what is typical.
    BelowTypical,
    /// The band holds what is typical.
    Typical,
    /// The whole band lies above what is typical.
    AboveTypical,
}

impl std::fmt::Debug for Risk {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Risk({} to {} at {}, {} months)", self.low, self.high, self.level, self.months)
    }
}

impl Risk {
    /// The lower bound, between 0 and 1.
    #[must_use]
    pub const fn low(&self) -> f64 {
        self.low
    }

    /// The upper bound, between 0 and 1.
    #[must_use]
    pub const fn high(&self) -> f64 {
        self.high
    }

    /// How sure the band is.
    #[must_use]
    pub const fn level(&self) -> f64 {
        self.level
    }

    /// How far ahead, in months.
    #[must_use]
    pub const fn months(&self) -> u32 {
        self.months
    }

    /// Against the risk of somebody typical, from [`Model::typical_risk`].
    #[must_use]
    pub fn against(&self, typical: &Self) -> RiskLevel {
        if self.high < typical.point {
            RiskLevel::BelowTypical
        } else if self.low > typical.point {
            RiskLevel::AboveTypical
        } else {
            RiskLevel::Typical
        }
    }
}

/// Why there is no prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PredictProblem {
    /// Inputs that are not the model's.
    #[error("the inputs are not those of the model")]
    Inputs,
    /// A group below [`SMALLEST_GROUP`].
    #[error("a group of {persons} persons is too small")]
    TooSmall {
        /// How many there are.
        persons: usize,
    },
}

/// q = −ln of staying, and the gradient of q, for one person.
struct Stay {
    q: f64,
    gradient: Vec<f64>,
}

impl Stay {
    fn leaves(&self) -> f64 {
        -(-self.q).exp_m1()
    }
}

impl Model {
    /// The risk of somebody who has served so many whole months.
    ///
    /// # Errors
    /// Inputs that are not the model's.
    pub fn risk(
        &self,
        months_served: u32,
        inputs: &(impl Inputs + ?Sized),
        horizon: Horizon,
        sureness: Sureness,
    ) -> Result<Risk, PredictProblem> {
        let x = self.scaled(inputs.inputs().as_ref()).ok_or(PredictProblem::Inputs)?;
        Ok(self.risk_of(months_served, &x, horizon, sureness))
    }

    /// The risk of somebody typical, every input at its mean, who has served so many whole months.
    #[must_use]
    pub fn typical_risk(&self, months_served: u32, horizon: Horizon, sureness: Sureness) -> Risk {
        self.risk_of(months_served, &self.parts().typical, horizon, sureness)
    }

    fn risk_of(&self, months_served: u32, x: &[f64], horizon: Horizon, sureness: Sureness) -> Risk {
        let stay = self.stay(months_served, x, horizon);
        let point = stay.leaves();
        let (low, high) = band(point, self.variance(&stay.gradient).sqrt() * (1.0 - point), sureness);
        Risk { low, point, high, level: sureness.level(), months: horizon.months() }
    }

    /// The probabilities themselves, for back-tests and sums: **never** to be shown for a person. One entry a person, given
    /// as months served and inputs.
    ///
    /// # Errors
    /// Inputs that are not the model's.
    pub fn evaluation_risks<'a, I: Inputs + ?Sized + 'a>(
        &self,
        persons: impl IntoIterator<Item = (u32, &'a I)>,
        horizon: Horizon,
    ) -> Result<Vec<f64>, PredictProblem> {
        let risk = |(served, inputs): (u32, &'a I)| {
            let x = self.scaled(inputs.inputs().as_ref()).ok_or(PredictProblem::Inputs)?;
            Ok(-(-self.staying(served, &x, horizon)).exp_m1())
        };
        persons.into_iter().map(risk).collect()
    }

    /// Log-odds of leaving in the month after so many months of service.
    pub(crate) fn log_odds(&self, months_served: u32, x: &[f64]) -> f64 {
        let stratum = self.strata().of_month(months_served.saturating_add(1));
        self.intercepts()[stratum] + self.slope(x)
    }

    fn slope(&self, x: &[f64]) -> f64 {
        x.iter().zip(self.coefficients()).map(|(x, coefficient)| x * coefficient).sum()
    }

    /// q alone.
    fn staying(&self, months_served: u32, x: &[f64], horizon: Horizon) -> f64 {
        let slope = self.slope(x);
        let month = |ahead: u32| self.strata().of_month(months_served.saturating_add(ahead));
        (1..=horizon.months()).map(|ahead| hazard(self.intercepts()[month(ahead)] + slope).1).sum()
    }

    fn stay(&self, months_served: u32, x: &[f64], horizon: Horizon) -> Stay {
        let slope = self.slope(x);
        let mut stay = Stay { q: 0.0, gradient: vec![0.0; self.size()] };
        let mut leaving = 0.0;
        for ahead in 1..=horizon.months() {
            let stratum = self.strata().of_month(months_served.saturating_add(ahead));
            let (h, stays) = hazard(self.intercepts()[stratum] + slope);
            stay.q += stays;
            stay.gradient[stratum] += h;
            leaving += h;
        }
        let strata = self.intercepts().len();
        stay.gradient[strata..].iter_mut().zip(x).for_each(|(gradient, x)| *gradient = leaving * x);
        stay
    }
}

/// The bounds around a probability whose standard error is given, on the logit scale, so that they stay within 0 and 1.
fn band(point: f64, error: f64, sureness: Sureness) -> (f64, f64) {
    let spread = point * (1.0 - point);
    if spread <= 0.0 || error <= 0.0 {
        return (point, point);
    }
    let (logit, margin) = ((point / (1.0 - point)).ln(), sureness.z() * error / spread);
    let (low, high) = (hazard(logit - margin).0, hazard(logit + margin).0);
    (low.min(point), high.max(point))
}

/// The risk of a group: the mean of its persons' risks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroupRisk {
    /// How many persons.
    pub persons: usize,
    /// How far ahead, in months.
    pub months: u32,
    /// The mean of the persons' risks: the share that is expected to leave.
    pub share: f64,
    /// The band of the expected share. It holds what the model does not know of itself, and nothing else.
    pub low: f64,
    /// Its upper bound.
    pub high: f64,
    /// The band of the share that will be seen to leave: wider, since also people who are as likely to leave as a coin
    /// falls decide each for themselves (Σ p(1 − p) / n²).
    pub seen_low: f64,
    /// Its upper bound.
    pub seen_high: f64,
    /// How sure the bands are.
    pub level: f64,
}

impl GroupRisk {
    /// How many are expected to leave: persons × share.
    #[must_use]
    pub fn expected_leavers(&self) -> f64 {
        self.persons as f64 * self.share
    }
}

impl Model {
    /// The risk of a group, from its persons' months served and inputs.
    ///
    /// # Errors
    /// Fewer than [`SMALLEST_GROUP`] persons, or inputs that are not the model's.
    pub fn group_risk<'a, I: Inputs + ?Sized + 'a>(
        &self,
        persons: impl IntoIterator<Item = (u32, &'a I)>,
        horizon: Horizon,
        sureness: Sureness,
    ) -> Result<GroupRisk, PredictProblem> {
        let (mut count, mut sum, mut chance) = (0_usize, 0.0, 0.0);
        let mut gradient = vec![0.0; self.size()];
        for (served, inputs) in persons {
            let x = self.scaled(inputs.inputs().as_ref()).ok_or(PredictProblem::Inputs)?;
            let stay = self.stay(served, &x, horizon);
            let leaves = stay.leaves();
            count += 1;
            sum += leaves;
            chance += leaves * (1.0 - leaves);
            let stays = 1.0 - leaves;
            gradient.iter_mut().zip(&stay.gradient).for_each(|(sum, own)| *sum += stays * own);
        }
        if count < SMALLEST_GROUP {
            return Err(PredictProblem::TooSmall { persons: count });
        }
        let n = count as f64;
        let share = sum / n;
        let known = self.variance(&gradient) / (n * n);
        let (low, high) = band(share, known.sqrt(), sureness);
        let (seen_low, seen_high) = band(share, (known + chance / (n * n)).sqrt(), sureness);
        let (months, level) = (horizon.months(), sureness.level());
        Ok(GroupRisk { persons: count, months, share, low, high, seen_low, seen_high, level })
    }
}

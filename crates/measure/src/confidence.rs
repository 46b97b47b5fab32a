//! Confidence levels, the quantiles they stand for, and the finite population factor.

use crate::quantile;

/// A two-sided confidence level between .5 and .9999, so that every quantile exists and is a sensible number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// 90 %.
    pub const P90: Self = Self(0.90);
    /// 95 %: what the product shows unless it says otherwise.
    pub const P95: Self = Self(0.95);
    /// 99 %.
    pub const P99: Self = Self(0.99);

    /// A level between .5 and .9999; `None` outside (and for NaN).
    pub fn new(level: f64) -> Option<Self> {
        (0.5..=0.9999).contains(&level).then_some(Self(level))
    }

    /// The level, for example .95.
    pub const fn level(self) -> f64 {
        self.0
    }

    /// The standard normal quantile z with P(|Z| ≤ z) = level: 1.96 for 95 %.
    pub fn z(self) -> f64 {
        quantile::normal(self.0)
    }

    /// Student's t quantile with P(|T| ≤ t) = level; `None` for 0 degrees of freedom.
    pub fn t(self, degrees_of_freedom: u64) -> Option<f64> {
        (degrees_of_freedom > 0).then(|| quantile::student(self.0, degrees_of_freedom))
    }
}

/// √((N − n)/(N − 1)): what a standard error is multiplied by when n of a finite population of N have answered.
///
/// Only for "what would everybody here have said"; never for comparisons between groups or waves, where the people are
/// a sample of circumstances too. 1 when nearly nobody has answered, 0 when everybody has. `None` when n > N or N = 0.
pub fn finite_population_factor(population: u64, n: u64) -> Option<f64> {
    match population.checked_sub(n)? {
        0 if population == 0 => None,
        0 => Some(0.0),
        // At least 1 of N missing with N = 1 means n = 0: no one has answered, and nothing shrinks.
        _ if population == 1 => Some(1.0),
        missing => Some((missing as f64 / (population - 1) as f64).sqrt().min(1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_bounds() {
        for level in [f64::NAN, 0.0, 0.49, 0.99991, 1.0, 95.0, f64::INFINITY] {
            assert_eq!(Confidence::new(level), None);
        }
        assert_eq!(Confidence::new(0.95), Some(Confidence::P95));
        assert_eq!(Confidence::P95.t(0), None);
    }

    #[test]
    fn population_factors() {
        for (population, n, factor) in [
            (100, 100, Some(0.0)),
            (100, 1, Some(1.0)),
            (100, 0, Some(1.0)),
            (101, 51, Some(0.5_f64.sqrt())),
            (1, 1, Some(0.0)),
            (1, 0, Some(1.0)),
            (0, 0, None),
            (5, 6, None),
        ] {
            assert_eq!(finite_population_factor(population, n), factor, "{n} of {population}");
        }
    }
}

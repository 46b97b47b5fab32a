//! An estimate with its interval, and the classical ways to get one for proportions, differences and means.

use serde::{Deserialize, Serialize};

use crate::{Confidence, finite_population_factor, shown};

/// A number with its uncertainty: `low` ≤ `value` ≤ `high`, none of them NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The point estimate; a proportion between 0 and 1 unless the function says otherwise.
    pub value: f64,
    /// The lower bound, in the unit of `value`.
    pub low: f64,
    /// The upper bound, in the unit of `value`.
    pub high: f64,
    /// The two-sided confidence level, for example .95.
    pub confidence: f64,
    /// How the bounds were found.
    pub method: IntervalMethod,
}

/// How the bounds of an [`Estimate`] were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntervalMethod {
    /// Wilson's score interval of a proportion.
    Wilson,
    /// The adjusted Wald interval of a difference between two shares of the same answers (eNPS).
    AdjustedWald,
    /// Student's t interval of a mean.
    Student,
    /// Newcombe's hybrid score interval of a difference between two independent proportions.
    Newcombe,
}

impl Estimate {
    /// The same estimate in per cent, with one decimal; see [`shown::percent`].
    #[must_use]
    pub fn in_percent(self) -> Self {
        self.map(shown::percent)
    }

    /// The same estimate with two decimals, for means; see [`shown::mean`].
    #[must_use]
    pub fn as_mean(self) -> Self {
        self.map(shown::mean)
    }

    fn map(self, round: fn(f64) -> f64) -> Self {
        Self { value: round(self.value), low: round(self.low), high: round(self.high), ..self }
    }
}

/// A proportion with Wilson's score interval (Wilson 1927, without continuity correction):
/// (p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
///
/// `None` when n = 0 or there are more successes than answers.
pub fn wilson(successes: u64, n: u64, confidence: Confidence) -> Option<Estimate> {
    score_interval(successes, n, confidence.z(), confidence)
}

/// [`wilson`] for "what would everybody here have said", where n of a known population answered: the standard error
/// carries the [`finite_population_factor`], which comes to the score interval with z times the factor. The interval
/// shrinks to the proportion itself when everybody answered.
///
/// `None` also when more answered than there are.
pub fn wilson_within(successes: u64, n: u64, population: u64, confidence: Confidence) -> Option<Estimate> {
    score_interval(successes, n, confidence.z() * finite_population_factor(population, n)?, confidence)
}

fn score_interval(successes: u64, n: u64, z: f64, confidence: Confidence) -> Option<Estimate> {
    if n == 0 || successes > n {
        return None;
    }
    let size = n as f64;
    let value = successes as f64 / size;
    let square = z * z / size;
    let centre = value + square / 2.0;
    let margin = z * (value * (1.0 - value) / size + square / (4.0 * size)).sqrt();
    // At the ends the bound is exactly 0 or 1, which rounding would miss by a hair.
    let low = if successes == 0 { 0.0 } else { ((centre - margin) / (1.0 + square)).clamp(0.0, value) };
    let high = if successes == n { 1.0 } else { ((centre + margin) / (1.0 + square)).clamp(value, 1.0) };
    Some(Estimate { value, low, high, confidence: confidence.level(), method: IntervalMethod::Wilson })
}

/// The difference p₁ − p₂ of two independent proportions, each given as (successes, n), with Newcombe's interval
/// (Newcombe 1998, method 10): with Wilson's bounds l and u of each,
/// d − √((p₁−l₁)² + (u₂−p₂)²) to d + √((u₁−p₁)² + (p₂−l₂)²). Between −1 and 1.
///
/// `None` when either proportion is impossible. Independent means different people, or people not linked between the
/// two; the interval is then, if anything, too wide for a panel that mostly stayed the same.
pub fn newcombe(first: (u64, u64), second: (u64, u64), confidence: Confidence) -> Option<Estimate> {
    let first = wilson(first.0, first.1, confidence)?;
    let second = wilson(second.0, second.1, confidence)?;
    let value = first.value - second.value;
    Some(Estimate {
        value,
        low: (value - (first.value - first.low).hypot(second.high - second.value)).max(-1.0),
        high: (value + (first.high - first.value).hypot(second.value - second.low)).min(1.0),
        confidence: confidence.level(),
        method: IntervalMethod::Newcombe,
    })
}

/// A mean with Student's t interval: x̄ ± t(n−1)·s/√n, where s is the sample standard deviation.
///
/// In the unit of `mean`, not kept within any scale ([`crate::Distribution::mean_estimate`] does that). `None` below two
/// answers, without spread (s = 0: the interval would claim certainty), and for values that are not finite.
pub fn mean_interval(mean: f64, standard_deviation: f64, n: u64, confidence: Confidence) -> Option<Estimate> {
    if n < 2 || !mean.is_finite() || !standard_deviation.is_finite() || standard_deviation <= 0.0 {
        return None;
    }
    let margin = confidence.t(n - 1)? * standard_deviation / (n as f64).sqrt();
    let (low, high) = (mean - margin, mean + margin);
    let estimate = Estimate { value: mean, low, high, confidence: confidence.level(), method: IntervalMethod::Student };
    (low.is_finite() && high.is_finite()).then_some(estimate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    /// Reference values from R 4.2.2.
    #[test]
    fn wilson_agrees_with_the_reference() {
        for (successes, n, low, high) in [
            (0, 5, 3.139_252_942_13e-17, 0.434_482_464_783),
            (3, 5, 0.230_724_281_276, 0.882_379_225_767),
            (5, 5, 0.565_517_535_217, 1.0),
            (4, 8, 0.215_216_062_214, 0.784_783_937_786),
            (7, 10, 0.396_778_147_461, 0.892_208_732_594),
            (42, 60, 0.574_912_920_531, 0.801_018_338_612),
        ] {
            let found = wilson(successes, n, Confidence::P95).unwrap();
            assert!(near(found.low, low) && near(found.high, high), "{found:?}");
            assert_eq!((found.confidence, found.method), (0.95, IntervalMethod::Wilson));
        }
        assert_eq!(wilson(0, 0, Confidence::P95), None);
        assert_eq!(wilson(6, 5, Confidence::P95), None);
    }

    /// Reference values from R 4.2.2.
    #[test]
    fn newcombe_agrees_with_the_reference() {
        for (first, second, value, low, high) in [
            ((56, 70), (48, 80), 0.2, 0.052_431_472_402_4, 0.333_872_654_037),
            ((6, 8), (4, 9), 0.305_555_555_556, -0.141_164_608_559, 0.617_380_403_572),
        ] {
            let found = newcombe(first, second, Confidence::P95).unwrap();
            assert!(near(found.value, value) && near(found.low, low) && near(found.high, high), "{found:?}");
            let turned = newcombe(second, first, Confidence::P95).unwrap();
            assert!(near(turned.low, -high) && near(turned.high, -low), "{turned:?}");
        }
        assert_eq!(newcombe((1, 2), (0, 0), Confidence::P95), None);
    }

    #[test]
    fn everybody_leaves_no_doubt_within_the_group() {
        let all = wilson_within(7, 10, 10, Confidence::P95).unwrap();
        assert_eq!((all.value, all.low, all.high), (0.7, 0.7, 0.7));
        let half = wilson_within(7, 10, 20, Confidence::P95).unwrap();
        let open = wilson(7, 10, Confidence::P95).unwrap();
        assert!(open.low < half.low && half.high < open.high);
        let one_of_many = wilson_within(7, 10, u64::MAX, Confidence::P95).unwrap();
        assert!(near(one_of_many.low, open.low));
        assert_eq!(wilson_within(7, 10, 9, Confidence::P95), None);
    }

    #[test]
    fn means_need_two_answers_and_a_spread() {
        let found = mean_interval(10.0, 2.0, 5, Confidence::P95).unwrap();
        assert!(near(found.high - 10.0, 2.776_445_105_197_79 * 2.0 / 5_f64.sqrt()));
        for (mean, deviation, n) in [(1.0, 1.0, 1), (1.0, 0.0, 9), (f64::NAN, 1.0, 9), (1.0, f64::INFINITY, 9)] {
            assert_eq!(mean_interval(mean, deviation, n, Confidence::P95), None);
        }
        assert_eq!(mean_interval(f64::MAX, f64::MAX, 2, Confidence::P99), None);
    }

    proptest! {
        #[test]
        fn bounds_hold_their_value(n in 1_u64..5_000, share in 0.0..=1.0, other in 0.0..=1.0, level in 0.5..=0.9999) {
            let confidence = Confidence::new(level).unwrap();
            let (first, second) = ((n as f64 * share) as u64, (n as f64 * other) as u64);
            for found in [
                wilson(first, n, confidence).unwrap(),
                wilson_within(first, n, n + second, confidence).unwrap(),
                newcombe((first, n), (second, n), confidence).unwrap(),
            ] {
                prop_assert!(found.low <= found.value && found.value <= found.high, "{:?}", found);
                let shown = found.in_percent();
                prop_assert!(shown.low <= shown.value && shown.value <= shown.high, "{:?}", shown);
            }
        }
    }
}

//! How many respondents chose each option of one closed question.

use serde::{Deserialize, Serialize};

use crate::{Bands, Confidence, Estimate, Favourability, bands, interval::mean_interval};

/// The counts of one question in one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// How many chose each option, from point 1 upwards; for eNPS the scores 0 to 10. As answered, never turned.
    pub counts: Vec<u32>,
    /// How many left the question out. They count in no statistic.
    pub skipped: u32,
}

impl Distribution {
    /// How many answered.
    pub fn n(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// The share of each option among those who answered, between 0 and 1; `None` when nobody did.
    pub fn shares(&self) -> Option<Vec<f64>> {
        let n = self.n();
        (n > 0).then(|| self.counts.iter().map(|count| f64::from(*count) / n as f64).collect())
    }

    /// Favourable, neutral and unfavourable answers by the rule of [`bands`]; a reversed scale is turned first.
    /// `None` when nobody answered or the scale does not have 2 to 11 points.
    pub fn favourability(&self, reversed: bool) -> Option<Favourability> {
        let Bands { unfavourable, neutral, favourable } = bands(u8::try_from(self.counts.len()).ok()?)?;
        let mut tally = [0_u64; 3];
        for (point, count) in self.scored(reversed) {
            let band = [&unfavourable, &neutral, &favourable].iter().position(|band| band.contains(&point))?;
            tally[band] += u64::from(count);
        }
        Favourability::new(tally[2], tally[1], tally[0])
    }

    /// The mean point, 1 being the lowest; a reversed scale is turned first. `None` when nobody answered.
    ///
    /// For eNPS counts this is the mean score plus 1.
    pub fn mean(&self, reversed: bool) -> Option<f64> {
        let n = self.n();
        let sum: f64 = self.scored(reversed).map(|(point, count)| f64::from(point) * f64::from(count)).sum();
        (n > 0).then(|| sum / n as f64)
    }

    /// The sample standard deviation √(Σ(x − x̄)²/(n − 1)), in points; `None` below two answers.
    pub fn standard_deviation(&self) -> Option<f64> {
        let mean = self.mean(false)?;
        let squares: f64 =
            self.scored(false).map(|(point, count)| (f64::from(point) - mean).powi(2) * f64::from(count)).sum();
        let n = self.n();
        (n > 1).then(|| (squares / (n - 1) as f64).sqrt())
    }

    /// The mean point with Student's t interval, kept within the scale; see [`mean_interval`]. A reversed scale is
    /// turned first. `None` below two answers, and where all answers are the same: a single value has no spread to
    /// judge by, and an interval without width would claim certainty. Show [`Distribution::mean`] alone then.
    pub fn mean_estimate(&self, reversed: bool, confidence: Confidence) -> Option<Estimate> {
        let estimate = mean_interval(self.mean(reversed)?, self.standard_deviation()?, self.n(), confidence)?;
        let highest = u32::try_from(self.counts.len()).ok()?;
        Some(Estimate { low: estimate.low.max(1.0), high: estimate.high.min(f64::from(highest)), ..estimate })
    }

    /// Each point as it is scored, with its count.
    fn scored(&self, reversed: bool) -> impl Iterator<Item = (u32, u32)> {
        let points = self.counts.len();
        self.counts.iter().enumerate().filter_map(move |(index, count)| {
            let point = if reversed { points - index } else { index + 1 };
            Some((u32::try_from(point).ok()?, *count))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(counts: &[u32]) -> Distribution {
        Distribution { counts: counts.to_vec(), skipped: 3 }
    }

    #[test]
    fn nothing_can_be_said_of_nobody() {
        for counts in [&[][..], &[0, 0, 0, 0, 0]] {
            let nobody = distribution(counts);
            assert_eq!(nobody.n(), 0);
            assert_eq!(nobody.shares(), None);
            assert_eq!(nobody.favourability(false), None);
            assert_eq!(nobody.mean(false), None);
            assert_eq!(nobody.standard_deviation(), None);
            assert_eq!(nobody.mean_estimate(false, Confidence::P95), None);
        }
    }

    #[test]
    fn means_and_spread() {
        // 1 1 2 3 5 5 5 5: mean 27/8, sum of squares 115 - 27²/8 = 23.875.
        let answers = distribution(&[2, 1, 1, 0, 4]);
        assert_eq!(answers.n(), 8);
        assert_eq!(answers.shares().unwrap(), [0.25, 0.125, 0.125, 0.0, 0.5]);
        assert_eq!(answers.mean(false), Some(3.375));
        assert_eq!(answers.mean(true), Some(2.625));
        let deviation = (23.875_f64 / 7.0).sqrt();
        assert!((answers.standard_deviation().unwrap() - deviation).abs() < 1e-12);
        let estimate = answers.mean_estimate(false, Confidence::P95).unwrap();
        // t of 7 degrees of freedom is 2.364624.
        assert!((estimate.low - (3.375 - 2.364_624_251 * deviation / 8_f64.sqrt())).abs() < 1e-8);
        assert!((estimate.high - (3.375 + 2.364_624_251 * deviation / 8_f64.sqrt())).abs() < 1e-8);
        let turned = answers.mean_estimate(true, Confidence::P95).unwrap();
        assert!((turned.low - (6.0 - estimate.high)).abs() < 1e-12);
    }

    #[test]
    fn an_interval_stays_on_its_scale_and_claims_no_certainty() {
        let few = distribution(&[0, 0, 0, 1, 1]).mean_estimate(false, Confidence::P95).unwrap();
        assert_eq!((few.low, few.high), (1.0, 5.0));
        assert_eq!(distribution(&[0, 0, 0, 0, 9]).mean_estimate(false, Confidence::P95), None);
        assert_eq!(distribution(&[0, 0, 0, 0, 1]).mean_estimate(false, Confidence::P95), None);
        assert_eq!(distribution(&[0, 0, 0, 0, 1]).standard_deviation(), None);
    }

    #[test]
    fn large_counts_do_not_overflow() {
        let large = distribution(&[u32::MAX; 11]);
        assert_eq!(large.n(), 11 * u64::from(u32::MAX));
        assert!((large.mean(false).unwrap() - 6.0).abs() < 1e-9);
        assert!(large.mean_estimate(true, Confidence::P95).is_some());
    }
}

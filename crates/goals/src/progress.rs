//! How far something has come, and the mean of several.

/// The heaviest weight: weights go from 0 to this.
pub const HEAVIEST: i32 = 100;

/// How far something has come, from nothing to done, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Progress(i32);

impl Progress {
    /// Nothing yet.
    pub const NOTHING: Self = Self(0);
    /// Done.
    pub const DONE: Self = Self(1_000_000);

    /// From millionths; what lies outside is taken as nothing or as done.
    pub fn from_ppm(ppm: i64) -> Self {
        // Between the two ends every value fits.
        Self(i32::try_from(ppm.clamp(0, 1_000_000)).unwrap_or(0))
    }

    /// From a share of 1. Not a number counts as nothing.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a million before")]
    pub fn from_share(share: f64) -> Self {
        if share.is_nan() { Self::NOTHING } else { Self((share.clamp(0.0, 1.0) * 1_000_000.0).round() as i32) }
    }

    /// In millionths.
    pub const fn ppm(self) -> i32 {
        self.0
    }

    /// As a share of 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1_000_000.0
    }
}

/// The mean of (weight, progress) pairs, rounded half up to a millionth; none when all weights are zero, or there are no
/// pairs. Negative weights count as zero.
pub fn weighted_mean(terms: impl IntoIterator<Item = (i32, Progress)>) -> Option<Progress> {
    let (mut weights, mut sum) = (0_i64, 0_i64);
    for (weight, progress) in terms {
        let weight = i64::from(weight.max(0));
        weights += weight;
        sum += weight * i64::from(progress.0);
    }
    (weights > 0).then(|| Progress::from_ppm((2 * sum + weights) / (2 * weights)))
}

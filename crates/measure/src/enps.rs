//! The employee net promoter score: 100 · (promoters − detractors) / n.

use serde::{Deserialize, Serialize};

use crate::{Confidence, Distribution, Estimate, IntervalMethod};

/// The fewest answers an eNPS is shown for: below, one person moves it by more than ten points.
pub const ENPS_MINIMUM: u64 = 10;

/// An eNPS that may be shown, as far as statistics go.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Enps {
    /// The score, −100 to 100, with its interval.
    pub score: Estimate,
    /// How many chose 9 or 10.
    pub promoters: u64,
    /// How many chose 7 or 8.
    pub passives: u64,
    /// How many chose 0 to 6.
    pub detractors: u64,
}

/// Why an eNPS is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnpsNotShown {
    /// Fewer than [`ENPS_MINIMUM`] answered.
    #[error("an eNPS needs at least {ENPS_MINIMUM} answers")]
    TooFew,
    /// The counts are not those of eleven options.
    #[error("an eNPS is computed from the scores 0 to 10")]
    OtherScale,
}

/// The score and its parts, unless fewer than [`ENPS_MINIMUM`] answered.
///
/// # Errors
/// [`EnpsNotShown::TooFew`].
pub fn enps(promoters: u64, passives: u64, detractors: u64, confidence: Confidence) -> Result<Enps, EnpsNotShown> {
    let n = promoters.saturating_add(passives).saturating_add(detractors);
    match net_score(promoters, passives, detractors, confidence) {
        Some(score) if n >= ENPS_MINIMUM => Ok(Enps { score, promoters, passives, detractors }),
        _ => Err(EnpsNotShown::TooFew),
    }
}

/// The score alone, however few answered: for further computation, not for display.
///
/// The interval is the adjusted Wald interval: three quarters of an answer are added to the promoters and to the
/// detractors and one and a half to the passives, n' = n + 3, p' = (P + ¾)/n', d' = (D + ¾)/n',
/// p' − d' ± z·√((p' + d' − (p' − d')²)/n'), in hundredths. It is centred a little nearer to 0 than the score, and
/// kept within −100 to 100; should it miss the score (low confidence levels only), it is widened to reach it.
///
/// `None` when nobody answered (or the counts overflow).
pub fn net_score(promoters: u64, passives: u64, detractors: u64, confidence: Confidence) -> Option<Estimate> {
    let n = promoters.checked_add(passives)?.checked_add(detractors)?;
    if n == 0 {
        return None;
    }
    let (p, d) = (promoters as f64, detractors as f64);
    let value = 100.0 * (p - d) / n as f64;
    let adjusted = n as f64 + 3.0;
    let (p, d) = ((p + 0.75) / adjusted, (d + 0.75) / adjusted);
    let centre = p - d;
    let margin = confidence.z() * ((p + d - centre * centre).max(0.0) / adjusted).sqrt();
    Some(Estimate {
        value,
        low: (100.0 * (centre - margin)).max(-100.0).min(value),
        high: (100.0 * (centre + margin)).min(100.0).max(value),
        confidence: confidence.level(),
        method: IntervalMethod::AdjustedWald,
    })
}

impl Distribution {
    /// The eNPS of these counts, which must be those of the scores 0 to 10.
    ///
    /// # Errors
    /// When the counts are of another scale, or fewer than [`ENPS_MINIMUM`] answered.
    pub fn enps(&self, confidence: Confidence) -> Result<Enps, EnpsNotShown> {
        if self.counts.len() != 11 {
            return Err(EnpsNotShown::OtherScale);
        }
        // The bands of eleven points are those of eNPS; nobody at all is too few as well.
        let (promoters, passives, detractors) = self.favourability(false).ok_or(EnpsNotShown::TooFew)?.counts();
        enps(promoters, passives, detractors, confidence)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The vectors of the product rules, with the decimals given there.
    #[test]
    fn scores_agree_with_the_reference() {
        for (promoters, passives, detractors, value, low, high, tolerance) in [
            (45, 35, 20, 25.0, 9.48, 39.06, 0.005),
            (8, 6, 6, 10.0, -24.7, 42.1, 0.05),
            (5, 0, 0, 100.0, 17.5, 100.0, 0.05),
        ] {
            let found = net_score(promoters, passives, detractors, Confidence::P95).unwrap();
            assert_eq!(found.value, value);
            assert!((found.low - low).abs() <= tolerance && (found.high - high).abs() <= tolerance, "{found:?}");
            assert_eq!(found.method, IntervalMethod::AdjustedWald);
        }
        assert_eq!(net_score(0, 0, 0, Confidence::P95), None);
    }

    #[test]
    fn a_score_of_few_is_not_shown() {
        assert_eq!(enps(5, 0, 0, Confidence::P95), Err(EnpsNotShown::TooFew));
        assert_eq!(enps(3, 3, 3, Confidence::P95), Err(EnpsNotShown::TooFew));
        assert_eq!(enps(0, 0, 0, Confidence::P95), Err(EnpsNotShown::TooFew));
        assert_eq!(enps(4, 3, 3, Confidence::P95).unwrap().score.value, 10.0);
        assert_eq!(enps(u64::MAX, 1, 0, Confidence::P95), Err(EnpsNotShown::TooFew));
    }

    #[test]
    fn scores_come_from_counts() {
        let counts = vec![1, 1, 0, 0, 2, 1, 1, 2, 4, 5, 3];
        let found = Distribution { counts, skipped: 9 }.enps(Confidence::P95).unwrap();
        assert_eq!((found.promoters, found.passives, found.detractors), (8, 6, 6));
        assert_eq!(found.score, net_score(8, 6, 6, Confidence::P95).unwrap());
        let counts = |counts| Distribution { counts, skipped: 0 }.enps(Confidence::P95);
        assert_eq!(counts(vec![9; 5]), Err(EnpsNotShown::OtherScale));
        assert_eq!(counts(vec![0; 11]), Err(EnpsNotShown::TooFew));
    }

    proptest! {
        #[test]
        fn bounds_hold_their_value(p in 0_u64..500, a in 0_u64..500, d in 0_u64..500, level in 0.5..=0.9999) {
            prop_assume!(p + a + d > 0);
            let found = net_score(p, a, d, Confidence::new(level).unwrap()).unwrap();
            prop_assert!(-100.0 <= found.low && found.low <= found.value);
            prop_assert!(found.value <= found.high && found.high <= 100.0);
        }
    }
}

//! Favourable, neutral and unfavourable: which points of a scale count as which.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{Confidence, Estimate, wilson};

/// How many points a scale may have.
pub const SCALE_POINTS: RangeInclusive<u8> = 2..=11;

/// The points of a scale that count as unfavourable, neutral and favourable; together they cover 1 to `points`.
///
/// An empty band is an empty range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    /// The lowest points.
    pub unfavourable: RangeInclusive<u32>,
    /// The points between.
    pub neutral: RangeInclusive<u32>,
    /// The highest points.
    pub favourable: RangeInclusive<u32>,
}

/// The bands of a scale of 2 to 11 points, 1 being the lowest; `None` for any other.
///
/// Up to seven points, people read a scale as agreement around a middle: everything above the middle is favourable,
/// everything below it unfavourable, and the middle point, which only odd scales have, is neutral. So the top two of
/// five and the top three of seven are favourable, and even scales have no neutral answers.
/// From eight points on, people read it as a mark out of ten: the top two points are favourable, the two below them
/// neutral, all others unfavourable. So on eleven points the scores 9–10 are favourable, 7–8 neutral, 0–6 unfavourable,
/// which are the bands of eNPS.
///
/// | points | unfavourable | neutral | favourable |
/// |---|---|---|---|
/// | 2 | 1 | – | 2 |
/// | 3 | 1 | 2 | 3 |
/// | 4 | 1–2 | – | 3–4 |
/// | 5 | 1–2 | 3 | 4–5 |
/// | 6 | 1–3 | – | 4–6 |
/// | 7 | 1–3 | 4 | 5–7 |
/// | 8 | 1–4 | 5–6 | 7–8 |
/// | 9 | 1–5 | 6–7 | 8–9 |
/// | 10 | 1–6 | 7–8 | 9–10 |
/// | 11 | 1–7 | 8–9 | 10–11 |
pub fn bands(points: u8) -> Option<Bands> {
    if !SCALE_POINTS.contains(&points) {
        return None;
    }
    let points = u32::from(points);
    let (lowest, highest) = if points <= 7 { (points / 2, points / 2) } else { (points - 4, 2) };
    Some(Bands {
        unfavourable: 1..=lowest,
        neutral: lowest + 1..=points - highest,
        favourable: points - highest + 1..=points,
    })
}

/// How many answers were favourable, neutral and unfavourable; at least one in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Counts", into = "Counts")]
pub struct Favourability {
    counts: Counts,
    n: u64,
}

/// The stored form: counts alone, so that nothing can contradict them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    favourable: u64,
    neutral: u64,
    unfavourable: u64,
}

impl Favourability {
    /// From the three counts; `None` when they are all zero (or overflow).
    pub fn new(favourable: u64, neutral: u64, unfavourable: u64) -> Option<Self> {
        let n = favourable.checked_add(neutral)?.checked_add(unfavourable)?;
        (n > 0).then_some(Self { counts: Counts { favourable, neutral, unfavourable }, n })
    }

    /// How many answered.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// The share of favourable answers, 0 to 1.
    pub fn favourable(&self) -> f64 {
        self.share(self.counts.favourable)
    }

    /// The share of neutral answers, 0 to 1.
    pub fn neutral(&self) -> f64 {
        self.share(self.counts.neutral)
    }

    /// The share of unfavourable answers, 0 to 1.
    pub fn unfavourable(&self) -> f64 {
        self.share(self.counts.unfavourable)
    }

    /// How many answers were favourable, neutral and unfavourable.
    pub const fn counts(&self) -> (u64, u64, u64) {
        (self.counts.favourable, self.counts.neutral, self.counts.unfavourable)
    }

    /// The share of favourable answers with its Wilson interval.
    pub fn estimate(&self, confidence: Confidence) -> Option<Estimate> {
        wilson(self.counts.favourable, self.n, confidence)
    }

    fn share(&self, count: u64) -> f64 {
        count as f64 / self.n as f64
    }
}

impl TryFrom<Counts> for Favourability {
    type Error = &'static str;

    fn try_from(counts: Counts) -> Result<Self, Self::Error> {
        Self::new(counts.favourable, counts.neutral, counts.unfavourable).ok_or("favourability of no answers")
    }
}

impl From<Favourability> for Counts {
    fn from(favourability: Favourability) -> Self {
        favourability.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Distribution;

    #[test]
    fn every_scale_has_its_bands() {
        // Each scale spelt out by hand, point 1 first.
        for letters in ["uf", "unf", "uuff", "uunff", "uuufff", "uuunfff", "uuuunnff", "uuuuunnff", "uuuuuunnff"]
            .into_iter()
            .chain(["uuuuuuunnff"])
        {
            let bands = bands(u8::try_from(letters.len()).unwrap()).unwrap();
            for (point, letter) in (1..).zip(letters.chars()) {
                let found = [
                    (bands.unfavourable.contains(&point), 'u'),
                    (bands.neutral.contains(&point), 'n'),
                    (bands.favourable.contains(&point), 'f'),
                ];
                let found: String = found.iter().filter(|(within, _)| *within).map(|(_, letter)| letter).collect();
                assert_eq!(found, letter.to_string(), "{point} of {}", letters.len());
            }
        }
        for points in [0, 1, 12, 255] {
            assert_eq!(bands(points), None);
        }
    }

    #[test]
    fn reversed_scales_are_turned_first() {
        let favourability = |counts: &[u32], reversed| {
            Distribution { counts: counts.to_vec(), skipped: 0 }.favourability(reversed).unwrap().counts()
        };
        assert_eq!(favourability(&[1, 2, 4, 8, 16], false), (24, 4, 3));
        assert_eq!(favourability(&[1, 2, 4, 8, 16], true), (3, 4, 24));
        let eleven = [1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 4];
        assert_eq!(favourability(&eleven, false), (4, 2, 1));
        // Turned, the answers stand at 11, 4 and 1.
        assert_eq!(favourability(&eleven, true), (1, 0, 6));
    }

    #[test]
    fn shares_come_with_their_interval() {
        let favourability = Favourability::new(42, 8, 10).unwrap();
        assert_eq!(favourability.n(), 60);
        assert_eq!((favourability.favourable(), favourability.unfavourable()), (0.7, 1.0 / 6.0));
        let estimate = favourability.estimate(Confidence::P95).unwrap();
        assert!((estimate.low - 0.574_912_920_531).abs() < 1e-9);
        assert_eq!(Favourability::new(0, 0, 0), None);
        assert_eq!(Favourability::new(u64::MAX, 1, 0), None);
        let json = serde_json::to_string(&favourability).unwrap();
        assert_eq!(json, r#"{"favourable":42,"neutral":8,"unfavourable":10}"#);
        assert_eq!(serde_json::from_str::<Favourability>(&json).unwrap(), favourability);
        assert!(serde_json::from_str::<Favourability>(r#"{"favourable":0,"neutral":0,"unfavourable":0}"#).is_err());
    }
}

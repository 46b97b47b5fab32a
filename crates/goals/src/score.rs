//! Closing a goal: the score from 0 to 1, in hundredths.

use crate::Progress;

/// How a score reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScoreHealth {
    /// Below 0.6: less was reached than a good goal lets expect.
    Low,
    /// 0.6 to 0.8: ambitious and well worked on.
    Healthy,
    /// Above 0.8: reached, perhaps because it was set low.
    High,
}

/// The score suggested for a goal that came so far: its progress, rounded to hundredths.
pub const fn suggested_score(progress: Progress) -> i32 {
    (progress.ppm() + 5_000) / 10_000
}

/// How a score in hundredths reads.
pub const fn health(score: i32) -> ScoreHealth {
    match score {
        ..60 => ScoreHealth::Low,
        60..=80 => ScoreHealth::Healthy,
        _ => ScoreHealth::High,
    }
}

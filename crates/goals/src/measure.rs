//! The measure of a key result: how it is read, and what of it is refused.

use crate::{HEAVIEST, KeyResultKind, Progress, weighted_mean};

/// Values lie between this and its negative, in thousandths: a billion of whatever is counted, to three decimals.
pub const LARGEST_VALUE: i64 = 1_000_000_000_000_000;
/// A key result has at most this many milestones.
pub const MOST_MILESTONES: usize = 20;

/// What a key result is measured by, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// A number, in thousandths. The target may lie below the start: then less is better.
    Metric {
        /// Where it began.
        start: i64,
        /// Where it is to arrive.
        target: i64,
        /// Where it is.
        current: i64,
    },
    /// Done, or not.
    Binary {
        /// Whether it is done.
        done: bool,
    },
    /// Steps on the way.
    Milestones(Vec<Milestone>),
}

/// One step on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// What is reached.
    pub title: String,
    /// How much it counts beside the others.
    pub weight: i32,
    /// Whether it is reached.
    pub done: bool,
}

/// Why a measure is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeasureProblem {
    /// There is nothing to be done.
    #[error("the target equals the start, so there is nothing to reach")]
    TargetIsStart,
    /// A value is too large to be kept.
    #[error("values lie between minus and plus 1,000,000,000,000")]
    TooLarge,
    /// There are no milestones, or too many.
    #[error("1 to 20 milestones")]
    MilestoneCount,
    /// A milestone's weight is not accepted.
    #[error("weights are 0 to 100")]
    Weight,
    /// No milestone counts.
    #[error("at least one milestone needs a weight above 0")]
    NoWeight,
}

impl Measure {
    /// Its kind.
    pub const fn kind(&self) -> KeyResultKind {
        match self {
            Self::Metric { .. } => KeyResultKind::Metric,
            Self::Binary { .. } => KeyResultKind::Binary,
            Self::Milestones(_) => KeyResultKind::Milestones,
        }
    }

    /// Whether it can be told how far it has come.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), MeasureProblem> {
        match self {
            Self::Metric { start, target, current } => {
                if [start, target, current].iter().any(|value| value.unsigned_abs() > LARGEST_VALUE.unsigned_abs()) {
                    return Err(MeasureProblem::TooLarge);
                }
                if start == target { Err(MeasureProblem::TargetIsStart) } else { Ok(()) }
            }
            Self::Binary { .. } => Ok(()),
            Self::Milestones(steps) => {
                if steps.is_empty() || steps.len() > MOST_MILESTONES {
                    return Err(MeasureProblem::MilestoneCount);
                }
                if steps.iter().any(|step| !(0..=HEAVIEST).contains(&step.weight)) {
                    return Err(MeasureProblem::Weight);
                }
                if steps.iter().all(|step| step.weight == 0) { Err(MeasureProblem::NoWeight) } else { Ok(()) }
            }
        }
    }

    /// How far it has come: for a metric (current − start) ÷ (target − start), whichever of them is larger; for
    /// milestones the weight of those reached; never below nothing nor above done.
    pub fn progress(&self) -> Progress {
        match self {
            Self::Metric { start, target, current } => {
                let (mut span, mut gone) =
                    (i128::from(*target) - i128::from(*start), i128::from(*current) - i128::from(*start));
                if span < 0 {
                    (span, gone) = (-span, -gone);
                }
                if span == 0 || gone <= 0 {
                    return Progress::NOTHING;
                }
                let ppm = (2 * gone.min(span) * 1_000_000 + span) / (2 * span);
                Progress::from_ppm(i64::try_from(ppm).unwrap_or(i64::MAX))
            }
            Self::Binary { done: true } => Progress::DONE,
            Self::Binary { done: false } => Progress::NOTHING,
            Self::Milestones(steps) => {
                let terms =
                    steps.iter().map(|step| (step.weight, if step.done { Progress::DONE } else { Progress::NOTHING }));
                weighted_mean(terms).unwrap_or_default()
            }
        }
    }

    /// The same measure back at its start.
    #[must_use]
    pub fn reset(&self) -> Self {
        match self {
            Self::Metric { start, target, .. } => Self::Metric { start: *start, target: *target, current: *start },
            Self::Binary { .. } => Self::Binary { done: false },
            Self::Milestones(steps) => {
                Self::Milestones(steps.iter().map(|step| Milestone { done: false, ..step.clone() }).collect())
            }
        }
    }
}

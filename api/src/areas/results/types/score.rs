//! One cell of the results: a released score with its uncertainty, or why there is none.

use async_graphql::{Enum, ID, Object, SimpleObject, Union};
use hearten_disclosure::SuppressionReason as Reason;
use hearten_measure::{Confidence, Distribution, EnpsNotShown, Estimate, shown};
use hearten_survey::QuestionKind;

/// Why something is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SuppressionReason {
    /// Fewer people than the minimum group.
    BelowMinimum,
    /// Together with what is shown elsewhere it would say something of fewer people than the minimum group.
    Complementary,
    /// Everybody, or everybody but one, answered alike: see `atLeast`; or so alike that showing it would give single
    /// answers away.
    Unanimous,
    /// The group was not part of what this publication could show.
    NotInPlan,
}

impl From<Reason> for SuppressionReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::BelowMinimum => Self::BelowMinimum,
            Reason::Complementary => Self::Complementary,
            Reason::Unanimous => Self::Unanimous,
            Reason::NotInPlan => Self::NotInPlan,
        }
    }
}

/// How an interval was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "IntervalMethod", remote = "hearten_measure::IntervalMethod")]
pub enum IntervalMethodName {
    /// Wilson's score interval, for shares.
    Wilson,
    /// The adjusted Wald interval, for eNPS.
    AdjustedWald,
    /// Student's t, for means.
    Student,
    /// Newcombe's interval, for differences of shares.
    Newcombe,
}

/// A number with its uncertainty.
#[derive(Debug, Clone, SimpleObject)]
pub struct EstimateStats {
    /// The number itself.
    value: f64,
    /// The lower end of its interval.
    low: f64,
    /// The upper end of its interval.
    high: f64,
    /// The confidence of the interval: 0.95.
    confidence: f64,
    /// How the interval was computed.
    method: IntervalMethodName,
}

impl From<Estimate> for EstimateStats {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            confidence: estimate.confidence,
            method: estimate.method.into(),
        }
    }
}

/// How many chose one option.
#[derive(Debug, Clone, SimpleObject)]
pub struct OptionSharePoint {
    /// The option: the point of a scale from 1, or the eNPS score from 0.
    option: i32,
    /// How many people chose it.
    count: u32,
    /// Their share of those who answered, in per cent with one decimal.
    percent: f64,
}

/// The employee Net Promoter Score of a group.
#[derive(Debug, Clone, SimpleObject)]
pub struct EnpsStats {
    /// The score, -100 to 100, with its interval.
    score: EstimateStats,
    /// How many answered 9 or 10.
    promoters: i32,
    /// How many answered 7 or 8.
    passives: i32,
    /// How many answered 0 to 6.
    detractors: i32,
}

/// One cell of the results: a number, or why there is none.
#[derive(Union)]
pub enum Score {
    /// Shown.
    ReleasedScore(ReleasedScore),
    /// Not shown.
    Suppressed(Suppressed),
}

/// Something that is not shown, and why.
#[derive(Debug, Clone, SimpleObject)]
pub struct Suppressed {
    /// An id for caches: the publication, the cut and the question.
    pub(super) id: ID,
    /// Why it is not shown.
    pub(super) reason: SuppressionReason,
    /// The fewest people a shown group has.
    pub(super) minimum_group: u32,
    /// Where nearly everybody answered alike: what at least all but one chose.
    pub(super) at_least: Option<UnanimityInfo>,
}

/// "At least n - 1 of n chose this."
#[derive(Debug, Clone, SimpleObject)]
pub struct UnanimityInfo {
    /// The option; null for "skipped".
    pub(super) option: Option<i32>,
    /// At least so many chose it.
    pub(super) at_least: u32,
    /// Of so many.
    pub(super) of: u32,
}

/// One released cell: a group's answers to a question.
pub struct ReleasedScore {
    pub(super) id: ID,
    pub(super) kind: QuestionKind,
    pub(super) distribution: Distribution,
}

impl ReleasedScore {
    fn is_enps(&self) -> bool {
        matches!(self.kind, QuestionKind::Enps)
    }
}

/// One released cell: a group's answers to a question. Shares are in per cent; reversed scales are turned first.
#[Object]
impl ReleasedScore {
    /// An id for caches: the publication, the cut and the question.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// How many people answered the question.
    async fn n(&self) -> i32 {
        i32::try_from(self.distribution.n()).unwrap_or(i32::MAX)
    }

    /// How many people of the group skipped it.
    async fn skipped(&self) -> u32 {
        self.distribution.skipped
    }

    /// The favourable share with its interval; null where nobody answered.
    async fn favourable(&self) -> Option<EstimateStats> {
        let found = self.distribution.favourability(self.kind.is_reversed())?;
        Some(found.estimate(Confidence::P95)?.in_percent().into())
    }

    /// The neutral share; null where nobody answered.
    async fn neutral(&self) -> Option<f64> {
        Some(shown::percent(self.distribution.favourability(self.kind.is_reversed())?.neutral()))
    }

    /// The unfavourable share; null where nobody answered.
    async fn unfavourable(&self) -> Option<f64> {
        Some(shown::percent(self.distribution.favourability(self.kind.is_reversed())?.unfavourable()))
    }

    /// The mean point of the scale (for eNPS, of the scores from 0), two decimals; null where nobody answered.
    async fn mean(&self) -> Option<f64> {
        let mean = self.distribution.mean(self.kind.is_reversed())?;
        Some(shown::mean(if self.is_enps() { mean - 1.0 } else { mean }))
    }

    /// The mean with its interval by Student's t; null where fewer than two answered or all answered alike.
    async fn mean_interval(&self) -> Option<EstimateStats> {
        let mut estimate = self.distribution.mean_estimate(self.kind.is_reversed(), Confidence::P95)?;
        if self.is_enps() {
            estimate = Estimate {
                value: estimate.value - 1.0,
                low: estimate.low - 1.0,
                high: estimate.high - 1.0,
                ..estimate
            };
        }
        Some(estimate.as_mean().into())
    }

    /// How many chose each option, as answered.
    async fn distribution(&self) -> Vec<OptionSharePoint> {
        let shares = self.distribution.shares().unwrap_or_else(|| vec![0.0; self.distribution.counts.len()]);
        let from = i32::from(!self.is_enps());
        (from..)
            .zip(self.distribution.counts.iter().zip(shares))
            .map(|(option, (count, share))| OptionSharePoint { option, count: *count, percent: shown::percent(share) })
            .collect()
    }

    /// The eNPS; null for other questions, and below 10 answers, where it says nothing.
    async fn enps(&self) -> Option<EnpsStats> {
        if !self.is_enps() {
            return None;
        }
        match self.distribution.enps(Confidence::P95) {
            Ok(found) => {
                let count = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
                let score = Estimate {
                    value: shown::score(found.score.value),
                    low: shown::score(found.score.low),
                    high: shown::score(found.score.high),
                    ..found.score
                };
                Some(EnpsStats {
                    score: score.into(),
                    promoters: count(found.promoters),
                    passives: count(found.passives),
                    detractors: count(found.detractors),
                })
            }
            Err(EnpsNotShown::TooFew | EnpsNotShown::OtherScale) => None,
        }
    }
}

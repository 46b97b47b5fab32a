//! Turnover and survival as the schema shows them.

use async_graphql::{Enum, SimpleObject, Union};

use super::{
    super::{
        service::{NoCurve, Shown},
        span::Span,
        survival::Point,
        turnover::{self, Exits, Withheld},
    },
    count,
};
use crate::{areas::results::types::SuppressionReason, graphql::scalars::Date};

/// How a rate of turnover is computed.
const FORMULA: &str = "leavers / average headcount; the average is the mean of the headcounts on the first day of each \
                       month of the span and on the day after its end";

/// How many people of a group left in a span, or why that is not shown.
#[derive(Union)]
pub enum Turnover {
    /// It is shown.
    Figures(TurnoverFigures),
    /// It is not.
    Hidden(TurnoverHidden),
}

/// How many people of a group left in a span. Employees and contractors count, each in the team they were in on the day.
#[derive(SimpleObject)]
pub struct TurnoverFigures {
    /// The first day of the span.
    from: Date,
    /// The day after its last one.
    until: Date,
    /// How many left: their last day lies in the span.
    leavers: i32,
    /// How many people there were, on average.
    average_headcount: f64,
    /// The share that left in the span; null where nobody was there. It can exceed 1.
    rate: Option<f64>,
    /// The same for a year: the rate times twelve, by the months of the span.
    annual_rate: Option<f64>,
    /// How the rate is computed.
    formula: &'static str,
    /// The leavers by reason, or why they are not told apart.
    by_reason: TurnoverReasons,
}

/// Turnover that is not shown, so that nobody is recognised in it.
#[derive(SimpleObject)]
pub struct TurnoverHidden {
    /// Why.
    reason: SuppressionReason,
    /// The smallest group that is shown.
    minimum_group: i32,
}

/// Leavers by reason, or why they are not told apart.
#[derive(Union)]
pub enum TurnoverReasons {
    /// They are.
    Counts(TurnoverByReason),
    /// They are not.
    Hidden(TurnoverReasonsHidden),
}

/// Leavers by reason.
#[derive(SimpleObject)]
pub struct TurnoverByReason {
    /// Those who decided so themselves.
    voluntary: i32,
    /// Those the organization decided about.
    involuntary: i32,
    /// Retired, at the end of a contract, for another reason, or for one nobody recorded.
    other: i32,
    /// The share of the average headcount that left by own decision.
    voluntary_rate: Option<f64>,
    /// The share that left by the organization's.
    involuntary_rate: Option<f64>,
}

/// Why leavers are not told apart by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TurnoverReasonsHiddenReason {
    /// The span is not made of whole calendar years.
    NotWholeYears,
    /// In one of its years fewer left than the minimum.
    BelowMinimum,
    /// Together with what is shown of other teams, it would tell of fewer leavers than the minimum.
    Complementary,
}

/// Leavers are not told apart by reason, so that nobody's is told.
#[derive(SimpleObject)]
pub struct TurnoverReasonsHidden {
    /// Why.
    reason: TurnoverReasonsHiddenReason,
    /// The fewest leavers of a year that are told apart.
    minimum_leavers: i32,
}

impl From<Result<Shown, hearten_disclosure::SuppressionReason>> for Turnover {
    fn from(found: Result<Shown, hearten_disclosure::SuppressionReason>) -> Self {
        match found {
            Ok(shown) => Self::Figures(figures(&shown)),
            Err(reason) => {
                Self::Hidden(TurnoverHidden { reason: reason.into(), minimum_group: count(turnover::MINIMUM) })
            }
        }
    }
}

/// How long the people of a group stay, or why that is not shown.
#[derive(Union)]
pub enum Survival {
    /// It is shown.
    Curve(SurvivalCurve),
    /// It is not.
    Hidden(SurvivalHidden),
}

/// How long the people of a group stay, by Kaplan and Meier, with nobody counted before leavers were on record. Leaving by
/// own decision counts; who left otherwise is counted until then.
#[derive(SimpleObject)]
pub struct SurvivalCurve {
    /// The first day of the years it was seen in.
    from: Date,
    /// The day after their last one: a calendar year that has begun is in none.
    until: Date,
    /// The share that stays so long, a point a year of service, up to ten and as far as at least five people were seen in
    /// the year.
    points: Vec<SurvivalPoint>,
}

/// The share of people who stay so many years.
#[derive(SimpleObject)]
pub struct SurvivalPoint {
    /// Years of service.
    years: i32,
    /// The share that is still here then.
    share: f64,
    /// The lower bound of the share, with a confidence of 95 per cent (Greenwood, log-log).
    low: f64,
    /// The upper bound.
    high: f64,
}

/// Why a survival curve is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SurvivalHiddenReason {
    /// No whole calendar year with its leavers is on record yet.
    NoWholeYear,
    /// Fewer than twenty people, or in one of the years fewer than five leavers.
    BelowMinimum,
    /// Together with what is shown of other teams, it would tell of fewer than that.
    Complementary,
}

/// A survival curve that is not shown, so that nobody is recognised in it.
#[derive(SimpleObject)]
pub struct SurvivalHidden {
    /// Why.
    reason: SurvivalHiddenReason,
}

impl From<Result<(Span, Vec<Point>), NoCurve>> for Survival {
    fn from(found: Result<(Span, Vec<Point>), NoCurve>) -> Self {
        use hearten_disclosure::SuppressionReason as Plan;
        let (span, points) = match found {
            Ok(found) => found,
            Err(why) => {
                let reason = match why {
                    NoCurve::NoWholeYear => SurvivalHiddenReason::NoWholeYear,
                    NoCurve::Plan(Plan::BelowMinimum | Plan::NotInPlan) => SurvivalHiddenReason::BelowMinimum,
                    NoCurve::Plan(Plan::Complementary | Plan::Unanimous) => SurvivalHiddenReason::Complementary,
                };
                return Self::Hidden(SurvivalHidden { reason });
            }
        };
        let point = |point: Point| SurvivalPoint {
            years: i32::try_from(point.years).unwrap_or(i32::MAX),
            share: point.share,
            low: point.low,
            high: point.high,
        };
        let points = points.into_iter().map(point).collect();
        Self::Curve(SurvivalCurve { from: Date(span.from), until: Date(span.until), points })
    }
}

fn figures(shown: &Shown) -> TurnoverFigures {
    let rate = share(shown.leavers, shown.average_headcount);
    TurnoverFigures {
        from: Date(shown.span.from),
        until: Date(shown.span.until),
        leavers: count(shown.leavers),
        average_headcount: shown.average_headcount,
        rate,
        annual_rate: rate.map(|rate| rate * 12.0 / shown.span.months() as f64),
        formula: FORMULA,
        by_reason: reasons(shown.exits, shown.average_headcount),
    }
}

fn reasons(exits: Result<Exits, Withheld>, average_headcount: f64) -> TurnoverReasons {
    match exits {
        Ok(exits) => TurnoverReasons::Counts(TurnoverByReason {
            voluntary: count(exits.voluntary),
            involuntary: count(exits.involuntary),
            other: count(exits.other),
            voluntary_rate: share(exits.voluntary, average_headcount),
            involuntary_rate: share(exits.involuntary, average_headcount),
        }),
        Err(withheld) => {
            use hearten_disclosure::SuppressionReason as Plan;
            let reason = match withheld {
                Withheld::NotWholeYears => TurnoverReasonsHiddenReason::NotWholeYears,
                Withheld::Plan(Plan::BelowMinimum | Plan::NotInPlan) => TurnoverReasonsHiddenReason::BelowMinimum,
                Withheld::Plan(Plan::Complementary | Plan::Unanimous) => TurnoverReasonsHiddenReason::Complementary,
            };
            let minimum_leavers = count(turnover::MINIMUM_LEAVERS);
            TurnoverReasons::Hidden(TurnoverReasonsHidden { reason, minimum_leavers })
        }
    }
}

fn share(part: usize, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part as f64 / whole)
}

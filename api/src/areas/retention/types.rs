//! Retention as the schema shows it.

use async_graphql::{Enum, SimpleObject, Union};

use super::{
    service::Shown,
    turnover::{self, Exits, Withheld},
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

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

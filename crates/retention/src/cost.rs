//! What turnover costs, as far as assumptions tell. The result is a range, and the assumptions belong beside it.

use serde::{Deserialize, Serialize};

/// What a leaver is assumed to cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostAssumptions {
    /// Cost of replacing one person, in yearly salaries; above 0, at most [`LARGEST_MULTIPLIER`].
    pub multiplier: f64,
    /// Where that comes from; shown with every amount.
    pub source: String,
}

/// The most yearly salaries a leaver may be assumed to cost.
pub const LARGEST_MULTIPLIER: f64 = 10.0;

impl Default for CostAssumptions {
    /// A fifth of a yearly salary. The case studies it rests on spread widely, and executives cost much more.
    fn default() -> Self {
        let source = "Boushey and Glynn (2012), There Are Significant Business Costs to Replacing Employees, Center for \
                      American Progress: about a fifth of a yearly salary, the median of case studies";
        Self { multiplier: 0.2, source: source.to_owned() }
    }
}

/// Persons whose yearly salaries lie in one band, in the smallest unit of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalaryBand {
    /// The lowest yearly salary of the band.
    pub low: u64,
    /// The highest.
    pub high: u64,
    /// How many persons: leavers for a cost, everybody for a point of retention.
    pub persons: u64,
}

/// An amount as a range, in the smallest unit of the currency, rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// With every salary at the low end of its band.
    pub low: u64,
    /// With every salary at the high end.
    pub high: u64,
}

/// Why there is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CostProblem {
    /// The multiplier is not above 0 and at most [`LARGEST_MULTIPLIER`], or has no source.
    #[error("an assumption needs a multiplier above 0 and a source")]
    Assumptions,
    /// A band whose high end lies below its low end.
    #[error("a salary band ends below its beginning")]
    Band,
    /// More than an integer holds exactly.
    #[error("the amounts are too large")]
    TooLarge,
}

/// What leavers cost: Σ leavers × salary × multiplier, at either end of their bands.
///
/// # Errors
/// See [`CostProblem`].
pub fn turnover_cost(leavers: &[SalaryBand], assumptions: &CostAssumptions) -> Result<Cost, CostProblem> {
    amount(leavers, assumptions, 1.0)
}

/// What one point of retention is worth in a year: what it saves if one person in a hundred more stays, in every band alike.
///
/// # Errors
/// See [`CostProblem`].
pub fn one_point_of_retention(everybody: &[SalaryBand], assumptions: &CostAssumptions) -> Result<Cost, CostProblem> {
    amount(everybody, assumptions, 0.01)
}

fn amount(bands: &[SalaryBand], assumptions: &CostAssumptions, share: f64) -> Result<Cost, CostProblem> {
    let within = assumptions.multiplier > 0.0 && assumptions.multiplier <= LARGEST_MULTIPLIER;
    if !within || assumptions.source.trim().is_empty() {
        return Err(CostProblem::Assumptions);
    }
    if bands.iter().any(|band| band.high < band.low) {
        return Err(CostProblem::Band);
    }
    let sum = |salary: fn(&SalaryBand) -> u64| {
        let salaries: f64 = bands.iter().map(|band| band.persons as f64 * salary(band) as f64).sum();
        let cost = (salaries * assumptions.multiplier * share).round();
        // A double holds whole numbers exactly up to here.
        if cost < 9_007_199_254_740_992.0 { Ok(cost as u64) } else { Err(CostProblem::TooLarge) }
    };
    Ok(Cost { low: sum(|band| band.low)?, high: sum(|band| band.high)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_follow_the_formula() {
        let bands = [
            SalaryBand { low: 4_000_000, high: 5_000_000, persons: 10 },
            SalaryBand { low: 8_000_000, high: 10_000_000, persons: 2 },
        ];
        let assumed = CostAssumptions { multiplier: 0.5, source: "agreed with finance in March".to_owned() };
        assert_eq!(turnover_cost(&bands, &assumed), Ok(Cost { low: 28_000_000, high: 35_000_000 }));
        assert_eq!(one_point_of_retention(&bands, &assumed), Ok(Cost { low: 280_000, high: 350_000 }));
        assert_eq!(turnover_cost(&[], &CostAssumptions::default()), Ok(Cost { low: 0, high: 0 }));
    }

    #[test]
    fn assumptions_must_be_stated() {
        let refused = |multiplier: f64, source: &str| {
            turnover_cost(&[], &CostAssumptions { multiplier, source: source.to_owned() }).unwrap_err()
        };
        assert_eq!(refused(f64::NAN, "said"), CostProblem::Assumptions);
        assert_eq!(refused(0.0, "said"), CostProblem::Assumptions);
        assert_eq!(refused(10.1, "said"), CostProblem::Assumptions);
        assert_eq!(refused(0.2, "  "), CostProblem::Assumptions);
        let band = SalaryBand { low: 2, high: 1, persons: 1 };
        assert_eq!(turnover_cost(&[band], &CostAssumptions::default()), Err(CostProblem::Band));
        let band = SalaryBand { low: 1, high: u64::MAX, persons: u64::MAX };
        assert_eq!(turnover_cost(&[band], &CostAssumptions::default()), Err(CostProblem::TooLarge));
    }
}

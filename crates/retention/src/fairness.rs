//! Whether scores fall on groups of people alike: for tests only.
//!
//! A [`FairnessAttribute`] names what groups are made of. It is no input of the model, and nothing makes a
//! [`Feature`](crate::Feature) of it:
//!
//! ```compile_fail
//! let feature: hearten_retention::Feature = hearten_retention::FairnessAttribute::Gender.into();
//! ```
//!
//! ```compile_fail
//! let row = hearten_retention::FeatureRow::new(|feature| match feature {
//!     hearten_retention::Feature::Gender => Some(1.0),
//!     _ => None,
//! });
//! ```

use serde::{Deserialize, Serialize};

use crate::SMALLEST_GROUP;

/// What groups are made of in a fairness test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FairnessAttribute {
    /// Gender.
    Gender,
    /// Bands of age.
    Age,
    /// Marital or family status.
    FamilyStatus,
    /// Ethnic origin.
    EthnicOrigin,
    /// Nationality.
    Nationality,
    /// Religion or belief.
    Religion,
    /// Disability.
    Disability,
    /// Full or part time.
    WorkingTime,
}

/// A group's selection rate below this share of the highest one is an adverse sign (the four-fifths rule: Uniform
/// Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D).
pub const FOUR_FIFTHS: f64 = 0.8;

/// How scores fall on one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairnessGroup {
    /// What it is called.
    pub name: String,
    /// How many persons.
    pub persons: usize,
    /// How many were marked as at risk.
    pub selected: usize,
    /// How many left.
    pub leavers: usize,
    /// Selected, as a share of the persons.
    pub selection_rate: f64,
    /// That share against the highest of any group; 1 for the highest.
    pub selection_ratio: f64,
    /// Fisher's exact p, two-sided, of the group against all others.
    pub p: f64,
    /// Of those who left, the share that had been selected; `None` where nobody left.
    pub true_positive_rate: Option<f64>,
    /// Of those who stayed, the share that had been selected; `None` where nobody stayed.
    pub false_positive_rate: Option<f64>,
    /// The sum of the risks: how many were expected to leave. Against `leavers` this is calibration within the group.
    pub expected: f64,
}

/// How scores fall on all groups of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fairness {
    /// What the groups are made of.
    pub attribute: FairnessAttribute,
    /// The groups of at least 20 persons, in the order of their names.
    pub groups: Vec<FairnessGroup>,
    /// How many groups were too small to be tested.
    pub too_small: usize,
}

impl Fairness {
    /// The lowest selection ratio; `None` with fewer than two groups.
    #[must_use]
    pub fn selection_ratio(&self) -> Option<f64> {
        let ratios = self.groups.iter().map(|group| group.selection_ratio);
        (self.groups.len() > 1).then(|| ratios.fold(f64::INFINITY, f64::min))
    }

    /// Whether the lowest selection ratio keeps to the four-fifths rule.
    #[must_use]
    pub fn keeps_four_fifths(&self) -> Option<bool> {
        self.selection_ratio().map(|ratio| ratio >= FOUR_FIFTHS)
    }

    /// The largest difference of true positive rates between two groups.
    #[must_use]
    pub fn true_positive_gap(&self) -> Option<f64> {
        gap(self.groups.iter().filter_map(|group| group.true_positive_rate))
    }

    /// The largest difference of false positive rates between two groups.
    #[must_use]
    pub fn false_positive_gap(&self) -> Option<f64> {
        gap(self.groups.iter().filter_map(|group| group.false_positive_rate))
    }
}

fn gap(rates: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut least, mut most, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0);
    for rate in rates {
        (least, most, count) = (least.min(rate), most.max(rate), count + 1);
    }
    (count > 1).then_some(most - least)
}

/// One person of a fairness test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested<'a> {
    /// The group.
    pub group: &'a str,
    /// The risk the model gave, between 0 and 1.
    pub risk: f64,
    /// Whether the person was marked as at risk.
    pub selected: bool,
    /// Whether the person left.
    pub left: bool,
}

/// How scores fall on the groups of an attribute. `None` where a risk is no probability.
#[must_use]
pub fn fairness(attribute: FairnessAttribute, tested: &[Tested<'_>]) -> Option<Fairness> {
    if !tested.iter().all(|one| (0.0..=1.0).contains(&one.risk)) {
        return None;
    }
    let mut by_group: Vec<&Tested<'_>> = tested.iter().collect();
    by_group.sort_by(|one, other| one.group.cmp(other.group));
    let all_selected = tested.iter().filter(|one| one.selected).count();
    let mut found = Fairness { attribute, groups: Vec::new(), too_small: 0 };
    for members in by_group.chunk_by(|one, other| one.group == other.group) {
        if members.len() < SMALLEST_GROUP {
            found.too_small += 1;
            continue;
        }
        let count = |which: &dyn Fn(&Tested<'_>) -> bool| members.iter().filter(|one| which(one)).count();
        let (persons, selected, leavers) = (members.len(), count(&|one| one.selected), count(&|one| one.left));
        let rate = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        let others = (all_selected - selected, tested.len() - persons - (all_selected - selected));
        found.groups.push(FairnessGroup {
            name: members[0].group.to_owned(),
            persons,
            selected,
            leavers,
            selection_rate: selected as f64 / persons as f64,
            selection_ratio: 1.0,
            p: fisher([[selected, persons - selected], [others.0, others.1]]),
            true_positive_rate: rate(count(&|one| one.left && one.selected), leavers),
            false_positive_rate: rate(count(&|one| !one.left && one.selected), persons - leavers),
            expected: members.iter().map(|one| one.risk).sum(),
        });
    }
    let highest = found.groups.iter().map(|group| group.selection_rate).fold(0.0, f64::max);
    for group in found.groups.iter_mut().filter(|_| highest > 0.0) {
        group.selection_ratio = group.selection_rate / highest;
    }
    Some(found)
}

/// Marks those with the highest risks: as many as `share` of all, rounded, and earlier ones first among equals.
#[must_use]
pub fn highest(risks: &[f64], share: f64) -> Vec<bool> {
    let wanted = (share.clamp(0.0, 1.0) * risks.len() as f64).round() as usize;
    let mut order: Vec<usize> = (0..risks.len()).collect();
    order.sort_by(|one, other| risks[*other].total_cmp(&risks[*one]));
    let mut marked = vec![false; risks.len()];
    for at in order.into_iter().take(wanted) {
        marked[at] = true;
    }
    marked
}

/// Fisher's exact test of a two-by-two table, two-sided: the chance, the margins being as they are, of a table no more
/// likely than this one (Fisher 1935; as R's `fisher.test`). 1 where a margin is empty.
#[must_use]
pub fn fisher(table: [[usize; 2]; 2]) -> f64 {
    let [[a, b], [c, d]] = table.map(|row| row.map(|count| count as u64));
    let (first, second, column) = (a.saturating_add(b), c.saturating_add(d), a.saturating_add(c));
    let ln_chance = |at: u64| {
        ln_binomial(first, at) + ln_binomial(second, column - at) - ln_binomial(first.saturating_add(second), column)
    };
    let own = ln_chance(a);
    // Tables as likely as this one must not be lost to rounding.
    let sum: f64 = (column.saturating_sub(second)..=first.min(column))
        .map(ln_chance)
        .filter(|other| *other <= own + 1e-7)
        .map(f64::exp)
        .sum();
    sum.min(1.0)
}

/// ln of how many ways there are to choose k of n.
fn ln_binomial(n: u64, k: u64) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// ln n!: multiplied out below 20, where it is exact, and by Stirling's series beyond, where the first term left out is
/// below 10⁻¹² (Abramowitz and Stegun 6.1.41).
fn ln_factorial(n: u64) -> f64 {
    if n < 20 {
        return ((1..=n).product::<u64>() as f64).ln();
    }
    let x = n as f64;
    let series = 1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - 1.0 / (1_680.0 * x * x)) / (x * x)) / (x * x);
    x * x.ln() - x + 0.5 * (std::f64::consts::TAU * x).ln() + series / x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values from the examples of R's `fisher.test`.
    #[test]
    fn fisher_agrees_with_the_reference() {
        for (table, p) in [
            ([[3, 1], [1, 3]], 0.485_714_285_714),
            ([[2, 10], [15, 3]], 0.000_536_724_119_143),
            ([[0, 0], [4, 3]], 1.0),
            ([[5, 0], [0, 5]], 2.0 / 252.0),
            // The likeliest table of its margins: all tables together are certain.
            ([[500, 500], [500, 500]], 1.0),
            ([[40_000, 20_000], [20_000, 10_000]], 1.0),
        ] {
            assert!((fisher(table) - p).abs() < 1e-9, "{table:?}: {}", fisher(table));
        }
    }

    #[test]
    fn factorials_meet_where_the_series_begins() {
        for n in [20_u32, 21, 25, 100] {
            let summed: f64 = (1..=n).map(|factor| f64::from(factor).ln()).sum();
            assert!((ln_factorial(u64::from(n)) - summed).abs() < 1e-11 * summed.max(1.0), "{n}");
        }
        assert_eq!((ln_factorial(0), ln_factorial(1)), (0.0, 0.0));
    }

    #[test]
    fn groups_are_compared_with_the_most_selected() {
        let person = |at: usize| Tested {
            group: ["few", "many", "tiny"][if at < 40 { 0 } else { 1 + usize::from(at >= 140) }],
            risk: 0.25,
            selected: at.is_multiple_of(if at < 40 { 8 } else { 4 }),
            left: at.is_multiple_of(5),
        };
        let tested: Vec<Tested<'_>> = (0..150).map(person).collect();
        let found = fairness(FairnessAttribute::Age, &tested).unwrap();
        assert_eq!((found.groups.len(), found.too_small), (2, 1));
        let few = &found.groups[0];
        assert_eq!((few.persons, few.selected, few.leavers), (40, 5, 8));
        assert!((few.selection_ratio - 0.5).abs() < 1e-12 && (few.expected - 10.0).abs() < 1e-12);
        assert_eq!(found.keeps_four_fifths(), Some(false));
        // Of the eight leavers 0, 5, …, 35, only 0 is selected; of the 32 others 8, 16, 24 and 32.
        assert_eq!((few.true_positive_rate, few.false_positive_rate), (Some(1.0 / 8.0), Some(4.0 / 32.0)));
        assert!(few.p > 0.05 && few.p < 1.0);
        assert_eq!(fairness(FairnessAttribute::Age, &[Tested { risk: f64::NAN, ..tested[0] }]), None);
    }

    #[test]
    fn the_highest_are_marked() {
        assert_eq!(highest(&[0.1, 0.5, 0.5, 0.3], 0.5), [false, true, true, false]);
        assert_eq!(highest(&[0.5, 0.5, 0.5], 0.34), [true, false, false]);
        assert_eq!(highest(&[], 0.5), Vec::<bool>::new());
    }
}

//! What is expected: what, how much, in which unit, by when, and how urgent it is.

use chrono::NaiveDate;

use crate::names::named_values;

named_values! {
    /// What the amount counts. The first three are time, and count against somebody's capacity; the others are numbers.
    Unit {
        /// Minutes of work.
        Minutes = "MINUTES",
        /// Hours of work.
        Hours = "HOURS",
        /// Days of work, of eight hours each.
        Days = "DAYS",
        /// Things.
        Items = "ITEMS",
        /// Occasions.
        Times = "TIMES",
    }
}

impl Unit {
    /// The minutes one of it takes; none where it is no time.
    pub const fn minutes(self) -> Option<u32> {
        match self {
            Self::Minutes => Some(1),
            Self::Hours => Some(60),
            Self::Days => Some(8 * 60),
            Self::Items | Self::Times => None,
        }
    }
}

named_values! {
    /// How urgent it is, the least first.
    Urgency {
        /// Whenever it fits.
        Low = "LOW",
        /// In its turn.
        Normal = "NORMAL",
        /// Before other work.
        High = "HIGH",
        /// Before everything else.
        Critical = "CRITICAL",
    }
}

impl Urgency {
    /// Its rank, from 1 for the least: sorts as it should.
    pub const fn rank(self) -> i32 {
        match self {
            Self::Low => 1,
            Self::Normal => 2,
            Self::High => 3,
            Self::Critical => 4,
        }
    }

    /// The urgency of a rank.
    pub fn of_rank(rank: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|urgency| urgency.rank() == rank)
    }
}

/// What both sides agree on, or are still talking about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What is to be done.
    pub what: String,
    /// How much of it, from 1.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
    /// The last day on which it is in time.
    pub due: NaiveDate,
}

impl Terms {
    /// The work it is, in minutes; none where its unit is no time.
    pub fn minutes(&self) -> Option<u64> {
        self.unit.minutes().map(|minutes| u64::from(minutes) * u64::from(self.amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_converts_and_numbers_do_not() {
        let terms = |amount, unit| Terms { what: "x".to_owned(), amount, unit, due: NaiveDate::MIN };
        assert_eq!(terms(90, Unit::Minutes).minutes(), Some(90));
        assert_eq!(terms(3, Unit::Hours).minutes(), Some(180));
        assert_eq!(terms(2, Unit::Days).minutes(), Some(960));
        assert_eq!(terms(u32::MAX, Unit::Days).minutes(), Some(u64::from(u32::MAX) * 480));
        assert_eq!(terms(7, Unit::Items).minutes(), None);
        assert_eq!(terms(7, Unit::Times).minutes(), None);
    }

    #[test]
    fn one_spelling_and_one_rank_each() {
        for urgency in Urgency::ALL {
            assert_eq!(urgency.as_str().parse::<Urgency>(), Ok(*urgency));
            assert_eq!(Urgency::of_rank(urgency.rank()), Some(*urgency));
        }
        assert_eq!(Urgency::of_rank(0), None);
        assert!(Urgency::ALL.windows(2).all(|pair| pair[0].rank() < pair[1].rank()));
        for unit in Unit::ALL {
            assert_eq!(unit.as_str().parse::<Unit>(), Ok(*unit));
        }
        assert!("hours".parse::<Unit>().is_err());
    }
}

//! Spells: from when until when somebody was under observation, and the months of service they were at risk in.
//!
//! Month m of service runs from m − 1 to m months after joining, and the first is 1. A spell says in which months somebody
//! could have been seen leaving. Months before records began are not exposure (left truncation): whoever left in them is
//! not in the records, so counting those who stayed would make everybody look safe. Leaving of another kind, or still
//! being here, ends a spell without an event (censoring).

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// No spell is longer; a hundred years.
pub const MOST_MONTHS: u32 = 1_200;

/// Months `entry_month + 1` to `exit_month` of service, and whether the person left of their own accord in the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spell {
    entry_month: u32,
    exit_month: u32,
    left: bool,
}

/// Why something is no spell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpellProblem {
    /// It ends before it begins.
    #[error("the spell ends in month {exit}, before it begins after month {entry}")]
    ExitBeforeEntry {
        /// Months served at entry.
        entry: u32,
        /// The last month.
        exit: u32,
    },
    /// Not one whole month under observation.
    #[error("not one month lies in the time that is on record")]
    NoExposure,
    /// More than [`MOST_MONTHS`].
    #[error("a spell of {months} months is longer than anybody serves")]
    TooLong {
        /// The last month.
        months: u32,
    },
}

impl Spell {
    /// A spell that begins after `entry_month` months of service (0: from the first day) and ends with `exit_month`.
    ///
    /// # Errors
    /// See [`SpellProblem`].
    pub fn new(entry_month: u32, exit_month: u32, left: bool) -> Result<Self, SpellProblem> {
        if exit_month < entry_month {
            Err(SpellProblem::ExitBeforeEntry { entry: entry_month, exit: exit_month })
        } else if exit_month == entry_month {
            Err(SpellProblem::NoExposure)
        } else if exit_month > MOST_MONTHS {
            Err(SpellProblem::TooLong { months: exit_month })
        } else {
            Ok(Self { entry_month, exit_month, left })
        }
    }

    /// A spell from dates: joined on `hired`, on record from `records_from`, and either left of their own accord on
    /// `until` or last seen here on it. A month that began before the records is not counted, and neither is the unfinished
    /// month of somebody still here.
    ///
    /// # Errors
    /// See [`SpellProblem`].
    pub fn between(
        hired: NaiveDate,
        records_from: NaiveDate,
        until: NaiveDate,
        left: bool,
    ) -> Result<Self, SpellProblem> {
        if until < hired {
            return Err(SpellProblem::ExitBeforeEntry { entry: 0, exit: 0 });
        }
        let (served, _) = months_between(hired, until);
        let entry = match months_between(hired, records_from.max(hired)) {
            (months, true) => months,
            (months, false) => months + 1,
        };
        let exit = if left { served + 1 } else { served };
        if exit < entry && records_from <= until { Err(SpellProblem::NoExposure) } else { Self::new(entry, exit, left) }
    }

    /// Months served when the spell begins.
    #[must_use]
    pub const fn entry_month(&self) -> u32 {
        self.entry_month
    }

    /// The last month of service in the spell.
    #[must_use]
    pub const fn exit_month(&self) -> u32 {
        self.exit_month
    }

    /// Whether the person left of their own accord in the last month.
    #[must_use]
    pub const fn left(&self) -> bool {
        self.left
    }

    /// The months of service at risk, each with whether the person left in it.
    pub fn months(&self) -> impl ExactSizeIterator<Item = (u32, bool)> + use<> {
        let Self { entry_month, exit_month, left } = *self;
        (0..exit_month - entry_month).map(move |step| {
            let month = entry_month + step + 1;
            (month, left && month == exit_month)
        })
    }
}

/// Whole months from one day to a later one, and whether they are exact to the day. A month from the 31st ends with the
/// last day of a shorter month.
fn months_between(from: NaiveDate, to: NaiveDate) -> (u32, bool) {
    let whole = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32;
    let last_of_month = to.succ_opt().is_none_or(|next| next.month() != to.month());
    let due = if last_of_month { from.day().min(to.day()) } else { from.day() };
    let complete = to.day() >= due;
    (u32::try_from(whole - i32::from(!complete)).unwrap_or(0), to.day() == due)
}

/// How months of service are told apart: each stratum has its own intercept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strata {
    /// All months alike.
    Single,
    /// Each of the first so many months for itself; later ones count with the last.
    Months(u8),
    /// The bands of [`TENURE_BANDS`].
    Tenure,
}

/// The tenure bands: their first months of service. The last band is open.
pub const TENURE_BANDS: [u32; 9] = [1, 4, 7, 13, 19, 25, 37, 49, 73];

impl Strata {
    /// How many strata there are; at least one.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Single | Self::Months(0) => 1,
            Self::Months(months) => months as usize,
            Self::Tenure => TENURE_BANDS.len(),
        }
    }

    /// The stratum of a month of service; the first month is 1.
    #[must_use]
    pub fn of_month(self, month: u32) -> usize {
        match self {
            Self::Single => 0,
            Self::Months(months) => month.clamp(1, u32::from(months.max(1))) as usize - 1,
            Self::Tenure => TENURE_BANDS.partition_point(|first| *first <= month.max(1)) - 1,
        }
    }

    /// What a stratum is called: its months of service.
    #[must_use]
    pub fn name(self, stratum: usize) -> String {
        match self {
            Self::Single => "all".to_owned(),
            Self::Months(_) => format!("{}", stratum + 1),
            Self::Tenure => match (TENURE_BANDS.get(stratum), TENURE_BANDS.get(stratum + 1)) {
                (Some(first), Some(next)) => format!("{first}–{}", next - 1),
                (Some(first), None) => format!("{first}+"),
                _ => String::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn bands_are_those_of_the_design() {
        let names: Vec<String> = (0..9).map(|band| Strata::Tenure.name(band)).collect();
        assert_eq!(names, ["1–3", "4–6", "7–12", "13–18", "19–24", "25–36", "37–48", "49–72", "73+"]);
        for (month, band) in
            [(0, 0), (1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (12, 2), (13, 3), (48, 6), (49, 7), (72, 7)]
        {
            assert_eq!(Strata::Tenure.of_month(month), band, "{month}");
        }
        assert_eq!(Strata::Tenure.of_month(73), 8);
        assert_eq!(Strata::Tenure.of_month(u32::MAX), 8);
        assert_eq!((Strata::Months(12).of_month(0), Strata::Months(12).of_month(99)), (0, 11));
        assert_eq!((Strata::Months(0).of_month(7), Strata::Months(0).count()), (0, 1));
    }

    #[test]
    fn a_spell_says_which_months_were_at_risk() {
        let spell = Spell::new(2, 5, true).unwrap();
        assert_eq!(spell.months().collect::<Vec<_>>(), [(3, false), (4, false), (5, true)]);
        assert!(Spell::new(0, 3, false).unwrap().months().all(|(_, left)| !left));
        assert_eq!(Spell::new(5, 4, true), Err(SpellProblem::ExitBeforeEntry { entry: 5, exit: 4 }));
        assert_eq!(Spell::new(5, 5, true), Err(SpellProblem::NoExposure));
        assert_eq!(Spell::new(0, MOST_MONTHS + 1, true), Err(SpellProblem::TooLong { months: MOST_MONTHS + 1 }));
    }

    #[test]
    fn dates_become_months() {
        let spell = |hired, records, until, left| Spell::between(day(hired), day(records), day(until), left);
        // Left in the third month; records reach back far enough.
        assert_eq!(spell("2025-01-15", "2020-01-01", "2025-03-20", true), Spell::new(0, 3, true));
        // Still here after two months and some days: the unfinished month says nothing yet.
        assert_eq!(spell("2025-01-15", "2020-01-01", "2025-03-20", false), Spell::new(0, 2, false));
        // Records began in the middle of the second month, which is therefore not counted.
        assert_eq!(spell("2025-01-15", "2025-03-01", "2025-06-15", false), Spell::new(2, 5, false));
        assert_eq!(spell("2025-01-15", "2025-03-15", "2025-06-15", false), Spell::new(2, 5, false));
        assert_eq!(spell("2025-01-15", "2025-03-01", "2025-03-10", true), Err(SpellProblem::NoExposure));
        assert_eq!(spell("2025-01-15", "2025-03-01", "2025-02-10", true).map_err(|_| ()), Err(()));
        assert!(matches!(
            spell("2025-01-15", "2020-01-01", "2025-01-14", true),
            Err(SpellProblem::ExitBeforeEntry { .. })
        ));
        // Ends of months.
        assert_eq!(spell("2025-01-31", "2020-01-01", "2025-02-28", false), Spell::new(0, 1, false));
        assert_eq!(spell("2025-01-31", "2020-01-01", "2025-02-27", false), Err(SpellProblem::NoExposure));
        assert_eq!(spell("2024-02-29", "2020-01-01", "2025-02-28", false), Spell::new(0, 12, false));
    }
}

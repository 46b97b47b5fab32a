//! Spans of whole months that are over.

use chrono::{Datelike, Months, NaiveDate};

use crate::graphql::error::Exception;

/// The longest span, in months.
pub const MOST_MONTHS: usize = 60;

/// Whole months, from the first day of one to the first day of another, which is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last one.
    pub until: NaiveDate,
}

/// The first day of the month of a day.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The first day so many months before or, below zero, after that of `month`.
pub fn months_before(month: NaiveDate, months: i32) -> NaiveDate {
    let by = Months::new(months.unsigned_abs());
    let moved = if months >= 0 { month.checked_sub_months(by) } else { month.checked_add_months(by) };
    moved.unwrap_or(month)
}

impl Span {
    /// The span between two days, which must both begin a month; nothing of it may lie ahead.
    ///
    /// # Errors
    /// BAD_USER_INPUT that says what is accepted.
    pub fn over(from: NaiveDate, until: NaiveDate, today: NaiveDate) -> Result<Self, Exception> {
        if from.day() != 1 || until.day() != 1 {
            return Err(Exception::bad_input("from, until: the first day of a month, each"));
        }
        if until > month_of(today) {
            return Err(Exception::bad_input(format!(
                "until: not after {}, when the last month was over",
                month_of(today)
            )));
        }
        let span = Self { from, until };
        if from >= until || span.months() > MOST_MONTHS {
            return Err(Exception::bad_input(format!("from: 1 to {MOST_MONTHS} months before until")));
        }
        Ok(span)
    }

    /// How many months it has.
    pub fn months(self) -> usize {
        let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month());
        usize::try_from(months(self.until) - months(self.from)).unwrap_or_default()
    }

    /// The first days of its months, and the day after its end.
    pub fn marks(self) -> Vec<NaiveDate> {
        let count = i32::try_from(self.months()).unwrap_or_default();
        (0..=count).map(|month| months_before(self.from, -month)).collect()
    }

    /// Whether a day lies in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.from..self.until).contains(&day)
    }

    /// The calendar years it is made of; none where it is not made of whole ones.
    pub fn years(self) -> Option<Vec<i32>> {
        let begins_year = |day: NaiveDate| day.month() == 1;
        (begins_year(self.from) && begins_year(self.until)).then(|| (self.from.year()..self.until.year()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn over(from: &str, until: &str) -> Option<Span> {
        Span::over(day(from), day(until), day("2026-11-23")).ok()
    }

    #[test]
    fn spans_are_whole_months_that_are_over() {
        assert_eq!(over("2025-11-01", "2026-11-01").map(Span::months), Some(12));
        assert!(over("2025-11-02", "2026-11-01").is_none() && over("2025-11-01", "2026-10-31").is_none());
        assert!(over("2025-12-01", "2026-12-01").is_none());
        assert!(over("2026-11-01", "2026-11-01").is_none() && over("2026-11-01", "2026-10-01").is_none());
        assert!(over("2021-11-01", "2026-11-01").is_some() && over("2021-10-01", "2026-11-01").is_none());
    }

    #[test]
    fn marks_and_years_of_a_span() {
        let span = over("2025-12-01", "2026-02-01").unwrap();
        assert_eq!(span.marks(), [day("2025-12-01"), day("2026-01-01"), day("2026-02-01")]);
        assert!(span.contains(day("2026-01-31")) && !span.contains(day("2026-02-01")));
        assert_eq!(span.years(), None);
        assert_eq!(over("2024-01-01", "2026-01-01").unwrap().years(), Some(vec![2024, 2025]));
        assert_eq!(over("2024-01-01", "2026-02-01").unwrap().years(), None);
    }
}

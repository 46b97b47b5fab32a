//! Person-months: each month somebody was at risk in, with what was known before it and whether they left in it.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use hearten_ids::PersonId;
use hearten_retention::{Design, DesignProblem, FeatureRow, SLOPES_FROM, backtest::PersonMonth};

use crate::areas::retention::{
    features::{Frozen, whole_months},
    span::{month_of, months_before},
    stays::{Exit, Stay},
};

/// A month as a number, so that the next month is the next number.
pub fn number_of(month: NaiveDate) -> u32 {
    u32::try_from(month.year() * 12 + month.month0() as i32).unwrap_or_default()
}

/// What happened until a month began.
#[derive(Debug, Default)]
pub struct History {
    /// Months with what was known before them: those that were frozen.
    pub known: Vec<PersonMonth>,
    /// Months from before, of which the directory alone tells who was here and who left.
    pub earlier: Vec<PersonMonth>,
}

impl History {
    /// The months before `month`, from `records_from` on. The running month is not over, so it tells nothing yet.
    pub fn of(stays: &[Stay], frozen: &[Frozen], records_from: NaiveDate, month: NaiveDate) -> Self {
        let mut known: HashMap<PersonId, Vec<&Frozen>> = HashMap::new();
        for row in frozen.iter().filter(|row| row.month < month) {
            known.entry(row.person).or_default().push(row);
        }
        let first_known = frozen.iter().map(|row| row.month).min().unwrap_or(month).min(month);
        // A month that began before leavers were on record is not counted.
        let first = if records_from.day() == 1 { records_from } else { months_before(month_of(records_from), -1) };
        let mut history = Self::default();
        for (person, stay) in (0..).zip(stays) {
            let at_risk = |day: NaiveDate, month: NaiveDate, row: FeatureRow| at_risk(person, stay, (day, month), row);
            let mut earlier = first;
            while earlier < first_known {
                history.earlier.extend(at_risk(earlier, earlier, FeatureRow::default()));
                earlier = months_before(earlier, -1);
            }
            let rows = known.get(&stay.person).map_or(&[] as &[&Frozen], Vec::as_slice);
            history.known.extend(rows.iter().filter_map(|row| at_risk(row.as_of, row.month, row.row)));
        }
        // Months that are left out are the oldest ones.
        history.earlier.sort_by_key(|month| std::cmp::Reverse(month.calendar));
        history
    }

    /// The months a model may learn from before a calendar month. Own slopes are learned from what was known, so as soon
    /// as there are leavers enough of whom something was, nothing else is taken. Before that, the level is learned also
    /// from months of which only the directory tells, as far back as that makes no more leavers than a level needs.
    pub fn months_before(&self, calendar: u32) -> Vec<&PersonMonth> {
        let mut months: Vec<&PersonMonth> = self.known.iter().filter(|month| month.calendar < calendar).collect();
        let mut leavers = months.iter().filter(|month| month.left).count();
        if leavers >= SLOPES_FROM as usize {
            return months;
        }
        let earlier: Vec<&PersonMonth> = self.earlier.iter().filter(|month| month.calendar < calendar).collect();
        for of_month in earlier.chunk_by(|one, other| one.calendar == other.calendar) {
            leavers += of_month.iter().filter(|month| month.left).count();
            if leavers >= SLOPES_FROM as usize {
                break;
            }
            months.extend(of_month);
        }
        months
    }
}

/// The design of these months.
///
/// # Errors
/// A month that no design takes.
pub fn design<'a>(months: impl IntoIterator<Item = &'a PersonMonth>) -> Result<Design, DesignProblem> {
    let mut design = Design::of_features();
    for month in months {
        design.push_month(month.service, &month.row, month.left)?;
    }
    Ok(design)
}

/// A month from a day in it on, if the person was at risk then. Whose first day nobody knows has served nobody knows how
/// long, and is left out.
fn at_risk(person: u64, stay: &Stay, (day, month): (NaiveDate, NaiveDate), row: FeatureRow) -> Option<PersonMonth> {
    let hired = stay.from?;
    if !stay.covers(day) {
        return None;
    }
    let next = months_before(month, -1);
    let left = stay.exit.is_some_and(|(last, exit)| last < next && exit == Exit::Voluntary);
    Some(PersonMonth { person, calendar: number_of(month), service: whole_months(hired, day) + 1, row, left })
}

#[cfg(test)]
mod tests {
    use hearten_retention::Feature;
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stay(n: u128, exit: Option<(&str, Exit)>) -> Stay {
        let exit = exit.map(|(on, exit)| (day(on), exit));
        Stay::new(PersonId(Uuid::from_u128(n)), Some(day("2024-01-15")), exit, None)
    }

    fn frozen(n: u128, month: &str, as_of: &str) -> Frozen {
        let row = FeatureRow::new(|feature| (feature == Feature::OpenGoals).then_some(3.0)).unwrap();
        Frozen { person: PersonId(Uuid::from_u128(n)), month: day(month), as_of: day(as_of), row }
    }

    #[test]
    fn months_are_those_people_were_here_in() {
        let stays =
            [stay(1, None), stay(2, Some(("2026-03-10", Exit::Voluntary))), stay(3, Some(("2026-03-10", Exit::Other)))];
        let rows: Vec<Frozen> = ["2026-02", "2026-03"]
            .iter()
            .flat_map(|month| (1..=3).map(move |n| frozen(n, &format!("{month}-01"), &format!("{month}-01"))))
            .chain([frozen(1, "2026-04-01", "2026-04-03")])
            .collect();
        let history = History::of(&stays, &rows, day("2025-12-05"), day("2026-04-01"));
        // Three people in February and March. April is not over.
        assert_eq!(history.known.len(), 6);
        let left: Vec<(u64, u32)> =
            history.known.iter().filter(|month| month.left).map(|month| (month.person, month.calendar)).collect();
        assert_eq!(left, [(1, number_of(day("2026-03-01")))]);
        // Twenty-four months on the fifteenth of January: the twenty-fifth began then.
        assert_eq!(history.known[0].service, 25);
        // January, of which only the directory tells; December began before leavers were on record.
        assert_eq!(history.earlier.len(), 3);
        assert!(history.earlier.iter().all(|month| month.calendar == number_of(day("2026-01-01")) && !month.left));
        assert_eq!(history.months_before(number_of(day("2026-03-01"))).len(), 6);
        assert_eq!(history.months_before(number_of(day("2026-04-01"))).len(), 9);
    }

    #[test]
    fn slopes_are_learned_from_what_was_known() {
        let leaver = |n: u64, calendar: u32| PersonMonth {
            person: n,
            calendar,
            service: 7,
            row: FeatureRow::default(),
            left: true,
        };
        let earlier: Vec<PersonMonth> = (0..30).map(|n| leaver(n, 90 - u32::try_from(n).unwrap())).collect();
        let few = History { known: (0..12).map(|n| leaver(n, 100)).collect(), earlier: earlier.clone() };
        // Nineteen leavers: the seven newest of the others.
        assert_eq!(few.months_before(101).len(), 19);
        let many = History { known: (0..20).map(|n| leaver(n, 100)).collect(), earlier };
        assert_eq!(many.months_before(101).len(), 20);
    }
}

//! What open expectations add up to, week by week, against the time somebody has.
//!
//! Work counts in the week in which it is due. What is overdue is still to be done, so it counts in the first week. A
//! proposal nobody has accepted is shown beside the load and is no part of it; what was reported as done is neither.

use chrono::{Datelike, Days, NaiveDate};

/// One open expectation, as far as it is work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// Minutes of work; none where its unit is no time.
    pub minutes: Option<u64>,
    /// Whether it was accepted; else it is still talked about.
    pub accepted: bool,
}

/// Work of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Minutes, of what is measured in time.
    pub minutes: u64,
    /// How many expectations are measured in time.
    pub timed: u32,
    /// How many are not.
    pub counted: u32,
}

impl Load {
    fn add(&mut self, work: &Work) {
        match work.minutes {
            Some(minutes) => {
                self.minutes = self.minutes.saturating_add(minutes);
                self.timed += 1;
            }
            None => self.counted += 1,
        }
    }

    /// How many expectations it is.
    pub const fn expectations(&self) -> u32 {
        self.timed + self.counted
    }

    /// The share of a capacity it takes, in basis points; none of no capacity.
    pub fn basis_points(&self, capacity: u32) -> Option<u64> {
        (capacity > 0).then(|| self.minutes.saturating_mul(10_000) / u64::from(capacity))
    }
}

/// A week and what is due in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: NaiveDate,
    /// What was accepted.
    pub accepted: Load,
    /// What is proposed.
    pub proposed: Load,
}

impl Week {
    /// Whether more was accepted than there is time for.
    pub fn is_overloaded(&self, capacity: u32) -> bool {
        self.accepted.minutes > u64::from(capacity)
    }
}

/// What somebody has before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The weeks from this one on.
    pub weeks: Vec<Week>,
    /// What was accepted for later weeks.
    pub later: Load,
    /// How many accepted expectations are overdue.
    pub overdue: u32,
}

/// The Monday of a day's week.
pub fn week_of(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// Adds work up over `weeks` weeks from that of `today` on.
pub fn workload(work: &[Work], today: NaiveDate, weeks: usize) -> Workload {
    let first = week_of(today);
    let monday = |at: usize| first.checked_add_days(Days::new(7 * at as u64)).unwrap_or(first);
    let mut load = Workload {
        weeks: (0..weeks)
            .map(|at| Week { monday: monday(at), accepted: Load::default(), proposed: Load::default() })
            .collect(),
        later: Load::default(),
        overdue: 0,
    };
    for one in work {
        if one.accepted && one.due < today {
            load.overdue += 1;
        }
        let ahead = week_of(one.due).signed_duration_since(first).num_days().max(0) / 7;
        match load.weeks.get_mut(usize::try_from(ahead).unwrap_or(usize::MAX)) {
            Some(week) if one.accepted => week.accepted.add(one),
            Some(week) => week.proposed.add(one),
            None if one.accepted => load.later.add(one),
            None => {}
        }
    }
    load
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_begin_on_mondays() {
        for (of, monday) in [("2026-11-23", "2026-11-23"), ("2026-11-29", "2026-11-23"), ("2027-01-01", "2026-12-28")] {
            assert_eq!(week_of(day(of)), day(monday));
        }
    }

    #[test]
    fn work_counts_in_the_week_it_is_due() {
        let work = |due, minutes, accepted| Work { due: day(due), minutes, accepted };
        let all = [
            work("2026-11-20", Some(600), true),
            work("2026-11-27", Some(2_400), true),
            work("2026-11-27", None, true),
            work("2026-11-30", Some(480), false),
            work("2026-12-20", Some(60), true),
        ];
        let load = workload(&all, day("2026-11-25"), 2);
        assert_eq!(load.overdue, 1);
        assert_eq!(load.weeks[0].accepted, Load { minutes: 3_000, timed: 2, counted: 1 });
        assert!(load.weeks[0].is_overloaded(2_400) && !load.weeks[0].is_overloaded(3_000));
        assert_eq!(load.weeks[0].accepted.basis_points(2_400), Some(12_500));
        assert_eq!(load.weeks[0].accepted.basis_points(0), None);
        assert_eq!(load.weeks[1].monday, day("2026-11-30"));
        assert_eq!((load.weeks[1].accepted, load.weeks[1].proposed.minutes), (Load::default(), 480));
        assert_eq!(load.later.minutes, 60);
    }

    proptest! {
        /// Nothing that was accepted is lost, and nothing is counted twice.
        #[test]
        fn all_accepted_work_is_somewhere(
            work in proptest::collection::vec((-400_i64..400, proptest::option::of(0_u64..100_000), any::<bool>()), 0..40),
            weeks in 0_usize..30,
        ) {
            let today = day("2026-11-25");
            let work: Vec<Work> = work
                .into_iter()
                .map(|(days, minutes, accepted)| Work { due: today + chrono::TimeDelta::days(days), minutes, accepted })
                .collect();
            let load = workload(&work, today, weeks);
            let shown: u64 = load.weeks.iter().map(|week| week.accepted.minutes).sum::<u64>() + load.later.minutes;
            let accepted = work.iter().filter(|one| one.accepted);
            prop_assert_eq!(shown, accepted.clone().filter_map(|one| one.minutes).sum::<u64>());
            let count: u32 = load.weeks.iter().map(|week| week.accepted.expectations()).sum::<u32>() + load.later.expectations();
            prop_assert_eq!(count as usize, accepted.count());
        }
    }
}

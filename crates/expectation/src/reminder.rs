//! When somebody is reminded of what they accepted.

use chrono::NaiveDate;

/// The stage of the last reminder.
pub const LAST_STAGE: i32 = 3;

/// How many of the reminders are due: 1 from three days before on, 2 from the day before, 3 on the day itself and after.
///
/// Whoever was away while several fell due gets only the latest: a stage that is passed is not made up for.
pub fn reminder_stage(today: NaiveDate, due: NaiveDate) -> i32 {
    match due.signed_duration_since(today).num_days() {
        ..=0 => LAST_STAGE,
        1 => 2,
        2 | 3 => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_days_one_day_and_the_day_itself() {
        let due = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let stages: Vec<i32> = (-1..=5).map(|days| reminder_stage(due - chrono::TimeDelta::days(days), due)).collect();
        assert_eq!(stages, [3, 3, 2, 1, 1, 0, 0]);
    }
}

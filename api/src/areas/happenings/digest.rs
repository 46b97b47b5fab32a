//! The digest: when it is due.

use chrono::{DateTime, Datelike, Days, NaiveTime, Utc, Weekday};

use super::types::DigestCadence;

/// Digests leave at this hour, UTC.
const HOUR: u32 = 6;

/// When the first digest after `moment` is due; None without digests.
pub fn next_after(cadence: DigestCadence, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = NaiveTime::from_hms_opt(HOUR, 0, 0)?;
    let wanted = |day: Weekday| match cadence {
        DigestCadence::None => false,
        DigestCadence::Daily => day.number_from_monday() <= 5,
        DigestCadence::Weekly => day == Weekday::Mon,
    };
    (0..=7)
        .filter_map(|ahead| moment.date_naive().checked_add_days(Days::new(ahead)))
        .map(|day| day.and_time(at).and_utc())
        .find(|due| *due > moment && wanted(due.weekday()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_come_on_working_days_or_mondays() {
        let next = |cadence, moment: &str| {
            next_after(cadence, moment.parse().unwrap()).map(|due| due.format("%a %d %H").to_string())
        };
        // 2026-11-23 is a Monday.
        assert_eq!(next(DigestCadence::None, "2026-11-23T05:00:00Z"), None);
        assert_eq!(next(DigestCadence::Daily, "2026-11-23T05:00:00Z").unwrap(), "Mon 23 06");
        assert_eq!(next(DigestCadence::Daily, "2026-11-23T06:00:00Z").unwrap(), "Tue 24 06");
        assert_eq!(next(DigestCadence::Daily, "2026-11-27T12:00:00Z").unwrap(), "Mon 30 06");
        assert_eq!(next(DigestCadence::Weekly, "2026-11-23T06:00:00Z").unwrap(), "Mon 30 06");
        assert_eq!(next(DigestCadence::Weekly, "2026-11-23T05:59:00Z").unwrap(), "Mon 23 06");
    }
}

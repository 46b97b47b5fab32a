//! Service time: when an answer is due, and when a request that got none climbs.

use chrono::{DateTime, TimeDelta, Utc};

/// The longest service time: ninety days.
pub const LONGEST_SERVICE_HOURS: i32 = 90 * 24;
/// How many days after it was answered, declined or fulfilled a request can be reopened.
pub const REOPENING_DAYS: i64 = 14;

/// The clock of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceTime {
    /// When the clock began: at opening, and again at reopening and transfer.
    pub since: DateTime<Utc>,
    /// How long the owners have.
    pub hours: i32,
    /// How long the clock has stood still so far.
    pub paused: TimeDelta,
    /// Since when it stands still, if it does.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When the asker needs it.
    pub needed_by: Option<DateTime<Utc>>,
}

impl ServiceTime {
    /// A clock that begins now.
    pub const fn begin(now: DateTime<Utc>, hours: i32, needed_by: Option<DateTime<Utc>>) -> Self {
        Self { since: now, hours, paused: TimeDelta::zero(), waiting_since: None, needed_by }
    }

    fn service(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.hours.clamp(1, LONGEST_SERVICE_HOURS)))
    }

    /// When an answer is due: when the service time is over, or earlier when it is needed earlier. A need that had passed
    /// when the clock began counts for nothing: nobody can be in time for it. Pauses move the service time, not the need.
    pub fn due(&self) -> DateTime<Utc> {
        let service = self.since + self.service() + self.paused;
        match self.needed_by.filter(|needed| *needed > self.since) {
            Some(needed) => needed.min(service),
            None => service,
        }
    }

    /// Stops the clock.
    pub fn pause(&mut self, now: DateTime<Utc>) {
        self.waiting_since.get_or_insert(now);
    }

    /// Lets the clock go on.
    pub fn resume(&mut self, now: DateTime<Utc>) {
        if let Some(since) = self.waiting_since.take() {
            self.paused += (now - since).max(TimeDelta::zero());
        }
    }

    /// Whether an answer is overdue. Never while the asker is waited for.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.waiting_since.is_none() && now >= self.due()
    }

    /// When an open request climbs next by itself: when it is due, and if that has passed, when another service time has.
    pub fn climbs_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let due = self.due();
        if due > now { due } else { now + self.service() }
    }
}

/// The median of some durations in whole minutes, the mean of the middle two where their number is even; None of nothing.
pub fn median_minutes(durations: &mut [TimeDelta]) -> Option<i64> {
    durations.sort_unstable();
    let (n, middle) = (durations.len(), durations.len() / 2);
    match n {
        0 => None,
        _ if n % 2 == 1 => Some(durations[middle].num_minutes()),
        _ => Some(((durations[middle - 1] + durations[middle]) / 2).num_minutes()),
    }
}

//! When something that recurs takes place: a rhythm, a local time and a time zone become moments.
//!
//! Pure: it knows no clock and asks for no time. People agree on local times ("Tuesdays at ten in Berlin"), so that is
//! what a [`Cadence`] holds; the moment in UTC follows from the rules of the zone on that day, also across changes
//! between summer and winter time.

use std::{fmt, str::FromStr};

use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};

/// The widest step of weeks.
pub const MOST_WEEKS: u32 = 26;
/// The widest step of months.
pub const MOST_MONTHS: u32 = 12;

/// A time zone of the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(chrono_tz::Tz);

/// A name that is no time zone's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone of the IANA database, such as Europe/Berlin")]
pub struct UnknownZone;

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(chrono_tz::UTC);

    /// The name, as in the IANA database.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The day it is there at `moment`.
    pub fn day_of(self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.0).date_naive()
    }

    /// The moment at which clocks there show `at` on `day`. Where they show it twice, the first. Where they skip it, the
    /// moment it would have been without the change (RFC 5545, 3.3.5): a quarter past two becomes a quarter past three.
    pub fn moment(self, day: NaiveDate, at: NaiveTime) -> DateTime<Utc> {
        let local = day.and_time(at);
        match self.0.from_local_datetime(&local) {
            MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => moment.to_utc(),
            MappedLocalTime::None => {
                // No zone has ever skipped more than a day.
                let before = (1..=26).find_map(|hours| {
                    let earlier = local - TimeDelta::hours(hours);
                    self.0.from_local_datetime(&earlier).latest()
                });
                let offset = before.map_or(TimeDelta::zero(), |known| {
                    TimeDelta::seconds(i64::from(known.offset().fix().local_minus_utc()))
                });
                (local - offset).and_utc()
            }
        }
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        name.parse().map(Self).map_err(|_| UnknownZone)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How often something recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rhythm {
    /// Once, on the first day.
    Once,
    /// Every so many weeks, from 1.
    Weeks(u32),
    /// Every so many months, from 1, on the day of the month of the first day; on the last day of months that are too
    /// short.
    Months(u32),
}

/// What recurs: from which day on, how often, and at which local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// How often.
    pub rhythm: Rhythm,
    /// The first day, which also fixes the weekday or the day of the month.
    pub starts_on: NaiveDate,
    /// The time clocks show.
    pub at: NaiveTime,
    /// Where these clocks hang.
    pub zone: Zone,
}

/// One occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The moment.
    pub at: DateTime<Utc>,
    /// The local day.
    pub on: NaiveDate,
}

impl Cadence {
    /// The occurrence number `n`, from 0. None for a rhythm that has fewer, or beyond the calendar.
    pub fn slot(&self, n: u32) -> Option<Slot> {
        let on = match self.rhythm {
            Rhythm::Once => (n == 0).then_some(self.starts_on),
            Rhythm::Weeks(step) => {
                let days = u64::from(step.max(1)).checked_mul(7)?.checked_mul(u64::from(n))?;
                self.starts_on.checked_add_days(Days::new(days))
            }
            // From the first day each time, so that a short February does not move what follows.
            Rhythm::Months(step) => self.starts_on.checked_add_months(Months::new(step.max(1).checked_mul(n)?)),
        }?;
        Some(Slot { at: self.zone.moment(on, self.at), on })
    }

    /// The first occurrence after `moment`.
    pub fn first_after(&self, moment: DateTime<Utc>) -> Option<Slot> {
        let day = self.zone.day_of(moment);
        let passed = match self.rhythm {
            Rhythm::Once => 0,
            Rhythm::Weeks(step) => (day - self.starts_on).num_days() / (7 * i64::from(step.max(1))),
            Rhythm::Months(step) => {
                let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
                (months(day) - months(self.starts_on)) / i64::from(step.max(1))
            }
        };
        // One earlier than reckoned: the day itself may lie on either side of the moment.
        let mut n = u32::try_from(passed.saturating_sub(1)).unwrap_or(0);
        loop {
            let slot = self.slot(n)?;
            if slot.at > moment {
                return Some(slot);
            }
            n = n.checked_add(1)?;
        }
    }
}

#[cfg(test)]
mod tests;

//! The injected clock. Nothing else in the service asks the system what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, NaiveDate, Utc};

/// Tells the time, to the millisecond: coarser than the system can, so that a time written to SQLite (as text) and to
/// Postgres reads back the same and sorts the same.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that only moves when a test moves it; holds milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// The current time in UTC, whole milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the injected clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let millis = match self {
            Self::System => Utc::now().timestamp_millis(),
            Self::Manual(millis) => millis.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }

    /// The current date in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// Moves a manual clock forward; the system's clock is not touched.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(millis) = self {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
        }
    }
}

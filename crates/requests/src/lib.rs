//! Requests of internal customers, as far as they are arithmetic: which move leads from which state to which, when an answer
//! is due, when a request climbs, and how long answers took.
//!
//! Time is calendar time in UTC. While a request waits for its asker the clock of the service time stands still. This
//! crate asks nobody what time it is.

mod state;
mod time;

pub use state::{Move, State, UnknownState};
pub use time::{LONGEST_SERVICE_HOURS, REOPENING_DAYS, ServiceTime, median_minutes};

#[cfg(test)]
mod tests;

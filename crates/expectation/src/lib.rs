//! What one person expects of another: how it stands, who may move it where, and what all of it adds up to.
//!
//! The crate knows no person and no organization, only the two sides of an expectation, and asks for no time: days are
//! arguments. Persisting moves, and deciding who is which side, is the service's.

mod moves;
mod names;
mod reminder;
mod terms;
mod workload;

pub use moves::{Move, Party, Refused, Situation, Standing, State};
pub use names::UnknownName;
pub use reminder::{LAST_STAGE, reminder_stage};
pub use terms::{Terms, Unit, Urgency};
pub use workload::{Load, Week, Work, Workload, week_of, workload};

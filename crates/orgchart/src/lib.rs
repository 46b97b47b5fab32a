//! The org chart: the immutable in-memory snapshot of one organization's persons, teams and reporting lines.
//!
//! It answers every directory read and every hierarchy question without a query: a look-up is O(1), "is in the
//! sub-tree" is two comparisons, and every list is a slice that pages by offset. A change makes a new chart that
//! shares what did not change. The crate reads no clock, draws no ids and does no I/O; it decides nothing about who may
//! see what (that is `hearten-policy`).
//!
//! # How it is laid out
//!
//! Persons and teams get dense slot numbers. Everything that hangs together by order (names, teams, reporting lines)
//! is a flat array of slots, so that copying one for an edit is one `memcpy`. Both trees are kept as pre-order
//! intervals: whatever lies below a node is one slice.
//!
//! # What it costs
//!
//! Measured by `examples/scale.rs` (release, one core of a shared machine, 100,000 persons in 2,000 teams):
//! see [`OrgChart::build`] and [`OrgChart::apply`].

mod chart;
mod chunked;
mod cursor;
mod edit;
mod forest;
mod index;
mod list;
mod people;
mod problem;
mod record;
mod seats;
mod tree;

#[cfg(test)]
mod tests;

pub use chart::{OrgChart, PersonSlot};
pub use cursor::{NameCursor, PersonCursor, TeamCursor};
pub use list::{PersonList, TeamList};
pub use problem::ChartProblem;
pub use record::{Attribute, LeaveReason, PersonRecord, Relationship, TeamRecord, UnknownName};

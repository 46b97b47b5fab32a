//! Conversations: recurring 1:1s and meetings, what is on their agenda, what was said, and what came of it.
//!
//! Only who takes part sees a conversation, whatever role anybody else has. Private notes are read by their author and by
//! nobody and nothing else: not by a search, an export, a node, a log or an error.

pub mod actions;
pub mod agenda;
pub mod coverage;
pub mod door;
pub mod feeds;
pub mod gaps;
pub mod holding;
mod ical;
pub mod loaders;
pub mod mutations;
pub mod notes;
mod planning;
pub mod queries;
pub mod series;
pub mod service;
pub mod store;
mod telling;
pub mod templates;
pub mod types;
pub mod upkeep;

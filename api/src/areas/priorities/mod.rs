//! Priorities: what matters most to people now. They are asked and never guessed; single rankings are deleted when a round
//! closes, and what is shown of groups goes through disclosure control.

pub mod loaders;
pub mod mutations;
pub mod planning;
pub mod queries;
pub mod ranking;
pub mod rounds;
pub mod service;
pub mod store;
pub mod types;
pub mod upkeep;

//! Requests: an internal customer asks for a tool, a resource, information or a decision, and somebody owes an answer in
//! time. Queues, the moves of a request, escalation, and what teams are told: asked, said, done.

pub mod loaders;
pub mod moves;
pub mod mutations;
pub mod opening;
pub mod queries;
pub mod queue_mutations;
pub mod queues;
pub mod reports;
pub mod responses;
pub mod service;
pub mod store;
pub mod telling;
pub mod types;
pub mod upkeep;

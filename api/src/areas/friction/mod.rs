//! Friction: reported detours in processes, how many they affect, what they cost, and the roadmap of what is done about
//! them.

pub mod cost;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod reporting;
pub mod roadmap;
pub mod service;
pub mod store;
pub mod triage;
pub mod types;

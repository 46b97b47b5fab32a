//! Expectations: what one person expects of another, negotiated openly, and what all of it adds up to.

pub mod capacity;
pub mod loaders;
pub mod moving;
pub mod mutations;
pub mod pages;
pub mod proposing;
pub mod service;
pub mod store;
pub mod team_load;
pub mod types;
pub mod upkeep;
pub mod workload;
pub mod workload_types;

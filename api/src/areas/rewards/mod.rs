//! Rewards: what points can be spent on, and the way from a wish to its fulfilment.

pub mod catalogue;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod redeeming;
pub mod service;
pub mod store;
pub mod types;

//! Retention: how many leave, and how long people stay. Everything is said of groups: there is no figure of a person.

pub mod features;
pub mod loaders;
pub mod model;
pub mod queries;
pub mod service;
pub mod span;
pub mod stays;
pub mod survival;
pub mod turnover;
pub mod types;
pub mod upkeep;

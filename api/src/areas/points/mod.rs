//! Points: the ledger in the database, allowances and budgets, and who holds what. Recognition gives points, rewards take
//! them; both move them through [`store`] only.

pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod rules;
pub mod service;
pub mod store;
pub mod types;
pub mod upkeep;

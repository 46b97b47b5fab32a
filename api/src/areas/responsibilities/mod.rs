//! Responsibilities: areas of work, who is accountable, responsible, consulted and informed, and where nobody is.

pub mod assigning;
pub mod import;
pub mod import_rows;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod service;
pub mod store;
pub mod types;
pub mod writing;

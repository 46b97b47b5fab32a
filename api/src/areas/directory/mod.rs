//! The directory: organization, persons, teams, roles and their history, served from the org chart snapshot.

pub mod charts;
pub mod change;
pub mod records;
pub mod import_rows;
pub mod import;
pub mod service;
pub mod edit;
pub mod types;
pub mod queries;
pub mod mutations;

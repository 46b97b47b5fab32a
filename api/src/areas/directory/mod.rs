//! The directory: organization, persons, teams, roles and their history, served from the org chart snapshot.

pub mod change;
pub mod charts;
pub mod edit;
pub mod founding;
pub mod import;
pub mod import_rows;
pub mod mutations;
pub mod newcomers;
pub mod queries;
pub mod records;
pub mod service;
pub mod types;
pub mod upkeep;

//! The directory: organization, persons, teams, roles and their history, served from the org chart snapshot.

mod beside;
pub mod change;
pub mod charts;
pub mod edit;
pub mod filters;
pub mod founding;
pub mod import;
pub mod import_checks;
pub mod import_merge;
pub mod import_rows;
pub mod mutations;
pub mod newcomers;
pub mod places;
pub mod queries;
pub mod records;
pub mod reserved;
pub mod roles;
pub mod search;
pub mod service;
pub mod types;
pub mod upkeep;
pub mod values;

//! Goals: cycles, goals of the organization, of teams and of persons, key results, which goal supports which, check-ins
//! and scores. How progress adds up is `hearten-goals`; what may count in what is decided there, too.

mod aligning;
mod checking_in;
mod closing;
mod cycles;
mod holding;
mod import;
mod import_rows;
mod key_results;
mod loaders;
pub mod mutations;
pub mod queries;
mod rolling_over;
mod rows;
pub mod service;
pub mod store;
mod telling;
pub mod types;
pub mod upkeep;
mod writing;

pub use aligning::{Target, align};
pub use checking_in::{CheckIn, Value, check_in};
pub use closing::close;
pub use cycles::{NewCycle, close as close_cycle, create as create_cycle};
pub use import::import;
pub use key_results::NewKeyResult;
pub use rolling_over::roll_over;
pub use rows::Graphs;
pub use writing::{NewGoal, create};

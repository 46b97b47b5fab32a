//! The areas of the product: vertical slices with the same file names in each. An area uses another through its
//! services only.

pub mod audit;
pub mod directory;
pub mod friction;
pub mod happenings;
pub mod integrations;
pub mod priorities;
pub mod requests;
pub mod results;
pub mod search;
pub mod surveys;

//! The areas of the product: vertical slices with the same file names in each. An area uses another through its
//! services only.

pub mod audit;
pub mod conversations;
pub mod directory;
pub mod expectations;
pub mod friction;
pub mod goals;
pub mod happenings;
pub mod home;
pub mod integrations;
pub mod points;
pub mod priorities;
pub mod recognition;
pub mod requests;
pub mod responsibilities;
pub mod results;
pub mod retention;
pub mod rewards;
pub mod search;
pub mod surveys;

//! The areas of the product: vertical slices with the same file names in each. An area uses another through its
//! services only.

pub mod directory;
pub mod surveys;
pub mod results;
pub mod integrations;
pub mod audit;

//! Results as the schema shows them. Everything is read from a publication's released values; a number that is not
//! shown is a typed `Suppressed`, never null and never a guess.

mod axis;
mod comments;
mod cut;
mod heatmap;
mod plan;
mod publication;
mod score;

pub use plan::{PlannedFrame, ReleasePlan};
pub use publication::Publication;
pub use score::SuppressionReason;

//! Retention as the schema shows it.

mod model;
mod turnover;

pub use model::{RetentionBand, RetentionCaveat, RetentionDriver, RetentionFeature, RetentionGroup, RetentionModel};
pub use turnover::{Survival, Turnover};

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

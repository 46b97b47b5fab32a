//! Happenings: what was done, told to those it concerns. Every area writes its own here, in the transaction of its change;
//! notifications, the timeline, the digest by mail and the bus live on them. A happening carries ids, never content:
//! whoever is told reads the object under their own rights, also when those have changed since.

pub mod digest;
mod kind;
mod loaders;
pub mod mutations;
pub mod post;
pub mod queries;
mod record;
pub mod service;
pub mod types;

pub use kind::HappeningKind;
pub use record::{Happening, record_in_tx};

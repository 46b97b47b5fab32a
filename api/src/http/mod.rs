//! The actix routes. Nothing here knows an area.

pub mod health;
pub mod metrics;

//! What the service stands on: clock, randomness, database, cache, bus, mail. Each is a small enum or struct with a real
//! back end and, where tests or the embedded mode need it, one in memory. Nothing here knows an area.

pub mod bus;
pub mod cache;
pub mod clock;
pub mod db;
mod link;
pub mod mail;
pub mod outbox;
pub mod random;
#[cfg(test)]
pub(crate) mod redis_server;
pub mod telemetry;

//! The behaviour suite: the service over HTTP, as a client meets it, and the real binary. Every test has a service and a
//! database of its own, so tests run side by side and in any order. What helps them is in `harness`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests, and what helps them")]

mod harness;

mod audit;
mod authorization;
mod clock;
mod directory;
mod docs;
mod drafts;
mod filters;
mod goals;
mod happenings;
mod hygiene;
mod idempotency;
mod ids;
mod imports;
mod mail;
mod metrics;
mod migrations;
mod nodes;
mod offices;
mod previews;
mod privacy;
mod process;
mod races;
mod results;
mod schema;
mod search;
mod sessions;
mod statements;
mod surveys;
mod tokens;

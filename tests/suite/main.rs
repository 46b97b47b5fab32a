//! The behaviour suite: the service over HTTP, as a client meets it, and the real binary. Every test has a service and a
//! database of its own, so tests run side by side and in any order. What helps them is in `harness`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests, and what helps them")]

mod harness;

mod audit;
mod authorization;
mod clock;
mod conversations;
mod directory;
mod docs;
mod drafts;
mod expectations;
mod filters;
mod friction;
mod goals;
mod happenings;
mod home;
mod hygiene;
mod idempotency;
mod ids;
mod imports;
mod ledger;
mod mail;
mod metrics;
mod migrations;
mod nodes;
mod offices;
mod previews;
mod priorities;
mod privacy;
mod process;
mod races;
mod recognition;
mod requests;
mod responsibilities;
mod results;
mod retention;
mod rewards;
mod schema;
mod search;
mod sessions;
mod statements;
mod surveys;
mod tokens;

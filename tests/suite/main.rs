//! Behaviour tests: one binary.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests, and what helps them")]

mod docs;

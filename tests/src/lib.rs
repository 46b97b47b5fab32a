//! What the tests share that run the real binary: `suite/process` and `examples/survey-loop.rs`.
//!
//! Everything here talks to a `hearten` process from outside: over HTTP, by signals, and by looking into its database
//! while it is stopped. Nothing here calls into the service. Behaviour tests live in `suite/`: one test binary.

pub mod binary;
pub mod client;
pub mod demo;
pub mod issuer;
pub mod peers;
pub mod postgres_server;
pub mod redis_server;
pub mod skipped;
pub mod store;
pub mod survey_loop;

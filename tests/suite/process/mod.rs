//! The real binary from outside: whole surveys over HTTP, kill -9, Redis and Postgres gone and back, a full disk, a real
//! OpenID provider, real GraphQL clients, hostile documents, the command line. What they share is in the library of this
//! package, and the crowd that answers a survey in `crowd`.
//!
//! Each test starts what it needs on free loopback ports and ends it by its process id. A test that cannot run here
//! (no Redis, no Node) says so in one line and passes; with `CI` set it fails. Measured figures are told in one line
//! each.

mod clients;
mod command_line;
mod crowd;
mod demo;
mod disk;
mod graceful;
mod hostile;
mod kill;
mod ledger;
mod openid;
mod postgres;
mod redis;
mod survey_loop;

//! Hearten: a GraphQL backend for an employee engagement platform. See `docs/ARCHITECTURE.md`.

pub mod config;
pub mod app;
pub mod http;
pub mod graphql;
pub mod areas;
pub mod platform;

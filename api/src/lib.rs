//! Hearten: a GraphQL backend for an employee engagement platform. See `docs/ARCHITECTURE.md`.

pub mod app;
pub mod areas;
pub mod auth;
pub mod cli;
pub mod config;
pub mod demo;
pub mod graphql;
pub mod http;
pub mod platform;
pub mod server;

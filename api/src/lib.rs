//! Hearten: a GraphQL backend for an employee engagement platform. See `docs/ARCHITECTURE.md`.

pub mod app;
pub mod areas;
pub mod auth;
pub mod config;
pub mod graphql;
pub mod http;
pub mod platform;
pub mod server;
pub mod demo;
pub mod cli;

//! Integrations: API tokens and trusted documents.

pub mod documents;
mod loaders;
pub mod mutations;
pub mod queries;
pub mod service;
pub mod types;

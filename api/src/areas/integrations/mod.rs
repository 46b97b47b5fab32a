//! Integrations: API tokens and trusted documents.

pub mod service;
pub mod documents;
pub mod types;
pub mod queries;
pub mod mutations;

//! Shared GraphQL machinery: roots, limits, errors, the context of one request. No area's rules live here.

pub mod schema;
// `context` joins when the policy crate stands.
pub mod error;
pub mod idempotency;
pub mod input;
pub mod paging;
pub mod scalars;

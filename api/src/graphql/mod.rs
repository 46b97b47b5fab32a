//! Shared GraphQL machinery: roots, limits, errors, the context of one request. No area's rules live here.

pub mod schema;
pub mod context;
pub mod error;
pub mod idempotency;
pub mod input;
pub mod paging;
pub mod scalars;

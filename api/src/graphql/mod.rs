//! Shared GraphQL machinery: roots, limits, errors, the context of one request. No area's rules live here.

pub mod schema;
pub mod node;
pub mod context;
pub mod limits;
pub mod documents;
pub mod introspection;
pub mod completion;
pub mod error;
pub mod payload;
pub mod idempotency;
pub mod input;
pub mod paging;
pub mod scalars;

//! Shared GraphQL machinery: roots, limits, errors, the context of one request. No area's rules live here.

pub mod completion;
pub mod context;
pub mod documents;
pub mod error;
pub mod idempotency;
pub mod input;
pub mod introspection;
pub mod limits;
pub mod loaders;
pub mod names;
pub mod node;
pub mod paging;
pub mod payload;
pub mod scalars;
pub mod schema;

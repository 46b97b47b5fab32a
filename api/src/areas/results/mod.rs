//! Results: what was published of a wave, and nothing else. Everything here reads `Released` values; the one road from
//! sheets to a publication is `publishing`.

pub mod frame;
pub mod publishing;
pub mod published;
pub mod service;
pub mod types;
pub mod queries;

//! Results: what was published of a wave, and nothing else. Everything here reads `Released` values; the one road from
//! sheets to a publication is `publishing`.

pub mod frame;
pub mod published;
pub mod publishing;
pub mod queries;
pub mod service;
pub mod types;

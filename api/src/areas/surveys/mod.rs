//! Surveys: what is asked, of whom, under which promise; launching, answering, closing. What comes of it is the area
//! `results`.

pub mod answering;
pub mod closing;
pub mod definition;
pub mod launching;
mod loaders;
pub mod mutations;
pub mod preview;
pub mod queries;
pub mod service;
pub mod store;
pub mod types;
pub mod upkeep;

//! Surveys: what is asked, of whom, under which promise; launching, answering, closing. What comes of it is the area
//! `results`.

pub mod store;
pub mod definition;
pub mod service;
pub mod launching;
pub mod answering;
pub mod closing;
pub mod types;
pub mod queries;
pub mod mutations;

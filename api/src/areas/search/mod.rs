//! Full-text search over what the asker may see. Every area writes its words here, in the transaction of its change, with
//! who may find them. A hit is shown only where the asker may see the object now: what is stored here only narrows down.

mod index;
mod kind;
pub mod queries;
pub mod service;
mod words;

pub use index::{Audience, Entry, forget_in_tx, index_in_tx};
pub use kind::SearchKind;

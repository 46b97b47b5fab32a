//! What lists of conversations can be asked for.

use async_graphql::{Enum, InputObject};

use super::super::store::ConversationState;
use crate::graphql::scalars::{Date, DateTime};

/// Which conversations are wanted.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ConversationFilterInput {
    /// Only those in one of these states.
    pub states: Option<Vec<ConversationState>>,
    /// Only those at or after this time.
    pub from: Option<DateTime>,
    /// Only those before this time.
    pub until: Option<DateTime>,
}

/// Which action items are wanted.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ActionItemFilterInput {
    /// Only those that are done, or only those that are not.
    pub done: Option<bool>,
    /// Only those due before this day.
    pub due_before: Option<Date>,
}

/// In which order conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ConversationOrder")]
pub enum TimeOrder {
    /// The next one first: for what lies ahead.
    EarliestFirst,
    /// The last one first: for what lies behind.
    LatestFirst,
}

//! Conversations as the schema shows them. Whoever holds one of these objects was let through by the policy.

mod around;
mod conversation;
mod inputs;
mod series;

pub use around::{
    ActionItem, CalendarFeed, ConversationCoverage, ConversationCoverageHidden, ConversationCoverageShare,
    ConversationGap, ConversationSection, ConversationTemplate, reader,
};
pub use conversation::Conversation;
pub use inputs::{ActionItemFilterInput, ConversationFilterInput, TimeOrder};
pub use series::ConversationSeries;

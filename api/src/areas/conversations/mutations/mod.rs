//! Changing conversations: thin doors to the services. Expected failures are data.

mod series;
mod writing;

use async_graphql::MergedObject;

/// Conversations.
#[derive(MergedObject, Default)]
pub struct ConversationMutations(series::SeriesMutations, writing::WritingMutations);

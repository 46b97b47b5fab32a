//! Reading conversations: the door of the query root. The lists of who asks stand at `viewer`.

use async_graphql::{Context, Object, Result};

use super::{
    templates,
    types::{ConversationTemplate, reader},
};
use crate::graphql::context::request;

/// Conversations.
#[derive(Default)]
pub struct ConversationQueries;

/// Conversations.
#[Object]
impl ConversationQueries {
    /// The templates in use: those built in, then the organization's own by name; at most about a hundred. Null for API
    /// tokens.
    async fn conversation_templates(&self, ctx: &Context<'_>) -> Result<Option<Vec<ConversationTemplate>>> {
        let ctx = request(ctx)?;
        let locale = reader(ctx)?;
        let all = templates::list(ctx).await?;
        let shown = |template| ConversationTemplate::for_reader(template, locale.as_deref());
        Ok(all.map(|all| all.into_iter().map(shown).collect()))
    }
}

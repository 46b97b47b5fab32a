//! Released comments. Nothing about their authors.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject, Union};

use super::{super::published::Published, score::Suppressed};
use crate::{
    areas::audit,
    graphql::{
        context::RequestContext,
        error::Exception,
        paging::{Listing, Page, slice},
    },
};

/// The comments of a cut on a question, or why they are not shown; the reading is recorded.
///
/// # Errors
/// BAD_USER_INPUT when there is no such free-text question.
pub(super) async fn read_comments(
    ctx: &RequestContext,
    published: &Arc<Published>,
    cut: usize,
    question: &str,
    search: Option<String>,
) -> Result<CommentsResult> {
    let mut open = published.survey.questionnaire.questions().filter(|q| q.kind.options().is_none());
    let at = open
        .position(|q| q.key == question)
        .ok_or_else(|| Exception::bad_input(format!("question: no free-text question {question:?}")))?;
    // Reading what people wrote is recorded, also where nothing is shown.
    audit::record_in_tx(ctx, ctx.db.write(), "comments.read", &published.id.to_string(), None).await?;
    let id = ID(format!("{}.{cut}.{question}", published.id));
    Ok(match published.comments.comments(at, cut) {
        Err(reason) => CommentsResult::Suppressed(Suppressed {
            id,
            reason: reason.into(),
            minimum_group: published.survey.notice.comment_minimum,
            at_least: None,
        }),
        Ok(texts) => {
            let wanted = search.map(|text| text.to_lowercase());
            let found = texts
                .iter()
                .enumerate()
                .filter(|(_, text)| wanted.as_ref().is_none_or(|wanted| text.to_lowercase().contains(wanted)))
                .map(|(place, text)| Comment { id: ID(format!("{}.{place}", id.0)), text: text.clone() })
                .collect();
            CommentsResult::ReleasedComments(ReleasedComments { id, found })
        }
    })
}

/// The comments of a cut, or why they are not shown.
#[derive(Union)]
pub enum CommentsResult {
    /// Shown.
    ReleasedComments(ReleasedComments),
    /// Not shown.
    Suppressed(Suppressed),
}

/// Released comments of one cut on one question.
pub struct ReleasedComments {
    id: ID,
    found: Vec<Comment>,
}

/// Released comments of one cut on one question, in random order.
#[Object]
impl ReleasedComments {
    /// An id for caches: the publication, the cut and the question.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The comments.
    async fn comments(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<Comment>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        Ok(slice(&self.found, &page, Comment::clone))
    }
}

/// One comment. Nothing about its author, its time, or its author's other comments.
#[derive(Debug, Clone, SimpleObject)]
pub struct Comment {
    /// An id for caches; differs between cuts.
    id: ID,
    /// The text.
    text: String,
}

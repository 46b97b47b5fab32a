//! Which goal supports which.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, connection::PageInfo};

use super::{Goal, KeyResult};
use crate::{
    areas::goals::{loaders::Aligned, service},
    graphql::{context::request, paging::Listing, scalars::DateTime},
};

/// That one goal supports another. Shown only where you may see both.
pub struct GoalAlignment {
    one: Aligned,
}

impl From<Aligned> for GoalAlignment {
    fn from(one: Aligned) -> Self {
        Self { one }
    }
}

/// That one goal supports another. Shown only where you may see both.
#[Object]
impl GoalAlignment {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.one.row.id.to_string().into()
    }

    /// The goal that supports.
    async fn child(&self) -> Goal {
        Goal::from(Arc::clone(&self.one.child))
    }

    /// The goal that is supported.
    async fn parent(&self) -> Goal {
        Goal::from(Arc::clone(&self.one.parent))
    }

    /// The key result of it that is meant; null for the goal as a whole.
    async fn key_result(&self, ctx: &Context<'_>) -> Result<Option<KeyResult>> {
        match self.one.row.key_result_id {
            Some(id) => Ok(service::find_key_result(request(ctx)?, id).await?.map(Into::into)),
            None => Ok(None),
        }
    }

    /// How much the child counts, 0 to 100.
    async fn weight(&self) -> i32 {
        self.one.row.weight
    }

    /// Whether the child may count in the parent: only where everybody who sees the parent may see the child.
    async fn contributes(&self) -> bool {
        self.one.row.contributes
    }

    /// When it was said.
    async fn created_at(&self) -> DateTime {
        DateTime(self.one.row.created_at)
    }
}

/// Part of the graph of a cycle.
pub struct GoalGraph {
    /// The goals, and how to go on.
    pub listing: Listing<Goal>,
    /// What they support.
    pub alignments: Vec<GoalAlignment>,
}

/// Part of the graph of a cycle: a page of its goals, and what they support. When all pages are read, all edges are.
#[Object(serial)]
impl GoalGraph {
    /// The goals of this page, in the order they were written.
    async fn nodes(&self) -> &[Goal] {
        self.listing.items()
    }

    /// What the goals of this page support, on whatever page that stands.
    async fn alignments(&self) -> &[GoalAlignment] {
        &self.alignments
    }

    /// Where this page lies among the goals of the cycle.
    async fn page_info(&self) -> PageInfo {
        self.listing.info()
    }
}

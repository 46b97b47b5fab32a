//! Cuts by questions: what a heat map draws.

use std::sync::Arc;

use async_graphql::{ID, Object, Result};

use super::{super::published::Published, cut::Cut, publication::Publication, score::Score};
use crate::{
    areas::surveys::types::Question,
    graphql::paging::{Listing, Page, slice},
};

/// Cuts by questions.
pub struct Heatmap {
    pub(super) published: Arc<Published>,
    pub(super) columns: Vec<usize>,
    pub(super) rows: Vec<usize>,
}

/// Cuts by questions.
#[Object]
impl Heatmap {
    /// An id for caches.
    pub async fn id(&self) -> ID {
        ID(format!("{}.heatmap", self.published.id))
    }

    /// The questions, in the order of the cells.
    async fn columns(&self) -> Vec<Question> {
        let all = Publication { published: Arc::clone(&self.published) }.columns();
        let mut all: Vec<Option<Question>> = all.into_iter().map(Some).collect();
        self.columns.iter().filter_map(|column| all.get_mut(*column).and_then(Option::take)).collect()
    }

    /// The rows: a cut each, from the top down.
    async fn rows(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<HeatmapRow>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        Ok(slice(&self.rows, &page, |at| HeatmapRow {
            published: Arc::clone(&self.published),
            at: *at,
            columns: self.columns.clone(),
        }))
    }
}

/// One row of a heat map.
pub struct HeatmapRow {
    published: Arc<Published>,
    at: usize,
    columns: Vec<usize>,
}

/// One row of a heat map.
#[Object]
impl HeatmapRow {
    /// An id for caches.
    pub async fn id(&self) -> ID {
        ID(format!("{}.{}.row", self.published.id, self.at))
    }

    /// The cut.
    async fn cut(&self) -> Cut {
        Cut { published: Arc::clone(&self.published), at: self.at }
    }

    /// A cell a question, in the order of the columns.
    async fn cells(&self) -> Vec<Score> {
        let cut = Cut { published: Arc::clone(&self.published), at: self.at };
        self.columns.iter().map(|column| cut.score(*column)).collect()
    }
}

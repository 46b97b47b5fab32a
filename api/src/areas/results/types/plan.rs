//! A release plan as the schema shows it.

use async_graphql::{ID, Object, Result, SimpleObject};

use super::{super::frame::Frame, score::SuppressionReason};
use crate::graphql::paging::{Listing, Page, slice};

/// Which cuts are shown and which are not: decided from membership alone, never from answers.
pub struct ReleasePlan {
    /// What it is the plan of, for caches.
    pub of: String,
    /// The cuts.
    pub frame: Frame,
    /// What is decided of them.
    pub plan: hearten_disclosure::ReleasePlan,
}

/// Which cuts are shown and which are not: decided from membership alone, never from answers.
#[Object]
impl ReleasePlan {
    /// An id for caches.
    async fn id(&self) -> ID {
        ID(format!("{}.plan", self.of))
    }

    /// The fewest people a shown group has.
    async fn minimum_group(&self) -> i32 {
        i32::try_from(self.plan.minimum()).unwrap_or(i32::MAX)
    }

    /// How many people the plan was decided for.
    async fn respondents(&self) -> i32 {
        i32::try_from(self.plan.respondents()).unwrap_or(i32::MAX)
    }

    /// How many independent groups are shown.
    async fn rank(&self) -> i32 {
        i32::try_from(self.plan.rank()).unwrap_or(i32::MAX)
    }

    /// How many independent groups could be shown at most: the people divided by the minimum group.
    async fn budget(&self) -> i32 {
        i32::try_from(self.plan.budget()).unwrap_or(i32::MAX)
    }

    /// How many cuts are shown.
    async fn shown_count(&self) -> i32 {
        i32::try_from(self.plan.shown().count()).unwrap_or(i32::MAX)
    }

    /// How many cuts are hidden.
    async fn hidden_count(&self) -> i32 {
        i32::try_from(self.plan.len().saturating_sub(self.plan.shown().count())).unwrap_or(i32::MAX)
    }

    /// The cuts and what is decided of each, in the order in which they were considered.
    async fn cuts(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<PlannedCut>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let all: Vec<usize> = (0..self.plan.len()).collect();
        Ok(slice(&all, &page, |at| PlannedCut {
            id: ID(format!("{}.{at}", self.of)),
            name: self.frame.cuts.get(*at).map(|cut| cut.name.clone()).unwrap_or_default(),
            shown: self.plan.verdict(*at).is_shown(),
            reason: match self.plan.verdict(*at) {
                hearten_disclosure::Verdict::Hidden(reason) => Some(reason.into()),
                hearten_disclosure::Verdict::Shown | hearten_disclosure::Verdict::ShownDerivable => None,
            },
        }))
    }
}

/// A cut and what the plan decides of it.
#[derive(Debug, Clone, SimpleObject)]
pub struct PlannedCut {
    /// Its place in the plan.
    id: ID,
    /// Its name.
    name: String,
    /// Whether it is shown.
    shown: bool,
    /// Why it is not.
    reason: Option<SuppressionReason>,
}

//! A release plan as the schema shows it.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use hearten_disclosure::{ReleasePlan as Plan, Verdict};
use hearten_ids::SurveyId;
use hearten_policy::{Action, Resource};

use super::{
    super::{frame::Frame, published::Published, service},
    score::SuppressionReason,
};
use crate::graphql::{
    context::Asker,
    paging::{Listing, Page, slice},
};

/// The cuts of a survey that is not published, and what would be decided of them.
#[derive(Debug)]
pub struct PlannedFrame {
    /// The cuts.
    pub frame: Frame,
    /// What would be decided of them.
    pub plan: Plan,
}

/// Which cuts are shown and which are not: decided from membership alone, never from answers.
pub struct ReleasePlan {
    /// What it is the plan of, for caches.
    of: String,
    source: Source,
    /// The cuts whose names and verdicts the asker sees.
    listed: Vec<usize>,
}

enum Source {
    Publication(Arc<Published>),
    Preview(Arc<PlannedFrame>),
}

impl ReleasePlan {
    /// The plan of a publication as `asker` sees it. Names and verdicts tell who is where (a value may be that of one
    /// person), so they are listed only of the cuts the asker may look at. Whoever runs the survey sees all of them, as
    /// in the preview.
    pub fn of_publication(asker: &Asker, published: Arc<Published>) -> Self {
        let facts = published.facts();
        let all = 0..published.plan.len();
        let listed = if asker.may(Action::PreviewPlan, Resource::Survey(facts.view())) {
            all.collect()
        } else {
            all.filter(|at| service::may(asker, &published, &facts, *at, Action::ReadCut)).collect()
        };
        Self { of: published.id.to_string(), source: Source::Publication(published), listed }
    }

    /// What a survey could ever show, for whoever may preview it.
    pub fn of_preview(survey: SurveyId, preview: Arc<PlannedFrame>) -> Self {
        let listed = (0..preview.plan.len()).collect();
        Self { of: survey.to_string(), source: Source::Preview(preview), listed }
    }

    fn plan(&self) -> &Plan {
        match &self.source {
            Source::Publication(published) => &published.plan,
            Source::Preview(preview) => &preview.plan,
        }
    }

    fn frame(&self) -> &Frame {
        match &self.source {
            Source::Publication(published) => &published.frame,
            Source::Preview(preview) => &preview.frame,
        }
    }

    fn planned_cut(&self, at: usize) -> PlannedCut {
        let verdict = self.plan().verdict(at);
        PlannedCut {
            id: ID(format!("{}.{at}", self.of)),
            name: self.frame().cuts.get(at).map(|cut| cut.name.clone()).unwrap_or_default(),
            shown: verdict.is_shown(),
            reason: match verdict {
                Verdict::Hidden(reason) => Some(reason.into()),
                Verdict::Shown | Verdict::ShownDerivable => None,
            },
        }
    }
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
        i32::try_from(self.plan().minimum()).unwrap_or(i32::MAX)
    }

    /// How many people the plan was decided for.
    async fn respondents(&self) -> i32 {
        i32::try_from(self.plan().respondents()).unwrap_or(i32::MAX)
    }

    /// How many independent groups are shown.
    async fn rank(&self) -> i32 {
        i32::try_from(self.plan().rank()).unwrap_or(i32::MAX)
    }

    /// How many independent groups could be shown at most: the people divided by the minimum group.
    async fn budget(&self) -> i32 {
        i32::try_from(self.plan().budget()).unwrap_or(i32::MAX)
    }

    /// How many of all cuts are shown.
    async fn shown_count(&self) -> i32 {
        i32::try_from(self.plan().shown().count()).unwrap_or(i32::MAX)
    }

    /// How many of all cuts are hidden.
    async fn hidden_count(&self) -> i32 {
        i32::try_from(self.plan().len().saturating_sub(self.plan().shown().count())).unwrap_or(i32::MAX)
    }

    /// The cuts and what is decided of each, in the order in which they were considered. Of a publication those are
    /// listed that you may look at; whoever runs the survey sees all. The counts beside are of all cuts.
    async fn cuts(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<PlannedCut>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        Ok(slice(&self.listed, &page, |at| self.planned_cut(*at)))
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

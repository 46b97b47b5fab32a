//! A publication: the door to everything that was released of a wave.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use hearten_ids::TeamId;
use hearten_policy::Action;

use super::{
    super::{frame::CutKey, published::Published, service},
    axis::{AxisInput, CutInput},
    comments::{CommentsResult, read_comments},
    cut::{Cut, Participation},
    heatmap::Heatmap,
    plan::ReleasePlan,
};
use crate::{
    areas::{
        audit,
        surveys::{
            service::{Facts, sees},
            types::{Question, Survey, Wave, question_of},
        },
    },
    graphql::{
        context::{Asker, RequestContext, request},
        error::Exception,
        input::argument_id,
        paging::{Listing, Page, slice},
        scalars::DateTime,
    },
};

/// The immutable, disclosure-controlled results of a wave.
pub struct Publication {
    /// What was published.
    pub published: Arc<Published>,
}

impl Publication {
    /// The survey as it stands now. Whoever may see a publication may see what was asked.
    async fn survey_for(&self, ctx: &RequestContext) -> Result<Option<Survey>> {
        let survey = ctx.loaders()?.survey(self.published.survey.id).await?;
        Ok(sees(&*ctx.asker()?, &Facts::of(&survey, false)).then_some(Survey { survey }))
    }

    /// Records that the asker looks at the figures.
    async fn record_reading(&self, ctx: &RequestContext) -> Result<(), Exception> {
        audit::record_reading(ctx, "results.read", &self.published.id.to_string()).await
    }

    /// The closed questions, in the order of the table's columns.
    pub(super) fn columns(&self) -> Vec<Question> {
        let survey = &self.published.survey;
        let fallback = &survey.questionnaire.default_locale;
        survey
            .questionnaire
            .questions()
            .filter(|question| question.kind.options().is_some())
            .map(|question| question_of(survey.id, fallback, question))
            .collect()
    }

    fn visible(&self, asker: &Asker, under: Option<TeamId>, axis: &AxisInput) -> Vec<usize> {
        let frame = &self.published.frame;
        let facts = self.published.facts();
        let root = under.map(|team| frame.find(&CutKey::Team { team }));
        (0..frame.cuts.len())
            .filter(|at| axis.covers(&frame.cuts[*at]))
            .filter(|at| match root {
                None => true,
                Some(None) => false,
                Some(Some(root)) => frame.is_within(*at, root),
            })
            .filter(|at| service::may(asker, &self.published, &facts, *at, Action::ReadCut))
            .collect()
    }
}

/// The immutable, disclosure-controlled results of a wave. Which cuts are listed depends on your role; what each of them
/// shows does not.
#[Object]
impl Publication {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.published.id.to_string().into()
    }

    /// The survey.
    async fn survey(&self, ctx: &Context<'_>) -> Result<Option<Survey>> {
        self.survey_for(request(ctx)?).await
    }

    /// The run of the survey.
    async fn wave(&self, ctx: &Context<'_>) -> Result<Option<Wave>> {
        let ctx = request(ctx)?;
        let Some(survey) = self.survey_for(ctx).await? else { return Ok(None) };
        let wave = ctx.loaders()?.wave(self.published.wave).await?;
        Ok(Some(Wave { wave, survey: survey.survey }))
    }

    /// When it was published.
    async fn published_at(&self) -> DateTime {
        DateTime(self.published.published_at)
    }

    /// What this publication shows and what it hides, with reasons.
    async fn plan(&self, ctx: &Context<'_>) -> Result<ReleasePlan> {
        let asker = request(ctx)?.asker()?;
        Ok(ReleasePlan::of_publication(&asker, Arc::clone(&self.published)))
    }

    /// The cuts you may look at along an axis.
    async fn cuts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The axis; all teams when left out.")] axis: Option<AxisInput>,
        #[graphql(desc = "Only this team and those below it.")] under: Option<ID>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<Cut>> {
        let ctx = request(ctx)?;
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let under = under.map(|id| argument_id("under", &id)).transpose()?;
        let cuts = self.visible(&*ctx.asker()?, under, &axis.unwrap_or(AxisInput::Teams(i32::MAX)));
        self.record_reading(ctx).await?;
        Ok(slice(&cuts, &page, |at| Cut { published: Arc::clone(&self.published), at: *at }))
    }

    /// One cut; null where there is none of that kind or you may not look at it.
    async fn cut(&self, ctx: &Context<'_>, #[graphql(desc = "Which cut.")] key: CutInput) -> Result<Option<Cut>> {
        let ctx = request(ctx)?;
        let found = self.published.frame.find(&key.key()?);
        let facts = self.published.facts();
        let asker = ctx.asker()?;
        let Some(at) = found.filter(|at| service::may(&asker, &self.published, &facts, *at, Action::ReadCut)) else {
            return Ok(None);
        };
        self.record_reading(ctx).await?;
        Ok(Some(Cut { published: Arc::clone(&self.published), at }))
    }

    /// Cuts by questions: what a heat map draws.
    async fn heatmap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The axis; all teams when left out.")] axis: Option<AxisInput>,
        #[graphql(desc = "Only this team and those below it.")] under: Option<ID>,
        #[graphql(desc = "Only these questions, by key.")] questions: Option<Vec<String>>,
    ) -> Result<Heatmap> {
        let ctx = request(ctx)?;
        let under = under.map(|id| argument_id("under", &id)).transpose()?;
        let shape = self.published.survey.questionnaire.shape();
        let columns = match questions {
            None => (0..shape.columns().len()).collect(),
            Some(keys) => {
                let unknown = |key| Exception::bad_input(format!("questions: no closed question {key:?}"));
                let mut columns = Vec::new();
                for key in &keys {
                    let column = shape.find_column(key).ok_or_else(|| unknown(key))?;
                    if columns.contains(&column) {
                        return Err(Exception::bad_input(format!("questions: {key:?} comes twice")).into());
                    }
                    columns.push(column);
                }
                columns
            }
        };
        let rows = self.visible(&*ctx.asker()?, under, &axis.unwrap_or(AxisInput::Teams(i32::MAX)));
        self.record_reading(ctx).await?;
        Ok(Heatmap { published: Arc::clone(&self.published), columns, rows })
    }

    /// The comments of a cut on a question, shuffled; with the reason where they are not shown, and null where you may
    /// not read them.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cut; everybody when left out.")] cut: Option<CutInput>,
        #[graphql(desc = "The key of a free-text question.")] question: String,
        #[graphql(desc = "Only comments that contain this, whatever the case.")] search: Option<String>,
    ) -> Result<Option<CommentsResult>> {
        let ctx = request(ctx)?;
        let key = cut.map_or(Ok(CutKey::Everyone), CutInput::key)?;
        let Some(at) = self.published.frame.find(&key) else { return Ok(None) };
        if !service::may(&*ctx.asker()?, &self.published, &self.published.facts(), at, Action::ReadComments) {
            return Ok(None);
        }
        read_comments(ctx, &self.published, at, &question, search).await.map(Some)
    }

    /// How many of everybody took part, in a band.
    async fn participation(&self, ctx: &Context<'_>) -> Result<Option<Participation>> {
        let ctx = request(ctx)?;
        let cut = Cut { published: Arc::clone(&self.published), at: 0 };
        cut.participation_for(ctx)
    }
}

//! Results as the schema shows them. Everything is read from a publication's released values; a number that is not
//! shown is a typed `Suppressed`, never null and never a guess.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject, Union};
use hearten_disclosure::{Cell, SuppressionReason as Reason};
use hearten_ids::TeamId;
use hearten_measure::{Confidence, Distribution, EnpsNotShown, Estimate, shown};
use hearten_policy::Action;
use hearten_survey::QuestionKind;

use super::{
    frame::{CutKey, Frame, FrameCut},
    published::Published,
    service,
};
use crate::{
    areas::{
        audit,
        directory::types::Team,
        surveys::{
            service::get_wave_in,
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

/// Why something is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SuppressionReason {
    /// Fewer people than the minimum group.
    BelowMinimum,
    /// Together with what is shown elsewhere it would say something of fewer people than the minimum group.
    Complementary,
    /// Everybody, or everybody but one, answered alike: see `atLeast`; or so alike that showing it would give single
    /// answers away.
    Unanimous,
    /// The group was not part of what this publication could show.
    NotInPlan,
}

impl From<Reason> for SuppressionReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::BelowMinimum => Self::BelowMinimum,
            Reason::Complementary => Self::Complementary,
            Reason::Unanimous => Self::Unanimous,
            Reason::NotInPlan => Self::NotInPlan,
        }
    }
}

/// How an interval was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "IntervalMethod", remote = "hearten_measure::IntervalMethod")]
pub enum IntervalMethodName {
    /// Wilson's score interval, for shares.
    Wilson,
    /// The adjusted Wald interval, for eNPS.
    AdjustedWald,
    /// Student's t, for means.
    Student,
    /// Newcombe's interval, for differences of shares.
    Newcombe,
}

/// A number with its uncertainty.
#[derive(Debug, Clone, SimpleObject)]
pub struct EstimateStats {
    /// The number itself.
    value: f64,
    /// The lower end of its interval.
    low: f64,
    /// The upper end of its interval.
    high: f64,
    /// The confidence of the interval: 0.95.
    confidence: f64,
    /// How the interval was computed.
    method: IntervalMethodName,
}

impl From<Estimate> for EstimateStats {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            confidence: estimate.confidence,
            method: estimate.method.into(),
        }
    }
}

/// How many chose one option.
#[derive(Debug, Clone, SimpleObject)]
pub struct OptionSharePoint {
    /// The option: the point of a scale from 1, or the eNPS score from 0.
    option: i32,
    /// How many people chose it.
    count: u32,
    /// Their share of those who answered, in per cent with one decimal.
    percent: f64,
}

/// The employee Net Promoter Score of a group.
#[derive(Debug, Clone, SimpleObject)]
pub struct EnpsStats {
    /// The score, -100 to 100, with its interval.
    score: EstimateStats,
    /// How many answered 9 or 10.
    promoters: i32,
    /// How many answered 7 or 8.
    passives: i32,
    /// How many answered 0 to 6.
    detractors: i32,
}

/// One cell of the results: a number, or why there is none.
#[derive(Union)]
pub enum Score {
    /// Shown.
    ReleasedScore(ReleasedScore),
    /// Not shown.
    Suppressed(Suppressed),
}

/// Something that is not shown, and why.
#[derive(Debug, Clone, SimpleObject)]
pub struct Suppressed {
    /// An id for caches: the publication, the cut and the question.
    id: ID,
    /// Why it is not shown.
    reason: SuppressionReason,
    /// The fewest people a shown group has.
    minimum_group: u32,
    /// Where nearly everybody answered alike: what at least all but one chose.
    at_least: Option<UnanimityInfo>,
}

/// "At least n - 1 of n chose this."
#[derive(Debug, Clone, SimpleObject)]
pub struct UnanimityInfo {
    /// The option; null for "skipped".
    option: Option<i32>,
    /// At least so many chose it.
    at_least: u32,
    /// Of so many.
    of: u32,
}

/// One released cell: a group's answers to a question.
pub struct ReleasedScore {
    id: ID,
    kind: QuestionKind,
    distribution: Distribution,
}

impl ReleasedScore {
    fn is_enps(&self) -> bool {
        matches!(self.kind, QuestionKind::Enps)
    }
}

/// One released cell: a group's answers to a question. Shares are in per cent; reversed scales are turned first.
#[Object]
impl ReleasedScore {
    /// An id for caches: the publication, the cut and the question.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// How many people answered the question.
    async fn n(&self) -> i32 {
        i32::try_from(self.distribution.n()).unwrap_or(i32::MAX)
    }

    /// How many people of the group skipped it.
    async fn skipped(&self) -> u32 {
        self.distribution.skipped
    }

    /// The favourable share with its interval; null where nobody answered.
    async fn favourable(&self) -> Option<EstimateStats> {
        let found = self.distribution.favourability(self.kind.is_reversed())?;
        Some(found.estimate(Confidence::P95)?.in_percent().into())
    }

    /// The neutral share; null where nobody answered.
    async fn neutral(&self) -> Option<f64> {
        Some(shown::percent(self.distribution.favourability(self.kind.is_reversed())?.neutral()))
    }

    /// The unfavourable share; null where nobody answered.
    async fn unfavourable(&self) -> Option<f64> {
        Some(shown::percent(self.distribution.favourability(self.kind.is_reversed())?.unfavourable()))
    }

    /// The mean point of the scale (for eNPS, of the scores from 0), two decimals; null where nobody answered.
    async fn mean(&self) -> Option<f64> {
        let mean = self.distribution.mean(self.kind.is_reversed())?;
        Some(shown::mean(if self.is_enps() { mean - 1.0 } else { mean }))
    }

    /// The mean with its interval by Student's t; null where fewer than two answered or all answered alike.
    async fn mean_interval(&self) -> Option<EstimateStats> {
        let mut estimate = self.distribution.mean_estimate(self.kind.is_reversed(), Confidence::P95)?;
        if self.is_enps() {
            estimate = Estimate {
                value: estimate.value - 1.0,
                low: estimate.low - 1.0,
                high: estimate.high - 1.0,
                ..estimate
            };
        }
        Some(estimate.as_mean().into())
    }

    /// How many chose each option, as answered.
    async fn distribution(&self) -> Vec<OptionSharePoint> {
        let shares = self.distribution.shares().unwrap_or_else(|| vec![0.0; self.distribution.counts.len()]);
        let from = i32::from(!self.is_enps());
        (from..)
            .zip(self.distribution.counts.iter().zip(shares))
            .map(|(option, (count, share))| OptionSharePoint { option, count: *count, percent: shown::percent(share) })
            .collect()
    }

    /// The eNPS; null for other questions, and below 10 answers, where it says nothing.
    async fn enps(&self) -> Option<EnpsStats> {
        if !self.is_enps() {
            return None;
        }
        match self.distribution.enps(Confidence::P95) {
            Ok(found) => {
                let count = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
                let score = Estimate {
                    value: shown::score(found.score.value),
                    low: shown::score(found.score.low),
                    high: shown::score(found.score.high),
                    ..found.score
                };
                Some(EnpsStats {
                    score: score.into(),
                    promoters: count(found.promoters),
                    passives: count(found.passives),
                    detractors: count(found.detractors),
                })
            }
            Err(EnpsNotShown::TooFew | EnpsNotShown::OtherScale) => None,
        }
    }
}

/// The immutable, disclosure-controlled results of a wave.
pub struct Publication {
    /// What was published.
    pub published: Arc<Published>,
}

impl Publication {
    /// The closed questions, in the order of the table's columns.
    fn columns(&self) -> Vec<Question> {
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

/// The axis along which cuts are listed: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum AxisInput {
    /// Everybody, then the teams from the top down, to this depth: 0 for everybody only, 1 with the root team, and so
    /// on. Pass 100 for all.
    Teams(i32),
    /// The values of an attribute, such as "site".
    Attribute(String),
}

impl AxisInput {
    fn covers(&self, cut: &FrameCut) -> bool {
        match (self, &cut.key) {
            (Self::Teams(depth), CutKey::Everyone | CutKey::Team { .. }) => {
                cut.depth <= u32::try_from(*depth).unwrap_or(0)
            }
            (Self::Attribute(axis), CutKey::Attribute { name, .. }) => axis == name,
            _ => false,
        }
    }
}

/// Which cut is meant: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum CutInput {
    /// Everybody who was invited. The value is ignored; pass true.
    Everyone(bool),
    /// A team with the teams below it.
    Team(ID),
    /// Everybody with a value of an attribute.
    Attribute(AttributeCutInput),
}

/// A value of an attribute.
#[derive(Debug, Clone, InputObject)]
pub struct AttributeCutInput {
    /// The attribute, such as "site".
    name: String,
    /// The value.
    value: String,
}

impl CutInput {
    fn key(self) -> Result<CutKey, Exception> {
        Ok(match self {
            Self::Everyone(_) => CutKey::Everyone,
            Self::Team(id) => CutKey::Team { team: argument_id("cut", &id)? },
            Self::Attribute(attribute) => CutKey::Attribute { name: attribute.name, value: attribute.value },
        })
    }
}

impl Frame {
    /// Whether a cut is `root` or lies below it.
    fn is_within(&self, cut: usize, root: usize) -> bool {
        let mut at = Some(cut);
        while let Some(here) = at {
            if here == root {
                return true;
            }
            at = self.cuts[here].parent;
        }
        false
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
        Ok(Survey::find(request(ctx)?, self.published.survey.id).await?)
    }

    /// The run of the survey.
    async fn wave(&self, ctx: &Context<'_>) -> Result<Option<Wave>> {
        let ctx = request(ctx)?;
        let Some(survey) = Survey::find(ctx, self.published.survey.id).await? else { return Ok(None) };
        let wave = get_wave_in(&ctx.db, self.published.organization, self.published.wave).await?;
        Ok(Some(Wave { wave, survey: survey.survey }))
    }

    /// When it was published.
    async fn published_at(&self) -> DateTime {
        DateTime(self.published.published_at)
    }

    /// What this publication shows and what it hides, with reasons.
    async fn plan(&self) -> ReleasePlan {
        ReleasePlan {
            of: self.published.id.to_string(),
            frame: self.published.frame.clone(),
            plan: self.published.plan.clone(),
        }
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
        let cuts = self.visible(&ctx.asker()?, under, &axis.unwrap_or(AxisInput::Teams(i32::MAX)));
        Ok(slice(&cuts, &page, |at| Cut { published: Arc::clone(&self.published), at: *at }))
    }

    /// One cut; null where there is none of that kind or you may not look at it.
    async fn cut(&self, ctx: &Context<'_>, #[graphql(desc = "Which cut.")] key: CutInput) -> Result<Option<Cut>> {
        let ctx = request(ctx)?;
        let found = self.published.frame.find(&key.key()?);
        let facts = self.published.facts();
        let asker = ctx.asker()?;
        Ok(found
            .filter(|at| service::may(&asker, &self.published, &facts, *at, Action::ReadCut))
            .map(|at| Cut { published: Arc::clone(&self.published), at }))
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
            Some(keys) => keys
                .iter()
                .map(|key| {
                    shape
                        .find_column(key)
                        .ok_or_else(|| Exception::bad_input(format!("questions: no closed question {key:?}")))
                })
                .collect::<Result<Vec<_>, _>>()?,
        };
        let rows = self.visible(&ctx.asker()?, under, &axis.unwrap_or(AxisInput::Teams(i32::MAX)));
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
        if !service::may(&ctx.asker()?, &self.published, &self.published.facts(), at, Action::ReadComments) {
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

async fn read_comments(
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

/// How many of a group took part.
#[derive(Union)]
pub enum Participation {
    /// In a band.
    ParticipationStats(ParticipationStats),
    /// Not shown.
    Suppressed(Suppressed),
}

/// How many of a group took part: a band, too coarse to tell who did not.
#[derive(Debug, Clone, SimpleObject)]
pub struct ParticipationStats {
    /// How many were invited.
    invited: u32,
    /// At least this share took part, in per cent.
    from_percent: i32,
    /// Less than this share took part, in per cent; 100 is inclusive.
    to_percent: i32,
}

/// One group whose results could be shown.
pub struct Cut {
    published: Arc<Published>,
    at: usize,
}

/// What a cut is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CutKind {
    /// Everybody who was invited.
    Everyone,
    /// A team with the teams below it.
    Team,
    /// Everybody with a value of an attribute.
    Attribute,
}

impl Cut {
    fn frame_cut(&self) -> &FrameCut {
        &self.published.frame.cuts[self.at]
    }

    fn id(&self) -> String {
        format!("{}.{}", self.published.id, self.at)
    }

    fn score(&self, column: usize) -> Score {
        let shape = self.published.survey.questionnaire.shape();
        let key = shape.columns().get(column).map_or("", |column| column.key.as_str());
        let id = ID(format!("{}.{key}", self.id()));
        let question = self.published.survey.questionnaire.find_question(key);
        let hidden = |reason: SuppressionReason, at_least| {
            Score::Suppressed(Suppressed {
                id: id.clone(),
                reason,
                minimum_group: self.published.table.minimum(),
                at_least,
            })
        };
        match (self.published.table.cell(self.at, column), question) {
            (Cell::Shown(counts), Some(question)) => Score::ReleasedScore(ReleasedScore {
                id,
                kind: question.kind.clone(),
                distribution: Distribution { counts: counts.options().to_vec(), skipped: counts.skipped() },
            }),
            (Cell::Unanimous { n, option }, Some(question)) => {
                let from = i32::from(!matches!(question.kind, QuestionKind::Enps)) - 1;
                let option = (option > 0).then(|| i32::from(option) + from);
                let bound = UnanimityInfo { option, at_least: n.saturating_sub(1), of: n };
                hidden(SuppressionReason::Unanimous, Some(bound))
            }
            (Cell::Hidden(reason), _) => hidden(reason.into(), None),
            (_, None) => hidden(SuppressionReason::NotInPlan, None),
        }
    }

    fn participation_for(&self, ctx: &RequestContext) -> Result<Option<Participation>> {
        let facts = self.published.facts();
        if !service::may(&ctx.asker()?, &self.published, &facts, self.at, Action::ReadParticipation) {
            return Ok(None);
        }
        Ok(Some(match self.published.participation.band(self.at) {
            Ok(band) => Participation::ParticipationStats(ParticipationStats {
                invited: band.invited,
                from_percent: i32::from(band.from_percent),
                to_percent: i32::from(band.to_percent),
            }),
            Err(reason) => Participation::Suppressed(Suppressed {
                id: ID(format!("{}.participation", self.id())),
                reason: reason.into(),
                minimum_group: self.published.table.minimum(),
                at_least: None,
            }),
        }))
    }
}

/// One group whose results could be shown.
#[Object]
impl Cut {
    /// An id for caches: the publication and the cut.
    #[graphql(name = "id")]
    async fn cut_id(&self) -> ID {
        ID(self.id())
    }

    /// What it is of.
    async fn kind(&self) -> CutKind {
        match self.frame_cut().key {
            CutKey::Everyone => CutKind::Everyone,
            CutKey::Team { .. } => CutKind::Team,
            CutKey::Attribute { .. } => CutKind::Attribute,
        }
    }

    /// Its name when the survey was launched.
    async fn name(&self) -> &str {
        &self.frame_cut().name
    }

    /// 0 for everybody, 1 for the root team and for attribute values, 2 for the teams below the root, and so on.
    async fn depth(&self) -> u32 {
        self.frame_cut().depth
    }

    /// The team, for a cut of a team; null where it is gone or you may not see it.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(match self.frame_cut().key {
            CutKey::Team { team } => Team::find(ctx, team),
            CutKey::Everyone | CutKey::Attribute { .. } => None,
        })
    }

    /// How many people of the group answered; null where the group is not shown.
    async fn respondents(&self) -> Option<u32> {
        self.published.table.respondents(self.at)
    }

    /// How many took part, in a band; null where you may not see it.
    async fn participation(&self, ctx: &Context<'_>) -> Result<Option<Participation>> {
        self.participation_for(request(ctx)?)
    }

    /// The group's answers to one question.
    #[graphql(name = "score")]
    async fn score_of(&self, #[graphql(desc = "The key of a closed question.")] question: String) -> Result<Score> {
        let shape = self.published.survey.questionnaire.shape();
        let column = shape
            .find_column(&question)
            .ok_or_else(|| Exception::bad_input(format!("question: no closed question {question:?}")))?;
        Ok(self.score(column))
    }
}

/// Cuts by questions.
pub struct Heatmap {
    published: Arc<Published>,
    columns: Vec<usize>,
    rows: Vec<usize>,
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

//! One group whose results could be shown, and how many of it took part.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use hearten_disclosure::Cell;
use hearten_measure::Distribution;
use hearten_policy::Action;
use hearten_survey::QuestionKind;

use super::{
    super::{
        frame::{CutKey, FrameCut},
        published::Published,
        service,
    },
    score::{ReleasedScore, Score, Suppressed, SuppressionReason, UnanimityInfo},
};
use crate::{
    areas::directory::types::Team,
    graphql::{
        context::{RequestContext, request},
        error::Exception,
    },
};

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
    pub(super) published: Arc<Published>,
    pub(super) at: usize,
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

    pub(super) fn score(&self, column: usize) -> Score {
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

    pub(super) fn participation_for(&self, ctx: &RequestContext) -> Result<Option<Participation>> {
        let facts = self.published.facts();
        if !service::may(&*ctx.asker()?, &self.published, &facts, self.at, Action::ReadParticipation) {
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

//! Rounds and what came of them, as the schema shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};
use hearten_disclosure::{Cell, ReleasePlan, Released, ResultTable, Verdict};
use hearten_policy::{Action, CutScope, Resource};
use hearten_ranking::{Contest, Majorities};

use super::{
    loaders::{OutcomeOf, PartOf, RankingOf},
    store::{PriorityRoundState, Round},
};
use crate::{
    areas::{
        audit,
        directory::types::Team,
        results::{
            service::{CutKey, Frame},
            types::SuppressionReason,
        },
    },
    graphql::{
        context::request,
        paging::{Listing, Page, whole},
        scalars::DateTime,
    },
};

/// What came of a closed round.
pub struct Outcome {
    /// The cuts, frozen at opening.
    pub frame: Frame,
    /// What the plan says of each.
    pub plan: ReleasePlan,
    /// The released counts.
    pub table: Released<ResultTable>,
}

/// One round of asking what matters most.
pub struct PriorityRound {
    /// The round.
    pub round: Arc<Round>,
    /// Whether the asker of the query is asked in it.
    pub invited: bool,
}

/// Something that can matter.
#[derive(SimpleObject)]
pub struct PriorityOption {
    /// A short name for programs: what is ranked.
    key: String,
    /// What people read.
    text: String,
}

/// One round of asking what matters most. Single rankings are deleted when it closes; until then everybody reads the own one
/// and nobody another's.
#[Object]
impl PriorityRound {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.round.id.to_string().into()
    }

    /// The title.
    async fn title(
        &self,
        #[graphql(desc = "The wanted language, en or de; English when left out.")] locale: Option<String>,
    ) -> String {
        self.round.title.in_locale(locale.as_deref()).to_owned()
    }

    /// What can be ranked.
    async fn options(
        &self,
        #[graphql(desc = "The wanted language, en or de; English when left out.")] locale: Option<String>,
    ) -> Vec<PriorityOption> {
        let text = |option: &super::store::Choice| option.text.in_locale(locale.as_deref()).to_owned();
        self.round.options.iter().map(|option| PriorityOption { key: option.key.clone(), text: text(option) }).collect()
    }

    /// The teams it asks, with all teams below; empty when it asks everybody.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        let ctx = request(ctx)?;
        Ok(self.round.teams.iter().filter_map(|team| Team::find(ctx, *team)).collect())
    }

    /// Where it stands.
    async fn state(&self) -> PriorityRoundState {
        self.round.state
    }

    /// The fewest people of a shown group.
    async fn minimum_group(&self) -> i32 {
        i32::try_from(self.round.minimum).unwrap_or(i32::MAX)
    }

    /// After how many weeks the next round opens; null for one round only.
    async fn cadence_weeks(&self) -> Option<i32> {
        self.round.cadence_weeks
    }

    /// When it opens.
    async fn opens_at(&self) -> DateTime {
        DateTime(self.round.opens_at)
    }

    /// When rankings are due.
    async fn closes_at(&self) -> DateTime {
        DateTime(self.round.closes_at)
    }

    /// When it was closed, and single rankings were deleted.
    async fn closed_at(&self) -> Option<DateTime> {
        self.round.closed_at.map(DateTime)
    }

    /// Whether you are asked.
    async fn invited(&self) -> bool {
        self.invited
    }

    /// Whether you took part; null where you are not asked.
    async fn took_part(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let ctx = request(ctx)?;
        let Some(me) = ctx.asker()?.person().filter(|_| self.invited) else { return Ok(None) };
        Ok(ctx.loaders()?.load(PartOf(me, self.round.id)).await?)
    }

    /// Your own ranking by keys, the most important first; null where you gave none, and once the round is closed: then it
    /// is deleted.
    async fn my_ranking(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>> {
        let ctx = request(ctx)?;
        let Some(me) = ctx.asker()?.person().filter(|_| self.invited) else { return Ok(None) };
        let ranking = ctx.loaders()?.load(RankingOf(me, self.round.id)).await?;
        let key = |option: u8| self.round.options.get(usize::from(option)).map(|option| option.key.clone());
        Ok(ranking.map(|ranking| ranking.into_iter().filter_map(key).collect()))
    }

    /// What came of it, by group: all who took part first, then teams from the top down, as far as they are open to you; null
    /// until it is closed. Reading is recorded.
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<PriorityCut>>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let ctx = request(ctx)?;
        let asker = ctx.asker()?;
        let Some(outcome) = ctx.loaders()?.load(OutcomeOf(self.round.id)).await? else { return Ok(None) };
        let may = |key: &CutKey| {
            let cut = match key {
                CutKey::Team { team } => CutScope::team(*team),
                CutKey::Everyone | CutKey::Attribute { .. } => CutScope::WHOLE,
            };
            asker.may(Action::ReadPriorityCut, Resource::PriorityCut { round: self.round.facts(self.invited), cut })
        };
        let cuts = outcome.frame.cuts.iter().enumerate().filter(|(_, cut)| may(&cut.key));
        let cut = |(at, _)| PriorityCut { round: Arc::clone(&self.round), outcome: Arc::clone(&outcome), at };
        let seen: Vec<PriorityCut> = cuts.map(cut).collect();
        if seen.is_empty() {
            return Ok(None);
        }
        audit::record_reading(ctx, "priorities.read", &self.round.id.to_string()).await?;
        Ok(Some(whole(seen, &page)))
    }
}

/// What a group ranks highest.
pub struct PriorityCut {
    round: Arc<Round>,
    outcome: Arc<Outcome>,
    at: usize,
}

/// What a group ranks highest.
#[Object]
impl PriorityCut {
    /// The group's name when the round opened.
    async fn name(&self) -> &str {
        &self.outcome.frame.cuts[self.at].name
    }

    /// The team, with the teams below; null for all who took part.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(match self.outcome.frame.cuts[self.at].key {
            CutKey::Team { team } => Team::find(ctx, team),
            CutKey::Everyone | CutKey::Attribute { .. } => None,
        })
    }

    /// The figures, or why there are none.
    async fn outcome(&self) -> PriorityOutcome {
        match self.outcome.plan.verdict(self.at) {
            Verdict::Hidden(reason) => PriorityOutcome::Hidden(HiddenPriorities {
                reason: reason.into(),
                minimum: i32::try_from(self.round.minimum).unwrap_or(i32::MAX),
            }),
            Verdict::Shown | Verdict::ShownDerivable => PriorityOutcome::Shown(self.released()),
        }
    }
}

impl PriorityCut {
    fn released(&self) -> PriorityResult {
        let (table, options) = (self.outcome.table.get(), &self.round.options);
        let key = |option: usize| options[option].key.clone();
        let contest = Contest::of(options.len());
        let score = |option: usize| {
            let (mean, reason) = match table.cell(self.at, option) {
                Cell::Shown(counts) => (contest.and_then(|contest| contest.mean_points(counts.options())), None),
                Cell::Unanimous { .. } => (None, Some(SuppressionReason::Unanimous)),
                Cell::Hidden(reason) => (None, Some(reason.into())),
            };
            PriorityScore { option: key(option), mean_points: mean.map(|mean| (mean * 10.0).round() / 10.0), reason }
        };
        let majorities = contest.and_then(|contest| self.majorities(contest, table));
        PriorityResult {
            respondents: table.respondents(self.at).map(|n| i32::try_from(n).unwrap_or(i32::MAX)),
            scores: (0..options.len()).map(score).collect(),
            condorcet_winner: majorities.as_ref().and_then(Majorities::condorcet_winner).map(key),
            order: majorities.map(|majorities| {
                let steps = majorities.order().steps.into_iter();
                steps.map(|step| PriorityStep { options: step.into_iter().map(key).collect() }).collect()
            }),
        }
    }

    /// The majorities, unless one of them is hidden: an order without it would be another one.
    fn majorities(&self, contest: Contest, table: &ResultTable) -> Option<Majorities> {
        let mut majorities = Majorities::none(contest.options());
        for (column, pair) in (contest.options()..).zip(contest.pairs()) {
            let (first, second) = match table.cell(self.at, column) {
                Cell::Shown(counts) => {
                    let counts = counts.options();
                    (counts.first().copied().unwrap_or(0), counts.get(1).copied().unwrap_or(0))
                }
                // All, or all but one: the direction is known and the strength as good as.
                Cell::Unanimous { n, option: 1 } => (n, 0),
                Cell::Unanimous { n, option: 2 } => (0, n),
                Cell::Unanimous { .. } => (0, 0),
                Cell::Hidden(_) => return None,
            };
            majorities.set(pair, first, second);
        }
        Some(majorities)
    }
}

/// The figures of a group, or why they are not shown.
#[derive(Union)]
pub enum PriorityOutcome {
    /// The figures.
    Shown(PriorityResult),
    /// Nothing is said.
    Hidden(HiddenPriorities),
}

/// What a group ranks highest.
#[derive(SimpleObject)]
pub struct PriorityResult {
    /// How many of the group took part.
    respondents: Option<i32>,
    /// The Borda points of each option.
    scores: Vec<PriorityScore>,
    /// All options, the most preferred first, by majorities between pairs (Schulze's method); null where a majority cannot be
    /// shown without giving somebody away.
    order: Option<Vec<PriorityStep>>,
    /// The option that more people prefer to each other option than the other way round; null where there is none, or the
    /// order is not shown.
    condorcet_winner: Option<String>,
}

/// A step of an order.
#[derive(SimpleObject)]
pub struct PriorityStep {
    /// The keys of the options that share it.
    options: Vec<String>,
}

/// How high an option stands on average.
#[derive(SimpleObject)]
pub struct PriorityScore {
    /// The key of the option.
    option: String,
    /// Mean Borda points: how many options stand below it on average, from 0 to the number of options less one, rounded to a
    /// tenth. Options that somebody left out share what is left. Null where it is not shown.
    mean_points: Option<f64>,
    /// Why it is not shown.
    reason: Option<SuppressionReason>,
}

/// That nothing is said of a group, and why.
#[derive(SimpleObject)]
pub struct HiddenPriorities {
    /// Why.
    reason: SuppressionReason,
    /// The fewest people of a shown group.
    minimum: i32,
}

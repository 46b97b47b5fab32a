//! Frictions and steps as the schema shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use hearten_entity::{friction, roadmap_step};
use hearten_policy::{Action, Resource};

use super::{
    cost,
    loaders::{StepsOf, VoteOf},
    service,
    store::{FrictionFrequency, FrictionState, RoadmapStepState, facts_of},
};
use crate::{
    areas::directory::types::{Person, Team},
    graphql::{
        context::request,
        paging::{Listing, Page, slice},
        scalars::{Date, DateTime},
    },
};

/// A reported detour in a process.
pub struct Friction {
    /// The row.
    pub row: Arc<friction::Model>,
}

impl From<friction::Model> for Friction {
    fn from(row: friction::Model) -> Self {
        Self { row: Arc::new(row) }
    }
}

/// A reported detour in a process: where, how often, what it costs, and what is done about it.
#[Object]
impl Friction {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// In one line.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Where: the process.
    async fn process(&self) -> &str {
        &self.row.process
    }

    /// What happens; empty where the title says it.
    async fn description(&self) -> &str {
        &self.row.description
    }

    /// How often.
    async fn frequency(&self) -> Result<FrictionFrequency> {
        Ok(FrictionFrequency::read(&self.row.frequency)?)
    }

    /// The team it concerns; null where it concerns everybody.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.row.team_id.and_then(|team| Team::find(ctx, team)))
    }

    /// Who reported it; null where it was reported anonymously, which nobody can undo, and for somebody you may not see.
    async fn reporter(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.reporter_id.and_then(|person| Person::find(ctx, person)))
    }

    /// Where it stands.
    async fn state(&self) -> Result<FrictionState> {
        Ok(FrictionState::read(&self.row.state)?)
    }

    /// Why nothing will be done; null where that was not decided.
    async fn reject_reason(&self) -> Option<&str> {
        self.row.reject_reason.as_deref()
    }

    /// What it was merged into; null where it was not.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Friction>> {
        match self.row.merged_into {
            Some(id) => Ok(service::find(request(ctx)?, id).await?),
            None => Ok(None),
        }
    }

    /// Minutes lost a week for each person affected: the mean of what was reported and of what voters said.
    async fn minutes_lost_per_week(&self) -> f64 {
        cost::mean_minutes(&self.row)
    }

    /// How many are affected: as many as were reported, or as many as said so, whichever is more.
    async fn people_affected(&self) -> i32 {
        cost::people(&self.row)
    }

    /// Minutes lost a week in all: minutes × people. What the list is ordered by.
    async fn cost_per_week(&self) -> i32 {
        i32::try_from(self.row.cost).unwrap_or(i32::MAX)
    }

    /// How many said that it affects them.
    async fn vote_count(&self) -> i32 {
        self.row.vote_count
    }

    /// What you said yourself; null where you said nothing.
    async fn my_vote(&self, ctx: &Context<'_>) -> Result<Option<FrictionVoteInfo>> {
        let ctx = request(ctx)?;
        let Some(me) = ctx.asker()?.person() else { return Ok(None) };
        let vote = ctx.loaders()?.load(VoteOf(me, self.row.id)).await?;
        Ok(vote.map(|vote| FrictionVoteInfo { minutes: vote.minutes, voted_at: DateTime(vote.voted_at) }))
    }

    /// What is done about it, oldest first.
    async fn steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<RoadmapStep>> {
        let page = Page::<usize>::from_arguments(first, after, last, before)?;
        let all = request(ctx)?.loaders()?.load(StepsOf(self.row.id)).await?.unwrap_or_default();
        Ok(slice(&all, &page, |row| RoadmapStep::from(row.clone())))
    }

    /// When it was reported.
    async fn reported_at(&self) -> DateTime {
        DateTime(self.row.reported_at)
    }

    /// What you may do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<FrictionPermissionInfo> {
        use FrictionState::{InProgress, Merged, Planned, Reported};
        let asker = request(ctx)?.asker()?;
        let may = |action| asker.may(action, Resource::Friction(facts_of(&self.row)));
        let state = FrictionState::read(&self.row.state)?;
        let live = matches!(state, Reported | Planned | InProgress);
        let triage = may(Action::TriageFriction);
        Ok(FrictionPermissionInfo {
            vote: live && may(Action::VoteFriction),
            edit: state != Merged && (triage || (state == Reported && may(Action::EditFriction))),
            triage: state != Merged && triage,
        })
    }
}

/// What the asker may do with a friction.
#[derive(SimpleObject)]
pub struct FrictionPermissionInfo {
    /// Say that it affects you.
    vote: bool,
    /// Change what it says.
    edit: bool,
    /// Merge it, plan steps, resolve or reject it.
    triage: bool,
}

/// That a friction affects you.
#[derive(SimpleObject)]
pub struct FrictionVoteInfo {
    /// Minutes you lose a week; null where you did not say.
    minutes: Option<i32>,
    /// When you said it last.
    voted_at: DateTime,
}

/// What is done about a friction.
pub struct RoadmapStep {
    /// The row.
    pub row: roadmap_step::Model,
}

impl From<roadmap_step::Model> for RoadmapStep {
    fn from(row: roadmap_step::Model) -> Self {
        Self { row }
    }
}

/// What is done about a friction: by whom, by when, and what it led to.
#[Object]
impl RoadmapStep {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// The friction.
    async fn friction(&self, ctx: &Context<'_>) -> Result<Option<Friction>> {
        Ok(service::find(request(ctx)?, self.row.friction_id).await?)
    }

    /// In one line.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Who sees to it; null for somebody you may not see.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.row.owner_id))
    }

    /// By when.
    async fn due_on(&self) -> Option<Date> {
        self.row.due_on.map(Date)
    }

    /// Where it stands.
    async fn state(&self) -> Result<RoadmapStepState> {
        Ok(RoadmapStepState::read(&self.row.state)?)
    }

    /// When it was planned.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// What it led to; null until it is done.
    async fn result(&self) -> Option<RoadmapResultInfo> {
        let (minutes, people, done) = (self.row.minutes_after?, self.row.people_after?, self.row.done_at?);
        let after = i64::from(minutes) * i64::from(people);
        let int = |n: i64| i32::try_from(n.clamp(i64::from(i32::MIN), i64::from(i32::MAX))).unwrap_or_default();
        Some(RoadmapResultInfo {
            cost_before: int(self.row.cost_before),
            minutes_after: minutes,
            people_after: people,
            saved_minutes_per_week: int(self.row.cost_before - after),
            note: self.row.result_note.clone(),
            done_at: DateTime(done),
        })
    }
}

/// What a step led to, as measured by those who took it.
#[derive(SimpleObject)]
pub struct RoadmapResultInfo {
    /// Minutes lost a week in all when the step was planned.
    cost_before: i32,
    /// Minutes still lost a week for each person affected.
    minutes_after: i32,
    /// How many are still affected.
    people_after: i32,
    /// Minutes saved a week in all: what it cost before, without minutes after × people after. Below zero where it got worse.
    saved_minutes_per_week: i32,
    /// What was measured, and how.
    note: Option<String>,
    /// When it was done.
    done_at: DateTime,
}

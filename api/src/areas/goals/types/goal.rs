//! A goal.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use hearten_goals::health;
use hearten_ids::{GoalAlignmentId, GoalChangeId, GoalCheckInId};
use hearten_policy::Action;

use super::{
    GoalAlignment, GoalChange, GoalCheckIn, GoalConfidence, GoalCycle, GoalLevelName, GoalProgressSource,
    GoalScoreHealth, GoalStateName, GoalVisibility, KeyResult,
};
use crate::{
    areas::{
        directory::types::{Person, Team},
        goals::{
            closing::suggested,
            loaders::{AlignmentsOf, KeyResultsOf, Recent, RecentPage},
            service, store,
        },
    },
    graphql::{
        context::request,
        error::Exception,
        paging::{Arranged, Listing, Page, listing},
        scalars::{Date, DateTime},
    },
};

/// Something to be reached in a cycle.
pub struct Goal {
    pub(in crate::areas::goals) goal: Arc<store::Goal>,
}

impl From<Arc<store::Goal>> for Goal {
    fn from(goal: Arc<store::Goal>) -> Self {
        Self { goal }
    }
}

/// A score in hundredths as clients see it.
fn share(hundredths: i32) -> f64 {
    f64::from(hundredths) / 100.0
}

/// Something to be reached in a cycle: by the organization, a team or a person.
#[Object]
impl Goal {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.goal.id.to_string().into()
    }

    /// What is to be reached.
    async fn title(&self) -> &str {
        &self.goal.title
    }

    /// Why and how; null where nothing is said.
    async fn description(&self) -> Option<&str> {
        Some(self.goal.description.as_str()).filter(|text| !text.is_empty())
    }

    /// Whose goal it is.
    async fn level(&self) -> GoalLevelName {
        self.goal.place.level.into()
    }

    /// Who may see it.
    async fn visibility(&self) -> GoalVisibility {
        self.goal.place.visibility.into()
    }

    /// Where it stands.
    async fn state(&self) -> GoalStateName {
        self.goal.state.into()
    }

    /// The cycle.
    async fn cycle(&self, ctx: &Context<'_>) -> Result<Option<GoalCycle>> {
        Ok(service::find_cycle(request(ctx)?, self.goal.cycle).await?.map(Into::into))
    }

    /// The team; of a person's goal, the team the person was in when it was written.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.goal.place.team.and_then(|team| Team::find(ctx, team)))
    }

    /// Whose goal it is; of a team's or the organization's goal, who answers for it.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.goal.place.owner.and_then(|owner| Person::find(ctx, owner)))
    }

    /// How far it has come, 0 to 1; null where nothing tells.
    async fn progress(&self) -> Option<f64> {
        self.goal.rolled.progress.map(hearten_goals::Progress::share)
    }

    /// Where the progress comes from.
    async fn progress_source(&self) -> GoalProgressSource {
        self.goal.rolled.source.into()
    }

    /// How sure somebody is that it will be reached, as last said.
    async fn confidence(&self) -> Option<GoalConfidence> {
        self.goal.confidence.map(|(confidence, _)| confidence.into())
    }

    /// The same from 0 to 10.
    async fn confidence_score(&self) -> Option<i32> {
        self.goal.confidence.map(|(_, score)| score)
    }

    /// How many days may pass between check-ins.
    async fn check_in_every_days(&self) -> i32 {
        self.goal.every_days
    }

    /// The last day for the next check-in; after it the goal is stale.
    async fn check_in_due_on(&self) -> Date {
        Date(self.goal.due_on)
    }

    /// When somebody last checked in.
    async fn checked_in_at(&self) -> Option<DateTime> {
        self.goal.checked_in_at.map(DateTime)
    }

    /// Whether it is open and has gone without a check-in for too long.
    async fn stale(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.goal.is_stale(request(ctx)?.app.clock.today()))
    }

    /// What tells whether it is reached: at most 50, in the order they were written.
    async fn key_results(&self, ctx: &Context<'_>) -> Result<Option<Vec<KeyResult>>> {
        let parts = request(ctx)?.loaders()?.load(KeyResultsOf(self.goal.id)).await?;
        Ok(Some(parts.unwrap_or_default().into_iter().map(Into::into).collect()))
    }

    /// The goals that support it and that you may see, in the order they were aligned.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<GoalAlignment>>> {
        let page: Page<GoalAlignmentId> = Page::from_arguments(first, after, last, before)?;
        Ok(Some(service::alignments(request(ctx)?, AlignmentsOf::Children(self.goal.id), page).await?))
    }

    /// The goals that it supports and that you may see, in the order they were aligned.
    async fn parents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<GoalAlignment>>> {
        let page: Page<GoalAlignmentId> = Page::from_arguments(first, after, last, before)?;
        Ok(Some(service::alignments(request(ctx)?, AlignmentsOf::Parents(self.goal.id), page).await?))
    }

    /// What was said of it, newest first.
    async fn check_ins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<GoalCheckIn>>> {
        let page: Page<GoalCheckInId> = Page::from_arguments(first, after, last, before)?;
        let key = Recent { goal: self.goal.id, page: RecentPage::of(&page) };
        let rows = request(ctx)?.loaders()?.load(key).await?.unwrap_or_default();
        let Arranged { rows, has_previous, has_next } = page.arrange(rows);
        let items = rows.into_iter().map(|row| Ok((row.id, GoalCheckIn::try_from(row)?)));
        Ok(Some(listing(items.collect::<Result<Vec<_>, Exception>>()?, has_previous, has_next, None)))
    }

    /// What was changed about it, newest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<GoalChange>>> {
        let page: Page<GoalChangeId> = Page::from_arguments(first, after, last, before)?;
        let key = Recent { goal: self.goal.id, page: RecentPage::of(&page) };
        let rows = request(ctx)?.loaders()?.load(key).await?.unwrap_or_default();
        let Arranged { rows, has_previous, has_next } = page.arrange(rows);
        let items = rows.into_iter().map(|row| Ok((row.id, GoalChange::try_from(row)?)));
        Ok(Some(listing(items.collect::<Result<Vec<_>, Exception>>()?, has_previous, has_next, None)))
    }

    /// The score, 0 to 1, once it is closed.
    async fn score(&self) -> Option<f64> {
        self.goal.score.map(share)
    }

    /// Why the score is not the one that was suggested.
    async fn score_note(&self) -> Option<&str> {
        self.goal.score_note.as_deref()
    }

    /// How the score reads.
    async fn score_health(&self) -> Option<GoalScoreHealth> {
        self.goal.score.map(|score| health(score).into())
    }

    /// The score its progress suggests, 0 to 1; null where nothing tells how far it has come.
    async fn suggested_score(&self) -> Option<f64> {
        suggested(&self.goal).map(share)
    }

    /// The goal it was rolled over from, when you may see it.
    async fn origin(&self, ctx: &Context<'_>) -> Result<Option<Goal>> {
        match self.goal.origin {
            Some(origin) => Ok(service::find_goal(request(ctx)?, origin).await?.map(Into::into)),
            None => Ok(None),
        }
    }

    /// Who wrote it; null where you may not see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.goal.created_by.and_then(|person| Person::find(ctx, person)))
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.goal.created_at)
    }

    /// When it was closed or given up.
    async fn closed_at(&self) -> Option<DateTime> {
        self.goal.closed_at.map(DateTime)
    }

    /// What you may do with this goal.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<GoalPermissionInfo> {
        let asker = request(ctx)?.asker()?;
        let may = |action| asker.may(action, self.goal.resource());
        Ok(GoalPermissionInfo { edit: may(Action::WriteGoal), check_in: may(Action::CheckInGoal) })
    }
}

/// What the asker may do with a goal, as long as it is open and its cycle is not closed.
#[derive(SimpleObject)]
pub struct GoalPermissionInfo {
    /// Change it, its key results and what it supports; close it, give it up, roll it over.
    edit: bool,
    /// Say how far it has come.
    check_in: bool,
}

//! A team as the schema shows it. What the directory knows is answered from the org chart; the other areas are asked
//! through their services.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use hearten_ids::TeamId;
use hearten_orgchart::{OrgChart, TeamRecord};
use hearten_policy::{Action, Resource};

use super::Person;
use crate::{
    areas::{
        conversations::{service as conversations, types::ConversationCoverage},
        directory::service,
        expectations::{service as expectations, types::TeamWorkload},
        goals::{service as goals, types::Goal},
        recognition::{
            service as recognition,
            types::{RecognitionBalanceResult, int},
        },
        requests::{
            service::responses_of as team_responses,
            types::{RequestStatsOutcome, TeamResponse, request_stats},
        },
        responsibilities::{service as responsibilities, types::Responsibility},
        retention::{
            service as retention,
            types::{RetentionGroup, Survival, Turnover},
        },
    },
    graphql::{
        context::{Asker, RequestContext, request},
        input::argument_id,
        paging::{Listing, Page, Placed},
        scalars::Date,
    },
};

/// A node of the organization's one team tree, as somebody sees it.
pub struct Team {
    id: TeamId,
    asker: Arc<Asker>,
}

impl Team {
    /// The team with this id, when the asker may see it.
    pub fn find(ctx: &RequestContext, id: TeamId) -> Option<Self> {
        Self::seen_by(&ctx.asker().ok()?, id)
    }

    pub(in crate::areas::directory) fn seen_by(asker: &Arc<Asker>, id: TeamId) -> Option<Self> {
        asker.snapshot.chart.team(id)?;
        asker.may(Action::ReadTeam, Resource::Team(id)).then(|| Self { id, asker: Arc::clone(asker) })
    }

    fn chart(&self) -> &OrgChart {
        &self.asker.snapshot.chart
    }

    fn record(&self) -> &TeamRecord {
        // A Team is only made for an id its chart knows.
        #[expect(clippy::expect_used, reason = "the constructor has looked")]
        self.chart().team(self.id).expect("the chart knows the team")
    }
}

impl Placed for Team {
    type Place = (String, TeamId);

    fn place(&self) -> Self::Place {
        let name_key = self.chart().team_cursor(self.id).map(|cursor| cursor.name_key.to_string());
        (name_key.unwrap_or_default(), self.id)
    }
}

/// A node of the organization's one team tree. Served from the org chart.
#[Object(serial)]
impl Team {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.to_string().into()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.record().name
    }

    /// Whether the team is kept for history only.
    async fn archived(&self) -> bool {
        self.record().archived
    }

    /// The team above; null for the root.
    async fn parent(&self) -> Option<Team> {
        Self::seen_by(&self.asker, self.record().parent?)
    }

    /// The teams above, the root first.
    async fn ancestors(&self) -> Vec<Team> {
        let above = self.chart().ancestors(self.id);
        above.iter().filter_map(|team| Self::seen_by(&self.asker, team.id)).collect()
    }

    /// The teams directly below, in the order of names.
    async fn children(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<Team>> {
        let page = Page::from_arguments(first, after, last, before)?;
        service::team_page(&self.asker, &self.chart().children(self.id), page)
    }

    /// Who leads the team.
    async fn lead(&self) -> Option<Person> {
        Person::seen_by(&self.asker, self.chart().lead(self.id)?.id)
    }

    /// The members, in the order of names; with `subtree`, those of the teams below too.
    async fn members(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Whether the teams below count too.", default = false)] subtree: bool,
    ) -> Result<Listing<Person>> {
        let chart = self.chart();
        let list = if subtree { chart.members_of_subtree(self.id) } else { chart.members(self.id) };
        service::person_page(&self.asker, &list, Page::from_arguments(first, after, last, before)?)
    }

    /// How many people are in the team; null where you may not see it.
    async fn headcount(
        &self,
        #[graphql(desc = "Whether the teams below count too.", default = true)] subtree: bool,
    ) -> Option<i32> {
        if !self.asker.may(Action::ReadHeadcount, Resource::Team(self.id)) {
            return None;
        }
        let chart = self.chart();
        let count = if subtree { chart.headcount_of_subtree(self.id) } else { chart.headcount(self.id) };
        Some(i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// How thanks are spread in the team and those below, without private ones, over whole months that are over; null
    /// where you may not see it.
    async fn recognition_balance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many months, 1 to 12.", default = 3)] months: i32,
    ) -> Result<Option<RecognitionBalanceResult>> {
        let found = Box::pin(recognition::balance_of(request(ctx)?, self.id, months)).await?;
        Ok(found.map(RecognitionBalanceResult::from))
    }

    /// Points that whoever leads the team may give away beside the own allowance; null where you may not see it.
    async fn points_budget(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        if !self.asker.may(Action::ReadTeamBudget, Resource::Team(self.id)) {
            return Ok(None);
        }
        Ok(Some(int(Box::pin(request(ctx)?.loaders()?.budget_of(self.id)).await?)))
    }

    /// How the requests were answered that people of this team and of the teams below opened in a quarter; null while the
    /// quarter is not reported, which is two weeks after its end, and where you may not see it.
    async fn request_stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year.")] year: i32,
        #[graphql(desc = "The quarter of the year, 1 to 4.")] quarter: i32,
    ) -> Result<Option<RequestStatsOutcome>> {
        Ok(Box::pin(request_stats(request(ctx)?, self.id, year, quarter)).await?)
    }

    /// What the team was told of what came of its wishes, newest first; null where you may not see it.
    async fn responses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<TeamResponse>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(team_responses(request(ctx)?, self.id, page)).await?)
    }

    /// The share of the people of the team, and of the teams below it, who held a 1:1 with their manager lately. For who
    /// leads it or a team above, people partners and executives; null for everybody else. Hidden where it would speak of
    /// fewer than five people, also together with what other teams show.
    async fn conversation_coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In the last 2, 4, 8 or 13 weeks.", default = 4)] weeks: i32,
    ) -> Result<Option<ConversationCoverage>> {
        Ok(Box::pin(conversations::share_of_team(request(ctx)?, self.id, weeks)).await?)
    }

    /// What open expectations add up to for the team and those below it, as a group; null where you may not ask.
    async fn workload(&self, ctx: &Context<'_>) -> Result<Option<TeamWorkload>> {
        Ok(Box::pin(expectations::team_workload(request(ctx)?, self.id)).await?)
    }

    /// The areas of responsibility that are at home in the team, by name; null where you may not read them.
    async fn responsibilities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Responsibility>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(responsibilities::areas_of_team(request(ctx)?, self.id, page)).await?)
    }

    /// The team's own goals that you may see, in the order they were written: of the cycles that are open unless one is
    /// named.
    async fn goals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those of this cycle.")] cycle: Option<ID>,
    ) -> Result<Option<Listing<Goal>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        let cycle = cycle.map(|id| argument_id("cycle", &id)).transpose()?;
        Ok(Some(Box::pin(goals::goals_of_team(request(ctx)?, self.id, cycle, page)).await?))
    }

    /// How many people of the team and the teams below left in months that are over. For who leads it or a team above,
    /// people partners, executives and admins; null for everybody else. Hidden where it would speak of fewer than twenty
    /// people, also together with what other teams show.
    async fn turnover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day of the first month.")] from: Date,
        #[graphql(desc = "The first day of the month after the last; at most 60 months later.")] until: Date,
    ) -> Result<Option<Turnover>> {
        let found = Box::pin(retention::turnover(request(ctx)?, Some(self.id), from.0, until.0)).await?;
        Ok(found.map(Turnover::from))
    }

    /// How long the people of the team and the teams below stay, as seen in the calendar years that are over. For those
    /// who see the turnover; hidden where that would be, and where reasons of leaving would.
    async fn survival(&self, ctx: &Context<'_>) -> Result<Option<Survival>> {
        let found = Box::pin(retention::survival(request(ctx)?, Some(self.id))).await?;
        Ok(found.map(Survival::from))
    }

    /// How many people of the team and the teams below may leave, as it stood when the month began. For who leads it or a
    /// team above, people partners, executives and admins, so that they can do something about it; null for everybody
    /// else. It is recorded who looks.
    async fn retention(&self, ctx: &Context<'_>) -> Result<Option<RetentionGroup>> {
        let found = Box::pin(retention::risk(request(ctx)?, Some(self.id))).await?;
        Ok(found.map(RetentionGroup::from))
    }

    /// Whether you may change the team.
    async fn viewer_can_edit(&self) -> bool {
        self.asker.may(Action::WriteDirectory, Resource::Team(self.id))
    }
}

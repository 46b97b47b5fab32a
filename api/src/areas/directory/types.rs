//! Persons, teams and the organization as the schema shows them. Every field is answered from the org chart.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::{LeaveReason, OrgChart, PersonCursor, PersonRecord, PersonSlot, TeamRecord};
use hearten_policy::{Action, Resource};

use super::service;
pub use super::{
    charts::Snapshot,
    filters::OrderDirection,
    organization_types::{Actor, Organization, Role, RoleGrant, RoleInfo},
};
use crate::{
    areas::{
        conversations::{service as conversations, types::ConversationCoverage},
        expectations::{
            service as expectations,
            types::{
                self as expectation_types, Expectation, ExpectationDirection, ExpectationFilterInput,
                ExpectationOrderInput, TeamWorkload, Workload,
            },
        },
        goals::{service as goals, types::Goal},
        points::{service as points, types::Wallet},
        recognition::{
            service as recognition,
            types::{Recognition, RecognitionBalanceResult, int},
        },
        requests::{
            service::responses_of as team_responses,
            types::{RequestStatsOutcome, TeamResponse, request_stats},
        },
        responsibilities::{
            service as responsibilities,
            types::{Responsibility, ResponsibilityAssignment, ResponsibilityLoad},
        },
    },
    graphql::{
        context::{Asker, RequestContext, request},
        input::argument_id,
        paging::{Listing, Page, Placed},
        scalars::{Date, DateTime},
    },
};

/// What ties a person to the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_orgchart::Relationship")]
pub enum Relationship {
    /// Employed.
    Employee,
    /// Works for the organization under another contract.
    Contractor,
    /// Owns a share of it.
    Owner,
    /// Sits on its board.
    BoardMember,
}

/// Why a person left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "LeaveReason", remote = "LeaveReason")]
pub enum LeaveReasonName {
    /// The person's own decision.
    Voluntary,
    /// The organization's decision.
    Involuntary,
    /// Retirement.
    Retirement,
    /// A contract ran out.
    EndOfContract,
    /// Anything else.
    Other,
}

/// How far down the reporting lines a list of reports goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ReportDepth {
    /// Those who report to the person directly.
    Direct,
    /// Everybody below.
    All,
}

/// Somebody in the organization, as somebody sees them.
pub struct Person {
    asker: Arc<Asker>,
    // In the asker's chart, which finds a record by its slot in no time.
    slot: PersonSlot,
}

impl Person {
    /// The person with this id, when the asker may see them.
    pub fn find(ctx: &RequestContext, id: PersonId) -> Option<Self> {
        Self::seen_by(&ctx.asker().ok()?, id)
    }

    fn seen_by(asker: &Arc<Asker>, id: PersonId) -> Option<Self> {
        Self::seen_at(asker, asker.snapshot.chart.slot(id)?)
    }

    pub(super) fn seen_at(asker: &Arc<Asker>, slot: PersonSlot) -> Option<Self> {
        let record = asker.snapshot.chart.at(slot);
        asker.may_read(record).then(|| Self { asker: Arc::clone(asker), slot })
    }

    fn chart(&self) -> &OrgChart {
        &self.asker.snapshot.chart
    }

    fn record(&self) -> &PersonRecord {
        self.chart().at(self.slot)
    }

    fn may(&self, action: Action) -> bool {
        self.asker.may(action, Resource::Person(self.record().id))
    }
}

impl Placed for Person {
    type Place = (String, PersonId);

    fn place(&self) -> Self::Place {
        let PersonCursor { name_key, id } = self.chart().cursor_at(self.slot);
        (name_key.to_string(), id)
    }
}

/// Somebody in the organization. Served from the org chart; what the asker may not see of a person is null.
#[Object(serial)]
impl Person {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.record().id.to_string().into()
    }

    /// The name others see.
    async fn display_name(&self) -> &str {
        &self.record().display_name
    }

    /// The e-mail address; null where there is none or you may not see it.
    async fn email(&self) -> Option<&str> {
        if self.may(Action::ReadPersonContact) { self.record().email.as_deref() } else { None }
    }

    /// The job title.
    async fn title(&self) -> Option<&str> {
        self.record().title.as_deref()
    }

    /// What ties the person to the organization.
    async fn relationship(&self) -> Relationship {
        self.record().relationship.into()
    }

    /// The team the person belongs to.
    async fn team(&self) -> Option<Team> {
        Team::seen_by(&self.asker, self.record().team?)
    }

    /// Who the person reports to.
    async fn manager(&self) -> Option<Person> {
        Self::seen_by(&self.asker, self.record().manager?)
    }

    /// Who reports to the person, in the order of names; with `depth: ALL`, everybody below, in the order of the
    /// reporting lines.
    async fn reports(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "How far down to go.", default_with = "ReportDepth::Direct")] depth: ReportDepth,
    ) -> Result<Listing<Person>> {
        let id = self.record().id;
        let list = match depth {
            ReportDepth::Direct => self.chart().direct_reports(id),
            ReportDepth::All => self.chart().all_reports(id),
        };
        service::person_page(&self.asker, &list, Page::from_arguments(first, after, last, before)?)
    }

    /// Who the person reports to, and to whom they report, up to the top; the direct manager first.
    async fn management_chain(&self) -> Vec<Person> {
        let chain = self.chart().management_chain(self.record().id);
        chain.iter().filter_map(|manager| Self::seen_by(&self.asker, manager.id)).collect()
    }

    /// The teams the person leads, in the order of names.
    async fn teams_led(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Listing<Team>> {
        let page = Page::from_arguments(first, after, last, before)?;
        service::team_page(&self.asker, &self.chart().teams_led_by(self.record().id), page)
    }

    /// The first day; null where it is unknown or you may not see it.
    async fn hired_on(&self) -> Option<Date> {
        if self.may(Action::ReadPersonEmployment) { self.record().hired_on.map(Date) } else { None }
    }

    /// The last day; null where there is none or you may not see it.
    async fn left_on(&self) -> Option<Date> {
        if self.may(Action::ReadPersonEmployment) { self.record().left_on.map(Date) } else { None }
    }

    /// Why the person left; null where they have not, or you may not see it.
    async fn leave_reason(&self) -> Option<LeaveReasonName> {
        if self.may(Action::ReadPersonEmployment) { self.record().leave_reason.map(Into::into) } else { None }
    }

    /// Whether the person is here: counted, listed and able to sign in.
    async fn active(&self) -> bool {
        self.record().is_active()
    }

    /// The language the person reads; null where it is unknown or you may not see it.
    async fn locale(&self) -> Option<&str> {
        if self.may(Action::ReadPersonContact) { self.record().locale.as_deref() } else { None }
    }

    /// Named values such as site or level; empty where you may not see them.
    async fn attributes(&self) -> Vec<PersonAttributeInfo> {
        if !self.may(Action::ReadPersonEmployment) {
            return Vec::new();
        }
        let info = |name: &str, value: &str| PersonAttributeInfo { name: name.to_owned(), value: value.to_owned() };
        self.record().attributes.iter().map(|(name, value)| info(name, value)).collect()
    }

    /// What changed about the person in the directory, newest first; null where you may not see it.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<DirectoryChange>>> {
        if !self.may(Action::ReadPersonEmployment) {
            return Ok(None);
        }
        let page = Page::from_arguments(first, after, last, before)?;
        // Boxed: what one field needs to wait would be room that every field of every person takes.
        Ok(Some(Box::pin(service::history(request(ctx)?, self.record().id, page)).await?))
    }

    /// Thanks the person received, as far as you may see them, newest first.
    async fn recognitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Recognition>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Some(Box::pin(recognition::received(request(ctx)?, self.record().id, page)).await?))
    }

    /// The points the person holds; null for everybody but the person.
    async fn points(&self, ctx: &Context<'_>) -> Result<Option<Wallet>> {
        if !self.may(Action::ReadPoints) {
            return Ok(None);
        }
        Ok(Box::pin(points::own_wallet(request(ctx)?)).await?.map(Wallet::from))
    }

    /// What is expected of the person, or what the person expects of others, as far as you may see it: the nearest due day
    /// first unless you say otherwise. Yours all; of others what is between you and them, and, where it is open to
    /// managers, what is expected of those who report to you.
    async fn expectations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which way.", default_with = "ExpectationDirection::Incoming")]
        direction: ExpectationDirection,
        #[graphql(desc = "Which are wanted.")] filter: Option<ExpectationFilterInput>,
        #[graphql(desc = "How they are sorted.")] order_by: Option<ExpectationOrderInput>,
    ) -> Result<Option<Listing<Expectation>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        let ask = expectation_types::ask(direction, filter, order_by, page)?;
        Ok(Some(Box::pin(expectations::page(request(ctx)?, self.record().id, ask)).await?))
    }

    /// What open expectations add up to, week by week; null unless it is you, or somebody whose manager you are or stand
    /// above.
    async fn workload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many weeks from this one on, 1 to 26; 8 when left out.")] weeks: Option<i32>,
    ) -> Result<Option<Workload>> {
        Ok(Box::pin(expectations::workload(request(ctx)?, self.record().id, weeks)).await?)
    }

    /// The parts the person has today in areas of responsibility, accountable first; null where you may not read them.
    async fn responsibilities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<ResponsibilityAssignment>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(responsibilities::parts_of_person(request(ctx)?, self.record().id, page)).await?)
    }

    /// How many parts the person has today; null where you may not see it.
    async fn responsibility_load(&self, ctx: &Context<'_>) -> Result<Option<ResponsibilityLoad>> {
        Ok(Box::pin(responsibilities::load_of_person(request(ctx)?, self.record().id)).await?)
    }

    /// The person's own goals that you may see, in the order they were written: of the cycles that are open unless one is
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
        Ok(Some(Box::pin(goals::goals_of_person(request(ctx)?, self.record().id, cycle, page)).await?))
    }

    /// What you may do with this person.
    async fn viewer_can(&self) -> PersonPermissionInfo {
        PersonPermissionInfo {
            edit: self.may(Action::WriteDirectory),
            see_contact: self.may(Action::ReadPersonContact),
            see_employment: self.may(Action::ReadPersonEmployment),
            sign_out: self.may(Action::SignOutPerson),
        }
    }
}

/// A named value of a person.
#[derive(SimpleObject)]
pub struct PersonAttributeInfo {
    /// The name, such as "site".
    name: String,
    /// The value, such as "Ulm".
    value: String,
}

/// What the asker may do with a person.
#[derive(SimpleObject)]
pub struct PersonPermissionInfo {
    /// Change the person's entry in the directory.
    edit: bool,
    /// See e-mail address and language.
    see_contact: bool,
    /// See first and last day, attributes and history.
    see_employment: bool,
    /// Sign the person out everywhere.
    sign_out: bool,
}

/// Which part of a person's entry changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DirectoryField {
    /// The team.
    Team,
    /// The manager.
    Manager,
    /// The job title.
    Title,
    /// What ties the person to the organization.
    Relationship,
    /// The first day.
    Hired,
    /// The last day.
    Left,
}

/// One entry of a person's history in the directory.
#[derive(SimpleObject)]
pub struct DirectoryChange {
    /// The opaque id.
    pub id: ID,
    /// What changed.
    pub field: DirectoryField,
    /// What it was: an id for teams and managers, else the value; null when there was none.
    pub old_value: Option<String>,
    /// What it became.
    pub new_value: Option<String>,
    /// From which day it holds.
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: DateTime,
}

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

    pub(super) fn seen_by(asker: &Arc<Asker>, id: TeamId) -> Option<Self> {
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

    /// Whether you may change the team.
    async fn viewer_can_edit(&self) -> bool {
        self.asker.may(Action::WriteDirectory, Resource::Team(self.id))
    }
}

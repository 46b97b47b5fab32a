//! A person as the schema shows them. What the directory knows is answered from the org chart; the other areas are asked
//! through their services.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use hearten_ids::PersonId;
use hearten_orgchart::{LeaveReason, OrgChart, PersonCursor, PersonRecord, PersonSlot};
use hearten_policy::{Action, Resource};

use super::Team;
use crate::{
    areas::{
        directory::service,
        expectations::{
            service as expectations,
            types::{
                self as expectation_types, Expectation, ExpectationDirection, ExpectationFilterInput,
                ExpectationOrderInput, Workload,
            },
        },
        goals::{service as goals, types::Goal},
        points::{service as points, types::Wallet},
        recognition::{service as recognition, types::Recognition},
        responsibilities::{
            service as responsibilities,
            types::{ResponsibilityAssignment, ResponsibilityLoad},
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

    pub(super) fn seen_by(asker: &Arc<Asker>, id: PersonId) -> Option<Self> {
        Self::seen_at(asker, asker.snapshot.chart.slot(id)?)
    }

    pub(in crate::areas::directory) fn seen_at(asker: &Arc<Asker>, slot: PersonSlot) -> Option<Self> {
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

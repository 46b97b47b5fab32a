//! Responsibilities as the schema shows them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use hearten_ids::{ResponsibilityAssignmentId, ResponsibilityId};
use hearten_policy::{Action, Resource};

use super::{
    loaders::AssignmentsOf,
    service,
    store::{Area, Assignment, Part},
};
use crate::{
    areas::directory::types::{Person, Team},
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        scalars::{Date, DateTime},
    },
};

/// What somebody has to do with an area of responsibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Part")]
pub enum ResponsibilityPart {
    /// Answers for it. One is wanted.
    Accountable,
    /// Does the work.
    Responsible,
    /// Is asked before.
    Consulted,
    /// Is told after.
    Informed,
}

/// Why nobody answers for an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ResponsibilityGap {
    /// Nobody is accountable.
    Nobody,
    /// Whoever is accountable has left, or is a team no longer in use.
    HolderGone,
}

/// An area of work, and who has which part in it.
pub struct Responsibility {
    area: Box<Area>,
}

impl From<Area> for Responsibility {
    fn from(area: Area) -> Self {
        Self { area: Box::new(area) }
    }
}

impl Responsibility {
    /// The area with this id, when the asker may see it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find(ctx: &RequestContext, id: ResponsibilityId) -> Result<Option<Self>, Exception> {
        Ok(service::find(ctx, id).await?.map(Into::into))
    }

    async fn parts(&self, ctx: &RequestContext) -> Result<Vec<Assignment>, Exception> {
        Ok(ctx.loaders()?.load(AssignmentsOf(self.area.id)).await?.unwrap_or_default())
    }

    /// Those who are accountable today, whether they are still here or not.
    async fn accountable_parts(&self, ctx: &RequestContext) -> Result<Vec<Assignment>, Exception> {
        let today = ctx.app.clock.today();
        let mut parts = self.parts(ctx).await?;
        parts.retain(|part| part.part == Part::Accountable && part.is_current(today));
        Ok(parts)
    }
}

/// An area of work, and who has which part in it.
#[Object]
impl Responsibility {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.area.id.to_string().into()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.area.name
    }

    /// What belongs to it, and what does not.
    async fn description(&self) -> Option<&str> {
        self.area.description.as_deref()
    }

    /// Other words people use for it.
    async fn keywords(&self) -> &[String] {
        &self.area.keywords
    }

    /// The home team; null where it belongs to the organization as a whole, or you may not see the team.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.area.team.and_then(|team| Team::find(ctx, team)))
    }

    /// The area it is part of.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Responsibility>> {
        match self.area.parent {
            Some(parent) => Ok(Self::find(request(ctx)?, parent).await?),
            None => Ok(None),
        }
    }

    /// Who has which part: accountable first. At most five hundred with those that ended.
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Whether only what holds today is wanted; else also what ended or lies ahead.",
            default = true
        )]
        current: bool,
    ) -> Result<Option<Vec<ResponsibilityAssignment>>> {
        let ctx = request(ctx)?;
        let today = ctx.app.clock.today();
        let mut parts = self.parts(ctx).await?;
        parts.retain(|part| !current || part.is_current(today));
        parts.sort_by_key(|part| part.part);
        Ok(Some(parts.into_iter().map(Into::into).collect()))
    }

    /// The persons who are accountable today, as far as you may see them.
    async fn accountable(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        let ctx = request(ctx)?;
        let parts = self.accountable_parts(ctx).await?;
        Ok(Some(parts.iter().filter_map(|part| Person::find(ctx, part.holder.person()?)).collect()))
    }

    /// Why nobody answers for it; null where somebody does, or it was given up.
    async fn gap(&self, ctx: &Context<'_>) -> Result<Option<ResponsibilityGap>> {
        let ctx = request(ctx)?;
        if self.area.retired_at.is_some() {
            return Ok(None);
        }
        let asker = ctx.asker()?;
        let parts = self.accountable_parts(ctx).await?;
        Ok(match parts.iter().any(|part| part.holder.is_here(&asker.snapshot.chart)) {
            true => None,
            false if parts.is_empty() => Some(ResponsibilityGap::Nobody),
            false => Some(ResponsibilityGap::HolderGone),
        })
    }

    /// Whether more than one is accountable: then none is.
    async fn overlapping(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let ctx = request(ctx)?;
        let asker = ctx.asker()?;
        let parts = self.accountable_parts(ctx).await?;
        let here = parts.iter().filter(|part| part.holder.is_here(&asker.snapshot.chart)).count();
        Ok(Some(self.area.retired_at.is_none() && here > 1))
    }

    /// When it was given up; null while it is in use.
    async fn retired_at(&self) -> Option<DateTime> {
        self.area.retired_at.map(DateTime)
    }

    /// When it was written down.
    async fn created_at(&self) -> DateTime {
        DateTime(self.area.created_at)
    }

    /// Whether you may change it, and assign and end parts.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let asker = request(ctx)?.asker()?;
        Ok(asker.may(Action::WriteResponsibility, Resource::Responsibility(self.area.facts())))
    }
}

/// Who has, or had, which part in an area of responsibility.
pub struct ResponsibilityAssignment {
    part: Box<Assignment>,
}

impl From<Assignment> for ResponsibilityAssignment {
    fn from(part: Assignment) -> Self {
        Self { part: Box::new(part) }
    }
}

impl ResponsibilityAssignment {
    /// The part with this id, when the asker may see it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find(ctx: &RequestContext, id: ResponsibilityAssignmentId) -> Result<Option<Self>, Exception> {
        Ok(service::find_assignment(ctx, id).await?.map(Into::into))
    }
}

/// Who has, or had, which part in an area of responsibility.
#[Object]
impl ResponsibilityAssignment {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.part.id.to_string().into()
    }

    /// The area.
    async fn responsibility(&self, ctx: &Context<'_>) -> Result<Option<Responsibility>> {
        Ok(Responsibility::find(request(ctx)?, self.part.area).await?)
    }

    /// The part.
    async fn part(&self) -> ResponsibilityPart {
        self.part.part.into()
    }

    /// The person who has it; null where a team has, or you may not see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.part.holder.person().and_then(|person| Person::find(ctx, person)))
    }

    /// The team that has it; null where a person has, or you may not see the team.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.part.holder.team().and_then(|team| Team::find(ctx, team)))
    }

    /// Whether the person is here, or the team in use.
    async fn holder_is_here(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.part.holder.is_here(&request(ctx)?.asker()?.snapshot.chart))
    }

    /// The first day.
    async fn from_on(&self) -> Date {
        Date(self.part.from_on)
    }

    /// The last day, where it was said beforehand.
    async fn until_on(&self) -> Option<Date> {
        self.part.until_on.map(Date)
    }

    /// Whether it holds today.
    async fn current(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.part.is_current(request(ctx)?.app.clock.today()))
    }

    /// Who assigned it; null where an integration did, or you may not see them.
    async fn assigned_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.part.assigned_by.and_then(|person| Person::find(ctx, person)))
    }

    /// When it was assigned.
    async fn assigned_at(&self) -> DateTime {
        DateTime(self.part.assigned_at)
    }

    /// When it was ended.
    async fn ended_at(&self) -> Option<DateTime> {
        self.part.ended_at.map(DateTime)
    }

    /// Who ended it; null where it was not, an integration did, or you may not see them.
    async fn ended_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.part.ended_by.and_then(|person| Person::find(ctx, person)))
    }

    /// Why it was ended.
    async fn end_reason(&self) -> Option<&str> {
        self.part.end_reason.as_deref()
    }

    /// Whether whoever had it gave it back.
    async fn handed_back(&self) -> bool {
        self.part.handed_back
    }

    /// Whether you may give it back: it is yours, or that of a team you lead, and holds.
    async fn viewer_can_hand_back(&self, ctx: &Context<'_>) -> Result<bool> {
        let ctx = request(ctx)?;
        let mine = ctx.asker()?.may(Action::HandBackResponsibility, Resource::Assignment(self.part.facts()));
        Ok(mine && self.part.is_open(ctx.app.clock.today()))
    }
}

/// How many parts somebody has today.
#[derive(SimpleObject)]
pub struct ResponsibilityLoad {
    /// Areas they answer for.
    accountable: i32,
    /// Areas they do the work of.
    responsible: i32,
    /// Areas they are asked about before.
    consulted: i32,
    /// Areas they are told of after.
    informed: i32,
}

impl ResponsibilityLoad {
    /// Counts parts.
    pub fn of(parts: &[Assignment]) -> Self {
        let count = |wanted| i32::try_from(parts.iter().filter(|part| part.part == wanted).count()).unwrap_or(i32::MAX);
        Self {
            accountable: count(Part::Accountable),
            responsible: count(Part::Responsible),
            consulted: count(Part::Consulted),
            informed: count(Part::Informed),
        }
    }
}

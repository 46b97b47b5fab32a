//! The organization, its roles, and who asks, as the schema shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use hearten_policy::{Action, Resource};

use super::{Person, Team};
use crate::{
    areas::{
        directory::charts::{GrantRecord, Snapshot},
        retention::{
            service as retention,
            types::{RetentionGroup, Survival, Turnover},
        },
    },
    graphql::{
        context::request,
        paging::{Listing, Page, Window, listing},
        scalars::{Date, DateTime},
    },
};

/// The tenant: the organization the asker belongs to.
pub struct Organization {
    /// The directory of the organization.
    pub snapshot: Arc<Snapshot>,
}

/// The tenant: the organization the asker belongs to.
#[Object]
impl Organization {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.snapshot.organization.id.to_string().into()
    }

    /// The name people read.
    async fn name(&self) -> &str {
        &self.snapshot.organization.name
    }

    /// The short name used in settings.
    async fn slug(&self) -> &str {
        &self.snapshot.organization.slug
    }

    /// The language texts fall back to.
    async fn default_locale(&self) -> &str {
        &self.snapshot.organization.default_locale
    }

    /// The team at the top of the tree; null while there are no teams.
    async fn root_team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.snapshot.chart.root_team().and_then(|root| Team::find(ctx, root.id)))
    }

    /// How many people there are; null where you may not see it.
    async fn headcount(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let may = request(ctx)?.asker()?.may(Action::ReadHeadcount, Resource::Organization);
        Ok(may.then(|| i32::try_from(self.snapshot.chart.persons().len()).unwrap_or(i32::MAX)))
    }

    /// How many people left in months that are over. For people partners of the whole organization, executives and admins;
    /// null for everybody else. Hidden while there are fewer than twenty people.
    async fn turnover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day of the first month.")] from: Date,
        #[graphql(desc = "The first day of the month after the last; at most 60 months later.")] until: Date,
    ) -> Result<Option<Turnover>> {
        let found = Box::pin(retention::turnover(request(ctx)?, None, from.0, until.0)).await?;
        Ok(found.map(Turnover::from))
    }

    /// How long people stay, as seen in the calendar years that are over. For those who see the turnover; hidden where
    /// that would be, and where reasons of leaving would.
    async fn survival(&self, ctx: &Context<'_>) -> Result<Option<Survival>> {
        let found = Box::pin(retention::survival(request(ctx)?, None)).await?;
        Ok(found.map(Survival::from))
    }

    /// How many people may leave, as it stood when the month began. For people partners of the whole organization,
    /// executives and admins, so that they can do something about it; null for everybody else. It is recorded who looks.
    async fn retention(&self, ctx: &Context<'_>) -> Result<Option<RetentionGroup>> {
        let found = Box::pin(retention::risk(request(ctx)?, None)).await?;
        Ok(found.map(RetentionGroup::from))
    }

    /// The roles that were granted, by person; null where you may not see them. Roles that follow from the chart
    /// (manager, employee) are not among them.
    async fn role_grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<RoleGrant>>> {
        let ctx = request(ctx)?;
        if !ctx.asker()?.may(Action::ReadRoles, Resource::Organization) {
            return Ok(None);
        }
        let page = Page::<hearten_ids::RoleGrantId>::from_arguments(first, after, last, before)?;
        let mut grants: Vec<_> = self.snapshot.grants.values().flatten().cloned().collect();
        grants.sort_by_key(|grant| grant.id);
        let start = page.after.map_or(0, |after| grants.partition_point(|grant| grant.id <= after));
        let end = page.before.map_or(grants.len(), |before| grants.partition_point(|grant| grant.id < before));
        let Window { range, has_previous, has_next } = page.window(start, end, grants.len());
        let items = grants[range].iter().map(|grant| (grant.id, RoleGrant::from(grant)));
        Ok(Some(listing(items, has_previous, has_next, Some(grants.len()))))
    }
}

/// A role somebody can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_policy::Role")]
pub enum Role {
    /// Keeps the directory, roles, tokens and settings. Does not read answers by being admin.
    Admin,
    /// Runs surveys and looks after people, in the whole organization or in sub-trees.
    PeoplePartner,
    /// Owners and board: aggregates only.
    Executive,
    /// Leads a team or has reports. Follows from the chart.
    Manager,
    /// Works here. Follows from the chart.
    Employee,
}

/// A role granted to a person.
pub struct RoleGrant {
    record: GrantRecord,
}

impl From<&GrantRecord> for RoleGrant {
    fn from(record: &GrantRecord) -> Self {
        Self { record: record.clone() }
    }
}

/// A role granted to a person.
#[Object]
impl RoleGrant {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.record.id.to_string().into()
    }

    /// Who holds it.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.record.person))
    }

    /// The role.
    async fn role(&self) -> Role {
        self.record.grant.role.into()
    }

    /// The sub-tree it is limited to; null for the whole organization.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.record.grant.team.and_then(|team| Team::find(ctx, team)))
    }

    /// When it was granted.
    async fn granted_at(&self) -> DateTime {
        DateTime(self.record.granted_at)
    }
}

/// A role the asker has, and where.
#[derive(SimpleObject)]
pub struct RoleInfo {
    /// The role.
    pub role: Role,
    /// The sub-tree it is limited to; null for the whole organization, and for roles that follow from the chart.
    pub team: Option<Team>,
}

/// Who asks: a person or an integration.
#[derive(Union)]
pub enum Actor {
    /// A person.
    Person(Person),
    /// An API token.
    ApiToken(crate::areas::integrations::types::ApiToken),
}

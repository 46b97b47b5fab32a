//! Reading the directory: the doors of the query root.

use async_graphql::{Context, ID, InputObject, Object, Result};
use hearten_policy::roles_of;

use super::{
    service,
    types::{Actor, Organization, Person, RoleInfo, Team},
};
use crate::{
    areas::{
        integrations::{service as integrations, types::ApiToken},
        surveys::{service as surveys, store::InvitationState, types::Invitation},
    },
    graphql::{
        context::request,
        paging::{Listing, Page},
    },
};

/// Who asks. Every screen starts here.
pub struct Viewer;

/// Who asks. Every screen starts here.
#[Object]
impl Viewer {
    /// The id of who asks, for caches.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        use hearten_policy::Principal;
        Ok(match request(ctx)?.asker()?.actor.principal {
            Principal::Person(id) => ID(format!("viewer.{id}")),
            Principal::ApiToken { id, .. } => ID(format!("viewer.{id}")),
        })
    }

    /// The person or the API token that asks.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Actor>> {
        use hearten_policy::Principal;
        let ctx = request(ctx)?;
        Ok(match ctx.asker()?.actor.principal {
            Principal::Person(id) => Person::find(ctx, id).map(Actor::Person),
            Principal::ApiToken { id, .. } => {
                integrations::find_own(ctx, id).await?.map(|token| Actor::ApiToken(ApiToken::from(token)))
            }
        })
    }

    /// The person who asks; null for an API token.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(ctx.asker()?.person().and_then(|id| Person::find(ctx, id)))
    }

    /// The organization of who asks.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(Some(Organization { snapshot: service::snapshot(request(ctx)?)? }))
    }

    /// The roles of who asks, granted or following from the chart; none for an API token, which has scopes.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<RoleInfo>> {
        let ctx = request(ctx)?;
        let asker = ctx.asker()?;
        let held = roles_of(&asker.actor, &asker.snapshot.chart);
        Ok(held
            .into_iter()
            .map(|held| RoleInfo { role: held.role.into(), team: held.team.and_then(|team| Team::find(ctx, team)) })
            .collect())
    }

    /// Your invitations to surveys, newest first.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<InvitationState>,
    ) -> Result<Option<Listing<Invitation>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Some(surveys::invitation_page(request(ctx)?, state, page).await?))
    }
}

/// Which persons are wanted.
#[derive(Debug, Clone, InputObject)]
pub struct PersonFilterInput {
    /// Only members of this team or the teams below it.
    team: Option<ID>,
}

/// The directory.
#[derive(Default)]
pub struct DirectoryQueries;

/// The directory.
#[Object]
impl DirectoryQueries {
    /// Who asks; null when nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>> {
        request(ctx)?.asker()?;
        Ok(Some(Viewer))
    }

    /// The organization of who asks: never an argument.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(Some(Organization { snapshot: service::snapshot(request(ctx)?)? }))
    }

    /// The people who are here, in the order of names.
    async fn persons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<PersonFilterInput>,
    ) -> Result<Option<Listing<Person>>> {
        let asker = request(ctx)?.asker()?;
        let chart = &asker.snapshot.chart;
        let list = match filter.and_then(|filter| filter.team) {
            None => chart.persons(),
            Some(id) => chart.members_of_subtree(crate::graphql::input::argument_id("filter.team", &id)?),
        };
        service::person_page(&asker, &list, Page::from_arguments(first, after, last, before)?).map(Some)
    }

    /// The teams, in the order of names.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Team>>> {
        let asker = request(ctx)?.asker()?;
        service::team_page(&asker, &asker.snapshot.chart.teams(), Page::from_arguments(first, after, last, before)?)
            .map(Some)
    }
}

//! Reading the directory: the doors of the query root.

use async_graphql::{Context, ID, Object, Result};
use hearten_policy::roles_of;

use super::{
    filters::{PersonFilterInput, PersonOrderInput, TeamFilterInput, TeamOrderInput},
    search::{self, PageArguments},
    service,
    types::{Actor, Organization, Person, RoleInfo, Team},
};
use crate::{
    areas::{
        happenings::{
            service::{self as happenings, Wanted},
            types::{Notification, NotificationSettings},
        },
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

    /// What others did that concerns you, newest first, without the areas you muted; null for an API token.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only what you have not seen.", default = false)] unseen: bool,
    ) -> Result<Option<Listing<Notification>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        let wanted = if unseen { Wanted::Unseen } else { Wanted::Told };
        Ok(happenings::page(request(ctx)?, wanted, page).await?)
    }

    /// How many notifications you have not seen, up to a thousand; null for an API token.
    async fn unseen_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(happenings::unseen_count(request(ctx)?).await?)
    }

    /// All that concerns you and all that you did, newest first; null for an API token.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<Notification>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(happenings::page(request(ctx)?, Wanted::Everything, page).await?)
    }

    /// How you want to be told; null for an API token.
    async fn notification_settings(&self, ctx: &Context<'_>) -> Result<Option<NotificationSettings>> {
        Ok(happenings::settings(request(ctx)?).await?)
    }
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

    /// The people who are here, or those who are wanted, in the order of names; with a `team` and no `orderBy`, by team,
    /// then name. With a filter beyond `team`, `totalCount` is null.
    async fn persons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<PersonFilterInput>,
        #[graphql(desc = "How they are sorted.")] order_by: Option<PersonOrderInput>,
    ) -> Result<Option<Listing<Person>>> {
        let asker = request(ctx)?.asker()?;
        search::persons(&asker, filter, order_by, PageArguments { first, after, last, before }).map(Some)
    }

    /// The teams, or those that are wanted, in the order of names. With a filter, `totalCount` is null.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<TeamFilterInput>,
        #[graphql(desc = "How they are sorted.")] order_by: Option<TeamOrderInput>,
    ) -> Result<Option<Listing<Team>>> {
        let asker = request(ctx)?.asker()?;
        search::teams(&asker, filter, order_by, PageArguments { first, after, last, before }).map(Some)
    }
}

//! Reading the directory: the doors of the query root.

use async_graphql::{Context, ID, Object, Result};
use hearten_policy::roles_of;

use super::{
    filters::{PersonFilterInput, PersonOrderInput, TeamFilterInput, TeamOrderInput},
    search::{self, PageArguments},
    service,
    types::{Actor, Organization, Person, ReportDepth, RoleInfo, Team},
};
use crate::{
    areas::{
        conversations::{
            service as conversations,
            types::{
                ActionItem, ActionItemFilterInput, CalendarFeed, Conversation, ConversationFilterInput,
                ConversationGap, ConversationSeries, TimeOrder,
            },
        },
        happenings::{
            service::{self as happenings, Wanted},
            types::{Notification, NotificationSettings},
        },
        home::types::{Home, LeadHome},
        integrations::{service as integrations, types::ApiToken},
        points::{service as points, types::Wallet},
        recognition::{
            service as recognition,
            types::{CelebrationSettings, ThankSuggestion},
        },
        rewards::{
            service::{self as rewards, Whose},
            store::RedemptionState,
            types::Redemption,
        },
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

    /// What awaits you, in one place; null for an API token.
    async fn home(&self, ctx: &Context<'_>) -> Result<Option<Home>> {
        Ok(request(ctx)?.asker()?.person().map(|_| Home::default()))
    }

    /// What awaits you as somebody others report to, or who leads teams; null for everybody else.
    async fn lead_home(&self, ctx: &Context<'_>) -> Result<Option<LeadHome>> {
        let asker = request(ctx)?.asker()?;
        let held = roles_of(&asker.actor, &asker.snapshot.chart);
        Ok(held.iter().any(|held| held.role == hearten_policy::Role::Manager).then_some(LeadHome))
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

    /// The points you hold; null for an API token.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>> {
        Ok(points::own_wallet(request(ctx)?).await?.map(Wallet::from))
    }

    /// The rewards you asked for, newest first; null for an API token.
    async fn redemptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<RedemptionState>,
    ) -> Result<Option<Listing<Redemption>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(rewards::redemption_page(request(ctx)?, Whose::Own, state, page).await?)
    }

    /// Whom you might thank, at most ten; empty for an API token.
    async fn thank_suggestions(&self, ctx: &Context<'_>) -> Result<Option<Vec<ThankSuggestion>>> {
        let found = Box::pin(recognition::suggestions(request(ctx)?)).await?;
        Ok(Some(found.into_iter().map(ThankSuggestion::from).collect()))
    }

    /// Who of those who report to you directly got no thanks for so long, as far as you can see thanks, in the order of
    /// names; empty for whoever has no reports.
    async fn unthanked_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many months back, 1 to 12.", default = 3)] months: i32,
    ) -> Result<Option<Vec<Person>>> {
        let ctx = request(ctx)?;
        let found = Box::pin(recognition::unthanked_reports(ctx, months)).await?;
        Ok(Some(found.into_iter().filter_map(|person| Person::find(ctx, person)).collect()))
    }

    /// What you want others to know of your birthday and anniversaries; null for an API token.
    async fn celebration_settings(&self, ctx: &Context<'_>) -> Result<Option<CelebrationSettings>> {
        Ok(recognition::own_choice(request(ctx)?).await?.map(CelebrationSettings::from))
    }

    /// How you want to be told; null for an API token.
    async fn notification_settings(&self, ctx: &Context<'_>) -> Result<Option<NotificationSettings>> {
        Ok(happenings::settings(request(ctx)?).await?)
    }

    /// The conversations you take or took part in, by time; none for an API token.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<ConversationFilterInput>,
        #[graphql(desc = "How they are sorted.", default_with = "TimeOrder::EarliestFirst")] order_by: TimeOrder,
    ) -> Result<Option<Listing<Conversation>>> {
        let (page, filter) = (Page::from_arguments(first, after, last, before)?, filter.unwrap_or_default());
        Ok(Some(conversations::conversation_page(request(ctx)?, filter, order_by, None, page).await?))
    }

    /// The series you take part in, newest first; none for an API token.
    async fn conversation_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that go on, or only those that ended.")] active: Option<bool>,
    ) -> Result<Option<Listing<ConversationSeries>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Some(conversations::series_page(request(ctx)?, active, page).await?))
    }

    /// What you are to do, across all conversations, newest first; none for an API token.
    async fn action_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which are wanted.")] filter: Option<ActionItemFilterInput>,
    ) -> Result<Option<Listing<ActionItem>>> {
        let (page, filter) = (Page::from_arguments(first, after, last, before)?, filter.unwrap_or_default());
        Ok(Some(conversations::action_item_page(request(ctx)?, filter, page).await?))
    }

    /// Your calendar feeds that work, at most ten, newest first; null for an API token.
    async fn calendar_feeds(&self, ctx: &Context<'_>) -> Result<Option<Vec<CalendarFeed>>> {
        Ok(conversations::feeds_of_viewer(request(ctx)?).await?)
    }

    /// Those below you who have held no 1:1 with their manager for so many weeks; with `depth: DIRECT`, your own reports.
    /// Who came to their manager since then is left out. Null for an API token.
    async fn conversation_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "For how many weeks, 1 to 52.", default = 4)] weeks: i32,
        #[graphql(desc = "How far down to go.", default_with = "ReportDepth::Direct")] depth: ReportDepth,
    ) -> Result<Option<Listing<ConversationGap>>> {
        let page = Page::from_arguments(first, after, last, before)?;
        Ok(Box::pin(conversations::gap_page(request(ctx)?, weeks, depth, page)).await?)
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

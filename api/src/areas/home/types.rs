//! The home screens as the schema shows them.

use async_graphql::{Context, Object, Result};
use tokio::sync::OnceCell;

use crate::{
    areas::{
        conversations::{
            service::{self as conversations, Home as ConversationsHome},
            types::{ActionItem, Conversation, ConversationGap},
        },
        directory::types::{Person, ReportDepth, Team},
        expectations::{
            service::{self as expectations, Home as ExpectationsHome},
            types::Expectation,
        },
        goals::{service as goals, types::Goal},
        happenings::service as happenings,
        points::types::Wallet,
        priorities::{service as priorities, types::PriorityRound},
        recognition::{
            service::{self as recognition, Home as RecognitionHome},
            types::Recognition,
        },
        requests::{
            service::{self as requests, Home as RequestsHome},
            types::ServiceRequest,
        },
        surveys::{service as surveys, store::InvitationState, types::Invitation},
    },
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        paging::Page,
    },
};

/// How many of each kind a home screen shows; the connections of `viewer` have the rest.
const SHOWN: usize = 10;

/// What awaits you: up to ten of each kind, the most urgent first. Several fields come from one reading.
#[derive(Default)]
pub struct Home {
    expectations: OnceCell<ExpectationsHome>,
    conversations: OnceCell<ConversationsHome>,
    requests: OnceCell<RequestsHome>,
    recognition: OnceCell<Option<RecognitionHome>>,
}

impl Home {
    async fn expectations(&self, ctx: &RequestContext) -> Result<&ExpectationsHome, Exception> {
        self.expectations.get_or_try_init(|| Box::pin(expectations::home(ctx, SHOWN))).await
    }

    async fn conversations(&self, ctx: &RequestContext) -> Result<&ConversationsHome, Exception> {
        self.conversations.get_or_try_init(|| Box::pin(conversations::home(ctx))).await
    }

    async fn requests(&self, ctx: &RequestContext) -> Result<&RequestsHome, Exception> {
        self.requests.get_or_try_init(|| Box::pin(requests::home(ctx))).await
    }

    async fn recognition(&self, ctx: &RequestContext) -> Result<Option<&RecognitionHome>, Exception> {
        Ok(self.recognition.get_or_try_init(|| Box::pin(recognition::home(ctx))).await?.as_ref())
    }
}

fn shown<S: Clone, T: From<S>>(all: &[S]) -> Vec<T> {
    all.iter().take(SHOWN).cloned().map(T::from).collect()
}

/// What awaits you: up to ten of each kind, the most urgent first. The connections of `viewer` and of `viewer.person` have
/// the rest.
#[Object]
impl Home {
    /// What is expected of you and not done: proposed to you, or accepted; the nearest due day first.
    async fn expected_of_me(&self, ctx: &Context<'_>) -> Result<Option<Vec<Expectation>>> {
        Ok(Some(shown(&self.expectations(request(ctx)?).await?.expected)))
    }

    /// Expectations that wait for a word of yours: counter-proposals to answer, and work reported as done to judge.
    async fn expectations_awaiting_me(&self, ctx: &Context<'_>) -> Result<Option<Vec<Expectation>>> {
        Ok(Some(shown(&self.expectations(request(ctx)?).await?.awaiting)))
    }

    /// Your open goals: those without a fresh check-in first, then those off track and at risk.
    async fn goals(&self, ctx: &Context<'_>) -> Result<Option<Vec<Goal>>> {
        Ok(Some(Box::pin(goals::home(request(ctx)?, SHOWN)).await?))
    }

    /// Your next conversation; null when none is planned.
    async fn next_conversation(&self, ctx: &Context<'_>) -> Result<Option<&Conversation>> {
        Ok(self.conversations(request(ctx)?).await?.next_conversation.as_ref())
    }

    /// What you have taken on in conversations and not done, the first five by their day.
    async fn action_items(&self, ctx: &Context<'_>) -> Result<Option<&[ActionItem]>> {
        Ok(Some(&self.conversations(request(ctx)?).await?.action_items))
    }

    /// How many action items of yours are open, up to a hundred.
    async fn open_action_items(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(Some(self.conversations(request(ctx)?).await?.open_action_items))
    }

    /// Surveys that ask you and that you have not answered, the newest first.
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Invitation>>> {
        let page = Page { size: SHOWN, after: None, before: None, backwards: false };
        let listing = Box::pin(surveys::invitation_page(request(ctx)?, Some(InvitationState::Pending), page)).await?;
        Ok(Some(listing.into_nodes()))
    }

    /// Rounds of priorities that ask you what matters most to you now, the one that closes first in front.
    async fn priority_rounds(&self, ctx: &Context<'_>) -> Result<Option<Vec<PriorityRound>>> {
        Ok(Some(Box::pin(priorities::home(request(ctx)?)).await?))
    }

    /// What you asked for and that is not settled, the nearest due time first.
    async fn requests_of_mine(&self, ctx: &Context<'_>) -> Result<Option<&[ServiceRequest]>> {
        Ok(Some(&self.requests(request(ctx)?).await?.asked))
    }

    /// What others asked for and that waits for you, the nearest due time first.
    async fn requests_awaiting_me(&self, ctx: &Context<'_>) -> Result<Option<&[ServiceRequest]>> {
        Ok(Some(&self.requests(request(ctx)?).await?.owed))
    }

    /// The newest thanks you got.
    async fn thanks(&self, ctx: &Context<'_>) -> Result<Option<Vec<Recognition>>> {
        let home = self.recognition(request(ctx)?).await?;
        Ok(home.map(|home| shown(&home.thanks)))
    }

    /// The points you can give and those you can spend.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>> {
        let home = self.recognition(request(ctx)?).await?;
        Ok(home.map(|home| home.wallet.into()))
    }

    /// How many notifications you have not seen, up to a thousand.
    async fn unseen_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(happenings::unseen_count(request(ctx)?).await?)
    }
}

/// What awaits you as somebody others report to, or who leads teams.
pub struct LeadHome;

/// What awaits you as somebody others report to, or who leads teams. How the teams are is told by the fields of `Team`:
/// workload, conversation coverage, recognition balance, request statistics and goals.
#[Object]
impl LeadHome {
    /// The teams you lead, in the order of names.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        let ctx = request(ctx)?;
        let asker = ctx.asker()?;
        let Some(person) = asker.person() else { return Ok(Vec::new()) };
        let led = asker.snapshot.chart.teams_led_by(person);
        Ok(led.iter().filter_map(|team| Team::find(ctx, team.id)).collect())
    }

    /// Those who report to you and with whom you have not talked for four weeks, up to ten.
    async fn without_conversation(&self, ctx: &Context<'_>) -> Result<Option<Vec<ConversationGap>>> {
        let page = Page { size: SHOWN, after: None, before: None, backwards: false };
        let listing = Box::pin(conversations::gap_page(request(ctx)?, 4, ReportDepth::Direct, page)).await?;
        Ok(listing.map(|listing| listing.into_nodes()))
    }

    /// Those who report to you and whom nobody thanked for three months, as far as you can know, up to ten.
    async fn unthanked(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        let ctx = request(ctx)?;
        let found = Box::pin(recognition::unthanked_reports(ctx, 3)).await?;
        Ok(Some(found.into_iter().take(SHOWN).filter_map(|person| Person::find(ctx, person)).collect()))
    }

    /// Open goals of the teams you lead that have no fresh check-in, or are off track or at risk; up to ten.
    async fn goals_to_look_at(&self, ctx: &Context<'_>) -> Result<Option<Vec<Goal>>> {
        Ok(Some(Box::pin(goals::lead_home(request(ctx)?, SHOWN)).await?))
    }
}

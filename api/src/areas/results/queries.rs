//! The subscription that tells when results appear.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use async_graphql::{Context, ID, Result, Subscription};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, StreamExt, stream};
use hearten_ids::{PublicationId, SurveyId};

use super::{published, service, types::Publication};
use crate::{
    graphql::{
        context::{RequestContext, request},
        error::{ErrorCode, Exception},
        input::argument_id,
    },
    platform::bus::{Event, Listener},
};

/// A publication is there for others a while after its moment was taken, and the clocks of nodes differ: what appeared
/// since a moment is looked up from this much earlier.
const EARLIER: TimeDelta = TimeDelta::minutes(5);
/// How long to wait before asking a database again that was away.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Results as they appear.
#[derive(Default)]
pub struct ResultSubscriptions;

/// Results as they appear.
#[Subscription]
impl ResultSubscriptions {
    /// Tells when a publication appears that you may see, each once. For one survey: its publication, at once when it is
    /// there already, and then the stream ends, since a wave is published once.
    async fn publication_appeared(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this survey.")] survey: Option<ID>,
    ) -> Result<impl Stream<Item = Publication>> {
        let held = request(ctx)?;
        held.asker()?;
        let survey = survey.map(|id| argument_id("survey", &id)).transpose()?;
        // Listen before looking, so that nothing falls between.
        let events = held.app.bus.listen();
        let there = match survey {
            Some(survey) => service::find_latest(held, survey).await?,
            None => None,
        };
        let most = match (survey, &there) {
            (Some(_), Some(_)) => 0,
            (Some(_), None) => 1,
            (None, _) => usize::MAX,
        };
        let watch = Watch::begin(held.for_stream(), events, survey).await?;
        let later = stream::unfold(watch, |mut watch| async move {
            let publication = watch.next().await?;
            Some((publication, watch))
        });
        Ok(stream::iter(there).chain(later.take(most)))
    }
}

/// Somebody who waits for publications.
struct Watch {
    ctx: RequestContext,
    events: Listener,
    survey: Option<SurveyId>,
    since: DateTime<Utc>,
    // All that need not be told (again). It grows by a publication at a time and goes with the stream.
    known: HashSet<PublicationId>,
    untold: VecDeque<PublicationId>,
}

impl Watch {
    async fn begin(ctx: RequestContext, events: Listener, survey: Option<SurveyId>) -> Result<Self, Exception> {
        let since = ctx.app.clock.now() - EARLIER;
        let mut watch = Self { ctx, events, survey, since, known: HashSet::new(), untold: VecDeque::new() };
        if survey.is_none() {
            watch.known = watch.published().await?.into_iter().collect();
        }
        Ok(watch)
    }

    /// The next publication to be told; None when the bus is gone.
    async fn next(&mut self) -> Option<Publication> {
        let organization = self.ctx.asker().ok()?.organization();
        loop {
            while let Some(id) = self.untold.pop_front() {
                if let Some(publication) = self.find(id).await {
                    return Some(publication);
                }
            }
            match self.events.next().await? {
                // What was told while the bus was away is looked up.
                Event::Resynchronise => self.look_up().await,
                Event::PublicationAppeared { organization: of, survey, publication }
                    if of == organization && self.survey.is_none_or(|wanted| wanted == survey) =>
                {
                    self.learn(publication);
                }
                _ => {}
            }
        }
    }

    fn learn(&mut self, publication: PublicationId) {
        if self.known.insert(publication) {
            self.untold.push_back(publication);
        }
    }

    async fn look_up(&mut self) {
        loop {
            match self.published().await {
                Ok(found) => return found.into_iter().for_each(|publication| self.learn(publication)),
                Err(error) if error.error_code() == ErrorCode::Unavailable => tokio::time::sleep(ASK_AGAIN).await,
                Err(error) => return report(&error),
            }
        }
    }

    /// What may have been missed, the oldest first: the newest of the wanted survey, or all since the stream began.
    async fn published(&self) -> Result<Vec<PublicationId>, Exception> {
        let (db, organization) = (&self.ctx.db, self.ctx.asker()?.organization());
        match self.survey {
            Some(survey) => Ok(published::latest_ids(db, organization, &[survey]).await?.into_values().collect()),
            None => published::ids_since(db, organization, self.since).await,
        }
    }

    /// The publication, when the listener may see it. That is decided now, not when the stream began.
    async fn find(&self, id: PublicationId) -> Option<Publication> {
        loop {
            let found = match self.ctx.catch_up().await {
                Ok(()) => service::find(&self.ctx, id).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(found) => return found,
                Err(error) if error.error_code() == ErrorCode::Unavailable => tokio::time::sleep(ASK_AGAIN).await,
                Err(error) => {
                    report(&error);
                    return None;
                }
            }
        }
    }
}

fn report(error: &Exception) {
    tracing::error!(code = error.error_code().name(), "a listener could not be told of a publication");
}

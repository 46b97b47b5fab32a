//! The subscription that tells what concerns the listener. What is read is below `viewer`.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use async_graphql::{Context, Result, Subscription};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, stream};
use hearten_ids::{NotificationId, OrganizationId, PersonId};

use super::{service, types::Notification};
use crate::{
    graphql::{
        context::{RequestContext, request},
        error::{ErrorCode, Exception},
    },
    platform::bus::{Event, Listener},
};

/// A row is there for others a while after its moment was taken, and the clocks of nodes differ: what is new since a
/// moment is looked up from this much earlier.
const EARLIER: TimeDelta = TimeDelta::minutes(5);
/// How long to wait before asking a database again that was away.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Notifications as they arrive.
#[derive(Default)]
pub struct HappeningSubscriptions;

/// Notifications as they arrive.
#[Subscription]
impl HappeningSubscriptions {
    /// Tells you what others do that concerns you, each once, from now on, without the areas you muted.
    async fn notification_arrived(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Notification>> {
        let held = request(ctx)?;
        let asker = held.asker()?;
        let Some(person) = asker.person() else {
            return Err(
                Exception::with(ErrorCode::Forbidden, "an integration is told nothing; sign in as a person").into()
            );
        };
        // Listen before looking, so that nothing falls between.
        let events = held.app.bus.listen();
        let mut watch = Watch {
            events,
            organization: asker.organization(),
            person,
            since: held.app.clock.now() - EARLIER,
            told: HashSet::new(),
            waiting: VecDeque::new(),
            ctx: held.for_stream(),
        };
        // What is there already was told before.
        watch.told = watch.read().await?.iter().map(Notification::key).collect();
        Ok(stream::unfold(watch, |mut watch| async move {
            let notification = watch.next().await?;
            Some((notification, watch))
        }))
    }
}

/// Somebody who listens.
struct Watch {
    ctx: RequestContext,
    events: Listener,
    organization: OrganizationId,
    person: PersonId,
    since: DateTime<Utc>,
    // What was told of the minutes that are looked up again.
    told: HashSet<NotificationId>,
    waiting: VecDeque<Notification>,
}

impl Watch {
    /// The next notification; None when the bus is gone.
    async fn next(&mut self) -> Option<Notification> {
        loop {
            if let Some(notification) = self.waiting.pop_front() {
                return Some(notification);
            }
            match self.events.next().await? {
                Event::Resynchronise => self.look().await,
                Event::Happened { organization, persons, .. }
                    if organization == self.organization && (persons.is_empty() || persons.contains(&self.person)) =>
                {
                    self.look().await;
                }
                _ => {}
            }
        }
    }

    async fn look(&mut self) {
        let found = loop {
            match self.read().await {
                Ok(found) => break found,
                Err(error) if error.error_code() == ErrorCode::Unavailable => tokio::time::sleep(ASK_AGAIN).await,
                Err(error) => {
                    return tracing::error!(code = error.error_code().name(), "a listener could not be told");
                }
            }
        };
        let since = self.ctx.app.clock.now() - EARLIER;
        let new: Vec<Notification> = found.into_iter().filter(|one| self.told.insert(one.key())).collect();
        self.waiting.extend(new);
        // What lies before the next look need not be remembered: ids grow with time.
        let oldest = hearten_ids::NotificationId(
            uuid::Builder::from_unix_timestamp_millis(
                u64::try_from(self.since.timestamp_millis()).unwrap_or(0),
                &[0; 10],
            )
            .into_uuid(),
        );
        self.told.retain(|id| *id >= oldest);
        self.since = since.max(self.since);
    }

    /// The directory is read anew first: rights of the listener may have changed.
    async fn read(&self) -> Result<Vec<Notification>, Exception> {
        self.ctx.catch_up().await?;
        let muted = match service::settings(&self.ctx).await? {
            Some(settings) => settings.muted_areas,
            None => Vec::new(),
        };
        service::told_since(self.ctx.db.read(), self.organization, self.person, &muted, self.since).await
    }
}

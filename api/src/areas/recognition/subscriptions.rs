//! The subscription that tells when people are thanked.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use async_graphql::{Context, ID, Result, Subscription};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, stream};
use hearten_entity::{InOrganization, recognition};
use hearten_ids::{RecognitionId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{service, store, types::Recognition};
use crate::{
    graphql::{
        context::{RequestContext, request},
        error::{ErrorCode, Exception},
        input::argument_id,
    },
    platform::bus::{Event, Listener},
};

/// A row is there for others a while after its moment was taken, and the clocks of nodes differ.
const EARLIER: TimeDelta = TimeDelta::minutes(5);
/// How long to wait before asking a database again that was away.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Recognitions looked up after a gap, at most: the newest.
const MOST_MISSED: u64 = 1_000;
/// Ids remembered so that nothing is told twice: more than can be looked up again.
const MOST_TOLD: usize = 2 * MOST_MISSED as usize;

/// Recognition as it is given.
#[derive(Default)]
pub struct RecognitionSubscriptions;

/// Recognition as it is given.
#[Subscription]
impl RecognitionSubscriptions {
    /// Tells of each recognition you may see when it is given, each once, from now on.
    async fn recognition_given(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only to people who were in this team, or in one below.")] team: Option<ID>,
    ) -> Result<impl Stream<Item = Recognition>> {
        let held = request(ctx)?;
        let asker = held.asker()?;
        let team: Option<TeamId> = team.map(|id| argument_id("team", &id)).transpose()?;
        if let Some(team) = team {
            asker.require(Action::ReadTeam, Resource::Team(team))?;
        }
        // Listen before anything is given that has to be told.
        let events = held.app.bus.listen();
        let mut watch = Watch {
            events,
            team,
            since: held.app.clock.now() - EARLIER,
            told: BTreeSet::new(),
            untold: VecDeque::new(),
            ctx: held.for_stream(),
        };
        watch.told = watch.given().await?.into_iter().collect();
        Ok(stream::unfold(watch, |mut watch| async move {
            let thanks = watch.next().await?;
            Some((thanks, watch))
        }))
    }
}

/// Somebody who waits for thanks.
struct Watch {
    ctx: RequestContext,
    events: Listener,
    team: Option<TeamId>,
    since: DateTime<Utc>,
    told: BTreeSet<RecognitionId>,
    untold: VecDeque<RecognitionId>,
}

impl Watch {
    /// The next recognition to be told; None when the bus is gone.
    async fn next(&mut self) -> Option<Recognition> {
        let organization = self.ctx.asker().ok()?.organization();
        loop {
            while let Some(id) = self.untold.pop_front() {
                if let Some(thanks) = self.find(id).await {
                    return Some(thanks.into());
                }
            }
            match self.events.next().await? {
                // What was told while the bus was away is looked up.
                Event::Resynchronise => self.look_up().await,
                Event::RecognitionGiven { organization: of, recognition } if of == organization => {
                    self.learn(recognition);
                }
                _ => {}
            }
        }
    }

    fn learn(&mut self, id: RecognitionId) {
        if self.told.insert(id) {
            self.untold.push_back(id);
        }
        // Ids grow with time: the smallest is too old to be looked up again.
        while self.told.len() > MOST_TOLD {
            self.told.pop_first();
        }
    }

    async fn look_up(&mut self) {
        loop {
            match self.given().await {
                Ok(found) => {
                    found.into_iter().for_each(|id| self.learn(id));
                    self.since = self.since.max(self.ctx.app.clock.now() - EARLIER);
                    return;
                }
                Err(error) if error.error_code() == ErrorCode::Unavailable => tokio::time::sleep(ASK_AGAIN).await,
                Err(error) => return report(&error),
            }
        }
    }

    /// What may have been missed, the oldest first.
    async fn given(&self) -> Result<Vec<RecognitionId>, Exception> {
        let mut ids: Vec<RecognitionId> = recognition::Entity::in_org(self.ctx.asker()?.organization())
            .filter(recognition::Column::GivenAt.gte(self.since))
            .order_by_desc(recognition::Column::Id)
            .limit(MOST_MISSED)
            .select_only()
            .column(recognition::Column::Id)
            .into_tuple()
            .all(self.ctx.db.read())
            .await?;
        ids.reverse();
        Ok(ids)
    }

    /// The recognition, when the listener wants it and may see it. That is decided now, not when the stream began.
    async fn find(&self, id: RecognitionId) -> Option<store::Recognition> {
        loop {
            let found = match self.ctx.catch_up().await {
                Ok(()) => service::find(&self.ctx, id).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(found) => return found.filter(|thanks| self.wants(thanks)),
                Err(error) if error.error_code() == ErrorCode::Unavailable => tokio::time::sleep(ASK_AGAIN).await,
                Err(error) => {
                    report(&error);
                    return None;
                }
            }
        }
    }

    fn wants(&self, thanks: &store::Recognition) -> bool {
        let Some(wanted) = self.team else { return true };
        let Ok(asker) = self.ctx.asker() else { return false };
        thanks.teams.iter().any(|team| asker.snapshot.chart.is_in_subtree(*team, wanted))
    }
}

fn report(error: &Exception) {
    tracing::error!(code = error.error_code().name(), "a listener could not be told of recognition");
}

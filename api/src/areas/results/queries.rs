//! The subscription that tells when results appear.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::{Stream, StreamExt, stream};

use super::{service, types::Publication};
use crate::{
    graphql::{context::RequestContext, context::request, input::argument_id},
    platform::bus::Event,
};

/// Results as they appear.
#[derive(Default)]
pub struct ResultSubscriptions;

/// Results as they appear.
#[Subscription]
impl ResultSubscriptions {
    /// Tells when a publication appears that you may see. For one survey: its publication, at once when it is there
    /// already, and then the stream ends, since a wave is published once.
    async fn publication_appeared(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this survey.")] survey: Option<ID>,
    ) -> Result<impl Stream<Item = Publication>> {
        let held = request(ctx)?;
        let organization = held.asker()?.organization();
        let survey = survey.map(|id| argument_id("survey", &id)).transpose()?;
        // Listen before looking, so that nothing falls between.
        let events = held.app.bus.listen();
        let there = match survey {
            Some(survey) => service::find_latest(held, survey).await?,
            None => None,
        };
        let ends = survey.is_some();
        let found = there.is_some();
        let later = stream::unfold((events, held.for_stream()), move |(mut events, held)| async move {
            loop {
                let event = events.next().await?;
                if let Some(publication) = appeared(&held, &event, organization, survey).await {
                    return Some((publication, (events, held)));
                }
            }
        });
        let later = later.take(if ends { usize::from(!found) } else { usize::MAX });
        Ok(stream::iter(there).chain(later))
    }
}

/// The publication an event tells of, when it is wanted and may be seen.
async fn appeared(
    ctx: &RequestContext,
    event: &Event,
    organization: hearten_ids::OrganizationId,
    wanted: Option<hearten_ids::SurveyId>,
) -> Option<Publication> {
    if let (Event::Resynchronise, Some(survey)) = (event, wanted) {
        // What was told while the bus was away is looked up.
        ctx.catch_up().await.ok()?;
        return service::find_latest(&ctx.for_stream(), survey).await.ok().flatten();
    }
    let Event::PublicationAppeared { organization: of, survey, publication } = event else { return None };
    if *of != organization || wanted.is_some_and(|wanted| wanted != *survey) {
        return None;
    }
    // Who may see it is decided now, not when the stream began.
    ctx.catch_up().await.ok()?;
    service::find(ctx, *publication).await.ok().flatten()
}

//! What a survey could ever show, were everybody to answer. A plan of a large organization takes seconds, so one is
//! computed once for however many fields ask, and one at a time on a node.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hearten_disclosure::ReleasePlan;
use hearten_ids::OrganizationId;
use hearten_policy::{Action, Resource};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    launching::{EVERYONE, invitees, members},
    service::Facts,
    store::{Audience, Survey},
};
use crate::{
    areas::results::{frame::Frame, types::PlannedFrame},
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception},
    },
};

/// How long somebody waits for the plan of somebody else to be finished.
const PATIENCE: Duration = Duration::from_secs(4);
/// A preview is kept for those who ask again in a moment.
const KEPT: Duration = Duration::from_secs(60);
/// All previews kept hold about so many bytes at most.
const MOST_BYTES: u64 = 32 << 20;

/// All that a preview depends on, so that what is held is right for whoever asks with the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    organization: OrganizationId,
    directory: i64,
    audience: Audience,
    axes: Vec<String>,
    minimum_group: u32,
}

/// The previews this node holds and computes.
#[derive(Debug, Clone)]
pub struct PlanPreviews {
    held: moka::future::Cache<Asked, Arc<PlannedFrame>>,
    turn: Arc<Semaphore>,
    computed: Arc<AtomicU64>,
}

impl Default for PlanPreviews {
    fn default() -> Self {
        let held = moka::future::Cache::builder()
            .max_capacity(MOST_BYTES)
            .time_to_live(KEPT)
            .weigher(|asked: &Asked, preview: &Arc<PlannedFrame>| {
                let parts = preview.frame.cuts.len() * 160 + asked.audience.teams.len() * 24;
                u32::try_from(parts + 1024).unwrap_or(u32::MAX)
            })
            .build();
        Self { held, turn: Arc::new(Semaphore::new(1)), computed: Arc::default() }
    }
}

impl PlanPreviews {
    /// How many plans were computed since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Waits until no plan is being computed on this node; while the permit is held none is.
    ///
    /// # Errors
    /// UNAVAILABLE when that takes too long.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, Exception> {
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.turn).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => {
                let message = "another plan is being computed; retry after a moment";
                Err(Exception::with(ErrorCode::Unavailable, message))
            }
        }
    }

    async fn compute(&self, asker: Arc<Asker>, asked: Asked) -> Result<Arc<PlannedFrame>, Exception> {
        let turn = self.turn().await?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        // Large organizations take seconds: not on the event loop.
        tokio::task::spawn_blocking(move || {
            // Given back when the work is done, even if nobody waits for it any more.
            let _turn = turn;
            let chart = &asker.snapshot.chart;
            let invited = invitees(chart, &asked.audience, &asked.axes);
            let members = members(&invited);
            let frame = Frame::freeze(chart, EVERYONE, &asked.axes, &members);
            let candidates = frame.candidates(&members);
            let plan = ReleasePlan::decide(members.len(), asked.minimum_group as usize, &candidates)
                .map_err(Exception::internal)?;
            Ok(Arc::new(PlannedFrame { frame, plan }))
        })
        .await
        .map_err(Exception::internal)?
    }
}

/// What the survey could ever show, were everybody to answer: the frame and the plan.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; UNAVAILABLE while other plans keep the node busy.
pub async fn preview(ctx: &RequestContext, survey: &Survey) -> Result<Arc<PlannedFrame>, Exception> {
    let asker = ctx.asker()?;
    asker.require(Action::PreviewPlan, Resource::Survey(Facts::of(survey, false).view()))?;
    let asked = Asked {
        organization: asker.organization(),
        directory: asker.snapshot.chart.version(),
        audience: survey.audience.clone(),
        axes: survey.axes.clone(),
        minimum_group: survey.notice.minimum_group,
    };
    let previews = &ctx.app.plan_previews;
    let computing = previews.compute(asker, asked.clone());
    // Those who ask for the same meanwhile wait for this one.
    previews.held.try_get_with(asked, computing).await.map_err(|shared| match &*shared {
        Exception::Coded { code, message } => Exception::with(*code, message.clone()),
        Exception::Internal(error) => Exception::internal(anyhow::anyhow!("{error:#}")),
    })
}

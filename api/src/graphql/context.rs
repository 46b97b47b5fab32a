//! The context of one request: who asks, the org chart they see, the database, the clock.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hearten_ids::RequestId;
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Actor, Decision, Resource, decide};

use crate::{
    app::App,
    auth::Session,
    graphql::error::{ErrorCode, Exception},
    platform::db::Db,
};

/// Everything a service may use while it answers one request. Put into the GraphQL request as data; never shared
/// between requests.
pub struct RequestContext {
    /// The parts shared by all requests.
    pub app: Arc<App>,
    /// This worker's database.
    pub db: Db,
    /// The id under which the log knows this request.
    pub request_id: RequestId,
    session: Option<Session>,
    // Replaced when this very request changes the directory, so that its payload shows what it did.
    chart: ArcSwap<OrgChart>,
}

/// Who asks, and the chart as they see it.
pub struct Asker {
    /// The actor.
    pub actor: Actor,
    /// The org chart of the actor's organization.
    pub chart: Arc<OrgChart>,
}

impl RequestContext {
    /// The context of a request by `session`, or by nobody.
    pub fn new(
        app: Arc<App>,
        db: Db,
        request_id: RequestId,
        session: Option<Session>,
        chart: Arc<OrgChart>,
    ) -> Self {
        Self { app, db, request_id, session, chart: ArcSwap::new(chart) }
    }

    /// The session, when somebody is signed in.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Who asks.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub fn asker(&self) -> Result<Asker, Exception> {
        let session = self.session.as_ref().ok_or_else(Exception::unauthenticated)?;
        Ok(Asker { actor: session.actor.clone(), chart: self.chart.load_full() })
    }

    /// The org chart of the actor's organization.
    pub fn chart(&self) -> Arc<OrgChart> {
        self.chart.load_full()
    }

    /// Lets the rest of this request see a newer chart.
    pub fn see_chart(&self, chart: Arc<OrgChart>) {
        self.chart.store(chart);
    }
}

impl Asker {
    /// Whether the policy allows `action` on `resource`.
    pub fn may(&self, action: Action, resource: Resource<'_>) -> bool {
        decide(&self.actor, action, resource, &self.chart) == Decision::Allow
    }

    /// Passes when the policy allows `action` on `resource`.
    ///
    /// # Errors
    /// NOT_FOUND where the object is hidden, FORBIDDEN where it is visible.
    pub fn require(&self, action: Action, resource: Resource<'_>) -> Result<(), Exception> {
        match decide(&self.actor, action, resource, &self.chart) {
            Decision::Allow => Ok(()),
            Decision::Hidden => Err(Exception::not_found()),
            Decision::Forbidden => Err(Exception::code(ErrorCode::Forbidden)),
        }
    }
}

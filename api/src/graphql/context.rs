//! The context of one request: who asks, the org chart they see, the database, the clock.

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_graphql::Context;
use hearten_ids::{OrganizationId, PersonId, RequestId};
use hearten_orgchart::PersonRecord;
use hearten_policy::{Action, Actor, Decision, Resource, decide, reads_every_active_person};

use crate::{
    app::App,
    areas::directory::charts::Snapshot,
    auth::Session,
    graphql::{
        error::{ErrorCode, Exception},
        loaders::Loaders,
    },
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
    signed_in: Option<SignedIn>,
}

struct SignedIn {
    session: Session,
    // Replaced when this very request changes the directory, so that its payload shows what it did.
    asker: ArcSwap<Asker>,
    loaders: Loaders,
}

/// Who asks, and the directory as they see it. One for the request, shared by all that it shows.
pub struct Asker {
    /// The actor.
    pub actor: Actor,
    /// The directory of the actor's organization.
    pub snapshot: Arc<Snapshot>,
    reads_every_active_person: bool,
}

impl RequestContext {
    /// The context of a request by somebody, with the directory of their organization, or by nobody.
    pub fn new(app: Arc<App>, db: Db, request_id: RequestId, who: Option<(Session, Arc<Snapshot>)>) -> Self {
        let signed_in = who.map(|(session, snapshot)| SignedIn {
            loaders: Loaders::new(
                db.clone(),
                app.frozen_surveys.clone(),
                session.actor.organization,
                session.actor.person(),
            ),
            asker: ArcSwap::from_pointee(Asker::new(&session, snapshot)),
            session,
        });
        Self { app, db, request_id, signed_in }
    }

    /// The session, when somebody is signed in.
    pub fn session(&self) -> Option<&Session> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.session)
    }

    /// Who asks.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub fn asker(&self) -> Result<Arc<Asker>, Exception> {
        self.signed_in.as_ref().map(|signed_in| signed_in.asker.load_full()).ok_or_else(Exception::unauthenticated)
    }

    /// The loaders of this request.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub fn loaders(&self) -> Result<&Loaders, Exception> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.loaders).ok_or_else(Exception::unauthenticated)
    }

    /// A context for a stream that outlives the request's first answer.
    #[must_use]
    pub fn for_stream(&self) -> Self {
        let who = self.signed_in.as_ref();
        let who = who.map(|who| (who.session.clone(), Arc::clone(&who.asker.load().snapshot)));
        Self::new(Arc::clone(&self.app), self.db.clone(), self.request_id, who)
    }

    /// Takes the newest directory, for streams: what somebody may see can change while they listen.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in; UNAVAILABLE when the directory cannot be read.
    pub async fn catch_up(&self) -> Result<(), Exception> {
        let signed_in = self.signed_in.as_ref().ok_or_else(Exception::unauthenticated)?;
        let organization = signed_in.session.actor.organization;
        let fresh = self.app.charts.current(&self.db, self.app.bus.is_connected(), organization).await?;
        self.see(fresh);
        Ok(())
    }

    /// Lets the rest of this request see a newer directory.
    pub fn see(&self, snapshot: Arc<Snapshot>) {
        if let Some(signed_in) = &self.signed_in {
            signed_in.asker.store(Arc::new(Asker::new(&signed_in.session, snapshot)));
        }
    }
}

/// The request a resolver answers.
///
/// # Errors
/// INTERNAL when the edge forgot to put it there.
pub fn request<'a>(ctx: &Context<'a>) -> Result<&'a RequestContext, Exception> {
    ctx.data_opt::<RequestContext>()
        .ok_or_else(|| Exception::internal(anyhow::anyhow!("a request without its context")))
}

impl Asker {
    /// Who asks in `session`, in the directory as it is in `snapshot`: with the roles that are granted there, whatever
    /// they were when the session began.
    fn new(session: &Session, snapshot: Arc<Snapshot>) -> Self {
        let mut actor = session.actor.clone();
        if let Some(person) = actor.person() {
            actor.grants = snapshot.grants_of(person);
        }
        let reads_every_active_person = reads_every_active_person(&actor, &snapshot.chart);
        Self { actor, snapshot, reads_every_active_person }
    }

    /// The tenant.
    pub fn organization(&self) -> OrganizationId {
        self.actor.organization
    }

    /// The person who asks; none for an API token.
    pub fn person(&self) -> Option<PersonId> {
        self.actor.person()
    }

    /// Whether the policy allows `action` on `resource`.
    pub fn may(&self, action: Action, resource: Resource<'_>) -> bool {
        decide(&self.actor, action, resource, &self.snapshot.chart).is_allowed()
    }

    /// Whether the policy lets the asker read somebody of the directory.
    pub fn may_read(&self, person: &PersonRecord) -> bool {
        (self.reads_every_active_person && person.is_active())
            || self.may(Action::ReadPerson, Resource::Person(person.id))
    }

    /// Passes when the policy allows `action` on `resource`.
    ///
    /// # Errors
    /// NOT_FOUND where the object is hidden, FORBIDDEN where it is visible.
    pub fn require(&self, action: Action, resource: Resource<'_>) -> Result<(), Exception> {
        match decide(&self.actor, action, resource, &self.snapshot.chart) {
            Decision::Allow => Ok(()),
            Decision::Hidden => Err(Exception::not_found()),
            Decision::Forbidden => Err(Exception::code(ErrorCode::Forbidden)),
        }
    }
}

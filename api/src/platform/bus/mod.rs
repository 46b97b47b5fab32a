//! The bus: tells other nodes (and sockets on this one) that something changed. It carries ids and versions, never
//! content; whoever hears of a change reads it from the database under its own authorisation.
//!
//! What the bus promises:
//! - Listeners on the publishing node hear an event at once, without a round trip, and once.
//! - Listeners on other nodes hear it, or else [`Event::Resynchronise`]: after every loss of the connection, on either
//!   side, and when they lagged behind. Redis keeps no messages, so the gap itself cannot be replayed.
//! - [`Bus::is_connected`] is false from when a loss is noticed. A closed connection is noticed at once, a silent one
//!   (a pulled cable, a stopped process) within 2 s. A node whose process dies after its commit and before it
//!   publishes tells nobody; who cannot live with that compares versions now and then.

mod remote;
#[cfg(test)]
mod tests;

use std::time::Duration;

use hearten_ids::{ApiTokenId, OrganizationId, PersonId, PublicationId, SurveyId};
use serde::{Deserialize, Serialize};
use tokio::{
    runtime::Handle,
    sync::broadcast::{self, error::RecvError},
};
use uuid::Uuid;

use self::remote::Remote;
pub use super::link::BadRedisUrl;

/// Something that happened, told to every node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The directory of an organization reached a version.
    ChartChanged {
        /// Whose directory.
        organization: OrganizationId,
        /// The version it reached.
        version: i64,
    },
    /// A wave's results were published.
    PublicationAppeared {
        /// Whose.
        organization: OrganizationId,
        /// Of which survey.
        survey: SurveyId,
        /// The publication.
        publication: PublicationId,
    },
    /// An API token was changed or revoked: forget what is cached of it, close its sockets.
    TokenChanged {
        /// Whose.
        organization: OrganizationId,
        /// The token.
        token: ApiTokenId,
    },
    /// A person was signed out everywhere or deactivated: close their sockets.
    PersonSignedOut {
        /// Whose.
        organization: OrganizationId,
        /// The person.
        person: PersonId,
    },
    /// Something was done that concerns people: their notifications have grown.
    Happened {
        /// Whose.
        organization: OrganizationId,
        /// What, such as goal.checked_in.
        happening: String,
        /// The id of the object.
        subject: String,
        /// Whom it concerns; empty when they are too many to name.
        persons: Vec<PersonId>,
    },
    /// Messages may have been lost: whoever relies on the bus checks the database.
    Resynchronise,
}

/// How many events a slow listener may lag behind before it is told to resynchronise.
const BACKLOG: usize = 1024;

/// The bus of this node.
#[derive(Debug, Clone)]
pub enum Bus {
    /// Within this process.
    Memory(broadcast::Sender<Event>),
    /// Between nodes, through Redis.
    Redis(Remote),
}

impl Bus {
    /// A bus for a single node.
    pub fn memory() -> Self {
        Self::Memory(broadcast::channel(BACKLOG).0)
    }

    /// A bus between nodes, connected to in the background on `runtime` (the one that outlives all requests). Nodes
    /// of one installation use the same `prefix`; `node` is drawn afresh at each start, and is how a node knows its
    /// own messages.
    ///
    /// # Errors
    /// When `url` cannot be understood. That Redis does not answer is no error.
    pub fn redis(url: &str, prefix: &str, node: Uuid, runtime: &Handle) -> Result<Self, BadRedisUrl> {
        Ok(Self::Redis(Remote::start(url, prefix, node, broadcast::channel(BACKLOG).0, runtime)?))
    }

    /// Tells every node, this one included. Never fails: who misses it resynchronises. Returns when Redis has taken
    /// the message or is known to be away, after half a second at most.
    pub async fn publish(&self, event: Event) {
        // An error only says that nobody on this node listens.
        let _ = self.local().send(event.clone());
        if let Self::Redis(remote) = self {
            remote.publish(&event).await;
        }
    }

    /// Events from now on, with lagging turned into [`Event::Resynchronise`].
    pub fn listen(&self) -> Listener {
        Listener(self.subscribe())
    }

    /// Events from now on. Whoever gets `RecvError::Lagged` must do as for [`Event::Resynchronise`];
    /// [`Bus::listen`] does so by itself.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.local().subscribe()
    }

    /// Whether messages of other nodes reach this one now. While they do not, whoever relies on the bus asks the
    /// database instead.
    ///
    /// It turns true together with an [`Event::Resynchronise`], not after it was handled: who keeps a copy trusts it
    /// again when it has handled that event, not when this turns true.
    pub fn is_connected(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Redis(remote) => remote.is_connected(),
        }
    }

    /// Waits until messages of other nodes arrive, at most `within`; says whether they do.
    pub async fn wait_connected(&self, within: Duration) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Redis(remote) => remote.wait_connected(within).await,
        }
    }

    /// Closes the connection, if there is one. Events stay within this node from now on.
    pub async fn stop(&self) {
        if let Self::Redis(remote) = self {
            remote.stop().await;
        }
    }

    fn local(&self) -> &broadcast::Sender<Event> {
        match self {
            Self::Memory(local) => local,
            Self::Redis(remote) => remote.local(),
        }
    }
}

/// Hears events, and [`Event::Resynchronise`] in place of those it was too slow for.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Event>);

impl Listener {
    /// The next event; None when the bus is gone. May be cancelled: no event is lost by it.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => Some(Event::Resynchronise),
            Err(RecvError::Closed) => None,
        }
    }
}

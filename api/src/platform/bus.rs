//! The bus: tells other nodes (and sockets on this one) that something changed. It carries ids and versions, never
//! content; whoever hears of a change reads it from the database under its own authorisation.

use hearten_ids::{ApiTokenId, OrganizationId, PersonId, PublicationId, SurveyId};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

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
}

impl Bus {
    /// A bus for a single node.
    pub fn memory() -> Self {
        Self::Memory(broadcast::channel(BACKLOG).0)
    }

    /// Tells every node, this one included. Never fails: who misses it resynchronises.
    pub async fn publish(&self, event: Event) {
        match self {
            Self::Memory(sender) => {
                // An error only says that nobody listens.
                let _ = sender.send(event);
            }
        }
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        match self {
            Self::Memory(sender) => sender.subscribe(),
        }
    }

    /// Whether messages of other nodes reach this one now. While they do not, whoever relies on the bus asks the
    /// database instead.
    pub fn is_connected(&self) -> bool {
        match self {
            Self::Memory(_) => true,
        }
    }
}

//! What the edge asks of the service behind it: who a bearer is, the data of a request, a registered document, the
//! schema. One implementation serves; tests bring their own.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Request, Response};
use futures_util::{future::BoxFuture, stream::BoxStream};
use hearten_ids::RequestId;
use hearten_policy::Principal;

use super::parsed::ParsedDocuments;
use crate::{
    app::App,
    auth::Session,
    graphql::{completion::Types, documents::DocumentHash, error::Exception},
};

/// The service behind the edge.
pub trait Backend: Send + Sync + 'static {
    /// Whose session `bearer` opens, seen at the address `peer`. Not valid, or not any more: None or UNAUTHENTICATED.
    /// UNAVAILABLE when that cannot be found out.
    fn authenticate<'a>(
        &'a self,
        bearer: &'a str,
        peer: Option<IpAddr>,
    ) -> BoxFuture<'a, Result<Option<Session>, Exception>>;

    /// Puts what resolvers need into `request`.
    fn prepare<'a>(
        &'a self,
        request: Request,
        session: Option<&'a Session>,
        request_id: RequestId,
    ) -> BoxFuture<'a, Result<Request, Exception>>;

    /// The text of the registered document `hash` of the session's organization.
    fn document<'a>(
        &'a self,
        session: Option<&'a Session>,
        hash: DocumentHash,
    ) -> BoxFuture<'a, Result<Option<String>, Exception>>;

    /// Validates and runs a query or a mutation.
    fn execute(&self, request: Request) -> BoxFuture<'_, Response>;

    /// Validates and starts a subscription.
    fn subscribe(&self, request: Request) -> BoxStream<'static, Response>;
}

/// What the workers' edges share.
pub struct Shared {
    /// The parts of the service.
    pub app: Arc<App>,
    /// Sockets, by principal.
    pub sockets: Connections,
    /// Event streams, by principal.
    pub streams: Connections,
    /// The types of the schema behind.
    pub types: Types,
}

/// One worker's edge.
#[derive(Clone)]
pub struct Edge {
    /// What the workers share.
    pub shared: Arc<Shared>,
    /// The service behind.
    pub backend: Arc<dyn Backend>,
    /// Documents that were read a moment ago.
    pub parsed: ParsedDocuments,
}

impl Shared {
    /// What the edges of a service share; made once. `sdl` is that of the schema behind.
    pub fn new(app: Arc<App>, sdl: &str) -> Arc<Self> {
        let types = Types::from_sdl(sdl);
        Arc::new(Self { app, sockets: Connections::default(), streams: Connections::default(), types })
    }
}

impl Edge {
    /// The edge of one worker.
    pub fn new(shared: Arc<Shared>, backend: Arc<dyn Backend>) -> Self {
        Self { shared, backend, parsed: ParsedDocuments::default() }
    }

    /// The parts of the service.
    pub fn app(&self) -> &App {
        &self.shared.app
    }

    /// A fresh request id.
    pub fn request_id(&self) -> RequestId {
        RequestId(self.app().random.id(self.app().clock.now()))
    }
}

/// Who pays for a request: the person or token, or the peer's address when nobody is signed in. Of an IPv6 address the
/// first 64 bits count: a peer usually owns all of the rest.
pub fn principal(session: Option<&Session>, peer: Option<IpAddr>) -> String {
    match (session.map(|session| session.actor.principal), peer) {
        (Some(Principal::Person(person)), _) => person.to_string(),
        (Some(Principal::ApiToken { id, .. }), _) => id.to_string(),
        (None, Some(IpAddr::V6(address))) if address.to_ipv4_mapped().is_none() => {
            format!("ip:{:x}", u128::from(address) >> 64)
        }
        (None, Some(address)) => format!("ip:{}", address.to_canonical()),
        (None, None) => "ip:unknown".to_owned(),
    }
}

/// Counts the open connections of each principal on this node.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<Mutex<HashMap<String, u32>>>);

/// One connection's place; given back when dropped.
#[derive(Debug)]
pub struct Place {
    connections: Connections,
    principal: String,
}

impl Connections {
    /// A place for `principal`, unless it has `limit` already.
    pub fn enter(&self, principal: &str, limit: u32) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(principal.to_owned()).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Place { connections: self.clone(), principal: principal.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.principal) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.principal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back() {
        let connections = Connections::default();
        let first = connections.enter("a", 2);
        let second = connections.enter("a", 2);
        assert!(first.is_some() && second.is_some() && connections.enter("a", 2).is_none());
        assert!(connections.enter("b", 2).is_some());
        drop(first);
        assert!(connections.enter("a", 2).is_some());
        drop(second);
        assert!(connections.0.lock().unwrap().is_empty());
    }

    #[test]
    fn neighbours_in_one_network_share_a_bucket() {
        let key = |text: &str| principal(None, Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}

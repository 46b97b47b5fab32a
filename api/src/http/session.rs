//! The session of a request: reading the bearer, and watching over one that stays open.

use std::{net::IpAddr, sync::Arc, time::Duration};

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use arc_swap::ArcSwap;
use hearten_policy::Principal;
use tokio::sync::broadcast::{self, error::RecvError};

use super::backend::Edge;
use crate::{
    auth::Session,
    graphql::error::{ErrorCode, Exception},
    platform::bus::Event,
};

/// Bytes of a bearer token; none we accept is longer.
const BEARER_BYTES: usize = 8 << 10;
/// How often a session that stays open is looked at without being asked to.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// The bearer in a request's headers: None when there is none.
///
/// # Errors
/// UNAUTHENTICATED when there is an `authorization` that is not one bearer token.
pub fn bearer(headers: &HeaderMap) -> Result<Option<String>, Exception> {
    let mut values = headers.get_all(AUTHORIZATION);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => parse_bearer(value.to_str().unwrap_or("")).map(Some),
        (Some(_), Some(_)) => Err(Exception::unauthenticated()),
    }
}

/// The token in `Bearer <token>`.
///
/// # Errors
/// UNAUTHENTICATED when the text is anything else.
pub fn parse_bearer(text: &str) -> Result<String, Exception> {
    let (scheme, token) = text.split_once(' ').ok_or_else(Exception::unauthenticated)?;
    let token = token.trim();
    let is_token = !token.is_empty() && token.len() <= BEARER_BYTES && token.bytes().all(|byte| byte.is_ascii_graphic());
    if scheme.eq_ignore_ascii_case("bearer") && is_token {
        Ok(token.to_owned())
    } else {
        Err(Exception::unauthenticated())
    }
}

/// Who the bearer is; None without one.
///
/// # Errors
/// UNAUTHENTICATED when the bearer is not valid, UNAVAILABLE when nobody can say.
pub async fn sign_in(edge: &Edge, bearer: Option<&str>, peer: Option<IpAddr>) -> Result<Option<Session>, Exception> {
    let Some(bearer) = bearer else { return Ok(None) };
    match edge.backend.authenticate(bearer, peer).await? {
        Some(session) if session.expires_at > edge.app().clock.now() => Ok(Some(session)),
        _ => Err(Exception::unauthenticated()),
    }
}

/// Why a session that stayed open is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its token expired.
    Expired,
    /// It was signed out, revoked or changed so that it is refused now.
    Refused,
    /// It may have been, and nobody can say that it was not.
    Unknown,
}

/// Somebody's session that stays open.
pub struct Watch {
    edge: Edge,
    bearer: String,
    peer: Option<IpAddr>,
    session: Arc<ArcSwap<Session>>,
    events: broadcast::Receiver<Event>,
}

impl Watch {
    /// Signs in with `bearer` and watches over the session from before the look at the bearer, so that no sign-out falls
    /// between the two. None when nobody is signed in.
    ///
    /// # Errors
    /// As [`sign_in`].
    pub async fn sign_in(edge: &Edge, bearer: Option<String>, peer: Option<IpAddr>) -> Result<Option<Self>, Exception> {
        let events = edge.app().bus.subscribe();
        let session = sign_in(edge, bearer.as_deref(), peer).await?;
        Ok(session.zip(bearer).map(|(session, bearer)| Self {
            edge: edge.clone(),
            bearer,
            peer,
            session: Arc::new(ArcSwap::from_pointee(session)),
            events,
        }))
    }

    /// The session as last seen: roles may change while a socket is open.
    pub fn session(&self) -> Arc<ArcSwap<Session>> {
        Arc::clone(&self.session)
    }

    /// Waits until the session is over. It is looked at when its token expires, when the bus says something about its
    /// subject or lost messages, and every minute.
    pub async fn ended(mut self) -> Ended {
        loop {
            let session = self.session.load_full();
            let left = (session.expires_at - self.edge.app().clock.now()).to_std().unwrap_or_default();
            if left.is_zero() {
                return Ended::Expired;
            }
            tokio::select! {
                // Never longer than the look-again time: the clock may have been set.
                () = tokio::time::sleep(left.min(LOOK_AGAIN)) => {}
                event = self.events.recv() => match event {
                    Ok(event) if !may_end(&event, &session) => continue,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ended::Unknown,
                },
            }
            if session.expires_at <= self.edge.app().clock.now() {
                return Ended::Expired;
            }
            match self.edge.backend.authenticate(&self.bearer, self.peer).await {
                Ok(Some(session)) => self.session.store(Arc::new(session)),
                Ok(None) => return Ended::Refused,
                Err(error) if error.error_code() == ErrorCode::Unauthenticated => return Ended::Refused,
                // While the database is away nobody is let in, and nobody stays in on trust.
                Err(_) => return Ended::Unknown,
            }
        }
    }
}

/// Whether `event` may have ended `session`.
fn may_end(event: &Event, session: &Session) -> bool {
    match (event, session.actor.principal) {
        (Event::PersonSignedOut { person, .. }, Principal::Person(own)) => *person == own,
        (Event::TokenChanged { token, .. }, Principal::ApiToken { id, .. }) => *token == id,
        (Event::Resynchronise, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_one() {
        assert_eq!(parse_bearer("Bearer abc").unwrap(), "abc");
        assert_eq!(parse_bearer("bearer  abc ").unwrap(), "abc");
        for text in ["", "abc", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer a\u{e9}"] {
            assert!(parse_bearer(text).is_err(), "{text}");
        }
        assert!(parse_bearer(&format!("Bearer {}", "a".repeat(BEARER_BYTES + 1))).is_err());
    }
}

//! The messages and close codes of graphql-transport-ws.

use actix_ws::{CloseCode, CloseReason};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::session;

/// Characters of an operation's id.
const ID_CHARS: usize = 128;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Opens the conversation; `payload.authorization` may carry the bearer.
    ConnectionInit {
        /// Anything; only `authorization` is looked at.
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// Asks for a pong.
    Ping,
    /// Answers a ping.
    Pong,
    /// Starts an operation.
    Subscribe {
        /// The client's name for the operation.
        id: String,
        /// The same parameters as over HTTP.
        payload: Value,
    },
    /// Stops an operation.
    Complete {
        /// Which.
        id: String,
    },
}

impl ClientMessage {
    /// Reads one message. None closes the socket.
    pub fn read(text: &str) -> Option<Self> {
        let message: Self = serde_json::from_str(text).ok()?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() || id.len() > ID_CHARS => None,
            _ => Some(message),
        }
    }
}

/// The bearer in the payload of `connection_init`: the value of an authorization header under either spelling.
///
/// # Errors
/// [`Close::Forbidden`] when there is one that is not a bearer token.
pub fn bearer(payload: Option<&Map<String, Value>>) -> Result<Option<String>, Close> {
    let Some(payload) = payload else { return Ok(None) };
    match payload.get("authorization").or_else(|| payload.get("Authorization")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => session::parse_bearer(text).map(Some).map_err(|_| Close::Forbidden),
        Some(_) => Err(Close::Forbidden),
    }
}

/// Why the server closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// A message is not one of the protocol.
    BadMessage,
    /// An operation before `connection_ack`.
    Unauthorized,
    /// The token of the session expired.
    Expired,
    /// The bearer is refused: at once, or since it was signed out or revoked.
    Forbidden,
    /// No `connection_init` in time.
    InitTimeout,
    /// An operation with the id of one under way.
    DuplicateId,
    /// A second `connection_init`.
    TooManyInits,
    /// The principal has as many sockets as it may.
    TooManySockets,
    /// A message is larger than allowed.
    TooLarge,
    /// Nobody can say whether the bearer is good; worth another try.
    Unavailable,
    /// The client answers no pings, or reads nothing.
    Silent,
    /// The client closed, with this code; RFC 6455 wants an answer, else the client takes the end for a broken line.
    Answered(CloseCode),
}

impl Close {
    /// The answer to a client that closed: its own code, as far as codes may be sent at all.
    pub fn answer(reason: Option<CloseReason>) -> Self {
        let code = reason.map_or(CloseCode::Normal, |reason| reason.code);
        match u16::from(code) {
            1000..=1003 | 1007..=1013 | 3000..=4999 => Self::Answered(code),
            _ => Self::Answered(CloseCode::Normal),
        }
    }

    /// The close frame.
    pub fn frame(self) -> CloseReason {
        let (code, text) = match self {
            Self::BadMessage => (4400, "Invalid message"),
            Self::Unauthorized => (4401, "Unauthorized"),
            Self::Expired => (4401, "The token expired"),
            Self::Forbidden => (4403, "Forbidden"),
            Self::InitTimeout => (4408, "Connection initialisation timeout"),
            Self::DuplicateId => (4409, "An operation with this id is under way"),
            Self::TooManyInits => (4429, "Too many initialisation requests"),
            Self::TooManySockets => (4429, "Too many sockets"),
            Self::TooLarge => (1009, "Message too large"),
            Self::Unavailable => (1013, "Try again later"),
            Self::Silent => (1001, "No sign of life"),
            Self::Answered(code) => return CloseReason { code, description: None },
        };
        CloseReason { code: CloseCode::from(code), description: Some(text.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_the_protocol_are_read() {
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":{"a":1}}"#,
            r#"{"type":"ping","payload":{}}"#,
            r#"{"type":"pong"}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            assert!(ClientMessage::read(text).is_some(), "{text}");
        }
        for text in [
            "",
            "null",
            "[]",
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"id":5,"type":"subscribe","payload":{}}"#,
            r#"{"id":"1","type":"subscribe"}"#,
            r#"{"id":"","type":"complete"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
        ] {
            assert!(ClientMessage::read(text).is_none(), "{text}");
        }
        let long = format!(r#"{{"id":"{}","type":"complete"}}"#, "x".repeat(ID_CHARS + 1));
        assert!(ClientMessage::read(&long).is_none());
        assert!(ClientMessage::read(&"[".repeat(60_000)).is_none());
    }

    #[test]
    fn a_bearer_may_come_with_the_init() {
        let read = |text: &str| bearer(serde_json::from_str::<Option<Map<String, Value>>>(text).unwrap().as_ref());
        assert_eq!(read("null"), Ok(None));
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read(r#"{"authorization":"Bearer x"}"#), Ok(Some("x".to_owned())));
        assert_eq!(read(r#"{"Authorization":"Bearer x"}"#), Ok(Some("x".to_owned())));
        assert_eq!(read(r#"{"authorization":"x"}"#), Err(Close::Forbidden));
        assert_eq!(read(r#"{"authorization":7}"#), Err(Close::Forbidden));
    }
}

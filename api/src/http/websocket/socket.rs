//! The life of one socket. One task owns it: it reads messages, polls the operations, watches the session and the
//! clock. It never waits for a client that does not read.

use std::{collections::HashMap, net::IpAddr, pin::Pin, sync::Arc, time::Duration};

use actix_ws::{AggregatedMessage, AggregatedMessageStream, ProtocolError, Session as Sink};
use arc_swap::ArcSwap;
use futures_util::{
    FutureExt, Stream, StreamExt, future,
    stream::{self, AbortHandle, SelectAll},
};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};

use super::protocol::{self, ClientMessage, Close};
use crate::http::metrics::OpenSocket;
use crate::{
    auth::Session,
    graphql::{
        error::{ErrorCode, server_error},
        limits::{SOCKET_INIT_SECONDS, SOCKET_OPERATIONS, SOCKET_PING_SECONDS, SOCKETS},
    },
    http::{
        backend::{self, Edge, Place},
        operation::{self, Sender},
        params::{self, Params},
        response::Body,
        session::{Ended, Watch},
    },
};

/// How long a message may wait for the client to read.
const SEND_TIME: Duration = Duration::from_secs(10);
/// Pings a client may leave unanswered.
const SILENT_PINGS: u32 = 2;

/// Something an operation has to say.
struct Said {
    id: String,
    // Tells an operation from an earlier one of the same id.
    serial: u64,
    what: Saying,
}

enum Saying {
    Next(Box<Body>),
    Error(Box<Body>),
    Complete,
}

type Sayings = Pin<Box<dyn Stream<Item = Said>>>;

/// What ends the conversation: a close frame to send, or nothing when the client went away.
type Over = Option<Close>;

/// Lives until the client goes, breaks the protocol, or its session ends.
pub async fn live(
    edge: Edge,
    sink: Sink,
    messages: AggregatedMessageStream,
    bearer: Option<String>,
    peer: Option<IpAddr>,
) {
    let closing = sink.clone();
    let over = match Socket::open(edge, sink, messages, bearer, peer).await {
        Ok((socket, ended)) => socket.converse(ended).await,
        Err(over) => over,
    };
    if let Some(close) = over {
        // The client may be gone by now, or not be reading.
        let _ = timeout(SEND_TIME, closing.close(Some(close.frame()))).await;
    }
}

struct Socket {
    edge: Edge,
    sink: Sink,
    messages: AggregatedMessageStream,
    session: Option<Arc<ArcSwap<Session>>>,
    principal: String,
    operations: SelectAll<Sayings>,
    live: HashMap<String, (u64, AbortHandle)>,
    serial: u64,
    unanswered_pings: u32,
    _counted: OpenSocket,
    _place: Place,
}

type Ending = Pin<Box<dyn Future<Output = Ended>>>;

impl Socket {
    /// Waits for `connection_init`, signs in, and acknowledges.
    async fn open(
        edge: Edge,
        mut sink: Sink,
        mut messages: AggregatedMessageStream,
        bearer: Option<String>,
        peer: Option<IpAddr>,
    ) -> Result<(Self, Ending), Over> {
        let deadline = Instant::now() + Duration::from_secs(SOCKET_INIT_SECONDS);
        let payload = loop {
            let message = timeout_at(deadline, read(&mut messages)).await.map_err(|_| Some(Close::InitTimeout))??;
            match message {
                Read::Message(ClientMessage::ConnectionInit { payload }) => break payload,
                Read::Message(ClientMessage::Ping) => send(&mut sink, PONG.to_owned()).await?,
                Read::Message(ClientMessage::Pong | ClientMessage::Complete { .. }) | Read::Pong => {}
                Read::Message(ClientMessage::Subscribe { .. }) => return Err(Some(Close::Unauthorized)),
                Read::Ping(bytes) => sink.pong(&bytes).await.map_err(|_| None)?,
            }
        };
        let bearer = protocol::bearer(payload.as_ref()).map_err(Some)?.or(bearer);
        let watch = Watch::sign_in(&edge, bearer, peer).await.map_err(|exception| match exception.error_code() {
            ErrorCode::Unauthenticated => Some(Close::Forbidden),
            _ => Some(Close::Unavailable),
        })?;
        let session = watch.as_ref().map(Watch::session);
        let principal = backend::principal(session.as_ref().map(|session| session.load_full()).as_deref(), peer);
        let place = edge.shared.sockets.enter(&principal, SOCKETS).ok_or(Some(Close::TooManySockets))?;
        let counted = edge.app().metrics.socket_opened();
        let ended: Ending = match watch {
            Some(watch) => watch.ended().boxed_local(),
            None => future::pending().boxed_local(),
        };
        send(&mut sink, r#"{"type":"connection_ack"}"#.to_owned()).await?;
        let socket = Self {
            edge,
            sink,
            messages,
            session,
            principal,
            operations: SelectAll::new(),
            live: HashMap::new(),
            serial: 0,
            unanswered_pings: 0,
            _counted: counted,
            _place: place,
        };
        Ok((socket, ended))
    }

    async fn converse(mut self, mut ended: Ending) -> Over {
        let mut ping = interval(Duration::from_secs(SOCKET_PING_SECONDS));
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        loop {
            let step = tokio::select! {
                biased;
                ended = &mut ended => Err(Some(match ended {
                    Ended::Expired => Close::Expired,
                    Ended::Refused => Close::Forbidden,
                    Ended::Unknown => Close::Unavailable,
                })),
                message = read(&mut self.messages) => match message {
                    Ok(message) => self.hear(message).await,
                    Err(over) => Err(over),
                },
                Some(said) = self.operations.next() => self.say(said).await,
                _ = ping.tick() => self.ping().await,
            };
            if let Err(over) = step {
                return over;
            }
        }
    }

    async fn ping(&mut self) -> Result<(), Over> {
        if self.unanswered_pings >= SILENT_PINGS {
            return Err(Some(Close::Silent));
        }
        self.unanswered_pings += 1;
        timeout(SEND_TIME, self.sink.ping(b"")).await.map_err(|_| Some(Close::Silent))?.map_err(|_| None)
    }

    async fn hear(&mut self, read: Read) -> Result<(), Over> {
        self.unanswered_pings = 0;
        match read {
            Read::Pong | Read::Message(ClientMessage::Pong) => Ok(()),
            Read::Ping(bytes) => self.sink.pong(&bytes).await.map_err(|_| None),
            Read::Message(ClientMessage::Ping) => send(&mut self.sink, PONG.to_owned()).await,
            Read::Message(ClientMessage::ConnectionInit { .. }) => Err(Some(Close::TooManyInits)),
            Read::Message(ClientMessage::Complete { id }) => {
                if let Some((_, operation)) = self.live.remove(&id) {
                    operation.abort();
                }
                Ok(())
            }
            Read::Message(ClientMessage::Subscribe { id, payload }) => {
                if self.live.contains_key(&id) {
                    return Err(Some(Close::DuplicateId));
                }
                let params = params::from_value(payload).map_err(|_| Some(Close::BadMessage))?;
                self.start(id, params).await
            }
        }
    }

    async fn start(&mut self, id: String, params: Params) -> Result<(), Over> {
        self.serial += 1;
        let serial = self.serial;
        if self.live.len() >= SOCKET_OPERATIONS {
            let message = format!("at most {SOCKET_OPERATIONS} operations may be under way on a socket");
            let body = Body::refused(vec![server_error(ErrorCode::RateLimited, message)], self.edge.request_id());
            return send(&mut self.sink, error_message(&id, &body)).await;
        }
        let sender = Sender {
            request_id: self.edge.request_id(),
            session: self.session.as_ref().map(|session| session.load().as_ref().clone()),
            principal: self.principal.clone(),
            reads_only: false,
            streams: true,
        };
        let answers = answers(self.edge.clone(), sender, params);
        let (answers, abort) = stream::abortable(answers);
        self.live.insert(id.clone(), (serial, abort));
        self.operations.push(Box::pin(answers.map(move |what| Said { id: id.clone(), serial, what })));
        Ok(())
    }

    async fn say(&mut self, said: Said) -> Result<(), Over> {
        // A stopped operation may have one more thing to say; the client has forgotten it.
        if self.live.get(&said.id).is_none_or(|(serial, _)| *serial != said.serial) {
            return Ok(());
        }
        let id = serde_json::Value::from(said.id.as_str());
        let message = match said.what {
            Saying::Next(body) => format!(r#"{{"id":{id},"type":"next","payload":{}}}"#, body.json()),
            Saying::Error(body) => {
                self.live.remove(&said.id);
                error_message(&said.id, &body)
            }
            Saying::Complete => {
                self.live.remove(&said.id);
                format!(r#"{{"id":{id},"type":"complete"}}"#)
            }
        };
        send(&mut self.sink, message).await
    }
}

const PONG: &str = r#"{"type":"pong"}"#;

fn error_message(id: &str, body: &Body) -> String {
    format!(r#"{{"id":{},"type":"error","payload":{}}}"#, serde_json::Value::from(id), body.errors_json())
}

/// All that one operation will say: `next`s and a `complete`, or one `error` when it never ran.
fn answers(edge: Edge, sender: Sender, params: Params) -> impl Stream<Item = Saying> {
    let request_id = sender.request_id;
    let begin = async move {
        match operation::prepare(&edge, &sender, params).await {
            Ok(prepared) => prepared.stream(&edge).boxed(),
            Err(refusal) => stream::once(future::ready(Body::refused(refusal.errors, request_id))).boxed(),
        }
    };
    // After an `error` nothing more may be said.
    stream::once(begin)
        .flatten()
        .map(|body| {
            let body = Box::new(body);
            if body.was_executed() { Saying::Next(body) } else { Saying::Error(body) }
        })
        .chain(stream::once(future::ready(Saying::Complete)))
}

enum Read {
    Message(ClientMessage),
    Ping(actix_web::web::Bytes),
    Pong,
}

async fn read(messages: &mut AggregatedMessageStream) -> Result<Read, Over> {
    match messages.recv().await {
        Some(Ok(AggregatedMessage::Text(text))) => {
            ClientMessage::read(&text).map(Read::Message).ok_or(Some(Close::BadMessage))
        }
        Some(Ok(AggregatedMessage::Binary(bytes))) => {
            let text = std::str::from_utf8(&bytes).map_err(|_| Some(Close::BadMessage))?;
            ClientMessage::read(text).map(Read::Message).ok_or(Some(Close::BadMessage))
        }
        Some(Ok(AggregatedMessage::Ping(bytes))) => Ok(Read::Ping(bytes)),
        Some(Ok(AggregatedMessage::Pong(_))) => Ok(Read::Pong),
        Some(Ok(AggregatedMessage::Close(reason))) => Err(Some(Close::answer(reason))),
        None => Err(None),
        Some(Err(ProtocolError::Overflow)) => Err(Some(Close::TooLarge)),
        Some(Err(_)) => Err(Some(Close::BadMessage)),
    }
}

async fn send(sink: &mut Sink, text: String) -> Result<(), Over> {
    timeout(SEND_TIME, sink.text(text)).await.map_err(|_| Some(Close::Silent))?.map_err(|_| None)
}

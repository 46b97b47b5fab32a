//! GraphQL over server-sent events (graphql-sse, distinct connections): one operation a request, each answer an event.
//! The stream ends when the operation does, and when the session does.

use std::{pin::Pin, time::Duration};

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY},
    web::Bytes,
};
use async_graphql::parser::types::OperationType;
use futures_util::{FutureExt, Stream, StreamExt, future, stream};

use super::{
    backend::{Edge, Place},
    media::Media,
    operation::{Prepared, Sender},
    response::{Body, Refusal, Verdict},
    session::{Ended, Watch},
};
use crate::graphql::{
    error::{ErrorCode, server_error},
    limits::STREAMS,
};

/// A comment goes out this often, so that proxies keep the connection and a vanished client is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct State {
    answers: Pin<Box<dyn Stream<Item = Body> + Send>>,
    ended: Pin<Box<dyn Future<Output = Ended>>>,
    done: bool,
    _place: Option<Place>,
}

/// The answer that streams `prepared`.
///
/// # Errors
/// RATE_LIMITED when the principal has too many streams open.
pub fn stream(
    edge: &Edge,
    sender: &Sender,
    prepared: Prepared,
    watch: Option<Watch>,
) -> Result<HttpResponse, Refusal> {
    let place = if prepared.kind() == OperationType::Subscription {
        let place = edge.shared.streams.enter(&sender.principal, STREAMS).ok_or_else(|| {
            let message = format!("at most {STREAMS} event streams may be open at once");
            let error = server_error(ErrorCode::RateLimited, message);
            Refusal { verdict: Verdict::Refused(ErrorCode::RateLimited), ..Refusal::from(error) }
        })?;
        Some(place)
    } else {
        None
    };
    let ended: Pin<Box<dyn Future<Output = Ended>>> = match watch {
        Some(watch) => watch.ended().boxed_local(),
        None => future::pending().boxed_local(),
    };
    let state = State { answers: Box::pin(prepared.stream(edge)), ended, done: false, _place: place };
    // Headers leave with the first bytes, so those must not wait for the first event.
    let opened = stream::once(future::ready(Bytes::from_static(b":\n\n")));
    let events = opened.chain(stream::unfold(state, next)).map(Ok::<_, actix_web::Error>);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, Media::EventStream.content_type()))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((VARY, "authorization, accept"))
        // Asks nginx and its kin not to hold events back.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(events)))
}

async fn next(mut state: State) -> Option<(Bytes, State)> {
    const COMPLETE: &[u8] = b"event: complete\ndata: \n\n";
    if state.done {
        return None;
    }
    let bytes = tokio::select! {
        biased;
        _ = &mut state.ended => {
            state.done = true;
            Bytes::from_static(COMPLETE)
        }
        answer = state.answers.next() => match answer {
            Some(body) => Bytes::from(format!("event: next\ndata: {}\n\n", body.json())),
            None => {
                state.done = true;
                Bytes::from_static(COMPLETE)
            }
        },
        () = tokio::time::sleep(KEEP_ALIVE) => Bytes::from_static(b":\n\n"),
    };
    Some((bytes, state))
}

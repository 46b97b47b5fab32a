//! `/graphql` over HTTP: body cap → media types → gate against cross-site requests → authentication → the road of an
//! operation ([`super::operation`]) → answer.

use std::time::{Duration, Instant};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{Method, StatusCode, header::CONTENT_LENGTH},
    web,
};
use futures_util::StreamExt;
use hearten_ids::RequestId;

use super::{
    backend::{self, Edge},
    errors,
    media::{self, Media},
    metrics::{OperationKind, Outcome},
    operation::{self, Sender},
    params,
    response::{self, Refusal},
    session::{self, Watch},
    sse, websocket,
};
use crate::graphql::{error::ErrorCode, limits::BODY_BYTES};

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(15);

/// The endpoint, for every method: GraphQL over HTTP, over event streams, and the handshake of sockets.
pub async fn endpoint(request: HttpRequest, payload: web::Payload, edge: web::Data<Edge>) -> HttpResponse {
    let edge = edge.get_ref();
    let request_id = request.extensions().get::<RequestId>().copied().unwrap_or_else(|| edge.request_id());
    if websocket::is_upgrade(&request) {
        return websocket::upgrade(&request, payload, edge, request_id);
    }
    let Some(media) = media::negotiate(request.headers()) else {
        let message = "an answer can be application/graphql-response+json, application/json or text/event-stream";
        let refusal = Refusal::http(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message);
        return response::refuse(refusal, Media::Json, request_id);
    };
    let began = Instant::now();
    match run(&request, payload, edge, media, request_id).await {
        Ok(response) => response,
        Err(refusal) => {
            let outcome = Outcome::of(refusal.errors.first().map(errors::code), false);
            edge.app().metrics.request(OperationKind::Unknown, outcome, began.elapsed());
            response::refuse(refusal, media, request_id)
        }
    }
}

async fn run(
    request: &HttpRequest,
    payload: web::Payload,
    edge: &Edge,
    media: Media,
    request_id: RequestId,
) -> Result<HttpResponse, Refusal> {
    let raw = match *request.method() {
        Method::GET => Raw::Query(query_string(request)?),
        Method::POST => Raw::Body(body(request, payload).await?),
        _ => return Err(Refusal::method("GET, POST", "GraphQL is asked with POST, or GET for queries")),
    };
    let bearer = session::bearer(request.headers())?;
    // Only a stream outlives its request.
    let peer = request.peer_addr().map(|address| address.ip());
    let (session, watch) = if media == Media::EventStream {
        let watch = Watch::sign_in(edge, bearer, peer).await?;
        (watch.as_ref().map(|watch| watch.session().load().as_ref().clone()), watch)
    } else {
        (session::sign_in(edge, bearer.as_deref(), peer).await?, None)
    };
    let params = match raw {
        Raw::Query(text) => params::from_query_string(&text),
        Raw::Body(bytes) => params::from_json(&bytes),
    };
    let params = params.map_err(|message| Refusal::http(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message))?;
    let sender = Sender {
        request_id,
        principal: backend::principal(session.as_ref(), peer),
        session,
        reads_only: request.method() == Method::GET,
        streams: media == Media::EventStream,
    };
    let prepared = operation::prepare(edge, &sender, params).await?;
    if media == Media::EventStream {
        return sse::stream(edge, &sender, prepared, watch);
    }
    Ok(response::answer(&prepared.run(edge).await, media))
}

enum Raw {
    Query(String),
    Body(web::Bytes),
}

fn query_string(request: &HttpRequest) -> Result<String, Refusal> {
    let text = request.query_string();
    if text.len() > BODY_BYTES {
        return Err(too_large());
    }
    if !media::passed_preflight(request.headers()) {
        return Err(Refusal::http(
            StatusCode::BAD_REQUEST,
            ErrorCode::BadUserInput,
            "a GET needs a header that no other site can send unasked: set graphql-require-preflight: 1",
        ));
    }
    Ok(text.to_owned())
}

async fn body(request: &HttpRequest, mut payload: web::Payload) -> Result<web::Bytes, Refusal> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_BYTES) {
        return Err(too_large());
    }
    // Only JSON is read, and a page elsewhere cannot send JSON without a preflight: this is the gate for POST.
    if !media::is_json(request.headers()) {
        return Err(Refusal::http(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::BadUserInput,
            "send content-type: application/json, in UTF-8 and not compressed",
        ));
    }
    let read = async {
        let mut bytes = web::BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk
                .map_err(|_| Refusal::http(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, "the body broke off"))?;
            if bytes.len() + chunk.len() > BODY_BYTES {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    };
    tokio::time::timeout(BODY_TIME, read).await.unwrap_or_else(|_| {
        Err(Refusal::http(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, "the body took too long to arrive"))
    })
}

fn too_large() -> Refusal {
    Refusal::http(
        StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::DocumentTooLarge,
        format!("a request may have {BODY_BYTES} bytes"),
    )
}

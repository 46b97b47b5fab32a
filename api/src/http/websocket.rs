//! Subscriptions over WebSocket, sub-protocol graphql-transport-ws. The handshake is here, the rules of the protocol in
//! [`protocol`], one socket's life in [`socket`].

pub mod protocol;
pub mod socket;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{SEC_WEBSOCKET_PROTOCOL, UPGRADE},
    },
    rt, web,
};
use hearten_ids::RequestId;

use super::{
    backend::Edge,
    cors,
    media::Media,
    response::{self, Refusal},
    session,
};
use crate::graphql::{
    error::{ErrorCode, Exception},
    limits::SOCKET_MESSAGE_BYTES,
};

/// The one sub-protocol that is spoken.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// Whether the request wants to become a socket.
pub fn is_upgrade(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(UPGRADE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Answers the handshake and lets the socket live on its own.
pub fn upgrade(request: &HttpRequest, payload: web::Payload, edge: &Edge, request_id: RequestId) -> HttpResponse {
    match open(request, payload, edge) {
        Ok(response) => response,
        Err(refusal) => response::refuse(refusal, Media::Json, request_id),
    }
}

fn open(request: &HttpRequest, payload: web::Payload, edge: &Edge) -> Result<HttpResponse, Refusal> {
    let server = &edge.app().config.server;
    if !cors::may_open_socket(request.headers(), &server.cors_origins, server.graphiql) {
        return Err(Refusal::http(
            StatusCode::FORBIDDEN,
            ErrorCode::Forbidden,
            "this origin is not one of server.cors_origins",
        ));
    }
    let speaks = request
        .headers()
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim() == PROTOCOL);
    if !speaks {
        let message = format!("the sub-protocol must be {PROTOCOL}");
        return Err(Refusal::http(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message));
    }
    let bearer = session::bearer(request.headers()).map_err(|exception: Exception| Refusal::from(exception))?;
    let (response, sink, messages) = actix_ws::handle_with_protocols(request, payload, &[PROTOCOL])
        .map_err(|_| Refusal::http(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, "not a WebSocket handshake"))?;
    let messages = messages
        .max_frame_size(SOCKET_MESSAGE_BYTES)
        .aggregate_continuations()
        .max_continuation_size(SOCKET_MESSAGE_BYTES);
    let peer = request.peer_addr().map(|address| address.ip());
    rt::spawn(socket::live(edge.clone(), sink, messages, bearer, peer));
    Ok(response)
}

//! Sockets (graphql-transport-ws), beyond what the protocol's own checks cover.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use hearten_api::platform::bus::Event;
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::support::{ORGANIZATION, Server, Small};

struct Client(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Client {
    async fn connect(server: &Server, origin: Option<&str>) -> Result<Self, Error> {
        let mut request = format!("ws://{}/graphql/ws", server.address).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        Ok(Self(connect_async(request).await?.0))
    }

    async fn signed_in(server: &Server, bearer: &str) -> Self {
        let mut client = Self::connect(server, None).await.unwrap();
        client
            .say(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {bearer}") } }))
            .await;
        client
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// The next message, or the code with which the server closed.
    async fn hear(&mut self) -> Result<Value, u16> {
        loop {
            let message =
                tokio::time::timeout(Duration::from_secs(60), self.0.next()).await.expect("a message in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                _ => return Err(0),
            }
        }
    }

    async fn hear_type(&mut self) -> String {
        self.hear().await.unwrap()["type"].as_str().unwrap().to_owned()
    }

    async fn closed_with(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }
}

const LONG: &str = "subscription { ticks(count: 1000, every: 50) }";

#[actix_web::test]
async fn a_socket_closes_when_its_person_is_signed_out() {
    let server = Server::start(|_| {}).await;
    let mut ada = Client::signed_in(&server, "ada").await;
    let mut bob = Client::signed_in(&server, "bob").await;
    assert_eq!(
        (ada.hear_type().await, bob.hear_type().await),
        ("connection_ack".to_owned(), "connection_ack".to_owned())
    );
    ada.subscribe("1", LONG).await;
    bob.subscribe("1", LONG).await;
    assert_eq!((ada.hear_type().await, bob.hear_type().await), ("next".to_owned(), "next".to_owned()));
    let signed_out = Event::PersonSignedOut { organization: ORGANIZATION, person: Small::person(1) };
    server.app.bus.publish(signed_out.clone()).await;
    assert_eq!(ada.hear_type().await, "next", "the bearer is asked again, and is still good");
    server.backend.bearers.lock().unwrap().remove("ada");
    server.app.bus.publish(signed_out).await;
    assert_eq!(ada.closed_with().await, 4403);
    assert_eq!(bob.hear_type().await, "next");
    server.backend.bearers.lock().unwrap().remove("bob");
    server.app.bus.publish(Event::Resynchronise).await;
    assert_eq!(bob.closed_with().await, 4403);
}

#[actix_web::test]
async fn a_socket_closes_when_its_token_expires() {
    let server = Server::start(|_| {}).await;
    let mut client = Client::signed_in(&server, "short").await;
    assert_eq!(client.closed_with().await, 4401);
}

#[actix_web::test]
async fn a_principal_has_only_so_many_sockets() {
    let server = Server::start(|_| {}).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut client = Client::signed_in(&server, "ada").await;
        assert_eq!(client.hear_type().await, "connection_ack");
        held.push(client);
    }
    assert_eq!(Client::signed_in(&server, "ada").await.closed_with().await, 4429);
    assert_eq!(Client::signed_in(&server, "bob").await.hear_type().await, "connection_ack");
    drop(held.pop());
    let give_up = Instant::now() + Duration::from_secs(30);
    while Client::signed_in(&server, "ada").await.hear().await.is_err() {
        assert!(Instant::now() < give_up, "the place of a closed socket stays taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn the_same_limits_hold_as_over_http() {
    let server = Server::start(|_| {}).await;
    let mut client = Client::signed_in(&server, "ada").await;
    client.hear().await.unwrap();
    for (query, code) in [
        (format!("{{ list(values: {}", "[".repeat(3_000)), "DOCUMENT_TOO_LARGE"),
        (format!("{{ {} }}", "hello ".repeat(1_001)), "QUERY_TOO_COMPLEX"),
        ("{ nope }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("{ panics }".to_owned(), "INTERNAL"),
    ] {
        client.subscribe("x", &query).await;
        let message = client.hear().await.unwrap();
        assert_eq!((&message["type"], &message["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)));
    }
    client.subscribe("x", "mutation { bump }").await;
    assert_eq!(client.hear().await.unwrap()["payload"]["data"]["bump"], 1);
    assert_eq!(client.hear_type().await, "complete");
    for n in 0..50 {
        client.subscribe(&n.to_string(), "subscription { ticks(count: 1, every: 3000) }").await;
    }
    client.subscribe("one more", LONG).await;
    let message = client.hear().await.unwrap();
    assert_eq!(
        (&message["id"], &message["payload"][0]["extensions"]["code"]),
        (&json!("one more"), &json!("RATE_LIMITED"))
    );
    client.say(json!({ "type": "ping", "payload": { "x": "y".repeat(70_000) } })).await;
    assert_eq!(client.closed_with().await, 1009);
}

#[actix_web::test]
async fn an_operation_can_be_stopped_and_its_id_used_again() {
    let server = Server::start(|_| {}).await;
    let mut client = Client::signed_in(&server, "ada").await;
    client.hear().await.unwrap();
    for _ in 0..5 {
        client.subscribe("1", LONG).await;
        assert_eq!(client.hear().await.unwrap()["payload"]["data"]["ticks"], 0);
        client.say(json!({ "id": "1", "type": "complete" })).await;
        client.say(json!({ "type": "ping" })).await;
        while client.hear_type().await != "pong" {}
    }
    client.subscribe("1", LONG).await;
    client.subscribe("1", LONG).await;
    assert_eq!(client.closed_with().await, 4409);
}

#[actix_web::test]
async fn pages_of_other_origins_open_no_socket() {
    let server = Server::start(|config| config.server.cors_origins = vec!["https://app.example".to_owned()]).await;
    assert!(Client::connect(&server, Some("https://app.example")).await.is_ok());
    for origin in ["https://evil.example", "null", &format!("http://{}", server.address)] {
        match Client::connect(&server, Some(origin)).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin}"),
            _ => panic!("{origin} was let in"),
        }
    }
}

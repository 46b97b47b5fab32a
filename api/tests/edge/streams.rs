//! Event streams (graphql-sse).

use std::time::{Duration, Instant};

use hearten_api::platform::bus::Event;
use reqwest::Response;

use crate::support::{ORGANIZATION, Server, Small};

async fn open(server: &Server, query: &str, bearer: &str) -> Response {
    let request = server.request(reqwest::Method::POST).header("content-type", "application/json");
    let body = serde_json::json!({ "query": query }).to_string();
    request.header("accept", "text/event-stream").bearer_auth(bearer).body(body).send().await.unwrap()
}

async fn chunk(response: &mut Response) -> Option<String> {
    response.chunk().await.unwrap().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

const LONG: &str = "subscription { ticks(count: 1000, every: 50) }";

#[actix_web::test]
async fn a_stream_ends_when_its_person_is_signed_out() {
    let server = Server::start(|_| {}).await;
    let mut response = open(&server, LONG, "ada").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let begun = Instant::now();
    while !chunk(&mut response).await.unwrap().contains("event: next") {}
    server.app.bus.publish(Event::PersonSignedOut { organization: ORGANIZATION, person: Small::person(2) }).await;
    server.backend.bearers.lock().unwrap().remove("ada");
    server.app.bus.publish(Event::PersonSignedOut { organization: ORGANIZATION, person: Small::person(1) }).await;
    let mut last = String::new();
    while let Some(text) = chunk(&mut response).await {
        last = text;
    }
    assert!(last.contains("event: complete"), "{last}");
    // By itself it would go on for 50 seconds.
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[actix_web::test]
async fn a_stream_ends_when_its_token_expires() {
    let server = Server::start(|_| {}).await;
    let begun = Instant::now();
    let text = open(&server, LONG, "short").await.text().await.unwrap();
    assert!(text.ends_with("event: complete\ndata: \n\n"));
    assert!((1_500..30_000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

#[actix_web::test]
async fn a_principal_has_only_so_many_streams() {
    let server = Server::start(|_| {}).await;
    let mut held = Vec::new();
    for _ in 0..10 {
        let response = open(&server, LONG, "ada").await;
        assert_eq!(response.status(), 200);
        held.push(response);
    }
    assert_eq!(open(&server, LONG, "ada").await.status(), 429);
    assert_eq!(open(&server, "{ hello }", "ada").await.status(), 200, "a query holds no place");
    assert_eq!(open(&server, LONG, "bob").await.status(), 200);
}

#[actix_web::test]
async fn what_is_refused_is_no_stream() {
    let server = Server::start(|_| {}).await;
    let response = open(&server, "subscription { ticks ", "ada").await;
    assert_eq!(response.status(), 400);
    assert!(response.headers()["content-type"].to_str().unwrap().contains("json"));
    assert_eq!(open(&server, LONG, "nobody").await.status(), 401);
}

//! Two nodes on one database and one Redis: what one changes, the other shows. Without Redis there is one node only, and
//! nothing to test here.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Client, Role, Socket, TestApp, redis_url};

/// Asks until the answer is the expected one; a change on another node arrives in its own time.
async fn comes_to(client: &Client, document: &str, at: &str, expected: &Value) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while Instant::now() < give_up {
        let reply = client.query(document, json!({})).await;
        if reply.body["data"].pointer(at) == Some(expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{at} did not come to {expected}");
}

const RENAME: &str = "mutation($person: ID!, $name: String!) {
    personUpdate(input: { person: $person, displayName: $name }) { person { displayName } errors { code } } }";

#[tokio::test]
async fn a_change_on_one_node_shows_on_the_other() {
    if redis_url().is_none() {
        return;
    }
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let emil = app.person("emil").await;
    let (here, there) = (app.client_at(0, Role::Admin).await, app.client_at(second, Role::Employee).await);
    let read = format!("{{ node(id: \"{emil}\") {{ ... on Person {{ displayName }} }} }}");
    assert_eq!(there.data(&read).await["node"]["displayName"], "Emil Acmeson");
    here.query(RENAME, json!({ "person": emil, "name": "Emil Renamed" })).await.data();
    assert_eq!(here.data(&read).await["node"]["displayName"], "Emil Renamed", "the same node shows it at once");
    comes_to(&there, &read, "/node/displayName", &json!("Emil Renamed")).await;
}

#[tokio::test]
async fn without_the_bus_a_node_asks_the_database() {
    if redis_url().is_none() {
        return;
    }
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let emil = app.person("emil").await;
    let (here, there) = (app.client_at(0, Role::Admin).await, app.client_at(second, Role::Employee).await);
    let read = format!("{{ node(id: \"{emil}\") {{ ... on Person {{ displayName }} }} }}");
    there.data(&read).await;
    app.app_of(second).bus.stop().await;
    assert!(!app.app_of(second).bus.is_connected());
    for name in ["Emil One", "Emil Two", "Emil Three"] {
        here.query(RENAME, json!({ "person": emil, "name": name })).await.data();
        assert_eq!(there.data(&read).await["node"]["displayName"], name, "the very next read shows it");
    }
}

#[tokio::test]
async fn a_revoked_token_is_out_on_every_node() {
    if redis_url().is_none() {
        return;
    }
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let full = app.client_at(0, Role::FullToken).await;
    let there = app.client_with_at(second, Some(full.bearer().to_owned()));
    let id = full.data("{ viewer { actor { ... on ApiToken { id } } } }").await["viewer"]["actor"]["id"].clone();
    there.data("{ viewer { id } }").await;
    let mut socket = Socket::open(&there).await;
    let revoke = "mutation($id: ID!) { apiTokenRevoke(input: { apiToken: $id }) { errors { code } } }";
    app.client(Role::Admin).await.query(revoke, json!({ "id": id })).await.data();
    assert_eq!(socket.closed_with().await, 4403);
    assert_eq!(there.query("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_publication_on_one_node_is_heard_on_the_other() {
    if redis_url().is_none() {
        return;
    }
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let (survey, _) = app.published().await;
    let mut socket = Socket::open(&app.client_at(second, Role::Partner).await).await;
    let listen = "subscription($survey: ID!) { publicationAppeared(survey: $survey) { id survey { id } } }";
    socket.subscribe("1", listen, json!({ "survey": survey.id })).await;
    assert_eq!(socket.hear().await.unwrap()["payload"]["data"]["publicationAppeared"]["survey"]["id"], survey.id);
}

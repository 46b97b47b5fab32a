//! Persons who may no longer come in are out at once, with their sockets.

use chrono::TimeDelta;
use hearten_api::platform::bus::Event;
use serde_json::json;

use crate::harness::{Client, Role, Socket, TestApp};

const ME: &str = "{ viewer { person { id } } }";
const SIGN_OUT: &str = "mutation($person: ID!) {
    personSignOut(input: { person: $person }) { person { id } errors { code } } }";
const LEAVE: &str = "mutation($person: ID!, $day: Date) {
    personUpdate(input: { person: $person, leftOn: $day }) { person { id active } errors { code } } }";

async fn is_out(client: &Client) {
    let reply = client.query(ME, json!({})).await;
    assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"), "{}", reply.body);
}

#[tokio::test]
async fn who_is_signed_out_is_out_at_once() {
    let app = TestApp::start().await;
    let (emil, anna) = (app.client_of("emil").await, app.client_of("anna").await);
    let (mut of_emil, mut of_anna) = (Socket::open(&emil).await, Socket::open(&anna).await);
    let stream = emil.stream("subscription { publicationAppeared { id } }", json!({})).await;
    app.advance(TimeDelta::seconds(1));
    let person = app.person("emil").await;
    app.client(Role::Admin).await.query(SIGN_OUT, json!({ "person": person })).await.data();
    is_out(&emil).await;
    assert_eq!(of_emil.closed_with().await, 4403);
    assert!(stream.text().await.unwrap().contains("event: complete"), "the event stream ends");
    anna.data(ME).await;
    of_anna.settle().await;
    app.advance(TimeDelta::seconds(1));
    app.client_of("emil").await.data(ME).await;
}

#[tokio::test]
async fn one_can_sign_oneself_out() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    app.advance(TimeDelta::seconds(1));
    let person = app.person("emil").await;
    emil.query(SIGN_OUT, json!({ "person": person })).await.data();
    is_out(&emil).await;
}

#[tokio::test]
async fn who_has_left_is_out_at_once() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let mut socket = Socket::open(&emil).await;
    let admin = app.client(Role::Admin).await;
    let person = app.person("emil").await;
    let leave = async |day: Option<&'static str>| {
        let variables = json!({ "person": person, "day": day });
        admin.query(LEAVE, variables).await.data()["personUpdate"]["person"]["active"].clone()
    };
    assert_eq!(leave(Some("2026-11-23")).await, true, "the last day is still a day");
    emil.data(ME).await;
    assert_eq!(leave(Some("2026-11-22")).await, false);
    is_out(&emil).await;
    assert_eq!(socket.closed_with().await, 4403);
    assert_eq!(leave(None).await, true, "back again");
    emil.data(ME).await;
}

#[tokio::test]
async fn the_day_after_the_last_one_nobody_has_to_act() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let variables = json!({ "person": app.person("emil").await, "day": "2026-11-23" });
    app.client(Role::Admin).await.query(LEAVE, variables).await.data();
    emil.data(ME).await;
    app.advance(TimeDelta::days(1));
    is_out(&emil).await;
}

#[tokio::test]
async fn an_access_token_expires() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    app.advance(TimeDelta::days(20) - TimeDelta::minutes(1));
    emil.data(ME).await;
    app.advance(TimeDelta::minutes(2));
    is_out(&emil).await;
}

#[tokio::test]
async fn clocks_may_differ_by_half_a_minute() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    app.advance(TimeDelta::days(20) + TimeDelta::seconds(29));
    emil.data(ME).await;
    Socket::open(&emil).await.settle().await;
    let stream = emil.stream("subscription { publicationAppeared { id } }", json!({})).await;
    assert!(stream.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    app.advance(TimeDelta::seconds(2));
    is_out(&emil).await;
    // What is open is looked at when the bus says so, and ends as well.
    app.app().bus.publish(Event::Resynchronise).await;
    assert!(stream.text().await.unwrap().contains("event: complete"));
}

#[tokio::test]
async fn a_token_for_one_organization_opens_no_other() {
    let app = TestApp::start().await;
    // The foreign issuer vouches for a person of acme: to its own organization there is no such person.
    let forged = app.umbra_token(&app.person("adam").await);
    is_out(&app.client_with(Some(forged))).await;
    for text in ["", "x", "hrt_x", "a.b.c", &"x".repeat(9_000)] {
        let reply = app.client_with(Some(text.to_owned())).query(ME, json!({})).await;
        assert_eq!(reply.code(), "UNAUTHENTICATED", "{text:.20}");
    }
}

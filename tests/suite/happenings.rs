//! Notifications: who is told of what, and how it is read, marked, muted and listened to.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Role, TestApp, draft};

const NOTIFICATIONS: &str = "{ viewer { unseenCount notifications { nodes { id kind seenAt actor { displayName }
    subject { __typename id ... on Survey { title } } } } } }";

async fn told(client: &Client) -> Vec<Value> {
    let data = client.query(NOTIFICATIONS, json!({})).await.data();
    data["viewer"]["notifications"]["nodes"].as_array().unwrap().clone()
}

async fn see(client: &Client, input: Value) -> Value {
    let document = "mutation($input: NotificationsSeeInput!) {
        notificationsSee(input: $input) { unseenCount errors { code message path } } }";
    client.query(document, json!({ "input": input })).await.body["data"]["notificationsSee"].clone()
}

#[tokio::test]
async fn a_launched_survey_is_told_to_whom_it_asks_and_seen_once() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let (emil, petra, full) =
        (app.client(Role::Employee).await, app.client(Role::Partner).await, app.client(Role::FullToken).await);
    let nodes = told(&emil).await;
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0]["kind"], "SURVEY_OPENED");
    assert_eq!(nodes[0]["subject"]["id"], json!(survey.id));
    assert_eq!(nodes[0]["actor"]["displayName"], "Petra Acmeson");
    assert_eq!(nodes[0]["seenAt"], Value::Null);
    // What she did herself is no news to her, but stands in her timeline.
    assert!(told(&petra).await.is_empty());
    let timeline = petra.query("{ viewer { timeline { nodes { kind seenAt } } } }", json!({})).await.data();
    assert_eq!(timeline["viewer"]["timeline"]["nodes"][0]["kind"], "SURVEY_OPENED");
    assert!(timeline["viewer"]["timeline"]["nodes"][0]["seenAt"].is_string());
    // An integration is told nothing.
    assert!(full.query(NOTIFICATIONS, json!({})).await.data()["viewer"]["notifications"].is_null());
    // Somebody else cannot mark it, nor find it.
    let id = nodes[0]["id"].clone();
    assert_eq!(see(&petra, json!({ "notifications": [id] })).await["unseenCount"], 0);
    assert!(
        petra.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.data()["node"].is_null()
    );
    let count = emil.query("{ viewer { unseenCount } }", json!({})).await.data();
    assert_eq!(count["viewer"]["unseenCount"], 1);
    assert_eq!(see(&emil, json!({ "upTo": id })).await["unseenCount"], 0);
    let unseen = "{ viewer { notifications(unseen: true) { nodes { id } } } }";
    assert_eq!(emil.query(unseen, json!({})).await.data()["viewer"]["notifications"]["nodes"], json!([]));
    assert!(told(&emil).await[0]["seenAt"].is_string());
    let full = see(&full, json!({ "upTo": id })).await;
    assert_eq!(full["errors"][0]["code"], "FORBIDDEN");
    let wrong = see(&emil, json!({ "upTo": "per_01" })).await;
    assert_eq!((&wrong["errors"][0]["code"], &wrong["errors"][0]["path"]), (&json!("INVALID"), &json!(["upTo"])));
}

#[tokio::test]
async fn muted_areas_are_not_told_but_stay_in_the_timeline() {
    let app = TestApp::start().await;
    app.launched(draft()).await;
    let emil = app.client(Role::Employee).await;
    let document = "mutation($input: NotificationSettingsUpdateInput!) {
        notificationSettingsUpdate(input: $input) { settings { digest mutedAreas areas } errors { code path } } }";
    let update = async |input: Value| emil.query(document, json!({ "input": input })).await.body["data"].clone();
    let wrong = update(json!({ "mutedAreas": ["weather"] })).await;
    assert_eq!(wrong["notificationSettingsUpdate"]["errors"][0]["code"], "INVALID");
    let set = update(json!({ "mutedAreas": ["survey", "survey"] })).await;
    assert_eq!(set["notificationSettingsUpdate"]["settings"]["mutedAreas"], json!(["survey"]));
    assert!(told(&emil).await.is_empty());
    let timeline = emil.query("{ viewer { timeline { nodes { kind } } unseenCount } }", json!({})).await.data();
    assert_eq!(timeline["viewer"]["timeline"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(timeline["viewer"]["unseenCount"], 0);
    // What is left out stays.
    let set = update(json!({ "digest": "WEEKLY" })).await;
    let settings = &set["notificationSettingsUpdate"]["settings"];
    assert_eq!((&settings["mutedAreas"], &settings["digest"]), (&json!(["survey"]), &json!("WEEKLY")));
}

#[tokio::test]
async fn who_listens_is_told_at_once_and_once() {
    let app = TestApp::start().await;
    app.launched(draft()).await;
    app.settle().await;
    app.advance(TimeDelta::seconds(1));
    let (emil, petra) = (app.client(Role::Employee).await, app.client(Role::Partner).await);
    let document = "subscription { notificationArrived { kind subject { id } } }";
    let mut heard = emil.stream(document, json!({})).await;
    let mut deaf = petra.stream(document, json!({})).await;
    let mut text = String::new();
    // A stream answers before it listens: what happens in between was there already, so one survey may not be enough.
    let mut told = None;
    for _ in 0..20 {
        let survey = app.launched(draft()).await;
        app.advance(TimeDelta::seconds(1));
        let listening = async {
            while !text.contains(&survey.id) {
                text.push_str(&String::from_utf8_lossy(&heard.chunk().await.unwrap().expect("the stream is open")));
            }
        };
        if tokio::time::timeout(Duration::from_secs(3), listening).await.is_ok() {
            told = Some(survey.id);
            break;
        }
    }
    let told = told.expect("it is told");
    assert_eq!(text.matches(&told).count(), 1, "once: {text}");
    let quiet = tokio::time::timeout(Duration::from_millis(300), async {
        while let Some(chunk) = deaf.chunk().await.unwrap() {
            assert!(!String::from_utf8_lossy(&chunk).contains("SURVEY"), "her own doing is no news to her");
        }
    });
    assert!(quiet.await.is_err(), "the stream stays open");
}

//! The home screens, notifications, the timeline and the search.

use serde_json::json;

use super::{
    Column, Outcome, Streams,
    mutations::{Call, Fresh},
    recognition,
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way("NotificationConnection", "one's own", "{ viewer { notifications { … } } }", "/viewer/notifications"),
    way(
        "NotificationEdge",
        "one's own",
        "{ viewer { notifications { edges { … } } } }",
        "/viewer/notifications/edges/0",
    ),
    way("Notification", "one's own", "{ viewer { notifications { nodes { … } } } }", "/viewer/notifications/nodes/0"),
    way("Notification", "emil's", "{ node(id: <notification>) { ... on Notification { … } } }", "/node"),
    way("NotificationConnection", "one's timeline", "{ viewer { timeline { … } } }", "/viewer/timeline"),
    way(
        "NotificationSettings",
        "one's own",
        "{ viewer { notificationSettings { … } } }",
        "/viewer/notificationSettings",
    ),
    way("Home", "one's own", "{ viewer { home { … } } }", "/viewer/home"),
    way("LeadHome", "one's own", "{ viewer { leadHome { … } } }", "/viewer/leadHome"),
    way("NodeConnection", "two words of teams", "{ search(text: \"north sales\") { … } }", "/search"),
    way("NodeEdge", "two words of teams", "{ search(text: \"north sales\") { edges { … } } }", "/search/edges/0"),
    way("NodeConnection", "persons", "{ search(text: <word>, kinds: [PERSON], first: 100) { … } }", "/search"),
    way("NodeConnection", "teams", "{ search(text: <word>, kinds: [TEAM], first: 100) { … } }", "/search"),
    way("NodeConnection", "goals", "{ search(text: <word>, kinds: [GOAL], first: 100) { … } }", "/search"),
    way(
        "NodeConnection",
        "conversations",
        "{ search(text: <word>, kinds: [CONVERSATION], first: 100) { … } }",
        "/search",
    ),
    way(
        "NodeConnection",
        "expectations",
        "{ search(text: <word>, kinds: [EXPECTATION], first: 100) { … } }",
        "/search",
    ),
    way(
        "NodeConnection",
        "responsibilities",
        "{ search(text: <word>, kinds: [RESPONSIBILITY], first: 100) { … } }",
        "/search",
    ),
    way("NodeConnection", "recognition", "{ search(text: <word>, kinds: [RECOGNITION], first: 100) { … } }", "/search"),
    way(
        "NodeConnection",
        "requests",
        "{ search(text: <word>, kinds: [SERVICE_REQUEST], first: 100) { … } }",
        "/search",
    ),
    way(
        "NodeConnection",
        "what teams were told",
        "{ search(text: <word>, kinds: [TEAM_RESPONSE], first: 100) { … } }",
        "/search",
    ),
    way("NodeConnection", "frictions", "{ search(text: <word>, kinds: [FRICTION], first: 100) { … } }", "/search"),
];

pub const CALLS: &[Call] = &[
    ("notificationsSee", "emil's", "notifications: [<notification>]", Fresh::Nothing),
    ("notificationsSee", "emil's and all before", "upTo: <notification>", Fresh::Nothing),
    ("notificationSettingsUpdate", "one's own", "digest: NONE, mutedAreas: []", Fresh::Nothing),
];

pub async fn set(scene: &mut Scene, app: &TestApp) {
    let told = app.client_of(scene.emil).await.query("{ viewer { notifications { nodes { id } } } }", json!({})).await;
    let first = told.body["data"].pointer("/viewer/notifications/nodes/0/id").expect("emil was told of a survey");
    scene.put("notification", first.as_str().unwrap().to_owned());
    let see = "mutation { notificationsSee(input: { notifications: [<notification>] }) { errors { message } } }";
    app.client_of(scene.emil).await.data(&scene.fill(see)).await;
    let mute = "mutation { notificationSettingsUpdate(input: { mutedAreas: [\"goal\"] }) { errors { message } } }";
    app.client_of(scene.admin).await.data(mute).await;
}

/// The subscription, while the lead thanks emil.
pub async fn listen(app: &TestApp, scene: &Scene, clients: &[(Column, Client)], outcome: &mut Outcome) {
    let streams = Streams::open(clients, "subscription { notificationArrived { id kind } }".to_owned()).await;
    recognition::give(app, scene, scene.lead, "receivers: [<emil>], visibility: PRIVATE").await;
    app.settle().await;
    let newest = "{ viewer { notifications(first: 1) { nodes { id } } } }";
    let told = app.client_of(scene.emil).await.data(newest).await;
    let told = told.pointer("/viewer/notifications/nodes/0/id").and_then(|id| id.as_str()).expect("emil was told");
    streams.hear("notificationArrived", "what concerns oneself", told, outcome).await;
}

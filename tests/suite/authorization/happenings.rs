//! The home screens, notifications, the timeline and the search.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Outcome, Row, code, first_event,
    mutations::{Call, Fresh},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, Role, TestApp};

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
    way("NodeConnection", "found", "{ search(text: \"north sales\") { … } }", "/search"),
    way("NodeEdge", "found", "{ search(text: \"north sales\") { edges { … } } }", "/search/edges/0"),
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
}

/// The subscription. Nothing happens while this table listens, so who may listen hears nothing, and who may not is told
/// so; what is heard is tested in `happenings`.
pub async fn listen(_: &Scene, clients: &[(Role, Client)], outcome: &mut Outcome) {
    let document = "subscription { notificationArrived { id kind } }";
    let mut cells = Vec::new();
    for (role, client) in clients {
        let heard = first_event(client, document, Duration::from_millis(300)).await;
        cells.push(match heard.as_deref().map(|text| serde_json::from_str::<Value>(text).unwrap()) {
            None => ".".to_owned(),
            Some(body) => code(&body["errors"][0]),
        });
        outcome.heard.push((*role, document.to_owned(), heard.unwrap_or_default()));
    }
    outcome.covered.insert("Subscription.notificationArrived".to_owned());
    let group = "Subscription: what concerns oneself".to_owned();
    outcome.rows.push(Row { group, field: "notificationArrived".to_owned(), cells });
}

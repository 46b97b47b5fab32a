//! Notifications, the timeline and the search.

use serde_json::json;

use super::{
    mutations::{Call, Fresh},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::TestApp;

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

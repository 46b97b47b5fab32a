//! What `/metrics` counts, as a scraper reads it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Role, Socket, TestApp, draft};

/// Longer than anything here takes, also on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

async fn count(address: &str, operation: &str, outcome: &str) -> u64 {
    let text = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    let series = format!("hearten_graphql_requests_total{{operation=\"{operation}\",outcome=\"{outcome}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&series));
    line.unwrap_or_else(|| panic!("no {series}")).parse().unwrap()
}

async fn comes_to(address: &str, operation: &str, outcome: &str, wanted: u64) {
    let give_up = Instant::now() + WITHIN;
    while count(address, operation, outcome).await != wanted {
        assert!(Instant::now() < give_up, "{operation}, {outcome} did not come to {wanted}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_subscription_is_counted_when_it_ends_by_how_it_went() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let partner = app.client(Role::Partner).await;
    let address = partner.address();
    let mut socket = Socket::open(&partner).await;
    let listen = "subscription($survey: ID!) { publicationAppeared(survey: $survey) { id } }";
    for id in ["1", "2"] {
        socket.subscribe(id, listen, json!({ "survey": survey.id })).await;
    }
    socket.settle().await;
    assert_eq!(count(&address, "subscription", "answered").await, 0, "they go on");
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    comes_to(&address, "subscription", "answered", 1).await;
    drop(socket);
    comes_to(&address, "subscription", "answered", 2).await;

    let nobody = app.client(Role::Anonymous).await;
    let mut response = nobody.stream(listen, json!({ "survey": survey.id })).await;
    while response.chunk().await.unwrap().is_some() {}
    let refused = partner.stream("subscription { nothingOfThisName { id } }", json!({})).await;
    assert!(refused.text().await.unwrap().contains("GRAPHQL_VALIDATION_FAILED"));
    comes_to(&address, "subscription", "refused", 1).await;
    comes_to(&address, "subscription", "unauthenticated", 1).await;
    assert_eq!(count(&address, "subscription", "answered").await, 2);
    assert_eq!(count(&address, "subscription", "failed").await, 0);
}

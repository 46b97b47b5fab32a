//! How long people stay: what is counted, and of whom it is told.

use serde_json::{Value, json};

use super::{hire, leave};
use crate::harness::{Client, Role, TestApp};

async fn survival(app: &TestApp, client: &Client, team: &str) -> Value {
    let read = "query($id: ID!) { node(id: $id) { ... on Team { survival { __typename
        ... on SurvivalCurve { from until points { years share low high } } ... on SurvivalHidden { reason } } } } }";
    client.query(read, json!({ "id": app.team(team).await })).await.data()["node"]["survival"].clone()
}

#[tokio::test]
async fn a_curve_counts_who_left_by_own_decision() {
    let app = TestApp::start().await;
    let (partner, bert) = (app.client(Role::Partner).await, app.client(Role::Executive).await);
    let hidden = |reason: &str| json!({ "__typename": "SurvivalHidden", "reason": reason });
    // Gerd left in October, so this year's leavers are on record, and no year that is over.
    assert_eq!(survival(&app, &partner, "all").await, hidden("NO_WHOLE_YEAR"));
    for (prefix, count, hired_on) in [
        ("a", 6, "2025-01-01"),
        ("b", 6, "2024-06-01"),
        ("c", 6, "2023-06-01"),
        ("d", 6, "2022-06-01"),
        ("n", 41, "2022-01-01"),
    ] {
        hire(&app, "north-a", prefix, count, hired_on).await;
    }
    leave(&app, &[("n40", "2024-12-30", "OTHER"), ("n39", "2025-07-15", "RETIREMENT")]).await;
    let six: Vec<String> = (0..6).map(|n| format!("n{n}")).collect();
    let left: Vec<(&str, &str, &str)> = six.iter().map(|who| (who.as_str(), "2025-07-15", "VOLUNTARY")).collect();
    leave(&app, &left[..3]).await;
    // Four leavers in the year: why they went is told to those who may read it of each.
    assert_eq!(survival(&app, &partner, "all").await["__typename"], "SurvivalCurve");
    assert_eq!(survival(&app, &bert, "all").await, hidden("BELOW_MINIMUM"));
    leave(&app, &left).await;
    let curve = survival(&app, &bert, "all").await;
    assert_eq!((&curve["from"], &curve["until"]), (&json!("2025-01-01"), &json!("2026-01-01")));
    let points = curve["points"].as_array().unwrap();
    let shares: Vec<f64> = points.iter().map(|point| point["share"].as_f64().unwrap()).collect();
    // In the 43rd month thirty-nine were seen of those hired that day, and eight of Acme's own; who retired in it
    // was seen until then. Fewer than five were seen in the whole of the fifth year.
    assert_eq!(shares[..3], [1.0; 3]);
    assert!((shares[3] - 41.0 / 47.0).abs() < 1e-9 && shares.len() == 4, "{shares:?}");
    assert!(points[3]["low"].as_f64().unwrap() < shares[3] && shares[3] < points[3]["high"].as_f64().unwrap());
    assert_eq!(survival(&app, &bert, "south").await, hidden("BELOW_MINIMUM"));
    for role in [Role::Employee, Role::FullToken] {
        assert!(survival(&app, &app.client(role).await, "all").await.is_null(), "{role:?}");
    }
}

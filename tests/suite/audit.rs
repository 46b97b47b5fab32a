//! The audit trail: changes of the directory, and who looked at results.

use chrono::TimeDelta;
use hearten_entity::{InOrganization, audit_event};
use serde_json::json;

use crate::harness::{Role, TestApp};

const HEATMAP: &str = "query($id: ID!) { node(id: $id) { ... on Publication {
    heatmap { rows(first: 2) { nodes { cells { __typename } } } }
    cut(key: { everyone: true }) { respondents } } } }";

/// The actions of the trail with their actors and subjects, the oldest first.
async fn trail(app: &TestApp, prefix: &str) -> Vec<(String, String, String)> {
    let mut events = audit_event::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    events.retain(|event| event.action.starts_with(prefix));
    events.sort_by_key(|event| (event.happened_at, event.id));
    events.into_iter().map(|event| (event.action, event.actor, event.subject)).collect()
}

#[tokio::test]
async fn who_looks_at_results_is_recorded_once_an_hour() {
    let app = TestApp::start().await;
    let (_, publication) = app.published().await;
    let (partner, nora) = (app.client(Role::Partner).await, app.client(Role::Manager).await);
    let before = trail(&app, "results.").await.len();
    let read = async |client: &crate::harness::Client| {
        client.query(HEATMAP, json!({ "id": publication })).await.data();
    };
    read(&partner).await;
    read(&partner).await;
    read(&nora).await;
    let seen = trail(&app, "results.").await.split_off(before);
    let petra = app.person("petra").await;
    let of = |person: &str| seen.iter().filter(|(_, actor, _)| actor == person).count();
    // Two fields that are answered side by side may both record it.
    assert!((1..=2).contains(&of(&petra)), "{seen:?}");
    assert!((1..=2).contains(&of(&app.person("nora").await)), "{seen:?}");
    assert!(seen.iter().all(|(action, _, subject)| action == "results.read" && *subject == publication), "{seen:?}");
    app.advance(TimeDelta::minutes(61));
    read(&partner).await;
    let later = trail(&app, "results.").await.split_off(before + seen.len());
    assert!(!later.is_empty() && later.iter().all(|(_, actor, _)| *actor == petra), "{later:?}");
    // Who may not look has not looked.
    let ulla = app.client(Role::ForeignAdmin).await;
    assert!(ulla.query(HEATMAP, json!({ "id": publication })).await.data()["node"].is_null());
    assert_eq!(trail(&app, "results.").await.len(), before + seen.len() + later.len());
}

#[tokio::test]
async fn who_changes_the_directory_is_recorded() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let (adam, emil, north_a) = (app.person("adam").await, app.person("emil").await, app.team("north-a").await);
    let update = "mutation($person: ID!, $team: ID!) {
        personUpdate(input: { person: $person, title: \"Buyer\" }) { errors { message } }
        teamUpdate(input: { team: $team, name: \"North A\" }) { errors { message } }
        directoryImport(input: { persons: \"external_id,name\\nnew,Nele New\\n\" }) { report { applied } } }";
    let done = admin.query(update, json!({ "person": emil, "team": north_a })).await.data();
    assert_eq!(done["directoryImport"]["report"]["applied"], true);
    let mut expected = vec![
        ("person.update".to_owned(), adam.clone(), emil.clone()),
        ("team.update".to_owned(), adam.clone(), north_a),
        ("directory.import".to_owned(), adam, app.acme.id.to_string()),
    ];
    let mut found = Vec::new();
    for prefix in ["person.", "team.", "directory."] {
        found.extend(trail(&app, prefix).await);
    }
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    // What was refused has not happened.
    let emil = app.client(Role::Employee).await;
    emil.query(update, json!({ "person": app.person("nora").await, "team": app.team("north").await })).await;
    assert_eq!(trail(&app, "person.").await.len(), 1);
}

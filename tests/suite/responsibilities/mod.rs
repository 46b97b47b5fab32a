//! Responsibilities: areas, parts, who answers for what, and where nobody does.

mod import;
mod parts;

use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestApp};

pub const CREATE: &str = "mutation($input: ResponsibilityCreateInput!) { responsibilityCreate(input: $input) {
    responsibility { id name keywords team { name } parent { name } gap viewerCanEdit } errors { code message path } } }";
pub const UPDATE: &str = "mutation($input: ResponsibilityUpdateInput!) { responsibilityUpdate(input: $input) {
    responsibility { name description keywords team { name } parent { name } retiredAt } errors { code message path } } }";
pub const ASSIGN: &str = "mutation($input: ResponsibilityAssignInput!) { responsibilityAssign(input: $input) {
    assignment { id part current person { displayName } team { name } } errors { code message path } } }";
pub const END: &str =
    "mutation($input: ResponsibilityAssignmentEndInput!) { responsibilityAssignmentEnd(input: $input) {
    assignment { current endedAt endReason handedBack endedBy { displayName } } errors { code message path } } }";
pub const HAND_BACK: &str = "mutation($input: ResponsibilityHandBackInput!) { responsibilityHandBack(input: $input) {
    assignment { current endReason handedBack } errors { code message path } } }";

/// Writes an area down as petra, and returns its id.
pub async fn area(app: &TestApp, name: &str, team: Option<&str>) -> String {
    let team = match team {
        Some(team) => json!(app.team(team).await),
        None => Value::Null,
    };
    let input = json!({ "name": name, "team": team });
    let reply = app.client_of("petra").await.query(CREATE, json!({ "input": input })).await.data();
    reply["responsibilityCreate"]["responsibility"]["id"].as_str().unwrap().to_owned()
}

/// Gives somebody a part as somebody.
pub async fn assign(client: &Client, app: &TestApp, area: &str, part: &str, person: &str) -> Reply {
    let input = json!({ "responsibility": area, "part": part, "person": app.person(person).await });
    client.query(ASSIGN, json!({ "input": input })).await
}

/// Gives somebody a part as petra, and returns its id.
pub async fn assigned(app: &TestApp, area: &str, part: &str, person: &str) -> String {
    let reply = assign(&app.client_of("petra").await, app, area, part, person).await.data();
    reply["responsibilityAssign"]["assignment"]["id"].as_str().unwrap().to_owned()
}

/// The names a list shows.
pub async fn names(client: &Client, field: &str) -> Vec<String> {
    let reply = client.data(&format!("{{ list: {field} {{ nodes {{ name }} }} }}")).await;
    let nodes = reply["list"]["nodes"].as_array().unwrap_or_else(|| panic!("{field}: {reply}"));
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

/// The kinds of what somebody was told of responsibilities and has not seen, by name.
pub async fn told(app: &TestApp, person: &str) -> Vec<String> {
    let read = "{ viewer { notifications(unseen: true) { nodes { kind } } } }";
    let told = app.client_of(person).await.data(read).await;
    let nodes = told["viewer"]["notifications"]["nodes"].as_array().unwrap();
    let kinds = nodes.iter().map(|node| node["kind"].as_str().unwrap().to_owned());
    let mut kinds: Vec<String> = kinds.filter(|kind| kind.starts_with("RESPONSIBILITY")).collect();
    kinds.sort();
    kinds
}

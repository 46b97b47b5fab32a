//! Importing areas: dry run, a report by line, the whole file or nothing, the same file twice changes nothing.

use serde_json::{Value, json};

use super::{area, assigned, names, told};
use crate::harness::{Client, Role, TestApp};

const IMPORT: &str = "mutation($file: String!, $dryRun: Boolean!) {
    responsibilitiesImport(input: { file: $file, dryRun: $dryRun }) {
        report { applied rows created updated unchanged assigned problemCount problems { line column message } }
        errors { code } } }";
const FILE: &str = "name,team,description,keywords,accountable,responsible
Budget,north,Money,plan; cash,nadia,nora;nils
Audit,,,,,
Care,south,,,sara,
";

async fn import(client: &Client, file: &str, dry_run: bool) -> Value {
    let reply = client.query(IMPORT, json!({ "file": file, "dryRun": dry_run })).await.data();
    reply["responsibilitiesImport"]["report"].clone()
}

fn figures(report: &Value) -> Vec<i64> {
    ["created", "updated", "unchanged", "assigned", "problemCount"].map(|key| report[key].as_i64().unwrap()).to_vec()
}

#[tokio::test]
async fn a_file_is_imported_once() {
    let app = TestApp::start().await;
    let petra = app.client_of("petra").await;
    let dry = import(&petra, FILE, true).await;
    assert_eq!((dry["applied"].as_bool(), figures(&dry)), (Some(false), vec![3, 0, 0, 4, 0]));
    assert!(names(&petra, "responsibilities").await.is_empty(), "a dry run changes nothing");
    let done = import(&petra, FILE, false).await;
    assert_eq!((done["applied"].as_bool(), figures(&done)), (Some(true), vec![3, 0, 0, 4, 0]));
    assert_eq!(names(&petra, "responsibilities").await, ["Audit", "Budget", "Care"]);
    assert_eq!(names(&petra, "responsibilityGaps").await, ["Audit"]);
    let again = import(&petra, FILE, false).await;
    assert_eq!(figures(&again), [0, 0, 3, 0, 0]);
    let changed = import(&petra, "name,team,description\nBudget,north,Money and time\n", false).await;
    assert_eq!(figures(&changed), [0, 1, 0, 0, 0]);
    let read = "{ whoOwns(text: \"cash\") { nodes { description keywords accountable { displayName } } } }";
    let found = petra.data(read).await;
    assert_eq!(
        found["whoOwns"]["nodes"][0],
        json!({ "description": "Money and time", "keywords": ["plan", "cash"],
            "accountable": [{ "displayName": "Nadia Acmeson" }] }),
        "what has no column stays"
    );
    assert!(told(&app, "nora").await.is_empty(), "a file tells nobody one by one");
}

#[tokio::test]
async fn a_file_with_a_problem_changes_nothing() {
    let app = TestApp::start().await;
    let petra = app.client_of("petra").await;
    let kept = area(&app, "Kept", None).await;
    assigned(&app, &kept, "ACCOUNTABLE", "emil").await;
    let file = "name,team,accountable\nNew,north,emil\nNew,north,emil\nOther,nowhere,\nThird,,gone;nobody\n";
    let report = import(&petra, file, false).await;
    let problems = report["problems"].as_array().unwrap().iter();
    let places: Vec<String> =
        problems.map(|one| format!("{} {}", one["line"], one["column"].as_str().unwrap())).collect();
    assert_eq!(places, ["3 name", "4 team", "5 accountable", "5 accountable"]);
    assert_eq!(report["applied"], false);
    assert_eq!(names(&petra, "responsibilities").await, ["Kept"]);
}

#[tokio::test]
async fn who_may_import() {
    let app = TestApp::start().await;
    for (role, code) in [
        (Role::Admin, ""),
        (Role::Partner, ""),
        (Role::FullToken, ""),
        (Role::PartnerOfNorth, "FORBIDDEN"),
        (Role::Manager, "FORBIDDEN"),
        (Role::Employee, "FORBIDDEN"),
        (Role::Executive, "FORBIDDEN"),
        (Role::BareToken, "FORBIDDEN"),
        (Role::Anonymous, "UNAUTHENTICATED"),
    ] {
        let reply = app.client(role).await.query(IMPORT, json!({ "file": FILE, "dryRun": true })).await;
        assert_eq!(reply.code(), code, "{role:?}");
    }
}

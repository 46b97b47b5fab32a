//! Importing a directory: the whole files or nothing, told line by line, and the same again changes nothing.

use serde_json::{Value, json};

use crate::harness::{ACME, Role, TestApp};

const IMPORT: &str = "mutation($input: DirectoryImportInput!) { directoryImport(input: $input) {
    report { applied rows created updated unchanged problemCount problems { file line column message } }
    errors { code message path } } }";

async fn import(app: &TestApp, input: Value) -> Value {
    let reply = app.client(Role::Partner).await.query(IMPORT, json!({ "input": input })).await;
    reply.data()["directoryImport"]["report"].clone()
}

async fn headcount(app: &TestApp) -> Value {
    app.client(Role::Admin).await.data("{ organization { headcount } }").await["organization"]["headcount"].clone()
}

/// `(created, updated, unchanged, applied)`
fn figures(report: &Value) -> (i64, i64, i64, bool) {
    let count = |name: &str| report[name].as_i64().unwrap();
    (count("created"), count("updated"), count("unchanged"), report["applied"].as_bool().unwrap())
}

/// Each problem as `file line column`.
fn places(report: &Value) -> Vec<String> {
    let problems = report["problems"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    problems.iter().map(|one| format!("{} {} {}", text(&one["file"]), one["line"], text(&one["column"]))).collect()
}

#[tokio::test]
async fn a_dry_run_reports_and_changes_nothing() {
    let app = TestApp::start().await;
    let persons =
        "external_id,name,team\nzoe,Zoe Acmeson,north-a\nemil,Emil Renamed,north-a\nanna,Anna Acmeson,north-a\n";
    let report = import(&app, json!({ "persons": persons, "dryRun": true })).await;
    assert_eq!(figures(&report), (1, 1, 1, false));
    assert_eq!(headcount(&app).await, 33);
    let report = import(&app, json!({ "persons": persons })).await;
    assert_eq!(figures(&report), (1, 1, 1, true));
    assert_eq!(headcount(&app).await, 34);
    let report = import(&app, json!({ "persons": persons })).await;
    assert_eq!(figures(&report), (0, 0, 3, false), "the same file again has nothing to do");
    let emil = format!("{{ node(id: \"{}\") {{ ... on Person {{ displayName title }} }} }}", app.person("emil").await);
    let seen = app.client(Role::Employee).await.data(&emil).await;
    assert_eq!(seen["node"], json!({ "displayName": "Emil Renamed", "title": "Seller" }), "absent columns stay");
}

#[tokio::test]
async fn the_files_of_the_organization_have_nothing_to_say_again() {
    let app = TestApp::start().await;
    let report = import(&app, json!({ "teams": ACME.teams, "persons": ACME.persons })).await;
    let rows = i64::try_from(ACME.teams.lines().count() + ACME.persons.lines().count() - 2).unwrap();
    assert_eq!(figures(&report), (0, 0, rows, false));
    assert_eq!(report["rows"], rows);
}

#[tokio::test]
async fn one_wrong_row_keeps_all_out() {
    let app = TestApp::start().await;
    let persons = "external_id,name,email,hired_on,team\n\
        zoe,Zoe,zoe@acme.example,2026-01-01,north-a\n\
        yan,Yan,not an address,2026-13-01,north-a\n\
        ,Xen,,,\n\
        wim,Wim,,,nowhere\n";
    let report = import(&app, json!({ "persons": persons })).await;
    assert!(!report["applied"].as_bool().unwrap());
    assert_eq!(places(&report), ["PERSONS 3 email", "PERSONS 3 hired_on", "PERSONS 4 external_id"]);
    assert_eq!(headcount(&app).await, 33);
    let persons = "external_id,name,team\nzoe,Zoe,north-a\nwim,Wim,nowhere\n";
    assert_eq!(places(&import(&app, json!({ "persons": persons })).await), ["PERSONS 3 team"]);
    assert_eq!(headcount(&app).await, 33);
}

#[tokio::test]
async fn circles_and_doubles_are_told_by_line() {
    let app = TestApp::start().await;
    let cases = [
        // North below its own sub-team.
        (json!({ "teams": "external_id,name,parent\nnorth,Acme North,north-a\n" }), "TEAMS 2 -"),
        // Two new persons who report to each other.
        (json!({ "persons": "external_id,name,manager\ny,Yan,z\nz,Zoe,y\n" }), "PERSONS 2 -"),
        // Somebody who reports to somebody below.
        (json!({ "persons": "external_id,name,manager\nnora,Nora,emil\n" }), "PERSONS 2 -"),
        (json!({ "persons": "external_id,name,email\ny,Yan,emil@acme.example\n" }), "PERSONS 2 -"),
        (json!({ "persons": "external_id,name\ny,Yan\ny,Yan again\n" }), "PERSONS 3 external_id"),
        (json!({ "teams": "external_id,name,parent\nroot2,Second root,\n" }), "TEAMS 2 -"),
        (json!({ "teams": "external_id,name,parent,lead\nx,X,all,nobody\n" }), "TEAMS 2 lead"),
    ];
    for (input, place) in cases {
        let report = import(&app, input.clone()).await;
        assert_eq!(places(&report), [place], "{input}: {}", report["problems"]);
        assert!(!report["applied"].as_bool().unwrap());
    }
    assert_eq!(headcount(&app).await, 33);
}

#[tokio::test]
async fn what_is_no_csv_is_told_so() {
    let app = TestApp::start().await;
    let cases = [
        ("", "PERSONS 1 external_id"),
        ("name\nZoe\n", "PERSONS 1 external_id"),
        ("external_id,name,salary\nz,Zoe,1\n", "PERSONS 1 salary"),
        ("external_id,name,name\nz,Zoe,Zoe\n", "PERSONS 1 name"),
        ("external_id,name\nz\n", "PERSONS 2 -"),
        ("external_id,name\nz,Zoe,more\n", "PERSONS 2 -"),
    ];
    for (persons, place) in cases {
        let report = import(&app, json!({ "persons": persons })).await;
        assert_eq!(places(&report).first().map(String::as_str), Some(place), "{persons:?}");
    }
    // A byte-order mark, quotes and CRLF, as spreadsheets write them.
    let report = import(&app, json!({ "persons": "\u{feff}external_id,name\r\nz,\"Zoe, Acmeson\"\r\n" })).await;
    assert_eq!(figures(&report), (1, 0, 0, true));
}

#[tokio::test]
async fn addresses_may_move_from_one_person_to_another_in_one_file() {
    let app = TestApp::start().await;
    let persons = "external_id,name,email\n\
        emil,Emil Acmeson,anna@acme.example\nanna,Anna Acmeson,emil@acme.example\n";
    let report = import(&app, json!({ "persons": persons })).await;
    assert_eq!(figures(&report), (0, 2, 0, true), "{}", report["problems"]);
    let anna = app.client_of("anna").await.data("{ viewer { person { email } } }").await;
    assert_eq!(anna["viewer"]["person"]["email"], "emil@acme.example");
}

#[tokio::test]
async fn whoever_has_left_by_the_file_is_out() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    emil.data("{ viewer { id } }").await;
    import(&app, json!({ "persons": "external_id,name,left_on\nemil,Emil Acmeson,2026-11-22\n" })).await;
    assert_eq!(emil.query("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
    assert_eq!(headcount(&app).await, 32);
}

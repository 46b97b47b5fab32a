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
        (json!({ "teams": "external_id,name,parent\nnorth,Acme North,north-a\n" }), "TEAMS 2 parent"),
        // Two new persons who report to each other.
        (json!({ "persons": "external_id,name,manager\ny,Yan,z\nz,Zoe,y\n" }), "PERSONS 2 manager"),
        // Somebody who reports to somebody below.
        (json!({ "persons": "external_id,name,manager\nnora,Nora,emil\n" }), "PERSONS 2 manager"),
        (json!({ "persons": "external_id,name,email\ny,Yan,emil@acme.example\n" }), "PERSONS 2 email"),
        (json!({ "persons": "external_id,name\ny,Yan\ny,Yan again\n" }), "PERSONS 3 external_id"),
        (json!({ "teams": "external_id,name,parent\nroot2,Second root,\n" }), "TEAMS 2 parent"),
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

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let app = TestApp::start().await;
    let teams = "external_id,name,parent,lead\n\
        x,X,nowhere,nobody\n\
        y,Y,,\n\
        north,Acme North,north-a,nadia\n\
        z,Z,z,\n";
    let persons = "external_id,name,email,team,manager\n\
        a,Ada,a@acme.example,north-a,b\n\
        b,Bo,A@acme.example,north-a,a\n\
        c,Cy,emil@acme.example,nowhere,nobody\n\
        d,Di,nora@acme.example,north-a,d\n\
        e,Ed,anna@acme.example,x,\n";
    let report = import(&app, json!({ "teams": teams, "persons": persons })).await;
    let mut told = places(&report);
    told.sort_unstable();
    let expected = [
        "PERSONS 2 manager",
        "PERSONS 3 email",
        "PERSONS 4 manager",
        "PERSONS 4 team",
        "PERSONS 5 email",
        "PERSONS 5 manager",
        "PERSONS 6 email",
        "TEAMS 2 lead",
        "TEAMS 2 parent",
        "TEAMS 3 parent",
        "TEAMS 4 parent",
        "TEAMS 5 parent",
    ];
    assert_eq!(told, expected, "{}", report["problems"]);
    assert_eq!(report["problemCount"], 12);
    let circle =
        report["problems"].as_array().unwrap().iter().find(|one| one["line"] == 2 && one["column"] == "manager");
    assert_eq!(circle.unwrap()["message"], "persons report to each other in a circle: a → b");
}

#[tokio::test]
async fn values_of_a_file_are_held_to_what_is_accepted_by_hand() {
    let app = TestApp::start().await;
    let update = "mutation($input: PersonUpdateInput!) {
        personUpdate(input: $input) { errors { message path } } }";
    let long = "n".repeat(41);
    let admin = app.client(Role::Admin).await;
    let emil = app.person("emil").await;
    for (input, file, place) in [
        (
            json!({ "person": emil, "locale": "not a tag" }),
            "external_id,name,locale\nemil,Emil,not a tag\n".to_owned(),
            "PERSONS 2 locale".to_owned(),
        ),
        (
            json!({ "person": emil, "attributes": [{ "name": long, "value": "x" }] }),
            format!("external_id,name,attribute:{long}\nemil,Emil,x\n"),
            format!("PERSONS 1 attribute:{long}"),
        ),
    ] {
        let by_hand = admin.query(update, json!({ "input": input })).await.body["data"]["personUpdate"].clone();
        let by_file = import(&app, json!({ "persons": file })).await;
        assert_eq!(places(&by_file), [place]);
        assert_eq!(by_file["problems"][0]["message"], by_hand["errors"][0]["message"]);
    }
    // A name is trimmed, and attributes add up to no more than by hand.
    let report =
        import(&app, json!({ "persons": "external_id,name,attribute: Site\nemil,Emil Acmeson,Berlin\n" })).await;
    assert_eq!(figures(&report), (0, 0, 1, false));
    let columns: Vec<String> = (0..20).map(|n| format!("attribute:n{n}")).collect();
    let file = format!("external_id,name,{}\nemil,Emil Acmeson{}\n", columns.join(","), ",x".repeat(20));
    assert_eq!(places(&import(&app, json!({ "persons": file })).await), ["PERSONS 2 -"], "there is a site already");
}

#[tokio::test]
async fn a_file_without_a_column_leaves_it_as_it_is() {
    let app = TestApp::start().await;
    let report = import(&app, json!({ "teams": "external_id,name\nnorth,Acme Northern\n" })).await;
    assert_eq!(figures(&report), (0, 1, 0, true), "{}", report["problems"]);
    let north = format!(
        "{{ node(id: \"{}\") {{ ... on Team {{ name parent {{ name }} lead {{ displayName }} }} }} }}",
        app.team("north").await
    );
    let seen = app.client(Role::Employee).await.data(&north).await;
    let expected = json!({ "name": "Acme Northern", "parent": { "name": "Acme Everyone" }, "lead": { "displayName": "Nadia Acmeson" } });
    assert_eq!(seen["node"], expected);
}

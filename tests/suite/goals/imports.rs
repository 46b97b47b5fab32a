//! Files of goals.

use hearten_entity::{InOrganization, goal};
use sea_orm::PaginatorTrait;
use serde_json::{Value, json};

use super::{change, cycle, goal as goal_of, text};
use crate::harness::{Client, Reply, Role, TestApp};

const REPORT: &str = "report { applied rows created keyResults alignments unchanged problemCount
    problems { line column message } }";

async fn import(client: &Client, cycle: &str, file: &str, dry_run: bool) -> Reply {
    let input = json!({ "cycle": cycle, "goals": file, "dryRun": dry_run });
    change(client, "goalsImport", REPORT, input).await
}

async fn count(app: &TestApp) -> u64 {
    goal::Entity::in_org(app.acme.id).count(app.db().await.read()).await.unwrap()
}

const FILE: &str = "\
external_id,title,level,team,owner,key_result,start,target,current,weight,supports,support_weight,visibility
top,Acme top,,,,,,,,,,,
north,Acme north,TEAM,north-a,,Calls,0,100,50,100,top,40,TEAM
north,,TEAM,north-a,,,,,,,,,
emil,Acme emil,PERSON,,emil,Complaints,40,10,25,50,north,60,
emil,Acme emil,PERSON,,emil,Trained,,,,50,top,100,
";

#[tokio::test]
async fn a_file_is_imported_whole_once_or_not_at_all() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let petra = app.client_of("petra").await;
    let file = FILE.replace("north,,TEAM", "north,Acme north,TEAM");
    let tried = import(&petra, &q4, &file, true).await.data()["goalsImport"]["report"].clone();
    assert_eq!((&tried["applied"], &tried["created"], count(&app).await), (&json!(false), &json!(3), 0));
    let done = import(&petra, &q4, &file, false).await.data()["goalsImport"]["report"].clone();
    let expected = json!({ "applied": true, "rows": 5, "created": 3, "keyResults": 3, "alignments": 3, "unchanged": 0,
        "problemCount": 0, "problems": [] });
    assert_eq!(done, expected);
    let again = import(&petra, &q4, &file, false).await.data()["goalsImport"]["report"].clone();
    assert_eq!((&again["applied"], &again["created"], &again["unchanged"]), (&json!(false), &json!(0), &json!(3)));
    assert_eq!(count(&app).await, 3);
    let all = petra.data("{ goals(orderBy: { field: PROGRESS }) { nodes { title progress progressSource } } }").await;
    let shown = |title: &str| {
        let nodes = all["goals"]["nodes"].as_array().unwrap().clone();
        nodes.into_iter().find(|goal| goal["title"] == title).map(|goal| goal["progress"].clone()).unwrap()
    };
    assert_eq!(shown("Acme emil"), json!(0.25));
    // Half of the calls with weight 100, and emil's with 60.
    assert_eq!(shown("Acme north"), json!(0.40625));
    // The team's goal is the team's own: only emil's counts at the top.
    assert_eq!(shown("Acme top"), json!(0.25));
}

#[tokio::test]
async fn every_problem_of_a_file_names_its_line() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let petra = app.client_of("petra").await;
    let file = "external_id,title,level,team,owner,visibility,key_result,start,target,weight,supports,check_in_every_days\n\
        a,,ORGANIZATION,,,,,,,,,\n\
        b,B,NOWHERE,,,,,,,,,\n\
        c,C,TEAM,,,,,,,,,\n\
        d,D,TEAM,no-team,,,,,,,,\n\
        e,E,PERSON,,nobody,,,,,,,\n\
        f,F,,,,PRIVATE,,,,,,\n\
        g,G,,,,,Metric,5,5,,,\n\
        h,H,,,,,Metric,1,2,101,,\n\
        i,I,,,,,Metric,x,2,,,\n\
        j,J,,,,,,,,,zzz,\n\
        k,K,,,,,,,,,k,\n\
        l,L,,,,,,,,,,1000\n\
        m,M\n";
    let report = import(&petra, &q4, file, false).await.data()["goalsImport"]["report"].clone();
    let places: Vec<(i64, Value)> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["line"].as_i64().unwrap(), problem["column"].clone()))
        .collect();
    // What can be seen from the file alone comes first; the rest is looked at when that is right.
    let expected = [(2, "title"), (3, "level"), (8, "target"), (9, "weight"), (10, "start"), (10, "target")];
    let mut expected: Vec<(i64, Value)> = expected.iter().map(|(line, column)| (*line, json!(column))).collect();
    expected.push((14, Value::Null));
    assert_eq!(places, expected);
    let file: Vec<&str> = file
        .lines()
        .filter(|line| !["a,", "b,", "g,", "h,", "i,", "m,"].iter().any(|start| line.starts_with(start)))
        .collect();
    let report = import(&petra, &q4, &file.join("\n"), false).await.data()["goalsImport"]["report"].clone();
    let columns: Vec<String> =
        report["problems"].as_array().unwrap().iter().map(|problem| text(&problem["column"])).collect();
    assert_eq!(columns, ["team", "team", "owner", "visibility", "check_in_every_days", "supports", "supports"]);
    assert_eq!((report["applied"].clone(), count(&app).await), (json!(false), 0));
    let rows: String = (0..5_001).map(|at| format!("x{at},X\n")).collect();
    let long = import(&petra, &q4, &format!("external_id,title\n{rows}"), true).await.data();
    assert_eq!(long["goalsImport"]["report"]["problems"][0]["message"], "at most 5000 rows");
}

#[tokio::test]
async fn files_come_by_office_and_from_tokens() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    for who in ["emil", "nora", "paula", "bert"] {
        assert_eq!(import(&app.client_of(who).await, &q4, FILE, true).await.code(), "FORBIDDEN", "{who}");
    }
    let full = app.client(Role::FullToken).await;
    let persons = import(&full, &q4, "external_id,title,level,owner\ne,E,PERSON,emil\n", false).await.data();
    assert_eq!(persons["goalsImport"]["report"]["problems"][0]["column"], "level", "no token speaks for a person");
    let own = import(&full, &q4, "external_id,title\ne,E\n", false).await.data();
    assert_eq!(own["goalsImport"]["report"]["applied"], true);
    let missing = import(&full, "gcy_00000000000000000000000000", "external_id,title\n", false).await;
    assert_eq!(missing.refused_at("goalsImport"), ["NOT_FOUND at cycle"]);
}

#[tokio::test]
async fn an_import_supports_what_its_importer_sees() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let (petra, adam) = (app.client_of("petra").await, app.client_of("adam").await);
    let inner = "external_id,title,level,team,visibility\ninner,Acme inner,TEAM,north-a,TEAM\n\
        open,Acme open,TEAM,north-a,PUBLIC\n";
    import(&petra, &q4, inner, false).await.data();
    let list = "{ goals { nodes { title } } }";
    assert_eq!(adam.data(list).await["goals"]["nodes"], json!([{ "title": "Acme open" }]), "the other is hidden");
    let file = |target: &str| format!("external_id,title,supports\nmine,Acme mine,{target}\n");
    let problem = async |client: &Client, target: &str| {
        let tried = import(client, &q4, &file(target), true).await.data()["goalsImport"]["report"].clone();
        (tried["problemCount"].clone(), tried["problems"][0]["message"].clone())
    };
    let hidden = problem(&adam, "inner").await;
    assert_eq!(hidden, problem(&adam, "nowhere").await, "hidden is as if it were not there");
    assert_eq!(hidden.0, json!(1));
    assert_eq!(problem(&adam, "open").await.0, json!(0));
    assert_eq!(problem(&petra, "inner").await.0, json!(0));
    let done = import(&adam, &q4, &file("inner"), false).await.data();
    assert_eq!((done["goalsImport"]["report"]["applied"].clone(), count(&app).await), (json!(false), 2));
}

#[tokio::test]
async fn an_import_counts_what_a_holder_has() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let petra = app.client_of("petra").await;
    for _ in 0..2 {
        goal_of(&app, "emil", &q4, json!({})).await;
    }
    let rows = |count: usize| {
        let rows: String = (0..count).map(|at| format!("e{at},E{at},PERSON,emil\n")).collect();
        format!("external_id,title,level,owner\n{rows}a,A,PERSON,anna\n")
    };
    let over = import(&petra, &q4, &rows(49), false).await.data()["goalsImport"]["report"].clone();
    let message = "at most 50 goals of one holder in a cycle";
    let expected = json!([{ "line": 50, "column": null, "message": message }]);
    assert_eq!((&over["problems"], count(&app).await), (&expected, 2));
    let full = import(&petra, &q4, &rows(48), false).await.data()["goalsImport"]["report"].clone();
    assert_eq!((&full["created"], count(&app).await), (&json!(49), 51));
    // Sent again it is what it was, also where the holder has no room left.
    let again = import(&petra, &q4, &rows(48), false).await.data()["goalsImport"]["report"].clone();
    assert_eq!((&again["unchanged"], &again["problemCount"]), (&json!(49), &json!(0)));
}

//! Who sees which goals, and that what somebody does not see shows through nowhere.

use serde_json::{Value, json};

use super::{align, change, check_in, create, cycle, goal, metric, seen, text};
use crate::harness::{Client, Role, TestApp};

const EVERYBODY: [&str; 10] = ["emil", "anna", "nora", "nadia", "carl", "paula", "petra", "adam", "bert", "chris"];

async fn who_sees(app: &TestApp, goal: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for who in EVERYBODY {
        if seen(app, who, goal).await.is_object() {
            found.push(who);
        }
    }
    found
}

async fn titles(client: &Client, filter: Value) -> Vec<String> {
    let document =
        "query($filter: GoalFilterInput) { goals(first: 100, filter: $filter) { totalCount nodes { title } } }";
    let data = client.query(document, json!({ "filter": filter })).await.data();
    assert_eq!(data["goals"]["totalCount"], Value::Null, "a count would tell of what is hidden");
    let mut found: Vec<String> =
        data["goals"]["nodes"].as_array().unwrap().iter().map(|goal| text(&goal["title"])).collect();
    found.sort();
    found
}

#[tokio::test]
async fn each_visibility_opens_to_its_own() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let north_a = app.team("north-a").await;
    let team = |visibility: &str| json!({ "level": "TEAM", "team": north_a, "visibility": visibility });
    let own = |visibility: &str| json!({ "visibility": visibility });
    let everybody: Vec<&str> = EVERYBODY.to_vec();
    let employees: Vec<&str> = everybody.iter().copied().filter(|who| *who != "bert").collect();
    for (who, more, expected) in [
        ("petra", json!({ "level": "ORGANIZATION" }), everybody.clone()),
        ("nora", team("PUBLIC"), everybody),
        ("emil", own("PUBLIC"), employees),
        // chris leads the team at the top.
        ("nora", team("TEAM"), vec!["emil", "anna", "nora", "nadia", "paula", "petra", "chris"]),
        ("emil", own("TEAM"), vec!["emil", "anna", "nora", "nadia", "paula", "petra", "chris"]),
        ("nora", team("PRIVATE"), vec!["nora", "nadia", "chris"]),
        ("emil", own("PRIVATE"), vec!["emil"]),
    ] {
        let goal = goal(&app, who, &q4, more.clone()).await;
        assert_eq!(who_sees(&app, &goal).await, expected, "{who} {more}");
    }
    for (role, count) in [(Role::FullToken, 5), (Role::BareToken, 0)] {
        let client = app.client(role).await;
        assert_eq!(titles(&client, json!({ "cycle": q4 })).await.len(), count, "{role:?}: never a private one");
    }
    let foreign = app.client(Role::ForeignAdmin).await;
    assert!(titles(&foreign, json!({})).await.is_empty());
    assert!(
        app.client(Role::Anonymous).await.query("{ goals { nodes { id } } }", json!({})).await.code()
            == "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn a_hidden_goal_shows_through_nothing() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let north_a = app.team("north-a").await;
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION", "title": "Top" })).await;
    let secret = goal(&app, "emil", &q4, json!({ "visibility": "PRIVATE", "title": "Secret" })).await;
    let inner = goal(&app, "emil", &q4, json!({ "visibility": "TEAM", "title": "Inner" })).await;
    let team = json!({ "level": "TEAM", "team": north_a, "visibility": "TEAM", "title": "Team" });
    let team = goal(&app, "nora", &q4, team).await;
    for (child, parent) in [(&secret, &top), (&inner, &top), (&secret, &team), (&inner, &team)] {
        align(&app, "emil", child, parent, 100).await.data();
    }
    check_in(&app, "emil", &secret, json!({ "progress": 0.9, "note": "Secret note" })).await.data();
    check_in(&app, "emil", &inner, json!({ "progress": 0.2 })).await.data();
    let top_seen = seen(&app, "bert", &top).await;
    assert_eq!((&top_seen["progress"], &top_seen["progressSource"]), (&Value::Null, &json!("NONE")));
    assert_eq!(seen(&app, "anna", &team).await["progress"], json!(0.2), "what the team may see counts in the team");
    let children = "query($id: ID!) { node(id: $id) { ... on Goal { children { totalCount nodes {
        contributes child { title } parent { title } } pageInfo { hasNextPage } } } } }";
    for (who, goal, expected) in [
        ("emil", &top, json!([{ "title": "Secret" }, { "title": "Inner" }])),
        ("anna", &top, json!([{ "title": "Inner" }])),
        ("carl", &top, json!([])),
        ("bert", &top, json!([])),
        ("adam", &top, json!([])),
        ("nora", &team, json!([{ "title": "Inner" }])),
    ] {
        let list =
            app.client_of(who).await.query(children, json!({ "id": goal })).await.data()["node"]["children"].clone();
        let found: Vec<Value> = list["nodes"].as_array().unwrap().iter().map(|one| one["child"].clone()).collect();
        assert_eq!(json!(found), expected, "{who}");
        assert_eq!(list["totalCount"], json!(found.len()), "{who}");
    }
    let carl = app.client_of("carl").await;
    let graph = "query($cycle: ID!) { goalGraph(cycle: $cycle, first: 100) { nodes { title } alignments { id } }
        goalTree(cycle: $cycle) { nodes { title } } search(text: \"secret\") { nodes { id } } }";
    let seen_by_carl = carl.query(graph, json!({ "cycle": q4 })).await.data();
    assert_eq!(seen_by_carl["goalGraph"], json!({ "nodes": [{ "title": "Top" }], "alignments": [] }));
    assert_eq!(seen_by_carl["search"]["nodes"], json!([]));
    let emil = app.client_of("emil").await.query(graph, json!({ "cycle": q4 })).await.data();
    assert_eq!(emil["goalGraph"]["alignments"].as_array().unwrap().len(), 4);
    assert_eq!(emil["search"]["nodes"].as_array().unwrap().len(), 1, "who may see it finds it");
    // For whom its parent is hidden it is a root.
    let hidden =
        goal(&app, "nora", &q4, json!({ "level": "TEAM", "team": north_a, "visibility": "PRIVATE", "title": "Above" }))
            .await;
    let below = goal(&app, "nora", &q4, json!({ "level": "TEAM", "team": north_a, "title": "Below" })).await;
    align(&app, "nora", &below, &hidden, 100).await.data();
    let roots = |data: &Value| {
        let nodes = data["goalTree"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|goal| text(&goal["title"])).collect::<Vec<_>>()
    };
    assert_eq!(roots(&carl.query(graph, json!({ "cycle": q4 })).await.data()), ["Top", "Below"]);
    let nora = app.client_of("nora").await.query(graph, json!({ "cycle": q4 })).await.data();
    assert_eq!(roots(&nora), ["Top", "Team", "Above"]);
    let refused = align(&app, "carl", &secret, &top, 100).await;
    assert_eq!(refused.refused_at("goalAlign"), ["NOT_FOUND at goal"]);
    let theirs = goal(&app, "carl", &q4, json!({})).await;
    let refused = align(&app, "carl", &theirs, &team, 100).await;
    assert_eq!(refused.refused_at("goalAlign"), ["NOT_FOUND at supports"]);
}

#[tokio::test]
async fn narrowing_a_goal_takes_it_out_of_what_others_see() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
    let own = goal(&app, "emil", &q4, json!({})).await;
    align(&app, "emil", &own, &top, 100).await.data();
    check_in(&app, "emil", &own, json!({ "progress": 0.6 })).await.data();
    assert_eq!(seen(&app, "carl", &top).await["progress"], json!(0.6));
    let emil = app.client_of("emil").await;
    for (visibility, progress) in [("PRIVATE", Value::Null), ("PUBLIC", json!(0.6)), ("TEAM", Value::Null)] {
        let input = json!({ "goal": own, "visibility": visibility });
        change(&emil, "goalUpdate", "goal { id }", input).await.data();
        assert_eq!(seen(&app, "carl", &top).await["progress"], progress, "{visibility}");
    }
}

#[tokio::test]
async fn who_writes_what() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let (north_a, emil) = (app.team("north-a").await, app.person("emil").await);
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION", "owner": app.person("nadia").await })).await;
    let team = json!({ "level": "TEAM", "team": north_a, "owner": emil });
    let team = goal(&app, "nadia", &q4, team).await;
    let own = goal(&app, "nora", &q4, json!({ "owner": emil })).await;
    let permission = "query($id: ID!) { node(id: $id) { ... on Goal { viewerCan { edit checkIn } } } }";
    for (goal, who, edit, says) in [
        (&top, "petra", true, true),
        (&top, "adam", true, true),
        (&top, "bert", true, true),
        (&top, "paula", false, false),
        (&top, "nadia", false, true),
        (&top, "chris", false, false),
        (&team, "nora", true, true),
        (&team, "nadia", true, true),
        (&team, "paula", true, true),
        (&team, "emil", false, true),
        (&team, "anna", false, false),
        (&team, "adam", false, false),
        (&own, "emil", true, true),
        (&own, "nora", true, true),
        (&own, "chris", true, true),
        (&own, "anna", false, false),
        (&own, "petra", false, false),
        (&own, "paula", false, false),
    ] {
        let client = app.client_of(who).await;
        let can = client.query(permission, json!({ "id": goal })).await.data()["node"]["viewerCan"].clone();
        assert_eq!(can, json!({ "edit": edit, "checkIn": says }), "{who}");
        let update = change(&client, "goalUpdate", "goal { id }", json!({ "goal": goal, "title": "Other" })).await;
        assert_eq!(update.code(), if edit { "" } else { "FORBIDDEN" }, "{who}");
        let said = check_in(&app, who, goal, json!({})).await;
        assert_eq!(said.code(), if says { "" } else { "FORBIDDEN" }, "{who}");
    }
    let full = app.client(Role::FullToken).await;
    let input = json!({ "goal": team, "confidence": "AT_RISK", "confidenceScore": 3 });
    change(&full, "goalCheckIn", "goal { id }", input).await.data();
    let secret = goal(&app, "emil", &q4, json!({ "visibility": "PRIVATE" })).await;
    for who in ["nora", "petra", "adam", "chris", "bert"] {
        let hidden = check_in(&app, who, &secret, json!({})).await;
        assert_eq!(hidden.refused_at("goalCheckIn"), ["NOT_FOUND at goal"], "{who}");
    }
}

#[tokio::test]
async fn lists_filter_sort_and_page_both_ways() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    for at in 0..5 {
        app.advance(chrono::TimeDelta::milliseconds(5));
        let more = json!({ "title": format!("Goal {at}"), "checkInEveryDays": 20 - at });
        let id = goal(&app, "emil", &q4, more).await;
        if at != 2 {
            check_in(
                &app,
                "emil",
                &id,
                json!({ "progress": f64::from(at % 3) / 4.0,
                "confidence": if at == 4 { "OFF_TRACK" } else { "ON_TRACK" } }),
            )
            .await
            .data();
        }
    }
    let team = json!({ "level": "TEAM", "team": app.team("north-a").await, "title": "Team", "keyResults": [metric(0.0, 1.0, 1)] });
    goal(&app, "nora", &q4, team).await;
    let anna = app.client_of("anna").await;
    let emil = app.person("emil").await;
    for (filter, expected) in [
        (json!({ "owner": emil, "confidence": "OFF_TRACK" }), vec!["Goal 4"]),
        (json!({ "cycle": q4, "level": "TEAM" }), vec!["Team"]),
        (json!({ "team": app.team("north").await }), vec![]),
        (json!({ "team": app.team("north").await, "subtree": true, "level": "TEAM" }), vec!["Team"]),
        (json!({ "state": "CLOSED" }), vec![]),
        (json!({ "stale": true }), vec![]),
    ] {
        assert_eq!(titles(&anna, filter.clone()).await, expected, "{filter}");
    }
    let page = "query($filter: GoalFilterInput, $orderBy: GoalOrderInput, $first: Int, $after: String, $last: Int, $before: String) {
        goals(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
            nodes { title } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }";
    let orders: [(Value, [&str; 5]); 4] = [
        (Value::Null, ["Goal 4", "Goal 3", "Goal 2", "Goal 1", "Goal 0"]),
        (json!({ "field": "CREATED_AT" }), ["Goal 0", "Goal 1", "Goal 2", "Goal 3", "Goal 4"]),
        (json!({ "field": "CHECK_IN_DUE_ON" }), ["Goal 4", "Goal 3", "Goal 2", "Goal 1", "Goal 0"]),
        (json!({ "field": "PROGRESS", "direction": "DESC" }), ["Goal 4", "Goal 1", "Goal 3", "Goal 0", "Goal 2"]),
    ];
    for (order, expected) in orders {
        let (mut forwards, mut backwards, mut cursor) = (Vec::new(), Vec::new(), Value::Null);
        loop {
            let variables = json!({ "filter": { "owner": emil }, "orderBy": order, "first": 2, "after": cursor });
            let list = anna.query(page, variables).await.data()["goals"].clone();
            forwards.extend(list["nodes"].as_array().unwrap().iter().map(|goal| text(&goal["title"])));
            cursor = list["pageInfo"]["endCursor"].clone();
            if list["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        let mut cursor = Value::Null;
        loop {
            let variables = json!({ "filter": { "owner": emil }, "orderBy": order, "last": 2, "before": cursor });
            let list = anna.query(page, variables).await.data()["goals"].clone();
            backwards.splice(0..0, list["nodes"].as_array().unwrap().iter().map(|goal| text(&goal["title"])));
            cursor = list["pageInfo"]["startCursor"].clone();
            if list["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(
            (&forwards[..], &backwards[..]),
            (&expected.map(str::to_owned)[..], &expected.map(str::to_owned)[..]),
            "{order}"
        );
    }
    let first = anna.query(page, json!({ "first": 1 })).await.data();
    let foreign =
        json!({ "first": 1, "after": first["goals"]["pageInfo"]["endCursor"], "orderBy": { "field": "PROGRESS" } });
    assert_eq!(anna.query(page, foreign).await.code(), "BAD_USER_INPUT");
    let edges = "query($person: ID!, $team: ID!) { person: node(id: $person) { ... on Person { goals { totalCount } } }
        team: node(id: $team) { ... on Team { goals(first: 1) { nodes { title } } } } }";
    let data = anna.query(edges, json!({ "person": emil, "team": app.team("north-a").await })).await.data();
    assert_eq!(
        data,
        json!({ "person": { "goals": { "totalCount": 5 } }, "team": { "goals": { "nodes": [{ "title": "Team" }] } } })
    );
}

#[tokio::test]
async fn a_holder_has_only_so_many_goals_in_a_cycle() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    for _ in 0..50 {
        goal(&app, "emil", &q4, json!({})).await;
    }
    let refused = create(&app, "emil", &q4, json!({})).await;
    assert_eq!(refused.refused_at("goalCreate"), ["TOO_LONG at cycle"]);
    goal(&app, "anna", &q4, json!({})).await;
}

/// A goal of somebody who left, or moved to another team, is still kept by whoever may write it.
#[tokio::test]
async fn a_goal_outlives_the_stay_of_its_owner() {
    let app = TestApp::start().await;
    let cycle = cycle(&app, "Acme quarter").await;
    let of_team = json!({ "level": "TEAM", "team": app.team("north-a").await, "owner": app.person("emil").await });
    let team_goal = goal(&app, "nora", &cycle, of_team).await;
    let of_all = json!({ "level": "ORGANIZATION", "owner": app.person("emil").await });
    let all_goal = goal(&app, "petra", &cycle, of_all).await;
    let admin = app.client(Role::Admin).await;
    let leave =
        "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-22\" }) { errors { code } } }";
    admin.query(leave, json!({ "id": app.person("emil").await })).await.data();
    for (who, goal) in [("nora", &team_goal), ("bert", &all_goal)] {
        let client = app.client_of(who).await;
        let kept = change(&client, "goalUpdate", "goal { title }", json!({ "goal": goal, "title": "Acme kept" })).await;
        assert_eq!(kept.data()["goalUpdate"], json!({ "goal": { "title": "Acme kept" }, "errors": [] }), "{who}");
        let named = json!({ "goal": goal, "owner": app.person("gone").await });
        let refused = change(&client, "goalUpdate", "goal { title }", named).await;
        assert!(!refused.refused_at("goalUpdate").is_empty(), "{who}: somebody else who left is not named");
    }
}

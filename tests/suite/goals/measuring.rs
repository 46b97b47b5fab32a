//! How far goals have come, and what supports what.

use chrono::TimeDelta;
use hearten_entity::{InOrganization, goal, goal_alignment, goal_check_in, key_result};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{GOAL, align, change, check_in, create, cycle, goal, metric, numbers, seen, text};
use crate::harness::{Role, TestApp};

/// Where a goal stands, as its owner sees it.
async fn progress(app: &TestApp, goal: &str) -> (Value, String) {
    let seen = seen(app, "chris", goal).await;
    (seen["progress"].clone(), text(&seen["progressSource"]))
}

#[tokio::test]
async fn a_check_in_rolls_up_to_the_top() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let north_a = app.team("north-a").await;
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
    let team = json!({ "level": "TEAM", "team": north_a, "keyResults": [metric(0.0, 10.0, 50)] });
    let team = goal(&app, "nora", &q4, team).await;
    let own = goal(&app, "emil", &q4, json!({ "keyResults": [metric(40.0, 10.0, 100), metric(0.0, 1.5, 0)] })).await;
    assert_eq!(progress(&app, &top).await, (Value::Null, "NONE".to_owned()));
    align(&app, "emil", &own, &team, 50).await.data();
    align(&app, "nora", &team, &top, 100).await.data();
    assert_eq!(progress(&app, &top).await, (json!(0.0), "ROLLED_UP".to_owned()));
    assert_eq!(progress(&app, &team).await, (json!(0.0), "MIXED".to_owned()));
    let before = seen(&app, "emil", &own).await;
    let said = check_in(&app, "emil", &own, numbers(&before, &[25.0, 1.0])).await.data();
    let goal = &said["goalCheckIn"]["goal"];
    assert_eq!((&goal["progress"], &goal["progressSource"]), (&json!(0.5), &json!("KEY_RESULTS")));
    assert_eq!(goal["keyResults"][1]["progress"], json!(0.666667), "zero weight, measured all the same");
    assert_eq!(progress(&app, &team).await, (json!(0.25), "MIXED".to_owned()));
    assert_eq!(progress(&app, &top).await, (json!(0.25), "ROLLED_UP".to_owned()));
    // Less is better, and nothing is more than done.
    check_in(&app, "emil", &own, numbers(&before, &[-5.0])).await.data();
    assert_eq!(progress(&app, &own).await.0, json!(1.0));
    assert_eq!(progress(&app, &top).await.0, json!(0.5));
    let unalign = "{ node(id: $id) { ... on Goal { parents { totalCount nodes { id weight contributes } } } } }";
    let nora = app.client_of("nora").await;
    let edges = nora.query(&format!("query($id: ID!) {unalign}"), json!({ "id": own })).await.data();
    let edge = &edges["node"]["parents"]["nodes"][0];
    assert_eq!((&edge["weight"], &edge["contributes"]), (&json!(50), &json!(true)));
    change(&nora, "goalUnalign", "goal { id }", json!({ "alignment": edge["id"] })).await.data();
    assert_eq!(progress(&app, &team).await, (json!(0.0), "KEY_RESULTS".to_owned()));
    assert_eq!(progress(&app, &top).await.0, json!(0.0));
}

#[tokio::test]
async fn every_kind_of_measure_is_taken_and_its_wrong_values_are_not() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let steps = json!([{ "title": "Plan", "weight": 1 }, { "title": "Build", "weight": 3 }]);
    let parts = json!([
        { "title": "Done", "measure": { "binary": false } },
        { "title": "Steps", "measure": { "milestones": steps } },
        metric(0.0, 100.0, 100),
    ]);
    let own = create(&app, "emil", &q4, json!({ "keyResults": parts })).await.data()["goalCreate"]["goal"].clone();
    let id = text(&own["id"]);
    let key = |at: usize| own["keyResults"][at]["id"].clone();
    let value = |at: usize, value: Value| json!({ "keyResult": key(at), "value": value });
    let right = json!({ "keyResults": [value(0, json!({ "done": true })),
        value(1, json!({ "milestones": [true, false] })), value(2, json!({ "number": 50.0 }))] });
    let said = check_in(&app, "emil", &id, right).await.data();
    let progress: Vec<f64> = said["goalCheckIn"]["goal"]["keyResults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["progress"].as_f64().unwrap())
        .collect();
    assert_eq!(progress, [1.0, 0.25, 0.5]);
    let other = goal(&app, "emil", &q4, json!({ "keyResults": [metric(0.0, 1.0, 1)] })).await;
    let foreign = seen(&app, "emil", &other).await["keyResults"][0]["id"].clone();
    let wrong = json!({ "confidenceScore": 11, "note": "x".repeat(2_001), "progress": 0.5, "keyResults": [
        value(0, json!({ "number": 1.0 })), value(1, json!({ "milestones": [true] })), value(2, json!({ "done": true })),
        value(2, json!({ "number": 1.0 })), value(2, json!({ "number": 2.0 })),
        { "keyResult": foreign, "value": { "number": 1.0 } }] });
    let refused = check_in(&app, "emil", &id, wrong).await;
    assert_eq!(
        refused.refused_at("goalCheckIn"),
        [
            "TOO_LONG at note",
            "INVALID at confidenceScore",
            "INVALID at progress",
            "INVALID at keyResults.0.value",
            "INVALID at keyResults.1.value",
            "INVALID at keyResults.2.value",
            "INVALID at keyResults.4.keyResult",
            "NOT_FOUND at keyResults.5.keyResult",
        ]
    );
    let far = json!({ "keyResults": [value(2, json!({ "number": 1e13 }))] });
    assert_eq!(check_in(&app, "emil", &id, far).await.refusals("goalCheckIn"), ["INVALID"]);
    assert_eq!(seen(&app, "emil", &id).await["progress"], said["goalCheckIn"]["goal"]["progress"], "nothing half done");
    let count = goal_check_in::Entity::in_org(app.acme.id).count(app.db().await.read()).await.unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_goal_without_measures_is_told_by_hand() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let own = goal(&app, "emil", &q4, json!({})).await;
    let said = check_in(&app, "emil", &own, json!({ "progress": 0.4 })).await.data();
    let shown = |data: &Value| {
        (data["goalCheckIn"]["goal"]["progress"].clone(), data["goalCheckIn"]["goal"]["progressSource"].clone())
    };
    assert_eq!(shown(&said), (json!(0.4), json!("MANUAL")));
    let beyond = check_in(&app, "emil", &own, json!({ "progress": 1.5 })).await;
    assert_eq!(beyond.refused_at("goalCheckIn"), ["INVALID at progress"]);
    let input = json!({ "goal": own, "keyResult": metric(0.0, 1.0, 0) });
    change(&app.client_of("emil").await, "keyResultCreate", "keyResult { id }", input).await.data();
    let stands = seen(&app, "emil", &own).await;
    assert_eq!(
        (&stands["progress"], &stands["progressSource"]),
        (&Value::Null, &json!("NONE")),
        "all weights are zero"
    );
}

#[tokio::test]
async fn key_results_are_changed_and_removed_with_what_follows() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let emil = app.client_of("emil").await;
    let own =
        create(&app, "emil", &q4, json!({ "keyResults": [metric(0.0, 10.0, 100), metric(0.0, 10.0, 100)] })).await;
    let own = own.data()["goalCreate"]["goal"].clone();
    let id = text(&own["id"]);
    check_in(&app, "emil", &id, numbers(&own, &[5.0, 10.0])).await.data();
    let key = own["keyResults"][0]["id"].clone();
    let update = async |more: Value| {
        let mut input = json!({ "keyResult": key });
        super::merge(&mut input, more);
        change(&emil, "keyResultUpdate", "keyResult { progress goal { progress } }", input).await
    };
    let moved = update(json!({ "target": 20.0, "weight": 50 })).await.data();
    assert_eq!(moved["keyResultUpdate"]["keyResult"], json!({ "progress": 0.25, "goal": { "progress": 0.75 } }));
    for (more, place) in [
        (json!({ "target": 0.0 }), "INVALID at target"),
        (json!({ "weight": 101 }), "INVALID at weight"),
        (json!({ "weight": -1 }), "INVALID at weight"),
        (json!({ "title": " " }), "REQUIRED at title"),
        (json!({ "unit": "x".repeat(21) }), "TOO_LONG at unit"),
        (json!({ "start": 1e15 }), "INVALID at start"),
    ] {
        assert_eq!(update(more).await.refused_at("keyResultUpdate"), [place]);
    }
    app.advance(chrono::TimeDelta::milliseconds(1));
    let removed = change(&emil, "keyResultRemove", "goal { progress }", json!({ "keyResult": key })).await.data();
    assert_eq!(removed["keyResultRemove"]["goal"]["progress"], json!(1.0));
    let again = change(&emil, "keyResultRemove", "goal { id }", json!({ "keyResult": key })).await;
    assert_eq!(again.refused_at("keyResultRemove"), ["NOT_FOUND at keyResult"]);
    let history = "query($id: ID!) { node(id: $id) { ... on Goal { history { nodes { field oldValue newValue } } } } }";
    let history = emil.query(history, json!({ "id": id })).await.data();
    let nodes = history["node"]["history"]["nodes"].as_array().unwrap();
    assert_eq!(
        nodes[0],
        json!({ "field": "KEY_RESULT", "oldValue": "Acme metric (0 to 20, weight 50)", "newValue": null })
    );
    assert_eq!(nodes.len(), 2);
}

#[tokio::test]
async fn a_key_result_stands_where_its_supporters_do_until_it_is_measured() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let top =
        create(&app, "petra", &q4, json!({ "level": "ORGANIZATION", "keyResults": [metric(0.0, 10.0, 100)] })).await;
    let top = top.data()["goalCreate"]["goal"].clone();
    let own = goal(&app, "emil", &q4, json!({})).await;
    let input = json!({ "goal": own, "supports": { "keyResult": top["keyResults"][0]["id"] } });
    change(&app.client_of("emil").await, "goalAlign", "goal { id }", input).await.data();
    check_in(&app, "emil", &own, json!({ "progress": 0.3 })).await.data();
    let rolled = seen(&app, "emil", &text(&top["id"])).await;
    assert_eq!((&rolled["progress"], &rolled["keyResults"][0]["progressSource"]), (&json!(0.3), &json!("ROLLED_UP")));
    check_in(&app, "petra", &text(&top["id"]), numbers(&top, &[9.0])).await.data();
    check_in(&app, "emil", &own, json!({ "progress": 0.1 })).await.data();
    let measured = seen(&app, "emil", &text(&top["id"])).await;
    assert_eq!(
        (&measured["progress"], &measured["keyResults"][0]["progressSource"]),
        (&json!(0.9), &json!("MEASURED"))
    );
}

#[tokio::test]
async fn what_a_goal_may_not_be_is_told_at_its_place() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let (north_a, nora, carl) = (app.team("north-a").await, app.person("nora").await, app.person("carl").await);
    let long = |count: usize| "x".repeat(count);
    for (who, more, places) in [
        (
            "emil",
            json!({ "title": " ", "checkInEveryDays": 0 }),
            vec!["REQUIRED at title", "INVALID at checkInEveryDays"],
        ),
        (
            "emil",
            json!({ "title": long(201), "description": long(4_001) }),
            vec!["TOO_LONG at title", "TOO_LONG at description"],
        ),
        ("emil", json!({ "team": north_a }), vec!["INVALID at team"]),
        (
            "emil",
            json!({ "keyResults": [metric(3.0, 3.0, 101)] }),
            vec!["INVALID at keyResults.0.weight", "INVALID at keyResults.0.measure"],
        ),
        (
            "emil",
            json!({ "keyResults": [{ "title": "x", "measure": { "milestones": [] } }] }),
            vec!["INVALID at keyResults.0.measure"],
        ),
        (
            "emil",
            json!({ "keyResults": [{ "title": "x", "measure": { "milestones": [{ "title": "y", "weight": 0 }] } }] }),
            vec!["INVALID at keyResults.0.measure"],
        ),
        ("emil", json!({ "keyResults": vec![metric(0.0, 1.0, 1); 51] }), vec!["TOO_LONG at keyResults"]),
        ("emil", json!({ "owner": nora }), vec!["FORBIDDEN at owner"]),
        ("emil", json!({ "owner": "per_00000000000000000000000000" }), vec!["NOT_FOUND at owner"]),
        ("emil", json!({ "level": "TEAM", "team": north_a }), vec!["FORBIDDEN at team"]),
        ("emil", json!({ "level": "ORGANIZATION" }), vec!["FORBIDDEN at level"]),
        ("nora", json!({ "level": "TEAM" }), vec!["REQUIRED at team"]),
        ("nora", json!({ "level": "TEAM", "team": north_a, "owner": carl }), vec!["INVALID at owner"]),
        ("petra", json!({ "level": "ORGANIZATION", "visibility": "PRIVATE" }), vec!["INVALID at visibility"]),
        ("petra", json!({ "level": "TEAM", "team": north_a, "visibility": "PRIVATE" }), vec!["FORBIDDEN at team"]),
        ("petra", json!({ "owner": nora }), vec!["FORBIDDEN at owner"]),
    ] {
        let refused = create(&app, who, &q4, more.clone()).await;
        assert_eq!(refused.refused_at("goalCreate"), places, "{who} {more}");
    }
    let missing = create(&app, "emil", "gcy_00000000000000000000000000", json!({})).await;
    assert_eq!(missing.refused_at("goalCreate"), ["NOT_FOUND at cycle"]);
    let goals = goal::Entity::in_org(app.acme.id).count(app.db().await.read()).await.unwrap();
    let parts = key_result::Entity::in_org(app.acme.id).count(app.db().await.read()).await.unwrap();
    assert_eq!((goals, parts), (0, 0), "nothing half done");
}

#[tokio::test]
async fn circles_are_refused_however_they_come_about() {
    let app = TestApp::start().await;
    let (q4, q5) = (cycle(&app, "Q4").await, cycle(&app, "Q5").await);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await);
    }
    let elsewhere = goal(&app, "petra", &q5, json!({ "level": "ORGANIZATION" })).await;
    align(&app, "petra", &ids[0], &ids[1], 100).await.data();
    align(&app, "petra", &ids[1], &ids[2], 100).await.data();
    for (child, parent, place) in [
        (&ids[0], &ids[0], "CYCLE at supports"),
        (&ids[2], &ids[0], "CYCLE at supports"),
        (&ids[0], &ids[1], "ALREADY_DONE at supports"),
        (&ids[0], &elsewhere, "INVALID at supports"),
    ] {
        assert_eq!(align(&app, "petra", child, parent, 100).await.refused_at("goalAlign"), [place]);
    }
    assert_eq!(align(&app, "petra", &ids[0], &ids[2], 101).await.refused_at("goalAlign"), ["INVALID at weight"]);
    let edges = goal_alignment::Entity::in_org(app.acme.id).count(app.db().await.read()).await.unwrap();
    assert_eq!(edges, 2);
}

#[tokio::test]
async fn two_at_once_never_close_a_circle_nor_lose_a_check_in() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let petra = app.client_of("petra").await;
    for _ in 0..6 {
        let a = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
        let b = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
        let supports = |child: &str, parent: &str| {
            let input = json!({ "goal": child, "supports": { "goal": parent } });
            let petra = petra.clone();
            async move { change(&petra, "goalAlign", "goal { id }", input).await }
        };
        let (one, other) = tokio::join!(supports(&a, &b), supports(&b, &a));
        let mut refused = [one.refusals("goalAlign"), other.refusals("goalAlign")];
        refused.sort();
        assert_eq!(refused, [vec![], vec!["CYCLE"]]);
    }
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
    let mut children = Vec::new();
    for _ in 0..4 {
        let child = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
        align(&app, "petra", &child, &top, 100).await.data();
        children.push(child);
    }
    let checks = children.iter().map(|child| check_in(&app, "petra", child, json!({ "progress": 0.8 })));
    for reply in futures_util::future::join_all(checks).await {
        reply.data();
    }
    assert_eq!(seen(&app, "petra", &top).await["progress"], json!(0.8), "each saw what the others wrote");
}

#[tokio::test]
async fn a_goal_without_check_ins_becomes_stale_and_that_is_told_once() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let own = goal(&app, "emil", &q4, json!({ "checkInEveryDays": 7, "visibility": "PRIVATE" })).await;
    let fresh = goal(&app, "emil", &q4, json!({ "checkInEveryDays": 30 })).await;
    let stale = async |app: &TestApp| {
        let emil = app.client_of("emil").await;
        let document = "query($filter: GoalFilterInput) { goals(filter: $filter) { nodes { id } } }";
        let found = emil.query(document, json!({ "filter": { "stale": true, "cycle": q4 } })).await.data();
        found["goals"]["nodes"].as_array().unwrap().iter().map(|goal| text(&goal["id"])).collect::<Vec<_>>()
    };
    let told = async |app: &TestApp| {
        let emil = app.client_of("emil").await;
        let all = emil.data("{ viewer { notifications { nodes { kind subject { id } } } } }").await;
        let nodes = all["viewer"]["notifications"]["nodes"].as_array().unwrap().clone();
        nodes
            .into_iter()
            .filter(|node| node["kind"] == "GOAL_STALE")
            .map(|node| text(&node["subject"]["id"]))
            .collect::<Vec<_>>()
    };
    let look = async |app: &TestApp| {
        hearten_api::areas::goals::upkeep::look(app.app(), app.db().await).await.unwrap();
    };
    app.advance(TimeDelta::days(7));
    look(&app).await;
    assert_eq!((stale(&app).await, told(&app).await), (vec![], vec![]), "the last day has not passed");
    app.advance(TimeDelta::days(1));
    look(&app).await;
    look(&app).await;
    assert_eq!(stale(&app).await, std::slice::from_ref(&own));
    assert_eq!(told(&app).await, std::slice::from_ref(&own), "once, however often it is looked");
    check_in(&app, "emil", &own, json!({})).await.data();
    assert!(stale(&app).await.is_empty());
    app.advance(TimeDelta::days(8));
    look(&app).await;
    assert_eq!(told(&app).await, [own.clone(), own], "once for each time");
    assert_eq!(seen(&app, "emil", &fresh).await["stale"], false);
}

#[tokio::test]
async fn check_ins_are_kept_as_they_were_and_page() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let own = create(&app, "emil", &q4, json!({ "keyResults": [metric(0.0, 10.0, 100)] })).await.data();
    let own = own["goalCreate"]["goal"].clone();
    for at in 1..=5 {
        app.advance(TimeDelta::seconds(1));
        let mut said = numbers(&own, &[f64::from(at)]);
        said["note"] = json!(format!("Acme note {at}"));
        check_in(&app, "emil", &text(&own["id"]), said).await.data();
    }
    let anna = app.client_of("anna").await;
    let page = "query($id: ID!, $first: Int, $after: String, $last: Int) { node(id: $id) { ... on Goal {
        checkIns(first: $first, after: $after, last: $last) {
            nodes { note progress person { displayName } values { value progress keyResult { title } } }
            pageInfo { endCursor hasNextPage hasPreviousPage } } } } }";
    let notes = |data: &Value| {
        let nodes = data["node"]["checkIns"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|one| text(&one["note"])).collect::<Vec<_>>()
    };
    let first = anna.query(page, json!({ "id": own["id"], "first": 2 })).await.data();
    assert_eq!(notes(&first), ["Acme note 5", "Acme note 4"]);
    let newest = &first["node"]["checkIns"]["nodes"][0];
    assert_eq!(newest["values"], json!([{ "value": 5.0, "progress": 0.5, "keyResult": { "title": "Acme metric" } }]));
    let after = first["node"]["checkIns"]["pageInfo"]["endCursor"].clone();
    let rest = anna.query(page, json!({ "id": own["id"], "first": 3, "after": after })).await.data();
    assert_eq!(notes(&rest), ["Acme note 3", "Acme note 2", "Acme note 1"]);
    assert_eq!(rest["node"]["checkIns"]["pageInfo"]["hasNextPage"], false);
    let last = anna.query(page, json!({ "id": own["id"], "last": 2 })).await.data();
    assert_eq!(notes(&last), ["Acme note 2", "Acme note 1"]);
    let full = app.client(Role::FullToken).await;
    let refused = change(
        &full,
        "goalCheckIn",
        &format!("goal {{ {GOAL} }}"),
        json!({ "goal": own["id"], "confidence": "AT_RISK", "confidenceScore": 3 }),
    )
    .await;
    assert_eq!(refused.code(), "FORBIDDEN", "no token speaks for a person");
    let count = goal_check_in::Entity::in_org(app.acme.id)
        .filter(goal_check_in::Column::Note.ne(""))
        .count(app.db().await.read());
    assert_eq!(count.await.unwrap(), 5);
}

/// A node keeps the graph its last check-in left: what another node wrote in between must not be missed.
#[tokio::test]
async fn two_nodes_roll_up_what_the_other_wrote() {
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let q4 = cycle(&app, "Q4").await;
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
    let mut children = Vec::new();
    for _ in 0..3 {
        let child = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
        align(&app, "petra", &child, &top, 100).await.data();
        children.push(child);
    }
    let nodes = [app.client_at(0, Role::Partner).await, app.client_at(second, Role::Partner).await];
    let say = async |node: usize, child: usize, progress: f64| {
        let input =
            json!({ "goal": children[child], "confidence": "ON_TRACK", "confidenceScore": 5, "progress": progress });
        change(&nodes[node], "goalCheckIn", "goal { id }", input).await.data();
        seen(&app, "petra", &top).await["progress"].clone()
    };
    assert_eq!(say(0, 0, 0.3).await, json!(0.3));
    assert_eq!(say(1, 1, 0.5).await, json!(0.4));
    assert_eq!(say(0, 2, 0.7).await, json!(0.5));
    assert_eq!(say(1, 0, 0.0).await, json!(0.4));
    change(&nodes[0], "goalArchive", "goal { id }", json!({ "goal": children[0] })).await.data();
    assert_eq!(say(1, 1, 0.6).await, json!(0.65));
    assert_eq!(say(1, 1, 0.1).await, json!(0.4));
    assert_eq!(say(0, 2, 0.1).await, json!(0.1));
}

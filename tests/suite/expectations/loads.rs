//! What expectations add up to, and what they do by themselves.

use chrono::TimeDelta;
use hearten_api::areas::expectations::upkeep;
use serde_json::{Value, json};

use super::{REPORT, accepted, day, proposal, proposed, respond, told};
use crate::harness::{Client, Role, TestApp};

const CAPACITY: &str = "mutation($input: WorkCapacitySetInput!) { workCapacitySet(input: $input) {
    person { workload(weeks: 1) { capacityMinutes capacityIsSet } } errors { code path message } } }";

async fn workload(client: &Client, person: &str, weeks: u32) -> Value {
    let read = format!(
        "{{ node(id: \"{person}\") {{ ... on Person {{ workload(weeks: {weeks}) {{ capacityMinutes overdueCount laterMinutes
            weeks {{ startsOn acceptedMinutes acceptedCount uncountedCount proposedMinutes loadPercent overloaded }} }} }} }} }}"
    );
    client.data(&read).await["node"]["workload"].clone()
}

#[tokio::test]
async fn a_week_adds_up() {
    let app = TestApp::start().await;
    let (emil, id) = (app.client_of("emil").await, app.person("emil").await);
    // The test begins on a Monday.
    accepted(&app, "nora", "emil", json!({ "amount": 3, "unit": "DAYS", "dueAt": day(&app, 4) })).await;
    accepted(&app, "anna", "emil", json!({ "amount": 90, "unit": "MINUTES", "dueAt": day(&app, 6) })).await;
    accepted(&app, "anna", "emil", json!({ "amount": 7, "unit": "ITEMS", "dueAt": day(&app, 6) })).await;
    accepted(&app, "anna", "emil", json!({ "amount": 4, "unit": "HOURS", "dueAt": day(&app, 30) })).await;
    let mut open = proposal(&app, "emil").await;
    open["dueAt"] = json!(day(&app, 7));
    proposed(&app, "anna", open).await;
    let load = workload(&emil, &id, 2).await;
    assert_eq!(
        load["weeks"],
        json!([
            { "startsOn": day(&app, 0), "acceptedMinutes": 1530, "acceptedCount": 3, "uncountedCount": 1,
              "proposedMinutes": 0, "loadPercent": 63.75, "overloaded": false },
            { "startsOn": day(&app, 7), "acceptedMinutes": 0, "acceptedCount": 0, "uncountedCount": 0,
              "proposedMinutes": 480, "loadPercent": 0.0, "overloaded": false },
        ])
    );
    assert_eq!((&load["laterMinutes"], &load["overdueCount"]), (&json!(240), &json!(0)));
    app.advance(TimeDelta::days(8));
    let later = workload(&app.client_of("emil").await, &id, 2).await;
    assert_eq!(later["overdueCount"], 3);
    assert_eq!(later["weeks"][0]["acceptedMinutes"], 1530, "what is overdue is still to be done");
    for weeks in ["0", "27"] {
        let read = format!("{{ viewer {{ person {{ workload(weeks: {weeks}) {{ overdueCount }} }} }} }}");
        assert_eq!(app.client_of("emil").await.query(&read, json!({})).await.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_workload_is_seen_by_its_person_and_those_above() {
    let app = TestApp::start().await;
    let id = app.person("emil").await;
    accepted(&app, "bela", "emil", json!({ "visibleToManager": false, "dueAt": day(&app, 4) })).await;
    for (person, sees) in [
        ("emil", true),
        ("nora", true),
        ("nadia", true),
        ("chris", true),
        ("bela", false),
        ("anna", false),
        ("nils", false),
        ("adam", false),
        ("petra", false),
        ("paula", false),
    ] {
        let load = workload(&app.client_of(person).await, &id, 1).await;
        assert_eq!(load["weeks"][0]["acceptedMinutes"].as_i64(), sees.then_some(480), "{person}");
    }
    let full = app.client(Role::FullToken).await;
    assert!(workload(&full, &id, 1).await.is_null());
}

#[tokio::test]
async fn a_capacity_is_said_by_its_person_or_a_manager() {
    let app = TestApp::start().await;
    let id = app.person("emil").await;
    let set = |minutes: Value| json!({ "input": { "person": id, "minutesAWeek": minutes } });
    for person in ["emil", "nora", "nadia"] {
        let reply = app.client_of(person).await.query(CAPACITY, set(json!(1_200))).await.data();
        let load = &reply["workCapacitySet"]["person"]["workload"];
        assert_eq!(load, &json!({ "capacityMinutes": 1200, "capacityIsSet": true }));
    }
    for person in ["anna", "adam", "petra"] {
        assert_eq!(app.client_of(person).await.query(CAPACITY, set(json!(0))).await.code(), "FORBIDDEN", "{person}");
    }
    let foreign = app.client_of("ulla").await.query(CAPACITY, set(json!(0))).await;
    assert_eq!(foreign.refused_at("workCapacitySet"), ["NOT_FOUND at person"]);
    let emil = app.client_of("emil").await;
    for minutes in [-1, 6_721] {
        let reply = emil.query(CAPACITY, set(json!(minutes))).await;
        assert_eq!(reply.refused_at("workCapacitySet"), ["INVALID at minutesAWeek"]);
    }
    let usual = emil.query(CAPACITY, set(Value::Null)).await.data();
    assert_eq!(usual["workCapacitySet"]["person"]["workload"]["capacityMinutes"], 2_400);
    emil.query(CAPACITY, set(json!(0))).await.data();
    let none = workload(&emil, &id, 1).await;
    assert!(none["weeks"][0]["loadPercent"].is_null());
}

#[tokio::test]
async fn too_much_is_told_to_the_person_first_and_to_the_manager_when_it_lasts() {
    let app = TestApp::start().await;
    let (emil, look) = (app.client_of("emil").await, async || {
        upkeep::look(app.app(), app.db().await).await.map_err(|_| "upkeep failed").unwrap();
    });
    accepted(&app, "nora", "emil", json!({ "amount": 39, "dueAt": day(&app, 11) })).await;
    let mut more = proposal(&app, "emil").await;
    (more["amount"], more["dueAt"]) = (json!(2), json!(day(&app, 12)));
    let id = proposed(&app, "bela", more.clone()).await;
    let reply = respond(&emil, &id, json!({ "response": "ACCEPT" })).await.data();
    let warning = &reply["expectationRespond"]["warnings"][0];
    assert_eq!((&warning["acceptedMinutes"], &warning["capacityMinutes"]), (&json!(2_460), &json!(2_400)));
    assert_eq!(warning["startsOn"], json!(day(&app, 7)));
    assert_eq!(told(&app, "emil").await.iter().filter(|kind| *kind == "EXPECTATION_OVERLOAD").count(), 1);
    // Once more in the same week: a warning in the answer, and no second notice.
    let id = proposed(&app, "bela", more.clone()).await;
    let counter = json!({ "response": "COUNTER", "reason": "Rather so", "counter": { "amount": 1 } });
    respond(&emil, &id, counter).await.data();
    let bela = respond(&app.client_of("bela").await, &id, json!({ "response": "ACCEPT" })).await.data();
    assert_eq!(bela["expectationRespond"]["warnings"], json!([]), "it is not bela's business how much emil has to do");
    assert_eq!(told(&app, "emil").await.iter().filter(|kind| *kind == "EXPECTATION_OVERLOAD").count(), 1);
    look().await;
    app.advance(TimeDelta::days(2));
    look().await;
    let heard = |kinds: Vec<String>| kinds.iter().filter(|kind| *kind == "EXPECTATION_OVERLOAD_LASTS").count();
    assert_eq!(heard(told(&app, "nora").await), 0, "only the person knows for three days");
    app.advance(TimeDelta::days(1));
    look().await;
    look().await;
    assert_eq!(heard(told(&app, "nora").await), 1);
    assert_eq!(heard(told(&app, "nadia").await), 0);
}

#[tokio::test]
async fn an_overload_that_is_over_is_not_told_to_the_manager() {
    let app = TestApp::start().await;
    let id = accepted(&app, "nora", "emil", json!({ "amount": 41, "dueAt": day(&app, 11) })).await;
    assert!(told(&app, "emil").await.contains(&"EXPECTATION_OVERLOAD".to_owned()));
    app.client_of("emil").await.query(REPORT, json!({ "input": { "expectation": id } })).await.data();
    app.advance(TimeDelta::days(4));
    upkeep::look(app.app(), app.db().await).await.map_err(|_| "upkeep failed").unwrap();
    assert!(!told(&app, "nora").await.contains(&"EXPECTATION_OVERLOAD_LASTS".to_owned()));
}

#[tokio::test]
async fn reminders_come_three_times_each_once_from_one_node() {
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    accepted(&app, "nora", "emil", json!({ "dueAt": day(&app, 10) })).await;
    // Accepted two days before: the reminder of three days before is not made up for.
    let short = accepted(&app, "nora", "anna", json!({ "dueAt": day(&app, 2) })).await;
    let reported = accepted(&app, "nora", "anton", json!({ "dueAt": day(&app, 2) })).await;
    let anton = app.client_of("anton").await;
    anton.query(REPORT, json!({ "input": { "expectation": reported } })).await.data();
    let mut seen = Vec::new();
    for days in 0..13 {
        let db = app.db().await;
        let both = [app.app(), app.app_of(second)].map(|node| upkeep::look(node, db));
        for looked in futures_util::future::join_all(both).await {
            looked.map_err(|_| "upkeep failed").unwrap();
        }
        let mut counts = Vec::new();
        for person in ["emil", "anna", "anton"] {
            let kinds = told(&app, person).await;
            counts.push(kinds.iter().filter(|kind| *kind == "EXPECTATION_DUE").count());
        }
        seen.push((days, counts));
        app.advance(TimeDelta::days(1));
    }
    let of = |person: usize| seen.iter().map(|(_, counts)| counts[person]).collect::<Vec<_>>();
    assert_eq!(of(0), [0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 3, 3]);
    assert_eq!(of(1), [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    assert_eq!(of(2), [0; 13]);
    assert!(short.starts_with("exp_"));
}

async fn team(client: &Client, team: &str) -> Value {
    let read = format!(
        "{{ node(id: \"{team}\") {{ ... on Team {{ workload {{ __typename ... on TeamWorkloadStats {{ people loadPercent
            overloaded {{ fromPercent toPercent }} }} ... on WorkloadHidden {{ reason }} }} }} }} }}"
    );
    client.data(&read).await["node"]["workload"].clone()
}

#[tokio::test]
async fn a_team_is_shown_as_a_group_or_not_at_all() {
    let app = TestApp::start().await;
    for person in ["emil", "anna", "anton", "aylin"] {
        accepted(&app, "nora", person, json!({ "amount": 100, "dueAt": day(&app, 4) })).await;
    }
    let north_a = app.team("north-a").await;
    let petra = app.client_of("petra").await;
    let shown = team(&petra, &north_a).await;
    // Four of six have 100 hours in four weeks of 40.
    assert_eq!(shown["people"], 6);
    assert_eq!(shown["loadPercent"], 40);
    assert_eq!(shown["overloaded"], json!({ "fromPercent": 50, "toPercent": 100 }));
    for (person, may) in [
        ("nora", true),
        ("nadia", true),
        ("paula", true),
        ("olga", true),
        ("bert", true),
        ("emil", false),
        ("nils", false),
        ("adam", false),
        ("simon", false),
    ] {
        assert_eq!(team(&app.client_of(person).await, &north_a).await.is_object(), may, "{person}");
    }
    // All of North are in North Sales: the same group shows the same.
    let north = team(&petra, &app.team("north").await).await;
    assert_eq!(north["people"], 12);
    assert_eq!(team(&petra, &app.team("north-sales").await).await, north);
    // Of the six at umbra five are in the team: beside the whole it would tell of one.
    let (ulla, uwe) = (app.client_of("ulla").await, app.client_of("uwe").await);
    assert_eq!(team(&ulla, &app.team("u-all").await).await["people"], 6);
    let hidden = json!({ "__typename": "WorkloadHidden", "reason": "COMPLEMENTARY" });
    assert_eq!(team(&ulla, &app.team("u-team").await).await, hidden);
    // Who reads five of the six singly is not shown the six.
    assert_eq!(team(&uwe, &app.team("u-all").await).await, hidden);
    // The figures stay as they are for the day, and then are new.
    accepted(&app, "nora", "arne", json!({ "amount": 200, "dueAt": day(&app, 5) })).await;
    assert_eq!(team(&petra, &north_a).await, shown);
    app.advance(TimeDelta::days(1));
    assert_eq!(team(&app.client_of("petra").await, &north_a).await["loadPercent"], 60);
}

/// Who reads some of a team singly could take them out of its mean, and have the rest.
#[tokio::test]
async fn what_is_read_singly_does_not_give_the_rest_away() {
    let app = TestApp::start().await;
    accepted(&app, "nils", "brit", json!({ "amount": 100, "dueAt": day(&app, 4) })).await;
    let teams = [app.team("north-a").await, app.team("north-b").await, app.team("north-sales").await];
    let people = async |person: &str| {
        let client = app.client_of(person).await;
        let mut people = Vec::new();
        for id in &teams {
            people.push(team(&client, id).await["people"].as_i64());
        }
        people
    };
    assert_eq!(people("petra").await, [Some(6), Some(6), Some(12)]);
    let (admin, petra) = (app.client_of("adam").await, app.person("petra").await);
    let move_to = "mutation($id: ID!, $manager: ID!) { personUpdate(input: { person: $id, manager: $manager }) {
        errors { code message } } }";
    for person in ["bela", "bodo", "bina", "berk"] {
        let moved = admin.query(move_to, json!({ "id": app.person(person).await, "manager": petra })).await.data();
        assert_eq!(moved["personUpdate"]["errors"], json!([]));
    }
    // Of North B she reads four singly: two are left. Of the twelve eight are left, but not beside the six of North A.
    assert_eq!(people("petra").await, [None, None, Some(12)]);
    assert_eq!(people("olga").await, [Some(6), Some(6), Some(12)], "who reads nobody singly sees what there is");
    assert_eq!(people("nils").await, [None, Some(6), None], "and who reads all of them singly knows them anyway");
    assert_eq!(people("nadia").await, [Some(6), Some(6), Some(12)]);
}

/// Whatever is added and subtracted, the shown teams leave nobody in a difference of fewer than five.
#[tokio::test]
async fn no_difference_of_teams_tells_of_few() {
    let app = TestApp::start().await;
    accepted(&app, "nora", "emil", json!({ "amount": 100, "dueAt": day(&app, 4) })).await;
    let petra = app.client_of("petra").await;
    let parents = [
        ("all", vec!["north", "south"]),
        ("north", vec!["north-sales"]),
        ("south", vec!["south-care"]),
        ("north-sales", vec!["north-a", "north-b"]),
        ("south-care", vec!["south-a", "south-b"]),
    ];
    let mut compared = 0;
    for (parent, children) in parents {
        let above = team(&petra, &app.team(parent).await).await;
        let Some(whole) = above["people"].as_i64() else { continue };
        assert!(whole >= 5);
        let mut shown = 0;
        for child in children {
            shown += team(&petra, &app.team(child).await).await["people"].as_i64().unwrap_or_default();
        }
        assert!(whole == shown || whole - shown >= 5, "{parent}: {whole} less {shown}");
        compared += 1;
    }
    assert!(compared >= 2);
}

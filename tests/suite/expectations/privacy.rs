//! Who sees an expectation: the two, the manager where both know it, and nobody else, by whatever road.

use serde_json::{Value, json};

use super::{JUDGE, PROPOSE, REPORT, RESPOND, WITHDRAW, accepted, day, proposal, proposed};
use crate::harness::{Client, TestApp};

async fn sees(client: &Client, id: &str) -> bool {
    let read = format!("{{ node(id: \"{id}\") {{ id }} }}");
    client.query(&read, json!({})).await.body["data"]["node"].is_object()
}

#[tokio::test]
async fn two_people_and_the_manager_they_know_of() {
    let app = TestApp::start().await;
    let mut between = proposal(&app, "emil").await;
    let open = proposed(&app, "bela", between.clone()).await;
    between["visibleToManager"] = json!(false);
    let closed = proposed(&app, "bela", between).await;
    // nora leads emil's team; nadia stands above her; nils is the manager of who expects it.
    for (person, expected) in [
        ("emil", (true, true)),
        ("bela", (true, true)),
        ("nora", (true, false)),
        ("nadia", (false, false)),
        ("nils", (false, false)),
        ("chris", (false, false)),
        ("anna", (false, false)),
        ("adam", (false, false)),
        ("petra", (false, false)),
        ("paula", (false, false)),
        ("olga", (false, false)),
        ("ulla", (false, false)),
    ] {
        let client = app.client_of(person).await;
        assert_eq!((sees(&client, &open).await, sees(&client, &closed).await), expected, "{person}");
    }
    let nora = app.client_of("nora").await;
    let calls = [
        (RESPOND, json!({ "response": "ACCEPT" }), "expectationRespond"),
        (WITHDRAW, json!({}), "expectationWithdraw"),
        (REPORT, json!({}), "expectationReport"),
        (JUDGE, json!({ "outcome": "MET" }), "expectationJudge"),
    ];
    for (document, input, field) in calls {
        let with = |id: &str| {
            let mut input = input.clone();
            input["expectation"] = json!(id);
            json!({ "input": input })
        };
        assert_eq!(nora.query(document, with(&open)).await.code(), "FORBIDDEN", "{field}: it is visible");
        for (person, id) in [("nora", &closed), ("anna", &open), ("adam", &open), ("ulla", &open)] {
            let reply = app.client_of(person).await.query(document, with(id)).await;
            assert_eq!(reply.refused_at(field), ["NOT_FOUND at expectation"], "{person} {field}");
        }
    }
}

/// The ids a list shows.
async fn listed(client: &Client, person: &str, arguments: &str) -> Vec<String> {
    let read = format!(
        "{{ node(id: \"{person}\") {{ ... on Person {{ expectations({arguments} first: 50) {{ nodes {{ id }} }} }} }} }}"
    );
    let reply = client.data(&read).await;
    let nodes = reply["node"]["expectations"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

/// A list of a person shows exactly what `node` shows of it, whoever asks.
#[tokio::test]
async fn lists_show_what_nodes_show() {
    let app = TestApp::start().await;
    let mut all: Vec<(String, String, String)> = Vec::new();
    let pairs =
        [("bela", "emil"), ("emil", "bela"), ("nora", "emil"), ("anna", "nora"), ("emil", "olga"), ("simon", "sara")];
    for (from, to) in pairs {
        for visible in [true, false] {
            let mut input = proposal(&app, to).await;
            input["visibleToManager"] = json!(visible);
            all.push((proposed(&app, from, input).await, from.to_owned(), to.to_owned()));
        }
    }
    for asker in ["emil", "bela", "nora", "nils", "nadia", "sara", "simon", "chris", "adam", "petra"] {
        let client = app.client_of(asker).await;
        for person in ["emil", "bela", "nora", "olga", "sara", "anna"] {
            let id = app.person(person).await;
            for (direction, incoming) in [("INCOMING", true), ("OUTGOING", false)] {
                let found = listed(&client, &id, &format!("direction: {direction}")).await;
                let mut expected = Vec::new();
                for (expectation, from, to) in &all {
                    if (if incoming { to } else { from }) == person && sees(&client, expectation).await {
                        expected.push(expectation.clone());
                    }
                }
                let sorted = |mut ids: Vec<String>| {
                    ids.sort();
                    ids
                };
                assert_eq!(sorted(found), sorted(expected), "{asker} asks for {direction} of {person}");
            }
        }
    }
}

#[tokio::test]
async fn lists_filter_sort_and_page() {
    let app = TestApp::start().await;
    let emil_id = app.person("emil").await;
    let mut ids = Vec::new();
    for (urgency, due) in [("LOW", 5), ("CRITICAL", 9), ("NORMAL", 3), ("CRITICAL", 4), ("HIGH", 7)] {
        let mut input = proposal(&app, "emil").await;
        (input["urgency"], input["dueAt"]) = (json!(urgency), json!(day(&app, due)));
        ids.push(proposed(&app, "nora", input).await);
        app.advance(chrono::TimeDelta::milliseconds(5));
    }
    let emil = app.client_of("emil").await;
    let at = |places: &[usize]| places.iter().map(|place| ids[*place].clone()).collect::<Vec<_>>();
    assert_eq!(listed(&emil, &emil_id, "").await, at(&[2, 3, 0, 4, 1]));
    assert_eq!(listed(&emil, &emil_id, "orderBy: { field: DUE_AT, reversed: true }").await, at(&[1, 4, 0, 3, 2]));
    assert_eq!(listed(&emil, &emil_id, "orderBy: { field: URGENCY }").await, at(&[3, 1, 4, 2, 0]));
    assert_eq!(listed(&emil, &emil_id, "orderBy: { field: URGENCY, reversed: true }").await, at(&[0, 2, 4, 1, 3]));
    assert_eq!(listed(&emil, &emil_id, "orderBy: { field: NEWEST }").await, at(&[4, 3, 2, 1, 0]));
    let urgent = "filter: { urgency: [HIGH, CRITICAL] }";
    assert_eq!(listed(&emil, &emil_id, urgent).await, at(&[3, 4, 1]));
    let soon = format!("filter: {{ dueBefore: \"{}\", state: [PROPOSED] }}", day(&app, 5));
    assert_eq!(listed(&emil, &emil_id, &soon).await, at(&[2, 3]));
    assert!(listed(&emil, &emil_id, "filter: { state: [MET, MISSED] }").await.is_empty());
    let bad = "{ viewer { person { expectations(filter: { state: [] }) { nodes { id } } } } }";
    assert_eq!(emil.query(bad, json!({})).await.code(), "BAD_USER_INPUT");
    for order in ["DUE_AT", "URGENCY", "NEWEST"] {
        for reversed in [false, true] {
            let sorted = format!("orderBy: {{ field: {order}, reversed: {reversed} }}");
            let whole = listed(&emil, &emil_id, &sorted).await;
            for (size, cursor, word, info) in
                [("first", "after", "endCursor", "hasNextPage"), ("last", "before", "startCursor", "hasPreviousPage")]
            {
                let (mut walked, mut place): (Vec<String>, Value) = (Vec::new(), Value::Null);
                loop {
                    let read = format!(
                        "query($place: String) {{ viewer {{ person {{ expectations({sorted}, {size}: 2, {cursor}: $place) {{
                            nodes {{ id }} pageInfo {{ {word} {info} }} }} }} }} }}"
                    );
                    let page = emil.query(&read, json!({ "place": place })).await.data();
                    let page = &page["viewer"]["person"]["expectations"];
                    let found = page["nodes"].as_array().unwrap().iter();
                    let found: Vec<String> = found.map(|node| node["id"].as_str().unwrap().to_owned()).collect();
                    walked = if size == "first" { [walked, found].concat() } else { [found, walked].concat() };
                    place = page["pageInfo"][word].clone();
                    if page["pageInfo"][info] == false {
                        break;
                    }
                    assert!(walked.len() < 10, "{order} {reversed} {size}: it has no end");
                }
                assert_eq!(walked, whole, "{order} {reversed} {size}");
            }
        }
    }
}

#[tokio::test]
async fn the_search_finds_it_for_the_two_alone() {
    let app = TestApp::start().await;
    let mut input = proposal(&app, "emil").await;
    input["what"] = json!("Recalibrate the spectrometer");
    proposed(&app, "bela", input).await;
    let find = "{ search(text: \"spectrometer\") { nodes { ... on Expectation { what } } } }";
    for (person, count) in [("emil", 1), ("bela", 1), ("nora", 0), ("adam", 0), ("ulla", 0)] {
        let found = app.client_of(person).await.data(find).await;
        assert_eq!(found["search"]["nodes"].as_array().unwrap().len(), count, "{person}");
    }
}

#[tokio::test]
async fn nobody_but_the_two_is_told() {
    let app = TestApp::start().await;
    let id = accepted(&app, "bela", "emil", json!({})).await;
    let emil = app.client_of("emil").await;
    emil.query(REPORT, json!({ "input": { "expectation": id } })).await.data();
    for person in ["nora", "nadia", "nils", "adam", "petra"] {
        assert!(super::told(&app, person).await.is_empty(), "{person}");
    }
    let reply = app.client_of("nora").await.query(PROPOSE, json!({ "input": proposal(&app, "emil").await })).await;
    reply.data();
}

//! Clocks that are wrong: set back by an hour, and forward. Nobody comes in who should not, nothing is restored twice,
//! nothing is closed early, and ids stay what they are.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_api::areas::surveys::upkeep;
use serde_json::{Value, json};

use crate::harness::{Role, Survey, TestApp, answers, beginning, draft};

const ME: &str = "{ viewer { person { id } } }";

fn hours(count: i64) -> DateTime<Utc> {
    beginning() + TimeDelta::hours(count)
}

#[tokio::test]
async fn a_token_from_the_future_is_refused_also_when_it_was_known() {
    let app = TestApp::start().await;
    let (used, unused) = (app.client_of("emil").await, app.client_of("emil").await);
    used.data(ME).await;
    app.set_clock(hours(-1));
    for (what, client) in [("a new one", &unused), ("one that was verified before", &used)] {
        let reply = client.query(ME, json!({})).await;
        assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"), "{what}");
    }
    let fresh = app.client_of("emil").await;
    fresh.data(ME).await;
    // Clocks may differ by half a minute.
    app.set_clock(hours(0) - TimeDelta::seconds(30));
    unused.data(ME).await;
    app.set_clock(hours(0) - TimeDelta::seconds(32));
    assert_eq!(unused.query(ME, json!({})).await.code(), "UNAUTHENTICATED");
    app.set_clock(hours(1));
    for client in [&used, &unused, &fresh] {
        client.data(ME).await;
    }
}

#[tokio::test]
async fn a_bucket_is_never_more_than_full_and_nothing_is_restored_twice() {
    const CAPACITY: u64 = 1000;
    let app = TestApp::with(|config| {
        config.graphql.cost_bucket = 1000;
        config.graphql.cost_restored_per_second = 1;
    })
    .await;
    // A token that is taken at all the times below.
    app.set_clock(hours(-2));
    let emil = app.client_of("emil").await;
    let spend = async || {
        let reply = emil.query("{ persons(first: 20) { nodes { id manager { id } } } }", json!({})).await;
        let status = reply.body["extensions"]["cost"]["throttleStatus"].clone();
        assert!(reply.errors().is_empty(), "{}", reply.body);
        assert_eq!(status["maximumAvailable"], CAPACITY);
        status["currentlyAvailable"].as_u64().unwrap()
    };
    app.set_clock(hours(0));
    let first = spend().await;
    let second = spend().await;
    let cost = first - second;
    assert!(cost > 10 && first < CAPACITY);
    // Back: nothing is restored, nothing is taken twice.
    app.set_clock(hours(-1));
    assert_eq!(spend().await, second - cost);
    // Where it was before: what passed twice restores nothing.
    app.set_clock(hours(0));
    assert_eq!(spend().await, second - 2 * cost);
    app.set_clock(hours(0) + TimeDelta::seconds(7));
    assert_eq!(spend().await, second - 3 * cost + 7);
    // Forward: full, and not more.
    app.set_clock(hours(1));
    assert_eq!(spend().await, CAPACITY - cost);
    app.set_clock(hours(0));
    assert_eq!(spend().await, CAPACITY - 2 * cost);
}

async fn state(app: &TestApp, survey: &Survey<'_>) -> Value {
    let read = format!("{{ node(id: \"{}\") {{ ... on Survey {{ state }} }} }}", survey.id);
    app.client(Role::Partner).await.data(&read).await["node"]["state"].clone()
}

#[tokio::test]
async fn a_survey_closes_when_it_is_due_and_not_before_and_stays_closed() {
    let app = TestApp::start().await;
    let mut survey = app.draft(draft()).await;
    let launch = "mutation($survey: ID!, $closesAt: DateTime) {
        surveyLaunch(input: { survey: $survey, closesAt: $closesAt }) {
            survey { waves { nodes { id } } } errors { code } } }";
    let variables = json!({ "survey": survey.id, "closesAt": hours(2).to_rfc3339() });
    let launched = app.client(Role::Partner).await.query(launch, variables).await.data();
    survey.wave = launched["surveyLaunch"]["survey"]["waves"]["nodes"][0]["id"].as_str().map(str::to_owned);
    let db = app.db().await;
    for (hour, person) in [(0, "emil"), (-1, "anna"), (1, "anton"), (0, "arne")] {
        app.set_clock(hours(hour));
        upkeep::look(app.app(), db).await.unwrap();
        assert_eq!(state(&app, &survey).await, "OPEN", "at hour {hour}");
        survey.answer(person, answers(3, 3, 3, None)).await;
    }
    app.set_clock(hours(2));
    upkeep::look(app.app(), db).await.unwrap();
    assert_eq!(state(&app, &survey).await, "CLOSED");
    // Sealed is sealed, whatever the clock says then.
    app.set_clock(hours(1));
    upkeep::look(app.app(), db).await.unwrap();
    assert_eq!(state(&app, &survey).await, "CLOSED");
    let late = survey.try_answer("bela", answers(4, 2, 9, None), None).await;
    assert_eq!(late.refused_at("answersSubmit"), ["WRONG_STATE at invitation"]);
}

#[tokio::test]
async fn ids_made_at_any_time_differ_and_are_found() {
    let app = TestApp::start().await;
    let mut ids = BTreeSet::new();
    for hour in [0, -1, 0, 1, -1, 1, 0] {
        app.set_clock(hours(hour));
        for _ in 0..3 {
            assert!(ids.insert(app.draft(draft()).await.id), "an id came again");
        }
    }
    let partner = app.client(Role::Partner).await;
    let wanted: Vec<&String> = ids.iter().collect();
    let found = partner.query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": wanted })).await.data();
    let found: Vec<&str> = found["nodes"].as_array().unwrap().iter().filter_map(|node| node["id"].as_str()).collect();
    assert_eq!(found, wanted);
    // Pages run through all of them, each once.
    let (mut listed, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = "query($after: String) { surveys(first: 5, after: $after) {
            nodes { id } pageInfo { hasNextPage endCursor } } }";
        let data = partner.query(page, json!({ "after": after })).await.data();
        let nodes = data["surveys"]["nodes"].as_array().unwrap();
        listed.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        if data["surveys"]["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = data["surveys"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(listed.len(), ids.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), ids);
}

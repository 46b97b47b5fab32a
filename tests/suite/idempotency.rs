//! A mutation that is sent again with its key changes nothing twice.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Role, TestApp, draft};

const KEY: &str = "a-key-of-my-own-0001";

/// (document, field, place of the new object's id, input, the same input with something else in it)
async fn cases(app: &TestApp) -> Vec<(&'static str, &'static str, &'static str, Value, Value)> {
    let north = app.team("north").await;
    let (bert, nora) = (app.person("bert").await, app.person("nora").await);
    let talk = |title: &str| {
        json!({ "kind": "TEAM", "title": title, "participants": [bert, nora], "startsOn": "2026-12-01",
                "localTime": "09:00", "idempotencyKey": KEY })
    };
    let cycle = goal_cycle(app).await;
    let mut other_draft = draft();
    other_draft["kind"] = json!("CUSTOM");
    vec![
        (
            "mutation($input: PersonCreateInput!) { personCreate(input: $input) { person { id } errors { code path } } }",
            "personCreate",
            "/personCreate/person/id",
            json!({ "displayName": "Zoe", "email": "zoe@acme.example", "team": north, "idempotencyKey": KEY }),
            json!({ "displayName": "Yan", "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: TeamCreateInput!) { teamCreate(input: $input) { team { id } errors { code path } } }",
            "teamCreate",
            "/teamCreate/team/id",
            json!({ "name": "New", "parent": north, "idempotencyKey": KEY }),
            json!({ "name": "Other", "parent": north, "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: SurveyCreateInput!) { surveyCreate(input: $input) { survey { id } errors { code path } } }",
            "surveyCreate",
            "/surveyCreate/survey/id",
            json!({ "draft": draft(), "idempotencyKey": KEY }),
            json!({ "draft": other_draft, "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) {
                apiToken { id } errors { code path } } }",
            "apiTokenCreate",
            "/apiTokenCreate/apiToken/id",
            json!({ "name": "Payroll", "scopes": ["DIRECTORY_READ"], "idempotencyKey": KEY }),
            json!({ "name": "Other", "scopes": ["DIRECTORY_READ"], "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: ConversationSeriesCreateInput!) { conversationSeriesCreate(input: $input) {
                series { id } errors { code path } } }",
            "conversationSeriesCreate",
            "/conversationSeriesCreate/series/id",
            talk("Once"),
            talk("Other"),
        ),
        (
            "mutation($input: ConversationTemplateCreateInput!) { conversationTemplateCreate(input: $input) {
                template { id } errors { code path } } }",
            "conversationTemplateCreate",
            "/conversationTemplateCreate/template/id",
            json!({ "name": "Once", "sections": [{ "title": "A" }], "idempotencyKey": KEY }),
            json!({ "name": "Other", "sections": [{ "title": "A" }], "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: CalendarFeedCreateInput!) { calendarFeedCreate(input: $input) {
                calendarFeed { id } errors { code path } } }",
            "calendarFeedCreate",
            "/calendarFeedCreate/calendarFeed/id",
            json!({ "name": "Phone", "idempotencyKey": KEY }),
            json!({ "name": "Laptop", "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: GoalCycleCreateInput!) { goalCycleCreate(input: $input) {
                cycle { id } errors { code path } } }",
            "goalCycleCreate",
            "/goalCycleCreate/cycle/id",
            json!({ "name": "First", "startsOn": "2027-01-01", "endsOn": "2027-03-31", "idempotencyKey": KEY }),
            json!({ "name": format!("Second {}", app.clock.now()), "startsOn": "2027-01-01", "endsOn": "2027-03-31",
                "idempotencyKey": KEY }),
        ),
        (
            "mutation($input: GoalCreateInput!) { goalCreate(input: $input) { goal { id } errors { code path } } }",
            "goalCreate",
            "/goalCreate/goal/id",
            json!({ "cycle": cycle, "level": "ORGANIZATION", "title": "Goal", "idempotencyKey": KEY }),
            json!({ "cycle": cycle, "level": "ORGANIZATION", "title": "Other", "idempotencyKey": KEY }),
        ),
    ]
}

/// An open cycle of acme.
async fn goal_cycle(app: &TestApp) -> String {
    let admin = app.client(Role::Admin).await;
    let all = admin.data("{ goalCycles(state: OPEN) { nodes { id } } }").await;
    if let Some(id) = all["goalCycles"]["nodes"][0]["id"].as_str() {
        return id.to_owned();
    }
    let create = "mutation { goalCycleCreate(input: { name: \"Now\", startsOn: \"2026-10-01\", endsOn: \"2026-12-31\",
        open: true }) { cycle { id } errors { code } } }";
    admin.data(create).await["goalCycleCreate"]["cycle"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_same_request_again_is_answered_as_before() {
    let app = TestApp::start().await;
    let (admin, alice) = (app.client(Role::Admin).await, app.client_of("alice").await);
    for (document, field, at, input, other) in cases(&app).await {
        let id = |data: &Value| data.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        let first = admin.query(document, json!({ "input": input })).await.data();
        assert!(!id(&first).is_empty());
        for _ in 0..2 {
            let again = admin.query(document, json!({ "input": input })).await;
            assert_eq!(id(&again.data()), id(&first), "{field}");
        }
        let conflict = admin.query(document, json!({ "input": other })).await;
        assert_eq!(conflict.code(), "IDEMPOTENCY_CONFLICT", "{field}");
        // The key of one asker says nothing to another.
        let theirs = alice.query(document, json!({ "input": other })).await.data();
        assert_ne!(id(&theirs), id(&first), "{field}");
        let mut short = input.clone();
        short["idempotencyKey"] = json!("short");
        let refused = admin.query(document, json!({ "input": short })).await;
        assert_eq!(refused.refused_at(field), ["INVALID at idempotencyKey"]);
    }
    app.advance(TimeDelta::hours(25));
    for (document, field, at, _, other) in cases(&app).await {
        let anew = admin.query(document, json!({ "input": other })).await.data();
        assert!(anew.pointer(at).is_some_and(Value::is_string), "{field}: a key lives for a day");
    }
}

#[tokio::test]
async fn of_many_at_once_one_changes_something() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let create =
        "mutation($input: TeamCreateInput!) { teamCreate(input: $input) { team { id } errors { code path } } }";
    let input = json!({ "name": "Once", "parent": app.team("north").await, "idempotencyKey": KEY });
    let calls = (0..6).map(|_| {
        let (client, input) = (admin.clone(), input.clone());
        async move { client.query(create, json!({ "input": input })).await }
    });
    let replies = futures_util::future::join_all(calls).await;
    for reply in &replies {
        assert!(reply.errors().is_empty() || reply.code() == "CONFLICT", "{}", reply.body);
    }
    let teams = admin.data("{ teams(first: 100) { nodes { name } } }").await;
    let same = teams["teams"]["nodes"].as_array().unwrap().iter().filter(|team| team["name"] == "Once").count();
    assert_eq!(same, 1);
}

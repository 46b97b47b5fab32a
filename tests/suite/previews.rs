//! What a survey could ever show, told before it is launched.

use std::fmt::Write as _;

use serde_json::json;

use crate::harness::{Role, TestApp, draft};

#[tokio::test]
async fn the_preview_tells_what_could_be_shown() {
    let app = TestApp::start().await;
    let mut plan = draft();
    plan["notice"]["minimumGroup"] = json!(7);
    let survey = app.draft(plan).await;
    let read = format!(
        "{{ node(id: \"{}\") {{ ... on Survey {{ planPreview {{ minimumGroup respondents shownCount hiddenCount
            cuts(first: 100) {{ nodes {{ name shown reason }} }} }} }} }} }}",
        survey.id
    );
    let seen = app.client(Role::Partner).await.data(&read).await;
    let plan = &seen["node"]["planPreview"];
    assert_eq!((&plan["minimumGroup"], &plan["respondents"]), (&json!(7), &json!(33)));
    let cuts = plan["cuts"]["nodes"].as_array().unwrap();
    assert_eq!(cuts.len(), 12, "everybody, nine teams, two sites");
    for cut in cuts {
        assert_eq!(cut["shown"].as_bool().unwrap(), cut["reason"].is_null(), "{cut}");
        let name = cut["name"].as_str().unwrap();
        if name.ends_with(" A") || name.ends_with(" B") {
            assert_eq!(cut["reason"], "BELOW_MINIMUM", "{name} has six members");
        }
    }
}

#[tokio::test]
async fn however_many_fields_ask_a_plan_is_computed_once() {
    let app = TestApp::start().await;
    let survey = app.draft(draft()).await;
    let mut fields = String::new();
    for at in 0..30 {
        let _ = write!(fields, "plan{at}: planPreview {{ shownCount rank }} ");
    }
    let read = format!("{{ node(id: \"{}\") {{ ... on Survey {{ {fields} }} }} }}", survey.id);
    let partner = app.client(Role::Partner).await;
    let seen = partner.data(&read).await;
    assert_eq!(seen["node"]["plan0"]["rank"], 6);
    assert_eq!(seen["node"]["plan29"], seen["node"]["plan0"]);
    assert_eq!(app.app().plan_previews.computed(), 1);
    // Somebody who joins changes what could be shown, at once.
    let create = "mutation($team: ID!) { personCreate(input: { displayName: \"Zoe\", team: $team }) {
        person { id } errors { code } } }";
    app.client(Role::Admin).await.query(create, json!({ "team": app.team("north-a").await })).await.data();
    let respondents =
        format!("{{ node(id: \"{}\") {{ ... on Survey {{ planPreview {{ respondents }} }} }} }}", survey.id);
    assert_eq!(partner.data(&respondents).await["node"]["planPreview"]["respondents"], 34);
    assert_eq!(app.app().plan_previews.computed(), 2);
}

#[tokio::test]
async fn one_plan_is_computed_at_a_time() {
    let app = TestApp::start().await;
    let survey = app.draft(draft()).await;
    let read = format!("{{ node(id: \"{}\") {{ ... on Survey {{ planPreview {{ shownCount }} }} }} }}", survey.id);
    let partner = app.client(Role::Partner).await;
    let turn = app.app().plan_previews.turn().await.unwrap();
    let busy = partner.query(&read, json!({})).await;
    assert_eq!(busy.code(), "UNAVAILABLE", "{}", busy.body);
    assert_eq!(app.app().plan_previews.computed(), 0);
    drop(turn);
    partner.data(&read).await;
    assert_eq!(app.app().plan_previews.computed(), 1);
}

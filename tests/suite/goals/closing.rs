//! The end of goals and cycles: scores, giving up, opening again, rolling over.

use serde_json::{Value, json};

use super::{align, change, check_in, create, cycle, goal, metric, numbers, seen, text};
use crate::harness::{Role, TestApp};

#[tokio::test]
async fn a_goal_is_closed_with_the_suggested_score_or_with_a_reason() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let emil = app.client_of("emil").await;
    let close = async |goal: &str, more: Value| {
        let mut input = json!({ "goal": goal });
        super::merge(&mut input, more);
        change(&emil, "goalClose", "goal { state score scoreHealth scoreNote suggestedScore }", input).await
    };
    let own = goal(&app, "emil", &q4, json!({})).await;
    assert_eq!(close(&own, json!({})).await.refused_at("goalClose"), ["REQUIRED at score"], "nothing tells");
    check_in(&app, "emil", &own, json!({ "progress": 0.704 })).await.data();
    for (more, place) in [
        (json!({ "score": 0.5 }), "REQUIRED at note"),
        (json!({ "score": 1.5, "note": "why" }), "INVALID at score"),
        (json!({ "score": 0.5, "note": "x".repeat(2_001) }), "TOO_LONG at note"),
    ] {
        assert_eq!(close(&own, more).await.refused_at("goalClose"), [place]);
    }
    let closed = close(&own, json!({})).await.data();
    let expected =
        json!({ "state": "CLOSED", "score": 0.7, "scoreHealth": "HEALTHY", "scoreNote": null, "suggestedScore": 0.7 });
    assert_eq!(closed["goalClose"]["goal"], expected);
    assert_eq!(close(&own, json!({})).await.refused_at("goalClose"), ["WRONG_STATE at goal"]);
    for (mutation, input) in [
        ("goalCheckIn", json!({ "goal": own, "confidence": "ON_TRACK", "confidenceScore": 1 })),
        ("goalUpdate", json!({ "goal": own, "title": "Other" })),
        ("keyResultCreate", json!({ "goal": own, "keyResult": metric(0.0, 1.0, 1) })),
        ("goalAlign", json!({ "goal": own, "supports": { "goal": own } })),
    ] {
        let refused = change(&emil, mutation, "__typename", input).await;
        assert_eq!(refused.refused_at(mutation), ["WRONG_STATE at goal"], "{mutation}");
    }
    change(&emil, "goalReopen", "goal { id }", json!({ "goal": own })).await.data();
    assert_eq!(
        change(&emil, "goalReopen", "goal { id }", json!({ "goal": own })).await.refusals("goalReopen"),
        ["WRONG_STATE"]
    );
    assert_eq!(seen(&app, "emil", &own).await["score"], Value::Null);
    let low = close(&own, json!({ "score": 0.3, "note": "The market was against us" })).await.data();
    assert_eq!(low["goalClose"]["goal"]["scoreHealth"], "LOW");
}

#[tokio::test]
async fn what_is_given_up_counts_nowhere_until_it_is_opened_again() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let petra = app.client_of("petra").await;
    let top = goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION" })).await;
    for share in [0.2, 0.6] {
        let child =
            goal(&app, "petra", &q4, json!({ "level": "ORGANIZATION", "title": format!("Child {share}") })).await;
        align(&app, "petra", &child, &top, 100).await.data();
        check_in(&app, "petra", &child, json!({ "progress": share })).await.data();
        if share > 0.5 {
            assert_eq!(seen(&app, "petra", &top).await["progress"], json!(0.4));
            change(&petra, "goalArchive", "goal { id }", json!({ "goal": child })).await.data();
            assert_eq!(seen(&app, "petra", &top).await["progress"], json!(0.2));
            let again = change(&petra, "goalArchive", "goal { id }", json!({ "goal": child })).await;
            assert_eq!(again.refused_at("goalArchive"), ["ALREADY_DONE at goal"]);
            let found = petra.data("{ search(text: \"child\") { nodes { id } } }").await;
            assert_eq!(found["search"]["nodes"].as_array().unwrap().len(), 1, "what was given up is not found");
            change(&petra, "goalReopen", "goal { id }", json!({ "goal": child })).await.data();
            assert_eq!(seen(&app, "petra", &top).await["progress"], json!(0.4));
        }
    }
}

#[tokio::test]
async fn a_cycle_is_closed_with_a_score_for_every_goal() {
    let app = TestApp::start().await;
    let q4 = cycle(&app, "Q4").await;
    let petra = app.client_of("petra").await;
    let mut goals = Vec::new();
    for share in [0.65, 0.2, 0.9] {
        let id = goal(&app, "emil", &q4, json!({})).await;
        check_in(&app, "emil", &id, json!({ "progress": share })).await.data();
        goals.push(id);
    }
    let silent = goal(&app, "emil", &q4, json!({})).await;
    let secret = goal(&app, "emil", &q4, json!({ "visibility": "PRIVATE" })).await;
    check_in(&app, "emil", &secret, json!({ "progress": 0.455 })).await.data();
    let close = async |scores: Value| {
        let input = json!({ "cycle": q4, "scores": scores });
        change(&petra, "goalCycleClose", "cycle { state }", input).await
    };
    let refused = close(json!([
        { "goal": goals[0], "score": 0.1 }, { "goal": secret, "score": 0.1, "note": "why" },
        { "goal": goals[1], "score": 0.1, "note": "a" }, { "goal": goals[1], "score": 0.1, "note": "b" },
    ]))
    .await;
    let places = ["REQUIRED at scores.0.note", "NOT_FOUND at scores.1.goal", "INVALID at scores.3.goal"];
    assert_eq!(refused.refused_at("goalCycleClose"), places);
    assert_eq!(seen(&app, "emil", &goals[0]).await["state"], "OPEN", "nothing half done");
    let closed =
        close(json!([{ "goal": goals[1], "score": 0.5, "note": "Half of it was decided elsewhere" }])).await.data();
    assert_eq!(closed["goalCycleClose"]["cycle"]["state"], "CLOSED");
    for (goal, score, health) in [
        (&goals[0], json!(0.65), json!("HEALTHY")),
        (&goals[1], json!(0.5), json!("LOW")),
        (&goals[2], json!(0.9), json!("HIGH")),
        (&secret, json!(0.46), json!("LOW")),
        (&silent, Value::Null, Value::Null),
    ] {
        let stands = seen(&app, "emil", goal).await;
        assert_eq!((&stands["state"], &stands["score"], &stands["scoreHealth"]), (&json!("CLOSED"), &score, &health));
    }
    assert_eq!(close(json!([])).await.refused_at("goalCycleClose"), ["WRONG_STATE at cycle"]);
    let emil = app.client_of("emil").await;
    let reopened = change(&emil, "goalReopen", "goal { id }", json!({ "goal": silent })).await;
    assert_eq!(reopened.refused_at("goalReopen"), ["WRONG_STATE at goal"]);
    assert_eq!(create(&app, "emil", &q4, json!({})).await.refused_at("goalCreate"), ["WRONG_STATE at cycle"]);
    let said = check_in(&app, "emil", &goals[0], json!({})).await;
    assert_eq!(said.refused_at("goalCheckIn"), ["WRONG_STATE at goal"]);
    let told = emil.data("{ viewer { notifications { nodes { kind subject { ... on GoalCycle { name } } } } } }").await;
    assert_eq!(
        told["viewer"]["notifications"]["nodes"][0],
        json!({ "kind": "GOAL_CYCLE_CLOSED", "subject": { "name": "Q4" } })
    );
}

#[tokio::test]
async fn cycles_are_managed_by_office_and_checked() {
    let app = TestApp::start().await;
    let (adam, emil) = (app.client_of("adam").await, app.client_of("emil").await);
    let plan = |name: &str, from: &str, to: &str| json!({ "name": name, "startsOn": from, "endsOn": to });
    for (client, code) in [
        (&emil, "FORBIDDEN"),
        (&app.client_of("paula").await, "FORBIDDEN"),
        (&app.client(Role::FullToken).await, "FORBIDDEN"),
    ] {
        let refused = change(client, "goalCycleCreate", "cycle { id }", plan("Q1", "2027-01-01", "2027-03-31")).await;
        assert_eq!(refused.code(), code);
    }
    let made =
        change(&adam, "goalCycleCreate", "cycle { id state }", plan("Q1", "2027-01-01", "2027-03-31")).await.data();
    let q1 = text(&made["goalCycleCreate"]["cycle"]["id"]);
    assert_eq!(made["goalCycleCreate"]["cycle"]["state"], "PLANNED");
    for (input, place) in [
        (plan("Q1", "2027-01-01", "2027-03-31"), "TAKEN at name"),
        (plan(" ", "2027-01-01", "2027-03-31"), "REQUIRED at name"),
        (plan("Q2", "2027-01-01", "2027-01-01"), "INVALID at endsOn"),
        (plan("Q2", "2027-01-01", "2037-01-01"), "INVALID at endsOn"),
    ] {
        let refused = change(&adam, "goalCycleCreate", "cycle { id }", input).await;
        assert_eq!(refused.refused_at("goalCycleCreate"), [place]);
    }
    let own = goal(&app, "emil", &q1, json!({})).await;
    assert_eq!(check_in(&app, "emil", &own, json!({})).await.refused_at("goalCheckIn"), ["WRONG_STATE at goal"]);
    let close = change(&adam, "goalCycleClose", "cycle { id }", json!({ "cycle": q1 })).await;
    assert_eq!(close.refused_at("goalCycleClose"), ["WRONG_STATE at cycle"]);
    change(&adam, "goalCycleUpdate", "cycle { id }", json!({ "cycle": q1, "open": true, "name": "First" }))
        .await
        .data();
    check_in(&app, "emil", &own, json!({})).await.data();
    let listed = emil.data("{ goalCycles { totalCount nodes { name state startsOn } } open: goalCycles(state: PLANNED) { nodes { id } } }").await;
    let first = json!({ "name": "First", "state": "OPEN", "startsOn": "2027-01-01" });
    assert_eq!(listed, json!({ "goalCycles": { "totalCount": 1, "nodes": [first] }, "open": { "nodes": [] } }));
}

#[tokio::test]
async fn a_goal_is_rolled_over_begun_anew_and_knows_where_it_came_from() {
    let app = TestApp::start().await;
    let (q4, q5) = (cycle(&app, "Q4").await, cycle(&app, "Q5").await);
    let emil = app.client_of("emil").await;
    let mut watched = metric(0.0, 100.0, 50);
    watched["keepsCurrent"] = json!(true);
    let steps = json!({ "title": "Steps", "measure": { "milestones": [{ "title": "One", "done": true }] } });
    let more =
        json!({ "visibility": "TEAM", "description": "Why", "keyResults": [metric(0.0, 10.0, 50), watched, steps] });
    let own = create(&app, "emil", &q4, more).await.data()["goalCreate"]["goal"].clone();
    check_in(&app, "emil", &text(&own["id"]), numbers(&own, &[5.0, 40.0])).await.data();
    let roll = |cycle: &str| json!({ "goal": own["id"], "cycle": cycle });
    let fields = "goal { id visibility description progress origin { id } checkIns { nodes { id } } cycle { name }
        keyResults { weight current progress progressSource done milestones { done } keepsCurrent } }";
    assert_eq!(change(&emil, "goalRollOver", fields, roll(&q4)).await.refused_at("goalRollOver"), ["INVALID at cycle"]);
    let rolled = change(&emil, "goalRollOver", fields, roll(&q5)).await.data()["goalRollOver"]["goal"].clone();
    assert_eq!((&rolled["origin"]["id"], &rolled["cycle"]["name"]), (&own["id"], &json!("Q5")));
    assert_eq!((&rolled["visibility"], &rolled["description"]), (&json!("TEAM"), &json!("Why")));
    let stands: Vec<_> = rolled["keyResults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["current"].clone(), part["progress"].clone()))
        .collect();
    assert_eq!(stands, [(json!(0.0), json!(0.0)), (json!(40.0), json!(0.4)), (Value::Null, json!(0.0))]);
    assert_eq!(rolled["keyResults"][2]["milestones"], json!([{ "done": false }]));
    assert_eq!(rolled["checkIns"]["nodes"], json!([]));
    assert_eq!(
        change(&emil, "goalRollOver", fields, roll(&q5)).await.refused_at("goalRollOver"),
        ["ALREADY_DONE at cycle"]
    );
    assert_eq!(seen(&app, "emil", &text(&own["id"])).await["state"], "OPEN", "the old one stays as it is");
    let anna = change(&app.client_of("anna").await, "goalRollOver", fields, roll(&q5)).await;
    assert_eq!(anna.code(), "FORBIDDEN");
}

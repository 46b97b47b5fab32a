//! The moves of an expectation, over HTTP: all of them, all refusals, and two at once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{JUDGE, PROPOSE, REPORT, RESPOND, WITHDRAW, accepted, day, judge, proposal, proposed, respond, told};
use crate::harness::{Role, TestApp};

#[tokio::test]
async fn from_a_proposal_to_a_thank_you() {
    let app = TestApp::start().await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let id = proposed(&app, "nora", proposal(&app, "emil").await).await;
    assert_eq!(told(&app, "emil").await, ["EXPECTATION_PROPOSED"]);
    assert!(told(&app, "nora").await.is_empty(), "nobody is told what they did");
    let counter = json!({ "response": "COUNTER", "reason": "Two are all I can do", "counter": { "amount": 5 } });
    let reply = respond(&emil, &id, counter).await.data();
    let now = &reply["expectationRespond"]["expectation"];
    assert_eq!((&now["state"], &now["amount"]), (&json!("NEGOTIATED"), &json!(5)));
    assert_eq!(now["awaits"]["displayName"], "Nora Acmeson");
    // Nobody negotiates with oneself.
    for response in ["ACCEPT", "COUNTER", "DECLINE"] {
        let counter = (response == "COUNTER").then(|| json!({ "amount": 6 }));
        let answer = json!({ "response": response, "reason": "Still", "counter": counter });
        let reply = respond(&emil, &id, answer).await;
        assert_eq!(reply.refused_at("expectationRespond"), ["WRONG_STATE at expectation"], "{response}");
    }
    let later = json!({ "response": "COUNTER", "reason": "Then later", "counter": { "dueAt": day(&app, 12) } });
    respond(&nora, &id, later).await.data();
    respond(&emil, &id, json!({ "response": "ACCEPT" })).await.data();
    let report = json!({ "expectation": id, "note": "All three are in the folder" });
    let done = emil.query(REPORT, json!({ "input": report })).await.data();
    assert!(done["expectationReport"]["expectation"]["reportedAt"].is_string());
    let again = emil.query(REPORT, json!({ "input": report })).await;
    assert_eq!(again.refused_at("expectationReport"), ["ALREADY_DONE at expectation"]);
    let judged = judge(&nora, &id, "EXCEEDED").await.data();
    assert_eq!(judged["expectationJudge"]["expectation"], json!({ "state": "EXCEEDED", "suggestsRecognition": true }));
    assert_eq!(told(&app, "emil").await, ["EXPECTATION_EXCEEDED", "EXPECTATION_NEGOTIATED", "EXPECTATION_PROPOSED"]);
    assert_eq!(told(&app, "nora").await, ["EXPECTATION_ACCEPTED", "EXPECTATION_NEGOTIATED", "EXPECTATION_REPORTED"]);
    let read = format!(
        "{{ node(id: \"{id}\") {{ ... on Expectation {{ history {{ kind by {{ displayName }} reason amount dueAt }}
            suggestsRecognition }} }} }}"
    );
    let history = emil.data(&read).await;
    let steps = history["node"]["history"].as_array().unwrap();
    let kinds: Vec<&str> = steps.iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["PROPOSE", "COUNTER", "COUNTER", "ACCEPT", "REPORT", "EXCEED"]);
    let amounts: Vec<i64> = steps.iter().map(|step| step["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [8, 5, 5, 5, 5, 5]);
    assert_eq!(steps[1]["reason"], "Two are all I can do");
    assert_eq!(steps[2]["dueAt"], json!(day(&app, 12)));
    assert_eq!(history["node"]["suggestsRecognition"], false, "whoever met it thanks nobody for it");
    app.advance(TimeDelta::days(31));
    let later = app.client_of("nora").await.data(&read).await;
    assert_eq!(later["node"]["suggestsRecognition"], false);
}

#[tokio::test]
async fn what_cannot_be_proposed_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let good = proposal(&app, "anna").await;
    let with = |key: &str, value: Value| {
        let mut input = good.clone();
        input[key] = value;
        input
    };
    let nobody = "per_01k00000000000000000000000";
    let cases = [
        (with("to", json!(app.person("emil").await)), vec!["INVALID at to"]),
        (with("to", json!(nobody)), vec!["NOT_FOUND at to"]),
        (with("to", json!("me")), vec!["INVALID at to"]),
        (with("to", json!(app.person("gone").await)), vec!["NOT_FOUND at to"]),
        (with("to", json!(app.person("ulla").await)), vec!["NOT_FOUND at to"]),
        (with("what", json!(" ")), vec!["REQUIRED at what"]),
        (with("what", json!("x".repeat(501))), vec!["TOO_LONG at what"]),
        (with("amount", json!(0)), vec!["INVALID at amount"]),
        (with("amount", json!(100_001)), vec!["INVALID at amount"]),
        (with("dueAt", json!("2026-11-22")), vec!["INVALID at dueAt"]),
        (with("dueAt", json!("2028-11-24")), vec!["INVALID at dueAt"]),
        (with("background", json!("x".repeat(2_001))), vec!["TOO_LONG at background"]),
        (with("idempotencyKey", json!("short")), vec!["INVALID at idempotencyKey"]),
        (
            json!({ "to": nobody, "what": "", "amount": -1, "unit": "DAYS", "dueAt": "2020-01-01" }),
            vec!["NOT_FOUND at to", "REQUIRED at what", "INVALID at amount", "INVALID at dueAt"],
        ),
    ];
    for (input, expected) in cases {
        let reply = emil.query(PROPOSE, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("expectationPropose"), expected, "{}", reply.body);
        assert!(reply.body["data"]["expectationPropose"]["expectation"].is_null());
    }
    // An admin sees who has left, and is told so. An owner sees nobody who leads nothing.
    let gone = with("to", json!(app.person("gone").await));
    let reply = app.client(Role::Admin).await.query(PROPOSE, json!({ "input": gone })).await;
    assert_eq!(reply.refused_at("expectationPropose"), ["WRONG_STATE at to"]);
    let reply = app.client(Role::Executive).await.query(PROPOSE, json!({ "input": good })).await;
    assert_eq!(reply.refused_at("expectationPropose"), ["NOT_FOUND at to"]);
    for role in [Role::FullToken, Role::BareToken] {
        let reply = app.client(role).await.query(PROPOSE, json!({ "input": good })).await;
        assert_eq!(reply.refusals("expectationPropose"), ["FORBIDDEN"]);
    }
    let nothing = emil.data("{ viewer { person { expectations(direction: OUTGOING) { nodes { id } } } } }").await;
    assert_eq!(nothing["viewer"]["person"]["expectations"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_retry_proposes_nothing_twice() {
    let app = TestApp::start().await;
    let nora = app.client_of("nora").await;
    let mut input = proposal(&app, "emil").await;
    input["idempotencyKey"] = json!("once-and-no-more");
    let first = nora.query(PROPOSE, json!({ "input": input })).await.data();
    let second = nora.query(PROPOSE, json!({ "input": input })).await.data();
    assert_eq!(first, second);
    assert_eq!(told(&app, "emil").await.len(), 1);
    input["amount"] = json!(9);
    assert_eq!(nora.query(PROPOSE, json!({ "input": input })).await.code(), "IDEMPOTENCY_CONFLICT");
}

#[tokio::test]
async fn each_side_makes_its_own_moves_and_gives_its_reasons() {
    let app = TestApp::start().await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let id = proposed(&app, "nora", proposal(&app, "emil").await).await;
    for (answer, expected) in [
        (json!({ "response": "DECLINE" }), vec!["REQUIRED at reason"]),
        (json!({ "response": "DECLINE", "reason": " " }), vec!["REQUIRED at reason"]),
        (json!({ "response": "COUNTER" }), vec!["REQUIRED at reason", "REQUIRED at counter"]),
        (json!({ "response": "COUNTER", "reason": "No", "counter": {} }), vec!["REQUIRED at counter"]),
        (json!({ "response": "COUNTER", "reason": "No", "counter": { "amount": 8 } }), vec!["INVALID at counter"]),
        (
            json!({ "response": "COUNTER", "reason": "No", "counter": { "amount": 0, "dueAt": "2026-01-01" } }),
            vec!["INVALID at counter.amount", "INVALID at counter.dueAt"],
        ),
        (json!({ "response": "ACCEPT", "counter": { "amount": 9 } }), vec!["INVALID at counter"]),
        (json!({ "response": "DECLINE", "reason": "x".repeat(2_001) }), vec!["TOO_LONG at reason"]),
    ] {
        let reply = respond(&emil, &id, answer).await;
        assert_eq!(reply.refused_at("expectationRespond"), expected, "{}", reply.body);
    }
    let own = respond(&nora, &id, json!({ "response": "ACCEPT" })).await;
    assert_eq!(own.refused_at("expectationRespond"), ["WRONG_STATE at expectation"]);
    let early = emil.query(REPORT, json!({ "input": { "expectation": id } })).await;
    assert_eq!(early.refused_at("expectationReport"), ["WRONG_STATE at expectation"]);
    let theirs = emil.query(WITHDRAW, json!({ "input": { "expectation": id } })).await;
    assert_eq!(theirs.refused_at("expectationWithdraw"), ["FORBIDDEN at expectation"]);
    assert_eq!(judge(&nora, &id, "MET").await.refused_at("expectationJudge"), ["WRONG_STATE at expectation"]);
    respond(&emil, &id, json!({ "response": "ACCEPT" })).await.data();
    assert_eq!(judge(&emil, &id, "MET").await.refused_at("expectationJudge"), ["FORBIDDEN at expectation"]);
    let missed = judge(&nora, &id, "MISSED").await;
    assert_eq!(missed.refused_at("expectationJudge"), ["WRONG_STATE at expectation"], "there is time left");
    app.advance(TimeDelta::days(11));
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let read =
        format!("{{ node(id: \"{id}\") {{ ... on Expectation {{ overdue viewerCan {{ report judge respond }} }} }} }}");
    let now = emil.data(&read).await;
    assert_eq!(now["node"]["overdue"], true);
    assert_eq!(now["node"]["viewerCan"], json!({ "report": true, "judge": false, "respond": false }));
    judge(&nora, &id, "MISSED").await.data();
    for again in ["MET", "MISSED"] {
        assert_eq!(judge(&nora, &id, again).await.refused_at("expectationJudge"), ["WRONG_STATE at expectation"]);
    }
    let withdrawn = nora.query(WITHDRAW, json!({ "input": { "expectation": id } })).await;
    assert_eq!(withdrawn.refused_at("expectationWithdraw"), ["WRONG_STATE at expectation"]);
}

#[tokio::test]
async fn what_is_declined_or_withdrawn_is_over() {
    let app = TestApp::start().await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let declined = proposed(&app, "nora", proposal(&app, "emil").await).await;
    respond(&emil, &declined, json!({ "response": "DECLINE", "reason": "The fair is cancelled" })).await.data();
    let withdrawn = proposed(&app, "nora", proposal(&app, "emil").await).await;
    nora.query(WITHDRAW, json!({ "input": { "expectation": withdrawn } })).await.data();
    assert!(told(&app, "emil").await.contains(&"EXPECTATION_WITHDRAWN".to_owned()));
    for id in [declined, withdrawn] {
        let reply = respond(&emil, &id, json!({ "response": "ACCEPT" })).await;
        assert_eq!(reply.refused_at("expectationRespond"), ["WRONG_STATE at expectation"]);
    }
}

#[tokio::test]
async fn a_stale_proposal_needs_a_later_day() {
    let app = TestApp::start().await;
    let id = proposed(&app, "nora", proposal(&app, "emil").await).await;
    app.advance(TimeDelta::days(11));
    let emil = app.client_of("emil").await;
    let late = respond(&emil, &id, json!({ "response": "ACCEPT" })).await;
    assert_eq!(late.refused_at("expectationRespond"), ["WRONG_STATE at expectation"]);
    let same = json!({ "response": "COUNTER", "reason": "Less", "counter": { "amount": 2 } });
    assert_eq!(respond(&emil, &id, same).await.refused_at("expectationRespond"), ["INVALID at counter.dueAt"]);
    let counter = json!({ "response": "COUNTER", "reason": "I was ill", "counter": { "dueAt": day(&app, 5) } });
    respond(&emil, &id, counter).await.data();
    respond(&app.client_of("nora").await, &id, json!({ "response": "ACCEPT" })).await.data();
}

#[tokio::test]
async fn when_who_expected_it_has_left_the_other_side_can_put_it_away() {
    let app = TestApp::start().await;
    let id = accepted(&app, "anna", "emil", json!({})).await;
    let emil = app.client_of("emil").await;
    let withdraw = json!({ "input": { "expectation": id, "reason": "Anna is gone" } });
    assert_eq!(emil.query(WITHDRAW, withdraw.clone()).await.refusals("expectationWithdraw"), ["FORBIDDEN"]);
    let leave = "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-20\" }) {
        errors { code message } } }";
    app.client(Role::Admin).await.query(leave, json!({ "id": app.person("anna").await })).await.data();
    let done = emil.query(WITHDRAW, withdraw).await.data();
    assert_eq!(done["expectationWithdraw"]["expectation"]["state"], "WITHDRAWN");
}

#[tokio::test]
async fn of_two_moves_at_once_one_wins() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    for round in 0..6 {
        let id = proposed(&app, "nora", proposal(&app, "emil").await).await;
        let accept = respond(&emil, &id, json!({ "response": "ACCEPT" }));
        let decline = respond(&emil, &id, json!({ "response": "DECLINE", "reason": "No time" }));
        let counter =
            respond(&emil, &id, json!({ "response": "COUNTER", "reason": "Less", "counter": { "amount": 2 } }));
        let replies = futures_util::future::join_all(vec![
            Box::pin(accept) as std::pin::Pin<Box<dyn Future<Output = _>>>,
            Box::pin(decline),
            Box::pin(counter),
        ])
        .await;
        let refused: Vec<String> =
            replies.iter().flat_map(|reply: &crate::harness::Reply| reply.refused_at("expectationRespond")).collect();
        assert_eq!(refused, vec!["WRONG_STATE at expectation"; 2], "round {round}");
        let read = format!("{{ node(id: \"{id}\") {{ ... on Expectation {{ state history {{ kind }} }} }} }}");
        let now = emil.data(&read).await;
        assert_eq!(now["node"]["history"].as_array().unwrap().len(), 2, "{now}");
    }
    let id = accepted(&app, "nora", "emil", json!({})).await;
    let nora = app.client_of("nora").await;
    let verdicts = ["MET", "EXCEEDED", "MET"].map(|outcome| judge(&nora, &id, outcome));
    let replies = futures_util::future::join_all(verdicts).await;
    let refused = replies.iter().filter(|reply| reply.refusals("expectationJudge") == ["WRONG_STATE"]).count();
    assert_eq!(refused, 2);
    let met = told(&app, "emil").await;
    assert_eq!(met.iter().filter(|kind| *kind == "EXPECTATION_MET" || *kind == "EXPECTATION_EXCEEDED").count(), 1);
}

#[tokio::test]
async fn what_was_refused_left_nothing_behind() {
    let app = TestApp::start().await;
    let id = accepted(&app, "nora", "emil", json!({})).await;
    let before = told(&app, "nora").await;
    let emil = app.client_of("emil").await;
    for (document, field) in [(RESPOND, "expectationRespond"), (JUDGE, "expectationJudge")] {
        let input = match field {
            "expectationRespond" => json!({ "expectation": id, "response": "ACCEPT" }),
            _ => json!({ "expectation": id, "outcome": "MET" }),
        };
        assert_eq!(emil.query(document, json!({ "input": input })).await.refusals(field).len(), 1);
    }
    assert_eq!(told(&app, "nora").await, before);
    let read = format!("{{ node(id: \"{id}\") {{ ... on Expectation {{ state history {{ kind }} }} }} }}");
    assert_eq!(emil.data(&read).await["node"]["history"].as_array().unwrap().len(), 2);
}

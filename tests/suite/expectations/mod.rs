//! Expectations: proposed, negotiated, judged; who sees them; what they add up to; what they do by themselves.

mod loads;
mod moves;
mod privacy;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestApp};

pub const PROPOSE: &str = "mutation($input: ExpectationProposeInput!) { expectationPropose(input: $input) {
    expectation { id state what amount unit dueAt urgency visibleToManager awaits { displayName } }
    warnings { message } errors { code message path } } }";
pub const RESPOND: &str = "mutation($input: ExpectationRespondInput!) { expectationRespond(input: $input) {
    expectation { state what amount unit dueAt awaits { displayName } }
    warnings { startsOn acceptedMinutes capacityMinutes message } errors { code message path } } }";
pub const WITHDRAW: &str = "mutation($input: ExpectationWithdrawInput!) { expectationWithdraw(input: $input) {
    expectation { state } errors { code message path } } }";
pub const REPORT: &str = "mutation($input: ExpectationReportInput!) { expectationReport(input: $input) {
    expectation { state reportedAt overdue } errors { code message path } } }";
pub const JUDGE: &str = "mutation($input: ExpectationJudgeInput!) { expectationJudge(input: $input) {
    expectation { state suggestsRecognition } errors { code message path } } }";
pub const NOTICES: &str =
    "{ viewer { notifications(unseen: true) { nodes { kind subject { ... on Node { id } } } } } }";

/// A day of the test, counted from its beginning.
pub fn day(app: &TestApp, days: u64) -> NaiveDate {
    app.clock.today().checked_add_days(Days::new(days)).unwrap()
}

/// What nora expects of somebody, unless a test says otherwise.
pub async fn proposal(app: &TestApp, to: &str) -> Value {
    json!({
        "to": app.person(to).await, "what": "Three quotes for the Berlin fair", "amount": 8, "unit": "HOURS",
        "dueAt": day(app, 10), "background": "The fair decides the quarter.",
    })
}

/// Proposes something as somebody, and returns its id.
pub async fn proposed(app: &TestApp, from: &str, input: Value) -> String {
    let reply = app.client_of(from).await.query(PROPOSE, json!({ "input": input })).await.data();
    reply["expectationPropose"]["expectation"]["id"].as_str().unwrap().to_owned()
}

/// Proposes something, and has it accepted.
pub async fn accepted(app: &TestApp, from: &str, to: &str, change: Value) -> String {
    let mut input = proposal(app, to).await;
    for (key, value) in change.as_object().unwrap() {
        input[key] = value.clone();
    }
    let id = proposed(app, from, input).await;
    respond(&app.client_of(to).await, &id, json!({ "response": "ACCEPT" })).await.data();
    id
}

pub async fn respond(client: &Client, id: &str, answer: Value) -> Reply {
    let mut input = answer;
    input["expectation"] = json!(id);
    client.query(RESPOND, json!({ "input": input })).await
}

pub async fn judge(client: &Client, id: &str, outcome: &str) -> Reply {
    client.query(JUDGE, json!({ "input": { "expectation": id, "outcome": outcome } })).await
}

/// The kinds of what somebody was told of expectations and has not seen, by name: the clock stands still.
pub async fn told(app: &TestApp, person: &str) -> Vec<String> {
    let told = app.client_of(person).await.data(NOTICES).await;
    let nodes = told["viewer"]["notifications"]["nodes"].as_array().unwrap();
    let kinds = nodes.iter().map(|node| node["kind"].as_str().unwrap().to_owned());
    let mut kinds: Vec<String> = kinds.filter(|kind| kind.starts_with("EXPECTATION")).collect();
    kinds.sort();
    kinds
}

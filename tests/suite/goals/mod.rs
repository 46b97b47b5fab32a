//! Goals over HTTP: what adds up, what is refused, who sees what, and two at once.

mod closing;
mod imports;
mod measuring;
mod seeing;

use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestApp};

pub const GOAL: &str = "id title level visibility state progress progressSource confidence stale score suggestedScore
    scoreHealth scoreNote checkInDueOn keyResults { id title progress progressSource current done }";

/// Runs a mutation with one input; `selection` is what is wanted beside the errors.
pub async fn change(client: &Client, mutation: &str, selection: &str, input: Value) -> Reply {
    let of = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {of}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
    );
    client.query(&document, json!({ "input": input })).await
}

/// Opens a cycle as acme's people partner.
pub async fn cycle(app: &TestApp, name: &str) -> String {
    let input = json!({ "name": name, "startsOn": "2026-10-01", "endsOn": "2026-12-31", "open": true });
    let made = change(&app.client_of("petra").await, "goalCycleCreate", "cycle { id }", input).await.data();
    text(&made["goalCycleCreate"]["cycle"]["id"])
}

/// Writes a goal as somebody, by external id, and returns its id.
pub async fn goal(app: &TestApp, who: &str, cycle: &str, more: Value) -> String {
    let made = create(app, who, cycle, more).await.data();
    text(&made["goalCreate"]["goal"]["id"])
}

/// Tries to write a goal.
pub async fn create(app: &TestApp, who: &str, cycle: &str, more: Value) -> Reply {
    // Later than what was written before, so that lists have an order.
    app.advance(chrono::TimeDelta::milliseconds(1));
    let mut input = json!({ "cycle": cycle, "level": "PERSON", "title": "Acme goal" });
    merge(&mut input, more);
    change(&app.client_of(who).await, "goalCreate", &format!("goal {{ {GOAL} }}"), input).await
}

/// A metric key result.
pub fn metric(start: f64, target: f64, weight: i32) -> Value {
    json!({ "title": "Acme metric", "weight": weight, "measure": { "metric": { "start": start, "target": target } } })
}

/// Says that a goal supports another, as somebody.
pub async fn align(app: &TestApp, who: &str, child: &str, parent: &str, weight: i32) -> Reply {
    app.advance(chrono::TimeDelta::milliseconds(1));
    let input = json!({ "goal": child, "supports": { "goal": parent }, "weight": weight });
    change(&app.client_of(who).await, "goalAlign", "goal { id }", input).await
}

/// Checks in as somebody; ON_TRACK and 7 unless `more` says otherwise.
pub async fn check_in(app: &TestApp, who: &str, goal: &str, more: Value) -> Reply {
    let mut input = json!({ "goal": goal, "confidence": "ON_TRACK", "confidenceScore": 7 });
    merge(&mut input, more);
    change(&app.client_of(who).await, "goalCheckIn", &format!("goal {{ {GOAL} }}"), input).await
}

/// A number for each key result of a goal, in their order.
pub fn numbers(goal: &Value, numbers: &[f64]) -> Value {
    let parts = goal["keyResults"].as_array().unwrap();
    let values = parts
        .iter()
        .zip(numbers)
        .map(|(part, number)| json!({ "keyResult": part["id"], "value": { "number": number } }));
    json!({ "keyResults": values.collect::<Vec<_>>() })
}

/// A goal as somebody sees it; null where they do not.
pub async fn seen(app: &TestApp, who: &str, goal: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Goal {{ {GOAL} }} }} }}");
    app.client_of(who).await.query(&document, json!({ "id": goal })).await.data()["node"].clone()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn merge(input: &mut Value, more: Value) {
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        input[name] = value;
    }
}

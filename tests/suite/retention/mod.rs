//! Retention: what is told of groups, to whom, and what nobody is told.

mod features;
mod model;
mod survival;
mod turnover;

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::harness::{Client, Role, TestApp};

/// Imports lines of persons, as an admin.
pub async fn import(app: &TestApp, persons: &str) {
    let import = "mutation($persons: String!) { directoryImport(input: { persons: $persons }) {
        report { applied problems { line column message } } errors { message } } }";
    let data = app.client(Role::Admin).await.query(import, json!({ "persons": persons })).await.data();
    assert_eq!(data["directoryImport"]["report"]["applied"], true, "{data}");
}

/// Lets more people work in a team: `prefix0`, `prefix1` and so on.
pub async fn hire(app: &TestApp, team: &str, prefix: &str, count: usize, hired_on: &str) {
    let mut file = "external_id,name,relationship,team,hired_on\n".to_owned();
    for n in 0..count {
        writeln!(file, "{prefix}{n},{prefix} {n} Acmeson,EMPLOYEE,{team},{hired_on}").unwrap();
    }
    import(app, &file).await;
}

/// Lets people leave: (who, the last day, why).
pub async fn leave(app: &TestApp, leavers: &[(&str, &str, &str)]) {
    let mut file = "external_id,name,left_on,leave_reason\n".to_owned();
    for (who, left_on, why) in leavers {
        writeln!(file, "{who},{who} Acmeson,{left_on},{why}").unwrap();
    }
    import(app, &file).await;
}

/// Asks for the turnover of a team, by external id; of everybody where there is none.
pub async fn turnover(app: &TestApp, client: &Client, team: Option<&str>, from: &str, until: &str) -> Value {
    let fields = "{ __typename
        ... on TurnoverFigures { leavers averageHeadcount rate annualRate byReason { __typename
            ... on TurnoverByReason { voluntary involuntary other voluntaryRate }
            ... on TurnoverReasonsHidden { reason minimumLeavers } } }
        ... on TurnoverHidden { reason minimumGroup } }";
    let span = json!({ "from": from, "until": until });
    let Some(team) = team else {
        let document = format!(
            "query($from: Date!, $until: Date!) {{ organization {{ turnover(from: $from, until: $until) {fields} }} }}"
        );
        return client.query(&document, span).await.data()["organization"]["turnover"].clone();
    };
    let document = format!(
        "query($id: ID!, $from: Date!, $until: Date!) {{ node(id: $id) {{ ... on Team {{
            turnover(from: $from, until: $until) {fields} }} }} }}"
    );
    let mut variables = span;
    variables["id"] = json!(app.team(team).await);
    client.query(&document, variables).await.data()["node"]["turnover"].clone()
}

/// The moment a day begins.
pub fn morning(day: &str) -> chrono::DateTime<chrono::Utc> {
    day.parse::<NaiveDate>().unwrap().and_hms_opt(6, 0, 0).unwrap().and_utc()
}

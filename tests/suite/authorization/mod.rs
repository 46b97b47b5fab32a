//! Every field of every object of the schema, asked by every role: a table to be read against `docs/AUTHORIZATION.md`.
//!
//! A cell says what came back: `value`, a number or a boolean; `null`; `[n]` for a list of n (`[n/m]`: n of m are there);
//! the name of the type where there is a choice (`released` for what is not `Suppressed`); `.` where the object itself was not there; `code!` for an error;
//! `no:CODE` where a mutation was refused in its payload.

mod areas;
mod conversations;
mod expectations;
mod goals;
mod happenings;
mod mutations;
mod recognition;
mod requests;
mod retention;
mod scene;
mod sdl;
mod ways;

use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};
pub use scene::Scene;
use sdl::{Field, Sdl};
use ways::Way;

/// Fields that no case covers, as `Type.field`. The list is empty, and stays so: a new field needs a way in `ways`.
const UNCOVERED: &[&str] = &[];

/// A row of the table: what is asked, and the outcome for each role.
pub struct Row {
    group: String,
    field: String,
    cells: Vec<String>,
}

/// The table and everything that was answered on the way.
#[derive(Default)]
pub struct Outcome {
    rows: Vec<Row>,
    covered: BTreeSet<String>,
    /// Every answer, with who got it and what was asked.
    pub heard: Vec<(Role, String, String)>,
}

impl Outcome {
    fn hear(&mut self, role: Role, document: &str, reply: &Reply) {
        self.heard.push((role, document.to_owned(), reply.body.to_string()));
    }
}

/// Asks everything as each of `roles`, about the objects of `scene`.
pub async fn ask_everything(app: &TestApp, scene: &Scene, roles: &[Role]) -> Outcome {
    let sdl = Sdl::read();
    let mut outcome = Outcome::default();
    let mut clients = Vec::new();
    for role in roles {
        clients.push((*role, app.client(*role).await));
    }
    for way in areas::ways() {
        let fields = sdl.fields(way.of);
        let mut columns = Vec::new();
        for (role, client) in &clients {
            columns.push(ask(client, *role, scene, way, fields, &mut outcome).await);
        }
        for (at, field) in fields.iter().enumerate() {
            outcome.covered.insert(format!("{}.{}", way.of, field.name));
            let cells = columns.iter().map(|column| column[at].clone()).collect();
            let group = format!("{}: {}", way.of, way.title);
            outcome.rows.push(Row { group, field: field.name.clone(), cells });
        }
    }
    mutations::ask(app, scene, &sdl, &clients, &mut outcome).await;
    listen(scene, &clients, &mut outcome).await;
    happenings::listen(scene, &clients, &mut outcome).await;
    recognition::listen(scene, &clients, &mut outcome).await;
    outcome
}

/// All fields of a way in one document; where something fails, each by itself, so that one failure hides no other.
async fn ask(
    client: &Client,
    role: Role,
    scene: &Scene,
    way: &Way,
    fields: &[Field],
    outcome: &mut Outcome,
) -> Vec<String> {
    let selections: Vec<String> = fields.iter().map(|field| field.selection(way.of)).collect();
    let document = scene.fill(&way.document.replace('…', &selections.join(" ")));
    let reply = client.query(&document, json!({})).await;
    outcome.hear(role, &document, &reply);
    if reply.errors().is_empty() {
        return fields.iter().map(|field| cell(&reply, way.at, field)).collect();
    }
    let mut cells = Vec::new();
    for (field, selection) in fields.iter().zip(&selections) {
        let document = scene.fill(&way.document.replace('…', selection));
        let reply = client.query(&document, json!({})).await;
        outcome.hear(role, &document, &reply);
        cells.push(cell(&reply, way.at, field));
    }
    cells
}

fn cell(reply: &Reply, at: &str, field: &Field) -> String {
    if let Some(error) = reply.errors().first() {
        return code(error);
    }
    match reply.body["data"].pointer(at) {
        None | Some(Value::Null) => ".".to_owned(),
        Some(object) => shown(&object[field.name.as_str()], field),
    }
}

fn code(error: &Value) -> String {
    let code = error["extensions"]["code"].as_str().unwrap_or("?");
    let short = match code {
        "UNAUTHENTICATED" => "unauth",
        "FORBIDDEN" => "forbidden",
        "NOT_FOUND" => "notfound",
        "BAD_USER_INPUT" => "input",
        other => other,
    };
    format!("{short}!")
}

fn shown(value: &Value, field: &Field) -> String {
    let list = |items: &Vec<Value>| {
        let there = items.iter().filter(|item| !item.is_null()).count();
        if there == items.len() { format!("[{there}]") } else { format!("[{there}/{}]", items.len()) }
    };
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(n) if n.is_i64() => n.to_string(),
        Value::Number(_) | Value::String(_) => "value".to_owned(),
        Value::Array(items) => list(items),
        Value::Object(object) => match (object.get("nodes").and_then(Value::as_array), object.get("__typename")) {
            (Some(nodes), _) => list(nodes),
            (None, Some(Value::String(name))) if field.is_choice => match name.as_str() {
                "ReleasedScore" | "ReleasedComments" | "ParticipationStats" | "TeamWorkloadStats" | "RequestStats"
                | "PriorityResult" => "released".to_owned(),
                name => name.to_owned(),
            },
            _ => "value".to_owned(),
        },
    }
}

/// The subscription, over event streams. Who can read the publication hears of it, however busy the machine is; who
/// cannot hears nothing, and how long that is waited for decides nothing, because nothing would come.
async fn listen(scene: &Scene, clients: &[(Role, Client)], outcome: &mut Outcome) {
    for (title, survey, publication) in
        [("to everybody's", "<wide>", "<wide_pub>"), ("to the narrow one", "<narrow>", "<narrow_pub>")]
    {
        let document = scene
            .fill(&format!("subscription {{ publicationAppeared(survey: {survey}) {{ id survey {{ title }} }} }}"));
        let read = scene.fill(&format!("{{ node(id: {publication}) {{ id }} }}"));
        let mut asked = Vec::new();
        for (role, client) in clients {
            let reads = client.query(&read, json!({})).await.body["data"]["node"].is_object();
            let patience = Duration::from_secs(if reads { 60 } else { 2 });
            let (client, document) = (client.clone(), document.clone());
            asked.push((*role, tokio::spawn(async move { first_event(&client, &document, patience).await })));
        }
        let mut cells = Vec::new();
        for (role, answer) in asked {
            let text = answer.await.unwrap();
            cells.push(match &text {
                None => ".".to_owned(),
                Some(text) => {
                    let body: Value = serde_json::from_str(text).unwrap();
                    match body["errors"].get(0) {
                        Some(error) => code(error),
                        None if body["data"]["publicationAppeared"].is_object() => "value".to_owned(),
                        None => "null".to_owned(),
                    }
                }
            });
            outcome.heard.push((role, document.clone(), text.unwrap_or_default()));
        }
        outcome.covered.insert("Subscription.publicationAppeared".to_owned());
        let group = format!("Subscription: {title}");
        outcome.rows.push(Row { group, field: "publicationAppeared".to_owned(), cells });
    }
}

/// The body of an error, or the data of the first event; None when nothing comes within `patience`.
async fn first_event(client: &Client, document: &str, patience: Duration) -> Option<String> {
    let mut response = client.stream(document, json!({})).await;
    if response.headers()["content-type"].to_str().unwrap().contains("json") {
        return response.text().await.ok();
    }
    let wait = async {
        let mut text = String::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            text.push_str(&String::from_utf8_lossy(&chunk));
            let data = text.lines().find_map(|line| line.strip_prefix("data:")).map(str::trim);
            if let Some(data) = data.filter(|data| text.contains("\n\n") && !data.is_empty()) {
                return Some(data.to_owned());
            }
        }
        None
    };
    tokio::time::timeout(patience, wait).await.unwrap_or(None)
}

fn table(outcome: &Outcome, roles: &[Role]) -> String {
    let mut text = String::new();
    let mut group = "";
    for row in &outcome.rows {
        if row.group != group {
            group = &row.group;
            let heads = roles.iter().fold(String::new(), |line, role| format!("{line}{:<14}", role.heading()));
            let _ = writeln!(text, "\n{group:<44}{}", heads.trim_end());
        }
        let cells = row.cells.iter().fold(String::new(), |line, cell| format!("{line}{cell:<14}"));
        let _ = writeln!(text, "  {:<42}{}", row.field, cells.trim_end());
    }
    text
}

/// The table, and that no field is left out of it.
#[tokio::test]
async fn every_field_answers_every_role_as_reviewed() {
    let app = TestApp::start().await;
    let scene = Scene::acme(&app).await;
    let outcome = ask_everything(&app, &scene, &Role::ALL).await;
    let missing: Vec<String> = Sdl::read()
        .all()
        .filter(|field| !outcome.covered.contains(field) && !UNCOVERED.contains(&field.as_str()))
        .collect();
    assert!(missing.is_empty(), "these fields have no case; give each a way: {missing:#?}");
    assert!(UNCOVERED.is_empty(), "the list of fields without a case may not grow");
    insta::assert_snapshot!("authorization", table(&outcome, &Role::ALL));
}

/// Not a word of one tenant reaches the other, whatever is asked by whatever id.
#[tokio::test]
async fn nothing_of_a_tenant_reaches_another() {
    let app = TestApp::start().await;
    let (acme, umbra) = (Scene::acme(&app).await, Scene::umbra(&app).await);
    let ulla = ask_everything(&app, &acme, &[Role::ForeignAdmin]).await;
    let roles = [Role::Admin, Role::Partner, Role::FullToken];
    let adam = ask_everything(&app, &umbra, &roles).await;
    let words_of_acme: Vec<String> = ["acme", "berlin", "seller", "nurse", "gerd"].map(str::to_owned).into();
    let words_of_umbra: Vec<String> = ["umbra", "nantes"].map(str::to_owned).into();
    let sides = [
        (ulla, words_of_acme, scene::ids_of(&app, &app.acme).await),
        (adam, words_of_umbra, scene::ids_of(&app, &app.umbra).await),
    ];
    for (outcome, words, ids) in sides {
        assert!(ids.len() > 20, "there are ids to look for");
        assert!(outcome.heard.len() > 100, "enough was asked");
        for (role, document, text) in &outcome.heard {
            let text = text.to_lowercase();
            let found = words.iter().chain(&ids).find(|word| text.contains(word.as_str()));
            assert!(found.is_none(), "{role:?} heard {found:?}\nasking {document}\n{text}");
        }
    }
}

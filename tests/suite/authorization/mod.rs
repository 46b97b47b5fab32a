//! Every field of every object of the schema, asked by every role: a table to be read against `docs/AUTHORIZATION.md`.
//!
//! A cell says what came back: `value`, a number or a boolean; `null`; `[n]` for a list of n (`[n/m]`: n of m are there);
//! the name of the type where there is a choice (`released` for what is not `Suppressed`); `.` where the object itself was not there; `code!` for an error;
//! `no:CODE` where a mutation was refused in its payload. A `?` behind it says that it should be something else.

mod areas;
mod board;
mod conversations;
mod expectations;
mod goals;
mod happenings;
mod improvement;
mod mutations;
mod recognition;
mod requests;
mod retention;
mod scene;
mod sdl;
mod vacuous;
mod ways;

use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

use hearten_policy::Scope;
use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};
pub use scene::Scene;
use sdl::{Field, Sdl};
use ways::Way;

/// Fields that no case covers, as `Type.field`. The list is empty, and stays so: a new field needs a way in `ways`.
const UNCOVERED: &[&str] = &[];

/// Who asks: a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Somebody of that role.
    Of(Role),
    /// `dora`: a nurse of South B who was granted EXECUTIVE.
    Granted,
    /// An API token with every scope but those of the directory: no person and no team exists for it.
    Undirected,
    /// `gone`: left a month ago, with a token that has not run out.
    Left,
}

impl Column {
    /// Every column, in their order.
    fn all() -> Vec<Self> {
        Role::ALL.into_iter().map(Self::Of).chain([Self::Granted, Self::Undirected, Self::Left]).collect()
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Of(role) => role.heading(),
            Self::Granted => "granted",
            Self::Undirected => "undirected",
            Self::Left => "left",
        }
    }

    async fn client(self, app: &TestApp) -> Client {
        match self {
            Self::Of(role) => app.client(role).await,
            Self::Granted => app.client_of("dora").await,
            Self::Undirected => undirected(app).await,
            Self::Left => app.client_of("gone").await,
        }
    }
}

async fn undirected(app: &TestApp) -> Client {
    let scopes = Scope::ALL.iter().map(|scope| scope.as_str()).filter(|scope| !scope.starts_with("directory:"));
    let scopes: Vec<String> = scopes.map(|scope| scope.replace(':', "_").to_uppercase()).collect();
    let create = "mutation($scopes: [ApiTokenScope!]!) {
        apiTokenCreate(input: { name: \"Acme undirected\", scopes: $scopes }) { secret errors { message } } }";
    let created = app.client_of("adam").await.query(create, json!({ "scopes": scopes })).await.data();
    app.client_with(created["apiTokenCreate"]["secret"].as_str().map(str::to_owned))
}

/// A row of the table: what is asked, and the outcome for each column.
pub struct Row {
    /// What it is about, as `Type.field`.
    of: String,
    group: String,
    field: String,
    cells: Vec<String>,
}

/// The table and everything that was answered on the way.
#[derive(Default)]
pub struct Outcome {
    rows: Vec<Row>,
    /// Every answer, with who got it and what was asked.
    pub heard: Vec<(Column, String, String)>,
}

impl Outcome {
    fn hear(&mut self, who: Column, document: &str, reply: &Reply) {
        self.heard.push((who, document.to_owned(), reply.body.to_string()));
    }

    /// A row about a field of `of`.
    fn row(&mut self, of: &str, field: &str, group: String, title: &str, cells: Vec<String>) {
        self.rows.push(Row { of: format!("{of}.{field}"), group, field: title.to_owned(), cells });
    }
}

/// Asks everything as each of `who`, about the objects of `scene`.
pub async fn ask_everything(app: &TestApp, scene: &Scene, who: &[Column]) -> Outcome {
    let sdl = Sdl::read();
    let mut outcome = Outcome::default();
    let mut clients = Vec::new();
    for column in who {
        clients.push((*column, column.client(app).await));
    }
    for way in areas::ways() {
        let fields = sdl.fields(way.of);
        let mut columns = Vec::new();
        for (who, client) in &clients {
            columns.push(ask(client, *who, scene, way, fields, &mut outcome).await);
        }
        for (at, field) in fields.iter().enumerate() {
            let cells = columns.iter().map(|column| column[at].clone()).collect();
            let group = format!("{}: {}", way.of, way.title);
            outcome.row(way.of, &field.name, group, &field.name, cells);
        }
    }
    mutations::ask(app, scene, &sdl, &clients, &mut outcome).await;
    listen(scene, &clients, &mut outcome).await;
    recognition::listen(app, scene, &clients, &mut outcome).await;
    happenings::listen(app, scene, &clients, &mut outcome).await;
    outcome
}

/// All fields of a way in one document; where something fails, each by itself, so that one failure hides no other.
async fn ask(
    client: &Client,
    who: Column,
    scene: &Scene,
    way: &Way,
    fields: &[Field],
    outcome: &mut Outcome,
) -> Vec<String> {
    let selections: Vec<String> = fields.iter().map(|field| field.selection(way.of)).collect();
    let document = scene.fill(&way.document.replace('…', &selections.join(" ")));
    let reply = client.query(&document, json!({})).await;
    outcome.hear(who, &document, &reply);
    if reply.errors().is_empty() {
        return fields.iter().map(|field| cell(&reply, way.at, field)).collect();
    }
    let mut cells = Vec::new();
    for (field, selection) in fields.iter().zip(&selections) {
        let document = scene.fill(&way.document.replace('…', selection));
        let reply = client.query(&document, json!({})).await;
        outcome.hear(who, &document, &reply);
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

/// The subscription, over event streams.
async fn listen(scene: &Scene, clients: &[(Column, Client)], outcome: &mut Outcome) {
    for (title, survey, publication) in
        [("to everybody's", "<wide>", "wide_pub"), ("to the narrow one", "<narrow>", "narrow_pub")]
    {
        let document = scene
            .fill(&format!("subscription {{ publicationAppeared(survey: {survey}) {{ id survey {{ title }} }} }}"));
        let streams = Streams::open(clients, document).await;
        streams.hear("publicationAppeared", title, scene.get(publication), outcome).await;
    }
}

/// A subscription, open to everybody.
struct Streams {
    document: String,
    open: Vec<(Column, Client, reqwest::Response)>,
}

impl Streams {
    /// Whatever happens once this is done is heard.
    async fn open(clients: &[(Column, Client)], document: String) -> Self {
        let mut open = Vec::new();
        for (who, client) in clients {
            open.push((*who, client.clone(), client.stream(&document, json!({})).await));
        }
        Self { document, open }
    }

    /// A row of who was told. Who can read the node of that id hears of it, however busy the machine is; who cannot hears
    /// nothing, and how long that is waited for decides nothing, because nothing would come.
    async fn hear(self, field: &str, title: &str, node: &str, outcome: &mut Outcome) {
        let read = format!("{{ node(id: \"{node}\") {{ id }} }}");
        let mut asked = Vec::new();
        for (who, client, response) in self.open {
            let reads = client.query(&read, json!({})).await.body["data"]["node"].is_object();
            let patience = Duration::from_secs(if reads { 60 } else { 2 });
            asked.push((who, tokio::spawn(first_event(response, patience))));
        }
        let mut cells = Vec::new();
        for (who, answer) in asked {
            let text = answer.await.unwrap();
            cells.push(match &text {
                None => ".".to_owned(),
                Some(text) => {
                    let body: Value = serde_json::from_str(text).unwrap();
                    match body["errors"].get(0) {
                        Some(error) => code(error),
                        None if body["data"][field].is_object() => "value".to_owned(),
                        None => "null".to_owned(),
                    }
                }
            });
            outcome.heard.push((who, self.document.clone(), text.unwrap_or_default()));
        }
        outcome.row("Subscription", field, format!("Subscription: {title}"), field, cells);
    }
}

/// The body of an error, or the data of the first event; None when nothing comes within `patience`.
async fn first_event(mut response: reqwest::Response, patience: Duration) -> Option<String> {
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

fn table(outcome: &Outcome, who: &[Column]) -> String {
    let mut text = String::new();
    let mut group = "";
    for row in &outcome.rows {
        if row.group != group {
            group = &row.group;
            let heads = who.iter().fold(String::new(), |line, column| format!("{line}{:<14}", column.heading()));
            let _ = writeln!(text, "\n{group:<44}{}", heads.trim_end());
        }
        let cells = row.cells.iter().fold(String::new(), |line, cell| format!("{line}{cell:<13} "));
        let _ = writeln!(text, "  {:<42}{}", row.field, cells.trim_end());
    }
    text
}

/// The table, that no field is left out of it, and that each gave somebody something.
#[tokio::test]
async fn every_field_answers_every_role_as_reviewed() {
    let app = TestApp::start().await;
    let scene = Scene::acme(&app).await;
    let outcome = ask_everything(&app, &scene, &Column::all()).await;
    let covered: BTreeSet<&str> = outcome.rows.iter().map(|row| row.of.as_str()).collect();
    let missing: Vec<String> = Sdl::read()
        .all()
        .filter(|field| !covered.contains(field.as_str()) && !UNCOVERED.contains(&field.as_str()))
        .collect();
    assert!(missing.is_empty(), "these fields have no case; give each a way: {missing:#?}");
    assert!(UNCOVERED.is_empty(), "the list of fields without a case may not grow");
    insta::assert_snapshot!("authorization", table(&outcome, &Column::all()));
    vacuous::check(&outcome.rows);
}

/// Not a word of one tenant reaches the other, whatever is asked by whatever id.
#[tokio::test]
async fn nothing_of_a_tenant_reaches_another() {
    let app = TestApp::start().await;
    let (acme, umbra) = (Scene::acme(&app).await, Scene::umbra(&app).await);
    let ulla = ask_everything(&app, &acme, &[Column::Of(Role::ForeignAdmin)]).await;
    let who = [Role::Admin, Role::Partner, Role::FullToken].map(Column::Of);
    let adam = ask_everything(&app, &umbra, &who).await;
    let words_of_acme: Vec<String> = ["acme", "berlin", "seller", "nurse", "gerd"].map(str::to_owned).into();
    let words_of_umbra: Vec<String> = ["umbra", "nantes"].map(str::to_owned).into();
    let sides = [
        (ulla, words_of_acme, scene::ids_of(&app, &app.acme).await),
        (adam, words_of_umbra, scene::ids_of(&app, &app.umbra).await),
    ];
    for (outcome, words, ids) in sides {
        assert!(ids.len() > 20, "there are ids to look for");
        assert!(outcome.heard.len() > 100, "enough was asked");
        for (who, document, text) in &outcome.heard {
            let text = text.to_lowercase();
            let found = words.iter().chain(&ids).find(|word| text.contains(word.as_str()));
            assert!(found.is_none(), "{who:?} heard {found:?}\nasking {document}\n{text}");
        }
    }
}

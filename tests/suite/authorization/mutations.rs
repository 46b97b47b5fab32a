//! Every mutation by every role. Each call finds an object of its own, made for it by somebody who may, so that what one
//! role changes no other meets.

use std::pin::Pin;

use serde_json::{Value, json};

use super::{Column, Outcome, Scene, code, sdl::Sdl, shown};
use crate::harness::{Client, TestApp, answers};

/// What a call is made for.
#[derive(Clone, Copy)]
pub enum Fresh {
    Nothing,
    /// `<fresh>`: a person in the team of that name.
    Person(&'static str),
    /// `<fresh>`: a team below that one.
    Team(&'static str),
    /// `<fresh>`: a grant.
    Grant,
    /// `<fresh>`: an API token.
    Token,
    /// `<fresh>`: a draft for a team.
    Draft(Option<&'static str>),
    /// `<fresh>`: a survey that is open.
    Open(Option<&'static str>),
    /// `<fresh>`: a survey that is closed.
    Closed(Option<&'static str>),
    /// `<fresh>`: a survey of a team that everybody answered, closed.
    Answered(&'static str),
    /// `<fresh>`: the invitation of emil to a new survey, `<receipt>` the one of his answers, if any.
    Invitation {
        answered: bool,
    },
    /// `<fresh>`: the asker's own invitation to a new survey.
    OwnInvitation,
    /// `<fresh>`: what this makes.
    By(Maker),
}

/// Makes an object for one call and returns its id: an `async fn` in a box. The client is the one who will call.
pub type Maker = for<'a> fn(&'a TestApp, &'a Scene, &'a Client) -> Pin<Box<dyn Future<Output = String> + Send + 'a>>;

/// (mutation, what is meant, input, what it needs). The input is what stands between the braces of `input: { }`.
pub type Call = (&'static str, &'static str, &'static str, Fresh);

/// The calls of the areas that were there first.
pub const CALLS: &[Call] = &[
    ("personCreate", "in North A", "displayName: \"Newcomer\", team: <team_a>", Fresh::Nothing),
    ("personCreate", "in South A", "displayName: \"Newcomer\", team: <team_far>", Fresh::Nothing),
    ("personCreate", "in no team", "displayName: \"Newcomer\"", Fresh::Nothing),
    ("personCreate", "without a name", "displayName: \" \", team: <team_a>", Fresh::Nothing),
    ("personUpdate", "in North A", "person: <fresh>, title: \"Other\"", Fresh::Person("team_a")),
    ("personUpdate", "in South A", "person: <fresh>, title: \"Other\"", Fresh::Person("team_far")),
    ("personUpdate", "from North A to South A", "person: <fresh>, team: <team_far>", Fresh::Person("team_a")),
    ("personUpdate", "oneself", "person: <self>, title: \"Other\"", Fresh::Nothing),
    (
        "personCreate",
        "an owner in North A",
        "displayName: \"New\", team: <team_a>, relationship: OWNER",
        Fresh::Nothing,
    ),
    ("personUpdate", "to an owner", "person: <fresh>, relationship: OWNER", Fresh::Person("team_a")),
    ("personUpdate", "oneself to an owner", "person: <self>, relationship: OWNER", Fresh::Nothing),
    ("personSignOut", "in North A", "person: <fresh>", Fresh::Person("team_a")),
    ("personSignOut", "oneself", "person: <self>", Fresh::Nothing),
    ("teamCreate", "below North", "name: \"New team\", parent: <north>", Fresh::Nothing),
    ("teamCreate", "below South", "name: \"New team\", parent: <south>", Fresh::Nothing),
    ("teamCreate", "a second root", "name: \"New team\"", Fresh::Nothing),
    ("teamUpdate", "below North", "team: <fresh>, name: \"Renamed team\"", Fresh::Team("north")),
    ("teamUpdate", "below South", "team: <fresh>, name: \"Renamed team\"", Fresh::Team("south")),
    ("teamUpdate", "from North to South", "team: <fresh>, parent: <south>", Fresh::Team("north")),
    ("roleGrant", "to somebody", "person: <fresh>, role: EXECUTIVE", Fresh::Person("team_a")),
    ("roleGrant", "to oneself", "person: <self>, role: PEOPLE_PARTNER", Fresh::Nothing),
    ("roleRevoke", "somebody's", "roleGrant: <fresh>", Fresh::Grant),
    ("directoryImport", "a dry run", "dryRun: true, persons: \"external_id,name\\nnew,Newcomer\\n\"", Fresh::Nothing),
    ("documentsRegister", "one", "documents: [\"{ viewer { id } }\"]", Fresh::Nothing),
    ("apiTokenCreate", "one", "name: \"New token\", scopes: [DIRECTORY_READ]", Fresh::Nothing),
    ("apiTokenRotate", "one", "apiToken: <fresh>", Fresh::Token),
    ("apiTokenRevoke", "one", "apiToken: <fresh>", Fresh::Token),
    ("surveyCreate", "for North", "draft: <new_draft_north>", Fresh::Nothing),
    ("surveyCreate", "for all", "draft: <new_draft>", Fresh::Nothing),
    ("surveyUpdate", "for North", "survey: <fresh>, draft: <new_draft_north>", Fresh::Draft(Some("north"))),
    ("surveyUpdate", "from North to all", "survey: <fresh>, draft: <new_draft>", Fresh::Draft(Some("north"))),
    ("surveyUpdate", "for all", "survey: <fresh>, draft: <new_draft>", Fresh::Draft(None)),
    ("surveyLaunch", "for North", "survey: <fresh>", Fresh::Draft(Some("north"))),
    ("surveyLaunch", "for all", "survey: <fresh>", Fresh::Draft(None)),
    ("surveyClose", "for North", "survey: <fresh>", Fresh::Open(Some("north"))),
    ("surveyClose", "for all", "survey: <fresh>", Fresh::Open(None)),
    ("surveyPublish", "for North A, answered", "survey: <fresh>", Fresh::Answered("team_a")),
    ("surveyPublish", "for North", "survey: <fresh>", Fresh::Closed(Some("north"))),
    ("surveyPublish", "for all", "survey: <fresh>", Fresh::Closed(None)),
    ("answersSubmit", "emil's", "invitation: <fresh>, answers: <answers>", Fresh::Invitation { answered: false }),
    ("answersSubmit", "one's own", "invitation: <fresh>, answers: <answers>", Fresh::OwnInvitation),
    (
        "answersRevise",
        "emil's, with his receipt",
        "invitation: <fresh>, answers: <answers>, receipt: <receipt>",
        Fresh::Invitation { answered: true },
    ),
];

/// (type, what is meant, mutation and selection, place)
pub type Below = (&'static str, &'static str, &'static str, &'static str);

/// Objects below payloads, which only a mutation leads to.
pub const BELOW: &[Below] = &[
    (
        "UserError",
        "of a mutation",
        "personCreate(input: { displayName: \"\", team: <team_a> }) { errors { … } }",
        "/personCreate/errors/0",
    ),
    (
        "ImportReportSummary",
        "of a mutation",
        "directoryImport(input: { dryRun: true, persons: \"external_id,name\\nx,\\n\" }) { report { … } }",
        "/directoryImport/report",
    ),
    (
        "ImportProblemInfo",
        "of a mutation",
        "directoryImport(input: { dryRun: true, persons: \"external_id,name\\nx,\\n\" }) { report { problems { … } } }",
        "/directoryImport/report/problems/0",
    ),
];

pub async fn ask(app: &TestApp, scene: &Scene, sdl: &Sdl, clients: &[(Column, Client)], outcome: &mut Outcome) {
    let mut told = std::collections::BTreeSet::new();
    for (mutation, title, input, fresh) in super::areas::calls() {
        let field = sdl.fields("Mutation").iter().find(|field| field.name == *mutation).unwrap();
        let payload = sdl.fields(&field.of);
        let selection: Vec<String> = payload
            .iter()
            .map(|field| match field.name.as_str() {
                "errors" => "errors { code message path }".to_owned(),
                _ => field.selection(mutation),
            })
            .collect();
        let mut columns = Vec::new();
        for (who, client) in clients {
            let text = format!("mutation {{ {mutation}(input: {{ {input} }}) {{ {} }} }}", selection.join(" "));
            let document = scene.fill(&prepared(app, scene, &text, client, *fresh).await);
            let reply = client.query(&document, json!({})).await;
            outcome.hear(*who, &document, &reply);
            columns.push(reply);
        }
        let cells = columns.iter().map(|reply| match reply.errors().first() {
            Some(error) => code(error),
            None => match reply.refusals(mutation).first() {
                Some(code) => format!("no:{code}"),
                None => "done".to_owned(),
            },
        });
        let group = format!("Mutation: {mutation}");
        outcome.row("Mutation", mutation, group, title, cells.collect());
        if !told.insert(field.of.clone()) {
            continue;
        }
        for field in payload {
            let payload = sdl_type(sdl, mutation);
            let cells = columns.iter().map(|reply| match reply.body["data"].pointer(&format!("/{mutation}")) {
                None | Some(Value::Null) => ".".to_owned(),
                Some(payload) => shown(&payload[field.name.as_str()], field),
            });
            let group = format!("{payload}: of {mutation}, {title}");
            outcome.row(payload, &field.name, group, &field.name, cells.collect());
        }
    }
    for (of, title, document, at) in super::areas::below() {
        let fields = sdl.fields(of);
        let selection: Vec<String> = fields.iter().map(|field| field.selection(of)).collect();
        let document = scene.fill(&format!("mutation {{ {} }}", document.replace('…', &selection.join(" "))));
        let mut columns = Vec::new();
        for (who, client) in clients {
            let reply = client.query(&document, json!({})).await;
            outcome.hear(*who, &document, &reply);
            columns.push(reply);
        }
        for field in fields {
            let cells = columns.iter().map(|reply| super::cell(reply, at, field)).collect();
            outcome.row(of, &field.name, format!("{of}: {title}"), &field.name, cells);
        }
    }
}

fn sdl_type<'a>(sdl: &'a Sdl, mutation: &str) -> &'a str {
    &sdl.fields("Mutation").iter().find(|field| field.name == mutation).unwrap().of
}

/// The document with what was made for this call in it.
async fn prepared(app: &TestApp, scene: &Scene, document: &str, client: &Client, fresh: Fresh) -> String {
    let readers = ["MANAGER"];
    let mut text = super::improvement::fill(document)
        .replace("<new_draft_north>", &literal(&scene.draft(&readers, Some("north"))))
        .replace("<new_draft>", &literal(&scene.draft(&readers, None)))
        .replace("<answers>", &literal(&answers(4, 3, 9, None)));
    if text.contains("<self>") {
        let reply = client.query("{ viewer { person { id } } }", json!({})).await;
        // Who is nobody tries to be emil.
        let own = reply.body["data"]["viewer"]["person"]["id"].as_str().unwrap_or(scene.get("emil")).to_owned();
        text = text.replace("<self>", &format!("\"{own}\""));
    }
    let (id, receipt) = make(app, scene, client, fresh).await;
    text.replace("<fresh>", &format!("\"{id}\"")).replace("<receipt>", &format!("\"{receipt}\""))
}

async fn make(app: &TestApp, scene: &Scene, client: &Client, fresh: Fresh) -> (String, String) {
    let admin = app.client_of(scene.admin).await;
    let id = |data: Value, at: &str| data.pointer(at).and_then(Value::as_str).unwrap().to_owned();
    let person = async |team: &str| {
        let create = format!(
            "mutation {{ personCreate(input: {{ displayName: \"Somebody\", team: <{team}> }}) {{
                person {{ id }} errors {{ message }} }} }}"
        );
        id(admin.data(&scene.fill(&create)).await, "/personCreate/person/id")
    };
    let opened = async |team: Option<&str>| {
        let mut survey = scene.drafted(app, scene.draft(&["MANAGER"], team)).await;
        survey.launch().await;
        survey
    };
    let made = match fresh {
        Fresh::Nothing => String::new(),
        Fresh::Person(team) => person(team).await,
        Fresh::Team(parent) => {
            let create = format!(
                "mutation {{ teamCreate(input: {{ name: \"Some team\", parent: <{parent}> }}) {{
                    team {{ id }} errors {{ message }} }} }}"
            );
            id(admin.data(&scene.fill(&create)).await, "/teamCreate/team/id")
        }
        Fresh::Grant => {
            let person = person("team_a").await;
            let grant = format!(
                "mutation {{ roleGrant(input: {{ person: \"{person}\", role: EXECUTIVE }}) {{
                    roleGrant {{ id }} errors {{ message }} }} }}"
            );
            id(admin.data(&grant).await, "/roleGrant/roleGrant/id")
        }
        Fresh::Token => {
            let create = "mutation { apiTokenCreate(input: { name: \"Some token\", scopes: [AUDIT_READ] }) {
                apiToken { id } errors { message } } }";
            id(admin.data(create).await, "/apiTokenCreate/apiToken/id")
        }
        Fresh::Draft(team) => scene.drafted(app, scene.draft(&["MANAGER"], team)).await.id,
        Fresh::Open(team) => opened(team).await.id,
        Fresh::Closed(team) => {
            let survey = opened(team).await;
            survey.close().await;
            survey.id
        }
        Fresh::Answered(team) => {
            let survey = opened(Some(team)).await;
            for (at, person) in (0..).zip(scene.members(app, team).await) {
                survey.answer(&person, answers(1 + at % 5, 3, at % 11, None)).await;
            }
            survey.close().await;
            survey.id
        }
        Fresh::Invitation { answered } => {
            let survey = opened(Some("north")).await;
            let emil = if scene.partner == "petra" { "emil" } else { "una" };
            let receipt = if answered { survey.answer(emil, answers(2, 2, 2, None)).await } else { String::new() };
            return (survey.invitation_of(emil).await, receipt);
        }
        Fresh::By(make) => make(app, scene, client).await,
        Fresh::OwnInvitation => {
            // Later than the others, so that it is the newest.
            app.advance(chrono::TimeDelta::seconds(1));
            opened(None).await;
            let reply = client.query("{ viewer { invitations(first: 1) { nodes { id } } } }", json!({})).await;
            let own = reply.body["data"].pointer("/viewer/invitations/nodes/0/id").and_then(Value::as_str);
            // Who has none tries emil's.
            own.unwrap_or(scene.get("invitation")).to_owned()
        }
    };
    (made, String::new())
}

/// JSON as a GraphQL literal: keys without quotes, and the enums of drafts too.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let fields: Vec<String> = object.iter().map(|(key, value)| format!("{key}: {}", literal(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::String(text) if !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
            text.clone()
        }
        other => other.to_string(),
    }
}

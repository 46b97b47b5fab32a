//! Requests with their queues, and what teams were told.

use std::pin::Pin;

use hearten_entity::request_report;
use hearten_ids::RequestReportId;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::{
    mutations::{Call, Fresh},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way("ServiceRequestConnection", "all", "{ requests(first: 100) { … } }", "/requests"),
    way("ServiceRequestEdge", "newest", "{ requests(first: 1) { edges { … } } }", "/requests/edges/0"),
    way("ServiceRequest", "emil's", "{ node(id: <ask>) { ... on ServiceRequest { … } } }", "/node"),
    way("ServiceRequest", "emil's, for tokens", "{ node(id: <ask_open>) { ... on ServiceRequest { … } } }", "/node"),
    way("ServiceRequest", "emil's, for his team", "{ node(id: <ask_team>) { ... on ServiceRequest { … } } }", "/node"),
    way(
        "ServiceRequest",
        "emil's, of the partner, for his team",
        "{ node(id: <ask_person>) { ... on ServiceRequest { … } } }",
        "/node",
    ),
    way(
        "RequestPermissionInfo",
        "emil's, for his team",
        "{ node(id: <ask_team>) { ... on ServiceRequest { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "RequestPermissionInfo",
        "emil's, of the partner, for his team",
        "{ node(id: <ask_person>) { ... on ServiceRequest { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "RequestPermissionInfo",
        "emil's, for tokens",
        "{ node(id: <ask_open>) { ... on ServiceRequest { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "RequestMessageConnection",
        "emil's",
        "{ node(id: <ask>) { ... on ServiceRequest { messages { … } } } }",
        "/node/messages",
    ),
    way(
        "RequestMessageEdge",
        "emil's",
        "{ node(id: <ask>) { ... on ServiceRequest { messages { edges { … } } } } }",
        "/node/messages/edges/0",
    ),
    way(
        "RequestMessage",
        "emil's",
        "{ node(id: <ask>) { ... on ServiceRequest { messages { nodes { … } } } } }",
        "/node/messages/nodes/0",
    ),
    way(
        "RequestMoveConnection",
        "emil's",
        "{ node(id: <ask>) { ... on ServiceRequest { history { … } } } }",
        "/node/history",
    ),
    way(
        "RequestMoveEdge",
        "emil's",
        "{ node(id: <ask>) { ... on ServiceRequest { history { edges { … } } } } }",
        "/node/history/edges/0",
    ),
    way(
        "RequestMove",
        "emil's",
        "{ node(id: <ask>) { ... on ServiceRequest { history { nodes { … } } } } }",
        "/node/history/nodes/0",
    ),
    way(
        "RequestMove",
        "emil's, assigned to carl",
        "{ node(id: <ask_team>) { ... on ServiceRequest { history { nodes { … } } } } }",
        "/node/history/nodes/1",
    ),
    way(
        "RequestMove",
        "emil's, escalated",
        "{ node(id: <ask_team>) { ... on ServiceRequest { history { nodes { … } } } } }",
        "/node/history/nodes/2",
    ),
    way("RequestQueueConnection", "all", "{ requestQueues(first: 100) { … } }", "/requestQueues"),
    way("RequestQueueEdge", "newest", "{ requestQueues(first: 1) { edges { … } } }", "/requestQueues/edges/0"),
    way("RequestQueue", "of a team far off", "{ node(id: <queue>) { ... on RequestQueue { … } } }", "/node"),
    way("RequestQueue", "for tokens", "{ node(id: <queue_open>) { ... on RequestQueue { … } } }", "/node"),
    way(
        "TeamResponseConnection",
        "to North A",
        "{ node(id: <team_a>) { ... on Team { responses { … } } } }",
        "/node/responses",
    ),
    way(
        "TeamResponseEdge",
        "to North A",
        "{ node(id: <team_a>) { ... on Team { responses { edges { … } } } } }",
        "/node/responses/edges/0",
    ),
    way("TeamResponse", "to North A, by node", "{ node(id: <response>) { ... on TeamResponse { … } } }", "/node"),
    way(
        "RequestStats",
        "of North A",
        "{ node(id: <team_a>) { ... on Team { requestStats(year: 2026, quarter: 2) { ... on RequestStats { … } } } } }",
        "/node/requestStats",
    ),
    way(
        "HiddenRequestStats",
        "of the root",
        "{ node(id: <all>) { ... on Team { requestStats(year: 2026, quarter: 2) { ... on HiddenRequestStats { … } } } } }",
        "/node/requestStats",
    ),
];

pub const CALLS: &[Call] = &[
    ("requestQueueCreate", "of North A", "draft: { name: \"New queue\", team: <team_a> }", Fresh::Nothing),
    ("requestQueueCreate", "of emil", "draft: { name: \"New queue\", owners: [<emil>] }", Fresh::Nothing),
    (
        "requestQueueUpdate",
        "of North A",
        "queue: <fresh>, draft: { name: \"Renamed queue\", team: <team_a> }",
        Fresh::By(boxed_queue),
    ),
    ("requestOpen", "to a queue", "to: { queue: <queue> }, kind: TOOL, title: \"Something\"", Fresh::Nothing),
    ("requestOpen", "to emil", "to: { person: <emil> }, kind: TOOL, title: \"Something\"", Fresh::Nothing),
    (
        "requestOpen",
        "that a private goal of emil is blocked",
        "to: { queue: <queue> }, kind: TOOL, title: \"Something\", blockingGoal: <goal_secret>",
        Fresh::Nothing,
    ),
    ("requestMessage", "emil's", "request: <fresh>, body: \"Something\"", Fresh::By(boxed_request)),
    ("requestAskBack", "emil's", "request: <fresh>, question: \"Which?\"", Fresh::By(boxed_request)),
    ("requestAnswer", "emil's", "request: <fresh>, answer: \"Yes\"", Fresh::By(boxed_request)),
    ("requestDecline", "emil's", "request: <fresh>, reason: \"No\"", Fresh::By(boxed_request)),
    ("requestFulfil", "emil's", "request: <fresh>", Fresh::By(boxed_request)),
    ("requestAssign", "emil's, to carl", "request: <fresh>, assignee: <carl>", Fresh::By(boxed_request)),
    ("requestAssign", "emil's, to nobody", "request: <fresh>", Fresh::By(boxed_request)),
    ("requestTransfer", "emil's", "request: <fresh>, queue: <queue>", Fresh::By(boxed_request)),
    ("requestWithdraw", "emil's", "request: <fresh>", Fresh::By(boxed_request)),
    ("requestReopen", "emil's", "request: <fresh>, reason: \"Again\"", Fresh::By(boxed_answered)),
    ("requestEscalate", "emil's", "request: <fresh>", Fresh::By(boxed_request)),
    (
        "teamResponsePublish",
        "to North A",
        "team: <team_a>, asked: \"What?\", said: \"This\", did: \"That\"",
        Fresh::Nothing,
    ),
];

type Made<'a> = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

fn boxed_queue<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { queue(app, scene, "team: <team_a>").await })
}

fn boxed_request<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { request(app, scene, TO_OPEN).await })
}

fn boxed_answered<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let request = request(app, scene, TO_OPEN).await;
        let answer = format!(
            "mutation {{ requestAnswer(input: {{ request: \"{request}\", answer: \"Yes\" }}) {{ errors {{ code }} }} }}"
        );
        app.client_of(scene.lead).await.data(&answer).await;
        request
    })
}

/// Sends a mutation and returns the id at `at`.
pub async fn made(app: &TestApp, scene: &Scene, person: &str, document: &str, at: &str) -> String {
    let document = scene.fill(&document.replace("WORD", scene.word));
    let data = app.client_of(person).await.data(&document).await;
    data.pointer(at).and_then(Value::as_str).expect("it was made").to_owned()
}

async fn queue(app: &TestApp, scene: &Scene, more: &str) -> String {
    let create = format!(
        "mutation {{ requestQueueCreate(input: {{ draft: {{ name: \"WORD desk\", {more} }} }}) {{
            queue {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.admin, &create, "/requestQueueCreate/queue/id").await
}

const TO_OPEN: &str = "to: { queue: <queue_open> }";

async fn request(app: &TestApp, scene: &Scene, more: &str) -> String {
    let open = format!(
        "mutation {{ requestOpen(input: {{ kind: TOOL, title: \"WORD lamp\", details: \"WORD: mine is broken\",
            {more} }}) {{ request {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.emil, &open, "/requestOpen/request/id").await
}

/// Does something with a request.
async fn work(app: &TestApp, scene: &Scene, who: &str, mutation: &str, input: &str) {
    let document =
        format!("mutation {{ {mutation}(input: {{ {input} }}) {{ request {{ id }} errors {{ message }} }} }}");
    made(app, scene, who, &document, &format!("/{mutation}/request/id")).await;
}

/// What emil's team sees, with a goal that only he sees; what he asked of a person.
async fn set_requests(scene: &mut Scene, app: &TestApp) {
    let team = "to: { queue: <queue> }, visibility: TEAM, blockingGoal: <goal_secret>,
        neededBy: \"2026-12-20T09:00:00Z\"";
    let id = request(app, scene, team).await;
    scene.put("ask_team", id);
    for (who, mutation, input) in [
        (scene.lead, "requestAssign", "request: <ask_team>, assignee: <carl>"),
        (scene.emil, "requestEscalate", "request: <ask_team>, reason: \"WORD: soon\""),
    ] {
        // Moves of one moment have no order.
        app.advance(chrono::TimeDelta::seconds(1));
        work(app, scene, who, mutation, input).await;
    }
    let id = request(app, scene, "to: { person: <partner> }, visibility: TEAM").await;
    scene.put("ask_person", id);
    work(app, scene, scene.partner, "requestAskBack", "request: <ask_person>, question: \"WORD: which?\"").await;
}

async fn set_report(scene: &Scene, app: &TestApp) {
    let cut = |name: &str, verdict: Value, figures: Value| json!({ "key": { "of": "team", "team": scene.get(name) }, "verdict": verdict, "figures": figures });
    let figures = json!({ "askers": 6, "requests": 8, "answered": 6, "fulfilled": 4, "median_minutes": 90 });
    let cuts = [cut("team_a", json!("SHOWN"), figures), cut("all", json!({ "HIDDEN": "COMPLEMENTARY" }), Value::Null)];
    let now = app.clock.now();
    let row = request_report::ActiveModel {
        id: Set(RequestReportId(app.app().random.id(now))),
        organization_id: Set(scene.get("org").parse().unwrap()),
        quarter: Set("2026-Q2".to_owned()),
        figures: Set(json!({ "cuts": cuts })),
        computed_at: Set(now),
    };
    request_report::Entity::insert(row).exec_without_returning(app.db().await.write()).await.unwrap();
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    let lead = app.person(scene.lead).await;
    let id = queue(app, scene, &format!("team: <team_far>, owners: [\"{lead}\"]")).await;
    scene.put("queue", id);
    let id = queue(app, scene, &format!("team: <team_far>, owners: [\"{lead}\"], integrations: true")).await;
    scene.put("queue_open", id);
    for (name, to) in [("ask", "to: { queue: <queue> }"), ("ask_open", TO_OPEN)] {
        let id = request(app, scene, to).await;
        scene.put(name, id);
        let message = format!(
            "mutation {{ requestMessage(input: {{ request: <{name}>, body: \"WORD: please\" }}) {{
                request {{ id }} errors {{ message }} }} }}"
        );
        made(app, scene, scene.emil, &message, "/requestMessage/request/id").await;
    }
    set_requests(scene, app).await;
    let publish =
        "mutation { teamResponsePublish(input: { team: <team_a>, asked: \"WORD: what?\", said: \"WORD: this\",
        did: \"WORD: that\" }) { response { id } errors { message } } }";
    let id = made(app, scene, scene.partner, publish, "/teamResponsePublish/response/id").await;
    scene.put("response", id);
    set_report(scene, app).await;
}

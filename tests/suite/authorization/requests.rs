//! Requests with their queues, frictions with their roadmap, and rounds of priorities.

use std::pin::Pin;

use hearten_api::areas::priorities::upkeep;
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
    way("FrictionConnection", "all", "{ frictions(first: 100) { … } }", "/frictions"),
    way("FrictionEdge", "costliest", "{ frictions(first: 1) { edges { … } } }", "/frictions/edges/0"),
    way("Friction", "in North A, by emil", "{ node(id: <friction>) { ... on Friction { … } } }", "/node"),
    way(
        "FrictionPermissionInfo",
        "in North A, by emil",
        "{ node(id: <friction>) { ... on Friction { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "FrictionVoteInfo",
        "in North A, by emil",
        "{ node(id: <friction>) { ... on Friction { myVote { … } } } }",
        "/node/myVote",
    ),
    way("RoadmapStepConnection", "all", "{ roadmap(first: 100) { … } }", "/roadmap"),
    way("RoadmapStepEdge", "newest", "{ roadmap(first: 1) { edges { … } } }", "/roadmap/edges/0"),
    way("RoadmapStep", "done", "{ node(id: <step>) { ... on RoadmapStep { … } } }", "/node"),
    way("RoadmapResultInfo", "done", "{ node(id: <step>) { ... on RoadmapStep { result { … } } } }", "/node/result"),
    way("PriorityRoundConnection", "all", "{ priorityRounds(first: 100) { … } }", "/priorityRounds"),
    way("PriorityRoundEdge", "newest", "{ priorityRounds(first: 1) { edges { … } } }", "/priorityRounds/edges/0"),
    way("PriorityRound", "open to North", "{ node(id: <round_open>) { ... on PriorityRound { … } } }", "/node"),
    way("PriorityRound", "closed, of all", "{ node(id: <round>) { ... on PriorityRound { … } } }", "/node"),
    way(
        "PriorityOption",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { options { … } } } }",
        "/node/options/0",
    ),
    way(
        "PriorityCutConnection",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results(first: 100) { … } } } }",
        "/node/results",
    ),
    way(
        "PriorityCutEdge",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { edges { … } } } } }",
        "/node/results/edges/0",
    ),
    way(
        "PriorityCut",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { … } } } } }",
        "/node/results/nodes/0",
    ),
    way(
        "PriorityResult",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { outcome { ... on PriorityResult { … } } } } } } }",
        "/node/results/nodes/0/outcome",
    ),
    way(
        "PriorityScore",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { outcome {
            ... on PriorityResult { scores { … } } } } } } } }",
        "/node/results/nodes/0/outcome/scores/0",
    ),
    way(
        "PriorityStep",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { outcome {
            ... on PriorityResult { order { … } } } } } } } }",
        "/node/results/nodes/0/outcome/order/0",
    ),
    way(
        "HiddenPriorities",
        "of a round in which nobody took part",
        "{ node(id: <round_empty>) { ... on PriorityRound { results { nodes { outcome {
            ... on HiddenPriorities { … } } } } } } }",
        "/node/results/nodes/0/outcome",
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
    ("requestMessage", "emil's", "request: <fresh>, body: \"Something\"", Fresh::By(boxed_request)),
    ("requestAskBack", "emil's", "request: <fresh>, question: \"Which?\"", Fresh::By(boxed_request)),
    ("requestAnswer", "emil's", "request: <fresh>, answer: \"Yes\"", Fresh::By(boxed_request)),
    ("requestDecline", "emil's", "request: <fresh>, reason: \"No\"", Fresh::By(boxed_request)),
    ("requestFulfil", "emil's", "request: <fresh>", Fresh::By(boxed_request)),
    ("requestAssign", "emil's", "request: <fresh>", Fresh::By(boxed_request)),
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
    ("frictionCreate", "one", "report: <new_friction>", Fresh::Nothing),
    ("frictionUpdate", "emil's in North A", "friction: <fresh>, report: <new_friction>", Fresh::By(boxed_friction)),
    ("frictionVote", "emil's in North A", "friction: <fresh>, minutes: 5", Fresh::By(boxed_friction)),
    ("frictionUnvote", "emil's in North A", "friction: <fresh>", Fresh::By(boxed_friction)),
    ("frictionMerge", "emil's in North A", "friction: <fresh>, into: <friction>", Fresh::By(boxed_friction)),
    ("frictionReject", "emil's in North A", "friction: <fresh>, reason: \"No\"", Fresh::By(boxed_friction)),
    ("frictionResolve", "emil's in North A", "friction: <fresh>", Fresh::By(boxed_friction)),
    ("frictionReopen", "resolved in North A", "friction: <fresh>", Fresh::By(boxed_resolved)),
    (
        "roadmapStepCreate",
        "emil's in North A",
        "friction: <fresh>, draft: { title: \"Step\", owner: <emil> }",
        Fresh::By(boxed_friction),
    ),
    (
        "roadmapStepUpdate",
        "in North A",
        "step: <fresh>, draft: { title: \"Step\", owner: <emil> }, state: IN_PROGRESS",
        Fresh::By(boxed_step),
    ),
    ("roadmapStepFinish", "in North A", "step: <fresh>, minutesAfter: 1, peopleAfter: 1", Fresh::By(boxed_step)),
    (
        "priorityRoundPlan",
        "for North",
        "title: <text>, options: <options>, teams: [<north>], closesAt: <soon>",
        Fresh::Nothing,
    ),
    ("priorityRoundPlan", "for all", "title: <text>, options: <options>, closesAt: <soon>", Fresh::Nothing),
    ("prioritiesRank", "of North", "round: <round_open>, ranking: [\"o2\"]", Fresh::Nothing),
];

type Made<'a> = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

fn boxed_queue<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { queue(app, scene, "team: <team_a>").await })
}

fn boxed_request<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { request(app, scene, "queue_open").await })
}

fn boxed_answered<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let request = request(app, scene, "queue_open").await;
        let answer = format!(
            "mutation {{ requestAnswer(input: {{ request: \"{request}\", answer: \"Yes\" }}) {{ errors {{ code }} }} }}"
        );
        app.client_of(scene.lead).await.data(&answer).await;
        request
    })
}

fn boxed_friction<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { friction(app, scene).await })
}

fn boxed_resolved<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let friction = friction(app, scene).await;
        let resolve =
            format!("mutation {{ frictionResolve(input: {{ friction: \"{friction}\" }}) {{ errors {{ code }} }} }}");
        app.client_of(scene.partner).await.data(&resolve).await;
        friction
    })
}

fn boxed_step<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let friction = friction(app, scene).await;
        step(app, scene, &friction).await
    })
}

/// Sends a mutation and returns the id at `at`.
async fn made(app: &TestApp, scene: &Scene, person: &str, document: &str, at: &str) -> String {
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

async fn request(app: &TestApp, scene: &Scene, queue: &str) -> String {
    let open = format!(
        "mutation {{ requestOpen(input: {{ to: {{ queue: <{queue}> }}, kind: TOOL, title: \"WORD lamp\",
            details: \"WORD: mine is broken\" }}) {{ request {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.emil, &open, "/requestOpen/request/id").await
}

const NEW_FRICTION: &str = "{ title: \"WORD detour\", process: \"WORD buying\", frequency: WEEKLY,
    minutesLostPerWeek: 10, peopleAffected: 2, team: <team_a> }";

async fn friction(app: &TestApp, scene: &Scene) -> String {
    let create = format!(
        "mutation {{ frictionCreate(input: {{ report: {NEW_FRICTION} }}) {{ friction {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.emil, &create, "/frictionCreate/friction/id").await
}

async fn step(app: &TestApp, scene: &Scene, friction: &str) -> String {
    let create = format!(
        "mutation {{ roadmapStepCreate(input: {{ friction: \"{friction}\", draft: {{ title: \"WORD step\",
            owner: <emil> }} }}) {{ step {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.partner, &create, "/roadmapStepCreate/step/id").await
}

/// What stands for itself in the inputs of [`CALLS`].
pub fn fill(text: &str) -> String {
    text.replace("<new_friction>", &NEW_FRICTION.replace("WORD ", ""))
        .replace("<text>", "{ en: \"New round\", de: \"Neue Runde\" }")
        .replace("<options>", "[{ en: \"Pay\", de: \"Geld\" }, { en: \"Time\", de: \"Zeit\" }]")
        .replace("<soon>", "\"2026-12-01T00:00:00Z\"")
}

async fn round(app: &TestApp, scene: &Scene, more: &str) -> String {
    let closes = (app.clock.now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let plan = format!(
        "mutation {{ priorityRoundPlan(input: {{ title: {{ en: \"WORD priorities\", de: \"WORD Prioritäten\" }},
            options: [{{ en: \"WORD pay\", de: \"WORD Geld\" }}, {{ en: \"WORD time\", de: \"WORD Zeit\" }},
                {{ en: \"WORD calm\", de: \"WORD Ruhe\" }}], {more} closesAt: \"{closes}\" }}) {{
            round {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.partner, &plan, "/priorityRoundPlan/round/id").await
}

async fn set_rounds(scene: &mut Scene, app: &TestApp) {
    let id = round(app, scene, "").await;
    scene.put("round", id);
    let id = round(app, scene, "").await;
    scene.put("round_empty", id);
    let tenant = if scene.word == "Acme" { &app.acme } else { &app.umbra };
    let directory = app.directory_of(tenant).await;
    let rankings = ["[\"o1\"]", "[\"o2\", \"o1\"]", "[\"o3\", \"o2\"]", "[\"o2\", \"o3\", \"o1\"]"];
    for (person, ranking) in directory.chart.persons().iter().zip(rankings.iter().cycle()) {
        let rank = scene.fill(&format!(
            "mutation {{ prioritiesRank(input: {{ round: <round>, ranking: {ranking} }}) {{ errors {{ code }} }} }}"
        ));
        app.client_of(person.external_id.as_ref().unwrap()).await.data(&rank).await;
    }
    app.advance(chrono::TimeDelta::hours(1));
    upkeep::look(app.app(), app.db().await).await.unwrap();
    let id = round(app, scene, "teams: [<north>]").await;
    scene.put("round_open", id);
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
    for (name, queue) in [("ask", "queue"), ("ask_open", "queue_open")] {
        let id = request(app, scene, queue).await;
        scene.put(name, id);
        let message = format!(
            "mutation {{ requestMessage(input: {{ request: <{name}>, body: \"WORD: please\" }}) {{
                request {{ id }} errors {{ message }} }} }}"
        );
        made(app, scene, scene.emil, &message, "/requestMessage/request/id").await;
    }
    let publish =
        "mutation { teamResponsePublish(input: { team: <team_a>, asked: \"WORD: what?\", said: \"WORD: this\",
        did: \"WORD: that\" }) { response { id } errors { message } } }";
    let id = made(app, scene, scene.partner, publish, "/teamResponsePublish/response/id").await;
    scene.put("response", id);
    set_report(scene, app).await;
    let id = friction(app, scene).await;
    let done = step(app, scene, &id).await;
    scene.put("friction", id);
    let finish = format!(
        "mutation {{ roadmapStepFinish(input: {{ step: \"{done}\", minutesAfter: 1, peopleAfter: 1,
            note: \"WORD: asked\" }}) {{ step {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.partner, &finish, "/roadmapStepFinish/step/id").await;
    scene.put("step", done);
    set_rounds(scene, app).await;
}

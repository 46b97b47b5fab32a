//! What bert of the board has to do with persons he does not see: he is given it without them.

use super::{
    requests,
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::TestApp;

pub const WAYS: &[Way] = &[
    way(
        "ServiceRequest",
        "bert's, declined by carl",
        "{ node(id: <board_ask>) { ... on ServiceRequest { … } } }",
        "/node",
    ),
    way(
        "RequestMove",
        "bert's, assigned to carl",
        "{ node(id: <board_ask>) { ... on ServiceRequest { history { nodes { … } } } } }",
        "/node/history/nodes/1",
    ),
    way(
        "RequestMove",
        "bert's, declined by carl",
        "{ node(id: <board_ask>) { ... on ServiceRequest { history { nodes { … } } } } }",
        "/node/history/nodes/2",
    ),
    way(
        "RequestMessage",
        "bert's, by carl",
        "{ node(id: <board_ask>) { ... on ServiceRequest { messages { nodes { … } } } } }",
        "/node/messages/nodes/0",
    ),
    way("RequestQueue", "archived, of carl", "{ node(id: <board_queue>) { ... on RequestQueue { … } } }", "/node"),
    way("Expectation", "of bert", "{ node(id: <board_expectation>) { ... on Expectation { … } } }", "/node"),
    way(
        "ExpectationStep",
        "of bert",
        "{ node(id: <board_expectation>) { ... on Expectation { history { … } } } }",
        "/node/history/0",
    ),
    way(
        "ConversationSeries",
        "of the partner, carl and bert",
        "{ node(id: <board_meeting>) { ... on ConversationSeries { … } } }",
        "/node",
    ),
    way(
        "Conversation",
        "of the partner, carl and bert",
        "{ node(id: <board_talk>) { ... on Conversation { … } } }",
        "/node",
    ),
    way(
        "ConversationCheckIn",
        "carl's, with bert",
        "{ node(id: <board_talk>) { ... on Conversation { checkIns { … } } } }",
        "/node/checkIns/0",
    ),
    way(
        "AgendaItem",
        "the partner's, with bert",
        "{ node(id: <board_talk>) { ... on Conversation { agenda { … } } } }",
        "/node/agenda/0",
    ),
    way("ActionItem", "carl's, with bert", "{ node(id: <board_task>) { ... on ActionItem { … } } }", "/node"),
    way(
        "GoalCheckIn",
        "emil's, of the organization's",
        "{ node(id: <goal_org>) { ... on Goal { checkIns { nodes { … } } } } }",
        "/node/checkIns/nodes/0",
    ),
];

/// Sends a mutation and returns the id at `at`. What is done in one moment has no order.
async fn made(app: &TestApp, scene: &Scene, person: &str, document: &str, at: &str) -> String {
    app.advance(chrono::TimeDelta::seconds(1));
    requests::made(app, scene, person, document, at).await
}

/// Sends mutations, `NAME(input: { … })`, each by somebody, whose payloads need not be kept.
async fn write(app: &TestApp, scene: &Scene, writes: &[(&str, &str)]) {
    for (who, mutation) in writes {
        app.advance(chrono::TimeDelta::seconds(1));
        let document = format!("mutation {{ {mutation} {{ errors {{ message }} }} }}").replace("WORD", scene.word);
        app.client_of(who).await.data(&scene.fill(&document)).await;
    }
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    set_requests(scene, app).await;
    let propose = "mutation { expectationPropose(input: { to: <bert>, what: \"WORD word\", amount: 1, unit: ITEMS,
        dueAt: \"2027-01-15\" }) { expectation { id } errors { message } } }";
    let id = made(app, scene, scene.partner, propose, "/expectationPropose/expectation/id").await;
    scene.put("board_expectation", id);
    let create = "mutation { conversationSeriesCreate(input: { participants: [<bert>, <carl>], kind: TEAM,
        startsOn: \"2026-12-01\", localTime: \"09:00\", title: \"WORD strategy\" }) {
        series { next { id } } errors { message } } }";
    let id = made(app, scene, scene.partner, create, "/conversationSeriesCreate/series/next/id").await;
    scene.put("board_talk", id);
    let read = "{ node(id: <board_talk>) { ... on Conversation { series { id } } } }";
    let id = made(app, scene, scene.partner, read, "/node/series/id").await;
    scene.put("board_meeting", id);
    let add = "mutation { actionItemAdd(input: { conversation: <board_talk>, text: \"WORD plan\", owner: <carl> }) {
        actionItem { id } errors { message } } }";
    let id = made(app, scene, scene.partner, add, "/actionItemAdd/actionItem/id").await;
    scene.put("board_task", id);
    let writes = [
        (scene.partner, "agendaItemAdd(input: { conversation: <board_talk>, text: \"WORD point\" })"),
        (scene.carl, "conversationPrepare(input: { conversation: <board_talk>, mood: 4 })"),
        (scene.emil, "goalCheckIn(input: { goal: <goal_org>, confidence: ON_TRACK, confidenceScore: 8 })"),
    ];
    write(app, scene, &writes).await;
}

async fn set_requests(scene: &mut Scene, app: &TestApp) {
    let create = "mutation { requestQueueCreate(input: { draft: { name: \"WORD old desk\", team: <team_far>,
        owners: [<carl>] } }) { queue { id } errors { message } } }";
    let id = made(app, scene, scene.admin, create, "/requestQueueCreate/queue/id").await;
    scene.put("board_queue", id);
    let open = "mutation { requestOpen(input: { to: { queue: <queue> }, kind: TOOL, title: \"WORD chair\" }) {
        request { id } errors { message } } }";
    let id = made(app, scene, scene.bert, open, "/requestOpen/request/id").await;
    scene.put("board_ask", id);
    let writes = [
        (
            scene.admin,
            "requestQueueUpdate(input: { queue: <board_queue>, archived: true,
                draft: { name: \"WORD old desk\", team: <team_far>, owners: [<carl>] } })",
        ),
        (scene.lead, "requestAssign(input: { request: <board_ask>, assignee: <carl> })"),
        (scene.carl, "requestMessage(input: { request: <board_ask>, body: \"WORD: why?\" })"),
        (scene.carl, "requestDecline(input: { request: <board_ask>, reason: \"WORD: none\" })"),
    ];
    write(app, scene, &writes).await;
}

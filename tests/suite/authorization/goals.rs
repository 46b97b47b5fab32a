//! Cycles, goals, key results, alignments, check-ins and files of goals.

use std::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use super::{
    mutations::{Below, Call, Fresh},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way("GoalCycleConnection", "all", "{ goalCycles { … } }", "/goalCycles"),
    way("GoalCycleEdge", "newest", "{ goalCycles { edges { … } } }", "/goalCycles/edges/0"),
    way("GoalCycle", "closed, by node", "{ node(id: <cycle_closed>) { ... on GoalCycle { … } } }", "/node"),
    way("GoalCycle", "by node", "{ node(id: <cycle>) { ... on GoalCycle { … } } }", "/node"),
    way("GoalConnection", "all", "{ goals(first: 100) { … } }", "/goals"),
    way("GoalConnection", "of a cycle", "{ goals(first: 100, filter: { cycle: <cycle> }) { … } }", "/goals"),
    way("GoalConnection", "emil's", "{ node(id: <emil>) { ... on Person { goals { … } } } }", "/node/goals"),
    way("GoalConnection", "of North A", "{ node(id: <team_a>) { ... on Team { goals { … } } } }", "/node/goals"),
    way("GoalConnection", "the roots of a cycle", "{ goalTree(cycle: <cycle>) { … } }", "/goalTree"),
    way("GoalEdge", "newest", "{ goals(first: 1) { edges { … } } }", "/goals/edges/0"),
    way("Goal", "the organization's", "{ node(id: <goal_org>) { ... on Goal { … } } }", "/node"),
    way("Goal", "of North A, for the team", "{ node(id: <goal_team>) { ... on Goal { … } } }", "/node"),
    way("Goal", "of North A, private", "{ node(id: <goal_team_private>) { ... on Goal { … } } }", "/node"),
    way("Goal", "emil's, public", "{ node(id: <goal_emil>) { ... on Goal { … } } }", "/node"),
    way("Goal", "emil's, private", "{ node(id: <goal_secret>) { ... on Goal { … } } }", "/node"),
    way("Goal", "emil's, closed", "{ node(id: <goal_closed>) { ... on Goal { … } } }", "/node"),
    way("Goal", "emil's, of a public one before", "{ node(id: <goal_again>) { ... on Goal { … } } }", "/node"),
    way(
        "Goal",
        "emil's, public, of a private one before",
        "{ node(id: <goal_opened>) { ... on Goal { … } } }",
        "/node",
    ),
    way(
        "GoalPermissionInfo",
        "emil's, public",
        "{ node(id: <goal_emil>) { ... on Goal { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "GoalPermissionInfo",
        "of North A",
        "{ node(id: <goal_team>) { ... on Goal { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way("KeyResult", "emil's, public", "{ node(id: <key_result>) { ... on KeyResult { … } } }", "/node"),
    way("KeyResult", "emil's, a number", "{ node(id: <key_result_number>) { ... on KeyResult { … } } }", "/node"),
    way("KeyResult", "emil's, done or not", "{ node(id: <key_result_binary>) { ... on KeyResult { … } } }", "/node"),
    way("KeyResult", "emil's, private", "{ node(id: <key_result_secret>) { ... on KeyResult { … } } }", "/node"),
    way(
        "KeyResultMilestone",
        "emil's, public",
        "{ node(id: <key_result>) { ... on KeyResult { milestones { … } } } }",
        "/node/milestones/0",
    ),
    way(
        "GoalAlignmentConnection",
        "below the top",
        "{ node(id: <goal_org>) { ... on Goal { children { … } } } }",
        "/node/children",
    ),
    way(
        "GoalAlignmentEdge",
        "below the top",
        "{ node(id: <goal_org>) { ... on Goal { children { edges { … } } } } }",
        "/node/children/edges/0",
    ),
    way(
        "GoalAlignment",
        "below the top",
        "{ node(id: <goal_org>) { ... on Goal { children { nodes { … } } } } }",
        "/node/children/nodes/0",
    ),
    way(
        "GoalAlignment",
        "what emil's supports",
        "{ node(id: <goal_emil>) { ... on Goal { parents { nodes { … } } } } }",
        "/node/parents/nodes/0",
    ),
    way(
        "GoalAlignment",
        "what that of North A supports",
        "{ node(id: <goal_team>) { ... on Goal { parents { nodes { … } } } } }",
        "/node/parents/nodes/0",
    ),
    way("GoalGraph", "of a cycle", "{ goalGraph(cycle: <cycle>, first: 100) { … } }", "/goalGraph"),
    way(
        "GoalCheckInConnection",
        "emil's, public",
        "{ node(id: <goal_emil>) { ... on Goal { checkIns { … } } } }",
        "/node/checkIns",
    ),
    way(
        "GoalCheckInConnection",
        "emil's, private",
        "{ node(id: <goal_secret>) { ... on Goal { checkIns { … } } } }",
        "/node/checkIns",
    ),
    way(
        "GoalCheckInEdge",
        "emil's, public",
        "{ node(id: <goal_emil>) { ... on Goal { checkIns { edges { … } } } } }",
        "/node/checkIns/edges/0",
    ),
    way(
        "GoalCheckIn",
        "emil's, public",
        "{ node(id: <goal_emil>) { ... on Goal { checkIns { nodes { … } } } } }",
        "/node/checkIns/nodes/0",
    ),
    way(
        "GoalCheckInValue",
        "emil's, public",
        "{ node(id: <goal_emil>) { ... on Goal { checkIns { nodes { values { … } } } } } }",
        "/node/checkIns/nodes/0/values/0",
    ),
    way(
        "GoalChangeConnection",
        "the organization's",
        "{ node(id: <goal_org>) { ... on Goal { history { … } } } }",
        "/node/history",
    ),
    way(
        "GoalChangeEdge",
        "the organization's",
        "{ node(id: <goal_org>) { ... on Goal { history { edges { … } } } } }",
        "/node/history/edges/0",
    ),
    way(
        "GoalChange",
        "whose owner changed",
        "{ node(id: <goal_org>) { ... on Goal { history { nodes { … } } } } }",
        "/node/history/nodes/0",
    ),
    way(
        "GoalChange",
        "whose title changed",
        "{ node(id: <goal_org>) { ... on Goal { history { nodes { … } } } } }",
        "/node/history/nodes/1",
    ),
];

/// A goal made for one call, in a cycle of its own, because nobody has as many goals as there are calls.
const EMILS: Fresh = Fresh::By(|app, scene, _| Box::pin(emils(app, scene, "PUBLIC", false)));
/// In the cycle of the scene.
const EMILS_HERE: Fresh =
    Fresh::By(|app, scene, _| Box::pin(goal(app, scene, scene.emil, scene.get("cycle"), "level: PERSON")));
const EMILS_PRIVATE: Fresh = Fresh::By(|app, scene, _| Box::pin(emils(app, scene, "PRIVATE", false)));
const EMILS_CLOSED: Fresh = Fresh::By(|app, scene, _| Box::pin(emils(app, scene, "PUBLIC", true)));
const TEAMS: Fresh = Fresh::By(|app, scene, _| Box::pin(teams(app, scene)));
const CYCLE: Fresh = Fresh::By(|app, scene, _| Box::pin(cycle(app, scene)));
const KEY_RESULT: Fresh = Fresh::By(fresh_key_result);
const ALIGNMENT: Fresh = Fresh::By(fresh_alignment);

const SAID: &str = "confidence: AT_RISK, confidenceScore: 4";

pub const CALLS: &[Call] = &[
    ("goalCycleCreate", "one", "name: \"New cycle\", startsOn: \"2027-01-01\", endsOn: \"2027-03-31\"", Fresh::Nothing),
    ("goalCycleUpdate", "one", "cycle: <fresh>, endsOn: \"2027-01-31\"", CYCLE),
    ("goalCycleClose", "one", "cycle: <fresh>", CYCLE),
    ("goalsImport", "a dry run", "cycle: <fresh>, dryRun: true, goals: \"external_id,title\\nnew,New\\n\"", CYCLE),
    ("goalCreate", "one's own", "cycle: <fresh>, level: PERSON, title: \"New goal\"", CYCLE),
    ("goalCreate", "emil's", "cycle: <fresh>, level: PERSON, owner: <emil>, title: \"New goal\"", CYCLE),
    ("goalCreate", "of North A", "cycle: <fresh>, level: TEAM, team: <team_a>, title: \"New goal\"", CYCLE),
    ("goalCreate", "the organization's", "cycle: <fresh>, level: ORGANIZATION, title: \"New goal\"", CYCLE),
    ("goalUpdate", "emil's", "goal: <fresh>, title: \"Other goal\"", EMILS),
    ("goalUpdate", "emil's private", "goal: <fresh>, title: \"Other goal\"", EMILS_PRIVATE),
    ("goalUpdate", "of North A", "goal: <fresh>, title: \"Other goal\"", TEAMS),
    ("goalAlign", "emil's with the same one", "goal: <fresh>, supports: { goal: <fresh> }", EMILS),
    ("goalAlign", "emil's with the organization's", "goal: <fresh>, supports: { goal: <goal_org> }", EMILS_HERE),
    (
        "goalAlign",
        "emil's with a private one of North A",
        "goal: <fresh>, supports: { goal: <goal_team_private> }",
        EMILS_HERE,
    ),
    ("goalUnalign", "emil's from that of North A", "alignment: <fresh>", ALIGNMENT),
    ("goalCheckIn", "emil's", "goal: <fresh>, confidence: AT_RISK, confidenceScore: 4", EMILS),
    ("goalCheckIn", "emil's private", "goal: <fresh>, confidence: AT_RISK, confidenceScore: 4", EMILS_PRIVATE),
    ("goalCheckIn", "of North A, emil answers", "goal: <fresh>, confidence: AT_RISK, confidenceScore: 4", TEAMS),
    ("goalClose", "emil's", "goal: <fresh>, score: 0.5, note: \"Why\"", EMILS),
    ("goalReopen", "emil's", "goal: <fresh>", EMILS_CLOSED),
    ("goalArchive", "emil's", "goal: <fresh>", EMILS),
    ("goalRollOver", "emil's", "goal: <fresh>, cycle: <cycle>", EMILS),
    ("keyResultCreate", "emil's", "goal: <fresh>, keyResult: { title: \"New\", measure: { binary: false } }", EMILS),
    ("keyResultUpdate", "emil's", "keyResult: <fresh>, weight: 10", KEY_RESULT),
    ("keyResultRemove", "emil's", "keyResult: <fresh>", KEY_RESULT),
];

pub const BELOW: &[Below] = &[
    (
        "GoalsImportReport",
        "of a mutation",
        "goalsImport(input: { cycle: <cycle>, dryRun: true, goals: \"external_id,title\\nx,\\n\" }) { report { … } }",
        "/goalsImport/report",
    ),
    (
        "GoalsImportProblem",
        "of a mutation",
        "goalsImport(input: { cycle: <cycle>, dryRun: true, goals: \"external_id,title\\nx,\\n\" }) {
            report { problems { … } } }",
        "/goalsImport/report/problems/0",
    ),
    (
        "GoalsImportReport",
        "of a file that names emil",
        "goalsImport(input: { cycle: <cycle>, dryRun: true, goals: <goals_of_emil> }) { report { … } }",
        "/goalsImport/report",
    ),
];

/// Runs a mutation as somebody and returns what stands at `at`.
async fn made(app: &TestApp, who: &str, scene: &Scene, mutation: &str, at: &str) -> String {
    let data = app.client_of(who).await.query(&scene.fill(mutation), json!({})).await.data();
    data.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{mutation}: {data}")).to_owned()
}

async fn cycle(app: &TestApp, scene: &Scene) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("{} cycle {}", scene.word, COUNT.fetch_add(1, Ordering::Relaxed));
    let create = format!(
        "mutation {{ goalCycleCreate(input: {{ name: \"{name}\", startsOn: \"2026-10-01\", endsOn: \"2026-12-31\",
            open: true }}) {{ cycle {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene.partner, scene, &create, "/goalCycleCreate/cycle/id").await
}

async fn goal(app: &TestApp, scene: &Scene, who: &str, cycle: &str, more: &str) -> String {
    let title = format!("{} goal", scene.word);
    let create = format!(
        "mutation {{ goalCreate(input: {{ cycle: \"{cycle}\", title: \"{title}\", {more} }}) {{
            goal {{ id }} errors {{ message }} }} }}"
    );
    made(app, who, scene, &create, "/goalCreate/goal/id").await
}

async fn emils(app: &TestApp, scene: &Scene, visibility: &str, closed: bool) -> String {
    let cycle = cycle(app, scene).await;
    let id = goal(app, scene, scene.emil, &cycle, &format!("level: PERSON, visibility: {visibility}")).await;
    if closed {
        close(app, scene, &id).await;
    }
    id
}

async fn close(app: &TestApp, scene: &Scene, goal: &str) {
    let close = format!(
        "mutation {{ goalClose(input: {{ goal: \"{goal}\", score: 0.5, note: \"Why\" }}) {{
            goal {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene.emil, scene, &close, "/goalClose/goal/id").await;
}

async fn update(app: &TestApp, scene: &Scene, who: &str, goal: &str, more: &str) {
    let update = format!(
        "mutation {{ goalUpdate(input: {{ goal: \"{goal}\", {more} }}) {{ goal {{ id }} errors {{ message }} }} }}"
    );
    made(app, who, scene, &update, "/goalUpdate/goal/id").await;
}

/// The goal once more, in another cycle.
async fn roll_over(app: &TestApp, scene: &Scene, goal: &str, cycle: &str) -> String {
    let again = format!(
        "mutation {{ goalRollOver(input: {{ goal: \"{goal}\", cycle: \"{cycle}\" }}) {{
            goal {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene.emil, scene, &again, "/goalRollOver/goal/id").await
}

async fn teams(app: &TestApp, scene: &Scene) -> String {
    let cycle = cycle(app, scene).await;
    goal(app, scene, scene.lead, &cycle, "level: TEAM, team: <team_a>, owner: <emil>, visibility: TEAM").await
}

fn fresh_key_result<'a>(
    app: &'a TestApp,
    scene: &'a Scene,
    _: &'a Client,
) -> Pin<Box<dyn Future<Output = String> + Send + 'a>> {
    Box::pin(async move {
        let goal = emils(app, scene, "PUBLIC", false).await;
        key_result(app, scene, &goal).await
    })
}

fn fresh_alignment<'a>(
    app: &'a TestApp,
    scene: &'a Scene,
    _: &'a Client,
) -> Pin<Box<dyn Future<Output = String> + Send + 'a>> {
    Box::pin(async move {
        let cycle = cycle(app, scene).await;
        let child = goal(app, scene, scene.emil, &cycle, "level: PERSON").await;
        let parent = goal(app, scene, scene.lead, &cycle, "level: TEAM, team: <team_a>").await;
        align(app, scene, &child, &parent).await
    })
}

async fn key_result(app: &TestApp, scene: &Scene, goal: &str) -> String {
    let milestones = format!("measure: {{ milestones: [{{ title: \"{} key result\" }}] }}", scene.word);
    measured(app, scene, scene.emil, goal, &milestones).await
}

async fn measured(app: &TestApp, scene: &Scene, who: &str, goal: &str, measure: &str) -> String {
    let title = format!("{} key result", scene.word);
    let create = format!(
        "mutation {{ keyResultCreate(input: {{ goal: \"{goal}\", keyResult: {{ title: \"{title}\", {measure} }} }}) {{
            keyResult {{ id }} errors {{ message }} }} }}"
    );
    made(app, who, scene, &create, "/keyResultCreate/keyResult/id").await
}

async fn align(app: &TestApp, scene: &Scene, child: &str, parent: &str) -> String {
    support(app, scene, scene.emil, child, &format!("goal: \"{parent}\"")).await
}

async fn support(app: &TestApp, scene: &Scene, who: &str, child: &str, parent: &str) -> String {
    let align = format!(
        "mutation {{ goalAlign(input: {{ goal: \"{child}\", supports: {{ {parent} }} }}) {{
            goal {{ parents(last: 1) {{ nodes {{ id }} }} }} errors {{ message }} }} }}"
    );
    made(app, who, scene, &align, "/goalAlign/goal/parents/nodes/0/id").await
}

async fn say(app: &TestApp, scene: &Scene, goal: &str, key_result: &str) {
    let note = format!("{} note", scene.word);
    let value = format!("{{ keyResult: \"{key_result}\", value: {{ milestones: [true] }} }}");
    let say = format!(
        "mutation {{ goalCheckIn(input: {{ goal: \"{goal}\", {SAID}, note: \"{note}\", keyResults: [{value}] }}) {{
            goal {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene.emil, scene, &say, "/goalCheckIn/goal/id").await;
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    let id = cycle(app, scene).await;
    let org = goal(app, scene, scene.partner, &id, "level: ORGANIZATION").await;
    let top = measured(app, scene, scene.partner, &org, "measure: { binary: false }").await;
    for change in [format!("title: \"{} goal of all\"", scene.word).as_str(), "owner: <emil>"] {
        // Changes of one moment have no order.
        app.advance(chrono::TimeDelta::seconds(1));
        update(app, scene, scene.partner, &org, change).await;
    }
    let team = goal(app, scene, scene.lead, &id, "level: TEAM, team: <team_a>, visibility: TEAM").await;
    let team_private = goal(app, scene, scene.lead, &id, "level: TEAM, team: <team_a>, visibility: PRIVATE").await;
    let emil = goal(app, scene, scene.emil, &id, "level: PERSON").await;
    let secret = goal(app, scene, scene.emil, &id, "level: PERSON, visibility: PRIVATE").await;
    let (part, part_secret) = (key_result(app, scene, &emil).await, key_result(app, scene, &secret).await);
    for (child, parent) in [(&secret, &org), (&emil, &org), (&emil, &team)] {
        align(app, scene, child, parent).await;
        // Whole seconds: so are the times in access tokens, and one that is older than a signing out is refused.
        app.advance(chrono::TimeDelta::seconds(1));
    }
    say(app, scene, &emil, &part).await;
    say(app, scene, &secret, &part_secret).await;
    support(app, scene, scene.lead, &team, &format!("keyResult: \"{top}\"")).await;
    set_more(scene, app, &emil, &secret).await;
    scene.put("goals_of_emil", format!("external_id,title,owner\\nnew,New,{}\\n", scene.emil));
    for (name, id) in [
        ("cycle", id),
        ("goal_org", org),
        ("goal_team", team),
        ("goal_team_private", team_private),
        ("goal_emil", emil),
        ("goal_secret", secret),
        ("key_result", part),
        ("key_result_secret", part_secret),
    ] {
        scene.put(name, id);
    }
}

/// Other measures, goals that were closed or written again.
async fn set_more(scene: &mut Scene, app: &TestApp, emil: &str, secret: &str) {
    let number = "unit: \"EUR\", measure: { metric: { start: 0, target: 10, current: 5 } }";
    let number = measured(app, scene, scene.emil, emil, number).await;
    let binary = measured(app, scene, scene.emil, emil, "measure: { binary: true }").await;
    update(app, scene, scene.emil, emil, &format!("description: \"{} why\"", scene.word)).await;
    let next = cycle(app, scene).await;
    let again = roll_over(app, scene, emil, &next).await;
    let opened = roll_over(app, scene, secret, &next).await;
    update(app, scene, scene.emil, &opened, "visibility: PUBLIC").await;
    let last = cycle(app, scene).await;
    let closed = goal(app, scene, scene.emil, &last, "level: PERSON").await;
    close(app, scene, &closed).await;
    let close = format!(
        "mutation {{ goalCycleClose(input: {{ cycle: \"{last}\" }}) {{ cycle {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene.partner, scene, &close, "/goalCycleClose/cycle/id").await;
    for (name, id) in [
        ("key_result_number", number),
        ("key_result_binary", binary),
        ("goal_again", again),
        ("goal_opened", opened),
        ("goal_closed", closed),
        ("cycle_closed", last),
    ] {
        scene.put(name, id);
    }
}

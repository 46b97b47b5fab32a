//! Expectations, workload and responsibilities.

use chrono::Days;
use serde_json::{Value, json};

use super::{
    mutations::{Below, Call, Fresh, Maker},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way(
        "Expectation",
        "of emil, open to his manager",
        "{ node(id: <expectation>) { ... on Expectation { … } } }",
        "/node",
    ),
    way(
        "Expectation",
        "of emil, between the two",
        "{ node(id: <expectation_closed>) { ... on Expectation { … } } }",
        "/node",
    ),
    way(
        "Expectation",
        "of emil, done and to be judged",
        "{ node(id: <expectation_reported>) { ... on Expectation { … } } }",
        "/node",
    ),
    way(
        "ExpectationPermissionInfo",
        "of emil, done and to be judged",
        "{ node(id: <expectation_reported>) { ... on Expectation { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "ExpectationStep",
        "of emil, declined",
        "{ node(id: <expectation_declined>) { ... on Expectation { history { … } } } }",
        "/node/history/1",
    ),
    way(
        "ExpectationPermissionInfo",
        "of emil, open to his manager",
        "{ node(id: <expectation>) { ... on Expectation { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "ExpectationStep",
        "of emil, open to his manager",
        "{ node(id: <expectation>) { ... on Expectation { history { … } } } }",
        "/node/history/0",
    ),
    way(
        "ExpectationConnection",
        "expected of emil",
        "{ node(id: <emil>) { ... on Person { expectations(first: 100) { … } } } }",
        "/node/expectations",
    ),
    way(
        "ExpectationConnection",
        "what emil expects",
        "{ node(id: <emil>) { ... on Person { expectations(first: 100, direction: OUTGOING) { … } } } }",
        "/node/expectations",
    ),
    way(
        "ExpectationEdge",
        "expected of emil",
        "{ node(id: <emil>) { ... on Person { expectations { edges { … } } } } }",
        "/node/expectations/edges/0",
    ),
    way("Workload", "emil's", "{ node(id: <emil>) { ... on Person { workload { … } } } }", "/node/workload"),
    way("Workload", "carl's", "{ node(id: <carl>) { ... on Person { workload { … } } } }", "/node/workload"),
    way("Workload", "one's own", "{ viewer { person { workload { … } } } }", "/viewer/person/workload"),
    way(
        "WorkloadWeek",
        "emil's",
        "{ node(id: <emil>) { ... on Person { workload { weeks { … } } } } }",
        "/node/workload/weeks/0",
    ),
    way(
        "TeamWorkloadStats",
        "North A",
        "{ node(id: <team_a>) { ... on Team { workload { ... on TeamWorkloadStats { … } } } } }",
        "/node/workload",
    ),
    way(
        "ShareBand",
        "North A",
        "{ node(id: <team_a>) { ... on Team { workload { ... on TeamWorkloadStats { overloaded { … } } } } } }",
        "/node/workload/overloaded",
    ),
    way(
        "TeamWorkloadStats",
        "South A",
        "{ node(id: <team_far>) { ... on Team { workload { ... on TeamWorkloadStats { … } } } } }",
        "/node/workload",
    ),
    // Nobody is in a team that was founded after the figures of the day.
    way(
        "WorkloadHidden",
        "a new team",
        "{ node(id: <new_team>) { ... on Team { workload { ... on WorkloadHidden { … } } } } }",
        "/node/workload",
    ),
    way("ResponsibilityConnection", "all", "{ responsibilities(first: 100) { … } }", "/responsibilities"),
    way("ResponsibilityConnection", "gaps", "{ responsibilityGaps(first: 100) { … } }", "/responsibilityGaps"),
    way(
        "ResponsibilityEdge",
        "first of all",
        "{ responsibilities(first: 1) { edges { … } } }",
        "/responsibilities/edges/0",
    ),
    way("Responsibility", "of North A", "{ node(id: <area>) { ... on Responsibility { … } } }", "/node"),
    way("Responsibility", "of the whole", "{ node(id: <area_of_all>) { ... on Responsibility { … } } }", "/node"),
    way(
        "Responsibility",
        "part of another, given up",
        "{ node(id: <area_retired>) { ... on Responsibility { … } } }",
        "/node",
    ),
    way(
        "ResponsibilityConnection",
        "overlaps",
        "{ responsibilityOverlaps(first: 100) { … } }",
        "/responsibilityOverlaps",
    ),
    way(
        "ResponsibilityAssignment",
        "North A's, until a day",
        "{ node(id: <part_team>) { ... on ResponsibilityAssignment { … } } }",
        "/node",
    ),
    way(
        "ResponsibilityAssignment",
        "carl's, ended",
        "{ node(id: <part_ended>) { ... on ResponsibilityAssignment { … } } }",
        "/node",
    ),
    way(
        "ResponsibilityAssignment",
        "emil's",
        "{ node(id: <part>) { ... on ResponsibilityAssignment { … } } }",
        "/node",
    ),
    way(
        "ResponsibilityAssignmentConnection",
        "emil's",
        "{ node(id: <emil>) { ... on Person { responsibilities { … } } } }",
        "/node/responsibilities",
    ),
    way(
        "ResponsibilityAssignmentEdge",
        "emil's",
        "{ node(id: <emil>) { ... on Person { responsibilities { edges { … } } } } }",
        "/node/responsibilities/edges/0",
    ),
    way(
        "ResponsibilityLoad",
        "emil's",
        "{ node(id: <emil>) { ... on Person { responsibilityLoad { … } } } }",
        "/node/responsibilityLoad",
    ),
];

const EXPECTATION: Maker = |app, scene, client| Box::pin(fresh_expectation(app, scene, client));
const LARGE: Maker = |app, scene, _| Box::pin(expectation(app, scene, 50, true));
const ACCEPTED: Maker = |app, scene, _| Box::pin(accepted(app, scene));
const REPORTED: Maker = |app, scene, _| Box::pin(reported(app, scene));
const AREA: Maker = |app, scene, client| Box::pin(fresh_area(app, scene, client));
const PART: Maker = |app, scene, client| Box::pin(fresh_part(app, scene, client));
const NAME: Maker = |app, scene, _| Box::pin(fresh_name(app, scene));
const OWN_PART: Maker = |app, scene, client| Box::pin(own_part(app, scene, client));

pub const CALLS: &[Call] = &[
    ("expectationRespond", "emil's, too much", "expectation: <fresh>, response: ACCEPT", Fresh::By(LARGE)),
    (
        "expectationPropose",
        "to emil",
        "to: <emil>, what: \"One more\", amount: 1, unit: HOURS, dueAt: \"2027-01-15\"",
        Fresh::Nothing,
    ),
    (
        "expectationPropose",
        "to bert, of the board",
        "to: <bert>, what: \"One more\", amount: 1, unit: HOURS, dueAt: \"2027-01-15\"",
        Fresh::Nothing,
    ),
    (
        "expectationPropose",
        "to gone, who has left",
        "to: <gone>, what: \"One more\", amount: 1, unit: HOURS, dueAt: \"2027-01-15\"",
        Fresh::Nothing,
    ),
    ("expectationRespond", "emil's", "expectation: <fresh>, response: ACCEPT", Fresh::By(EXPECTATION)),
    ("expectationWithdraw", "of emil", "expectation: <fresh>", Fresh::By(EXPECTATION)),
    ("expectationReport", "of emil, not accepted", "expectation: <fresh>", Fresh::By(EXPECTATION)),
    ("expectationReport", "of emil, accepted", "expectation: <fresh>", Fresh::By(ACCEPTED)),
    ("expectationJudge", "of emil, reported", "expectation: <fresh>, outcome: MISSED", Fresh::By(REPORTED)),
    ("expectationJudge", "of emil, not accepted", "expectation: <fresh>, outcome: MET", Fresh::By(EXPECTATION)),
    ("workCapacitySet", "emil's", "person: <emil>, minutesAWeek: 2000", Fresh::Nothing),
    ("workCapacitySet", "one's own", "person: <self>, minutesAWeek: 2000", Fresh::Nothing),
    ("responsibilityUpdate", "in North A", "responsibility: <fresh>, description: \"Other\"", Fresh::By(AREA)),
    ("responsibilityUpdate", "to South A", "responsibility: <fresh>, team: <team_far>", Fresh::By(AREA)),
    (
        "responsibilityAssign",
        "emil, in North A",
        "responsibility: <fresh>, part: INFORMED, person: <emil>",
        Fresh::By(AREA),
    ),
    ("responsibilityAssignmentEnd", "emil's, in North A", "assignment: <fresh>", Fresh::By(PART)),
    ("responsibilityHandBack", "emil's", "assignment: <fresh>, reason: \"Enough\"", Fresh::By(PART)),
    ("responsibilityHandBack", "one's own", "assignment: <fresh>, reason: \"Enough\"", Fresh::By(OWN_PART)),
    ("responsibilitiesImport", "a dry run", "dryRun: true, file: \"name\\nSomething\\n\"", Fresh::Nothing),
    ("responsibilityCreate", "in North A", "name: <fresh>, team: <team_a>", Fresh::By(NAME)),
    ("responsibilityCreate", "of the whole", "name: <fresh>", Fresh::By(NAME)),
];

pub const BELOW: &[Below] = &[
    (
        "OverloadWarning",
        "of a mutation",
        "expectationRespond(input: { expectation: <expectation_large>, response: ACCEPT }) { warnings { … } }",
        "/expectationRespond/warnings/0",
    ),
    (
        "ResponsibilityImportReport",
        "of a mutation",
        "responsibilitiesImport(input: { dryRun: true, file: \"name,team\\nx,nowhere\\n\" }) { report { … } }",
        "/responsibilitiesImport/report",
    ),
    (
        "ResponsibilityImportProblem",
        "of a mutation",
        "responsibilitiesImport(input: { dryRun: true, file: \"name,team\\nx,nowhere\\n\" }) { report { problems { … } } }",
        "/responsibilitiesImport/report/problems/0",
    ),
    (
        "ResponsibilityImportReport",
        "of a file that names emil",
        "responsibilitiesImport(input: { dryRun: true, file: <areas_of_emil> }) { report { … } }",
        "/responsibilitiesImport/report",
    ),
];

fn id(data: &Value, at: &str) -> String {
    data.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{at} of {data}")).to_owned()
}

/// What the partner expects of emil.
async fn expectation(app: &TestApp, scene: &Scene, amount: i32, visible: bool) -> String {
    let propose = "mutation($input: ExpectationProposeInput!) { expectationPropose(input: $input) {
        expectation { id } errors { message } } }";
    let input = json!({
        "to": scene.get("emil"), "what": format!("{} quotes", scene.word), "amount": amount, "unit": "HOURS",
        "dueAt": app.clock.today().checked_add_days(Days::new(20)), "background": "The fair", "visibleToManager": visible,
    });
    let partner = app.client_of(scene.partner).await;
    id(&partner.query(propose, json!({ "input": input })).await.data(), "/expectationPropose/expectation/id")
}

/// Runs a mutation as somebody, `MUTATION(input: { … }) { … }`.
async fn write(app: &TestApp, scene: &Scene, who: &str, mutation: &str) {
    let document = scene.fill(&format!("mutation {{ {mutation} {{ errors {{ message }} }} }}"));
    app.client_of(who).await.data(&document).await;
}

/// What emil said yes to.
async fn accepted(app: &TestApp, scene: &Scene) -> String {
    let id = expectation(app, scene, 1, true).await;
    let accept = format!("expectationRespond(input: {{ expectation: \"{id}\", response: ACCEPT }})");
    write(app, scene, scene.emil, &accept).await;
    id
}

/// What emil says is done.
async fn reported(app: &TestApp, scene: &Scene) -> String {
    let id = accepted(app, scene).await;
    write(app, scene, scene.emil, &format!("expectationReport(input: {{ expectation: \"{id}\" }})")).await;
    id
}

async fn area(app: &TestApp, scene: &Scene, name: &str, team: Option<&str>) -> String {
    let create = "mutation($input: ResponsibilityCreateInput!) { responsibilityCreate(input: $input) {
        responsibility { id } errors { message } } }";
    let input = json!({ "name": name, "team": team.map(|team| scene.get(team)), "keywords": [scene.word] });
    let reply = app.client_of(scene.admin).await.query(create, json!({ "input": input })).await.data();
    id(&reply, "/responsibilityCreate/responsibility/id")
}

async fn part(app: &TestApp, scene: &Scene, area: &str, part: &str, holder: &str) -> String {
    let assign = format!(
        "mutation {{ responsibilityAssign(input: {{ responsibility: \"{area}\", part: {part}, {holder} }}) {{
            assignment {{ id }} errors {{ message }} }} }}"
    );
    let reply = app.client_of(scene.admin).await.data(&scene.fill(&assign)).await;
    id(&reply, "/responsibilityAssign/assignment/id")
}

async fn fresh_expectation(app: &TestApp, scene: &Scene, _: &Client) -> String {
    expectation(app, scene, 1, true).await
}

/// A name no area has yet.
async fn fresh_name(app: &TestApp, scene: &Scene) -> String {
    app.advance(chrono::TimeDelta::milliseconds(1));
    format!("{} area of {}", scene.word, app.clock.now().timestamp_millis())
}

async fn fresh_area(app: &TestApp, scene: &Scene, _: &Client) -> String {
    let name = fresh_name(app, scene).await;
    area(app, scene, &name, Some("team_a")).await
}

async fn fresh_part(app: &TestApp, scene: &Scene, client: &Client) -> String {
    let area = fresh_area(app, scene, client).await;
    part(app, scene, &area, "ACCOUNTABLE", "person: <emil>").await
}

/// Who is nobody tries that of emil.
async fn own_part(app: &TestApp, scene: &Scene, client: &Client) -> String {
    let area = fresh_area(app, scene, client).await;
    let reply = client.query("{ viewer { person { id } } }", json!({})).await;
    let own = reply.body["data"]["viewer"]["person"]["id"].as_str().unwrap_or(scene.get("emil")).to_owned();
    // Somebody of another tenant cannot be given a part.
    let here = app.client_of(scene.admin).await.data(&format!("{{ node(id: \"{own}\") {{ id }} }}")).await;
    let holder = if here["node"].is_null() { scene.get("emil") } else { &own };
    part(app, scene, &area, "ACCOUNTABLE", &format!("person: \"{holder}\"")).await
}

/// What emil expects of his lead, what was reported and declined; areas within areas, parts of teams and parts that ended.
async fn set_more(scene: &mut Scene, app: &TestApp) {
    let propose = "expectationPropose(input: { to: <lead>, what: \"An answer\", amount: 1, unit: ITEMS,
        dueAt: \"2027-01-15\" })";
    write(app, scene, scene.emil, propose).await;
    scene.put("expectation_reported", reported(app, scene).await);
    let declined = expectation(app, scene, 1, true).await;
    let decline = format!(
        "expectationRespond(input: {{ expectation: \"{declined}\", response: DECLINE, reason: \"Too much\" }})"
    );
    write(app, scene, scene.emil, &decline).await;
    scene.put("expectation_declined", declined);
    let word = scene.word;
    let shared = area(app, scene, &format!("{word} lobby"), Some("team_a")).await;
    for holder in ["emil", "carl"] {
        part(app, scene, &shared, "ACCOUNTABLE", &format!("person: <{holder}>")).await;
    }
    let until = part(app, scene, &shared, "RESPONSIBLE", "team: <team_a>, untilOn: \"2027-06-30\"").await;
    scene.put("part_team", until);
    let ended = part(app, scene, &shared, "CONSULTED", "person: <carl>").await;
    scene.put("part_ended", ended);
    let end = "responsibilityAssignmentEnd(input: { assignment: <part_ended>, reason: \"Moved\" })";
    write(app, scene, scene.admin, end).await;
    let retired = area(app, scene, &format!("{word} plants"), Some("team_a")).await;
    let update = format!(
        "responsibilityUpdate(input: {{ responsibility: \"{retired}\", parent: \"{shared}\", retired: true,
            description: \"{word} water\" }})"
    );
    write(app, scene, scene.admin, &update).await;
    scene.put("area_retired", retired);
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    scene.put("expectation", expectation(app, scene, 2, true).await);
    scene.put("expectation_closed", expectation(app, scene, 3, false).await);
    scene.put("expectation_large", expectation(app, scene, 50, true).await);
    let home = area(app, scene, &format!("{} fair", scene.word), Some("team_a")).await;
    scene.put("part", part(app, scene, &home, "ACCOUNTABLE", "person: <emil>").await);
    scene.put("area", home);
    scene.put("area_of_all", area(app, scene, &format!("{} audit", scene.word), None).await);
    scene.put("areas_of_emil", format!("name,accountable\\nSomething,{}\\n", scene.emil));
    set_more(scene, app).await;
    // The figures of the day are computed when they are first asked for.
    let partner = app.client_of(scene.partner).await;
    let ask = format!("{{ node(id: \"{}\") {{ ... on Team {{ workload {{ __typename }} }} }} }}", scene.get("team_a"));
    partner.data(&ask).await;
    let found = format!(
        "mutation {{ teamCreate(input: {{ name: \"{} newcomers\", parent: \"{}\" }}) {{ team {{ id }} errors {{ message }} }} }}",
        scene.word,
        scene.get("team_a")
    );
    let team = app.client_of(scene.admin).await.data(&found).await;
    scene.put("new_team", id(&team, "/teamCreate/team/id"));
}

//! How many SQL statements each operation takes. An operation that takes more than it did fails here, and so does one
//! that takes more for more items.

use std::fmt::Write as _;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Role, TestApp, answers, draft};

/// Runs the document and returns the statements it took.
async fn count(app: &TestApp, client: &Client, document: &str, variables: Value) -> u64 {
    let before = app.statements().get();
    client.query(document, variables).await.data();
    app.statements().get() - before
}

/// As [`count`], when everything that can be remembered is.
async fn warm(app: &TestApp, client: &Client, document: &str, variables: Value) -> u64 {
    client.query(document, variables.clone()).await.data();
    count(app, client, document, variables).await
}

const DIRECTORY: &str = "query($team: ID!) { node(id: $team) { ... on Team {
    name parent { name } members(first: 20, subtree: true) { nodes {
        displayName manager { displayName } reports { nodes { displayName } } } } } } }";
const HEATMAP: &str = "query($id: ID!) { node(id: $id) { ... on Publication {
    heatmap { columns { key } rows(first: 100) { nodes { cut { name team { name } }
        cells { ... on ReleasedScore { mean n } ... on Suppressed { reason } } } } } } } }";

#[tokio::test]
async fn statements_of_each_operation() {
    let app = TestApp::start().await;
    let (survey, publication) = app.published().await;
    app.settle().await;
    app.advance(TimeDelta::seconds(1));
    let open = app.launched(draft()).await;
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    let (admin, full) = (app.client(Role::Admin).await, app.client(Role::FullToken).await);
    let (emil, team) = (json!({ "id": app.person("emil").await }), json!({ "team": app.team("north").await }));
    let (survey_id, publication) = (json!({ "id": survey.id }), json!({ "id": publication }));
    let viewer =
        "{ viewer { id roles { role } organization { name headcount } person { displayName team { name } } } }";
    let reads = [
        ("viewer", &employee, viewer, json!({})),
        ("viewer of a token", &full, "{ viewer { id organization { name } } }", json!({})),
        ("a team, its members, their managers and reports", &employee, DIRECTORY, team),
        ("persons", &employee, "{ persons(first: 100) { totalCount nodes { displayName } } }", json!({})),
        (
            "a person's history",
            &employee,
            "query($id: ID!) { node(id: $id) { ... on Person { history { nodes { field } } } } }",
            emil,
        ),
        (
            "a survey",
            &employee,
            "query($id: ID!) { node(id: $id) { ... on Survey { title sections { key } } } }",
            survey_id.clone(),
        ),
        (
            "a survey as its partner",
            &partner,
            "query($id: ID!) { node(id: $id) { ... on Survey { title } } }",
            survey_id.clone(),
        ),
        ("surveys", &employee, "{ surveys { nodes { title state } } }", json!({})),
        ("one's invitations", &employee, "{ viewer { invitations { nodes { id state } } } }", json!({})),
        ("a heat map", &partner, HEATMAP, publication.clone()),
        (
            "the latest publication of a survey",
            &partner,
            "query($id: ID!) { node(id: $id) { ... on Survey { latestPublication { id } } } }",
            survey_id,
        ),
        (
            "comments",
            &partner,
            "query($id: ID!) { node(id: $id) { ... on Publication { comments(question: \"why\") { __typename } } } }",
            publication,
        ),
        ("API tokens", &admin, "{ apiTokens { totalCount nodes { name } } }", json!({})),
    ];
    let mut table = String::new();
    for (name, client, document, variables) in reads {
        let _ = writeln!(table, "{name:<52}{}", warm(&app, client, document, variables).await);
    }
    let mut write = async |name: &str, client: &Client, document: &str, variables: Value| {
        let _ = writeln!(table, "{name:<52}{}", count(&app, client, document, variables).await);
    };
    let submit = "mutation($input: AnswersSubmitInput!) { answersSubmit(input: $input) { receipt errors { code } } }";
    let invitation = open.invitation_of("emil").await;
    let receipt = "a-receipt-of-my-own-0123456789";
    let sheet = json!({ "invitation": invitation, "answers": answers(4, 2, 9, Some("Why not")), "receipt": receipt });
    write("submit answers", &employee, submit, json!({ "input": sheet })).await;
    write("submit them again with the same receipt", &employee, submit, json!({ "input": sheet })).await;
    let revise = "mutation($input: AnswersReviseInput!) { answersRevise(input: $input) { errors { code } } }";
    write("revise answers", &employee, revise, json!({ "input": sheet })).await;
    let update = "mutation($id: ID!) { personUpdate(input: { person: $id, title: \"Other\" }) { errors { code } } }";
    write("update a person", &admin, update, json!({ "id": app.person("emil").await })).await;
    let create = "mutation($id: ID!) { teamCreate(input: { name: \"New\", parent: $id }) { errors { code } } }";
    write("create a team", &admin, create, json!({ "id": app.team("north").await })).await;
    let launch = "mutation($id: ID!) { surveyLaunch(input: { survey: $id }) { errors { code } } }";
    let goals = goal_statements(&app, &employee).await;
    for (name, document, input) in &goals.writes {
        write(name, &employee, document, json!({ "input": input })).await;
    }
    let drafted = app.draft(draft()).await;
    write("launch a survey", &partner, launch, json!({ "id": drafted.id })).await;
    let close = "mutation($id: ID!) { surveyClose(input: { survey: $id }) { errors { code } } }";
    write("close a survey with one sheet", &partner, close, json!({ "id": open.id })).await;
    let publish = "mutation($id: ID!) { surveyPublish(input: { survey: $id }) { withheld errors { code } } }";
    write("withhold a survey", &partner, publish, json!({ "id": open.id })).await;
    insta::assert_snapshot!("statements", table);
}

/// Lists whose items each take statements of their own. None: it stays so.
const GROWING: &[&str] = &[];

#[tokio::test]
async fn more_items_take_no_more_statements() {
    let app = TestApp::start().await;
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    let lists = [
        (
            "directory",
            &employee,
            "{ persons(first: 20) { nodes { id team { lead { id } } manager { id } reports { nodes { id } } } } }",
        ),
        (
            "surveys",
            &partner,
            "{ surveys(first: 20) { nodes { id title state viewerCan { close } audience { subtree } } } }",
        ),
        ("surveys with waves", &partner, "{ surveys(first: 20) { nodes { waves(first: 1) { nodes { id } } } } }"),
        ("surveys with publications", &partner, "{ surveys(first: 20) { nodes { latestPublication { id } } } }"),
        ("invitations", &employee, "{ viewer { invitations(first: 20) { nodes { id state } } } }"),
        (
            "invitations with surveys",
            &employee,
            "{ viewer { invitations(first: 20) { nodes { survey { title } wave { number } } } } }",
        ),
    ];
    let mut counts: Vec<Vec<u64>> = vec![Vec::new(); lists.len() + 1];
    let mut publications = Vec::new();
    for _ in 0..2 {
        for _ in 0..2 {
            app.advance(TimeDelta::seconds(1));
            let survey = app.launched(draft()).await;
            for (at, person) in (0..).zip(["emil", "anna", "anton", "arne", "nils", "bela"]) {
                survey.answer(person, answers(1 + at % 5, 1 + at % 4, at, None)).await;
            }
            survey.close().await;
            publications.push(survey.publish().await.unwrap());
        }
        app.settle().await;
        let teams =
            "mutation($parent: ID!) { teamCreate(input: { name: \"More\", parent: $parent }) { errors { code } } }";
        app.client(Role::Admin).await.query(teams, json!({ "parent": app.team("north").await })).await.data();
        for (at, (_, client, document)) in lists.iter().enumerate() {
            counts[at].push(warm(&app, client, document, json!({})).await);
        }
        let nodes =
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Publication { survey { title } wave { number } } } }";
        counts[lists.len()].push(warm(&app, &partner, nodes, json!({ "ids": publications })).await);
    }
    let names = lists.iter().map(|(name, _, _)| *name).chain(["publications by node with surveys"]);
    let growing: Vec<&str> =
        names.zip(&counts).filter(|(_, counts)| counts[1] > counts[0]).map(|(name, _)| name).collect();
    assert_eq!(growing, GROWING, "(these take statements for each item) {counts:?}");
}

/// Goals to write something about.
struct GoalCases {
    writes: Vec<(&'static str, String, Value)>,
}

async fn goal_statements(app: &TestApp, employee: &Client) -> GoalCases {
    let (cycle, parent, child) = goals_with_supporters(app, 1).await;
    let document = |mutation: &str, of: &str| {
        format!("mutation($input: {of}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}")
    };
    let said = json!({ "goal": child, "confidence": "ON_TRACK", "confidenceScore": 7, "progress": 0.5 });
    let new = json!({ "cycle": cycle, "level": "PERSON", "title": "Acme goal" });
    let made = employee
        .query(
            "mutation($input: GoalCreateInput!) { goalCreate(input: $input) { goal { id } errors { code } } }",
            json!({ "input": new }),
        )
        .await
        .data();
    let aligned = json!({ "goal": made["goalCreate"]["goal"]["id"], "supports": { "goal": parent } });
    GoalCases {
        writes: vec![
            ("check in on a goal that supports another", document("goalCheckIn", "GoalCheckInInput"), said),
            ("write a goal", document("goalCreate", "GoalCreateInput"), new),
            ("align a goal", document("goalAlign", "GoalAlignInput"), aligned),
        ],
    }
}

/// A cycle with a goal of the organization and so many goals of emil that support it, each with a key result and a
/// check-in; the cycle, the goal, and the last that supports it, which has no key result.
async fn goals_with_supporters(app: &TestApp, count: usize) -> (String, String, String) {
    static NAMES: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    let run = async |client: &Client, mutation: &str, of: &str, selection: &str, input: Value| {
        let document = format!(
            "mutation($input: {of}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
        );
        client.query(&document, json!({ "input": input })).await.data()[mutation].clone()
    };
    let name = format!("Cycle {}", NAMES.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let cycle = json!({ "name": name, "startsOn": "2026-10-01", "endsOn": "2026-12-31", "open": true });
    let cycle = run(&partner, "goalCycleCreate", "GoalCycleCreateInput", "cycle { id }", cycle).await;
    let cycle = cycle["cycle"]["id"].clone();
    let goal = json!({ "cycle": cycle, "level": "ORGANIZATION", "title": "Acme top" });
    let top = run(&partner, "goalCreate", "GoalCreateInput", "goal { id }", goal).await["goal"]["id"].clone();
    let mut child = Value::Null;
    for at in 0..count {
        let parts =
            if at + 1 < count { json!([{ "title": "Acme", "measure": { "binary": true } }]) } else { json!([]) };
        let goal = json!({ "cycle": cycle, "level": "PERSON", "title": "Acme goal", "keyResults": parts });
        child = run(&employee, "goalCreate", "GoalCreateInput", "goal { id }", goal).await["goal"]["id"].clone();
        let aligned = json!({ "goal": child, "supports": { "goal": top } });
        run(&employee, "goalAlign", "GoalAlignInput", "goal { id }", aligned).await;
        let said = json!({ "goal": child, "confidence": "ON_TRACK", "confidenceScore": 7 });
        run(&employee, "goalCheckIn", "GoalCheckInInput", "goal { id }", said).await;
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&cycle), text(&top), text(&child))
}

#[tokio::test]
async fn more_goals_take_no_more_statements() {
    let app = TestApp::start().await;
    let employee = app.client(Role::Employee).await;
    let fields = [
        "title progress stale viewerCan { edit } owner { displayName } cycle { name } origin { id } keyResults { title goal { id } }",
        "checkIns(first: 2) { nodes { note person { id } values { progress keyResult { id } } } }",
        "history(first: 2) { nodes { field } }",
        "parents(first: 2) { nodes { weight parent { title keyResults { id } } keyResult { id } } }",
        "children(first: 2) { nodes { child { title checkIns(first: 1) { nodes { id } } } } }",
    ];
    let mut counts = Vec::new();
    for count in [3, 12] {
        let (cycle, top, child) = goals_with_supporters(&app, count).await;
        let mut lists = vec![
            format!(
                "{{ goalGraph(cycle: \"{cycle}\", first: 50) {{ nodes {{ id }} alignments {{ child {{ title }} }} }} }}"
            ),
            format!("{{ persons(first: 20) {{ nodes {{ goals(cycle: \"{cycle}\") {{ nodes {{ title }} }} }} }} }}"),
            format!("{{ teams(first: 20) {{ nodes {{ goals(cycle: \"{cycle}\") {{ nodes {{ title }} }} }} }} }}"),
            "{ goalCycles { totalCount nodes { name } } }".to_owned(),
        ];
        for fields in fields {
            let filter = format!("filter: {{ cycle: \"{cycle}\" }}");
            lists.push(format!("{{ goals(first: 20, {filter}) {{ nodes {{ {fields} }} }} }}"));
            lists.push(format!("{{ goalTree(cycle: \"{cycle}\", first: 20) {{ nodes {{ {fields} }} }} }}"));
        }
        let mut taken = Vec::new();
        for document in &lists {
            taken.push(warm(&app, &employee, document, json!({})).await);
        }
        // One more, so that there is something to roll up.
        let said = format!(
            "mutation {{ goalCheckIn(input: {{ goal: \"{child}\", confidence: AT_RISK, confidenceScore: 1,
            progress: 0.25 }}) {{ errors {{ code }} }} }}"
        );
        taken.push(self::count(&app, &employee, &said, json!({})).await);
        let shown = employee.data(&format!("{{ node(id: \"{top}\") {{ ... on Goal {{ progress }} }} }}")).await;
        assert!(shown["node"]["progress"].as_f64().is_some_and(|progress| progress > 0.0), "it was rolled up");
        counts.push(taken);
    }
    assert_eq!(counts[0], counts[1]);
}

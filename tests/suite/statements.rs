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
    let drafted = app.draft(draft()).await;
    write("launch a survey", &partner, launch, json!({ "id": drafted.id })).await;
    let close = "mutation($id: ID!) { surveyClose(input: { survey: $id }) { errors { code } } }";
    write("close a survey with one sheet", &partner, close, json!({ "id": open.id })).await;
    let publish = "mutation($id: ID!) { surveyPublish(input: { survey: $id }) { withheld errors { code } } }";
    write("withhold a survey", &partner, publish, json!({ "id": open.id })).await;
    insta::assert_snapshot!("statements", table);
}

/// A request in a queue with a message, a friction with a step, and a round with a ranking.
async fn improve(app: &TestApp, partner: &Client, employee: &Client) {
    let made = async |client: &Client, document: &str, at: &str| {
        let data = client.data(document).await;
        data.pointer(at).and_then(Value::as_str).unwrap().to_owned()
    };
    let dana = app.person("dana").await;
    let queue = format!(
        "mutation {{ requestQueueCreate(input: {{ draft: {{ name: \"Desk\", owners: [\"{dana}\"] }} }}) {{
            queue {{ id }} errors {{ code }} }} }}"
    );
    let queue = made(partner, &queue, "/requestQueueCreate/queue/id").await;
    let open = format!(
        "mutation {{ requestOpen(input: {{ to: {{ queue: \"{queue}\" }}, kind: TOOL, title: \"Lamp\" }}) {{
            request {{ id }} errors {{ code }} }} }}"
    );
    let request = made(employee, &open, "/requestOpen/request/id").await;
    let write = format!(
        "mutation {{ requestMessage(input: {{ request: \"{request}\", body: \"Please\" }}) {{ errors {{ code }} }} }}"
    );
    employee.data(&write).await;
    let report =
        "mutation { frictionCreate(input: { report: { title: \"Detour\", process: \"Buying\", frequency: DAILY,
        minutesLostPerWeek: 5, peopleAffected: 2 } }) { friction { id } errors { code } } }";
    let friction = made(employee, report, "/frictionCreate/friction/id").await;
    let step = format!(
        "mutation {{ roadmapStepCreate(input: {{ friction: \"{friction}\", draft: {{ title: \"Step\",
            owner: \"{dana}\" }} }}) {{ errors {{ code }} }} }}"
    );
    partner.data(&step).await;
    let plan = "mutation { priorityRoundPlan(input: { title: { en: \"Now\", de: \"Jetzt\" }, closesAt: \"2027-01-01T00:00:00Z\",
        options: [{ en: \"Pay\", de: \"Geld\" }, { en: \"Time\", de: \"Zeit\" }] }) { round { id } errors { code } } }";
    let round = made(partner, plan, "/priorityRoundPlan/round/id").await;
    let rank = format!(
        "mutation {{ prioritiesRank(input: {{ round: \"{round}\", ranking: [\"o1\"] }}) {{ errors {{ code }} }} }}"
    );
    employee.data(&rank).await;
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
            "requests",
            &employee,
            "{ requests(first: 8) { nodes { id queue { owners { id } } assignee { id } messages(first: 5) { nodes { body } }
                history(first: 5) { nodes { kind queue { name } } } viewerCan { answer } } } }",
        ),
        (
            "frictions",
            &employee,
            "{ frictions(first: 8) { nodes { id myVote { minutes } steps(first: 5) { nodes { friction { title } } } } } }",
        ),
        ("the roadmap", &employee, "{ roadmap(first: 8) { nodes { friction { costPerWeek } owner { id } } } }"),
        (
            "rounds of priorities",
            &employee,
            "{ priorityRounds(first: 8) { nodes { id tookPart myRanking options { key } results(first: 5) { nodes { name } } } } }",
        ),
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
        improve(&app, &partner, &employee).await;
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

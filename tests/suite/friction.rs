//! Friction: reporting by name and without, votes, merging, the roadmap, and who decides.

use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};

const REPORT: &str = "mutation($input: FrictionCreateInput!) {
    frictionCreate(input: $input) { friction { id } errors { code message path } } }";
const READ: &str = "query($id: ID!) { node(id: $id) { ... on Friction {
    id title state rejectReason reporter { displayName } mergedInto { id } minutesLostPerWeek peopleAffected
    costPerWeek voteCount myVote { minutes } viewerCan { vote edit triage }
    steps { nodes { id title state owner { displayName } result { savedMinutesPerWeek } } } } } }";

fn report(minutes: i32, people: i32) -> Value {
    json!({ "title": "Acme approvals take days", "process": "Acme purchasing", "frequency": "WEEKLY",
        "minutesLostPerWeek": minutes, "peopleAffected": people })
}

async fn reported(app: &TestApp, person: &str, report: Value, anonymous: bool) -> String {
    let input = json!({ "report": report, "anonymous": anonymous });
    let data = app.client_of(person).await.query(REPORT, json!({ "input": input })).await.data();
    data["frictionCreate"]["friction"]["id"].as_str().unwrap().to_owned()
}

async fn read(client: &Client, id: &str) -> Value {
    client.query(READ, json!({ "id": id })).await.data()["node"].clone()
}

async fn make(client: &Client, mutation: &str, input: &str) -> Reply {
    let document = format!("mutation {{ {mutation}(input: {{ {input} }}) {{ errors {{ code message path }} }} }}");
    client.query(&document, json!({})).await
}

async fn vote(app: &TestApp, person: &str, friction: &str, minutes: Option<i32>) {
    let minutes = minutes.map(|minutes| format!("minutes: {minutes}")).unwrap_or_default();
    make(&app.client_of(person).await, "frictionVote", &format!("friction: \"{friction}\" {minutes}")).await.data();
}

async fn step(client: &Client, friction: &str, owner: &str) -> String {
    let plan = format!(
        "mutation {{ roadmapStepCreate(input: {{ friction: \"{friction}\",
            draft: {{ title: \"Acme: one approval is enough\", owner: \"{owner}\", dueOn: \"2026-12-31\" }} }}) {{
            step {{ id }} errors {{ code message path }} }} }}"
    );
    let data = client.data(&plan).await;
    data["roadmapStepCreate"]["step"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn votes_count_once_and_move_the_estimate() {
    let app = TestApp::start().await;
    let friction = reported(&app, "emil", report(30, 2), false).await;
    let emil = app.client_of("emil").await;
    let seen = read(&emil, &friction).await;
    assert_eq!((&seen["voteCount"], &seen["costPerWeek"]), (&json!(1), &json!(60)), "who reports is affected");
    assert_eq!(seen["reporter"]["displayName"], "Emil Acmeson");
    for minutes in [Some(60), Some(90), None] {
        vote(&app, "anna", &friction, minutes).await;
        vote(&app, "anton", &friction, minutes).await;
    }
    vote(&app, "anna", &friction, Some(90)).await;
    let seen = read(&app.client_of("anna").await, &friction).await;
    assert_eq!((&seen["voteCount"], &seen["peopleAffected"]), (&json!(3), &json!(3)));
    assert_eq!((&seen["minutesLostPerWeek"], &seen["costPerWeek"]), (&json!(60.0), &json!(180)));
    assert_eq!(seen["myVote"]["minutes"], 90);
    let anna = app.client_of("anna").await;
    make(&anna, "frictionUnvote", &format!("friction: \"{friction}\"")).await.data();
    let seen = read(&anna, &friction).await;
    assert_eq!((&seen["voteCount"], &seen["costPerWeek"], &seen["myVote"]), (&json!(2), &json!(60), &Value::Null));
    // Many at once of one person are one vote.
    let calls = (1..=8).map(|minutes| {
        let anna = anna.clone();
        let input = format!("friction: \"{friction}\" minutes: {minutes}");
        async move { make(&anna, "frictionVote", &input).await }
    });
    for reply in futures_util::future::join_all(calls).await {
        reply.data();
    }
    assert_eq!(read(&anna, &friction).await["voteCount"], 3);
}

#[tokio::test]
async fn nothing_is_kept_of_who_reports_anonymously() {
    let app = TestApp::start().await;
    let mut in_team = report(30, 2);
    in_team["team"] = json!(app.team("north-a").await);
    let friction = reported(&app, "emil", in_team.clone(), true).await;
    for person in ["emil", "petra", "adam", "nora"] {
        let seen = read(&app.client_of(person).await, &friction).await;
        assert_eq!((&seen["reporter"], &seen["myVote"], &seen["voteCount"]), (&Value::Null, &Value::Null, &json!(0)));
    }
    let emil = app.client_of("emil").await;
    assert_eq!(read(&emil, &friction).await["viewerCan"], json!({ "vote": true, "edit": false, "triage": false }));
    let update = "mutation($id: ID!, $report: FrictionReportInput!) {
        frictionUpdate(input: { friction: $id, report: $report }) { errors { code } } }";
    let reply = emil.query(update, json!({ "id": friction, "report": in_team })).await;
    assert_eq!(reply.code(), "FORBIDDEN", "not even the reporter can change it");
    let own = emil.data("{ viewer { timeline { nodes { kind } } } }").await;
    assert_eq!(own["viewer"]["timeline"]["nodes"], json!([]));
    let told = app.client_of("nora").await.data("{ viewer { notifications { nodes { kind actor { id } } } } }").await;
    let expected = json!([{ "kind": "FRICTION_REPORTED", "actor": null }]);
    assert_eq!(told["viewer"]["notifications"]["nodes"], expected, "who leads the team hears of it, not of whom");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let with = |field: &str, value: Value| {
        let mut report = report(30, 2);
        report[field] = value;
        report
    };
    let cases = [
        (with("title", json!("")), "REQUIRED at report.title"),
        (with("title", json!("x".repeat(201))), "TOO_LONG at report.title"),
        (with("process", json!(" ")), "REQUIRED at report.process"),
        (with("description", json!("x".repeat(5_001))), "TOO_LONG at report.description"),
        (with("minutesLostPerWeek", json!(0)), "INVALID at report.minutesLostPerWeek"),
        (with("minutesLostPerWeek", json!(2_401)), "INVALID at report.minutesLostPerWeek"),
        (with("peopleAffected", json!(0)), "INVALID at report.peopleAffected"),
        (with("peopleAffected", json!(1_000)), "INVALID at report.peopleAffected"),
        (with("team", json!(app.team("u-team").await)), "NOT_FOUND at report.team"),
        (with("team", json!("nonsense")), "INVALID at report.team"),
    ];
    for (report, expected) in cases {
        let reply = emil.query(REPORT, json!({ "input": { "report": report } })).await;
        assert_eq!(reply.refused_at("frictionCreate"), [expected], "{}", reply.body);
    }
    assert_eq!(emil.data("{ frictions { nodes { id } } }").await["frictions"]["nodes"], json!([]));
    let friction = reported(&app, "emil", report(30, 2), false).await;
    let zero = make(&emil, "frictionVote", &format!("friction: \"{friction}\" minutes: 0")).await;
    assert_eq!(zero.refused_at("frictionVote"), ["INVALID at minutes"]);
}

#[tokio::test]
async fn merged_votes_unite_without_counting_anybody_twice() {
    let app = TestApp::start().await;
    let petra = app.client(Role::Partner).await;
    let one = reported(&app, "emil", report(30, 2), false).await;
    let other = reported(&app, "anna", report(60, 1), false).await;
    for person in ["anton", "arne"] {
        vote(&app, person, &one, Some(10)).await;
    }
    vote(&app, "arne", &other, Some(20)).await;
    let step = step(&petra, &one, &app.person("nora").await).await;
    let merge = |from: &str, into: &str| format!("friction: \"{from}\" into: \"{into}\"");
    let itself = make(&petra, "frictionMerge", &merge(&one, &one)).await;
    assert_eq!(itself.refused_at("frictionMerge"), ["CYCLE at into"]);
    make(&petra, "frictionMerge", &merge(&one, &other)).await.data();
    let seen = read(&petra, &other).await;
    assert_eq!(seen["voteCount"], 4, "anna, emil, anton, and arne once");
    assert_eq!(seen["minutesLostPerWeek"], 30.0, "60 as reported, 20 of arne, 10 of anton");
    assert_eq!(seen["steps"]["nodes"][0]["id"], step);
    let gone = read(&petra, &one).await;
    assert_eq!((&gone["state"], &gone["mergedInto"]["id"]), (&json!("MERGED"), &json!(other)));
    assert_eq!((&gone["voteCount"], &gone["costPerWeek"]), (&json!(0), &json!(0)));
    let back = make(&petra, "frictionMerge", &merge(&other, &one)).await;
    assert_eq!(back.refused_at("frictionMerge"), ["WRONG_STATE at into"]);
    let list = petra.data("{ frictions { nodes { id } } search(text: \"approvals\") { nodes { id } } }").await;
    assert_eq!(list["frictions"]["nodes"], json!([{ "id": other }]));
    assert_eq!(list["search"]["nodes"], json!([{ "id": other }]));
    // A third one takes both: no chains.
    let third = reported(&app, "nora", report(5, 1), false).await;
    make(&petra, "frictionMerge", &merge(&other, &third)).await.data();
    assert_eq!(read(&petra, &one).await["mergedInto"]["id"], third);
    assert_eq!(read(&petra, &third).await["voteCount"], 5);
}

#[tokio::test]
async fn of_two_merges_into_each_other_one_wins() {
    let app = TestApp::start().await;
    let petra = app.client(Role::Partner).await;
    for round in 0..4 {
        let one = reported(&app, "emil", report(30, 2), false).await;
        let other = reported(&app, "anna", report(60, 1), false).await;
        let there = format!("friction: \"{one}\" into: \"{other}\"");
        let back = format!("friction: \"{other}\" into: \"{one}\"");
        let (first, second) = tokio::join!(make(&petra, "frictionMerge", &there), make(&petra, "frictionMerge", &back));
        let refused: Vec<_> = [&first, &second].into_iter().flat_map(|reply| reply.refusals("frictionMerge")).collect();
        assert_eq!(refused, ["WRONG_STATE"], "round {round}: {} {}", first.body, second.body);
        let (one, other) = (read(&petra, &one).await, read(&petra, &other).await);
        assert_eq!(one["voteCount"].as_i64().unwrap() + other["voteCount"].as_i64().unwrap(), 2, "emil's and anna's");
    }
}

#[tokio::test]
async fn those_who_lead_or_look_after_a_team_decide() {
    let app = TestApp::start().await;
    let mut in_team = report(30, 2);
    in_team["team"] = json!(app.team("north-a").await);
    let reject = |friction: &str| format!("friction: \"{friction}\" reason: \"It is the law\"");
    for (person, of_team, of_all) in [
        ("adam", true, true),
        ("petra", true, true),
        ("paula", true, false),
        ("nora", true, false),
        ("nadia", true, false),
        ("nils", false, false),
        ("emil", false, false),
        ("bert", false, false),
    ] {
        let client = app.client_of(person).await;
        for (may, draft) in [(of_team, in_team.clone()), (of_all, report(30, 2))] {
            let friction = reported(&app, "emil", draft, false).await;
            assert_eq!(read(&client, &friction).await["viewerCan"]["triage"], may, "{person}");
            let reply = make(&client, "frictionReject", &reject(&friction)).await;
            assert_eq!(reply.code(), if may { "" } else { "FORBIDDEN" }, "{person}");
            let state = if may { "REJECTED" } else { "REPORTED" };
            assert_eq!(read(&client, &friction).await["state"], state);
        }
    }
    // The board reads, and neither reports nor votes.
    let bert = app.client_of("bert").await;
    assert_eq!(bert.query(REPORT, json!({ "input": { "report": report(1, 1) } })).await.code(), "FORBIDDEN");
    let friction = reported(&app, "emil", report(30, 2), false).await;
    let reply = make(&bert, "frictionVote", &format!("friction: \"{friction}\"")).await;
    assert_eq!(reply.code(), "FORBIDDEN");
    let foreign = app.client(Role::ForeignAdmin).await;
    let reply = make(&foreign, "frictionVote", &format!("friction: \"{friction}\"")).await;
    assert_eq!(reply.refused_at("frictionVote"), ["NOT_FOUND at friction"]);
    let token = app.client(Role::FullToken).await;
    assert_eq!(read(&token, &friction).await["id"], friction);
    assert_eq!(
        app.client(Role::BareToken).await.data("{ frictions { nodes { id } } }").await["frictions"],
        Value::Null
    );
}

#[tokio::test]
async fn a_step_is_planned_taken_and_measured() {
    let app = TestApp::start().await;
    let petra = app.client(Role::Partner).await;
    let friction = reported(&app, "emil", report(30, 10), false).await;
    let nora = app.person("nora").await;
    let step = step(&petra, &friction, &nora).await;
    assert_eq!(read(&petra, &friction).await["state"], "PLANNED");
    let update =
        |state: &str| format!("step: \"{step}\" draft: {{ title: \"Acme: other\", owner: \"{nora}\" }} state: {state}");
    let done = make(&petra, "roadmapStepUpdate", &update("DONE")).await;
    assert_eq!(done.refused_at("roadmapStepUpdate"), ["INVALID at state"]);
    make(&petra, "roadmapStepUpdate", &update("IN_PROGRESS")).await.data();
    assert_eq!(read(&petra, &friction).await["state"], "IN_PROGRESS");
    let late = app.client_of("emil").await;
    let finish = format!("step: \"{step}\" minutesAfter: 10 peopleAfter: 9 note: \"Asked everybody\"");
    assert_eq!(make(&late, "roadmapStepFinish", &finish).await.code(), "FORBIDDEN");
    let wrong = format!("step: \"{step}\" minutesAfter: -1 peopleAfter: 1000");
    let wrong = make(&petra, "roadmapStepFinish", &wrong).await;
    assert_eq!(wrong.refused_at("roadmapStepFinish"), ["INVALID at minutesAfter", "INVALID at peopleAfter"]);
    make(&petra, "roadmapStepFinish", &finish).await.data();
    let again = make(&petra, "roadmapStepFinish", &finish).await;
    assert_eq!(again.refused_at("roadmapStepFinish"), ["WRONG_STATE at step"]);
    let map =
        late.data("{ roadmap(state: DONE) { nodes { friction { id } result { savedMinutesPerWeek note } } } }").await;
    let result = json!({ "savedMinutesPerWeek": 300 - 90, "note": "Asked everybody" });
    assert_eq!(map["roadmap"]["nodes"], json!([{ "friction": { "id": friction }, "result": result }]));
    make(&petra, "frictionResolve", &format!("friction: \"{friction}\"")).await.data();
    let settled = make(&late, "frictionVote", &format!("friction: \"{friction}\"")).await;
    assert_eq!(settled.refused_at("frictionVote"), ["WRONG_STATE at friction"]);
    make(&petra, "frictionReopen", &format!("friction: \"{friction}\"")).await.data();
    assert_eq!(read(&late, &friction).await["state"], "REPORTED");
}

#[tokio::test]
async fn the_costliest_come_first_page_by_page() {
    let app = TestApp::start().await;
    let mut expected = Vec::new();
    for (minutes, people) in [(10, 3), (60, 5), (30, 1), (30, 1), (1, 1)] {
        expected.push((minutes * people, reported(&app, "emil", report(minutes, people), true).await));
    }
    expected.sort_by(|one, other| other.cmp(one));
    let emil = app.client_of("emil").await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = emil
            .data(&format!(
                "{{ frictions(first: 2{after}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
            ))
            .await;
        let nodes = page["frictions"]["nodes"].as_array().unwrap().clone();
        seen.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        if page["frictions"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["frictions"]["pageInfo"]["endCursor"]);
    }
    let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
    assert_eq!(seen, expected, "ties by age, the newest first");
    let back = emil.data("{ frictions(last: 5) { nodes { id } } }").await;
    let back: Vec<&str> =
        back["frictions"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(back, expected);
}

//! Priorities: who is asked, what is deleted, and what is shown of groups.

use chrono::TimeDelta;
use hearten_api::areas::priorities::upkeep;
use hearten_entity::{InOrganization, priority_ballot, priority_invitation, priority_round};
use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};

const PLAN: &str = "mutation($input: PriorityRoundPlanInput!) {
    priorityRoundPlan(input: $input) { round { id state } errors { code message path } } }";
const RANK: &str = "mutation($round: ID!, $ranking: [String!]!) {
    prioritiesRank(input: { round: $round, ranking: $ranking }) {
        round { tookPart myRanking } errors { code message path } } }";
const RESULTS: &str = "query($id: ID!) { node(id: $id) { ... on PriorityRound { state tookPart myRanking
    results(first: 100) { nodes { name outcome {
        ... on PriorityResult { respondents condorcetWinner order { options } scores { option meanPoints reason } }
        ... on HiddenPriorities { reason minimum } } } } } } }";

fn draft() -> Value {
    let text = |en: &str, de: &str| json!({ "en": en, "de": de });
    json!({
        "title": text("Acme priorities", "Acme-Prioritäten"),
        "options": [text("Pay", "Geld"), text("Time", "Zeit"), text("Calm", "Ruhe")],
        "closesAt": "2026-11-30T09:00:00Z",
    })
}

async fn planned(app: &TestApp, input: Value) -> String {
    let data = app.client(Role::Partner).await.query(PLAN, json!({ "input": input })).await.data();
    data["priorityRoundPlan"]["round"]["id"].as_str().unwrap().to_owned()
}

async fn rank(client: &Client, round: &str, ranking: &[&str]) -> Reply {
    client.query(RANK, json!({ "round": round, "ranking": ranking })).await
}

async fn results(client: &Client, round: &str) -> Value {
    client.query(RESULTS, json!({ "id": round })).await.data()["node"].clone()
}

async fn ballots(app: &TestApp) -> usize {
    priority_ballot::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap().len()
}

/// Closes what is due, on two connections at once.
async fn look(app: &TestApp) {
    let (one, other) = (app.app().database.open().await.unwrap(), app.app().database.open().await.unwrap());
    let (first, second) = tokio::join!(upkeep::look(app.app(), &one), upkeep::look(app.app(), &other));
    first.unwrap();
    second.unwrap();
}

const NORTH_A: [&str; 6] = ["nora", "emil", "anna", "anton", "aylin", "arne"];
const NORTH_B: [&str; 6] = ["nils", "bela", "bodo", "bina", "berk", "brit"];

#[tokio::test]
async fn a_round_is_ranked_closed_and_forgotten() {
    let app = TestApp::start().await;
    let round = planned(&app, draft()).await;
    let rankings: [&[&str]; 4] = [&["o2"], &["o2", "o1", "o3"], &["o1", "o2"], &["o3", "o2"]];
    for (at, person) in NORTH_A.iter().chain(&NORTH_B).enumerate() {
        rank(&app.client_of(person).await, &round, rankings[at % 4]).await.data();
    }
    let emil = app.client_of("emil").await;
    let changed = rank(&emil, &round, &["o1", "o3"]).await.data();
    assert_eq!(changed["prioritiesRank"]["round"], json!({ "tookPart": true, "myRanking": ["o1", "o3"] }));
    let open = results(&emil, &round).await;
    assert_eq!((&open["state"], &open["results"]), (&json!("OPEN"), &Value::Null));
    let petra = app.client(Role::Partner).await;
    let others = results(&petra, &round).await;
    assert_eq!((&others["tookPart"], &others["myRanking"]), (&json!(false), &Value::Null), "only one's own");
    assert_eq!(ballots(&app).await, 12);
    app.advance(TimeDelta::days(7));
    let late = rank(&app.client_of("emil").await, &round, &["o1"]).await;
    assert_eq!(late.refused_at("prioritiesRank"), ["WRONG_STATE at round"], "whether or not anybody has closed it");
    look(&app).await;
    assert_eq!(ballots(&app).await, 0, "single rankings are deleted");
    let invitations = priority_invitation::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(invitations.iter().filter(|one| one.took_part).count(), 12, "only that somebody took part remains");
    let closed = results(&emil, &round).await;
    assert_eq!(
        (&closed["state"], &closed["tookPart"], &closed["myRanking"]),
        (&json!("CLOSED"), &json!(true), &Value::Null)
    );
    let all = &closed["results"]["nodes"][0];
    assert_eq!((&all["name"], &all["outcome"]["respondents"]), (&json!("Everyone"), &json!(12)));
    assert_eq!(all["outcome"]["condorcetWinner"], "o2");
    assert_eq!(all["outcome"]["order"][0], json!({ "options": ["o2"] }));
    assert!(all["outcome"]["scores"][1]["meanPoints"].as_f64().unwrap() > 1.0, "{all}");
    let told = app.client_of("bela").await.data("{ viewer { notifications { nodes { kind } } } }").await;
    let kinds: Vec<&Value> =
        told["viewer"]["notifications"]["nodes"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["PRIORITIES_CLOSED", "PRIORITIES_OPENED"]);
}

#[tokio::test]
async fn groups_are_shown_to_those_they_are_open_to_and_never_too_small() {
    let app = TestApp::start().await;
    let round = planned(&app, draft()).await;
    let rankings: [&[&str]; 3] = [&["o2"], &["o1", "o2"], &["o3", "o2"]];
    // All of North A, four of North B.
    for (at, person) in NORTH_A.iter().chain(&NORTH_B[..4]).enumerate() {
        rank(&app.client_of(person).await, &round, rankings[at % 3]).await.data();
    }
    app.advance(TimeDelta::days(7));
    look(&app).await;
    let petra = results(&app.client(Role::Partner).await, &round).await;
    let seen = |node: &Value| (node["name"].clone(), node["outcome"]["reason"].clone());
    let shown: Vec<(Value, Value)> = petra["results"]["nodes"].as_array().unwrap().iter().map(seen).collect();
    let of = |name: &str| shown.iter().find(|(cut, _)| cut == name).map(|(_, reason)| reason.clone()).unwrap();
    assert_eq!(of("Everyone"), Value::Null);
    assert_eq!(of("Acme North Sales A"), "COMPLEMENTARY", "without the four of B it would tell theirs");
    assert_eq!(of("Acme North Sales B"), "BELOW_MINIMUM");
    for (person, groups) in [
        ("emil", Some(vec!["Everyone", "Acme Everyone", "Acme North", "Acme North Sales", "Acme North Sales A"])),
        ("bert", Some(vec!["Everyone"])),
        ("adam", Some(vec!["Everyone", "Acme Everyone"])),
        ("ulla", None),
    ] {
        let seen = results(&app.client_of(person).await, &round).await;
        let names: Option<Vec<&str>> = seen["results"]["nodes"]
            .as_array()
            .map(|nodes| nodes.iter().map(|node| node["name"].as_str().unwrap()).collect());
        match (person, names, groups) {
            // Executives see all groups.
            ("bert", Some(names), _) => assert!(names.len() > 8, "{names:?}"),
            (_, names, groups) => assert_eq!(names, groups, "{person}"),
        }
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let petra = app.client(Role::Partner).await;
    let with = |field: &str, value: Value| {
        let mut input = draft();
        input[field] = value;
        input
    };
    let one = json!({ "en": "Pay", "de": "Geld" });
    let cases = [
        (with("title", json!({ "en": "", "de": "x" })), "REQUIRED at title.en"),
        (with("options", json!([one])), "INVALID at options"),
        (with("options", json!([one, one])), "TAKEN at options.1"),
        (with("options", json!([one, { "en": "x", "de": " " }])), "REQUIRED at options.1.de"),
        (with("closesAt", json!("2026-11-23T09:00:00Z")), "INVALID at closesAt"),
        (with("closesAt", json!("2027-11-23T09:00:00Z")), "INVALID at closesAt"),
        (with("opensAt", json!("2026-11-23T08:59:59Z")), "INVALID at opensAt"),
        (with("cadenceWeeks", json!(53)), "INVALID at cadenceWeeks"),
        (with("minimumGroup", json!(4)), "INVALID at minimumGroup"),
        (with("teams", json!(["nonsense"])), "INVALID at teams.0"),
        (with("teams", json!([app.team("u-team").await])), "NOT_FOUND at teams.0"),
    ];
    for (input, expected) in cases {
        let reply = petra.query(PLAN, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("priorityRoundPlan"), [expected], "{}", reply.body);
    }
    let paula = app.client(Role::PartnerOfNorth).await;
    let reply = paula.query(PLAN, json!({ "input": draft() })).await;
    assert_eq!(reply.refused_at("priorityRoundPlan"), ["FORBIDDEN at teams"]);
    for role in [Role::Admin, Role::Employee, Role::Executive, Role::FullToken] {
        let reply = app.client(role).await.query(PLAN, json!({ "input": draft() })).await;
        assert_eq!(reply.code(), "FORBIDDEN", "{role:?}");
    }
    let rounds = priority_round::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert!(rounds.is_empty(), "nothing was half done");
    let north = json!([app.team("north").await]);
    let round = planned(&app, with("teams", north)).await;
    let emil = app.client_of("emil").await;
    for (ranking, expected) in [
        (&[][..], "REQUIRED at ranking"),
        (&["o1", "o4"], "NOT_FOUND at ranking.1"),
        (&["o1", "o2", "o1"], "TAKEN at ranking.2"),
    ] {
        assert_eq!(rank(&emil, &round, ranking).await.refused_at("prioritiesRank"), [expected]);
    }
    assert_eq!(ballots(&app).await, 0);
    let dana = app.client_of("dana").await;
    assert_eq!(rank(&dana, &round, &["o1"]).await.refused_at("prioritiesRank"), ["NOT_FOUND at round"]);
    assert_eq!(rank(&petra, &round, &["o1"]).await.code(), "FORBIDDEN", "she runs it and is not asked");
}

#[tokio::test]
async fn the_next_round_follows_once() {
    let app = TestApp::start().await;
    let mut input = draft();
    input["cadenceWeeks"] = json!(2);
    let round = planned(&app, input).await;
    let emil = app.client_of("emil").await;
    let calls = (0..6).map(|_| rank(&emil, &round, &["o1"]));
    for reply in futures_util::future::join_all(calls).await {
        reply.data();
    }
    assert_eq!(ballots(&app).await, 1, "one ranking a person");
    app.advance(TimeDelta::days(7));
    look(&app).await;
    let rounds = "{ priorityRounds { nodes { state opensAt closesAt } } }";
    let listed = app.client(Role::Partner).await.data(rounds).await;
    let next =
        json!({ "state": "SCHEDULED", "opensAt": "2026-12-07T09:00:00.000Z", "closesAt": "2026-12-14T09:00:00.000Z" });
    let nodes = listed["priorityRounds"]["nodes"].as_array().unwrap().clone();
    assert_eq!((nodes.len(), &nodes[0]), (2, &next));
    assert_eq!(
        emil.data(rounds).await["priorityRounds"]["nodes"].as_array().unwrap().len(),
        1,
        "not there before it opens"
    );
    app.advance(TimeDelta::days(7));
    look(&app).await;
    let emil = app.client_of("emil").await;
    let listed = emil.data("{ priorityRounds { nodes { id state invited } } }").await;
    assert_eq!(listed["priorityRounds"]["nodes"][0]["state"], "OPEN");
    let second = listed["priorityRounds"]["nodes"][0]["id"].as_str().unwrap();
    rank(&emil, second, &["o3"]).await.data();
    // One who took part is too few for anything.
    let first = results(&emil, &round).await;
    assert_eq!(first["results"]["nodes"][0]["outcome"], json!({ "reason": "BELOW_MINIMUM", "minimum": 5 }));
}

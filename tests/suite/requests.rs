//! Requests: who sees and does what, the clock, escalation, two at once, and what quarters say of teams.

use chrono::TimeDelta;
use hearten_api::areas::requests::upkeep;
use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};

const OPEN: &str = "mutation($input: RequestOpenInput!) {
    requestOpen(input: $input) { request { id state dueAt } errors { code message path } } }";
const READ: &str = "query($id: ID!) { node(id: $id) { ... on ServiceRequest {
    id title state dueAt declineReason escalationLevel escalatedTo { displayName } assignee { displayName }
    queue { name } messages { nodes { kind body author { displayName } } }
    history { nodes { kind actor { displayName } person { displayName } note } }
    viewerCan { write answer fulfil transfer withdraw reopen escalate } } } }";

/// Creates a queue as an admin and returns its id.
async fn queue(app: &TestApp, draft: Value) -> String {
    let create = "mutation($draft: RequestQueueDraftInput!) {
        requestQueueCreate(input: { draft: $draft }) { queue { id } errors { code message path } } }";
    let created = app.client(Role::Admin).await.query(create, json!({ "draft": draft })).await.data();
    created["requestQueueCreate"]["queue"]["id"].as_str().unwrap().to_owned()
}

/// A queue of South Care A, which answers within a day.
async fn care_queue(app: &TestApp) -> String {
    let hours = json!({ "low": 48, "normal": 24, "high": 4 });
    queue(app, json!({ "name": "Acme care desk", "team": app.team("south-a").await, "serviceHours": hours })).await
}

async fn open(app: &TestApp, person: &str, queue: &str) -> String {
    let input = json!({ "to": { "queue": queue }, "kind": "TOOL", "title": "Acme scanner" });
    let opened = app.client_of(person).await.query(OPEN, json!({ "input": input })).await.data();
    opened["requestOpen"]["request"]["id"].as_str().unwrap().to_owned()
}

/// Makes a move as somebody; `more` are the other fields of its input.
async fn make(client: &Client, mutation: &str, request: &str, more: &str) -> Reply {
    let document = format!(
        "mutation {{ {mutation}(input: {{ request: \"{request}\" {more} }}) {{
            request {{ state }} errors {{ code message path }} }} }}"
    );
    client.query(&document, json!({})).await
}

/// The state a move led to.
async fn made(client: &Client, mutation: &str, request: &str, more: &str) -> String {
    let data = make(client, mutation, request, more).await.data();
    data[mutation]["request"]["state"].as_str().unwrap().to_owned()
}

async fn read(client: &Client, request: &str) -> Value {
    client.query(READ, json!({ "id": request })).await.data()["node"].clone()
}

fn kinds(request: &Value) -> Vec<&str> {
    request["history"]["nodes"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect()
}

async fn look(app: &TestApp) {
    upkeep::look(app.app(), app.db().await).await.unwrap();
}

#[tokio::test]
async fn a_request_is_asked_back_answered_fulfilled_and_reopened() {
    let app = TestApp::start().await;
    let (emil, cara) = (app.client_of("emil").await, app.client_of("cara").await);
    let request = open(&app, "emil", &care_queue(&app).await).await;
    assert_eq!(read(&cara, &request).await["dueAt"], "2026-11-24T09:00:00.000Z");
    app.advance(TimeDelta::hours(2));
    assert_eq!(made(&cara, "requestAskBack", &request, "question: \"Which one?\"").await, "WAITING");
    app.advance(TimeDelta::hours(30));
    let waiting = read(&emil, &request).await;
    assert_eq!(waiting["state"], "WAITING", "the clock stands still");
    assert_eq!(waiting["viewerCan"]["withdraw"], true);
    assert_eq!(made(&emil, "requestMessage", &request, "body: \"The small one\"").await, "OPEN");
    assert_eq!(read(&emil, &request).await["dueAt"], "2026-11-25T15:00:00.000Z", "thirty hours later than before");
    let cara_id = app.person("cara").await;
    app.advance(TimeDelta::seconds(1)); // what happens in one millisecond has no order
    assert_eq!(made(&cara, "requestAssign", &request, &format!("assignee: \"{cara_id}\"")).await, "OPEN");
    app.advance(TimeDelta::seconds(1));
    assert_eq!(made(&cara, "requestAnswer", &request, "answer: \"It is ordered\"").await, "ANSWERED");
    app.advance(TimeDelta::seconds(1));
    assert_eq!(made(&cara, "requestFulfil", &request, "note: \"It lies on your desk\"").await, "FULFILLED");
    assert_eq!(make(&emil, "requestEscalate", &request, "").await.refusals("requestEscalate"), ["WRONG_STATE"]);
    app.advance(TimeDelta::days(14));
    assert_eq!(made(&emil, "requestReopen", &request, "reason: \"It is broken\"").await, "OPEN");
    let cara = app.client_of("cara").await;
    app.advance(TimeDelta::seconds(1));
    assert_eq!(made(&cara, "requestDecline", &request, "reason: \"No more of these\"").await, "DECLINED");
    app.advance(TimeDelta::days(14) + TimeDelta::milliseconds(1));
    let emil = app.client_of("emil").await; // his token has run out
    let late = make(&emil, "requestReopen", &request, "reason: \"Too late\"").await;
    assert_eq!(late.refused_at("requestReopen"), ["WRONG_STATE at request"]);
    let seen = read(&emil, &request).await;
    assert_eq!(seen["declineReason"], "No more of these");
    let expected = ["OPENED", "ASKED_BACK", "REPLIED", "ASSIGNED", "ANSWERED", "FULFILLED", "REOPENED", "DECLINED"];
    assert_eq!(kinds(&seen), expected);
    let messages: Vec<&str> =
        seen["messages"]["nodes"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(messages, ["QUESTION", "MESSAGE", "ANSWER"]);
}

#[tokio::test]
async fn a_request_is_between_those_who_ask_and_those_who_answer() {
    let app = TestApp::start().await;
    let request = open(&app, "emil", &care_queue(&app).await).await;
    for person in ["emil", "cara", "sara", "curt"] {
        assert_eq!(read(&app.client_of(person).await, &request).await["id"], request, "{person}");
    }
    // Neither office nor rank opens it: admin, partners, the board, the asker's lead and colleague, the lead above.
    for person in ["adam", "petra", "paula", "bert", "nora", "anna", "simon", "ulla"] {
        let client = app.client_of(person).await;
        assert!(read(&client, &request).await.is_null(), "{person}");
        let list = client.data("{ requests { nodes { id } } }").await;
        assert_eq!(list["requests"]["nodes"], json!([]), "{person}");
        let refused = make(&client, "requestAnswer", &request, "answer: \"Mine\"").await;
        assert_eq!(refused.refused_at("requestAnswer"), ["NOT_FOUND at request"], "{person}");
        let found = client.data("{ search(text: \"scanner\") { nodes { id } } }").await;
        assert_eq!(found["search"]["nodes"], json!([]), "{person}");
    }
    let list = app.client_of("curt").await.data("{ requests { nodes { id } } }").await;
    assert_eq!(list["requests"]["nodes"], json!([{ "id": request }]));
    let found = app.client_of("curt").await.data("{ search(text: \"acme scan\") { nodes { id } } }").await;
    assert_eq!(found["search"]["nodes"], json!([{ "id": request }]));
    // Whoever asks does not answer, and whoever answers does not take it back.
    let emil = app.client_of("emil").await;
    assert_eq!(make(&emil, "requestAnswer", &request, "answer: \"Mine\"").await.code(), "FORBIDDEN");
    let cara = app.client_of("cara").await;
    assert_eq!(make(&cara, "requestWithdraw", &request, "").await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_team_sees_what_the_asker_shows_it() {
    let app = TestApp::start().await;
    let input = json!({ "to": { "person": app.person("dana").await }, "kind": "INFORMATION",
        "title": "Acme opening hours", "visibility": "TEAM" });
    let opened = app.client_of("emil").await.query(OPEN, json!({ "input": input })).await.data();
    let request = opened["requestOpen"]["request"]["id"].as_str().unwrap();
    for (person, sees) in [("anna", true), ("nora", true), ("dana", true), ("bela", false), ("nadia", false)] {
        let client = app.client_of(person).await;
        assert_eq!(read(&client, request).await.is_object(), sees, "{person}");
        let list = client.data("{ requests { nodes { id } } }").await;
        assert_eq!(list["requests"]["nodes"].as_array().unwrap().len(), usize::from(sees), "{person}");
    }
    let anna = app.client_of("anna").await;
    assert_eq!(make(&anna, "requestMessage", request, "body: \"Me too\"").await.code(), "FORBIDDEN");
    let dana = app.client_of("dana").await;
    let person = app.person("dirk").await;
    let assign = make(&dana, "requestAssign", request, &format!("assignee: \"{person}\"")).await;
    assert_eq!(assign.refused_at("requestAssign"), ["WRONG_STATE at request"], "it was sent to her directly");
    let queue = care_queue(&app).await;
    assert_eq!(made(&dana, "requestTransfer", request, &format!("queue: \"{queue}\"")).await, "OPEN");
    assert!(read(&dana, request).await.is_null(), "it is not hers any more");
    assert_eq!(read(&app.client_of("cleo").await, request).await["queue"]["name"], "Acme care desk");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let queue = care_queue(&app).await;
    let good = json!({ "to": { "queue": queue }, "kind": "TOOL", "title": "Acme lamp" });
    let with = |field: &str, value: Value| {
        let mut input = good.clone();
        input[field] = value;
        input
    };
    let foreign = app.person("ulla").await;
    let cases = [
        (with("title", json!("  ")), "REQUIRED at title"),
        (with("title", json!("x".repeat(201))), "TOO_LONG at title"),
        (with("details", json!("x".repeat(10_001))), "TOO_LONG at details"),
        (with("neededBy", json!("2026-11-23T09:00:00Z")), "INVALID at neededBy"),
        (with("blockingGoal", json!(app.person("anna").await)), "NOT_FOUND at blockingGoal"),
        (with("to", json!({ "queue": "nonsense" })), "INVALID at to.queue"),
        (with("to", json!({ "queue": "que_00000000000000000000000000" })), "NOT_FOUND at to.queue"),
        (with("to", json!({ "person": app.person("emil").await })), "INVALID at to.person"),
        (with("to", json!({ "person": app.person("gone").await })), "NOT_FOUND at to.person"),
        (with("to", json!({ "person": foreign })), "NOT_FOUND at to.person"),
        (with("idempotencyKey", json!("short")), "INVALID at idempotencyKey"),
    ];
    for (input, expected) in cases {
        let reply = emil.query(OPEN, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("requestOpen"), [expected], "{}", reply.body);
    }
    let none = emil.data("{ requests { nodes { id } } }").await;
    assert_eq!(none["requests"]["nodes"], json!([]), "nothing was half done");
}

/// A private goal that a request names shows through to nobody who may not see it.
#[tokio::test]
async fn the_goal_a_request_blocks_is_shown_to_whoever_may_see_it() {
    let app = TestApp::start().await;
    let cycle = crate::goals::cycle(&app, "Acme quarter").await;
    let (emil, dana) = (app.client_of("emil").await, app.client_of("dana").await);
    let read = "query($id: ID!) { node(id: $id) { ... on ServiceRequest { title blockingGoal } } }";
    for visibility in ["PRIVATE", "PUBLIC"] {
        let goal = crate::goals::goal(&app, "emil", &cycle, json!({ "visibility": visibility })).await;
        let input = json!({ "kind": "TOOL", "title": "Acme lamp", "to": { "person": app.person("dana").await },
            "blockingGoal": goal });
        let opened = emil.query(OPEN, json!({ "input": input })).await.data();
        let request = json!({ "id": opened["requestOpen"]["request"]["id"] });
        let own = emil.query(read, request.clone()).await.data();
        assert_eq!(own["node"]["blockingGoal"], goal.as_str());
        let others = dana.query(read, request).await.data();
        assert_eq!(others["node"]["title"], "Acme lamp");
        let shown = if visibility == "PUBLIC" { json!(goal) } else { Value::Null };
        assert_eq!(others["node"]["blockingGoal"], shown, "{visibility}");
    }
}

#[tokio::test]
async fn a_request_to_nobody_is_refused() {
    let app = TestApp::start().await;
    let (admin, emil) = (app.client(Role::Admin).await, app.client_of("emil").await);
    let empty = "mutation { requestQueueCreate(input: { draft: { name: \"Acme void\" } }) { errors { code path } } }";
    let reply = admin.query(empty, json!({})).await;
    assert_eq!(reply.refused_at("requestQueueCreate"), ["REQUIRED at draft.owners"]);
    let desk = queue(&app, json!({ "name": "Acme desk of dana", "owners": [app.person("dana").await] })).await;
    let request = open(&app, "emil", &desk).await;
    let leave =
        "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-22\" }) { errors { code } } }";
    admin.query(leave, json!({ "id": app.person("dana").await })).await.data();
    let input = json!({ "to": { "queue": desk }, "kind": "TOOL", "title": "Acme lamp" });
    let reply = emil.query(OPEN, json!({ "input": input })).await;
    assert_eq!(reply.refused_at("requestOpen"), ["WRONG_STATE at to.queue"]);
    assert_eq!(made(&emil, "requestWithdraw", &request, "").await, "WITHDRAWN");
    let care = care_queue(&app).await;
    let archive = "mutation($queue: ID!) { requestQueueUpdate(input: { queue: $queue, archived: true,
        draft: { name: \"Acme care desk\", team: \"TEAM\" } }) { errors { code path } } }";
    let archive = archive.replace("TEAM", &app.team("south-a").await);
    admin.query(&archive, json!({ "queue": care })).await.data();
    let input = json!({ "to": { "queue": care }, "kind": "TOOL", "title": "Acme lamp" });
    let reply = emil.query(OPEN, json!({ "input": input })).await;
    assert_eq!(reply.refused_at("requestOpen"), ["WRONG_STATE at to.queue"]);
    let queues = emil.data("{ requestQueues { nodes { name } } }").await;
    assert_eq!(queues["requestQueues"]["nodes"], json!([{ "name": "Acme desk of dana" }]));
}

#[tokio::test]
async fn queues_are_kept_by_those_who_lead_or_look_after_the_team() {
    let app = TestApp::start().await;
    let create =
        "mutation($team: ID) { requestQueueCreate(input: { draft: { name: \"Acme\", team: $team, owners: [OWNER] } }) {
        queue { id viewerCanEdit } errors { code message path } } }";
    let create = create.replace("OWNER", &format!("\"{}\"", app.person("emil").await));
    for (person, team, may) in [
        ("adam", Some("north-a"), true),
        ("petra", Some("north-a"), true),
        ("paula", Some("north-a"), true),
        ("nora", Some("north-a"), true),
        ("nadia", Some("north-a"), true),
        ("adam", None, true),
        ("petra", None, true),
        ("paula", Some("south-a"), false),
        ("paula", None, false),
        ("simon", Some("north-a"), false),
        ("emil", Some("north-a"), false),
        ("bert", None, false),
    ] {
        let team = match team {
            Some(team) => json!(app.team(team).await),
            None => Value::Null,
        };
        let reply = app.client_of(person).await.query(&create, json!({ "team": team })).await;
        assert_eq!(reply.code().is_empty(), may, "{person} {team}: {}", reply.body);
        if may {
            assert_eq!(reply.data()["requestQueueCreate"]["queue"]["viewerCanEdit"], true);
        } else {
            assert_eq!(reply.code(), "FORBIDDEN");
        }
    }
}

#[tokio::test]
async fn what_is_overdue_climbs_once_a_step() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let request = open(&app, "emil", &care_queue(&app).await).await;
    app.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
    look(&app).await;
    assert_eq!(read(&emil, &request).await["state"], "OPEN");
    app.advance(TimeDelta::milliseconds(1));
    assert_eq!(read(&emil, &request).await["state"], "OVERDUE", "whether or not anybody has looked");
    // Two nodes look at the same time.
    let (one, other) = (app.app().database.open().await.unwrap(), app.app().database.open().await.unwrap());
    let (first, second) = tokio::join!(upkeep::look(app.app(), &one), upkeep::look(app.app(), &other));
    first.unwrap();
    second.unwrap();
    let seen = read(&emil, &request).await;
    assert_eq!(kinds(&seen), ["OPENED", "OVERDUE"]);
    assert_eq!(seen["escalatedTo"]["displayName"], "Sara Acmeson", "who leads the team");
    for (hours, level, whom) in [(24, 2, "Simon Acmeson"), (24, 3, "Chris Acmeson"), (240, 3, "Chris Acmeson")] {
        look(&app).await;
        app.advance(TimeDelta::hours(hours));
        look(&app).await;
        let seen = read(&emil, &request).await;
        assert_eq!((&seen["escalationLevel"], &seen["escalatedTo"]["displayName"]), (&json!(level), &json!(whom)));
    }
    let chris = app.client_of("chris").await;
    let told = chris.data("{ viewer { notifications { nodes { kind subject { id } } } } }").await;
    let overdue = json!([{ "kind": "REQUEST_OVERDUE", "subject": { "id": request } }]);
    assert_eq!(told["viewer"]["notifications"]["nodes"], overdue);
    assert_eq!(made(&chris, "requestAnswer", &request, "answer: \"Sorry\"").await, "ANSWERED");
    app.advance(TimeDelta::days(30));
    look(&app).await;
    let emil = app.client_of("emil").await; // his token has run out
    assert_eq!(kinds(&read(&emil, &request).await).len(), 5, "what is answered climbs no more");
}

#[tokio::test]
async fn an_asker_lets_it_climb_until_nobody_is_left() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let request = open(&app, "emil", &care_queue(&app).await).await;
    for whom in ["Sara Acmeson", "Simon Acmeson", "Chris Acmeson"] {
        made(&emil, "requestEscalate", &request, "reason: \"It is urgent\"").await;
        assert_eq!(read(&emil, &request).await["escalatedTo"]["displayName"], whom);
    }
    let refused = make(&emil, "requestEscalate", &request, "").await;
    assert_eq!(refused.refused_at("requestEscalate"), ["WRONG_STATE at request"]);
    assert!(read(&app.client_of("simon").await, &request).await.is_null(), "it climbed past him");
}

#[tokio::test]
async fn of_two_moves_at_once_one_wins() {
    let app = TestApp::start().await;
    let (cara, emil) = (app.client_of("cara").await, app.client_of("emil").await);
    let queue = care_queue(&app).await;
    for round in 0..4 {
        let request = open(&app, "emil", &queue).await;
        let (answered, declined) = tokio::join!(
            make(&cara, "requestAnswer", &request, "answer: \"Yes\""),
            make(&cara, "requestDecline", &request, "reason: \"No\"")
        );
        let won = [answered.refusals("requestAnswer"), declined.refusals("requestDecline")];
        assert_eq!(won.iter().filter(|refused| refused.is_empty()).count(), 1, "round {round}: {won:?}");
        let seen = read(&emil, &request).await;
        let answers = kinds(&seen).iter().filter(|kind| ["ANSWERED", "DECLINED"].contains(kind)).count();
        assert_eq!(answers, 1, "{seen}");
    }
    let input = json!({ "to": { "queue": queue }, "kind": "TOOL", "title": "Once", "idempotencyKey": "one-and-only" });
    let again = (0..4).map(|_| emil.query(OPEN, json!({ "input": input })));
    futures_util::future::join_all(again).await;
    let first = emil.query(OPEN, json!({ "input": input })).await.data();
    let list = emil.data("{ requests(first: 100, filter: { state: OPEN }) { nodes { id title } } }").await;
    let once: Vec<_> =
        list["requests"]["nodes"].as_array().unwrap().iter().filter(|one| one["title"] == "Once").collect();
    assert_eq!(once.len(), 1);
    assert_eq!(once[0]["id"], first["requestOpen"]["request"]["id"]);
}

#[tokio::test]
async fn integrations_work_what_is_open_to_them() {
    let app = TestApp::start().await;
    let token = app.client(Role::FullToken).await;
    let (closed, team) = (care_queue(&app).await, app.team("south-b").await);
    let ticketed = queue(&app, json!({ "name": "Acme tickets", "team": team, "integrations": true })).await;
    let (hidden, shown) = (open(&app, "emil", &closed).await, open(&app, "emil", &ticketed).await);
    let list = token.data("{ requests { nodes { id } } requestQueues { nodes { id } } }").await;
    assert_eq!(list["requests"]["nodes"], json!([{ "id": shown }]));
    assert_eq!(list["requestQueues"]["nodes"], json!([{ "id": ticketed }]));
    assert!(read(&token, &hidden).await.is_null());
    assert_eq!(made(&token, "requestAnswer", &shown, "answer: \"By the ticket tool\"").await, "ANSWERED");
    let answered = read(&app.client_of("emil").await, &shown).await;
    assert_eq!(answered["messages"]["nodes"][0]["author"], Value::Null);
    let input = json!({ "to": { "queue": ticketed }, "kind": "TOOL", "title": "For nobody" });
    assert_eq!(token.query(OPEN, json!({ "input": input })).await.code(), "FORBIDDEN");
    let bare = app.client(Role::BareToken).await;
    assert_eq!(bare.data("{ requests { nodes { id } } }").await["requests"], Value::Null);
}

const STATS: &str = "query($team: ID!) { node(id: $team) { ... on Team { requestStats(year: 2026, quarter: 4) {
    ... on RequestStats { askers requests answeredShare fulfilledShare medianMinutes }
    ... on HiddenRequestStats { reason minimum } } } } }";

#[tokio::test]
async fn a_quarter_says_how_teams_were_answered_and_no_more() {
    let app = TestApp::start().await;
    let queue = care_queue(&app).await;
    let cara = app.client_of("cara").await;
    // All six of North A ask, and four of the six of North B.
    for (at, person) in
        ["nora", "emil", "anna", "anton", "aylin", "arne", "nils", "bela", "bodo", "bina"].iter().enumerate()
    {
        let request = open(&app, person, &queue).await;
        app.advance(TimeDelta::hours(1));
        if at.is_multiple_of(2) {
            made(&cara, "requestAnswer", &request, "answer: \"Yes\"").await;
        }
    }
    let stats = async |team: &str| {
        let reply = app.client_of("dora").await.query(STATS, json!({ "team": app.team(team).await })).await;
        reply.data()["node"]["requestStats"].clone()
    };
    look(&app).await;
    assert_eq!(stats("north-a").await, Value::Null, "the quarter is not over");
    app.set_clock("2027-01-15T00:00:00Z".parse().unwrap());
    look(&app).await;
    let hidden = |reason: &str| json!({ "reason": reason, "minimum": 5 });
    // Everybody, which is North, is ten. With North A that would show the four of North B, so only one of them is shown.
    let of_north =
        json!({ "askers": 10, "requests": 10, "answeredShare": 0.5, "fulfilledShare": 0.0, "medianMinutes": 60 });
    assert_eq!(stats("north").await, of_north);
    assert_eq!(stats("north-a").await, hidden("COMPLEMENTARY"));
    assert_eq!(stats("north-b").await, hidden("BELOW_MINIMUM"));
    assert_eq!(stats("south-a").await, hidden("BELOW_MINIMUM"), "nobody asked there, which looks the same");
    // A late answer changes nothing.
    let before = stats("north").await;
    look(&app).await;
    assert_eq!(stats("north").await, before);
    let team = app.team("north").await;
    let wrong = STATS.replace("quarter: 4", "quarter: 5");
    let reply = app.client_of("dora").await.query(&wrong, json!({ "team": team })).await;
    assert_eq!(reply.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn teams_are_told_what_was_done() {
    let app = TestApp::start().await;
    let publish = "mutation($team: ID!, $did: String!) { teamResponsePublish(input: { team: $team,
        asked: \"Acme: what slows you down?\", said: \"The old scanners\", did: $did }) {
        response { id } errors { code path } } }";
    let team = app.team("north-sales").await;
    let input = json!({ "team": team, "did": "We bought new ones" });
    assert_eq!(app.client_of("emil").await.query(publish, input.clone()).await.code(), "FORBIDDEN");
    assert_eq!(app.client_of("adam").await.query(publish, input.clone()).await.code(), "FORBIDDEN");
    let nadia = app.client_of("nadia").await;
    let empty = nadia.query(publish, json!({ "team": team, "did": "" })).await;
    assert_eq!(empty.refused_at("teamResponsePublish"), ["REQUIRED at did"]);
    let told = nadia.query(publish, input).await.data();
    let id = told["teamResponsePublish"]["response"]["id"].as_str().unwrap();
    let list = "query($team: ID!) { node(id: $team) { ... on Team { responses { nodes { id did } } } } }";
    for (person, sees) in
        [("emil", true), ("nora", true), ("nadia", true), ("petra", true), ("dana", false), ("adam", false)]
    {
        let client = app.client_of(person).await;
        let seen = client.query(list, json!({ "team": team })).await.data();
        assert_eq!(seen["node"]["responses"].is_object(), sees, "{person}");
        let node = client.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.data();
        assert_eq!(node["node"].is_object(), sees, "{person}");
    }
    let told = app.client_of("bela").await.data("{ viewer { notifications { nodes { kind } } } }").await;
    assert_eq!(told["viewer"]["notifications"]["nodes"], json!([{ "kind": "TEAM_RESPONSE_PUBLISHED" }]));
}

#[tokio::test]
async fn messages_and_moves_page_both_ways() {
    let app = TestApp::start().await;
    let queue = care_queue(&app).await;
    let (first, second) = (open(&app, "emil", &queue).await, open(&app, "emil", &queue).await);
    let emil = app.client_of("emil").await;
    for (request, count) in [(&first, 5), (&second, 2)] {
        for n in 1..=count {
            app.advance(TimeDelta::milliseconds(1)); // what happens in one millisecond has no order
            made(&emil, "requestMessage", request, &format!("body: \"{n}\"")).await;
        }
    }
    let page = async |arguments: &str| {
        let document = format!(
            "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on ServiceRequest {{ messages({arguments}) {{ totalCount
                nodes {{ body }} pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }} }} }} }} }}"
        );
        let found = emil.query(&document, json!({ "ids": [first, second] })).await.data();
        let one = |at: usize| {
            let list = &found["nodes"][at]["messages"];
            let bodies: Vec<&str> =
                list["nodes"].as_array().unwrap().iter().filter_map(|node| node["body"].as_str()).collect();
            let info = &list["pageInfo"];
            let around = (info["hasPreviousPage"] == true, info["hasNextPage"] == true);
            (bodies.concat(), around, list["totalCount"].as_u64().unwrap())
        };
        (one(0), one(1), text(&found["nodes"][0]["messages"]["pageInfo"]["endCursor"]))
    };
    let expected = |bodies: &str, around, total| (bodies.to_owned(), around, total);
    let (one, two, second_of_first) = page("first: 2").await;
    assert_eq!((one, two), (expected("12", (false, true), 5), expected("12", (false, false), 2)));
    let (one, two, fourth) = page(&format!("first: 2, after: \"{second_of_first}\"")).await;
    assert_eq!((one, two), (expected("34", (true, true), 5), expected("", (true, false), 2)));
    let (one, two, _) = page("last: 3").await;
    assert_eq!((one, two), (expected("345", (true, false), 5), expected("12", (false, false), 2)));
    let (one, two, _) = page(&format!("last: 2, before: \"{fourth}\"")).await;
    assert_eq!((one, two), (expected("23", (true, true), 5), expected("12", (false, false), 2)));
    let (one, ..) = page(&format!("first: 5, after: \"{second_of_first}\", before: \"{fourth}\"")).await;
    assert_eq!(one, expected("3", (true, true), 5));
    let whole = read(&emil, &first).await;
    assert_eq!(whole["messages"]["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(kinds(&whole), ["OPENED"]);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_request_is_not_moved_without_end() {
    let app = TestApp::start().await;
    let request = open(&app, "emil", &care_queue(&app).await).await;
    let (emil, cara) = (app.client_of("emil").await, app.client_of("cara").await);
    let mine = format!("assignee: \"{}\"", app.person("cara").await);
    let to = |turn: usize| if turn.is_multiple_of(2) { mine.as_str() } else { "assignee: null" };
    let nothing = make(&cara, "requestAssign", &request, "assignee: null").await;
    assert_eq!(nothing.refused_at("requestAssign"), ["ALREADY_DONE at assignee"]);
    for turn in 0..199 {
        assert_eq!(made(&cara, "requestAssign", &request, to(turn)).await, "OPEN");
    }
    let twice = make(&cara, "requestAssign", &request, to(199)).await;
    assert_eq!(twice.refused_at("requestAssign"), ["TOO_LONG at request"]);
    assert_eq!(
        make(&emil, "requestEscalate", &request, "").await.refused_at("requestEscalate"),
        ["TOO_LONG at request"]
    );
    // What ends it is still there.
    assert_eq!(made(&cara, "requestAnswer", &request, "answer: \"Done\"").await, "ANSWERED");
    let again = make(&emil, "requestReopen", &request, "reason: \"Not yet\"").await;
    assert_eq!(again.refused_at("requestReopen"), ["TOO_LONG at request"]);
    assert_eq!(made(&emil, "requestWithdraw", &request, "").await, "WITHDRAWN");
}

#[tokio::test]
async fn one_team_that_was_told_much_leaves_the_others_theirs() {
    let app = TestApp::start().await;
    let nadia = app.client_of("nadia").await;
    let teams = [app.team("north-a").await, app.team("north-sales").await];
    for (team, count) in [(&teams[1], 1), (&teams[0], 3)] {
        for n in 1..=count {
            app.advance(TimeDelta::milliseconds(1));
            let publish = format!(
                "mutation {{ teamResponsePublish(input: {{ team: \"{team}\", asked: \"Acme\", said: \"So\", did: \"{n}\" }}) {{
                    response {{ id }} errors {{ code }} }} }}"
            );
            nadia.query(&publish, json!({})).await.data();
        }
    }
    let list = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Team { responses(first: 1) { totalCount nodes { did }
        pageInfo { hasNextPage } } } } }";
    let found = nadia.query(list, json!({ "ids": teams })).await.data();
    let expected = |did: &str, total: i32, more: bool| json!({ "responses": { "totalCount": total, "nodes": [{ "did": did }], "pageInfo": { "hasNextPage": more } } });
    assert_eq!(found["nodes"], json!([expected("3", 3, true), expected("1", 1, false)]));
}

/// Changes a queue; answers with what was refused.
async fn update_queue(client: &Client, queue: &str, draft: Value) -> Vec<String> {
    let update = "mutation($queue: ID!, $draft: RequestQueueDraftInput!) {
        requestQueueUpdate(input: { queue: $queue, draft: $draft }) { queue { id } errors { code message path } } }";
    client.query(update, json!({ "queue": queue, "draft": draft })).await.refused_at("requestQueueUpdate")
}

#[tokio::test]
async fn keeping_a_queue_opens_none_of_its_requests() {
    let app = TestApp::start().await;
    let team = app.team("south-a").await;
    let desk = care_queue(&app).await;
    let empty = queue(&app, json!({ "name": "Acme new desk", "team": team })).await;
    let request = open(&app, "emil", &desk).await;
    let with = |owner: &str| json!({ "name": "Acme care desk", "team": team, "owners": [owner] });
    let (adam, simon) = (app.client_of("adam").await, app.client_of("simon").await);
    let adam_id = app.person("adam").await;
    assert_eq!(update_queue(&adam, &desk, with(&adam_id)).await, ["FORBIDDEN at draft.owners"]);
    let own_team = json!({ "name": "Acme care desk", "team": app.team("south").await });
    assert_eq!(update_queue(&simon, &desk, own_team).await, ["FORBIDDEN at draft.owners"]);
    for client in [&adam, &simon] {
        assert!(read(client, &request).await.is_null());
    }
    // Where nothing was asked there is nothing to read, and somebody else may be named.
    assert_eq!(update_queue(&adam, &empty, with(&adam_id)).await, Vec::<String>::new());
    assert_eq!(update_queue(&adam, &desk, with(&app.person("dana").await)).await, Vec::<String>::new());
    assert_eq!(read(&app.client_of("dana").await, &request).await["id"], request);
    // Who owns it already keeps it so.
    let later = open(&app, "emil", &empty).await;
    assert_eq!(update_queue(&adam, &empty, with(&adam_id)).await, Vec::<String>::new());
    assert_eq!(read(&adam, &later).await["id"], later);
}

#[tokio::test]
async fn integrations_see_what_was_asked_since_they_may() {
    let app = TestApp::start().await;
    let (token, adam) = (app.client(Role::FullToken).await, app.client_of("adam").await);
    let team = app.team("south-b").await;
    let with_team = |open: bool| json!({ "name": "Acme tickets", "team": team, "integrations": open });
    let desk = queue(&app, with_team(false)).await;
    let before = open(&app, "emil", &desk).await;
    app.advance(TimeDelta::seconds(1));
    assert_eq!(update_queue(&adam, &desk, with_team(true)).await, Vec::<String>::new());
    let since = open(&app, "emil", &desk).await;
    let seen = async || token.data("{ requests { nodes { id } } }").await["requests"]["nodes"].clone();
    assert_eq!(seen().await, json!([{ "id": since }]));
    assert!(read(&token, &before).await.is_null());
    let refused = make(&token, "requestAnswer", &before, "answer: \"Mine\"").await;
    assert_eq!(refused.refused_at("requestAnswer"), ["NOT_FOUND at request"]);
    assert_eq!(read(&token, &since).await["id"], since);
    // Another change of the queue does not begin anew; switching it off does.
    app.advance(TimeDelta::seconds(1));
    update_queue(&adam, &desk, with_team(true)).await;
    assert_eq!(seen().await, json!([{ "id": since }]));
    update_queue(&adam, &desk, with_team(false)).await;
    assert_eq!(seen().await, json!([]));
    update_queue(&adam, &desk, with_team(true)).await;
    assert_eq!(seen().await, json!([]));
}

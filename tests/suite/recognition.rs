//! Thanking, taking thanks back, reacting; who sees what of it; whose day it is, and who is never thanked.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};

const GIVE: &str = "mutation($input: RecognitionGiveInput!) { recognitionGive(input: $input) {
    recognition { id points visibility message } errors { code message path } } }";
const WITHDRAW: &str = "mutation($id: ID!) { recognitionWithdraw(input: { recognition: $id }) {
    recognition { id withdrawnAt } errors { code message path } } }";
const REACT: &str = "mutation($id: ID!, $emoji: ReactionEmoji) {
    recognitionReact(input: { recognition: $id, emoji: $emoji }) {
        recognition { viewerReaction reactions { emoji count } } errors { code path } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { ... on Recognition { message } } }";

/// Gives, and returns the id.
pub async fn give(app: &TestApp, giver: &str, receivers: &[&str], more: Value) -> String {
    let reply = try_to_give(app, giver, receivers, more).await;
    let data = reply.data();
    data["recognitionGive"]["recognition"]["id"].as_str().unwrap().to_owned()
}

pub async fn try_to_give(app: &TestApp, giver: &str, receivers: &[&str], more: Value) -> Reply {
    // Ids grow with time: what is done in one moment has no order.
    app.advance(TimeDelta::seconds(1));
    let mut ids = Vec::new();
    for receiver in receivers {
        ids.push(app.person(receiver).await);
    }
    let mut input = json!({ "receivers": ids, "message": "You saved the launch of the periscope." });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.client_of(giver).await.query(GIVE, json!({ "input": input })).await
}

/// (allowance, earned)
pub async fn wallet(app: &TestApp, person: &str) -> (i64, i64) {
    let data = app.client_of(person).await.data("{ viewer { wallet { allowance earned } } }").await;
    let wallet = &data["viewer"]["wallet"];
    (wallet["allowance"].as_i64().unwrap(), wallet["earned"].as_i64().unwrap())
}

async fn visible(client: &Client, id: &str) -> bool {
    client.query(NODE, json!({ "id": id })).await.data()["node"].is_object()
}

async fn ids(client: &Client, document: &str, at: &str) -> Vec<String> {
    let data = client.data(document).await;
    let nodes = data.pointer(at).unwrap_or_else(|| panic!("{data}")).as_array().unwrap();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn points_go_from_the_allowance_to_what_receivers_earned() {
    let app = TestApp::start().await;
    assert_eq!(wallet(&app, "emil").await, (100, 0));
    let id = give(&app, "emil", &["anna", "anton"], json!({ "points": 30 })).await;
    assert_eq!(wallet(&app, "emil").await, (40, 0));
    assert_eq!(wallet(&app, "anna").await, (100, 30));
    let refused = try_to_give(&app, "emil", &["anna", "anton"], json!({ "points": 21 })).await;
    assert_eq!(refused.refused_at("recognitionGive"), ["INSUFFICIENT_POINTS at points"]);
    assert_eq!(wallet(&app, "emil").await, (40, 0), "nothing half done");
    let anna = app.client_of("anna").await;
    let history = "{ viewer { wallet { history { nodes {
        account points kind reason at recognition { id giver { displayName } } redemption { id } } } } } }";
    let data = anna.data(history).await;
    let newest = &data["viewer"]["wallet"]["history"]["nodes"][0];
    assert_eq!((&newest["points"], &newest["kind"]), (&json!(30), &json!("RECOGNITION")), "{data}");
    assert_eq!(newest["recognition"]["id"], json!(id));
    // Told, and found.
    let told = anna.data("{ viewer { notifications { nodes { kind subject { id } } } } }").await;
    let told = &told["viewer"]["notifications"]["nodes"][0];
    assert_eq!((&told["kind"], &told["subject"]["id"]), (&json!("RECOGNITION_RECEIVED"), &json!(id)));
    let found =
        ids(&anna, "{ search(text: \"periscope\", kinds: [RECOGNITION]) { nodes { id } } }", "/search/nodes").await;
    assert_eq!(found, [id]);
}

#[tokio::test]
async fn everything_wrong_is_told_at_its_place() {
    let app = TestApp::start().await;
    let (emil, anna) = (app.person("emil").await, app.person("anna").await);
    let (gone, una) = (app.person("gone").await, app.person("una").await);
    let client = app.client_of("emil").await;
    let ask = async |input: Value| client.query(GIVE, json!({ "input": input })).await;
    let message = "Thank you";
    let many: Vec<&str> = std::iter::repeat_n(anna.as_str(), 51).collect();
    let cases = [
        (json!({ "receivers": [], "message": message }), vec!["REQUIRED at receivers"]),
        (json!({ "receivers": many, "message": message }), vec!["TOO_LONG at receivers"]),
        (json!({ "receivers": ["nonsense"], "message": message }), vec!["INVALID at receivers.0"]),
        (
            json!({ "receivers": [anna, emil, gone, una, anna], "message": " ", "points": -1 }),
            vec![
                "INVALID at receivers.1",
                "NOT_FOUND at receivers.2",
                "NOT_FOUND at receivers.3",
                "INVALID at receivers.4",
                "INVALID at points",
                "REQUIRED at message",
            ],
        ),
        (json!({ "receivers": [anna], "message": "x".repeat(2_001) }), vec!["TOO_LONG at message"]),
        (json!({ "receivers": [anna], "message": message, "points": 100_001 }), vec!["INVALID at points"]),
        (
            json!({ "receivers": [anna], "message": message, "companyValue": "val_00000000000000000000000001" }),
            vec!["NOT_FOUND at companyValue"],
        ),
        (
            json!({ "receivers": [anna], "message": message, "points": 1, "budgetTeam": app.team("north-a").await }),
            vec!["FORBIDDEN at budgetTeam"],
        ),
        (
            json!({ "receivers": [anna], "message": message, "points": 1, "budgetTeam": app.team("u-team").await }),
            vec!["NOT_FOUND at budgetTeam"],
        ),
        (
            json!({ "receivers": [anna], "message": message, "idempotencyKey": "short" }),
            vec!["INVALID at idempotencyKey"],
        ),
    ];
    for (input, expected) in cases {
        let reply = ask(input.clone()).await;
        assert_eq!(reply.refused_at("recognitionGive"), expected, "{input}");
    }
    assert_eq!(wallet(&app, "emil").await, (100, 0));
    let token = app.client(Role::FullToken).await;
    let input = json!({ "receivers": [anna], "message": message });
    assert_eq!(token.query(GIVE, json!({ "input": input })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn what_was_opened_to_few_is_closed_to_all_others_by_every_road() {
    let app = TestApp::start().await;
    // anna sits in North A below North Sales; carl in South.
    let private = give(&app, "emil", &["anna"], json!({ "visibility": "PRIVATE", "points": 1 })).await;
    let team = give(&app, "emil", &["anna"], json!({ "visibility": "TEAM" })).await;
    let public = give(&app, "emil", &["anna"], json!({})).await;
    app.settle().await;
    let expected = [
        // (who, private, team, public)
        ("emil", true, true, true),
        ("anna", true, true, true),
        ("anton", false, true, true),
        ("nora", false, true, true),
        ("nadia", false, true, true),
        ("chris", false, true, true),
        ("bela", false, false, true),
        ("carl", false, false, true),
        ("petra", false, false, true),
        ("adam", false, false, true),
        // The board sees no employees, nor thanks to them.
        ("bert", false, false, false),
    ];
    for (who, sees_private, sees_team, sees_public) in expected {
        let client = app.client_of(who).await;
        let wanted: Vec<String> = [(&public, sees_public), (&team, sees_team), (&private, sees_private)]
            .into_iter()
            .filter(|(_, sees)| *sees)
            .map(|(id, _)| id.clone())
            .collect();
        for id in [&public, &team, &private] {
            assert_eq!(visible(&client, id).await, wanted.contains(id), "{who} by node");
        }
        let feed = ids(&client, "{ recognitions { nodes { id } } }", "/recognitions/nodes").await;
        assert_eq!(feed, wanted, "{who} in the feed");
        let found = ids(&client, "{ search(text: \"periscope\") { nodes { id } } }", "/search/nodes").await;
        let mut sorted = (found, wanted.clone());
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1, "{who} by searching");
        if who != "bert" {
            let person = json!({ "id": app.person("anna").await });
            let of_person = "query($id: ID!) { node(id: $id) { ... on Person { recognitions { nodes { id } } } } }";
            let data = client.query(of_person, person).await.data();
            let nodes = data["node"]["recognitions"]["nodes"].as_array().unwrap().clone();
            let of_anna: Vec<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
            assert_eq!(of_anna, wanted, "{who} at the person");
        }
        let reacted = client.query(REACT, json!({ "id": private, "emoji": "HEART" })).await;
        let refused: &[&str] = if sees_private { &[] } else { &["NOT_FOUND"] };
        assert_eq!(reacted.refusals("recognitionReact"), refused, "{who}");
    }
    for (role, sees) in [(Role::FullToken, true), (Role::BareToken, false), (Role::ForeignAdmin, false)] {
        let client = app.client(role).await;
        assert_eq!(visible(&client, &public).await, sees, "{role:?}");
        assert!(!visible(&client, &team).await && !visible(&client, &private).await, "{role:?}");
    }
    // Nobody counts what is hidden.
    let count = app.client(Role::Admin).await.data("{ recognitions { totalCount } }").await;
    assert!(count["recognitions"]["totalCount"].is_null());
}

#[tokio::test]
async fn the_feed_is_narrowed_and_paged() {
    let app = TestApp::start().await;
    let adam = app.client(Role::Admin).await;
    let create = "mutation { companyValueCreate(input: { name: \"Courage\", description: \"Say it\", emoji: \"🦁\" }) {
        companyValue { id emoji } errors { code path } } }";
    let value = adam.data(create).await["companyValueCreate"]["companyValue"]["id"].as_str().unwrap().to_owned();
    let north = give(&app, "emil", &["anna"], json!({ "companyValue": value })).await;
    app.advance(TimeDelta::minutes(10));
    let south = give(&app, "carl", &["cara", "emil"], json!({})).await;
    app.advance(TimeDelta::minutes(10));
    let late = give(&app, "anna", &["carl"], json!({})).await;
    let (team, anna) = (app.team("north").await, app.person("anna").await);
    let since = (crate::harness::beginning() + TimeDelta::minutes(15)).to_rfc3339();
    let cases = [
        (json!({}), vec![&late, &south, &north]),
        (json!({ "team": team }), vec![&south, &north]),
        (json!({ "receiver": anna }), vec![&north]),
        (json!({ "giver": anna }), vec![&late]),
        (json!({ "companyValue": value }), vec![&north]),
        (json!({ "since": since }), vec![&late]),
        (json!({ "team": team, "since": since }), vec![]),
        (json!({ "receiver": app.person("una").await }), vec![]),
        (json!({ "team": app.team("u-team").await }), vec![]),
    ];
    let feed = "query($filter: RecognitionFilterInput) { recognitions(filter: $filter) { nodes { id } } }";
    for (filter, expected) in cases {
        let data = adam.query(feed, json!({ "filter": filter })).await.data();
        let nodes = data["recognitions"]["nodes"].as_array().unwrap().clone();
        let found: Vec<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{filter}");
    }
    let bad = adam.query(feed, json!({ "filter": { "team": value } })).await;
    assert_eq!(bad.code(), "BAD_USER_INPUT");
    let page = "query($after: String) { recognitions(first: 2, after: $after) {
        nodes { id } pageInfo { endCursor hasNextPage } } }";
    let first = adam.query(page, json!({})).await.data();
    assert_eq!(first["recognitions"]["pageInfo"]["hasNextPage"], json!(true));
    let after = &first["recognitions"]["pageInfo"]["endCursor"];
    let second = adam.query(page, json!({ "after": after })).await.data();
    assert_eq!(second["recognitions"]["nodes"], json!([{ "id": north }]));
    let back = adam.data("{ recognitions(last: 1) { nodes { id } pageInfo { hasPreviousPage } } }").await;
    assert_eq!(back["recognitions"]["nodes"], json!([{ "id": north }]));
    // A value out of use stays where it was named.
    let retire = "mutation($id: ID!) { companyValueUpdate(input: { companyValue: $id, active: false }) {
        companyValue { active } errors { code } } }";
    adam.query(retire, json!({ "id": value })).await.data();
    let refused = try_to_give(&app, "emil", &["anna"], json!({ "companyValue": value })).await;
    assert_eq!(refused.refused_at("recognitionGive"), ["NOT_FOUND at companyValue"]);
    let named = "query($id: ID!) { node(id: $id) { ... on Recognition { companyValue { name active } } } }";
    let data = adam.query(named, json!({ "id": north })).await.data();
    assert_eq!(data["node"]["companyValue"], json!({ "name": "Courage", "active": false }));
}

#[tokio::test]
async fn values_of_the_company_are_kept_by_few_and_have_names_of_their_own() {
    let app = TestApp::start().await;
    let create = "mutation($input: CompanyValueCreateInput!) { companyValueCreate(input: $input) {
        companyValue { id } errors { code path } } }";
    let partner = app.client(Role::Partner).await;
    let ask = async |client: &Client, input: Value| client.query(create, json!({ "input": input })).await;
    assert!(ask(&partner, json!({ "name": "Care" })).await.refusals("companyValueCreate").is_empty());
    for (input, refused) in [
        (json!({ "name": "care" }), "TAKEN at name"),
        (json!({ "name": " " }), "REQUIRED at name"),
        (json!({ "name": "x".repeat(81) }), "TOO_LONG at name"),
        (json!({ "name": "Wit", "description": "x".repeat(1_001) }), "TOO_LONG at description"),
        (json!({ "name": "Wit", "emoji": "word" }), "INVALID at emoji"),
    ] {
        assert_eq!(ask(&partner, input).await.refused_at("companyValueCreate"), [refused]);
    }
    for role in [Role::Employee, Role::Manager, Role::PartnerOfNorth, Role::FullToken, Role::Executive] {
        let refused = ask(&app.client(role).await, json!({ "name": "Mine" })).await;
        assert_eq!(refused.code(), "FORBIDDEN", "{role:?}");
    }
    let names = app.client(Role::Employee).await.data("{ companyValues { name } }").await;
    assert_eq!(names["companyValues"], json!([{ "name": "Care" }]));
}

#[tokio::test]
async fn thanks_are_taken_back_within_a_day_while_the_points_are_there() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let id = give(&app, "emil", &["anna", "anton"], json!({ "points": 20 })).await;
    let anna = app.client_of("anna").await;
    assert_eq!(anna.query(WITHDRAW, json!({ "id": id })).await.code(), "FORBIDDEN");
    app.advance(TimeDelta::seconds(1));
    let data = emil.query(WITHDRAW, json!({ "id": id })).await.data();
    assert!(data["recognitionWithdraw"]["recognition"]["withdrawnAt"].is_string());
    assert_eq!((wallet(&app, "emil").await, wallet(&app, "anna").await), ((100, 0), (100, 0)));
    assert!(visible(&emil, &id).await && !visible(&anna, &id).await);
    let found = ids(&emil, "{ search(text: \"periscope\", kinds: [RECOGNITION]) { nodes { id } } }", "/search/nodes");
    assert!(found.await.is_empty());
    let again = emil.query(WITHDRAW, json!({ "id": id })).await;
    assert_eq!(again.refused_at("recognitionWithdraw"), ["ALREADY_DONE at recognition"]);
    // Both lines stay in the books.
    let history = "{ viewer { wallet { history { nodes { kind points recognition { id } } } } } }";
    let data = anna.data(history).await;
    let lines = data["viewer"]["wallet"]["history"]["nodes"].as_array().unwrap();
    assert_eq!((&lines[0]["kind"], &lines[0]["points"]), (&json!("REVERSAL"), &json!(-20)));
    assert_eq!((&lines[1]["kind"], &lines[1]["points"]), (&json!("RECOGNITION"), &json!(20)));
    assert!(lines.iter().all(|line| line["recognition"].is_null()), "what was taken back is gone for receivers");
    // Spent points cannot be taken back.
    let id = give(&app, "emil", &["anna"], json!({ "points": 20 })).await;
    let adjust = "mutation($id: ID!) { pointsAdjust(input: { person: $id, points: -5, reason: \"Paid out\" }) {
        errors { code } } }";
    app.client(Role::Admin).await.query(adjust, json!({ "id": app.person("anna").await })).await.data();
    let refused = emil.query(WITHDRAW, json!({ "id": id })).await;
    assert_eq!(refused.refused_at("recognitionWithdraw"), ["INSUFFICIENT_POINTS at recognition"]);
    assert_eq!(wallet(&app, "anna").await, (100, 15), "nothing half done");
    app.advance(TimeDelta::hours(24));
    let late = emil.query(WITHDRAW, json!({ "id": id })).await;
    assert_eq!(late.refused_at("recognitionWithdraw"), ["WRONG_STATE at recognition"]);
    let unseen = app.client_of("bert").await.query(WITHDRAW, json!({ "id": id })).await;
    assert_eq!(unseen.refused_at("recognitionWithdraw"), ["NOT_FOUND at recognition"]);
}

#[tokio::test]
async fn an_allowance_lapses_with_its_month_and_what_was_earned_does_not() {
    let app = TestApp::start().await;
    app.set_clock("2026-11-30T20:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let id = give(&app, "emil", &["anna"], json!({ "points": 60 })).await;
    assert_eq!(wallet(&app, "emil").await, (40, 0));
    app.set_clock("2026-12-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(wallet(&app, "emil").await, (100, 0), "what is left of November is gone, December's is there");
    give(&app, "emil", &["anton"], json!({ "points": 10 })).await;
    assert_eq!(wallet(&app, "emil").await, (90, 0));
    // Points of November come back to the giver, and lapse.
    app.advance(TimeDelta::seconds(1));
    app.client_of("emil").await.query(WITHDRAW, json!({ "id": id })).await.data();
    assert_eq!((wallet(&app, "emil").await, wallet(&app, "anna").await), ((90, 0), (100, 0)));
    let history = "{ viewer { wallet { history { nodes { kind points account } } } } }";
    let data = app.client_of("emil").await.data(history).await;
    let lines: Vec<String> = data["viewer"]["wallet"]["history"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| format!("{} {}", line["kind"].as_str().unwrap(), line["points"]))
        .collect();
    assert_eq!(
        lines[..],
        [
            "ALLOWANCE_LAPSE -60",
            "REVERSAL 60",
            "RECOGNITION -10",
            "ALLOWANCE_GRANT 100",
            "ALLOWANCE_LAPSE -40",
            "RECOGNITION -60",
            "ALLOWANCE_GRANT 100",
        ]
    );
}

#[tokio::test]
async fn reactions_are_one_a_person_and_the_giver_hears_of_the_first() {
    let app = TestApp::start().await;
    let id = give(&app, "emil", &["anna"], json!({})).await;
    let carl = app.client_of("carl").await;
    let react = async |client: &Client, emoji: Value| {
        let data = client.query(REACT, json!({ "id": id, "emoji": emoji })).await.data();
        data["recognitionReact"]["recognition"].clone()
    };
    react(&carl, json!("HEART")).await;
    let after = react(&carl, json!("ROCKET")).await;
    assert_eq!(after, json!({ "viewerReaction": "ROCKET", "reactions": [{ "emoji": "ROCKET", "count": 1 }] }));
    let after = react(&app.client_of("cara").await, json!("ROCKET")).await;
    assert_eq!(after["reactions"], json!([{ "emoji": "ROCKET", "count": 2 }]));
    assert_eq!(react(&carl, Value::Null).await["reactions"], json!([{ "emoji": "ROCKET", "count": 1 }]));
    // Taking it away and giving it again tells nothing new.
    for emoji in [json!("CLAP"), Value::Null, json!("STAR")] {
        react(&carl, emoji).await;
    }
    let told = app.client_of("emil").await.data("{ viewer { notifications { nodes { kind actor { id } } } } }").await;
    let kinds: Vec<&Value> = told["viewer"]["notifications"]["nodes"].as_array().unwrap().iter().collect();
    assert_eq!(kinds.iter().filter(|one| one["kind"] == "RECOGNITION_REACTED").count(), 2, "{told}");
    let token = app.client(Role::FullToken).await;
    assert_eq!(token.query(REACT, json!({ "id": id, "emoji": "HEART" })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn streams_tell_each_listener_what_they_may_see() {
    let app = TestApp::start().await;
    let stream = "subscription($team: ID) { recognitionGiven(team: $team) { id message } }";
    let listen = async |who: &str, team: Option<&str>| {
        let team = match team {
            Some(team) => json!(app.team(team).await),
            None => Value::Null,
        };
        app.client_of(who).await.stream(stream, json!({ "team": team })).await
    };
    let mut streams = [
        ("anna", listen("anna", None).await),
        ("anton", listen("anton", None).await),
        ("bela", listen("bela", None).await),
        ("carl of South", listen("carl", Some("south")).await),
    ];
    let private = give(&app, "emil", &["anna"], json!({ "visibility": "PRIVATE" })).await;
    let team = give(&app, "emil", &["anna"], json!({ "visibility": "TEAM" })).await;
    let public = give(&app, "emil", &["anna"], json!({})).await;
    let south = give(&app, "emil", &["cora"], json!({})).await;
    let expected =
        [vec![&private, &team, &public, &south], vec![&team, &public, &south], vec![&public, &south], vec![&south]];
    for ((who, stream), expected) in streams.iter_mut().zip(expected) {
        let mut text = String::new();
        // The last one comes to everybody: what did not come before it will not come.
        while !text.contains(&south) {
            let chunk = tokio::time::timeout(Duration::from_secs(30), stream.chunk()).await.expect("an event");
            text.push_str(&String::from_utf8_lossy(&chunk.unwrap().expect("the stream goes on")));
        }
        for id in [&private, &team, &public, &south] {
            assert_eq!(text.matches(id.as_str()).count(), usize::from(expected.contains(&id)), "{who}: {text}");
        }
    }
}

#[tokio::test]
async fn days_are_shown_as_far_as_people_want() {
    let app = TestApp::start().await;
    let days = "query($from: Date!, $to: Date!) { celebrations(from: $from, to: $to, first: 100) {
        nodes { on kind years person { id } } } }";
    let cora = app.client_of("cora").await;
    let ask = async |client: &Client| {
        let data = client.query(days, json!({ "from": "2026-12-20", "to": "2027-01-05" })).await.data();
        data["celebrations"]["nodes"].as_array().unwrap().clone()
    };
    let anna = app.client_of("anna").await;
    let of = |days: &[Value], person: &str| days.iter().filter(|day| day["person"]["id"] == *person).count();
    let (id, aylin) = (app.person("cora").await, app.person("aylin").await);
    let before = ask(&anna).await;
    assert_eq!(of(&before, &id), 1, "hired on 1 January 2022");
    let mine = before.iter().find(|day| day["person"]["id"] == *id).unwrap();
    assert_eq!((&mine["kind"], &mine["on"], &mine["years"]), (&json!("ANNIVERSARY"), &json!("2027-01-01"), &json!(5)));
    let update = "mutation($input: CelebrationSettingsUpdateInput!) { celebrationSettingsUpdate(input: $input) {
        celebrationSettings { birthMonth birthDay showBirthday showAnniversary } errors { code path } } }";
    let change = async |input: Value| cora.query(update, json!({ "input": input })).await;
    change(json!({ "birthday": { "month": 12, "day": 24 } })).await.data();
    assert_eq!(of(&ask(&anna).await, &id), 1, "a birthday is shown only when its person says so");
    change(json!({ "showBirthday": true, "showAnniversary": false })).await.data();
    let after = ask(&anna).await;
    let mine: Vec<&Value> = after.iter().filter(|day| day["person"]["id"] == *id).collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(
        (&mine[0]["kind"], &mine[0]["on"], &mine[0]["years"]),
        (&json!("BIRTHDAY"), &json!("2026-12-24"), &Value::Null)
    );
    assert_eq!(of(&after, &aylin), 1, "others stay as they were");
    let refused = change(json!({ "birthday": { "month": 2, "day": 30 } })).await;
    assert_eq!(refused.refused_at("celebrationSettingsUpdate"), ["INVALID at birthday"]);
    change(json!({ "birthday": null })).await.data();
    assert_eq!(of(&ask(&anna).await, &id), 0);
    // The board sees nobody's days but those of people it sees; an integration sees none.
    assert!(ask(&app.client(Role::FullToken).await).await.is_empty());
    assert_eq!(of(&ask(&app.client(Role::Executive).await).await, &aylin), 0);
    for (from, to) in [("2026-12-02", "2026-12-01"), ("2026-01-01", "2026-12-31")] {
        assert_eq!(anna.query(days, json!({ "from": from, "to": to })).await.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn whose_day_it_is_is_suggested_to_those_close_until_they_thanked() {
    let app = TestApp::start().await;
    // Aylin came to North A on 1 January 2022.
    app.set_clock("2026-12-31T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let ask = async |who: &str| {
        let data = app.client_of(who).await.data("{ viewer { thankSuggestions { reason on person { id } } } }").await;
        data["viewer"]["thankSuggestions"].as_array().unwrap().clone()
    };
    let aylin = app.person("aylin").await;
    let mine = ask("emil").await;
    let one = mine.iter().find(|one| one["person"]["id"] == *aylin).expect("a colleague's anniversary is near");
    assert_eq!((&one["reason"], &one["on"]), (&json!("ANNIVERSARY"), &json!("2027-01-01")));
    assert!(!ask("carl").await.iter().any(|one| one["person"]["id"] == *aylin), "carl works elsewhere");
    assert!(!ask("aylin").await.iter().any(|one| one["person"]["id"] == *aylin), "nobody thanks herself");
    give(&app, "emil", &["aylin"], json!({})).await;
    assert!(!ask("emil").await.iter().any(|one| one["person"]["id"] == *aylin), "emil did already");
}

#[tokio::test]
async fn a_manager_learns_who_was_not_thanked_as_far_as_they_see_thanks() {
    let app = TestApp::start().await;
    let ask = async |who: &str| {
        let data = app.client_of(who).await.data("{ viewer { unthankedReports { id } } }").await;
        let nodes = data["viewer"]["unthankedReports"].as_array().unwrap().clone();
        nodes.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (emil, anna, arne) = (app.person("emil").await, app.person("anna").await, app.person("arne").await);
    assert_eq!(ask("nora").await.len(), 5);
    assert!(ask("emil").await.is_empty(), "emil has no reports");
    give(&app, "carl", &["emil"], json!({})).await;
    give(&app, "carl", &["anna"], json!({ "visibility": "PRIVATE" })).await;
    give(&app, "nora", &["arne"], json!({ "visibility": "PRIVATE" })).await;
    let left = ask("nora").await;
    assert!(!left.contains(&emil) && !left.contains(&arne), "thanks nora sees count");
    assert!(left.contains(&anna), "what nora may not see does not show by its absence either");
    app.advance(TimeDelta::days(100));
    assert!(ask("nora").await.contains(&emil), "that was long ago");
    let bad = app.client_of("nora").await.query("{ viewer { unthankedReports(months: 13) { id } } }", json!({})).await;
    assert_eq!(bad.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn the_balance_of_a_team_counts_groups_only() {
    let app = TestApp::start().await;
    let balance = "query($id: ID!) { node(id: $id) { ... on Team { recognitionBalance(months: 1) { __typename
        ... on RecognitionBalance { persons recognizedPercent recognizingPercent concentration }
        ... on RecognitionBalanceHidden { reason minimumGroup } } } } }";
    let ask = async |role: Role, team: &str| {
        let data = app.client(role).await.query(balance, json!({ "id": app.team(team).await })).await.data();
        data["node"]["recognitionBalance"].clone()
    };
    for (giver, receiver, visibility) in [
        ("emil", "anna", "PUBLIC"),
        ("emil", "anton", "TEAM"),
        ("nora", "anna", "PUBLIC"),
        ("arne", "aylin", "PRIVATE"),
    ] {
        give(&app, giver, &[receiver], json!({ "visibility": visibility })).await;
    }
    let now = ask(Role::Manager, "north-a").await;
    assert_eq!(now["recognizedPercent"], json!(0), "the month is not over: {now}");
    app.set_clock("2026-12-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    // Six people: two were thanked in the open, two thanked; private thanks are not counted.
    let north_a = json!({ "__typename": "RecognitionBalance", "persons": 6, "recognizedPercent": 30,
        "recognizingPercent": 30, "concentration": 0.7 });
    for role in [Role::Manager, Role::Executive, Role::Partner, Role::PartnerOfNorth] {
        assert_eq!(ask(role, "north-a").await, north_a, "{role:?}");
    }
    for role in [Role::Employee, Role::Admin, Role::FullToken, Role::ForeignAdmin] {
        assert!(ask(role, "north-a").await.is_null(), "{role:?}");
    }
    assert!(ask(Role::Manager, "south-a").await.is_null());
    // One of North A leaves: of its five, and of the eleven of North Sales, nothing can be subtracted that leaves a few.
    let admin = app.client(Role::Admin).await;
    let leave = "mutation($id: ID!) { personUpdate(input: { person: $id, team: null }) { errors { code } } }";
    for person in ["arne", "aylin"] {
        admin.query(leave, json!({ "id": app.person(person).await })).await.data();
    }
    let hidden =
        |reason: &str| json!({ "__typename": "RecognitionBalanceHidden", "reason": reason, "minimumGroup": 5 });
    assert_eq!(ask(Role::Partner, "north-a").await, north_a, "what is said of a month stands still");
    app.set_clock("2027-01-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(ask(Role::Partner, "north-a").await, hidden("TOO_FEW"));
    assert_eq!(ask(Role::Partner, "north-b").await, hidden("COMPLEMENTARY"), "North Sales less North B would be four");
    assert_eq!(ask(Role::Partner, "north-sales").await["persons"], json!(10));
    let query = "query($id: ID!) { node(id: $id) { ... on Team { recognitionBalance(months: 0) { __typename } } } }";
    let bad = app.client(Role::Partner).await.query(query, json!({ "id": app.team("north").await })).await;
    assert_eq!(bad.code(), "BAD_USER_INPUT");
}

/// A team of six at nothing, a seventh joins, and now it is more: that would say of the seventh who thanked them.
#[tokio::test]
async fn a_newcomer_moves_no_balance_and_brings_no_thanks_along() {
    let app = TestApp::start().await;
    give(&app, "emil", &["carl"], json!({})).await;
    give(&app, "carl", &["cara"], json!({})).await;
    app.set_clock("2026-12-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let balance = "query($id: ID!, $months: Int!) { node(id: $id) { ... on Team { recognitionBalance(months: $months) {
        ... on RecognitionBalance { persons recognizedPercent recognizingPercent } } } } }";
    let ask = async |months: i32| {
        let of = json!({ "id": app.team("north-a").await, "months": months });
        app.client(Role::Partner).await.query(balance, of).await.data()["node"]["recognitionBalance"].clone()
    };
    let shown = |persons: i32, recognized: i32, recognizing: i32| json!({ "persons": persons, "recognizedPercent": recognized, "recognizingPercent": recognizing });
    assert_eq!(ask(1).await, shown(6, 0, 20));
    let join = "mutation($id: ID!, $team: ID!) { personUpdate(input: { person: $id, team: $team }) {
        errors { code message } } }";
    let carl = json!({ "id": app.person("carl").await, "team": app.team("north-a").await });
    let joined = app.client(Role::Admin).await.query(join, carl).await.data();
    assert_eq!(joined["personUpdate"]["errors"], json!([]));
    for months in [1, 2, 12] {
        assert_eq!(
            ask(months).await,
            shown(6, 0, 20),
            "the same for all months, also for those nobody has asked for yet"
        );
    }
    app.set_clock("2027-01-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(ask(1).await, shown(7, 0, 0));
    assert_eq!(ask(2).await, shown(7, 0, 10), "what carl gave and received in the other team counts there or nowhere");
    give(&app, "carl", &["anna"], json!({})).await;
    give(&app, "anna", &["carl"], json!({})).await;
    app.set_clock("2027-02-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(ask(1).await, shown(7, 30, 30));
}

/// Notifications name many, and `node` finds each kind at once.
#[tokio::test]
async fn many_are_found_by_id_with_one_statement() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for receiver in ["anna", "anton", "arne", "aylin"] {
        ids.push(give(&app, "emil", &[receiver], json!({})).await);
    }
    app.settle().await;
    let emil = app.client_of("emil").await;
    let ask = async |ids: &[String]| {
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Recognition { message } } }";
        emil.query(document, json!({ "ids": ids })).await.data();
        let before = app.statements().get();
        let data = emil.query(document, json!({ "ids": ids })).await.data();
        assert!(data["nodes"].as_array().unwrap().iter().all(Value::is_object));
        app.statements().get() - before
    };
    assert_eq!(ask(&ids[..1]).await, ask(&ids).await);
}

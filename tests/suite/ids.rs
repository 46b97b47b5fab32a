//! Ids, cursors and pages: what is unknown, of another kind or of another tenant is the same nothing, and what is
//! malformed is refused with a typed error that tells nothing of the inside.

use serde_json::{Value, json};

use crate::harness::{Client, Role, TestApp, draft};

const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } }";

/// Ids that are well formed and name nothing.
const UNKNOWN: [&str; 9] = [
    "per_00000000000000000000000000",
    "tea_00000000000000000000000000",
    "sur_00000000000000000000000000",
    "wav_00000000000000000000000000",
    "inv_00000000000000000000000000",
    "pub_00000000000000000000000000",
    "tok_00000000000000000000000000",
    "org_00000000000000000000000000",
    "she_00000000000000000000000000",
];

#[tokio::test]
async fn what_is_not_there_is_null() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    for id in UNKNOWN {
        let reply = admin.query(NODE, json!({ "id": id })).await;
        let known_kind = reply.errors().is_empty();
        assert!(reply.body["data"]["node"].is_null());
        assert!(known_kind || reply.code() == "BAD_USER_INPUT", "{id}: {}", reply.body);
    }
    for id in ["", "x", "per_", "per_1", "PER_00000000000000000000000000", "per_8zzzzzzzzzzzzzzzzzzzzzzzzz", "🦀"] {
        assert_eq!(admin.query(NODE, json!({ "id": id })).await.code(), "BAD_USER_INPUT", "{id:?}");
    }
    let foreign = app.person("ulla").await;
    assert_eq!(admin.query(NODE, json!({ "id": foreign })).await.data()["node"], Value::Null);
}

#[tokio::test]
async fn nodes_come_in_the_order_of_their_ids() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let (emil, team) = (app.person("emil").await, app.team("north").await);
    let ids = json!([team, app.person("ulla").await, emil, UNKNOWN[0], emil]);
    let found = admin.query(nodes, json!({ "ids": ids })).await.data();
    let one = |id: &str| json!({ "id": id });
    assert_eq!(found["nodes"], json!([one(&team), null, one(&emil), null, one(&emil)]));
    assert_eq!(admin.query(nodes, json!({ "ids": [] })).await.data()["nodes"], json!([]));
    let many: Vec<&str> = std::iter::repeat_n(emil.as_str(), 101).collect();
    assert_eq!(admin.query(nodes, json!({ "ids": many })).await.code(), "BAD_USER_INPUT");
    let hundred: Vec<&str> = std::iter::repeat_n(emil.as_str(), 100).collect();
    let found = admin.query(nodes, json!({ "ids": hundred })).await.data();
    assert_eq!(found["nodes"].as_array().unwrap().len(), 100);
}

/// The connections of the schema, with the place of each in the answer.
const LISTS: [(&str, &str); 7] = [
    ("{ persons(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } }", "/persons"),
    ("{ teams(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } }", "/teams"),
    ("{ surveys(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } }", "/surveys"),
    (
        "{ apiTokens(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } }",
        "/apiTokens",
    ),
    (
        "{ organization { roleGrants(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } } }",
        "/organization/roleGrants",
    ),
    (
        "{ viewer { invitations(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } } }",
        "/viewer/invitations",
    ),
    (
        "{ viewer { person { history(ARGS) { pageInfo { startCursor endCursor hasPreviousPage hasNextPage } nodes { id } } } } }",
        "/viewer/person/history",
    ),
];

#[tokio::test]
async fn pages_have_one_to_a_hundred_items_and_cursors_are_checked() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    for (list, at) in LISTS {
        for first in ["0", "-1", "101", "2147483647"] {
            let reply = admin.query(&list.replace("ARGS", &format!("first: {first}")), json!({})).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{at} with first: {first}: {}", reply.body);
        }
        // Nonsense, base64 of nonsense, and a place of no list.
        for after in ["", "x", "!!!", "bnVsbA", "e30", "WzEsMiwzXQ", &"A".repeat(2_000)] {
            let reply = admin.query(&list.replace("ARGS", &format!("after: \"{after}\"")), json!({})).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{at} after {after:?}: {}", reply.body);
        }
    }
    for (list, at) in LISTS {
        for args in ["last: 0", "last: 101", "first: 1, last: 1", "before: \"x\""] {
            let reply = admin.query(&list.replace("ARGS", args), json!({})).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{at} with {args}: {}", reply.body);
        }
    }
    let persons = admin.data("{ persons(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = persons["persons"]["pageInfo"]["endCursor"].as_str().unwrap();
    for (list, at) in LISTS.iter().filter(|(_, at)| *at != "/persons") {
        let reply = admin.query(&list.replace("ARGS", &format!("after: \"{cursor}\"")), json!({})).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{at} after a cursor of persons");
    }
}

/// All items of a list, page by page.
async fn walk(client: &Client, list: &str, at: &str, first: usize) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let reply = client.data(&list.replace("ARGS", &format!("first: {first}{after}"))).await;
        let page = reply.pointer(at).unwrap();
        let nodes = page["nodes"].as_array().unwrap();
        assert!(nodes.len() <= first);
        all.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        assert_eq!(nodes.len(), first, "a page that has a next one is full");
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        assert!(all.len() < 1_000, "{at} has no end");
    }
}

/// All items of a list, page by page from the end.
async fn walk_back(client: &Client, list: &str, at: &str, last: usize) -> Vec<String> {
    let (mut all, mut before) = (Vec::new(), String::new());
    loop {
        let reply = client.data(&list.replace("ARGS", &format!("last: {last}{before}"))).await;
        let page = reply.pointer(at).unwrap();
        let nodes = page["nodes"].as_array().unwrap();
        let ids = nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned());
        all.splice(0..0, ids);
        if page["pageInfo"]["hasPreviousPage"] == false {
            return all;
        }
        assert_eq!(nodes.len(), last, "a page that has a previous one is full");
        before = format!(", before: {}", page["pageInfo"]["startCursor"]);
        assert!(all.len() < 1_000, "{at} has no beginning");
    }
}

#[tokio::test]
async fn pages_make_up_the_whole() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        app.advance(chrono::TimeDelta::seconds(1));
        app.launched(draft()).await;
    }
    // Owners and board members see few persons, and still get through the list.
    for role in [Role::Admin, Role::Executive, Role::FullToken, Role::BareToken] {
        let client = app.client(role).await;
        for (list, at) in LISTS {
            let whole = client.query(&list.replace("ARGS", "first: 100"), json!({})).await;
            if whole.body["data"].pointer(at).is_none_or(Value::is_null) {
                continue;
            }
            let whole = walk(&client, list, at, 100).await;
            for first in [1, 3, 7] {
                assert_eq!(walk(&client, list, at, first).await, whole, "{role:?} {at} by {first}");
                assert_eq!(walk_back(&client, list, at, first).await, whole, "{role:?} {at} back by {first}");
            }
            let mut once = whole.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), whole.len(), "{at} repeats nothing");
        }
    }
}

#[tokio::test]
async fn nothing_internal_is_in_an_error() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let mut texts = Vec::new();
    let hostile = ["'; DROP TABLE persons; --", "\u{0}", "\\", "%_", "{{", "\u{202e}", &"9".repeat(400)];
    for text in hostile {
        let create = "mutation($name: String!) { personCreate(input: { displayName: $name, email: $name }) {
            errors { code message path } } }";
        texts.push(admin.query(create, json!({ "name": text })).await.body);
        texts.push(admin.query(NODE, json!({ "id": text })).await.body);
        let surveys = "query($after: String) { surveys(after: $after) { nodes { id } } }";
        texts.push(admin.query(surveys, json!({ "after": text })).await.body);
        let close = "mutation($id: ID!) { surveyClose(input: { survey: $id }) { errors { code message path } } }";
        texts.push(admin.query(close, json!({ "id": text })).await.body);
    }
    texts.push(admin.post(json!({ "query": "{ nope }" })).await.body);
    texts.push(admin.post(json!({ "query": "{" })).await.body);
    texts.push(admin.post(json!({ "query": 7 })).await.body);
    texts.push(app.client_with(Some("nonsense".to_owned())).query(NODE, json!({ "id": "x" })).await.body);
    for text in texts {
        let text = text.to_string();
        assert!(!text.contains("INTERNAL"), "{text}");
        let lower = text.to_lowercase();
        for word in ["sqlx", "sea_orm", "sqlite", "postgres", "select ", ".rs:", "panicked", "dberr", "hearten_"] {
            assert!(!lower.contains(word), "{word}: {text}");
        }
    }
}

//! Full-text search: what is found, in which spelling, and by whom.

use serde_json::{Value, json};

use crate::harness::{Client, Role, TestApp};

async fn found(client: &Client, text: &str) -> Vec<String> {
    let document = "query($text: String!) { search(text: $text) { nodes {
        ... on Person { displayName } ... on Team { name } } } }";
    let data = client.query(document, json!({ "text": text })).await.data();
    let nodes = data["search"]["nodes"].as_array().unwrap().clone();
    let name = |node: &Value| {
        let name = node.get("displayName").or_else(|| node.get("name")).and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    };
    nodes.iter().map(name).collect()
}

#[tokio::test]
async fn persons_and_teams_are_found_by_the_beginnings_of_words() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    assert_eq!(found(&emil, "north sal").await, ["Acme North Sales", "Acme North Sales A", "Acme North Sales B"]);
    assert_eq!(found(&emil, "EMIL acme").await, ["Emil Acmeson"]);
    // In the middle of a word, of somebody who has left, and of another tenant: nothing.
    assert!(found(&emil, "mil acme").await.is_empty());
    assert!(found(&emil, "gerd").await.is_empty());
    assert!(found(&emil, "umbra").await.is_empty());
    // Somebody of the board finds leads only.
    let bert = app.client(Role::Executive).await;
    assert!(found(&bert, "emil").await.is_empty());
    assert_eq!(found(&bert, "nora").await, ["Nora Acmeson"]);
}

/// Lists of an enum's values are as long as the enum at most: a request could hold a hundred thousand.
#[tokio::test]
async fn lists_of_kinds_and_states_end() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    let kinds = "query($kinds: [SearchKind!]) { search(text: \"emil\", kinds: $kinds) { nodes { __typename } } }";
    let states = "query($states: [ConversationState!]) { viewer { conversations(filter: { states: $states }) {
        nodes { id } } } }";
    for (document, name, value) in [(kinds, "kinds", "PERSON"), (states, "states", "PLANNED")] {
        let ask = async |times: usize| emil.query(document, json!({ name: vec![value; times] })).await;
        assert!(ask(2).await.errors().is_empty(), "{name}: twice the same is the same");
        assert_eq!(ask(1_000).await.code(), "BAD_USER_INPUT", "{name}");
    }
}

#[tokio::test]
async fn a_question_without_words_is_refused() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    for text in ["", " ", "a", "…!?", &"x".repeat(201)] {
        let reply =
            emil.query("query($text: String!) { search(text: $text) { nodes { id } } }", json!({ "text": text }));
        assert_eq!(reply.await.errors()[0]["extensions"]["code"], "BAD_USER_INPUT", "{text:?}");
    }
    // What means something to an index means nothing here.
    for text in ["north\" OR readers:*", "north' & x | !y:*", "title : north", "NEAR(north sales)"] {
        assert!(found(&emil, text).await.is_empty(), "{text:?}");
    }
}

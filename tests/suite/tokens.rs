//! The life of an API token: made, used, rotated with an overlap, revoked at once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Role, Socket, TestApp};

const CREATE: &str = "mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) {
    secret apiToken { id name scopes expiresAt createdBy { displayName } } errors { code message path } } }";
const ROTATE: &str = "mutation($input: ApiTokenRotateInput!) { apiTokenRotate(input: $input) {
    secret apiToken { id previousSecretUntil } errors { code message path } } }";
const REVOKE: &str = "mutation($token: ID!) { apiTokenRevoke(input: { apiToken: $token }) {
    secret apiToken { id revokedAt } errors { code message path } } }";
const ASK: &str = "{ organization { name } persons(first: 1) { nodes { displayName email } } }";

struct Token {
    id: String,
    client: Client,
}

async fn create(app: &TestApp, more: Value) -> Token {
    let mut input = json!({ "name": "Payroll", "scopes": ["DIRECTORY_READ"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.client(Role::Admin).await.query(CREATE, json!({ "input": input })).await.data();
    let payload = &made["apiTokenCreate"];
    let client = app.client_with(Some(payload["secret"].as_str().unwrap().to_owned()));
    Token { id: payload["apiToken"]["id"].as_str().unwrap().to_owned(), client }
}

async fn is_out(client: &Client) {
    assert_eq!(client.query(ASK, json!({})).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let app = TestApp::start().await;
    let token = create(&app, json!({})).await;
    let seen = token.client.data(ASK).await;
    assert_eq!(seen["organization"]["name"], "Acme Optics");
    assert!(seen["persons"]["nodes"][0]["displayName"].is_string() && seen["persons"]["nodes"][0]["email"].is_null());
    let contact = create(&app, json!({ "scopes": ["DIRECTORY_CONTACT", "DIRECTORY_CONTACT"] })).await;
    assert!(contact.client.data(ASK).await["persons"]["nodes"][0]["email"].is_string());
    let me = contact.client.data("{ viewer { actor { ... on ApiToken { scopes lastUsedAt } } } }").await;
    assert_eq!(me["viewer"]["actor"]["scopes"], json!(["DIRECTORY_CONTACT"]));
    assert!(me["viewer"]["actor"]["lastUsedAt"].is_string());
}

#[tokio::test]
async fn the_secret_is_told_once() {
    let app = TestApp::start().await;
    let token = create(&app, json!({})).await;
    let all = "{ apiTokens(first: 100) { nodes { id name scopes networks createdAt expiresAt lastUsedAt } } }";
    let listed = app.client(Role::Admin).await.data(all).await.to_string();
    assert!(listed.contains(&token.id));
    let (_, secret) = token.client.bearer().rsplit_once('_').unwrap();
    assert!(!listed.contains(secret));
}

#[tokio::test]
async fn rotated_secrets_overlap() {
    let app = TestApp::start().await;
    let token = create(&app, json!({})).await;
    let admin = app.client(Role::Admin).await;
    let input = json!({ "apiToken": token.id, "overlapMinutes": 30 });
    let rotated = admin.query(ROTATE, json!({ "input": input })).await.data();
    assert_eq!(rotated["apiTokenRotate"]["apiToken"]["previousSecretUntil"], "2026-11-23T09:30:00.000Z");
    let fresh = app.client_with(rotated["apiTokenRotate"]["secret"].as_str().map(str::to_owned));
    token.client.data(ASK).await;
    fresh.data(ASK).await;
    app.advance(TimeDelta::minutes(31));
    is_out(&token.client).await;
    fresh.data(ASK).await;
    let none = json!({ "apiToken": token.id, "overlapMinutes": 0 });
    admin.query(ROTATE, json!({ "input": none })).await.data();
    is_out(&fresh).await;
}

#[tokio::test]
async fn while_secrets_overlap_there_is_no_third() {
    let app = TestApp::start().await;
    let token = create(&app, json!({})).await;
    let admin = app.client(Role::Admin).await;
    let rotate = async |minutes: i32| {
        let input = json!({ "apiToken": token.id, "overlapMinutes": minutes });
        admin.query(ROTATE, json!({ "input": input })).await
    };
    let rotated = rotate(30).await.data();
    let second = app.client_with(rotated["apiTokenRotate"]["secret"].as_str().map(str::to_owned));
    app.advance(TimeDelta::minutes(10));
    let refused = rotate(600).await;
    assert_eq!(refused.refused_at("apiTokenRotate"), ["WRONG_STATE at apiToken"]);
    assert!(refused.body.to_string().contains("works until 2026-11-23T09:30:00Z"), "{}", refused.body);
    // Neither the secret in use was lost nor the oldest prolonged.
    token.client.data(ASK).await;
    second.data(ASK).await;
    app.advance(TimeDelta::minutes(20));
    is_out(&token.client).await;
    second.data(ASK).await;
    // A secret that was lost or leaked never has to wait.
    let rotated = rotate(30).await.data();
    let third = app.client_with(rotated["apiTokenRotate"]["secret"].as_str().map(str::to_owned));
    let rotated = rotate(0).await.data();
    let fourth = app.client_with(rotated["apiTokenRotate"]["secret"].as_str().map(str::to_owned));
    is_out(&second).await;
    is_out(&third).await;
    fourth.data(ASK).await;
}

#[tokio::test]
async fn of_many_rotations_at_once_one_is_done() {
    let app = TestApp::start().await;
    let token = create(&app, json!({})).await;
    let admin = app.client(Role::Admin).await;
    let calls = (0..6).map(|_| admin.query(ROTATE, json!({ "input": { "apiToken": token.id } })));
    let replies = futures_util::future::join_all(calls).await;
    let secrets: Vec<&str> =
        replies.iter().filter_map(|reply| reply.body["data"]["apiTokenRotate"]["secret"].as_str()).collect();
    assert_eq!(secrets.len(), 1, "{replies:?}");
    let refused: Vec<String> = replies.iter().flat_map(|reply| reply.refused_at("apiTokenRotate")).collect();
    assert_eq!(refused, ["WRONG_STATE at apiToken"; 5]);
    app.client_with(Some(secrets[0].to_owned())).data(ASK).await;
    token.client.data(ASK).await;
}

#[tokio::test]
async fn a_rotation_sent_again_draws_no_second_secret() {
    let app = TestApp::start().await;
    let token = create(&app, json!({})).await;
    let admin = app.client(Role::Admin).await;
    let input = json!({ "apiToken": token.id, "overlapMinutes": 0, "idempotencyKey": "rotate-once-0001" });
    let first = admin.query(ROTATE, json!({ "input": input })).await.data();
    let fresh = app.client_with(first["apiTokenRotate"]["secret"].as_str().map(str::to_owned));
    let again = admin.query(ROTATE, json!({ "input": input })).await.data();
    assert_eq!(again["apiTokenRotate"]["apiToken"]["id"], token.id.as_str());
    assert!(again["apiTokenRotate"]["secret"].is_null(), "it is stored nowhere");
    fresh.data(ASK).await;
    let mut other = input;
    other["overlapMinutes"] = json!(5);
    assert_eq!(admin.query(ROTATE, json!({ "input": other })).await.code(), "IDEMPOTENCY_CONFLICT");
}

#[tokio::test]
async fn a_revoked_token_is_out_at_once_and_its_socket_closes() {
    let app = TestApp::start().await;
    let (token, other) = (create(&app, json!({})).await, create(&app, json!({})).await);
    let (mut socket, mut kept) = (Socket::open(&token.client).await, Socket::open(&other.client).await);
    token.client.data(ASK).await;
    let admin = app.client(Role::Admin).await;
    let revoked = admin.query(REVOKE, json!({ "token": token.id })).await.data();
    assert_eq!(revoked["apiTokenRevoke"]["apiToken"]["revokedAt"], "2026-11-23T09:00:00.000Z");
    is_out(&token.client).await;
    assert_eq!(socket.closed_with().await, 4403);
    kept.settle().await;
    other.client.data(ASK).await;
    let again = admin.query(REVOKE, json!({ "token": token.id })).await;
    assert_eq!(again.refused_at("apiTokenRevoke"), ["WRONG_STATE at apiToken"]);
    let rotate = admin.query(ROTATE, json!({ "input": { "apiToken": token.id } })).await;
    assert_eq!(rotate.refused_at("apiTokenRotate"), ["WRONG_STATE at apiToken"]);
}

#[tokio::test]
async fn a_token_expires() {
    let app = TestApp::start().await;
    let token = create(&app, json!({ "expiresAt": "2026-11-24T09:00:00Z" })).await;
    token.client.data(ASK).await;
    app.advance(TimeDelta::days(1));
    is_out(&token.client).await;
}

#[tokio::test]
async fn a_token_works_from_its_networks_only() {
    let app = TestApp::start().await;
    create(&app, json!({ "networks": ["192.0.2.0/24", "127.0.0.0/8"] })).await.client.data(ASK).await;
    is_out(&create(&app, json!({ "networks": ["192.0.2.0/24"] })).await.client).await;
}

#[tokio::test]
async fn what_no_token_can_be_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let cases = [
        (json!({ "scopes": [] }), "REQUIRED at scopes"),
        (json!({ "name": "" }), "REQUIRED at name"),
        (json!({ "name": "x".repeat(101) }), "TOO_LONG at name"),
        (json!({ "networks": ["nonsense"] }), "INVALID at networks"),
        (json!({ "expiresAt": "2026-11-23T09:00:00Z" }), "INVALID at expiresAt"),
        (json!({ "expiresAt": "2028-01-01T00:00:00Z" }), "INVALID at expiresAt"),
    ];
    for (more, expected) in cases {
        let mut input = json!({ "name": "Payroll", "scopes": ["DIRECTORY_READ"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = admin.query(CREATE, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("apiTokenCreate"), [expected], "{more}");
    }
    let token = create(&app, json!({})).await;
    for minutes in [-1, 10_081] {
        let input = json!({ "apiToken": token.id, "overlapMinutes": minutes });
        let reply = admin.query(ROTATE, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("apiTokenRotate"), ["INVALID at overlapMinutes"]);
    }
    let unknown = admin.query(REVOKE, json!({ "token": "tok_00000000000000000000000000" })).await;
    assert_eq!(unknown.refused_at("apiTokenRevoke"), ["NOT_FOUND at apiToken"]);
    let person = admin.query(REVOKE, json!({ "token": app.person("emil").await })).await;
    assert_eq!(person.refused_at("apiTokenRevoke"), ["INVALID at apiToken"]);
}

//! Requests and answers over HTTP.

use reqwest::Method;
use serde_json::json;

use crate::{answer, refusal, support::Server};

#[actix_web::test]
async fn an_answer_carries_its_headers() {
    let server = Server::start(|_| {}).await;
    let response = server.post("{ hello }").header("x-request-id", "mine").send().await.unwrap();
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert_eq!(header("cache-control"), "private, no-store");
    assert_eq!(header("vary"), "authorization, accept");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("x-request-id").starts_with("req_"), "the server draws its own id");
}

#[actix_web::test]
async fn the_cost_is_told_and_refunded() {
    let server = Server::start(|config| config.graphql.cost_restored_per_second = 1).await;
    let (_, body) = answer(server.post("{ items(first: 100) { nodes { id } } }")).await;
    let cost = &body["extensions"]["cost"];
    assert_eq!(cost["requestedQueryCost"], 101);
    assert_eq!(cost["actualQueryCost"], 4);
    assert_eq!(cost["throttleStatus"]["maximumAvailable"], 10_000);
    assert_eq!(cost["throttleStatus"]["restoreRate"], 1);
    assert!(cost["throttleStatus"]["currentlyAvailable"].as_u64().unwrap() >= 9_996);
}

#[actix_web::test]
async fn an_empty_bucket_says_when_to_come_back() {
    let server = Server::start(|config| {
        config.graphql.cost_bucket = 120;
        config.graphql.cost_restored_per_second = 1;
    })
    .await;
    let mutations = "mutation { a: bump b: bump c: bump d: bump e: bump f: bump }";
    let send = |bearer: &'static str| server.post(mutations).bearer_auth(bearer);
    for _ in 0..2 {
        assert_eq!(answer(send("ada")).await.0, 200);
    }
    let response = send("ada").send().await.unwrap();
    assert_eq!(response.status(), 429);
    let seconds: u32 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((58..=60).contains(&seconds), "{seconds}");
    let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    assert_eq!(body["errors"][0]["extensions"]["retryAfter"], seconds);
    assert_eq!(answer(send("bob")).await.0, 200, "everybody has a bucket of their own");
}

#[actix_web::test]
async fn who_asks_is_decided_before_anything_is_read() {
    let server = Server::start(|_| {}).await;
    let (status, body) = answer(server.post("{ viewer }").bearer_auth("ada")).await;
    assert_eq!(status, 200);
    assert!(body["data"]["viewer"].as_str().unwrap().starts_with("per_"));
    let (status, body) = answer(server.post("{ viewer }")).await;
    assert_eq!((status, &body["errors"][0]["extensions"]["code"]), (200, &json!("UNAUTHENTICATED")));
    let response = server.post("{ this is not graphql").bearer_auth("nobody").send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    for authorization in ["Basic YTpi", "Bearer", "Bearer a b", "ada"] {
        let request = server.post("{ hello }").header("authorization", authorization);
        assert_eq!(refusal(request).await, (401, "UNAUTHENTICATED".to_owned()), "{authorization}");
    }
    let twice = server.post("{ hello }").header("authorization", "Bearer ada").header("authorization", "Bearer bob");
    assert_eq!(refusal(twice).await.0, 401);
}

#[actix_web::test]
async fn errors_have_codes_and_nothing_internal_shows() {
    let server = Server::start(|_| {}).await;
    for (query, status, code) in [
        ("{ fails }", 200, "INTERNAL"),
        ("{ leaks }", 200, "INTERNAL"),
        ("{ panics }", 500, "INTERNAL"),
        ("{ slow }", 504, "TIMEOUT"),
        ("{ clash }", 200, "CONFLICT"),
        ("{ nope }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello ", 400, "GRAPHQL_PARSE_FAILED"),
        ("query A { hello } query B { hello }", 400, "OPERATION_RESOLUTION_FAILURE"),
        ("{ echo(n: \"x\") }", 400, "BAD_USER_INPUT"),
        ("{ echo(n: 99999999999) }", 200, "BAD_USER_INPUT"),
        ("subscription { ticks }", 400, "BAD_USER_INPUT"),
    ] {
        let (found, body) = answer(server.post(query)).await;
        assert_eq!(found, status, "{query}: {body}");
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{query}: {body}");
        let text = body.to_string();
        assert!(!text.contains("vault") && !text.contains("disk 7") && !text.contains("unwrap"), "{text}");
        assert_eq!(body["errors"][0]["extensions"]["requestId"].is_string(), code == "INTERNAL", "{query}");
    }
    let (_, body) = answer(server.post("{ errors { value } hello }")).await;
    assert_eq!(body["errors"].as_array().unwrap().len(), 20);
    assert_eq!(body["extensions"]["errorsOmitted"], 30);
    assert_eq!(body["data"]["errors"][7], json!({ "value": null }));
    let (_, body) = answer(server.post("{ clash hello }")).await;
    assert_eq!(body["data"], json!({ "clash": null, "hello": "hello" }));
}

#[actix_web::test]
async fn only_queries_go_over_get_and_only_where_a_browser_asked_first() {
    let server = Server::start(|_| {}).await;
    let get = |query: &str, name: &str| {
        server
            .request_with(Method::GET, &[("query", query), ("operationName", name)])
            .header("accept", "application/json")
    };
    assert_eq!(refusal(get("{ hello }", "")).await.0, 400);
    let (status, body) = answer(get("{ hello }", "").header("graphql-require-preflight", "1")).await;
    assert_eq!((status, &body["data"]["hello"]), (200, &json!("hello")));
    assert_eq!(answer(get("{ hello }", "").bearer_auth("ada")).await.0, 200);
    let response = get("mutation { bump }", "").bearer_auth("ada").send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"POST".parse().unwrap()));
    let text = "query Read { hello } mutation Write { bump }";
    let named = |name: &str| get(text, name).bearer_auth("ada");
    assert_eq!(answer(named("Read")).await.0, 200);
    assert_eq!(refusal(named("Write")).await.0, 405);
    let (_, body) = answer(server.post("mutation { bump }")).await;
    assert_eq!(body["data"]["bump"], 1, "no GET has run one");
    let response = server.request(Method::PUT).send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"GET, POST".parse().unwrap()));
}

#[actix_web::test]
async fn only_json_is_read() {
    let server = Server::start(|_| {}).await;
    for content_type in
        ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/graphql"]
    {
        let request = server.request(Method::POST).header("content-type", content_type);
        let request = request.header("graphql-require-preflight", "1").body("{\"query\": \"{ hello }\"}");
        assert_eq!(refusal(request).await.0, 415, "{content_type}");
    }
    let html = server.request(Method::POST).header("content-type", "application/json").header("accept", "text/html");
    assert_eq!(refusal(html.body("{}")).await.0, 406);
    assert_eq!(refusal(server.post_json(&json!([{ "query": "{ hello }" }]))).await.0, 400);
}

#[actix_web::test]
async fn introspection_is_for_those_who_are_signed_in() {
    let server = Server::start(|_| {}).await;
    for query in
        ["{ __schema { types { name } } }", "{ ...F } fragment F on Query { a: __type(name: \"Item\") { name } }"]
    {
        assert_eq!(refusal(server.post(query)).await, (401, "UNAUTHENTICATED".to_owned()));
        assert_eq!(answer(server.post(query).bearer_auth("ada")).await.0, 200);
    }
    assert_eq!(answer(server.post("{ __typename }")).await.0, 200);
}

#[actix_web::test]
async fn registered_documents_are_found_by_name() {
    let server = Server::start(|config| config.graphql.trusted_documents_only = true).await;
    let hash = server.backend.register("{ hello }");
    let by_name = |id: &str| server.post_json(&json!({ "documentId": id })).bearer_auth("ada");
    assert_eq!(answer(by_name(&hash)).await.1["data"]["hello"], "hello");
    assert_eq!(answer(by_name(&hash[7..])).await.1["data"]["hello"], "hello");
    let unknown = "0".repeat(64);
    assert_eq!(refusal(by_name(&unknown)).await, (400, "PERSISTED_DOCUMENT_NOT_FOUND".to_owned()));
    let free = server.post("{ echo(n: 1) }");
    assert_eq!(refusal(free).await, (400, "PERSISTED_DOCUMENT_NOT_FOUND".to_owned()));
    assert_eq!(answer(server.post("{ hello }").bearer_auth("ada")).await.0, 200, "its text is as good as its name");
    assert_eq!(answer(server.post("{ echo(n: 1) }").bearer_auth("robot")).await.0, 200, "has documents:free");
    let apollo = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": &hash[7..] } } });
    assert_eq!(answer(server.post_json(&apollo)).await.1["data"]["hello"], "hello");
}

#[actix_web::test]
async fn other_origins_are_answered_letter_by_letter() {
    let server = Server::start(|config| config.server.cors_origins = vec!["https://app.example".to_owned()]).await;
    let preflight = |origin: &str| {
        server
            .request(Method::OPTIONS)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, content-type")
            .send()
    };
    let response = preflight("https://app.example").await.unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example");
    assert!(response.headers()["access-control-allow-headers"].to_str().unwrap().contains("authorization"));
    assert!(response.headers().get("access-control-allow-credentials").is_none());
    for origin in ["https://evil.example", "null", "https://app.example.evil.example", "http://app.example"] {
        let response = preflight(origin).await.unwrap();
        assert_eq!(response.status(), 403, "{origin}");
        assert!(response.headers().get("access-control-allow-origin").is_none(), "{origin}");
    }
    let response = server.post("{ hello }").header("origin", "https://app.example").send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example");
    assert!(response.headers().get_all("vary").iter().any(|value| value == "origin"));
}

#[actix_web::test]
async fn graphiql_is_served_where_it_is_switched_on() {
    let get = async |server: &Server, path: &str| {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        client.get(format!("http://{}{path}", server.address)).send().await.unwrap()
    };
    let server = Server::start(|_| {}).await;
    for path in ["/", "/graphiql", "/graphiql/app.js"] {
        assert_eq!(get(&server, path).await.status(), 404, "{path}");
    }
    let server = Server::start(|config| config.server.graphiql = true).await;
    assert_eq!(get(&server, "/").await.headers()["location"], "/graphiql");
    let page = get(&server, "/graphiql").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for rule in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe-eval"));
    let html = page.text().await.unwrap();
    assert!(html.contains("Ada") && !html.contains("{{"));
    assert_eq!(get(&server, "/graphiql/app.js").await.status(), 200);
    assert_eq!(get(&server, "/graphiql/nothing.js").await.status(), 404);
}

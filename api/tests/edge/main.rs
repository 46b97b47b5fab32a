//! The GraphQL edge from outside: what a client, a browser or an attacker sees. The schema behind is a small one.

#![expect(clippy::unwrap_used, reason = "tests, and what helps them")]

mod hostile;
mod http;
mod sockets;
mod streams;
mod support;

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use support::Server;

impl Server {
    /// A POST of `query` that accepts `application/graphql-response+json`.
    fn post(&self, query: &str) -> RequestBuilder {
        self.post_json(&json!({ "query": query }))
    }

    fn post_json(&self, body: &Value) -> RequestBuilder {
        self.request(reqwest::Method::POST)
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .body(body.to_string())
    }

    fn request(&self, method: reqwest::Method) -> RequestBuilder {
        self.request_with(method, &[])
    }

    fn request_with(&self, method: reqwest::Method, parameters: &[(&str, &str)]) -> RequestBuilder {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut url = reqwest::Url::parse(&format!("http://{}/graphql", self.address)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        client.request(method, url).timeout(Duration::from_secs(20))
    }
}

/// The status of an answer and its body.
async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response: Response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

/// The status of an answer and the code of its first error.
async fn refusal(request: RequestBuilder) -> (u16, String) {
    let (status, body) = answer(request).await;
    assert!(body.get("data").is_none(), "a refused request has no data: {body}");
    (status, body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
}

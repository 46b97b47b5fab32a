//! A client of the service, with or without a bearer token, and what it is answered.

use std::net::SocketAddr;

use serde_json::{Value, json};

/// Somebody who asks over HTTP.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    bearer: Option<String>,
}

impl Client {
    pub fn new(http: reqwest::Client, address: SocketAddr, bearer: Option<String>) -> Self {
        Self { http, address, bearer }
    }

    /// The bearer token; panics for nobody.
    pub fn bearer(&self) -> &str {
        self.bearer.as_deref().expect("nobody has no token")
    }

    /// Where the node listens, as in `127.0.0.1:1`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Asks, with variables (`json!({})` for none).
    pub async fn query(&self, document: &str, variables: Value) -> Reply {
        self.post(json!({ "query": document, "variables": variables })).await
    }

    /// Asks without variables, and expects data and no errors.
    pub async fn data(&self, document: &str) -> Value {
        self.query(document, json!({})).await.data()
    }

    /// Sends parameters as they are.
    pub async fn post(&self, parameters: Value) -> Reply {
        let response = self.request("application/json").body(parameters.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        Reply { status, body }
    }

    /// Opens an event stream.
    pub async fn stream(&self, document: &str, variables: Value) -> reqwest::Response {
        let body = json!({ "query": document, "variables": variables }).to_string();
        self.request("text/event-stream").body(body).send().await.unwrap()
    }

    fn request(&self, accept: &str) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("http://{}/graphql", self.address));
        let request = request.header("content-type", "application/json").header("accept", accept);
        match &self.bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        }
    }
}

/// What the service answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The whole answer.
    pub body: Value,
}

impl Reply {
    /// The data; panics when there are errors, also those of a payload.
    #[track_caller]
    pub fn data(self) -> Value {
        assert!(self.body.get("errors").is_none(), "errors: {}", self.body["errors"]);
        for (field, payload) in self.body["data"].as_object().into_iter().flatten() {
            let refused = payload.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty());
            assert!(!refused, "{field} was refused: {}", payload["errors"]);
        }
        self.body["data"].clone()
    }

    /// The errors beside the data.
    pub fn errors(&self) -> &[Value] {
        self.body["errors"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The code of the first error beside the data; empty without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// The codes of the errors in the payload of `field`.
    pub fn refusals(&self, field: &str) -> Vec<&str> {
        let errors = self.body["data"][field]["errors"].as_array();
        errors.into_iter().flatten().filter_map(|error| error["code"].as_str()).collect()
    }

    /// Each error in the payload of `field` as `CODE at path.in.input`.
    pub fn refused_at(&self, field: &str) -> Vec<String> {
        let errors = self.body["data"][field]["errors"].as_array();
        let place = |error: &Value| {
            let path = error["path"].as_array();
            let path: Vec<&str> = path.into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{} at {}", error["code"].as_str().unwrap_or_default(), path.join("."))
        };
        errors.into_iter().flatten().map(place).collect()
    }
}

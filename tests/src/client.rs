//! GraphQL over HTTP, as a client sends it.

use std::time::Duration;

use anyhow::bail;
use serde_json::{Value, json};

/// Longer than any deadline of the server.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A client of one server. Clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
}

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// The data, when there is no error.
    ///
    /// # Errors
    /// The answer, when it has errors.
    pub fn data(self) -> anyhow::Result<Value> {
        match self.body {
            Value::Object(mut fields) if self.status == 200 && !fields.contains_key("errors") => {
                Ok(fields.remove("data").unwrap_or_default())
            }
            body => bail!("status {}: {body}", self.status),
        }
    }

    /// The code of the first error; empty without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}

impl Client {
    /// A client of the server whose GraphQL is at `url`.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self { http: reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build()?, url: url.to_owned() })
    }

    /// Sends an operation.
    ///
    /// # Errors
    /// When there is no answer, or it is not JSON.
    pub async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> reqwest::Result<Answer> {
        let mut request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .body(json!({ "query": query, "variables": variables }).to_string());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok(Answer { status, body: response.json().await? })
    }

    /// The data of an operation that must succeed.
    ///
    /// # Errors
    /// When there is no answer, or it has errors.
    pub async fn data(&self, token: &str, query: &str, variables: Value) -> anyhow::Result<Value> {
        self.ask(Some(token), query, variables).await?.data()
    }

    /// The payload of a mutation that must succeed: the one root field, without `errors`.
    ///
    /// # Errors
    /// When there is no answer, or it has errors, expected ones included.
    pub async fn change(&self, token: &str, mutation: &str, input: Value) -> anyhow::Result<Value> {
        let data = self.data(token, mutation, json!({ "input": input })).await?;
        let payload = data.as_object().and_then(|fields| fields.values().next()).cloned().unwrap_or_default();
        match payload["errors"].as_array() {
            Some(errors) if errors.is_empty() => Ok(payload),
            _ => bail!("the mutation was refused: {payload}"),
        }
    }
}

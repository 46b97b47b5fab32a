//! What front ends are built with, as peers: the GraphQL-over-HTTP audit suite, WebSocket and SSE clients, Apollo, urql
//! and graphql-request against a running demo; the Relay compiler, code generation and `tsc --strict` against the
//! schema. The scripts are in `tests/peers/clients`, one for each test.

use std::path::Path;

use anyhow::{Context, ensure};
use hearten_tests::{
    binary, peers,
    skipped::{skip, tell},
    store::Store,
};
use serde_json::{Map, Value};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audit_of_graphql_over_http_passes() -> anyhow::Result<()> {
    against_a_demo("every_audit_of_graphql_over_http_passes", "audits.mjs").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_serve_real_clients() -> anyhow::Result<()> {
    against_a_demo("sockets_serve_real_clients", "sockets.mjs").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn event_streams_serve_real_clients() -> anyhow::Result<()> {
    against_a_demo("event_streams_serve_real_clients", "event-streams.mjs").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apollo_urql_and_graphql_request_work() -> anyhow::Result<()> {
    against_a_demo("apollo_urql_and_graphql_request_work", "front-ends.mjs").await
}

#[test]
fn front_ends_compile_against_the_schema() -> anyhow::Result<()> {
    let name = "front_ends_compile_against_the_schema";
    let directory = match peers::install("clients") {
        Ok(directory) => directory,
        Err(error) => return skip(name, &format!("{error:#}")),
    };
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");
    run(name, &directory, "compilers.mjs", schema, &Value::Null)
}

/// Runs a script against a demo of its own, with the tokens of all personas.
async fn against_a_demo(name: &str, script: &str) -> anyhow::Result<()> {
    let directory = match peers::install("clients") {
        Ok(directory) => directory,
        Err(error) => return skip(name, &format!("{error:#}")),
    };
    let store = Store::sqlite(&binary::hearten()?).await?;
    let demo = store.launch().start()?;
    let mut tokens = Map::new();
    for role in ["admin", "people partner", "employee"] {
        tokens.insert(role.to_owned(), demo.token(role)?.into());
    }
    run(name, &directory, script, demo.url(), &tokens.into())?;
    assert_eq!(demo.complaints(), "", "what clients do is nothing to complain about");
    Ok(())
}

/// Runs a script to its end, tells its figures, and fails with what failed there.
fn run(name: &str, directory: &Path, script: &str, subject: &str, tokens: &Value) -> anyhow::Result<()> {
    let output = peers::node(directory).args([script, subject]).env("PEER_TOKENS", tokens.to_string()).output()?;
    let complaint = || format!("{script} did not finish: {}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).with_context(complaint)?;
    tell(name, report["figures"].as_str().with_context(complaint)?);
    let failures = report["failures"].as_array().with_context(complaint)?;
    ensure!(failures.is_empty() && output.status.success(), "{script}: {}", serde_json::to_string_pretty(failures)?);
    Ok(())
}

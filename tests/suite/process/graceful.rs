//! Starting and stopping: one line when ready, a small process, and no request cut short by SIGTERM.

use std::{process::Stdio, time::Duration};

use anyhow::ensure;
use hearten_tests::{
    binary,
    demo::{self, Launch},
    skipped::tell,
    store::Store,
};
use sea_orm::{ConnectionTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use serde_json::{Value, json};

const RENAME: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { title } errors { code } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_prints_one_line_and_needs_little_memory() -> anyhow::Result<()> {
    let binary = binary::hearten()?;
    let store = Store::sqlite(&binary).await?;
    let mut demo = store.launch().start()?;
    let client = demo.client()?;
    for role in ["admin", "people partner", "manager", "employee", "executive"] {
        let data = client.data(&demo.token(role)?, "{ viewer { person { displayName } } }", Value::Null).await?;
        assert!(data["viewer"]["person"]["displayName"].is_string(), "{role}: {data}");
    }
    if cfg!(target_os = "linux") {
        let (now, most) = (demo.memory_mib("VmRSS")?, demo.memory_mib("VmHWM")?);
        tell("a_demo_prints_one_line_and_needs_little_memory", &format!("{now:.0} MiB idle, {most:.0} MiB at most"));
        assert!(most < 150.0, "{most:.0} MiB");
    }
    demo.terminate()?;
    assert!(demo.wait(Duration::from_secs(20))?.success());
    assert_eq!(demo.complaints(), "");
    Ok(())
}

/// Read to its end, the output of `--json` is one line, and that line is the whole truth about where it listens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_follows_the_line() -> anyhow::Result<()> {
    let binary = binary::hearten()?;
    let store = Store::sqlite(&binary).await?;
    let directory = store.launch().directory.unwrap_or_default();
    let process = demo::command(&binary)
        .args(["demo", "--json", "--listen", "127.0.0.1:0", "--directory"])
        .arg(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let id = process.id();
    let reading = tokio::task::spawn_blocking(move || process.wait_with_output());
    tokio::time::sleep(Duration::from_secs(3)).await;
    std::process::Command::new("kill").args(["-TERM", &id.to_string()]).status()?;
    let output = tokio::time::timeout(Duration::from_secs(30), reading).await???;
    let text = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.lines().count(), 1, "{text}");
    let line: Value = serde_json::from_str(&text)?;
    assert!(line["graphql"].as_str().is_some_and(|url| url.starts_with("http://127.0.0.1:")), "{text}");
    assert_eq!(line["personas"].as_array().map(Vec::len), Some(7), "{text}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_finished_after_sigterm() -> anyhow::Result<()> {
    let binary = binary::hearten()?;
    let store = Store::sqlite(&binary).await?;
    let mut demo = store.launch().start()?;
    let client = demo.client()?;
    let admin = demo.token("admin")?;
    let me = client.data(&admin, "{ viewer { person { id } } }", Value::Null).await?;
    // Somebody else holds the write lock, so the mutation waits for as long as we want.
    let database = store.connect().await?;
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let lock = database.begin_with_options(options).await?;
    let input = json!({ "input": { "person": me["viewer"]["person"]["id"], "title": "Renamed at the last moment" } });
    let mutation = {
        let (client, admin) = (client.clone(), admin.clone());
        tokio::spawn(async move { client.ask(Some(&admin), RENAME, input).await })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(!mutation.is_finished(), "the mutation did not wait");
    demo.terminate()?;
    tokio::time::sleep(Duration::from_millis(700)).await;
    ensure!(demo.is_alive()?, "the server left a request behind");
    let newcomer = demo.client()?.ask(Some(&admin), "{ viewer { id } }", Value::Null).await;
    assert!(newcomer.is_err(), "a stopping server takes no new connections");
    lock.rollback().await?;
    let answer = mutation.await??;
    assert_eq!(answer.body["data"]["personUpdate"]["person"]["title"], "Renamed at the last moment", "{}", answer.body);
    assert!(demo.wait(Duration::from_secs(20))?.success());
    let renamed = "SELECT count(*) AS value FROM persons WHERE title = 'Renamed at the last moment'";
    assert_eq!(store.number(renamed).await?, 1, "what was acknowledged is there");
    database.execute_unprepared("SELECT 1").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taken_port_is_said_plainly() -> anyhow::Result<()> {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let mut launch = Launch::new(&binary::hearten()?);
    launch.listen = taken.local_addr()?;
    let Err(error) = launch.start() else { anyhow::bail!("it started on a taken port") };
    let text = format!("{error:#}");
    assert!(text.contains("cannot listen on") && text.contains("--listen"), "{text}");
    Ok(())
}

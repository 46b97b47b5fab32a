//! Starting and stopping: one line when ready, a small process, and no request cut short by SIGTERM.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hearten_tests::{
    binary,
    demo::{self, Launch},
    skipped::tell,
    store::Store,
};
use sea_orm::{ConnectionTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use serde_json::{Value, json};

/// Longer than anything here takes, also on a busy machine.
const WITHIN: Duration = Duration::from_secs(120);
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
    assert!(demo.wait(WITHIN)?.success());
    assert_eq!(demo.complaints(), "");
    Ok(())
}

/// Read to its end, the output of `--json` is one line, and that line is the whole truth about where it listens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_follows_the_line() -> anyhow::Result<()> {
    let binary = binary::hearten()?;
    let store = Store::sqlite(&binary).await?;
    let directory = store.launch().directory.unwrap_or_default();
    let mut process = demo::command(&binary)
        .args(["demo", "--json", "--listen", "127.0.0.1:0", "--directory"])
        .arg(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let id = process.id();
    let mut reader = BufReader::new(process.stdout.take().context("the output is piped")?);
    let reading = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        reader.read_line(&mut text)?;
        std::process::Command::new("kill").args(["-TERM", &id.to_string()]).status()?;
        reader.read_to_string(&mut text)?;
        Ok::<_, std::io::Error>((text, process.wait_with_output()?))
    });
    let (text, output) = tokio::time::timeout(WITHIN, reading).await???;
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
    // Nothing shows from outside that the request has arrived, so this is long.
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(!mutation.is_finished(), "the mutation did not wait");
    demo.terminate()?;
    let told = Instant::now();
    while demo.client()?.ask(Some(&admin), "{ viewer { id } }", Value::Null).await.is_ok() {
        ensure!(told.elapsed() < WITHIN, "a stopping server takes new connections");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ensure!(demo.is_alive()? && !mutation.is_finished(), "the server left a request behind");
    lock.rollback().await?;
    let answer = mutation.await??;
    assert_eq!(answer.body["data"]["personUpdate"]["person"]["title"], "Renamed at the last moment", "{}", answer.body);
    assert!(demo.wait(WITHIN)?.success());
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

//! SQLite's disk is full while people answer. A small disk cannot be had here; a limit on the size of files is met in the
//! same place (SQLite tells it as a failed write and not as a full disk, which the service takes alike).

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hearten_tests::{
    binary,
    issuer::Issuer,
    skipped::{skip, tell},
    store::Store,
};
use serde_json::Value;

use super::crowd::Crowd;

const PERSONS: usize = 300;
const LIMIT: u64 = 64 << 10;
/// How many requests are refused before there is room again.
const REFUSALS: usize = 50;
const REFUSED_WITHIN: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_loses_nothing_and_is_forgiven() -> anyhow::Result<()> {
    let name = "a_full_disk_refuses_writes_loses_nothing_and_is_forgiven";
    if !cfg!(target_os = "linux") {
        return skip(name, "prlimit is of Linux");
    }
    if std::env::var_os("HEARTEN_TEST_POSTGRES_URL").is_some() {
        tell(name, "is about SQLite: it ran there");
        return Ok(());
    }
    let store = Store::sqlite(&binary::hearten()?).await?;
    let issuer = Issuer::start()?;
    let mut launch = store.launch();
    launch.trust_issuer = Some(issuer.url());
    launch.survives_limit = true;
    let mut demo = launch.start()?;
    let client = demo.client()?;
    let admin = demo.token("admin")?;
    let crowd = Crowd::gather(&demo, &issuer, PERSONS, &["UNAVAILABLE"]).await?;
    let clients = crowd.answer();
    crowd.wait_for_acknowledged(PERSONS / 5).await?;

    // Less than every file has already: neither a commit nor a checkpoint gets through.
    demo.limit_files(Some(LIMIT))?;
    let full = Instant::now();
    while crowd.lost().len() < REFUSALS {
        ensure!(full.elapsed() < REFUSED_WITHIN, "nothing was refused");
        ensure!(clients.iter().any(|one| !one.is_finished()), "everybody answered: the test shows nothing");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ensure!(demo.is_alive()?, "a full disk ended the process: {}", demo.complaints());
    let refused = crowd.lost();
    ensure!(refused.iter().all(|lost| lost.code == "UNAVAILABLE"), "not everybody was answered");
    let me = client.data(&admin, "{ viewer { person { displayName } } }", Value::Null).await?;
    assert!(me["viewer"]["person"]["displayName"].is_string(), "what only reads goes on");
    crowd.check(&store.connect().await?).await.context("while the disk is full")?;
    let acknowledged = crowd.acknowledged();

    demo.limit_files(None)?;
    for client in clients {
        client.await?.context("after there was room again")?;
    }
    let store_is_whole = "SELECT count(*) AS value FROM pragma_integrity_check WHERE integrity_check = 'ok'";
    ensure!(crowd.check(&store.connect().await?).await? == 0, "more sheets than people");
    let again = demo.kill()?.start()?;
    crowd.send_everything_again().await?;
    ensure!(crowd.check(&store.connect().await?).await? == 0, "more sheets than people");
    drop(again);
    assert_eq!(store.number(store_is_whole).await?, 1);
    tell(
        name,
        &format!(
            "{acknowledged} of {PERSONS} sheets were acknowledged before there was room again, {} requests refused; all \
             are there exactly once",
            crowd.lost().len()
        ),
    );
    Ok(())
}

//! kill -9 while people answer: what was acknowledged is there, exactly once.

use std::time::Instant;

use anyhow::ensure;
use hearten_tests::{
    binary,
    issuer::Issuer,
    skipped::{skip, tell},
    store::Store,
};

use super::crowd::{CLIENTS, Crowd};

const PERSONS: usize = 500;
const KILLS: usize = 10;
/// The sheets of the survey that was launched last.
const LAST_WAVE: &str = "wave_id = (SELECT id FROM waves ORDER BY opened_at DESC LIMIT 1)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_sheets_survive_ten_kills_on_sqlite() -> anyhow::Result<()> {
    let store = Store::sqlite(&binary::hearten()?).await?;
    acknowledged_sheets_survive("acknowledged_sheets_survive_ten_kills_on_sqlite", &store).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_sheets_survive_ten_kills_on_postgres() -> anyhow::Result<()> {
    let name = "acknowledged_sheets_survive_ten_kills_on_postgres";
    match Store::postgres(&binary::hearten()?).await? {
        Some(store) => acknowledged_sheets_survive(name, &store).await,
        // The suite runs twice, once on each back end.
        None => {
            tell(name, "runs when HEARTEN_TEST_POSTGRES_URL is set");
            Ok(())
        }
    }
}

async fn acknowledged_sheets_survive(name: &str, store: &Store) -> anyhow::Result<()> {
    if !cfg!(unix) {
        return skip(name, "there is no kill -9");
    }
    let issuer = Issuer::start()?;
    let mut launch = store.launch();
    launch.trust_issuer = Some(issuer.url());
    let mut demo = launch.start()?;
    let crowd = Crowd::gather(&demo, &issuer, PERSONS, &[]).await?;
    let began = Instant::now();
    let clients = crowd.answer();
    let mut beyond = 0;
    for kill in 1..=KILLS {
        crowd.wait_for_acknowledged(kill * PERSONS / (KILLS + 1)).await?;
        let again = demo.kill()?;
        // Before anything is sent again. With the server dead, nothing is under way but one sheet a client.
        let here = look(&crowd, store).await?;
        ensure!(here <= CLIENTS, "{here} sheets more are there than were acknowledged");
        beyond += here;
        demo = again.start()?;
    }
    for client in clients {
        client.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    let again = demo.kill()?;
    ensure!(look(&crowd, store).await? == 0, "more sheets than people");
    demo = again.start()?;
    crowd.send_everything_again().await?;
    demo.kill()?;
    ensure!(look(&crowd, store).await? == 0, "more sheets than people");
    for (what, sql) in [
        ("sheets", format!("SELECT count(*) AS value FROM answer_sheets WHERE {LAST_WAVE}")),
        ("different sheets", format!("SELECT count(DISTINCT packed) AS value FROM answer_sheets WHERE {LAST_WAVE}")),
        (
            "people who answered",
            format!("SELECT count(*) AS value FROM invitations WHERE state = 'ANSWERED' AND {LAST_WAVE}"),
        ),
        ("linked accounts", "SELECT count(*) AS value FROM identities WHERE subject LIKE 'account of %'".to_owned()),
        (
            "people with an account",
            "SELECT count(DISTINCT person_id) AS value FROM identities WHERE subject LIKE 'account of %'".to_owned(),
        ),
    ] {
        assert_eq!(store.number(&sql).await?, i64::try_from(PERSONS)?, "{what}");
    }
    let again = crowd.lost().len();
    tell(
        name,
        &format!(
            "{PERSONS} sheets, {KILLS} kills in {seconds:.1} s; {again} requests lost their answer and were sent \
             again; {beyond} sheets were there without an acknowledgement when looked at"
        ),
    );
    ensure!(again > 0, "no kill hit a request: the test shows nothing");
    Ok(())
}

async fn look(crowd: &Crowd, store: &Store) -> anyhow::Result<usize> {
    let look = store.look().await?;
    crowd.check(&look).await
}

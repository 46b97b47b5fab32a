//! Postgres is restarted under load, as for an upgrade and as by a crash. While it is away the service says so and
//! nothing else; nothing it acknowledged is lost, nothing it answers is wrong, and it goes on by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hearten_tests::{
    binary,
    demo::{Demo, Launch},
    issuer::Issuer,
    postgres_server::{PostgresServer, Stop},
    skipped::{skip, tell},
};
use sea_orm::Database;
use tokio::task::JoinHandle;

use super::crowd::{Crowd, Lost};

const PERSONS: usize = 400;
const READERS: usize = 4;
/// So long it is away at least.
const OUTAGE: Duration = Duration::from_secs(3);
/// A look at the database is reused for a second and given a second; a busy machine makes that longer.
const NOTICED_WITHIN: Duration = Duration::from_secs(30);
/// A request waits five seconds for a connection, so errors of the outage end that long after it, and a margin.
const OVER_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_postgres_costs_a_moment_and_nothing_else() -> anyhow::Result<()> {
    let name = "a_restarted_postgres_costs_a_moment_and_nothing_else";
    if std::env::var_os("HEARTEN_TEST_POSTGRES_URL").is_none() {
        // The suite runs twice, once on each back end.
        tell(name, "runs when HEARTEN_TEST_POSTGRES_URL is set");
        return Ok(());
    }
    let Some(programs) = PostgresServer::find_programs() else { return skip(name, "postgres is not installed") };
    let mut server = PostgresServer::start(programs)?;
    let issuer = Issuer::start()?;
    let mut launch = Launch::new(&binary::hearten()?);
    launch.database_url = Some(server.url());
    launch.trust_issuer = Some(issuer.url());
    let demo = launch.start()?;
    let crowd = Crowd::gather(&demo, &issuer, PERSONS, &["UNAVAILABLE"]).await?;
    let readers = Readers::start(&crowd);
    let clients = crowd.answer();
    let mut outages = Vec::new();
    for (at, how) in [(PERSONS / 4, Stop::Fast), (PERSONS / 2, Stop::Immediate)] {
        crowd.wait_for_acknowledged(at).await?;
        outages.push(restart(&mut server, how, &demo, &crowd).await?);
    }
    for client in clients {
        client.await??;
    }
    let reads = readers.stop().await?;
    let figures = judge(&outages, &crowd.lost())?;
    let connection = Database::connect(server.url()).await?;
    ensure!(crowd.check(&connection).await? == 0, "more sheets than people");
    crowd.send_everything_again().await?;
    ensure!(crowd.check(&connection).await? == 0, "more sheets than people");
    connection.close().await?;
    let complaints = demo.complaints();
    ensure!(!complaints.contains("a field failed"), "an outage was taken for an error of ours: {complaints}");
    tell(name, &format!("{PERSONS} sheets, {reads} reads; {figures}"));
    Ok(())
}

/// When the database was told to stop, took connections again, and when the service was ready again.
struct Outage {
    how: Stop,
    began: Instant,
    back: Instant,
    ready: Instant,
}

async fn restart(server: &mut PostgresServer, how: Stop, demo: &Demo, crowd: &Arc<Crowd>) -> anyhow::Result<Outage> {
    let began = Instant::now();
    tokio::task::block_in_place(|| server.stop(how))?;
    readiness_becomes(demo, 503).await?;
    tokio::time::sleep(OUTAGE.saturating_sub(began.elapsed())).await;
    // Whatever was acknowledged until now was acknowledged before the end, or as it ended.
    let before = crowd.acknowledged();
    tokio::task::block_in_place(|| server.start_again())?;
    let back = Instant::now();
    let connection = Database::connect(server.url()).await?;
    crowd.check(&connection).await.context("right after the restart")?;
    connection.close().await?;
    readiness_becomes(demo, 200).await?;
    let ready = Instant::now();
    crowd.wait_for_acknowledged((before + 20).min(PERSONS)).await?;
    Ok(Outage { how, began, back, ready })
}

async fn readiness_becomes(demo: &Demo, wanted: u16) -> anyhow::Result<()> {
    let give_up = Instant::now() + NOTICED_WITHIN;
    while demo.readiness().await?.0 != wanted {
        ensure!(Instant::now() < give_up, "/readyz did not become {wanted}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

impl Outage {
    /// Whether an error at this time can come of it.
    fn explains(&self, lost: &Lost) -> bool {
        lost.code == "UNAVAILABLE" && lost.at >= self.began && lost.at <= self.back + OVER_WITHIN
    }
}

/// Every error says that the service is away and fell into an outage, and there were some in each.
fn judge(outages: &[Outage], lost: &[Lost]) -> anyhow::Result<String> {
    let strange: Vec<&Lost> = lost.iter().filter(|lost| !outages.iter().any(|one| one.explains(lost))).collect();
    ensure!(strange.is_empty(), "{} errors that no outage explains, such as {:?}", strange.len(), strange[0]);
    let mut figures = Vec::new();
    for outage in outages {
        let these: Vec<&Lost> = lost.iter().filter(|lost| outage.explains(lost)).collect();
        ensure!(!these.is_empty(), "{:?}: nobody met the outage: the test shows nothing", outage.how);
        let last = these.iter().map(|lost| lost.at).max().unwrap_or(outage.back);
        figures.push(format!(
            "{:?}: {} times UNAVAILABLE, the last {:.1} s after the database was back, ready {:.1} s after it",
            outage.how,
            these.len(),
            last.saturating_duration_since(outage.back).as_secs_f64(),
            (outage.ready - outage.back).as_secs_f64()
        ));
    }
    Ok(figures.join("; "))
}

/// People who look at their invitations all the time.
struct Readers {
    stopped: Arc<AtomicBool>,
    reads: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<anyhow::Result<()>>>,
}

impl Readers {
    fn start(crowd: &Arc<Crowd>) -> Self {
        let (stopped, reads) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let tasks = (0..READERS).map(|reader| {
            let (crowd, stopped, reads) = (Arc::clone(crowd), Arc::clone(&stopped), Arc::clone(&reads));
            tokio::spawn(async move {
                let mut person = reader;
                while !stopped.load(Ordering::Acquire) {
                    if crowd.read(person % PERSONS).await? {
                        reads.fetch_add(1, Ordering::Relaxed);
                    }
                    person += READERS;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Ok(())
            })
        });
        let tasks = tasks.collect();
        Self { stopped, reads, tasks }
    }

    async fn stop(self) -> anyhow::Result<usize> {
        self.stopped.store(true, Ordering::Release);
        for task in self.tasks {
            task.await?.context("a read")?;
        }
        Ok(self.reads.load(Ordering::Relaxed))
    }
}

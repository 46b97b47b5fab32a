//! kill -9 while people answer: what was acknowledged is there, exactly once.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use hearten_tests::{
    binary,
    client::{Answer, Client},
    issuer::Issuer,
    skipped::{skip, tell},
    store::Store,
    survey_loop::{self, Group, Organization, Parties, Question, Respondent, SUBMIT},
};
use serde_json::json;

const PERSONS: usize = 500;
const KILLS: usize = 10;
const CLIENTS: usize = 16;
const ANSWERED_WITHIN: Duration = Duration::from_secs(240);
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

/// What the clients know, all together.
struct Crowd {
    client: Client,
    organization: Organization,
    tokens: Vec<String>,
    survey: String,
    next: AtomicUsize,
    acknowledged: Mutex<HashMap<usize, String>>,
    sent_again: AtomicUsize,
    give_up: Instant,
}

/// Everybody gives another sheet: person n writes n in base 5.
fn organization() -> Organization {
    let groups = vec![Group { id: "loop-root".to_owned(), name: "Loop root".to_owned(), parent: None }];
    let digits = |mut n: usize| {
        let digit = |_| {
            let digit = n % 5;
            n /= 5;
            u8::try_from(digit + 1).ok()
        };
        (0..4).map(digit).collect()
    };
    let questions = (1..=4).map(|n| Question { key: format!("q{n}"), points: 5 }).collect();
    let respondents = (0..PERSONS).map(|n| Respondent {
        id: format!("loop-{n}"),
        name: format!("Person {n}"),
        group: 0,
        answers: Some(digits(n)),
    });
    Organization { groups, questions, respondents: respondents.collect() }
}

async fn acknowledged_sheets_survive(name: &str, store: &Store) -> anyhow::Result<()> {
    if !cfg!(unix) {
        return skip(name, "there is no kill -9");
    }
    let issuer = Issuer::start()?;
    let mut launch = store.launch();
    launch.trust_issuer = Some(issuer.url());
    let mut demo = launch.start()?;
    let organization = organization();
    let client = demo.client()?;
    let parties = Parties {
        client: client.clone(),
        issuer: &issuer,
        admin: demo.token("admin")?,
        partner: demo.token("people partner")?,
        minimum_group: 5,
    };
    survey_loop::import(&parties, &organization).await?;
    let crowd = Arc::new(Crowd {
        survey: survey_loop::launch(&parties, &organization).await?,
        client,
        tokens: organization.respondents.iter().map(|one| issuer.token(&one.email())).collect(),
        organization,
        next: AtomicUsize::new(0),
        acknowledged: Mutex::default(),
        sent_again: AtomicUsize::new(0),
        give_up: Instant::now() + ANSWERED_WITHIN,
    });
    let began = Instant::now();
    let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(Arc::clone(&crowd).answer_for_some())).collect();
    let mut beyond = 0;
    for kill in 1..=KILLS {
        crowd.wait_for_acknowledged(kill * PERSONS / (KILLS + 1)).await?;
        let again = demo.kill()?;
        // Every other time the server itself is the first to open what the kill left.
        if kill % 2 == 0 {
            beyond += crowd.compare(store).await?;
        }
        demo = again.start()?;
    }
    for client in clients {
        client.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    crowd.send_everything_again().await?;
    demo.kill()?;
    for (what, sql) in [
        ("sheets", format!("SELECT count(*) AS value FROM answer_sheets WHERE {LAST_WAVE}")),
        ("different sheets", format!("SELECT count(DISTINCT packed) AS value FROM answer_sheets WHERE {LAST_WAVE}")),
        ("receipts", format!("SELECT count(DISTINCT receipt_hash) AS value FROM answer_sheets WHERE {LAST_WAVE}")),
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
    let again = crowd.sent_again.load(Ordering::Relaxed);
    tell(
        name,
        &format!(
            "{PERSONS} sheets, {KILLS} kills in {seconds:.1} s; {again} submissions lost their answer and were sent \
             again; {beyond} sheets were there without an acknowledgement when looked at"
        ),
    );
    ensure!(again > 0, "no kill hit a submission: the test shows nothing");
    Ok(())
}

impl Crowd {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn wait_for_acknowledged(&self, wanted: usize) -> anyhow::Result<()> {
        while self.count() < wanted {
            ensure!(Instant::now() < self.give_up, "only {} sheets were acknowledged", self.count());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// With the server dead: everything acknowledged is there, and nothing but that and what was under way.
    async fn compare(&self, store: &Store) -> anyhow::Result<usize> {
        let sql = format!("SELECT count(*) AS value FROM answer_sheets WHERE {LAST_WAVE}");
        let sheets = usize::try_from(store.number(&sql).await?)?;
        let acknowledged = self.count();
        ensure!(acknowledged <= sheets, "{acknowledged} sheets were acknowledged, {sheets} are there");
        ensure!(sheets <= acknowledged + CLIENTS, "{acknowledged} sheets were acknowledged, but {sheets} are there");
        Ok(sheets - acknowledged)
    }

    async fn answer_for_some(self: Arc<Self>) -> anyhow::Result<()> {
        loop {
            let person = self.next.fetch_add(1, Ordering::Relaxed);
            if person >= PERSONS {
                return Ok(());
            }
            let receipt = format!("{:032x}", rand::random::<u128>());
            self.submit(person, &receipt).await?;
            self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).insert(person, receipt);
        }
    }

    /// Sends the sheet of a person until it is acknowledged.
    async fn submit(&self, person: usize, receipt: &str) -> anyhow::Result<()> {
        let token = &self.tokens[person];
        let invitation = loop {
            match survey_loop::find_invitation(&self.client, token, &self.survey).await {
                Ok(found) => break found,
                Err(error) if error.is::<reqwest::Error>() => self.pause().await?,
                Err(error) => return Err(error),
            }
        };
        let answers = self.organization.respondents[person].answers.as_deref().context("everybody answers")?;
        let answers = survey_loop::answers_input(&self.organization, answers);
        let input = json!({ "input": { "invitation": invitation, "answers": answers, "receipt": receipt } });
        loop {
            match self.client.ask(Some(token), SUBMIT, input.clone()).await {
                Ok(answer) => return check_acknowledged(&answer, receipt),
                Err(_) => {
                    self.sent_again.fetch_add(1, Ordering::Relaxed);
                    self.pause().await?;
                }
            }
        }
    }

    async fn pause(&self) -> anyhow::Result<()> {
        ensure!(Instant::now() < self.give_up, "the server did not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(())
    }

    /// Whoever lost the answer may ask once more, at any time: it is the same answer. Another receipt is refused.
    async fn send_everything_again(&self) -> anyhow::Result<()> {
        let acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (person, receipt) in &acknowledged {
            self.submit(*person, receipt).await?;
        }
        let stranger = self.submit(0, "another-receipt-of-32-characters").await;
        ensure!(stranger.is_err_and(|error| error.to_string().contains("ALREADY_DONE")), "a person answered twice");
        Ok(())
    }
}

fn check_acknowledged(answer: &Answer, receipt: &str) -> anyhow::Result<()> {
    let payload = &answer.body["data"]["answersSubmit"];
    if payload["invitation"]["state"] == "ANSWERED" && payload["receipt"] == receipt {
        return Ok(());
    }
    bail!("a submission was not acknowledged: {}", answer.body)
}

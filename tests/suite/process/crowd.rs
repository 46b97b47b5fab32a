//! Many people who answer one survey at a time, and remember what they were promised: whatever happens to the server or
//! its database, each sheet that was acknowledged is there exactly once, and none that nobody sent.
//!
//! A sheet is known by its receipt, which only the client has. The database has a hash of it.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use hearten_entity::{InOrganization, answer_sheet, organization, wave};
use hearten_ids::{SurveyId, WaveId};
use hearten_tests::{
    client::{Answer, Client},
    demo::Demo,
    issuer::Issuer,
    survey_loop::{self, Group, Organization, Parties, Question, Respondent, SUBMIT},
};
use sea_orm::{ColumnTrait, DatabaseConnection, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

/// How many answer at a time, and so how many submissions can be under way.
pub const CLIENTS: usize = 16;
/// Everything takes minutes at most, also on a machine that does other things.
const PATIENCE: Duration = Duration::from_secs(300);
const INVITATIONS: &str = "{ viewer { invitations(first: 5) { nodes { id state survey { id } } } } }";

/// What the clients know, all together.
pub struct Crowd {
    client: Client,
    organization: Organization,
    tokens: Vec<String>,
    survey: String,
    next: AtomicUsize,
    ledger: Mutex<Ledger>,
    lost: Mutex<Vec<Lost>>,
    // Sent again only: after which codes of errors, beside no answer at all.
    retried: &'static [&'static str],
    give_up: Instant,
}

#[derive(Default)]
struct Ledger {
    // Receipts that were sent, by person.
    sent: HashMap<usize, String>,
    acknowledged: HashSet<usize>,
}

/// A request that had to be sent again.
#[derive(Debug, Clone)]
pub struct Lost {
    /// When the error came.
    pub at: Instant,
    /// The code of the error; empty without an answer.
    pub code: String,
}

/// Everybody gives another sheet: person n writes n in base 5.
fn organization(persons: usize) -> Organization {
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
    let respondents = (0..persons).map(|n| Respondent {
        id: format!("loop-{n}"),
        name: format!("Person {n}"),
        group: 0,
        answers: Some(digits(n)),
    });
    Organization { groups, questions, respondents: respondents.collect() }
}

impl Crowd {
    /// Imports so many persons into `demo` and launches a survey of them. What ends in one of `retried`, or in no
    /// answer, is sent again.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn gather(
        demo: &Demo,
        issuer: &Issuer,
        persons: usize,
        retried: &'static [&'static str],
    ) -> anyhow::Result<Arc<Self>> {
        let organization = organization(persons);
        let client = demo.client()?;
        let parties = Parties {
            client: client.clone(),
            issuer,
            admin: demo.token("admin")?,
            partner: demo.token("people partner")?,
            minimum_group: 5,
        };
        survey_loop::import(&parties, &organization).await?;
        let survey = survey_loop::launch(&parties, &organization).await?;
        Ok(Arc::new(Self {
            client,
            tokens: organization.respondents.iter().map(|one| issuer.token(&one.email())).collect(),
            organization,
            survey,
            next: AtomicUsize::new(0),
            ledger: Mutex::default(),
            lost: Mutex::default(),
            retried,
            give_up: Instant::now() + PATIENCE,
        }))
    }

    /// Begins to answer, [`CLIENTS`] at a time, until everybody has.
    pub fn answer(self: &Arc<Self>) -> Vec<JoinHandle<anyhow::Result<()>>> {
        (0..CLIENTS).map(|_| tokio::spawn(Arc::clone(self).answer_for_some())).collect()
    }

    /// How many sheets were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.ledger().acknowledged.len()
    }

    /// The requests that had to be sent again so far.
    pub fn lost(&self) -> Vec<Lost> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many sheets were acknowledged.
    ///
    /// # Errors
    /// When it takes too long.
    pub async fn wait_for_acknowledged(&self, wanted: usize) -> anyhow::Result<()> {
        while self.acknowledged() < wanted {
            ensure!(Instant::now() < self.give_up, "only {} sheets were acknowledged", self.acknowledged());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Compares the database with what the clients know; returns how many sheets are there beyond those that were
    /// acknowledged.
    ///
    /// # Errors
    /// When an acknowledged sheet is missing or doubled, or a sheet is there that nobody sent.
    pub async fn check(&self, db: &DatabaseConnection) -> anyhow::Result<usize> {
        // Acknowledged before the look, sent before its end: the server may be at work meanwhile.
        let acknowledged = self.ledger().acknowledged.clone();
        let survey: SurveyId = self.survey.parse()?;
        let owner = organization::Entity::by_slug("demo").one(db).await?.context("no organization")?.id;
        let of_survey = wave::Entity::in_org(owner).filter(wave::Column::SurveyId.eq(survey));
        let wave = of_survey.one(db).await?.context("no wave")?.id;
        let of_wave = answer_sheet::Entity::in_org(owner).filter(answer_sheet::Column::WaveId.eq(wave));
        let sheets = of_wave.all(db).await?.into_iter().map(|sheet| sheet.receipt_hash.unwrap_or_default());
        let sheets: Vec<Vec<u8>> = sheets.collect();
        let sent = self.ledger().sent.iter().map(|(person, text)| (*person, receipt_hash(wave, text))).collect();
        compare(&acknowledged, &sent, &sheets)?;
        Ok(sheets.len() - acknowledged.len())
    }

    /// Whoever lost the answer may ask once more, at any time: it is the same answer. Another receipt is refused.
    ///
    /// # Errors
    /// When somebody is answered otherwise.
    pub async fn send_everything_again(&self) -> anyhow::Result<()> {
        let sent = self.ledger().sent.clone();
        for (person, receipt) in &sent {
            self.submit(*person, receipt).await?;
        }
        let stranger = self.submit(0, "another-receipt-of-32-characters").await;
        ensure!(stranger.is_err_and(|error| error.to_string().contains("ALREADY_DONE")), "a person answered twice");
        Ok(())
    }

    /// Reads the invitation of a person, whatever the outcome: Ok(false) when the service says that it is away.
    ///
    /// # Errors
    /// When the answer is wrong, or an error is none that is retried.
    pub async fn read(&self, person: usize) -> anyhow::Result<bool> {
        let answered = self.ledger().acknowledged.contains(&person);
        let answer = self.client.ask(Some(&self.tokens[person]), INVITATIONS, Value::Null).await?;
        if self.note_lost(answer.code()) {
            return Ok(false);
        }
        let data = answer.data()?;
        let found = self.invitation_in(&data)?;
        ensure!(!answered || found["state"] == "ANSWERED", "an acknowledged sheet was not seen: {data}");
        Ok(true)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer_for_some(self: Arc<Self>) -> anyhow::Result<()> {
        loop {
            let person = self.next.fetch_add(1, Ordering::Relaxed);
            if person >= self.tokens.len() {
                return Ok(());
            }
            let receipt = format!("{:032x}", rand::random::<u128>());
            self.ledger().sent.insert(person, receipt.clone());
            self.submit(person, &receipt).await?;
            self.ledger().acknowledged.insert(person);
        }
    }

    /// Sends the sheet of a person until it is acknowledged.
    async fn submit(&self, person: usize, receipt: &str) -> anyhow::Result<()> {
        let data = self.ask(person, INVITATIONS, Value::Null).await?.data()?;
        let invitation = &self.invitation_in(&data)?["id"];
        let answers = self.organization.respondents[person].answers.as_deref().context("everybody answers")?;
        let answers = survey_loop::answers_input(&self.organization, answers);
        let input = json!({ "input": { "invitation": invitation, "answers": answers, "receipt": receipt } });
        let answer = self.ask(person, SUBMIT, input).await?;
        let payload = &answer.body["data"]["answersSubmit"];
        if payload["invitation"]["state"] == "ANSWERED" && payload["receipt"] == receipt {
            return Ok(());
        }
        bail!("a submission was not acknowledged: {}", answer.body)
    }

    /// Asks as a person until there is an answer that is not to be retried.
    async fn ask(&self, person: usize, document: &str, variables: Value) -> anyhow::Result<Answer> {
        loop {
            match self.client.ask(Some(&self.tokens[person]), document, variables.clone()).await {
                Ok(answer) if !self.note_lost(answer.code()) => return Ok(answer),
                Ok(_) => {}
                Err(_) => self.note(""),
            }
            ensure!(Instant::now() < self.give_up, "the server did not come back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether this error is one that is retried; it is counted then.
    fn note_lost(&self, code: &str) -> bool {
        let retried = self.retried.contains(&code);
        if retried {
            self.note(code);
        }
        retried
    }

    fn note(&self, code: &str) {
        let lost = Lost { at: Instant::now(), code: code.to_owned() };
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).push(lost);
    }

    fn invitation_in<'a>(&self, data: &'a Value) -> anyhow::Result<&'a Value> {
        let nodes = data["viewer"]["invitations"]["nodes"].as_array().context("no invitations")?;
        nodes.iter().find(|one| one["survey"]["id"] == self.survey).context("not invited")
    }
}

/// What is stored beside a sheet, as `api/src/areas/surveys/answering.rs` computes it: if the two differ, nothing that
/// was acknowledged is found.
fn receipt_hash(wave: WaveId, receipt: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [wave.to_string().as_str(), "(sheet)", receipt] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}

fn compare(acknowledged: &HashSet<usize>, sent: &HashMap<usize, Vec<u8>>, sheets: &[Vec<u8>]) -> anyhow::Result<()> {
    let mut times: HashMap<&[u8], usize> = HashMap::new();
    sheets.iter().for_each(|hash| *times.entry(hash).or_default() += 1);
    let there = |person: &usize| sent.get(person).and_then(|hash| times.get(hash.as_slice())).copied().unwrap_or(0);
    let missing = acknowledged.iter().filter(|person| there(person) == 0).count();
    ensure!(missing == 0, "{missing} of {} acknowledged sheets are gone", acknowledged.len());
    let doubled = times.values().filter(|times| **times > 1).count();
    ensure!(doubled == 0, "{doubled} sheets are there more than once");
    let known = sent.keys().filter(|person| there(person) > 0).count();
    ensure!(known == sheets.len(), "{} sheets are there that nobody sent", sheets.len() - known);
    Ok(())
}

/// The check sees a single sheet that is missing, doubled or foreign, whatever else is there.
#[test]
fn one_lost_sheet_among_many_is_seen() {
    let hash = |n: usize| n.to_le_bytes().to_vec();
    let sent: HashMap<usize, Vec<u8>> = (0..100).map(|n| (n, hash(n))).collect();
    let acknowledged: HashSet<usize> = (0..84).collect();
    let all: Vec<Vec<u8>> = (0..100).map(hash).collect();
    compare(&acknowledged, &sent, &all).unwrap();
    compare(&acknowledged, &sent, &all[..84]).unwrap();
    let complaint = |sheets: &[Vec<u8>]| compare(&acknowledged, &sent, sheets).unwrap_err().to_string();
    assert_eq!(complaint(&all[1..]), "1 of 84 acknowledged sheets are gone");
    assert_eq!(complaint(&[&all[..], &all[7..8]].concat()), "1 sheets are there more than once");
    assert_eq!(complaint(&[&all[..], &[hash(100)]].concat()), "1 sheets are there that nobody sent");
}

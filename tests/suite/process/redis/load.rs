//! A constant mix of reads and writes, and what is thought of the answers afterwards.

use std::{
    fmt::Write,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use hearten_tests::client::Client;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

const READ: &str = "query($id: ID!) { node(id: $id) { ... on Person { title } } viewer { person { displayName } } }";
/// Slow enough that nobody's bucket runs dry.
const READ_EVERY: Duration = Duration::from_millis(15);
const WRITE_EVERY: Duration = Duration::from_millis(80);
/// While the bus is there, another node hears of a change a moment later; a busy machine makes it a long one.
const HEARD_WITHIN: Duration = Duration::from_secs(20);
/// How many requests may fail at the loss.
const MOST_ERRORS: usize = 20;

/// When Redis was lost, until when errors are forgiven, and when it was back.
#[derive(Debug, Clone, Copy)]
pub struct Phases {
    /// The loss.
    pub lost: Instant,
    /// From here on the loss is no excuse.
    pub forgiven: Instant,
    /// The return.
    pub back: Instant,
}

/// A writer on the first node that counts a person's title up, and readers of it on every node.
pub struct Load {
    person: Value,
    admin: String,
    nodes: Vec<Client>,
    stopped: AtomicBool,
    // When each number was acknowledged; the place is the number.
    written: Mutex<Vec<Instant>>,
    events: Mutex<Vec<Event>>,
}

struct Event {
    at: Instant,
    node: usize,
    outcome: Outcome,
}

enum Outcome {
    Written,
    /// How long what was read had been outdated.
    Read(Duration),
    Wrong(String),
}

impl Load {
    pub fn new(person: Value, admin: String, nodes: Vec<Client>) -> Self {
        Self {
            person,
            admin,
            nodes,
            stopped: AtomicBool::new(false),
            written: Mutex::default(),
            events: Mutex::default(),
        }
    }

    /// Starts one writer, and a reader for each of `readers`.
    pub fn start(self: &Arc<Self>, readers: &[String]) -> Vec<JoinHandle<()>> {
        let mut tasks = vec![tokio::spawn(Arc::clone(self).write())];
        for (number, token) in readers.iter().enumerate() {
            tasks.push(tokio::spawn(Arc::clone(self).read(number % self.nodes.len(), token.clone())));
        }
        tasks
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    fn runs(&self) -> bool {
        !self.stopped.load(Ordering::Acquire)
    }

    fn written(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, node: usize, outcome: Outcome) {
        let event = Event { at: Instant::now(), node, outcome };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    async fn write(self: Arc<Self>) {
        let mut number = 0;
        while self.runs() {
            let input = json!({ "person": self.person, "title": number.to_string() });
            match self.nodes[0].change(&self.admin, super::UPDATE, input).await {
                Ok(_) => {
                    self.written().push(Instant::now());
                    self.note(0, Outcome::Written);
                    number += 1;
                }
                // It may have been done all the same: the same number again does no harm.
                Err(error) => self.note(0, Outcome::Wrong(format!("a write: {error:#}"))),
            }
            tokio::time::sleep(WRITE_EVERY).await;
        }
    }

    async fn read(self: Arc<Self>, node: usize, token: String) {
        let mut last = None;
        while self.runs() {
            let known = self.written().len().checked_sub(1);
            let data = self.nodes[node].data(&token, READ, json!({ "id": self.person })).await;
            let outcome = match data {
                Err(error) => Outcome::Wrong(format!("a read: {error:#}")),
                Ok(data) if !data["viewer"]["person"]["displayName"].is_string() => {
                    Outcome::Wrong(format!("somebody is not who they are: {data}"))
                }
                Ok(data) => {
                    let seen = data["node"]["title"].as_str().and_then(|title| title.parse::<usize>().ok());
                    let backwards = seen < last;
                    last = seen;
                    if backwards { Outcome::Wrong(format!("went back to {seen:?}")) } else { self.age(seen, known) }
                }
            };
            self.note(node, outcome);
            tokio::time::sleep(READ_EVERY).await;
        }
    }

    /// How long `seen` had been outdated, when `known` was acknowledged before the question was asked.
    fn age(&self, seen: Option<usize>, known: Option<usize>) -> Outcome {
        if seen >= known {
            return Outcome::Read(Duration::ZERO);
        }
        let next = self.written().get(seen.map_or(0, |seen| seen + 1)).copied();
        Outcome::Read(next.map_or(Duration::ZERO, |since| since.elapsed()))
    }

    /// What is to be told, or the first rule that was broken.
    ///
    /// # Errors
    /// When an error lasted, or an answer was wrong or older than it may be.
    pub fn judge(&self, phases: Phases) -> anyhow::Result<String> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut figures = String::new();
        let forever = Instant::now();
        let (mut from, mut errors) = (None, 0);
        for (phase, until, tolerated, oldest) in [
            ("with Redis", phases.lost, 0, HEARD_WITHIN),
            ("at the loss", phases.forgiven, MOST_ERRORS, phases.forgiven - phases.lost),
            // Every request asks the database: nothing old is ever read.
            ("without Redis", phases.back, 0, Duration::ZERO),
            ("after its return", forever, 0, HEARD_WITHIN),
        ] {
            let these = events.iter().filter(|event| from.is_none_or(|from| event.at >= from) && event.at < until);
            let (mut writes, mut reads, mut wrong, mut latest) = (0, 0, Vec::new(), Duration::ZERO);
            for event in these {
                match &event.outcome {
                    Outcome::Written => writes += 1,
                    Outcome::Read(age) => {
                        reads += 1;
                        latest = latest.max(*age);
                        // A node sees its own changes at once.
                        ensure!(event.node > 0 || age.is_zero(), "{phase}: an old answer where it was written");
                    }
                    Outcome::Wrong(what) => wrong.push(what),
                }
            }
            ensure!(wrong.len() <= tolerated, "{phase}: {} errors, such as {:?}", wrong.len(), &wrong[..1]);
            ensure!(latest <= oldest, "{phase}: an answer was {latest:?} old, at most {oldest:?} may be");
            errors += wrong.len();
            write!(figures, "{phase}: {writes} writes, {reads} reads, oldest {latest:?}; ")?;
            from = Some(until);
        }
        write!(figures, "{errors} errors")?;
        Ok(figures)
    }
}

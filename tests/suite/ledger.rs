//! The books add up whatever happens at once: ten thousand operations of many hands, then every account against what its
//! postings say, and the whole against the pure ledger.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use hearten_api::{
    app::App,
    areas::{
        points::{service as points, store::Account, upkeep},
        recognition::{
            giving::{self, NewRecognition},
            store::RecognitionVisibility,
        },
        rewards::{
            catalogue::{self, RewardChange},
            redeeming::{self, Step},
        },
    },
    auth::Session,
    config::{Config, Secret},
    graphql::{context::RequestContext, error::Refusal},
    platform::{
        clock::Clock,
        db::{Db, DbSource},
        random::Random,
    },
};
use hearten_entity::{InOrganization, point_account, point_posting, point_transfer, recognition, redemption};
use hearten_ids::{OrganizationId, PersonId, RecognitionId, RedemptionId, RequestId, RewardId};
use hearten_ledger::{AccountKind, Book, Kinded, Transfer};
use hearten_policy::{Actor, Principal};
use serde_json::json;

use crate::harness::TestApp;

const OPERATIONS: usize = 10_000;
const HANDS: usize = 8;

/// A node of its own on the test's database. Commits do not wait for the disk: what is shown here is that the books add
/// up, not that they survive a power cut.
async fn node_of(test: &TestApp) -> Arc<App> {
    let mut config = Config::load(None).unwrap();
    config.database.url = Secret::new(test.database.url());
    let clock = Clock::manual(crate::harness::beginning());
    let mut app = App::new(config, clock, Random::seeded(7)).await.unwrap();
    app.database = DbSource::hasty(&test.database.url(), 4).await.unwrap();
    Arc::new(app)
}

/// Somebody who does things through the services.
#[derive(Clone)]
struct Hand {
    app: Arc<App>,
    db: Db,
    organization: OrganizationId,
    people: Arc<Vec<PersonId>>,
    rewards: Arc<Vec<RewardId>>,
    given: Arc<Mutex<Vec<(PersonId, RecognitionId)>>>,
    redeemed: Arc<Mutex<Vec<(PersonId, RedemptionId)>>>,
    done: Arc<Mutex<BTreeMap<&'static str, [usize; 2]>>>,
    admin: PersonId,
    lead: PersonId,
}

impl Hand {
    async fn as_person(&self, person: PersonId) -> RequestContext {
        let snapshot = self.app.charts.current(&self.db, true, self.organization).await.unwrap();
        let principal = Principal::Person(person);
        let actor = Actor { organization: self.organization, principal, grants: snapshot.grants_of(person) };
        let session = Session { actor, expires_at: self.app.clock.now() + chrono::TimeDelta::days(400) };
        let id = RequestId(self.app.random.id(self.app.clock.now()));
        RequestContext::new(Arc::clone(&self.app), self.db.clone(), id, Some((session, snapshot)))
    }

    /// One of the last few: older ones have their time behind them.
    fn any<T: Copy>(&self, of: &Mutex<Vec<T>>) -> Option<T> {
        let of = of.lock().unwrap();
        of.iter().rev().nth(self.app.random.below(of.len().min(12))).copied()
    }

    fn person(&self) -> PersonId {
        self.people[self.app.random.below(self.people.len())]
    }

    /// One operation at random. Refusals are expected; anything else is not.
    async fn act(&self) {
        let below = |bound| self.app.random.below(bound);
        let points = |bound| i64::try_from(1 + self.app.random.below(bound)).unwrap();
        let me = self.person();
        let (what, outcome) = match below(100) {
            0..40 => {
                let from_budget = below(6) == 0;
                let giver = if from_budget { self.lead } else { me };
                let ctx = self.as_person(giver).await;
                let team = ctx.asker().unwrap().snapshot.chart.person(self.lead).unwrap().team;
                let mut receivers: Vec<PersonId> = (0..=below(4)).map(|_| self.person()).collect();
                receivers.sort_unstable();
                receivers.dedup();
                receivers.retain(|person| *person != giver);
                let new = NewRecognition {
                    receivers,
                    company_value: None,
                    message: "Thanks".to_owned(),
                    points: points(9),
                    visibility: RecognitionVisibility::Public,
                    budget_team: team.filter(|_| from_budget),
                };
                let outcome = giving::give(&ctx, new, None).await.map(|given| {
                    self.given.lock().unwrap().push((giver, given.id));
                });
                ("give", outcome)
            }
            40..65 => {
                let ctx = self.as_person(me).await;
                let reward = self.rewards[below(self.rewards.len())];
                let outcome = redeeming::redeem(&ctx, reward, None).await.map(|row| {
                    self.redeemed.lock().unwrap().push((me, row.id));
                });
                ("redeem", outcome)
            }
            65..85 => {
                let Some((owner, id)) = self.any(&self.redeemed) else { return };
                let (who, step) = match below(5) {
                    0 => (self.admin, Step::Approve),
                    1 => (self.admin, Step::Decline("No".to_owned())),
                    2 => (owner, Step::Cancel),
                    3 => (self.admin, Step::Fulfil),
                    _ => (self.admin, Step::Refund("No".to_owned())),
                };
                ("step", redeeming::step(&self.as_person(who).await, id, step).await.map(drop))
            }
            85..90 => {
                let Some((giver, id)) = self.any(&self.given) else { return };
                ("withdraw", giving::withdraw(&self.as_person(giver).await, id).await.map(drop))
            }
            90..94 => {
                let ctx = self.as_person(self.admin).await;
                let amount = points(60) - 20;
                ("adjust", points::adjust(&ctx, me, amount, "A correction", None).await.map(drop))
            }
            94..97 => {
                let ctx = self.as_person(self.admin).await;
                let team = ctx.asker().unwrap().snapshot.chart.person(self.lead).unwrap().team.unwrap();
                ("budget", points::grant_budget(&ctx, team, points(40), None).await)
            }
            _ => {
                // The months go by, and what is left of allowances lapses.
                self.app.clock.advance(Duration::from_secs(60 * 60 * 24 * 4));
                let renewed = upkeep::renew_all(&self.app, &self.db, self.organization).await;
                ("renew", renewed.map(drop).map_err(Refusal::from))
            }
        };
        let won = usize::from(outcome.is_ok());
        if let Err(Refusal::Exception(exception)) = outcome {
            panic!("{what}: {exception:?}");
        }
        self.done.lock().unwrap().entry(what).or_default()[won] += 1;
        self.app.clock.advance(Duration::from_millis(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_operations_at_once_neither_lose_nor_make_a_point() {
    let test = TestApp::start().await;
    let app = node_of(&test).await;
    let db = app.database.open().await.unwrap();
    let chart = app.charts.current(&db, true, test.acme.id).await.unwrap();
    let id = |name: &str| chart.chart.person_by_external_id(name).unwrap().id;
    let people = ["emil", "anna", "anton", "aylin", "arne", "nora", "bela", "bodo", "bina", "berk", "carl", "cara"];
    let mut hand = Hand {
        db,
        organization: test.acme.id,
        people: Arc::new(people.map(id).into()),
        rewards: Arc::default(),
        given: Arc::default(),
        redeemed: Arc::default(),
        done: Arc::default(),
        admin: id("adam"),
        lead: id("nora"),
        app,
    };
    let keeper = hand.as_person(hand.admin).await;
    let mut rewards = Vec::new();
    for (price, stock, needs_approval) in [(5, None, false), (20, Some(40), true), (60, Some(5), true)] {
        let change = RewardChange {
            title: Some("Something".to_owned()),
            price: Some(price),
            stock: Some(stock),
            needs_approval: Some(needs_approval),
            ..RewardChange::default()
        };
        rewards.push(catalogue::create(&keeper, change, None).await.unwrap().id);
    }
    hand.rewards = Arc::new(rewards);
    let hands = (0..HANDS).map(|_| {
        let hand = hand.clone();
        tokio::spawn(async move {
            for _ in 0..OPERATIONS / HANDS {
                hand.act().await;
            }
        })
    });
    for outcome in futures_util::future::join_all(hands).await {
        outcome.unwrap();
    }
    let done = hand.done.lock().unwrap().clone();
    for (what, [refused, won]) in &done {
        assert!(*won > 20, "{what} was done {won} times and refused {refused} times: {done:?}");
    }
    assert_books(&hand.db, test.acme.id).await;
    let check = points::check(&keeper).await.unwrap();
    assert!(check.is_sound(), "{check:?}");
    // Points that were held or spent belong to redemptions that say so.
    let rows = redemption::Entity::in_org(test.acme.id).all(hand.db.read()).await.unwrap();
    let of = |states: &[&str]| -> i64 {
        rows.iter().filter(|row| states.contains(&row.state.as_str())).map(|row| row.price).sum()
    };
    let balance = |kind| check.kinds.iter().find(|sum| sum.kind == kind).unwrap().balance;
    assert_eq!(balance(AccountKind::Hold), of(&["REQUESTED", "APPROVED"]));
    assert_eq!(balance(AccountKind::Spent), of(&["FULFILLED"]));
}

/// Every account holds what its postings sum to, its postings follow one upon the other, nothing was ever below zero but
/// the issue, and the pure ledger comes to the same balances.
pub async fn assert_books(db: &Db, organization: OrganizationId) {
    let accounts = point_account::Entity::in_org(organization).all(db.read()).await.unwrap();
    let postings = point_posting::Entity::in_org(organization).all(db.read()).await.unwrap();
    let transfers = point_transfer::Entity::in_org(organization).all(db.read()).await.unwrap();
    assert!(!transfers.is_empty() && postings.len() > transfers.len());
    assert_eq!(accounts.iter().map(|account| account.balance).sum::<i64>(), 0);
    let names: HashMap<_, _> = accounts.iter().map(|row| (row.id, Account::of(row).unwrap())).collect();
    // A chain of balances begins at zero and ends at the balance: what it leaves, it enters.
    for account in &accounts {
        let mut steps: BTreeMap<i64, i64> = BTreeMap::new();
        *steps.entry(0).or_default() += 1;
        *steps.entry(account.balance).or_default() -= 1;
        for posting in postings.iter().filter(|posting| posting.account_id == account.id) {
            assert!(posting.balance_after >= 0 || account.kind == AccountKind::Issue.as_str());
            *steps.entry(posting.balance_after - posting.amount).or_default() -= 1;
            *steps.entry(posting.balance_after).or_default() += 1;
        }
        assert!(steps.values().all(|count| *count == 0), "{:?} has a gap", names[&account.id]);
    }
    let mut of_transfer: HashMap<_, Vec<(Account, i64)>> = HashMap::new();
    for posting in &postings {
        of_transfer.entry(posting.transfer_id).or_default().push((names[&posting.account_id], posting.amount));
    }
    let replayed: Vec<Transfer<Account>> = transfers
        .iter()
        .map(|row| Transfer::new(row.kind.parse().unwrap(), of_transfer.remove(&row.id).unwrap()).unwrap())
        .collect();
    let book = Book::add_up(&replayed);
    assert_eq!(book.total(), 0);
    for account in &accounts {
        let name = names[&account.id];
        assert_eq!(book.balance(name), account.balance, "{name:?}");
        assert!(account.balance >= 0 || name.kind().may_be_below_zero());
    }
    let reversed: Vec<_> = transfers.iter().filter_map(|row| row.reverses).collect();
    let once: std::collections::HashSet<_> = reversed.iter().collect();
    assert_eq!(once.len(), reversed.len(), "no transfer is undone twice");
    let withdrawn = recognition::Entity::in_org(organization).all(db.read()).await.unwrap();
    for row in withdrawn.iter().filter(|row| row.transfer_id.is_some()) {
        let undone = reversed.iter().any(|id| Some(*id) == row.transfer_id);
        assert_eq!(undone, row.withdrawn_at.is_some(), "points of a recognition follow its state");
    }
}

/// The month is renewed once by two nodes that look at the same time, for everybody who is here.
#[tokio::test]
async fn allowances_are_granted_once_a_month() {
    let test = TestApp::start().await;
    let app = node_of(&test).await;
    let db = app.database.open().await.unwrap();
    let (one, other) = tokio::join!(
        upkeep::renew_all(&app, &db, test.acme.id),
        upkeep::renew_all(test.app(), test.db().await, test.acme.id)
    );
    let people = test.directory().await.chart.persons().len();
    assert!(one.unwrap().max(other.unwrap()) == people);
    let granted = || async {
        let rows = point_account::Entity::in_org(test.acme.id).all(db.read()).await.unwrap();
        let allowances = rows.iter().filter(|row| row.kind == "ALLOWANCE").map(|row| row.balance);
        let issued = rows.iter().find(|row| row.kind == "ISSUE").unwrap().balance;
        (allowances.sum::<i64>(), issued)
    };
    // Everybody but the one of the board.
    let total = i64::try_from(people - 1).unwrap() * 100;
    assert_eq!(granted().await, (total, -total));
    let mut done = upkeep::Done::new();
    upkeep::look(&app, &db, &mut done).await.unwrap();
    assert_eq!(granted().await, (total, -total), "a second look changes nothing");
    app.clock.advance(Duration::from_secs(60 * 60 * 24 * 10));
    upkeep::look(&app, &db, &mut done).await.unwrap();
    assert_eq!(granted().await, (total, -total), "December's instead of November's");
    let told = test.client_of("emil").await.data("{ viewer { notifications { nodes { kind } } } }").await;
    assert_eq!(told["viewer"]["notifications"]["nodes"][0], json!({ "kind": "ALLOWANCE_GRANTED" }));
    assert_books(&db, test.acme.id).await;
}

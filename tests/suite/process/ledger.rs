//! kill -9 while people spend points: the books add up after each kill, and what was acknowledged was spent exactly once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use hearten_tests::{
    binary,
    client::Client,
    issuer::Issuer,
    skipped::{skip, tell},
    store::Store,
};
use serde_json::{Value, json};

const CLIENTS: usize = 8;
const REDEMPTIONS: usize = 320;
const KILLS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(180);
const REDEEM: &str = "mutation($input: RewardRedeemInput!) { rewardRedeem(input: $input) {
    redemption { id } errors { code message } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn points_are_spent_once_through_kills_on_sqlite() -> anyhow::Result<()> {
    let store = Store::sqlite(&binary::hearten()?).await?;
    points_are_spent_once("points_are_spent_once_through_kills_on_sqlite", &store).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn points_are_spent_once_through_kills_on_postgres() -> anyhow::Result<()> {
    let name = "points_are_spent_once_through_kills_on_postgres";
    match Store::postgres(&binary::hearten()?).await? {
        Some(store) => points_are_spent_once(name, &store).await,
        // The suite runs twice, once on each back end.
        None => {
            tell(name, "runs when HEARTEN_TEST_POSTGRES_URL is set");
            Ok(())
        }
    }
}

/// Asks until there is an answer: the same request again, with its key.
async fn insist(
    client: &Client,
    token: &str,
    query: &str,
    variables: &Value,
    lost: &AtomicUsize,
) -> anyhow::Result<Value> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        match client.ask(Some(token), query, variables.clone()).await {
            // Another request with the key was under way when the server died.
            Ok(answer) if ["CONFLICT", "UNAVAILABLE"].contains(&answer.code()) => {}
            Ok(answer) => return answer.data(),
            Err(_) => {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        if Instant::now() > give_up {
            bail!("no answer in time");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn points_are_spent_once(name: &str, store: &Store) -> anyhow::Result<()> {
    if !cfg!(unix) {
        return skip(name, "there is no kill -9");
    }
    let issuer = Issuer::start()?;
    let mut launch = store.launch();
    launch.trust_issuer = Some(issuer.url());
    let mut demo = launch.start()?;
    let client = demo.client()?;
    let token = |who: &str| issuer.token(&format!("{who}@demo.example"));
    let lost = Arc::new(AtomicUsize::new(0));
    let create = "mutation { rewardCreate(input: { title: \"A pin\", price: 1, stock: 10000 }) {
        reward { id } errors { code message } } }";
    let created = insist(&client, &token("partner"), create, &json!({}), &lost).await?;
    let reward = created.pointer("/rewardCreate/reward/id").and_then(Value::as_str).context("a reward")?.to_owned();
    let people = ["employee", "manager"];
    for person in people {
        let who = insist(&client, &token(person), "{ viewer { person { id } } }", &json!({}), &lost).await?;
        let adjust = "mutation($id: ID!) { pointsAdjust(input: { person: $id, points: 400, reason: \"A start\" }) {
            errors { code message } } }";
        let id = &who["viewer"]["person"]["id"];
        insist(&client, &token("admin"), adjust, &json!({ "id": id }), &lost).await?;
    }
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|at| {
            let (client, token, reward) = (client.clone(), token(people[at % people.len()]), reward.clone());
            let (acknowledged, lost) = (Arc::clone(&acknowledged), Arc::clone(&lost));
            tokio::spawn(async move {
                for number in 0..REDEMPTIONS / CLIENTS {
                    let key = format!("client-{at}-redemption-{number}");
                    let variables = json!({ "input": { "reward": reward, "idempotencyKey": key } });
                    let data = insist(&client, &token, REDEEM, &variables, &lost).await?;
                    ensure!(data["rewardRedeem"]["redemption"].is_object(), "refused: {data}");
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        })
        .collect();
    let began = Instant::now();
    for kill in 1..=KILLS {
        while acknowledged.load(Ordering::Relaxed) < kill * REDEMPTIONS / (KILLS + 1) {
            ensure!(began.elapsed() < PATIENCE, "too slow");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let again = demo.kill()?;
        demo = again.start()?;
        check_books(store).await?;
    }
    for client in clients {
        client.await??;
    }
    demo.kill()?;
    check_books(store).await?;
    let of_reward = "SELECT count(*) AS value FROM redemptions WHERE reward_id = (SELECT reward_id FROM redemptions
        GROUP BY reward_id ORDER BY count(*) DESC LIMIT 1)";
    ensure!(store.number(of_reward).await? == i64::try_from(REDEMPTIONS)?, "each was asked for once");
    let again = lost.load(Ordering::Relaxed);
    tell(
        name,
        &format!("{REDEMPTIONS} redemptions, {KILLS} kills; {again} requests lost their answer and were sent again"),
    );
    ensure!(again > 0, "no kill hit a request: the test shows nothing");
    Ok(())
}

/// What holds in sound books, asked of the database itself.
async fn check_books(store: &Store) -> anyhow::Result<()> {
    for (what, sql) in [
        ("the sum of all accounts", "SELECT CAST(sum(balance) AS bigint) AS value FROM point_accounts"),
        ("accounts below zero", "SELECT count(*) AS value FROM point_accounts WHERE balance < 0 AND kind <> 'ISSUE'"),
        (
            "accounts that differ from their postings",
            "SELECT count(*) AS value FROM point_accounts a WHERE a.balance <>
                (SELECT coalesce(sum(p.amount), 0) FROM point_postings p WHERE p.account_id = a.id)",
        ),
        (
            "transfers that do not sum to zero",
            "SELECT count(*) AS value FROM point_transfers t WHERE
                (SELECT coalesce(sum(p.amount), 1) FROM point_postings p WHERE p.transfer_id = t.id) <> 0",
        ),
        (
            "redemptions under way whose price is not held",
            "SELECT count(*) AS value FROM redemptions r WHERE r.state IN ('REQUESTED', 'APPROVED') AND r.price <>
                (SELECT coalesce(sum(a.balance), -1) FROM point_accounts a WHERE a.kind = 'HOLD' AND a.holder = r.id)",
        ),
    ] {
        let found = store.number(sql).await?;
        ensure!(found == 0, "{what}: {found}");
    }
    Ok(())
}

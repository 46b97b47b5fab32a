//! Redis is lost under load and comes back. It is a cache, a bus and a place for buckets: losing it may cost a moment,
//! and neither a wrong answer nor an open door. On Postgres two nodes share one database, on SQLite there is one.

mod load;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hearten_tests::{
    binary,
    client::Client,
    demo::Demo,
    issuer::Issuer,
    redis_server::RedisServer,
    skipped::{skip, tell},
    store::Store,
    survey_loop::{self, Organization, Parties},
};
use serde_json::{Value, json};

use self::load::{Load, Phases};

/// Within this every node notices a loss or a return and hears of a change: a second or two, and much more on a busy
/// machine. Until the loss is noticed errors are forgiven, and changes may be seen late.
const NOTICED_WITHIN: Duration = Duration::from_secs(60);
/// So long it is away at least.
const OUTAGE: Duration = Duration::from_secs(5);
const CAPACITY: u64 = 10_000;
const RESTORED_PER_SECOND: f64 = 100.0;
const ME: &str = "{ viewer { id } }";
const UPDATE: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { id title } errors { code } } }";
const SIGN_OUT: &str = "mutation($input: PersonSignOutInput!) { personSignOut(input: $input) { errors { code } } }";
const CREATE_TOKEN: &str = "mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) {
    apiToken { id } secret errors { code } } }";
const REVOKE_TOKEN: &str = "mutation($input: ApiTokenRevokeInput!) { apiTokenRevoke(input: $input) {
    errors { code } } }";

/// The nodes and who talks to them. All tokens work on every node.
struct Town {
    nodes: Vec<Client>,
    admin: String,
    persons: Vec<String>,
    demos: Vec<Demo>,
    _issuer: Issuer,
}

/// How Redis is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// Killed, with all it held, and started again empty: every connection ends at once.
    Killed,
    /// Stopped without closing a connection, and continued: nobody is told, and what was sent arrives late.
    Frozen,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_redis_costs_a_moment_and_nothing_else() -> anyhow::Result<()> {
    lose_redis("a_killed_redis_costs_a_moment_and_nothing_else", Loss::Killed).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_redis_costs_a_moment_and_nothing_else() -> anyhow::Result<()> {
    lose_redis("a_frozen_redis_costs_a_moment_and_nothing_else", Loss::Frozen).await
}

async fn lose_redis(name: &str, loss: Loss) -> anyhow::Result<()> {
    if !RedisServer::is_installed() {
        return skip(name, "redis-server is not installed");
    }
    let mut redis = RedisServer::start()?;
    let store = Store::current(&binary::hearten()?).await?;
    let town = Town::build(&store, &redis).await?;
    let (revoked, revoked_later) = (town.create_token().await?, town.create_token().await?);
    town.everywhere_is(200, &revoked.secret, "a working token").await?;
    town.everywhere_is(200, &revoked_later.secret, "another").await?;
    town.change(REVOKE_TOKEN, json!({ "apiToken": revoked.id })).await?;
    let (gone, gone_later) = (town.persons[0].clone(), town.persons[1].clone());
    town.sign_out(&gone).await?;
    // While the bus is there the other node hears of it a moment later.
    town.everywhere_becomes(401, &revoked.secret, "a revoked token").await?;
    town.everywhere_becomes(401, &gone, "somebody signed out").await?;

    let target = town.id_of(&town.persons[2]).await?;
    let load = Arc::new(Load::new(target, town.admin.clone(), town.nodes.clone()));
    let running = load.start(&town.persons[3..9]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let spender = town.persons[9].clone();
    let spent = spend_all(&town.nodes[0], &spender).await?;
    let lost = Instant::now();
    match loss {
        Loss::Killed => redis.kill()?,
        Loss::Frozen => redis.freeze()?,
    }
    town.all_say("away").await?;
    let forgiven = Instant::now();

    // The doors stay closed, and what closes now is closed at once, on every node.
    town.everywhere_is(401, &revoked.secret, "a revoked token, without Redis").await?;
    town.everywhere_is(401, &gone, "somebody signed out, without Redis").await?;
    town.change(REVOKE_TOKEN, json!({ "apiToken": revoked_later.id })).await?;
    town.everywhere_is(401, &revoked_later.secret, "a token revoked without Redis").await?;
    town.sign_out(&gone_later).await?;
    town.everywhere_is(401, &gone_later, "somebody signed out without Redis").await?;
    town.changes_are_seen_at_once().await?;
    // The node goes on from the level it last saw.
    let later = spend_all(&town.nodes[0], &spender).await?;
    let restored = RESTORED_PER_SECOND * lost.elapsed().as_secs_f64() + 2_500.0;
    assert!(later as f64 <= restored, "without Redis {later} was spent on top of {spent}");
    let fresh = spend_all(&town.nodes[0], &town.persons[10]).await?;
    tokio::time::sleep(OUTAGE.saturating_sub(lost.elapsed())).await;

    let back = Instant::now();
    match loss {
        Loss::Killed => redis.restart()?,
        Loss::Frozen => redis.thaw()?,
    }
    town.all_say("ok").await?;
    for (token, what) in
        [(&revoked.secret, "a revoked token"), (&revoked_later.secret, "a token revoked without Redis")]
    {
        town.everywhere_is(401, token, what).await?;
    }
    for (token, what) in [(&gone, "somebody signed out"), (&gone_later, "somebody signed out without Redis")] {
        town.everywhere_is(401, token, what).await?;
    }
    spend_all(&town.nodes[0], &spender).await?;
    load.stop();
    for task in running {
        task.await?;
    }
    town.nodes_agree().await?;
    let figures = load.judge(Phases { lost, forgiven, back })?;
    tell(name, &format!("{} node(s); {figures}; spent {spent}, then {later} and {fresh}", town.nodes.len()));
    Ok(())
}

struct ApiToken {
    id: Value,
    secret: String,
}

impl Town {
    async fn build(store: &Store, redis: &RedisServer) -> anyhow::Result<Self> {
        let issuer = Issuer::start()?;
        let mut launch = store.launch();
        launch.redis_url = Some(redis.url());
        launch.trust_issuer = Some(issuer.url());
        let mut demos = vec![launch.start()?];
        if store.is_postgres() {
            demos.push(launch.start()?);
        }
        let nodes = demos.iter().map(Demo::client).collect::<anyhow::Result<Vec<_>>>()?;
        let parties = Parties {
            client: nodes[0].clone(),
            issuer: &issuer,
            admin: issuer.token("admin@demo.example"),
            partner: issuer.token("partner@demo.example"),
            minimum_group: 5,
        };
        let organization = Organization::generated(11, 40);
        survey_loop::import(&parties, &organization).await?;
        let admin = parties.admin.clone();
        let persons = organization.respondents.iter().map(|one| issuer.token(&one.email())).collect();
        Ok(Self { nodes, admin, persons, demos, _issuer: issuer })
    }

    /// A change by the admin, on the first node.
    async fn change(&self, mutation: &str, input: Value) -> anyhow::Result<Value> {
        self.nodes[0].change(&self.admin, mutation, input).await
    }

    async fn create_token(&self) -> anyhow::Result<ApiToken> {
        let input = json!({ "name": "Peer", "scopes": ["DIRECTORY_READ", "DOCUMENTS_FREE"] });
        let payload = self.change(CREATE_TOKEN, input).await?;
        let secret = payload["secret"].as_str().context("no secret")?.to_owned();
        Ok(ApiToken { id: payload["apiToken"]["id"].clone(), secret })
    }

    async fn id_of(&self, person: &str) -> anyhow::Result<Value> {
        let data = self.nodes[0].data(person, "{ viewer { person { id } } }", Value::Null).await?;
        Ok(data["viewer"]["person"]["id"].clone())
    }

    async fn sign_out(&self, person: &str) -> anyhow::Result<()> {
        let id = self.id_of(person).await?;
        self.everywhere_is(200, person, "somebody about to be signed out").await?;
        self.change(SIGN_OUT, json!({ "person": id })).await?;
        Ok(())
    }

    /// Waits until every node says that it stands with Redis (`ok`) or without (`away`).
    async fn all_say(&self, redis: &str) -> anyhow::Result<()> {
        for demo in &self.demos {
            let give_up = Instant::now() + NOTICED_WITHIN;
            loop {
                let parts = demo.readiness().await?.1["parts"].clone();
                if parts["cache"] == redis && parts["bus"] == redis {
                    break;
                }
                ensure!(Instant::now() < give_up, "Redis should be {redis}: {parts}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// As [`Town::everywhere_is`], for what other nodes hear of a moment later.
    async fn everywhere_becomes(&self, status: u16, token: &str, what: &str) -> anyhow::Result<()> {
        let give_up = Instant::now() + NOTICED_WITHIN;
        loop {
            match self.everywhere_is(status, token, what).await {
                Err(_) if Instant::now() < give_up => tokio::time::sleep(Duration::from_millis(20)).await,
                other => return other,
            }
        }
    }

    async fn everywhere_is(&self, status: u16, token: &str, what: &str) -> anyhow::Result<()> {
        for (node, client) in self.nodes.iter().enumerate() {
            let answer = client.ask(Some(token), ME, Value::Null).await?;
            ensure!(answer.status == status, "{what}: node {node} answers {}: {}", answer.status, answer.body);
        }
        Ok(())
    }

    /// Without the bus every node asks the database for the version, so each sees the other's changes at once.
    async fn changes_are_seen_at_once(&self) -> anyhow::Result<()> {
        let id = self.id_of(&self.persons[11]).await?;
        let query = "query($id: ID!) { node(id: $id) { ... on Person { title } } }";
        for round in 0..20_usize {
            let title = format!("Title {round}");
            let by = &self.nodes[round % self.nodes.len()];
            by.change(&self.admin, UPDATE, json!({ "person": id, "title": title })).await?;
            for (node, client) in self.nodes.iter().enumerate() {
                let data = client.data(&self.persons[11], query, json!({ "id": id })).await?;
                ensure!(data["node"]["title"] == title, "round {round}: node {node} still says {data}");
            }
        }
        Ok(())
    }

    /// The whole directory is the same on every node.
    async fn nodes_agree(&self) -> anyhow::Result<()> {
        let query = "query($after: String) { persons(first: 100, after: $after) {
            nodes { id displayName title } pageInfo { hasNextPage endCursor } } }";
        let mut directories = Vec::new();
        for client in &self.nodes {
            let (mut all, mut after) = (Vec::new(), Value::Null);
            loop {
                let data = client.data(&self.persons[11], query, json!({ "after": after })).await?;
                all.push(data["persons"]["nodes"].clone());
                if data["persons"]["pageInfo"]["hasNextPage"] != true {
                    break;
                }
                after = data["persons"]["pageInfo"]["endCursor"].clone();
            }
            directories.push(all);
        }
        ensure!(directories.windows(2).all(|pair| pair[0] == pair[1]), "the nodes do not agree");
        Ok(())
    }
}

/// Spends all a person has on one node, until the limit says so; how much that was.
async fn spend_all(client: &Client, token: &str) -> anyhow::Result<u64> {
    let costly = "{ persons(first: 100) { nodes { id team { id lead { id } } manager { id team { id } } } } }";
    let (began, mut spent) = (Instant::now(), 0);
    for _ in 0..200 {
        let answer = client.ask(Some(token), costly, Value::Null).await?;
        if answer.code() == "RATE_LIMITED" {
            let most = CAPACITY as f64 + RESTORED_PER_SECOND * began.elapsed().as_secs_f64();
            ensure!(spent as f64 <= most, "{spent} was spent, and no more than {most} was there");
            return Ok(spent);
        }
        spent += answer.body["extensions"]["cost"]["actualQueryCost"].as_u64().context("no cost")?;
    }
    anyhow::bail!("nothing limits: {spent} was spent")
}

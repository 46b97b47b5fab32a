//! A certified OpenID provider (npm `oidc-provider`) and client (`openid-client`) as peers: what they hand out signs
//! people in, and nothing else does. The scripts are in `tests/peers/oidc`; npm installs the packages once, into the
//! target directory.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hearten_tests::{
    binary,
    client::{Answer, Client},
    peers,
    skipped::{skip, tell},
    store::Store,
};
use serde_json::{Value, json};

const AUDIENCE: &str = "urn:hearten:peers";
// Nothing listens there: the client reads the code off the redirect.
const REDIRECT_URI: &str = "http://127.0.0.1:9/signed-in";
const ME: &str = "{ viewer { person { id email } } }";
/// A signature is remembered for a minute, and an unknown key id is looked up every half.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_provider_signs_people_in_and_its_withdrawn_keys_do_not() -> anyhow::Result<()> {
    let name = "a_real_provider_signs_people_in_and_its_withdrawn_keys_do_not";
    let directory = match peers::install("oidc") {
        Ok(directory) => directory,
        Err(error) => return skip(name, &format!("{error:#}")),
    };
    let provider = Provider::start(directory)?;
    let store = Store::sqlite(&binary::hearten()?).await?;
    let mut launch = store.launch();
    launch.trust_issuer = Some(provider.issuer.clone());
    AUDIENCE.clone_into(&mut launch.audience);
    let demo = launch.start()?;
    let client = demo.client()?;
    let began = Instant::now();

    // Code and PKCE; the verified address leads to the person of the demo, the second time by the account.
    let first = provider.sign_in("employee")?;
    let me = client.data(&first.access, ME, Value::Null).await?;
    assert_eq!(me["viewer"]["person"]["email"], "employee@demo.example");
    let again = provider.sign_in("employee")?;
    assert_eq!(client.data(&again.access, ME, Value::Null).await?, me);
    only_the_right_tokens(&client, &provider, &first).await?;
    signed_out_is_out(&client, &demo.token("admin")?, &provider).await?;

    // A new key is found by its id, and the old one, still published, goes on.
    provider.control("rotate").await?;
    let rotated = provider.sign_in("employee")?;
    assert_ne!(kid(&rotated.access), kid(&first.access));
    client.data(&rotated.access, ME, Value::Null).await.context("a token under the new key")?;
    client.data(&first.access, ME, Value::Null).await.context("a token under the old key, still published")?;
    invented_keys_cost_nothing(&client, &provider, &rotated).await?;

    // A withdrawn key: its tokens end when the keys were read again and the remembered signature has lapsed.
    provider.control("rotate").await?;
    provider.control("drop").await?;
    let newest = provider.sign_in("employee")?;
    let dropped = Instant::now();
    let mut newest_taken = None;
    loop {
        let taken = client.ask(Some(&newest.access), ME, Value::Null).await?;
        if is_taken(&taken) && newest_taken.is_none() {
            newest_taken = Some(dropped.elapsed());
        }
        let old = client.ask(Some(&rotated.access), ME, Value::Null).await?;
        if !is_taken(&old) && newest_taken.is_some() {
            assert_refused(&old, "a token under a withdrawn key");
            break;
        }
        ensure!(dropped.elapsed() < FORGOTTEN_WITHIN, "a withdrawn key still works: {}", old.body);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let fetched = provider.counts().await?["keys"].as_u64().context("no count")?;
    let due = 2 + began.elapsed().as_secs() / 30;
    assert!(fetched <= due, "the keys were fetched {fetched} times; at most {due} were due");
    tell(
        name,
        &format!(
            "keys fetched {fetched} times in {:.0} s; a new key taken after {:.0} s at the latest (one look-up was \
             spent before), a withdrawn one refused after {:.0} s",
            began.elapsed().as_secs_f64(),
            newest_taken.unwrap_or_default().as_secs_f64(),
            dropped.elapsed().as_secs_f64()
        ),
    );
    Ok(())
}

async fn only_the_right_tokens(client: &Client, provider: &Provider, tokens: &Tokens) -> anyhow::Result<()> {
    let unverified = provider.sign_in("unverified-manager")?;
    let stranger = provider.sign_in("nobody-here")?;
    let (signed, signature) = tokens.access.rsplit_once('.').context("three parts")?;
    let turned: String = signature.chars().rev().collect();
    for (what, token) in [
        ("an ID token", tokens.id.clone()),
        ("an access token of an unverified address", unverified.access),
        ("an access token of a stranger", stranger.access),
        ("an access token with another signature", format!("{signed}.{turned}")),
    ] {
        assert_refused(&client.ask(Some(&token), ME, Value::Null).await?, what);
    }
    Ok(())
}

async fn signed_out_is_out(client: &Client, admin: &str, provider: &Provider) -> anyhow::Result<()> {
    let token = provider.sign_in("manager")?.access;
    let me = client.data(&token, ME, Value::Null).await?;
    // Times of issue are told to the second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let sign_out = "mutation($input: PersonSignOutInput!) { personSignOut(input: $input) { errors { code } } }";
    client.change(admin, sign_out, json!({ "person": me["viewer"]["person"]["id"] })).await?;
    assert_refused(&client.ask(Some(&token), ME, Value::Null).await?, "a token from before the sign-out");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let fresh = provider.sign_in("manager")?.access;
    assert_eq!(client.data(&fresh, ME, Value::Null).await?, me, "whoever signs in again is in again");
    Ok(())
}

/// A hundred key ids that nobody published: all refused, and the provider is asked for its keys at most once.
async fn invented_keys_cost_nothing(client: &Client, provider: &Provider, tokens: &Tokens) -> anyhow::Result<()> {
    let before = provider.counts().await?["keys"].as_u64().context("no count")?;
    let parts: Vec<&str> = tokens.access.split('.').collect();
    for _ in 0..100 {
        let header = json!({ "alg": "RS256", "typ": "at+jwt", "kid": format!("{:016x}", rand::random::<u64>()) });
        let token = format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), parts[1], parts[2]);
        assert_refused(&client.ask(Some(&token), ME, Value::Null).await?, "an invented key");
    }
    let after = provider.counts().await?["keys"].as_u64().context("no count")?;
    assert!(after <= before + 1, "100 invented keys cost {} fetches", after - before);
    Ok(())
}

fn is_taken(answer: &Answer) -> bool {
    answer.body["data"]["viewer"]["person"]["id"].is_string()
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{what}: {}", answer.body);
}

fn kid(token: &str) -> Option<String> {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    header["kid"].as_str().map(str::to_owned)
}

struct Tokens {
    access: String,
    id: String,
}

/// The provider; ended when it is dropped.
struct Provider {
    directory: PathBuf,
    process: Child,
    issuer: String,
}

impl Provider {
    fn start(directory: PathBuf) -> anyhow::Result<Self> {
        let mut process = peers::node(&directory)
            .args(["provider.mjs", AUDIENCE, REDIRECT_URI])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = process.stdout.take().context("the output is piped")?;
        let mut provider = Self { directory, process, issuer: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the provider did not start")?;
        provider.issuer = ready["issuer"].as_str().context("no issuer")?.to_owned();
        Ok(provider)
    }

    fn sign_in(&self, account: &str) -> anyhow::Result<Tokens> {
        let output =
            peers::node(&self.directory).args(["sign-in.mjs", &self.issuer, REDIRECT_URI, account]).output()?;
        ensure!(output.status.success(), "{account} cannot sign in: {}", String::from_utf8_lossy(&output.stderr));
        let tokens: Value = serde_json::from_slice(&output.stdout)?;
        let text = |name: &str| tokens[name].as_str().map(str::to_owned).context("no token");
        Ok(Tokens { access: text("accessToken")?, id: text("idToken")? })
    }

    async fn control(&self, what: &str) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        client.post(format!("{}/control/{what}", self.issuer)).send().await?.error_for_status()?;
        Ok(())
    }

    async fn counts(&self) -> anyhow::Result<Value> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(client.get(format!("{}/control/counts", self.issuer)).send().await?.json().await?)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! A small OpenID provider on loopback, to sign in as anybody: a discovery document, one key, and access tokens
//! (RFC 9068) with a verified e-mail address. The real peer of the tests is the provider in `peers/oidc`.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::anyhow;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// The audience of the tokens: what `hearten demo --audience` is told.
pub const AUDIENCE: &str = "urn:hearten:loop";
const KID: &str = "loop-1";
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(2);

/// The provider. It answers until it is dropped.
pub struct Issuer {
    address: SocketAddr,
    key: Ed25519KeyPair,
    stopped: Arc<AtomicBool>,
}

impl Issuer {
    /// Starts a provider with a new key on a free port.
    ///
    /// # Errors
    /// When there is no port or no key.
    pub fn start() -> anyhow::Result<Self> {
        let key = Ed25519KeyPair::generate().map_err(|_| anyhow!("no key can be drawn"))?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let issuer = Self { address, key, stopped: Arc::clone(&stopped) };
        let answers = Arc::new((issuer.discovery(), issuer.keys()));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                let answers = Arc::clone(&answers);
                // Nobody waits for somebody who is slow; whoever hangs up early asks again.
                std::thread::spawn(move || answer(connection, &answers.0, &answers.1));
            }
        });
        Ok(issuer)
    }

    /// What `hearten demo --trust-issuer` is told.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An access token for the account with the verified address `email`.
    pub fn token(&self, email: &str) -> String {
        let now = now();
        let claims = json!({
            "iss": self.url(),
            "aud": AUDIENCE,
            "sub": format!("account of {email}"),
            "client_id": "loop",
            "iat": now.timestamp(),
            "exp": (now + TOKEN_LIFE).timestamp(),
            "jti": format!("{email} {}", now.timestamp_micros()),
            "email": email,
            "email_verified": true,
        });
        let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": KID });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()).as_ref());
        format!("{message}.{signature}")
    }

    fn discovery(&self) -> String {
        json!({ "issuer": self.url(), "jwks_uri": format!("{}/jwks", self.url()) }).to_string()
    }

    fn keys(&self) -> String {
        let x = URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref());
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": KID, "x": x });
        json!({ "keys": [key] }).to_string()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // Wakes the thread, so that it sees.
        let _ = TcpStream::connect(self.address);
    }
}

#[expect(clippy::disallowed_methods, reason = "the server under test is another process and asks the real clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn answer(mut connection: TcpStream, discovery: &str, keys: &str) -> std::io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, body) = match request.split(' ').nth(1) {
        Some("/.well-known/openid-configuration") => ("200 OK", discovery),
        Some("/jwks") => ("200 OK", keys),
        _ => ("404 Not Found", "{}"),
    };
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

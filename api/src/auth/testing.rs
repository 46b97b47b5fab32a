//! What the tests of this module share: keys of every kind, tokens with any content, and a provider that counts.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{fetch::Fetcher, key_set::KeySet};
use crate::config::{Algorithm, Linking, Provider};

pub const ISSUER: &str = "https://login.example";
pub const AUDIENCE: &str = "urn:hearten:api";
pub const ALL: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_014_400, 0).unwrap()
}

pub enum TestKey {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

pub static RSA: LazyLock<TestKey> = LazyLock::new(|| TestKey::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
pub static EC: LazyLock<TestKey> =
    LazyLock::new(|| TestKey::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()));
pub static ED: LazyLock<TestKey> = LazyLock::new(|| TestKey::Ed(Ed25519KeyPair::generate().unwrap()));

impl TestKey {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ec(_) => "ES256",
            Self::Ed(_) => "EdDSA",
        }
    }

    pub fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match self {
            Self::Rsa(key) => {
                let public = key.public_key();
                let n = public.modulus().big_endian_without_leading_zero().to_vec();
                let e = public.exponent().big_endian_without_leading_zero().to_vec();
                json!({ "kty": "RSA", "n": text(&n), "e": text(&e) })
            }
            Self::Ec(key) => {
                let point = key.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
            Self::Ed(key) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key.public_key().as_ref()) }),
        };
        jwk["kid"] = kid.into();
        jwk["alg"] = self.name().into();
        jwk["use"] = "sig".into();
        jwk
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ec(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// A token with exactly this header and these claims, as texts.
    pub fn token_of(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    pub fn token(&self, header: &Value, claims: &Value) -> String {
        self.token_of(&header.to_string(), &claims.to_string())
    }

    /// A good token under `kid`.
    pub fn good_token(&self, kid: &str) -> String {
        self.token(&header(self, kid), &claims())
    }
}

pub fn header(key: &TestKey, kid: &str) -> Value {
    json!({ "typ": "at+jwt", "alg": key.name(), "kid": kid })
}

pub fn claims() -> Value {
    let now = noon().timestamp();
    json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "client_id": "spa", "iat": now - 10, "exp": now + 300 })
}

pub fn provider() -> Provider {
    Provider {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        organization: "acme".to_owned(),
        algorithms: ALL.to_vec(),
        accept_typ_jwt: false,
        client_ids: vec!["spa".to_owned()],
        linking: Linking::Known,
    }
}

pub fn key_set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), &ALL).unwrap()
}

pub fn fetcher() -> Fetcher {
    Fetcher::new().unwrap()
}

/// An identity provider on a loopback port. Counts what is asked of it, and answers what the test last set.
pub struct TestProvider {
    pub issuer: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, Answer>>,
    counts: Mutex<HashMap<String, usize>>,
    last_bearer: Mutex<Option<String>>,
    down: AtomicBool,
    delay: Mutex<Duration>,
}

#[derive(Clone)]
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl TestProvider {
    pub fn start(keys: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<State>::default();
        let served = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = served.clone();
                thread::spawn(move || state.answer(stream));
            }
        });
        let provider = Self { issuer, state };
        let at = |path: &str| format!("{}{path}", provider.issuer);
        let discovery =
            json!({ "issuer": provider.issuer, "jwks_uri": at("/jwks"), "userinfo_endpoint": at("/userinfo") });
        provider.answer("/.well-known/openid-configuration", "200 OK", &discovery.to_string());
        provider.publish(keys);
        provider
    }

    pub fn publish(&self, keys: &[Value]) {
        self.answer("/jwks", "200 OK\r\ncache-control: max-age=600", &json!({ "keys": keys }).to_string());
    }

    pub fn answer(&self, path: &str, head: &str, body: &str) {
        let answer = Answer { head: head.to_owned(), body: body.as_bytes().to_vec() };
        self.state.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub fn count(&self, path: &str) -> usize {
        self.state.counts.lock().unwrap().get(path).copied().unwrap_or(0)
    }

    pub fn last_bearer(&self) -> Option<String> {
        self.state.last_bearer.lock().unwrap().clone()
    }

    /// Down: counts and hangs up.
    pub fn set_down(&self, down: bool) {
        self.state.down.store(down, Ordering::SeqCst);
    }

    pub fn set_delay(&self, delay: Duration) {
        *self.state.delay.lock().unwrap() = delay;
    }
}

impl State {
    fn answer(&self, mut stream: std::net::TcpStream) {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer) {
                Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
                _ => return,
            }
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let bearer = request.lines().find_map(|line| line.strip_prefix("authorization: Bearer "));
        if let Some(bearer) = bearer {
            *self.last_bearer.lock().unwrap() = Some(bearer.to_owned());
        }
        *self.counts.lock().unwrap().entry(path.clone()).or_default() += 1;
        thread::sleep(*self.delay.lock().unwrap());
        if self.down.load(Ordering::SeqCst) {
            return;
        }
        let answer = self.answers.lock().unwrap().get(&path).cloned();
        let Answer { head, body } = answer.unwrap_or(Answer { head: "404 Not Found".to_owned(), body: Vec::new() });
        let length =
            if head.contains("chunked") { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let head = format!("HTTP/1.1 {head}\r\nconnection: close\r\n{length}\r\n");
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    }
}

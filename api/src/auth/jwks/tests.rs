use std::time::Duration;

use futures_util::future::join_all;

use super::*;
use crate::auth::testing::{ALL, EC, ED, RSA, TestProvider, fetcher, noon};

const JWKS: &str = "/jwks";
const DISCOVERY: &str = "/.well-known/openid-configuration";

fn start() -> (TestProvider, Arc<RemoteIssuer>, Clock) {
    let provider = TestProvider::start(&[ED.jwk("ed")]);
    let clock = Clock::manual(noon());
    let issuer = RemoteIssuer::new(provider.issuer.clone(), ALL.to_vec(), fetcher(), clock.clone());
    (provider, issuer, clock)
}

async fn find(issuer: &Arc<RemoteIssuer>, kid: &str) -> Result<Algorithm, Refused> {
    issuer.find_key(Some(kid), Algorithm::EdDSA).await.map(|key| key.algorithm())
}

/// Waits until a fetch in the background has landed.
async fn settle(issuer: &RemoteIssuer) {
    tokio::task::yield_now().await;
    drop(issuer.flight.lock().await);
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

#[tokio::test]
async fn keys_are_fetched_once_and_kept() {
    let (provider, issuer, clock) = start();
    for _ in 0..20 {
        assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA));
        clock.advance(Duration::from_secs(10));
    }
    assert_eq!((provider.count(JWKS), provider.count(DISCOVERY)), (1, 1));
}

#[tokio::test]
async fn a_hundred_requests_at_once_share_one_flight() {
    let (provider, issuer, _) = start();
    provider.set_delay(Duration::from_millis(50));
    let found = join_all((0..100).map(|_| find(&issuer, "ed"))).await;
    assert!(found.iter().all(Result::is_ok));
    assert_eq!((provider.count(JWKS), provider.count(DISCOVERY)), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_requests_on_several_threads_share_one_flight() {
    let (provider, issuer, _) = start();
    provider.set_delay(Duration::from_millis(50));
    let tasks = (0..100).map(|_| {
        let issuer = issuer.clone();
        tokio::spawn(async move { find(&issuer, "ed").await })
    });
    assert!(join_all(tasks).await.into_iter().all(|found| found.unwrap().is_ok()));
    assert_eq!(provider.count(JWKS), 1);
}

#[tokio::test]
async fn a_hundred_invented_key_ids_cause_one_fetch() {
    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    for round in 0..100 {
        assert_eq!(find(&issuer, &format!("invented-{round}")).await, Err(Refused::UnknownKey));
    }
    assert_eq!(provider.count(JWKS), 2, "the first one, and one for all invented ids");
    clock.advance(Duration::from_secs(29));
    find(&issuer, "invented").await.unwrap_err();
    assert_eq!(provider.count(JWKS), 2);
    clock.advance(Duration::from_secs(1));
    join_all((0..100).map(|round| {
        let issuer = issuer.clone();
        async move { find(&issuer, &format!("x{round}")).await }
    }))
    .await;
    assert_eq!(provider.count(JWKS), 3, "at once as well as one after the other");
}

#[tokio::test]
async fn a_hundred_invented_key_ids_cause_one_fetch_also_at_the_start_and_when_it_fails() {
    let (provider, issuer, _) = start();
    for round in 0..100 {
        find(&issuer, &format!("invented-{round}")).await.unwrap_err();
    }
    assert_eq!(provider.count(JWKS), 1, "keys fetched for this very question are not fetched again");

    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    provider.set_down(true);
    for round in 0..100 {
        assert_eq!(find(&issuer, &format!("invented-{round}")).await, Err(Refused::UnknownKey));
    }
    assert_eq!(provider.count(JWKS), 2);
    assert_eq!(provider.count(DISCOVERY), 1);
    clock.advance(Duration::from_secs(30));
    find(&issuer, "invented").await.unwrap_err();
    assert_eq!(provider.count(DISCOVERY), 2, "where the keys are is asked anew after a failure");
    assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA));
}

#[tokio::test]
async fn a_rotated_key_is_found_at_once_and_the_old_one_while_it_is_published() {
    let (provider, issuer, _) = start();
    find(&issuer, "ed").await.unwrap();
    provider.publish(&[EC.jwk("ec"), ED.jwk("ed")]);
    assert_eq!(find(&issuer, "ec").await, Ok(Algorithm::ES256));
    assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA));
    assert_eq!(provider.count(JWKS), 2);
}

#[tokio::test]
async fn requests_with_a_new_key_wait_for_the_fetch_that_brings_it() {
    let (provider, issuer, _) = start();
    find(&issuer, "ed").await.unwrap();
    provider.publish(&[EC.jwk("ec")]);
    provider.set_delay(Duration::from_millis(50));
    assert!(join_all((0..50).map(|_| find(&issuer, "ec"))).await.iter().all(Result::is_ok));
    assert_eq!(provider.count(JWKS), 2);
}

#[tokio::test]
async fn a_withdrawn_key_stops_working_when_the_keys_lapse() {
    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    provider.publish(&[EC.jwk("ec")]);
    clock.advance(minutes(10));
    assert_eq!(find(&issuer, "ed").await, Err(Refused::UnknownKey));
}

#[tokio::test]
async fn keys_are_renewed_in_the_background_before_they_lapse() {
    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    clock.advance(minutes(9));
    provider.set_delay(Duration::from_secs(3));
    let asked = std::time::Instant::now();
    find(&issuer, "ed").await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "nobody waits");
    settle(&issuer).await;
    assert_eq!(provider.count(JWKS), 2);
    clock.advance(minutes(8));
    find(&issuer, "ed").await.unwrap();
    assert_eq!(provider.count(JWKS), 2, "fresh from then on");
}

#[tokio::test]
async fn stale_keys_serve_an_hour_while_the_provider_is_down_and_then_not() {
    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    provider.set_down(true);
    for _ in 0..69 {
        clock.advance(minutes(1));
        assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA));
        settle(&issuer).await;
    }
    clock.advance(minutes(1));
    assert_eq!(find(&issuer, "ed").await, Err(Refused::KeysUnavailable));
    provider.set_down(false);
    assert_eq!(find(&issuer, "ed").await, Err(Refused::KeysUnavailable), "not asked again within seconds");
    clock.advance(Duration::from_secs(5));
    assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA));
}

#[tokio::test]
async fn while_the_provider_is_down_nobody_waits_twice() {
    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    provider.set_down(true);
    clock.advance(minutes(20));
    find(&issuer, "ed").await.unwrap();
    provider.set_delay(Duration::from_secs(3));
    clock.advance(minutes(1));
    let asked = std::time::Instant::now();
    find(&issuer, "ed").await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn keys_live_5_to_15_minutes_whatever_the_provider_says() {
    assert_eq!(life(Some(Duration::ZERO)), TimeDelta::minutes(5));
    assert_eq!(life(Some(minutes(7))), TimeDelta::minutes(7));
    assert_eq!(life(Some(Duration::from_secs(u64::MAX))), TimeDelta::minutes(15));
    assert_eq!(life(None), TimeDelta::minutes(10));
}

#[tokio::test]
async fn the_discovery_document_names_the_issuer_exactly() {
    let (provider, issuer, clock) = start();
    for other in ["https://evil.example".to_owned(), format!("{}/", provider.issuer)] {
        let document = serde_json::json!({ "issuer": other, "jwks_uri": format!("{}/jwks", provider.issuer) });
        provider.answer(DISCOVERY, "200 OK", &document.to_string());
        assert_eq!(find(&issuer, "ed").await, Err(Refused::KeysUnavailable));
        clock.advance(Duration::from_secs(5));
    }
    assert_eq!((provider.count(DISCOVERY), provider.count(JWKS)), (2, 0));
}

#[tokio::test]
async fn redirects_errors_and_what_is_no_key_set_leave_the_old_keys() {
    let (provider, issuer, clock) = start();
    find(&issuer, "ed").await.unwrap();
    let elsewhere = format!("302 Found\r\nlocation: {}/elsewhere", provider.issuer);
    let huge = format!("{{\"keys\":[],\"pad\":\"{}\"}}", "x".repeat(256 << 10));
    for (head, body) in [(elsewhere.as_str(), ""), ("500 No", ""), ("200 OK", "<html>"), ("200 OK", huge.as_str())] {
        provider.answer(JWKS, head, body);
        clock.advance(Duration::from_secs(31));
        assert_eq!(find(&issuer, "new").await, Err(Refused::UnknownKey));
        assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA), "{head}");
    }
    assert_eq!((provider.count(JWKS), provider.count("/elsewhere")), (5, 0));
}

#[tokio::test]
async fn a_body_without_an_announced_length_is_bounded_too() {
    let (provider, _, _) = start();
    let chunk = "8000\r\n".to_owned() + &"x".repeat(0x8000) + "\r\n";
    let get = async |chunks: usize| {
        provider.answer("/chunked", "200 OK\r\ntransfer-encoding: chunked", &(chunk.repeat(chunks) + "0\r\n\r\n"));
        fetcher().get(&format!("{}/chunked", provider.issuer), None).await.map(|document| document.body.len())
    };
    assert_eq!(get(8).await, Ok(256 << 10));
    assert_eq!(get(9).await, Err(FetchError::TooLarge));
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_take_the_fetch_along() {
    let (provider, issuer, _) = start();
    provider.set_delay(Duration::from_secs(2));
    let hung_up = tokio::time::timeout(Duration::from_millis(100), find(&issuer, "ed")).await;
    assert!(hung_up.is_err());
    assert_eq!(find(&issuer, "ed").await, Ok(Algorithm::EdDSA));
    assert_eq!(provider.count(JWKS), 1);
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up() {
    let (provider, issuer, _) = start();
    provider.set_delay(Duration::from_secs(60));
    let asked = std::time::Instant::now();
    assert_eq!(find(&issuer, "ed").await, Err(Refused::KeysUnavailable));
    assert!((Duration::from_secs(4)..Duration::from_secs(40)).contains(&asked.elapsed()));
}

#[tokio::test]
async fn keys_for_encryption_are_not_found() {
    let (provider, issuer, _) = start();
    let mut jwk = RSA.jwk("enc");
    jwk["use"] = "enc".into();
    provider.publish(&[jwk]);
    assert_eq!(find(&issuer, "enc").await, Err(Refused::UnknownKey));
}

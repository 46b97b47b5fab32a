use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Instant,
};

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::platform::redis_server::RedisServer;

/// Nothing takes as long as this, also on a busy machine.
const SOON: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Name(String);

struct NameOf(u32);

impl CacheKey for NameOf {
    type Value = Name;
    const LIFETIME: Duration = Duration::from_millis(1500);

    fn key(&self) -> String {
        format!("test:org_1:{}", self.0)
    }
}

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_000_000_000 + millis).unwrap()
}

async fn redis(server: &RedisServer) -> Cache {
    let cache = Cache::redis(&server.url(), "hearten:", &Handle::current()).unwrap();
    assert!(cache.wait_connected(SOON).await);
    cache
}

/// What every back end does.
async fn behaves(cache: &Cache) {
    let ada = Name("Ada".to_owned());
    assert_eq!(cache.get(&NameOf(1)).await, None);
    cache.put(&NameOf(1), &ada).await;
    assert_eq!(cache.get(&NameOf(1)).await, Some(ada.clone()));
    cache.remove(&NameOf(1)).await;
    assert_eq!(cache.get(&NameOf(1)).await, None);

    cache.put(&NameOf(2), &ada).await;
    tokio::time::sleep(NameOf::LIFETIME + Duration::from_millis(30)).await;
    assert_eq!(cache.get(&NameOf(2)).await, None, "a value outlived its lifetime");

    let (short, long) = (Duration::from_millis(1500), Duration::from_secs(60));
    cache.put_bytes("bytes", short, (*b"\0\xff\n").into()).await;
    assert_eq!(cache.get_bytes("bytes").await.as_deref(), Some(&b"\0\xff\n"[..]));
    cache.put_bytes("bytes", long, (*b"newer").into()).await;
    tokio::time::sleep(short + Duration::from_millis(30)).await;
    assert_eq!(cache.get_bytes("bytes").await.as_deref(), Some(&b"newer"[..]), "a rewrite renews the lifetime");
    cache.put_bytes("unreadable", long, (*b"{").into()).await;
    cache.put_bytes("test:org_1:3", long, (*b"{").into()).await;
    assert_eq!(cache.get(&NameOf(3)).await, None, "what cannot be read is a miss");
    cache.put_bytes("huge", long, vec![0; LARGEST_VALUE_BYTES + 1].into()).await;
    assert_eq!(cache.get_bytes("huge").await, None);

    let bucket = |allowed, available| Bucket { allowed, available };
    assert_eq!(cache.bucket_take("b", 30, 100, 10, at(0)).await, bucket(true, 70));
    assert_eq!(cache.bucket_take("b", 71, 100, 10, at(0)).await, bucket(false, 70));
    assert_eq!(cache.bucket_take("b", 71, 100, 10, at(100)).await, bucket(true, 0));
    assert_eq!(cache.bucket_take("b", 1, 100, 10, at(50)).await, bucket(false, 0), "time does not go back");
    assert_eq!(cache.bucket_take("b", 1, 100, 10, at(250)).await, bucket(true, 0), "half a unit is kept");
    assert_eq!(cache.bucket_take("b", 1, 100, 10, at(300)).await, bucket(true, 0));
    assert_eq!(cache.bucket_refund("b", 40, 100, 10, at(300)).await, bucket(true, 40));
    assert_eq!(cache.bucket_refund("b", 90, 100, 10, at(300)).await, bucket(true, 100), "never above capacity");
    assert_eq!(cache.bucket_refund("fresh", 5, 100, 10, at(0)).await, bucket(true, 100));
    assert_eq!(cache.bucket_take("b", 101, 100, 10, at(9_000_000)).await, bucket(false, 100));
    assert_eq!(cache.bucket_take("b", 0, 100, 10, at(9_000_000)).await, bucket(true, 100));
    let most = u32::MAX;
    assert_eq!(cache.bucket_take("large", 1, most, most, at(0)).await, bucket(true, most - 1));
    assert_eq!(cache.bucket_take("large", most, most, most, at(4_000_000_000_000)).await, bucket(true, 0));
    assert_eq!(cache.bucket_take("never", 10, 10, 0, at(0)).await, bucket(true, 0));
    assert_eq!(cache.bucket_take("never", 1, 10, 0, at(80_000_000)).await, bucket(false, 0));
}

#[tokio::test]
async fn memory_behaves() {
    let cache = Cache::memory();
    behaves(&cache).await;
    assert_eq!(cache.state(), CacheState::Memory);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_behaves_the_same() {
    let Some(server) = RedisServer::start() else { return };
    let cache = redis(&server).await;
    behaves(&cache).await;
    assert_eq!(cache.state(), CacheState::Connected);
    assert!(!format!("{cache:?}").contains("127.0.0.1"));

    // Nothing in Redis lives for ever, and everything bears our prefix.
    let mut client = server.client();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut client).unwrap();
    assert!(keys.len() >= 3, "{keys:?}");
    for key in keys {
        assert!(key.starts_with("hearten:"), "{key}");
        let left: i64 = redis::cmd("PTTL").arg(&key).query(&mut client).unwrap();
        assert!((0..=86_400_000).contains(&left), "{key} lives for {left} ms");
    }
    cache.stop().await;
    assert_eq!(cache.state(), CacheState::Away);
    assert_eq!(cache.get_bytes("bytes").await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_gives_out_exactly_what_it_holds_to_many_at_once() {
    let server = RedisServer::start();
    let mut caches = vec![Cache::memory()];
    if let Some(server) = &server {
        caches.push(redis(server).await);
    }
    for cache in caches {
        let taken = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                let (cache, taken) = (cache.clone(), taken.clone());
                tokio::spawn(async move {
                    if cache.bucket_take("shared", 10, 1000, 0, at(0)).await.allowed {
                        taken.fetch_add(10, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(taken.load(Ordering::Relaxed), 1000);
    }
}

/// A step of a bucket's life: milliseconds that pass (or go back), and what is taken or given back.
#[derive(Debug, Clone)]
struct Step {
    passes: i64,
    take: u32,
    refund_percent: u32,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (-50i64..2_000, 0u32..150, prop_oneof![3 => Just(0u32), 1 => 0u32..=100])
        .prop_map(|(passes, take, refund_percent)| Step { passes, take, refund_percent });
    proptest::collection::vec(step, 1..60)
}

/// Lives `steps` on `cache`; returns all answers. Fails when more was spent than was there.
async fn live(cache: &Cache, key: &str, capacity: u32, rate: u32, steps: &[Step]) -> Vec<Bucket> {
    let (mut now, mut latest, mut spent, mut answers) = (0, 0, 0u64, Vec::new());
    for step in steps {
        now += step.passes;
        latest = latest.max(now);
        let answer = cache.bucket_take(key, step.take, capacity, rate, at(now)).await;
        answers.push(answer);
        if answer.allowed {
            let refund = step.take * step.refund_percent / 100;
            spent += u64::from(step.take);
            if refund > 0 {
                answers.push(cache.bucket_refund(key, refund, capacity, rate, at(now)).await);
                spent -= u64::from(refund);
            }
        }
        let restored = u64::from(rate) * u64::try_from(latest).unwrap() / 1000;
        assert!(spent <= u64::from(capacity) + restored, "{spent} of {capacity} + {restored}");
        assert!(answer.available <= capacity);
    }
    answers
}

#[test]
fn never_more_than_capacity_and_what_was_restored() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = RedisServer::start();
    let _inside = runtime.enter();
    let shared = server.as_ref().map(|server| runtime.block_on(redis(server)));
    let number = AtomicU64::new(0);
    proptest!(ProptestConfig::with_cases(200), |(capacity in 0u32..300, rate in 0u32..200, steps in steps())| {
        let key = number.fetch_add(1, Ordering::Relaxed).to_string();
        let here = runtime.block_on(live(&Cache::memory(), &key, capacity, rate, &steps));
        if let Some(shared) = &shared {
            let there = runtime.block_on(live(shared, &key, capacity, rate, &steps));
            prop_assert_eq!(&here, &there, "memory and Redis do the same sums");
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_and_restarted_under_load_nothing_fails_and_limits_hold() {
    let Some(mut server) = RedisServer::start() else { return };
    let cache = redis(&server).await;
    let (stop, slowest, rounds) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let load: Vec<_> = (0..16)
        .map(|n| {
            let (cache, stop, slowest, rounds) = (cache.clone(), stop.clone(), slowest.clone(), rounds.clone());
            tokio::spawn(async move {
                let mut spent = 0;
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    cache.put(&NameOf(n), &Name("Ada".to_owned())).await;
                    let _ = cache.get(&NameOf(n)).await;
                    let taken = cache.bucket_take(&format!("of-{n}"), 7, 1000, 0, at(0)).await;
                    spent += if taken.allowed { 7 } else { 0 };
                    slowest.fetch_max(u64::try_from(begun.elapsed().as_millis()).unwrap(), Ordering::Relaxed);
                    rounds.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                spent
            })
        })
        .collect();
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        server.kill();
        let noticed = Instant::now();
        while cache.state() != CacheState::Away {
            assert!(noticed.elapsed() < SOON);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
        server.restart();
        assert!(cache.wait_connected(SOON).await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.store(true, Ordering::Relaxed);
    for task in load {
        let spent = task.await.unwrap();
        // Each time Redis comes back empty a bucket may be full again; while it was away it was not.
        assert!(spent <= 3 * 1000, "{spent}");
    }
    let slowest = slowest.load(Ordering::Relaxed);
    println!("{} rounds, the slowest took {slowest} ms", rounds.load(Ordering::Relaxed));
    assert!(slowest < 10_000, "{slowest} ms");
    cache.put(&NameOf(1), &Name("back".to_owned())).await;
    assert_eq!(cache.get(&NameOf(1)).await, Some(Name("back".to_owned())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_redis_costs_one_time_out_and_then_nothing() {
    let Some(server) = RedisServer::start() else { return };
    let cache = redis(&server).await;
    assert!(cache.bucket_take("b", 600, 1000, 0, at(0)).await.allowed);
    server.freeze();
    let begun = Instant::now();
    assert_eq!(cache.get(&NameOf(1)).await, None);
    let first = begun.elapsed();
    assert!(first < SOON, "{first:?}");

    let begun = Instant::now();
    for _ in 0..100_000 {
        assert_eq!(cache.get_bytes("k").await, None);
    }
    let each = begun.elapsed() / 100_000;
    println!("first {first:?}, then {each:?} each");
    // A wait for the silent one would be 200 ms.
    assert!(each < Duration::from_millis(1), "{each:?}");
    let bucket = cache.bucket_take("b", 600, 1000, 0, at(0)).await;
    assert_eq!(bucket, Bucket { allowed: false, available: 400 }, "falls back to the level last seen");

    server.thaw();
    assert!(cache.wait_connected(SOON).await);
    cache.put_bytes("k", Duration::from_secs(60), (*b"back").into()).await;
    assert!(cache.get_bytes("k").await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_refuses_is_a_miss_but_not_away() {
    let Some(server) = RedisServer::start() else { return };
    let cache = redis(&server).await;
    let mut client = server.client();
    let _: () = redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg("1").query(&mut client).unwrap();
    cache.put(&NameOf(1), &Name("Ada".to_owned())).await;
    assert_eq!(cache.get(&NameOf(1)).await, None);
    assert!(cache.bucket_take("b", 10, 10, 0, at(0)).await.allowed, "falls back to memory");
    assert!(!cache.bucket_take("b", 1, 10, 0, at(0)).await.allowed);
    assert_eq!(cache.state(), CacheState::Connected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_signs_in_with_the_password_of_the_address() {
    let Some(server) = RedisServer::start() else { return };
    let mut client = server.client();
    let _: () = redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("hunter2").query(&mut client).unwrap();
    let address = |password: &str| server.url().replace("redis://", &format!("redis://:{password}@"));
    let right = Cache::redis(&address("hunter2"), "hearten:", &Handle::current()).unwrap();
    assert!(right.wait_connected(SOON).await);
    let wrong = Cache::redis(&address("hunter3"), "hearten:", &Handle::current()).unwrap();
    assert!(!wrong.wait_connected(Duration::from_millis(300)).await);
    assert_eq!(wrong.get(&NameOf(1)).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_that_redis_missed_is_made_good() {
    let Some(server) = RedisServer::start() else { return };
    let (cache, other) = (redis(&server).await, redis(&server).await);
    let key = NameOf(7);
    cache.put_bytes(&key.key(), Duration::from_secs(60), (*b"\"old\"").into()).await;
    assert_eq!(other.get(&key).await, Some(Name("old".to_owned())));
    server.freeze();
    cache.remove(&key).await;
    assert_eq!(cache.get(&key).await, None);
    server.thaw();
    assert!(cache.wait_connected(SOON).await && other.wait_connected(SOON).await);
    assert_eq!(cache.get(&key).await, None);
    assert_eq!(other.get(&key).await, None);
}

#[test]
fn it_outlives_the_event_loops_that_use_it() {
    // As in the service: one runtime that stays, and workers with event loops of their own that come and go.
    let Some(mut server) = RedisServer::start() else { return };
    let background = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let cache = Cache::redis(&server.url(), "hearten:", background.handle()).unwrap();
    for round in 0..3u8 {
        let worker = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        worker.block_on(async {
            assert!(cache.wait_connected(SOON).await);
            cache.put_bytes("k", Duration::from_secs(60), [round].into()).await;
            assert_eq!(cache.get_bytes("k").await.as_deref(), Some(&[round][..]));
            server.kill();
            assert_eq!(cache.get_bytes("k").await, None);
            server.restart();
            assert!(cache.wait_connected(SOON).await, "reconnected while this worker was there to see");
            cache.put_bytes("k", Duration::from_secs(60), [round].into()).await;
        });
        drop(worker);
        let seen = background.block_on(cache.get_bytes("k"));
        assert_eq!(seen.as_deref(), Some(&[round][..]), "the connection did not die with the worker");
    }
}

#[tokio::test]
async fn without_a_redis_it_starts_and_everything_is_a_miss() {
    let cache = Cache::redis("redis://:hunter2@127.0.0.1:1/", "hearten:", &Handle::current()).unwrap();
    cache.put(&NameOf(1), &Name("Ada".to_owned())).await;
    assert_eq!(cache.get(&NameOf(1)).await, None);
    assert!(cache.bucket_take("b", 10, 10, 0, at(0)).await.allowed);
    assert!(!cache.bucket_take("b", 1, 10, 0, at(0)).await.allowed);
    assert_eq!(cache.state(), CacheState::Away);
    cache.stop().await;

    let refused = Cache::redis("redis:/:hunter2@x", "hearten:", &Handle::current()).unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("hunter2"));
    assert!(!format!("{cache:?}").contains("hunter2"));
}

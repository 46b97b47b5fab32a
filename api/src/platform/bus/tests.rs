use std::time::Instant;

use super::*;
use crate::platform::redis_server::RedisServer;

/// Nothing takes as long as this, also on a busy machine.
const SOON: Duration = Duration::from_secs(30);
const QUIET: Duration = Duration::from_millis(150);

fn chart(version: i64) -> Event {
    Event::ChartChanged { organization: OrganizationId(Uuid::from_u128(1)), version }
}

async fn node(server: &RedisServer, number: u128) -> Bus {
    let bus = Bus::redis(&server.url(), "hearten:", Uuid::from_u128(number), &Handle::current()).unwrap();
    assert!(bus.wait_connected(SOON).await);
    bus
}

async fn next(listener: &mut Listener) -> Event {
    tokio::time::timeout(SOON, listener.next()).await.expect("an event in time").expect("a bus")
}

async fn silent(listener: &mut Listener) {
    let heard = tokio::time::timeout(QUIET, listener.next()).await;
    assert!(heard.is_err(), "{heard:?}");
}

/// What every back end does.
async fn behaves(bus: &Bus) {
    let (mut one, mut two) = (bus.listen(), bus.listen());
    assert!(bus.is_connected());
    for version in 0..20 {
        bus.publish(chart(version)).await;
    }
    for version in 0..20 {
        assert_eq!(next(&mut one).await, chart(version));
        assert_eq!(next(&mut two).await, chart(version));
    }
    silent(&mut one).await;

    let mut slow = bus.listen();
    let sent = i64::try_from(BACKLOG).unwrap() + 5;
    for version in 0..sent {
        bus.publish(chart(version)).await;
    }
    assert_eq!(next(&mut slow).await, Event::Resynchronise, "who lagged is told so");
    assert_eq!(next(&mut slow).await, chart(5), "and goes on with what is left");
}

#[tokio::test]
async fn memory_behaves() {
    behaves(&Bus::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_behaves_the_same() {
    let Some(server) = RedisServer::start() else { return };
    behaves(&node(&server, 1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_nodes_hear_and_strangers_are_ignored() {
    let Some(server) = RedisServer::start() else { return };
    let (one, two) = (node(&server, 1).await, node(&server, 2).await);
    let stranger = Bus::redis(&server.url(), "other:", Uuid::from_u128(3), &Handle::current()).unwrap();
    assert!(stranger.wait_connected(SOON).await);
    let (mut here, mut there, mut elsewhere) = (one.listen(), two.listen(), stranger.listen());

    let events = [
        chart(7),
        Event::PersonSignedOut {
            organization: OrganizationId(Uuid::from_u128(1)),
            person: PersonId(Uuid::from_u128(2)),
        },
        Event::Resynchronise,
    ];
    let begun = Instant::now();
    for event in &events {
        one.publish(event.clone()).await;
    }
    for event in &events {
        assert_eq!(next(&mut here).await, *event);
        assert_eq!(next(&mut there).await, *event);
    }
    println!("three events, both nodes: {:?}", begun.elapsed());
    silent(&mut here).await;
    silent(&mut elsewhere).await;

    let mut client = server.client();
    let newer = r#"{"node":"00000000-0000-0000-0000-000000000009","event":{"kind":"sun_rose"}}"#;
    let long = "x".repeat(100_000);
    for text in ["", "{", "null", newer, &long] {
        let heard: u32 = redis::cmd("PUBLISH").arg("hearten:events").arg(text).query(&mut client).unwrap();
        assert_eq!(heard, 2);
    }
    silent(&mut there).await;
    one.publish(chart(8)).await;
    assert_eq!(next(&mut there).await, chart(8), "still listening");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_and_restarted_under_load_both_nodes_resynchronise() {
    let Some(mut server) = RedisServer::start() else { return };
    let (one, two) = (node(&server, 1).await, node(&server, 2).await);
    let (mut here, mut there) = (one.listen(), two.listen());
    let publisher = tokio::spawn({
        let one = one.clone();
        async move {
            for version in 0..600 {
                one.publish(chart(version)).await;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.kill();
    let killed = Instant::now();
    while one.is_connected() || two.is_connected() {
        assert!(killed.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!("closed connections were noticed after {:?}", killed.elapsed());
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.restart();
    let back = Instant::now();
    assert!(one.wait_connected(SOON).await && two.wait_connected(SOON).await);
    println!("connected again after {:?}", back.elapsed());
    publisher.await.unwrap();
    one.publish(chart(9999)).await;

    let (mut heard_here, mut heard_there) = (Vec::new(), Vec::new());
    while heard_here.last() != Some(&chart(9999)) {
        heard_here.push(next(&mut here).await);
    }
    while heard_there.last() != Some(&chart(9999)) {
        heard_there.push(next(&mut there).await);
    }
    let charts = heard_here.iter().filter(|event| **event != Event::Resynchronise).count();
    assert_eq!(charts, 601, "the publishing node hears all of its own, once");
    assert!(heard_here.contains(&Event::Resynchronise));
    let gap = heard_there.iter().position(|event| *event == Event::Resynchronise).expect("resynchronised");
    assert!(gap > 0 && heard_there.len() < 601 + 3, "some were lost, and told to be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_loss_is_noticed_in_time() {
    let Some(server) = RedisServer::start() else { return };
    let bus = node(&server, 1).await;
    let mut listener = bus.listen();
    server.freeze();
    let frozen = Instant::now();
    while bus.is_connected() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let noticed = frozen.elapsed();
    println!("a silent loss was noticed after {noticed:?}");
    assert!(noticed < SOON, "{noticed:?}");

    // Each that waited would take half a second.
    let begun = Instant::now();
    for version in 0..20 {
        bus.publish(chart(version)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "publishing does not wait for what is away");
    for version in 0..20 {
        assert_eq!(next(&mut listener).await, chart(version));
    }
    server.thaw();
    assert_eq!(next(&mut listener).await, Event::Resynchronise);
    assert!(bus.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_could_not_tell_makes_the_others_resynchronise() {
    let Some(server) = RedisServer::start() else { return };
    let (mute, deaf) = (node(&server, 1).await, node(&server, 2).await);
    let mut listener = deaf.listen();
    // Only the first node's connection breaks; the second never notices anything.
    let mut client = server.client();
    let clients: String = redis::cmd("CLIENT").arg("LIST").arg("TYPE").arg("pubsub").query(&mut client).unwrap();
    let ids: Vec<&str> = clients.lines().filter_map(|line| line.strip_prefix("id=")?.split(' ').next()).collect();
    let first = ids.iter().min_by_key(|id| id.parse::<u64>().unwrap()).unwrap();
    let _: u32 = redis::cmd("CLIENT").arg("KILL").arg("ID").arg(first).query(&mut client).unwrap();
    while mute.is_connected() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    mute.publish(chart(1)).await;
    assert_eq!(next(&mut listener).await, Event::Resynchronise);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_and_leaves_no_connection_behind() {
    let Some(server) = RedisServer::start() else { return };
    let (stopped, dropped) = (node(&server, 1).await, node(&server, 2).await);
    stopped.stop().await;
    assert!(!stopped.is_connected());
    let mut listener = stopped.listen();
    stopped.publish(chart(1)).await;
    assert_eq!(next(&mut listener).await, chart(1), "this node still hears itself");
    drop(dropped);
    let mut client = server.client();
    let begun = Instant::now();
    loop {
        let left: String = redis::cmd("CLIENT").arg("LIST").arg("TYPE").arg("pubsub").query(&mut client).unwrap();
        if left.is_empty() {
            break;
        }
        assert!(begun.elapsed() < SOON, "{left}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

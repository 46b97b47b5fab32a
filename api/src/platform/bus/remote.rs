//! The bus between nodes: a Redis channel, and what is done about its losing messages.

use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use redis::{RedisResult, aio::MultiplexedConnection};
use serde::{Deserialize, Serialize};
use tokio::{runtime::Handle, sync::broadcast};
use uuid::Uuid;

use super::Event;
use crate::platform::link::{BadRedisUrl, Link, Purpose};

/// The longest message that is read; ours are some 200 bytes.
const LONGEST_MESSAGE_BYTES: usize = 4096;

/// A bus through Redis.
#[derive(Clone)]
pub struct Remote {
    link: Link<Channel>,
}

/// The channel, seen from this node.
struct Channel {
    name: String,
    node: Uuid,
    local: broadcast::Sender<Event>,
    // This node could not tell the others something: they are told to resynchronise as soon as that is possible.
    owes_resynchronise: AtomicBool,
    malformed: AtomicU64,
}

#[derive(Serialize)]
struct Sent<'a> {
    node: Uuid,
    event: &'a Event,
}

#[derive(Deserialize)]
struct Received {
    node: Uuid,
    event: Event,
}

impl Remote {
    pub(super) fn start(
        url: &str,
        prefix: &str,
        node: Uuid,
        local: broadcast::Sender<Event>,
        runtime: &Handle,
    ) -> Result<Self, BadRedisUrl> {
        let channel = Channel {
            name: format!("{prefix}events"),
            node,
            local,
            owes_resynchronise: AtomicBool::new(false),
            malformed: AtomicU64::new(0),
        };
        Ok(Self { link: Link::start(url, channel, runtime)? })
    }

    pub(super) async fn publish(&self, event: &Event) {
        let channel = self.link.purpose();
        let told = match channel.publication(event) {
            Some(command) => self.link.ask::<()>(&command).await.is_some(),
            None => false,
        };
        if !told {
            channel.owes_resynchronise.store(true, Ordering::Release);
        }
    }

    pub(super) fn local(&self) -> &broadcast::Sender<Event> {
        &self.link.purpose().local
    }

    pub(super) fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    pub(super) async fn wait_connected(&self, within: Duration) -> bool {
        self.link.wait_connected(within).await
    }

    pub(super) async fn stop(&self) {
        self.link.stop().await;
    }
}

impl Channel {
    fn publication(&self, event: &Event) -> Option<redis::Cmd> {
        let text = serde_json::to_vec(&Sent { node: self.node, event }).ok()?;
        let mut command = redis::cmd("PUBLISH");
        command.arg(&self.name).arg(text);
        Some(command)
    }
}

impl Purpose for Channel {
    const NAME: &'static str = "bus";
    // With the ping once a second: a silent loss is noticed within 1.5 s, give or take scheduling.
    const TIMEOUT: Duration = Duration::from_millis(500);

    async fn prepare(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        connection.subscribe(&self.name).await?;
        self.tick(connection).await
    }

    async fn tick(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        if !self.owes_resynchronise.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let Some(command) = self.publication(&Event::Resynchronise) else { return Ok(()) };
        let told = command.query_async::<()>(connection).await;
        if told.is_err() {
            self.owes_resynchronise.store(true, Ordering::Release);
        }
        told
    }

    fn connected(&self) {
        // The first time too: what changed between reading the state at the start and subscribing was not heard of.
        let _ = self.local.send(Event::Resynchronise);
    }

    fn message(&self, payload: &[u8]) {
        let received = (payload.len() <= LONGEST_MESSAGE_BYTES).then(|| serde_json::from_slice::<Received>(payload));
        match received {
            Some(Ok(received)) if received.node == self.node => {}
            Some(Ok(received)) => {
                let _ = self.local.send(received.event);
            }
            // A stranger's message, or a kind of event that a newer version added. The warnings thin out, so that a
            // stranger cannot fill the log.
            Some(Err(_)) | None => {
                let count = self.malformed.fetch_add(1, Ordering::Relaxed) + 1;
                if count.is_power_of_two() {
                    tracing::warn!(count, "ignored malformed messages on the bus");
                }
            }
        }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("link", &self.link).finish_non_exhaustive()
    }
}

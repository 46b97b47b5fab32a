//! A small service behind the edge: a schema with a bit of everything, and bearers that can be taken back.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{App as Web, HttpServer, web};
use async_graphql::{Context, Object, Request, Response, Schema, SimpleObject, Subscription};
use chrono::TimeDelta;
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use hearten_api::{
    app::{App, Persona},
    auth::Session,
    config::{Config, Secret},
    graphql::{
        documents::DocumentHash,
        error::{ErrorCode, Exception},
    },
    http::{self, Backend, Edge, Shared},
    platform::{clock::Clock, random::Random},
};
use hearten_ids::{ApiTokenId, OrganizationId, PersonId, RequestId};
use hearten_policy::{Actor, Principal, Scope};
use uuid::Uuid;

pub const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));

pub struct Query;

#[derive(SimpleObject)]
pub struct Item {
    id: i32,
}

#[derive(SimpleObject)]
pub struct Items {
    nodes: Vec<Item>,
}

#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "hello"
    }
    async fn viewer(&self, context: &Context<'_>) -> Result<String, Exception> {
        match context.data_unchecked::<Option<Session>>() {
            Some(session) => Ok(session.actor.person().map_or_else(|| "a token".to_owned(), |id| id.to_string())),
            None => Err(Exception::unauthenticated()),
        }
    }
    async fn echo(&self, n: i32, #[graphql(default)] text: String) -> String {
        format!("{n}{text}")
    }
    async fn list(&self, values: Vec<i32>) -> i32 {
        values.into_iter().fold(0, i32::wrapping_add)
    }
    async fn items(&self, #[graphql(default = 20)] first: i32) -> Items {
        Items { nodes: (0..first.min(3)).map(|id| Item { id }).collect() }
    }
    async fn errors(&self) -> Vec<Broken> {
        (0..50).map(|_| Broken).collect()
    }
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_secs(20)).await;
        1
    }
    async fn panics(&self) -> i32 {
        let nothing: Option<i32> = None;
        nothing.unwrap()
    }
    async fn leaks(&self) -> async_graphql::Result<i32> {
        Err("select secret from vault".into())
    }
    async fn fails(&self) -> Result<i32, Exception> {
        Err(Exception::internal(std::io::Error::other("disk 7 is full")))
    }
    async fn clash(&self) -> Result<Option<i32>, Exception> {
        Err(Exception::code(ErrorCode::Conflict))
    }
}

pub struct Broken;

#[Object]
impl Broken {
    async fn value(&self) -> Result<Option<i32>, Exception> {
        Err(Exception::not_found())
    }
}

pub struct Mutation(AtomicU32);

#[Object]
impl Mutation {
    async fn bump(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

pub struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self, #[graphql(default = 3)] count: usize, #[graphql(default = 20)] every: u64) -> impl Stream<Item = i32> {
        stream::iter(0..).take(count).then(move |n| async move {
            tokio::time::sleep(Duration::from_millis(every)).await;
            n
        })
    }
}

pub struct Small {
    schema: Schema<Query, Mutation, Ticks>,
    clock: Clock,
    pub bearers: Mutex<HashMap<String, Session>>,
    pub documents: Mutex<HashMap<String, String>>,
}

impl Backend for Small {
    fn authenticate<'a>(
        &'a self,
        bearer: &'a str,
        _: Option<IpAddr>,
    ) -> BoxFuture<'a, Result<Option<Session>, Exception>> {
        async move { Ok(self.bearers.lock().unwrap().get(bearer).cloned()) }.boxed()
    }
    fn prepare<'a>(
        &'a self,
        request: Request,
        session: Option<&'a Session>,
        _: RequestId,
    ) -> BoxFuture<'a, Result<Request, Exception>> {
        async move { Ok(request.data(session.cloned())) }.boxed()
    }
    fn document<'a>(
        &'a self,
        _: Option<&'a Session>,
        hash: DocumentHash,
    ) -> BoxFuture<'a, Result<Option<String>, Exception>> {
        async move { Ok(self.documents.lock().unwrap().get(&hash.to_string()).cloned()) }.boxed()
    }
    fn execute(&self, request: Request) -> BoxFuture<'_, Response> {
        self.schema.execute(request).boxed()
    }
    fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request).boxed()
    }
}

impl Small {
    pub fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    pub fn register(&self, text: &str) -> String {
        let hash = DocumentHash::of(text).to_string();
        self.documents.lock().unwrap().insert(hash.clone(), text.to_owned());
        hash
    }

    pub fn admit(&self, bearer: &str, principal: Principal, lifetime: TimeDelta) {
        let actor = Actor { organization: ORGANIZATION, principal, grants: Vec::new() };
        let session = Session { actor, expires_at: self.clock.now() + lifetime };
        self.bearers.lock().unwrap().insert(bearer.to_owned(), session);
    }
}

/// A served edge. `ada` and `bob` are persons, `robot` an API token, `short` a person whose token lives for two seconds.
pub struct Server {
    pub address: SocketAddr,
    pub app: Arc<App>,
    pub backend: Arc<Small>,
}

impl Server {
    pub async fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_at("127.0.0.1:0", change).await
    }

    pub async fn start_at(listen: &str, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::load(None).unwrap();
        config.graphql.query_seconds = 1;
        change(&mut config);
        let personas = if config.server.graphiql {
            ["Ada", "Bob"].map(|name| Persona { name: name.to_owned(), role: "Engineer".to_owned(), token: name.to_lowercase() }).to_vec()
        } else {
            Vec::new()
        };
        config.database.url = Secret::new("sqlite::memory:");
        let mut app = App::new(config, Clock::System, Random::System).await.unwrap();
        app.personas = personas;
        let app = Arc::new(app);
        let backend = Arc::new(Small {
            schema: Schema::build(Query, Mutation(AtomicU32::new(0)), Ticks).disable_suggestions().finish(),
            clock: app.clock.clone(),
            bearers: Mutex::default(),
            documents: Mutex::default(),
        });
        let hour = TimeDelta::hours(1);
        backend.admit("ada", Principal::Person(Small::person(1)), hour);
        backend.admit("bob", Principal::Person(Small::person(2)), hour);
        let scopes = [Scope::DocumentsFree].into_iter().collect();
        backend.admit("robot", Principal::ApiToken { id: ApiTokenId(Uuid::from_u128(3)), scopes }, hour);
        backend.admit("short", Principal::Person(Small::person(4)), TimeDelta::seconds(2));
        let shared = Shared::new(Arc::clone(&app), &backend.schema.sdl());
        let service: Arc<dyn Backend> = backend.clone();
        let server = HttpServer::new(move || {
            let edge = Edge::new(Arc::clone(&shared), Arc::clone(&service));
            Web::new().app_data(web::Data::new(edge)).configure(http::routes)
        })
        .workers(2)
        .disable_signals()
        .bind(listen)
        .unwrap();
        let address = server.addrs()[0];
        tokio::spawn(server.run());
        Self { address, app, backend }
    }
}

//! The limit of a design that asks the database on every request: one prepared SQL statement that returns the JSON of the
//! answer, behind the least HTTP that wrk accepts. No GraphQL, no authentication, no limits, no policy: nothing that
//! asks Postgres per request can be faster than this.
//!
//! Environment: DATABASE_URL; SQL_DIRECTORY and SQL_HOME (files with one statement each, $1 an id); PORT; CONNECTIONS
//! (Postgres connections a thread). Two threads. `GET /directory/<uuid>` and `GET /home/<uuid>` answer.

use std::{cell::Cell, convert::Infallible, env, fs, net::TcpListener, rc::Rc, thread};

use http_body_util::Full;
use hyper::{Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::{Client, NoTls, Statement, types::Type};
use uuid::Uuid;

const THREADS: usize = 2;

/// One connection with both statements prepared. Requests are pipelined on it.
struct Connection {
    client: Client,
    directory: Statement,
    home: Statement,
}

struct Pool {
    connections: Vec<Connection>,
    next: Cell<usize>,
}

fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("set {name}"))
}

fn main() {
    let listener = TcpListener::bind(("127.0.0.1", setting("PORT").parse().expect("PORT is a port"))).expect("the port");
    let senders: Vec<_> = (0..THREADS)
        .map(|_| {
            let (sender, sockets) = unbounded_channel();
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                tokio::task::LocalSet::new().block_on(&runtime, serve(sockets));
            });
            sender
        })
        .collect();
    // Sockets are handed out in turn, so that both threads have the same number of them.
    for turn in 0.. {
        let (socket, _) = listener.accept().expect("a socket");
        socket.set_nonblocking(true).expect("a socket");
        socket.set_nodelay(true).expect("a socket");
        senders[turn % THREADS].send(socket).expect("a thread");
    }
}

async fn serve(mut sockets: UnboundedReceiver<std::net::TcpStream>) {
    let pool = Rc::new(connect().await);
    while let Some(socket) = sockets.recv().await {
        let pool = Rc::clone(&pool);
        let socket = TokioIo::new(tokio::net::TcpStream::from_std(socket).expect("a socket"));
        tokio::task::spawn_local(async move {
            let service = service_fn(move |request| answer(Rc::clone(&pool), request));
            let _ = http1::Builder::new().pipeline_flush(true).serve_connection(socket, service).await;
        });
    }
}

async fn connect() -> Pool {
    let [url, directory, home] = ["DATABASE_URL", "SQL_DIRECTORY", "SQL_HOME"].map(setting);
    let [directory, home] = [directory, home].map(|file| fs::read_to_string(file).expect("a statement"));
    let mut connections = Vec::new();
    for _ in 0..setting("CONNECTIONS").parse().expect("CONNECTIONS is a number") {
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("Postgres");
        tokio::task::spawn_local(async move {
            let _ = connection.await;
        });
        let directory = client.prepare_typed(&directory, &[Type::UUID]).await.expect("the directory statement");
        let home = client.prepare_typed(&home, &[Type::UUID]).await.expect("the home statement");
        connections.push(Connection { client, directory, home });
    }
    Pool { connections, next: Cell::new(0) }
}

async fn answer(pool: Rc<Pool>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let turn = pool.next.get();
    pool.next.set((turn + 1) % pool.connections.len());
    let connection = &pool.connections[turn];
    let mut parts = request.uri().path().rsplitn(2, '/');
    let id = parts.next().and_then(|id| Uuid::parse_str(id).ok());
    let statement = match parts.next() {
        Some("/directory") => Some(&connection.directory),
        Some("/home") => Some(&connection.home),
        _ => None,
    };
    let (Some(id), Some(statement)) = (id, statement) else { return Ok(failed(StatusCode::NOT_FOUND)) };
    match connection.client.query_one(statement, &[&id]).await {
        Ok(row) => {
            let mut response = Response::new(Full::new(Bytes::from(row.get::<_, String>(0))));
            let json = hyper::header::HeaderValue::from_static("application/json");
            response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
            Ok(response)
        }
        Err(_) => Ok(failed(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

fn failed(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

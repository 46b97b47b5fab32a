//! Serves the tests' small schema, for protocol suites that need an address: `cargo run --example edge -- 127.0.0.1:4000`.
//! Bearer tokens: ada, bob, robot.

#[path = "../tests/edge/support.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

#[actix_web::main]
async fn main() {
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:4000".to_owned());
    let _server = support::Server::start_at(&listen, |config| config.server.graphiql = true).await;
    std::future::pending::<()>().await;
}

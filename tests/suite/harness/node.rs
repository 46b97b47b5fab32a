//! One node: the whole service on a free loopback port.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::dev::ServerHandle;
use hearten_api::{
    app::App,
    auth::{Authenticator, Parts, demo_issuer::DemoIssuer, directory::ChartDirectory},
    config::Config,
    platform::{clock::Clock, db::DbSource, random::Random},
    server,
};

pub struct Node {
    pub app: Arc<App>,
    pub address: SocketAddr,
    server: ServerHandle,
}

impl Node {
    /// Starts a node that trusts these issuers. Call it on the runtime the node is to live on.
    pub async fn start(config: Config, clock: Clock, random: Random, issuers: [Arc<DemoIssuer>; 2]) -> Self {
        let mut app = App::new(config, clock, random).await.unwrap();
        // Nothing here has to survive a power cut.
        app.database = DbSource::hasty(app.config.database.url.expose(), 4).await.unwrap();
        let parts = Parts {
            clock: app.clock.clone(),
            random: app.random.clone(),
            bus: app.bus.clone(),
            directory: Arc::new(ChartDirectory { charts: Arc::clone(&app.charts), bus: app.bus.clone() }),
            create: None,
        };
        app.authenticator = Authenticator::new(&[], issuers.iter().map(AsRef::as_ref), parts).unwrap();
        assert!(app.bus.wait_connected(std::time::Duration::from_secs(60)).await, "Redis does not answer");
        let app = Arc::new(app);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = server::serve(Arc::clone(&app), listener).await.unwrap();
        let server = serving.handle();
        tokio::spawn(serving);
        Self { app, address, server }
    }

    pub async fn stop(self) {
        self.server.stop(false).await;
        self.app.stop().await;
    }
}

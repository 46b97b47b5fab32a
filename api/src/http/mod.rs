//! The actix routes. The GraphQL edge is written by hand, because the order of its checks is its security: see
//! [`graphql`]. Nothing here knows an area; what the edge asks of the service stands in [`backend`].

pub mod backend;
pub mod cors;
pub mod errors;
pub mod graphiql;
pub mod graphql;
pub mod health;
pub mod media;
pub mod metrics;
pub mod operation;
pub mod params;
pub mod parsed;
pub mod response;
pub mod session;
pub mod sse;
pub mod websocket;

use actix_web::{middleware::from_fn, web};

pub use backend::{Backend, Edge, Shared};

/// The routes of the GraphQL edge. Needs `web::Data<Edge>` among the application's data.
pub fn routes(routes: &mut web::ServiceConfig) {
    let endpoint = |path| web::resource(path).wrap(from_fn(cors::around)).route(web::route().to(graphql::endpoint));
    routes.service(endpoint("/graphql")).service(endpoint("/graphql/ws")).configure(graphiql::routes);
}

//! The road of one operation, the same for HTTP, event streams and sockets: document → text scan → parse → measure →
//! who may → cost → validation and execution under a deadline → what it really cost.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use async_graphql::{
    Request, Response, ServerError, Value,
    parser::{parse_query, types::OperationType},
    value,
};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use hearten_ids::RequestId;
use hearten_policy::Scope;
use tracing::Instrument;

use super::{
    backend::Edge,
    errors,
    metrics::{OperationKind, Outcome},
    params::{Document, Params},
    response::{Body, Refusal},
};
use crate::{
    auth::Session,
    graphql::{
        completion,
        documents::DocumentHash,
        error::{ErrorCode, server_error},
        introspection,
        limits::{Refused, cost, measure, measure::Operation},
    },
    platform::telemetry,
};

/// Who sends an operation, and how.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The id under which the log knows the request.
    pub request_id: RequestId,
    /// Who is signed in.
    pub session: Option<Session>,
    /// Who pays.
    pub principal: String,
    /// Whether only queries may come this way (GET).
    pub reads_only: bool,
    /// Whether a stream of answers can be sent back.
    pub streams: bool,
}

/// An operation that passed every check before validation, and has been paid for.
pub struct Prepared {
    request: Request,
    text: String,
    operation: Operation,
    request_id: RequestId,
    purse: Purse,
}

/// The bucket an operation was paid from.
struct Purse {
    edge: Edge,
    key: String,
    taken: u32,
}

impl Purse {
    async fn open(edge: &Edge, sender: &Sender, cost: u32) -> Result<Self, Refusal> {
        let purse = Self { edge: edge.clone(), key: format!("cost:{}", sender.principal), taken: cost };
        let settings = &edge.app().config.graphql;
        let bucket = edge
            .app()
            .cache
            .bucket_take(
                &purse.key,
                cost,
                settings.cost_bucket,
                settings.cost_restored_per_second,
                edge.app().clock.now(),
            )
            .await;
        if bucket.allowed {
            return Ok(purse);
        }
        let missing = cost.saturating_sub(bucket.available);
        let seconds = missing.div_ceil(settings.cost_restored_per_second.max(1)).max(1);
        Err(Refusal::rate_limited(seconds, purse.report(0, bucket.available)))
    }

    /// Gives back what was not used; what the client is told.
    async fn settle(self, used: u32) -> Value {
        let app = self.edge.app();
        let settings = &app.config.graphql;
        let unused = self.taken.saturating_sub(used);
        let bucket = app
            .cache
            .bucket_refund(&self.key, unused, settings.cost_bucket, settings.cost_restored_per_second, app.clock.now())
            .await;
        self.report(used, bucket.available)
    }

    fn report(&self, used: u32, available: u32) -> Value {
        let settings = &self.edge.app().config.graphql;
        value!({
            "requestedQueryCost": self.taken,
            "actualQueryCost": used,
            "throttleStatus": {
                "maximumAvailable": settings.cost_bucket,
                "currentlyAvailable": available,
                "restoreRate": settings.cost_restored_per_second,
            },
        })
    }
}

/// Takes an operation through every check that comes before validation.
///
/// # Errors
/// The first check that does not pass.
pub async fn prepare(edge: &Edge, sender: &Sender, params: Params) -> Result<Prepared, Refusal> {
    let text = text_of(edge, sender, params.document).await?;
    let document = edge.parsed.parse(&text)?;
    let types = &edge.shared.types;
    let operation = measure::measure(&document, params.operation_name.as_deref(), &params.variables, types.lists())
        .map_err(refused)?;
    types.check_variables(&document).map_err(refused)?;
    if sender.reads_only && operation.kind == OperationType::Mutation {
        return Err(Refusal::method("POST", "mutations are not run over GET; send a POST"));
    }
    if !sender.streams && operation.kind == OperationType::Subscription {
        return Err(Refusal::from(server_error(
            ErrorCode::BadUserInput,
            "a subscription needs a stream: ask with \"accept: text/event-stream\", or over a WebSocket",
        )));
    }
    introspection::require(&operation, sender.session.is_some(), !edge.app().personas.is_empty())?;
    let purse = Purse::open(edge, sender, operation.cost).await?;
    // The library does not get the text: what is not there cannot be logged.
    let mut request = Request::new("").variables(params.variables);
    request.operation_name = params.operation_name;
    request.set_parsed_query(document);
    let request = edge.backend.prepare(request, sender.session.as_ref(), sender.request_id).await?;
    Ok(Prepared { request, text, operation, request_id: sender.request_id, purse })
}

fn refused(refused: Refused) -> Refusal {
    Refusal::from(ServerError::from(refused))
}

async fn text_of(edge: &Edge, sender: &Sender, document: Document) -> Result<String, Refusal> {
    let session = sender.session.as_ref();
    let registered_only = edge.app().config.graphql.trusted_documents_only
        && !session.is_some_and(|session| session.actor.has_scope(Scope::DocumentsFree));
    let (hash, text) = match document {
        Document::Text(text) if !registered_only => return Ok(text),
        // A registered document may be sent in full, too: it is the same text.
        Document::Text(text) => (DocumentHash::of(&text), Some(text)),
        Document::Registered(hash) => (hash, None),
    };
    let found = edge.backend.document(session, hash).await?;
    match (found, text) {
        (Some(_), Some(text)) | (Some(text), None) => Ok(text),
        (None, _) => Err(Refusal::from(ErrorCode::PersistedDocumentNotFound)),
    }
}

impl Prepared {
    /// Query, mutation or subscription.
    pub fn kind(&self) -> OperationType {
        self.operation.kind
    }

    /// Runs a query or a mutation under its deadline. A mutation that is stopped leaves nothing behind: its transaction
    /// is rolled back when it is dropped.
    pub async fn run(self, edge: &Edge) -> Body {
        let Self { request, text, operation, request_id, purse } = self;
        let began = Instant::now();
        let name = request.operation_name.clone();
        let settings = &edge.app().config.graphql;
        let seconds = match operation.kind {
            OperationType::Mutation => settings.mutation_seconds,
            _ => settings.query_seconds,
        };
        let span = telemetry::request_span(request_id, "graphql");
        let execution = AssertUnwindSafe(edge.backend.execute(request)).catch_unwind().instrument(span.clone());
        let mut response = match tokio::time::timeout(Duration::from_secs(seconds), execution).await {
            Ok(Ok(response)) => response,
            // The panic's own message went to the log with its place.
            Ok(Err(_)) => failed(ErrorCode::Internal),
            Err(_) => failed(ErrorCode::Timeout),
        };
        complete(edge, &text, name.as_deref(), &mut response);
        span.in_scope(|| errors::tidy(&mut response, request_id));
        let code = response.errors.first().map(errors::code);
        let outcome = Outcome::of(code, errors::was_executed(&response));
        let kind = OperationKind::from(operation.kind);
        telemetry::record_outcome(&span, kind.name(), outcome.name(), outcome.is_failure());
        edge.app().metrics.request(kind, outcome, began.elapsed());
        let used = match code {
            // Stopped or fallen, it did the work.
            Some(ErrorCode::Timeout | ErrorCode::Internal) if !errors::was_executed(&response) => operation.cost,
            _ => cost::actual(operation.kind, &operation.measures, &response.data, operation.cost),
        };
        let report = purse.settle(used).await;
        response.extensions.insert("cost".to_owned(), report);
        Body::of(response)
    }

    /// The answers of any operation, one for a query or a mutation.
    pub fn stream(self, edge: &Edge) -> impl Stream<Item = Body> + Send + 'static {
        if self.operation.kind != OperationType::Subscription {
            let edge = edge.clone();
            return stream::once(async move { self.run(&edge).await }).boxed();
        }
        let Self { request, text, request_id, .. } = self;
        let (edge, name) = (edge.clone(), request.operation_name.clone());
        let responses = AssertUnwindSafe(edge.backend.subscribe(request)).catch_unwind();
        responses
            .map(move |response| {
                let mut response = response.unwrap_or_else(|_| failed(ErrorCode::Internal));
                complete(&edge, &text, name.as_deref(), &mut response);
                errors::tidy(&mut response, request_id);
                Body::of(response)
            })
            .boxed()
    }
}

/// Puts nulls where errors left holes. The document was given away to be run; reading it again is cheaper than a copy
/// for every answer that has no errors.
fn complete(edge: &Edge, text: &str, name: Option<&str>, response: &mut Response) {
    if response.errors.iter().all(|error| error.path.is_empty()) {
        return;
    }
    if let Ok(document) = parse_query(text)
        && let Ok(operation) = measure::resolve(&document, name)
    {
        completion::complete(&edge.shared.types, &document, operation, response);
    }
}

fn failed(code: ErrorCode) -> Response {
    Response::from_errors(vec![server_error(code, code.meaning())])
}

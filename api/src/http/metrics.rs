//! Figures for Prometheus at `/metrics`.
//!
//! Counters are fixed arrays over enums, so no request can add a time series and counting costs two atomic additions.
//! No figure tells anything about an organization or a person. Still, the path is for the operator's network: keep it
//! away from the public in the reverse proxy.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpResponse, http::header, web};

use async_graphql::parser::types::OperationType;

use crate::{app::App, graphql::error::ErrorCode, platform::cache::CacheState};

/// What kind of operation a request held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// A query.
    Query,
    /// A mutation.
    Mutation,
    /// A subscription; counted when it ends, by its first error, and timed from its beginning.
    Subscription,
    /// None: it was refused before the document was understood.
    Unknown,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With data and without errors.
    Answered,
    /// With errors that are the client's to handle (not found, forbidden, bad input).
    AnsweredWithErrors,
    /// Before it ran: malformed, invalid, too large or too deep.
    Refused,
    /// Before it ran: the bearer is missing or not valid.
    Unauthenticated,
    /// Before it ran: the bucket is empty.
    RateLimited,
    /// At the deadline.
    TimedOut,
    /// With an error of ours.
    Failed,
}

impl Outcome {
    /// How a request ended that has an error of this code; `executed`: whether it got as far as running.
    pub fn of(code: Option<ErrorCode>, executed: bool) -> Self {
        match code {
            None => Self::Answered,
            Some(ErrorCode::Unauthenticated) => Self::Unauthenticated,
            Some(ErrorCode::RateLimited) => Self::RateLimited,
            Some(ErrorCode::Timeout) => Self::TimedOut,
            Some(ErrorCode::Internal | ErrorCode::Unavailable) => Self::Failed,
            Some(_) if executed => Self::AnsweredWithErrors,
            Some(_) => Self::Refused,
        }
    }
}

impl From<OperationType> for OperationKind {
    fn from(kind: OperationType) -> Self {
        match kind {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

impl OperationKind {
    const ALL: [Self; 4] = [Self::Query, Self::Mutation, Self::Subscription, Self::Unknown];

    /// The label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
            Self::Unknown => "unknown",
        }
    }
}

impl Outcome {
    const ALL: [Self; 7] = [
        Self::Answered,
        Self::AnsweredWithErrors,
        Self::Refused,
        Self::Unauthenticated,
        Self::RateLimited,
        Self::TimedOut,
        Self::Failed,
    ];

    /// The label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::AnsweredWithErrors => "answered_with_errors",
            Self::Refused => "refused",
            Self::Unauthenticated => "unauthenticated",
            Self::RateLimited => "rate_limited",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
        }
    }

    /// Whether it is the service's fault.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::TimedOut | Self::Failed)
    }
}

/// Upper bounds of the duration classes, in seconds. One more class holds what took longer.
const BOUNDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const KINDS: usize = OperationKind::ALL.len();
const OUTCOMES: usize = Outcome::ALL.len();

/// The service's counters. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    requests: [[AtomicU64; OUTCOMES]; KINDS],
    durations: [Durations; KINDS],
    sockets: AtomicI64,
    chart_persons: AtomicI64,
}

#[derive(Debug, Default)]
struct Durations {
    classes: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

/// An open socket; closing is dropping it.
#[derive(Debug)]
#[must_use = "the socket counts as open until this is dropped"]
pub struct OpenSocket(Metrics);

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.0.sockets.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a request that ended.
    pub fn request(&self, kind: OperationKind, outcome: Outcome, took: Duration) {
        self.0.requests[kind as usize][outcome as usize].fetch_add(1, Ordering::Relaxed);
        let durations = &self.0.durations[kind as usize];
        let seconds = took.as_secs_f64();
        let class = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        durations.classes[class].fetch_add(1, Ordering::Relaxed);
        durations.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Counts a socket as open until the value is dropped.
    pub fn socket_opened(&self) -> OpenSocket {
        self.0.sockets.fetch_add(1, Ordering::Relaxed);
        OpenSocket(self.clone())
    }

    /// Sets how many persons the org charts in memory hold, over all organizations.
    pub fn set_chart_persons(&self, persons: usize) {
        self.0.chart_persons.store(i64::try_from(persons).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

/// What is asked of other parts when the figures are read.
struct Gauges {
    statements: u64,
    bus_connected: bool,
    cache: CacheState,
}

/// The route.
pub fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/metrics", web::get().to(metrics));
}

async fn metrics(app: web::Data<App>) -> HttpResponse {
    let gauges = Gauges {
        statements: app.database.statements().get(),
        bus_connected: app.bus.is_connected(),
        cache: app.cache.state(),
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(render(&app.metrics, &gauges))
}

// Writing to a String cannot fail, hence the results that are let go below.
fn render(metrics: &Metrics, gauges: &Gauges) -> String {
    let counters = &metrics.0;
    let mut text = String::with_capacity(8 * 1024);
    head(&mut text, "hearten_graphql_requests_total", "counter", "GraphQL requests that ended.");
    for kind in OperationKind::ALL {
        for outcome in Outcome::ALL {
            let count = counters.requests[kind as usize][outcome as usize].load(Ordering::Relaxed);
            let labels = format_args!("{{operation=\"{}\",outcome=\"{}\"}}", kind.name(), outcome.name());
            let _ = writeln!(text, "hearten_graphql_requests_total{labels} {count}");
        }
    }
    head(&mut text, "hearten_graphql_request_seconds", "histogram", "How long GraphQL requests took.");
    for kind in OperationKind::ALL {
        histogram(&mut text, kind.name(), &counters.durations[kind as usize]);
    }
    let sockets = counters.sockets.load(Ordering::Relaxed);
    single(&mut text, "hearten_sockets_open", "gauge", "WebSockets open now.", sockets);
    let statements = gauges.statements;
    single(&mut text, "hearten_sql_statements_total", "counter", "SQL statements run.", statements);
    let connected = u8::from(gauges.bus_connected);
    single(&mut text, "hearten_bus_connected", "gauge", "1 while messages of other nodes arrive.", connected);
    let persons = counters.chart_persons.load(Ordering::Relaxed);
    single(&mut text, "hearten_chart_persons", "gauge", "Persons in the org charts in memory.", persons);
    head(&mut text, "hearten_cache_state", "gauge", "1 for the state the cache is in.");
    let states = [(CacheState::Memory, "memory"), (CacheState::Connected, "connected"), (CacheState::Away, "away")];
    for (state, name) in states {
        let _ = writeln!(text, "hearten_cache_state{{state=\"{name}\"}} {}", u8::from(state == gauges.cache));
    }
    text
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn single(text: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    head(text, name, kind, help);
    let _ = writeln!(text, "{name} {value}");
}

fn histogram(text: &mut String, operation: &str, durations: &Durations) {
    let name = "hearten_graphql_request_seconds";
    let mut below = 0;
    for (bound, class) in BOUNDS.iter().zip(&durations.classes) {
        below += class.load(Ordering::Relaxed);
        let _ = writeln!(text, "{name}_bucket{{operation=\"{operation}\",le=\"{bound}\"}} {below}");
    }
    below += durations.classes[BOUNDS.len()].load(Ordering::Relaxed);
    let seconds = Duration::from_micros(durations.micros.load(Ordering::Relaxed)).as_secs_f64();
    let _ = writeln!(text, "{name}_bucket{{operation=\"{operation}\",le=\"+Inf\"}} {below}");
    let _ = writeln!(text, "{name}_sum{{operation=\"{operation}\"}} {seconds}");
    let _ = writeln!(text, "{name}_count{{operation=\"{operation}\"}} {below}");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn text(metrics: &Metrics) -> String {
        render(metrics, &Gauges { statements: 5, bus_connected: true, cache: CacheState::Away })
    }

    #[test]
    fn the_order_of_the_labels_is_that_of_the_enums() {
        assert!(OperationKind::ALL.iter().enumerate().all(|(n, kind)| *kind as usize == n));
        assert!(Outcome::ALL.iter().enumerate().all(|(n, outcome)| *outcome as usize == n));
    }

    #[test]
    fn requests_are_counted_and_timed() {
        let metrics = Metrics::default();
        let requests = [(3, Outcome::Answered), (3, Outcome::Answered), (60_000, Outcome::TimedOut)];
        for (millis, outcome) in requests {
            metrics.request(OperationKind::Query, outcome, Duration::from_millis(millis));
        }
        let text = text(&metrics);
        for line in [
            "hearten_graphql_requests_total{operation=\"query\",outcome=\"answered\"} 2",
            "hearten_graphql_requests_total{operation=\"query\",outcome=\"timed_out\"} 1",
            "hearten_graphql_requests_total{operation=\"mutation\",outcome=\"answered\"} 0",
            "hearten_graphql_request_seconds_bucket{operation=\"query\",le=\"0.0025\"} 0",
            "hearten_graphql_request_seconds_bucket{operation=\"query\",le=\"0.005\"} 2",
            "hearten_graphql_request_seconds_bucket{operation=\"query\",le=\"30\"} 2",
            "hearten_graphql_request_seconds_bucket{operation=\"query\",le=\"+Inf\"} 3",
            "hearten_graphql_request_seconds_sum{operation=\"query\"} 60.006",
            "hearten_graphql_request_seconds_count{operation=\"query\"} 3",
            "hearten_sql_statements_total 5",
            "hearten_bus_connected 1",
            "hearten_cache_state{state=\"away\"} 1",
            "hearten_cache_state{state=\"connected\"} 0",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is missing in\n{text}");
        }
    }

    #[test]
    fn every_series_is_there_once_and_announced() {
        let (mut announced, mut seen) = (HashSet::new(), HashSet::new());
        for line in text(&Metrics::default()).lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert!(announced.insert(rest.split(' ').next().unwrap().to_owned()), "{line}");
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                assert!(value.parse::<f64>().is_ok() && seen.insert(series.to_owned()), "{line}");
                let name = series.split('{').next().unwrap();
                let known = ["", "_bucket", "_sum", "_count"];
                let family = known.iter().find_map(|end| name.strip_suffix(end).filter(|f| announced.contains(*f)));
                assert!(family.is_some(), "{line}");
            }
        }
    }

    #[test]
    fn sockets_count_while_they_live() {
        let metrics = Metrics::default();
        let (one, two) = (metrics.socket_opened(), metrics.socket_opened());
        metrics.set_chart_persons(100_000);
        assert!(text(&metrics).contains("hearten_sockets_open 2\n"));
        assert!(text(&metrics).contains("hearten_chart_persons 100000\n"));
        drop(one);
        drop(two);
        assert!(text(&metrics).contains("hearten_sockets_open 0\n"));
    }
}

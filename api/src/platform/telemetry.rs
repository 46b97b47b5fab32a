//! Logs and traces.
//!
//! Logs go to standard error, plain or as JSON, one line an event. Traces go to an OTLP/HTTP collector where one is
//! configured; sampling follows the usual `OTEL_TRACES_SAMPLER` variables.
//!
//! # What is never logged or traced
//!
//! - GraphQL variables, documents and operation names: the literals of a document and the variables of
//!   `answersSubmit` are somebody's answers. So the `Tracing` extension of async-graphql is never installed: it writes
//!   each document, with its variables filled in, into a span.
//! - Answers, comments, messages, names, e-mail addresses, IP addresses.
//! - Bearer tokens, API tokens, ballots, passwords, cookies, and whole headers.
//! - Who asked. A span knows a request by its id only; a trace that named the person and the time of a mutation would
//!   link a confidential answer to them. Who may be asked about is written by the audit, on purpose.
//! - The debug form of an error (`?error`): that of a database error repeats the row. Write `%error`.
//!
//! Libraries are held to `info` whatever the filter says, because at `debug` some print headers and statements. And
//! only our own spans are exported.

use std::io::{self, IsTerminal};

use hearten_ids::RequestId;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracer, SdkTracerProvider},
};
use tracing::{Level, Metadata, Span, Subscriber, field::Empty};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, ParseError, filter_fn},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::{SubscriberInitExt, TryInitError},
};

use crate::config::{Log, LogFormat, Telemetry};

/// Why logging or tracing could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("log.filter is not understood: {0}")]
    Filter(#[from] ParseError),
    /// The collector's address is not usable.
    #[error("telemetry.otlp_endpoint is not usable: {0}")]
    Endpoint(#[from] ExporterBuildError),
    /// Logging has begun already.
    #[error("logging was set up twice")]
    Twice(#[from] TryInitError),
}

/// Keeps traces flowing. Spans that wait are sent when it is dropped; hold it until the end of `main`.
#[derive(Debug)]
#[must_use = "traces stop when the guard is dropped"]
pub struct Guard {
    provider: Option<SdkTracerProvider>,
}

impl Drop for Guard {
    /// Sends what waits; gives up after five seconds. Blocks the thread.
    fn drop(&mut self) {
        if let Some(provider) = &self.provider
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Begins logging and, where a collector is configured, tracing, for the whole process.
///
/// # Errors
/// When the filter or the collector's address cannot be understood, or on a second call. That the collector does not
/// answer is no error: spans are then dropped, with a warning.
pub fn start(log: &Log, telemetry: &Telemetry) -> Result<Guard, TelemetryError> {
    let guard = Guard { provider: provider(&telemetry.otlp_endpoint)? };
    let colours = io::stderr().is_terminal();
    subscriber(log, guard.provider.as_ref().map(tracer), colours, io::stderr)?.try_init()?;
    Ok(guard)
}

/// The span of one request. `transport` is how it came: `http`, `websocket`, `sse`, `scim`. The outcome is recorded
/// with [`record_outcome`].
pub fn request_span(id: RequestId, transport: &'static str) -> Span {
    tracing::info_span!(
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        request_id = %id,
        transport,
        operation = Empty,
        outcome = Empty,
    )
}

/// Writes into the span of a request what it was (`query`, `mutation`, …) and how it ended. Both are fixed words.
pub fn record_outcome(span: &Span, operation: &'static str, outcome: &'static str, failed: bool) {
    span.record("operation", operation);
    span.record("outcome", outcome);
    if failed {
        span.record("otel.status_code", "ERROR");
    }
}

/// Sends spans to `endpoint`, from a thread of its own. None when there is no endpoint.
fn provider(endpoint: &str) -> Result<Option<SdkTracerProvider>, ExporterBuildError> {
    if endpoint.is_empty() {
        return Ok(None);
    }
    let base = endpoint.trim_end_matches('/');
    let address = if base.ends_with("/v1/traces") { base.to_owned() } else { format!("{base}/v1/traces") };
    let exporter = SpanExporter::builder().with_http().with_endpoint(address).build()?;
    let resource = Resource::builder()
        .with_service_name("hearten")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
}

fn tracer(provider: &SdkTracerProvider) -> SdkTracer {
    provider.tracer("hearten")
}

fn subscriber<W>(
    log: &Log,
    tracer: Option<SdkTracer>,
    colours: bool,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, ParseError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let wanted = EnvFilter::try_new(&log.filter)?.and(filter_fn(may_be_logged));
    let lines = fmt::layer().with_writer(writer).with_ansi(colours);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match log.format {
        LogFormat::Plain => lines.with_filter(wanted).boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(true).with_filter(wanted).boxed()
        }
    };
    let traces = tracer.map(|tracer| {
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(may_be_traced))
    });
    Ok(Box::new(tracing_subscriber::registry().with(lines).with(traces)))
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("hearten")
}

fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    is_ours(metadata) || *metadata.level() <= Level::INFO
}

fn may_be_traced(metadata: &Metadata<'_>) -> bool {
    is_ours(metadata) && *metadata.level() <= Level::INFO
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpListener,
        sync::{Arc, Mutex},
        thread,
    };

    use uuid::Uuid;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn log(format: LogFormat, filter: &str) -> Log {
        Log { format, filter: filter.to_owned() }
    }

    fn written(log: &Log, act: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(log, None, false, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, act);
        lines.text()
    }

    fn id() -> RequestId {
        RequestId(Uuid::from_u128(7))
    }

    #[test]
    fn json_lines_carry_the_request_id() {
        let text = written(&log(LogFormat::Json, "info"), || {
            let span = request_span(id(), "http");
            record_outcome(&span, "mutation", "failed", true);
            // Inside a span of a service, too.
            span.in_scope(|| tracing::info_span!("inner").in_scope(|| tracing::info!(count = 3, "done")));
        });
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["message"], "done");
        assert_eq!(line["count"], 3);
        assert_eq!(line["spans"][0]["request_id"], id().to_string());
        assert_eq!(line["spans"][0]["operation"], "mutation");
        assert_eq!(line["spans"][0]["outcome"], "failed");
    }

    #[test]
    fn libraries_stay_quiet_whatever_the_filter_says() {
        let text = written(&log(LogFormat::Plain, "trace"), || {
            tracing::debug!("ours");
            tracing::debug!(target: "hyper::proto", "authorization: Bearer secret");
            tracing::info!(target: "actix_server", "theirs");
        });
        assert!(text.contains("ours") && text.contains("theirs"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let text = written(&log(LogFormat::Plain, "warn"), || tracing::info!("too quiet"));
        assert!(text.is_empty(), "{text}");
        assert!(subscriber(&log(LogFormat::Plain, "=,="), None, false, io::sink).is_err());
    }

    /// A collector that takes one request and answers 200.
    fn collector() -> (String, thread::JoinHandle<(String, Vec<u8>)>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let taken = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(&stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head += &line;
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            (head, body)
        });
        (address, taken)
    }

    // On the kind of runtime that actix's main function has: the last spans must leave while its one thread is blocked.
    #[tokio::test]
    async fn spans_reach_the_collector_when_the_guard_is_dropped() {
        let (address, taken) = collector();
        let guard = Guard { provider: provider(&address).unwrap() };
        let tracer = guard.provider.as_ref().map(tracer);
        let subscriber = subscriber(&log(LogFormat::Plain, "off"), tracer, false, io::sink).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            request_span(id(), "websocket").in_scope(|| {
                tracing::info_span!(target: "sqlx::query", "statement", text = "SELECT secret").in_scope(|| {});
            });
        });
        drop(guard);
        let (head, body) = taken.join().unwrap();
        assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
        assert!(head.to_lowercase().contains("content-type: application/x-protobuf"), "{head}");
        let body = String::from_utf8_lossy(&body);
        for wanted in ["hearten", "request", "websocket", &id().to_string()] {
            assert!(body.contains(wanted), "{wanted} is missing");
        }
        assert!(!body.contains("secret") && !body.contains("telemetry.rs"), "{body}");
    }

    #[test]
    fn no_collector_is_no_obstacle() {
        assert!(provider("").unwrap().is_none());
        assert!(provider("http://[").is_err());
        let begun = std::time::Instant::now();
        let guard = Guard { provider: provider("http://127.0.0.1:1").unwrap() };
        let tracer = guard.provider.as_ref().map(tracer);
        let subscriber = subscriber(&log(LogFormat::Plain, "off"), tracer, false, io::sink).unwrap();
        tracing::subscriber::with_default(subscriber, || request_span(id(), "http").in_scope(|| {}));
        drop(guard);
        assert!(begun.elapsed().as_secs() < 8, "{:?}", begun.elapsed());
    }
}

//! Requests meant to hurt. Each must be refused at once, and the server must go on.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{answer, refusal, support::Server};

/// A refusal is a matter of milliseconds; this leaves room for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(10);

#[actix_web::test]
async fn hostile_documents_are_refused_at_once() {
    let server = Server::start(|_| {}).await;
    let mut doubling = "{ ...F0 }".to_owned();
    for step in 0..100 {
        write!(doubling, " fragment F{step} on Query {{ ...F{0} ...F{0} }}", step + 1).unwrap();
    }
    doubling.push_str(" fragment F100 on Query { hello }");
    let aliases = (0..31).fold(String::new(), |text, n| format!("{text} a{n}: hello"));
    let cases = [
        (format!("{{ list(values: {}{}) }}", "[".repeat(20_000), "]".repeat(20_000)), "DOCUMENT_TOO_LARGE"),
        (format!("{{ list(values: {}", "[".repeat(2_700)), "DOCUMENT_TOO_LARGE"),
        (format!("query($a: {}Int{}) {{ hello }}", "[".repeat(3_000), "]".repeat(3_000)), "DOCUMENT_TOO_LARGE"),
        (format!("{{ hello {} }}", "{ a ".repeat(2_000)), "DOCUMENT_TOO_LARGE"),
        (format!("{{ list(values: {}", "{a:".repeat(1_000)), "DOCUMENT_TOO_LARGE"),
        ("hello ".repeat(3_000), "DOCUMENT_TOO_LARGE"),
        (format!("{{ hello }} # {}", "x".repeat(21_000)), "DOCUMENT_TOO_LARGE"),
        (doubling, "QUERY_TOO_COMPLEX"),
        (format!("{{ {aliases} }}"), "QUERY_TOO_COMPLEX"),
        (format!("{{ hello {} }}", "@skip(if: false) ".repeat(51)), "QUERY_TOO_COMPLEX"),
        (format!("{{ {} }}", "hello ".repeat(1_001)), "QUERY_TOO_COMPLEX"),
        ("{ items(first: 2000000000) { nodes { id a: id b: id } } ...A } fragment A on Query { items(first: 999999) \
          { nodes { id } } a: items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }".to_owned(), "QUERY_TOO_COMPLEX"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello } fragment A on Query { ...A }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("{ echo(n: 1, text: \"".to_owned(), "GRAPHQL_PARSE_FAILED"),
        (format!("{{ echo(n: 1, text: \"\"\"\" {}", "[".repeat(3_000)), "GRAPHQL_PARSE_FAILED"),
        ("{ echo(n: 1e99999) }".to_owned(), "GRAPHQL_PARSE_FAILED"),
        ("{ hello \0 }".to_owned(), "GRAPHQL_PARSE_FAILED"),
        ("\0\0\0\0".to_owned(), "GRAPHQL_PARSE_FAILED"),
        ("\u{feff}".to_owned(), "GRAPHQL_PARSE_FAILED"),
        (String::new(), "GRAPHQL_PARSE_FAILED"),
        ("type Query { a: Int }".to_owned(), "GRAPHQL_PARSE_FAILED"),
        ("query($a: Nope = 1) { hello }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("query($a: [Nope!]! = [1]) { list(values: $a) }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
    ];
    for (text, code) in cases {
        let begun = Instant::now();
        let shown: String = text.chars().take(60).collect();
        assert_eq!(refusal(server.post(&text)).await, (400, code.to_owned()), "{shown}");
        assert!(begun.elapsed() < AT_ONCE, "{shown}: {:?}", begun.elapsed());
    }
    assert_eq!(answer(server.post("{ hello }")).await.0, 200);
}

#[actix_web::test]
async fn hostile_bodies_are_refused_at_once() {
    let server = Server::start(|_| {}).await;
    let raw = |body: Vec<u8>| server.post("").body(body);
    let deep = |levels: usize| {
        format!("{{\"query\":\"{{hello}}\",\"variables\":{{\"v\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels))
    };
    let cases: Vec<(Vec<u8>, u16)> = vec![
        (b"{\"query\":\"{ hello }\",\"query\":\"{ viewer }\"}".to_vec(), 400),
        (b"{\"query\":\"\xff\xfe\"}".to_vec(), 400),
        (b"\x1f\x8b\x08\x00".to_vec(), 400),
        (deep(33).into_bytes(), 400),
        (deep(100_000).into_bytes(), 400),
        ("[".repeat(200_000).into_bytes(), 400),
        ("{\"a\":".repeat(50_000).into_bytes(), 400),
        (vec![b'x'; (256 << 10) + 1], 413),
        (Vec::new(), 400),
    ];
    for (body, status) in cases {
        let begun = Instant::now();
        let shown = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
        assert_eq!(refusal(raw(body)).await.0, status, "{shown}");
        assert!(begun.elapsed() < AT_ONCE, "{shown}");
    }
    assert!(sent_without_length(&server, 300).await.starts_with("HTTP/1.1 413"));
    assert!(sent_without_length(&server, 3).await.starts_with("HTTP/1.1 400"));
    assert_eq!(answer(server.post("{ hello }")).await.0, 200);
}

/// The answer to a body of `kilobytes` spaces whose length was not announced.
async fn sent_without_length(server: &Server, kilobytes: usize) -> String {
    let mut connection = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("400\r\n{}\r\n", " ".repeat(1024));
    for _ in 0..kilobytes {
        connection.write_all(chunk.as_bytes()).await.unwrap();
    }
    connection.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 4096];
    let length = connection.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[actix_web::test]
async fn values_of_every_kind_are_refused_by_type() {
    let server = Server::start(|_| {}).await;
    for value in [
        json!(1e300),
        json!(-9_223_372_036_854_775_808_i64),
        json!("1"),
        json!([1]),
        json!({ "a": 1 }),
        json!(null),
        json!(true),
    ] {
        let body = json!({ "query": "query($n: Int!) { echo(n: $n) }", "variables": { "n": value } });
        let (_, answer) = answer(server.post_json(&body)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{body}: {answer}");
    }
    let unusual =
        json!({ "query": "query($n: Int!) { echo(n: $n) }", "variables": { "n": 1, "": 2, "a b": 3, "__x": {"": 1} } });
    assert_eq!(answer(server.post_json(&unusual)).await.1["data"]["echo"], "1");
}

#[actix_web::test]
async fn long_query_strings_are_refused() {
    let server = Server::start(|_| {}).await;
    let text = "x".repeat(30_000);
    let long = server.request_with(Method::GET, &[("query", &text)]).bearer_auth("ada");
    assert_eq!(refusal(long).await, (400, "DOCUMENT_TOO_LARGE".to_owned()));
}

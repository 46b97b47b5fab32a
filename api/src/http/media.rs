//! Media types: what a request is written in, what its answer may be written in, and the gate against cross-site
//! requests.

use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

/// What an answer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status says how it went.
    GraphqlResponse,
    /// `application/json`: what every client understands; 200 for whatever is a GraphQL answer.
    Json,
    /// `text/event-stream`: GraphQL over SSE, distinct connections.
    EventStream,
}

impl Media {
    /// The value of `content-type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }

    fn of_range(range: &str) -> Option<Self> {
        match range {
            "application/graphql-response+json" => Some(Self::GraphqlResponse),
            "application/json" | "application/*" | "*/*" => Some(Self::Json),
            "text/event-stream" => Some(Self::EventStream),
            _ => None,
        }
    }
}

/// The best of what `accept` names: highest quality first, then in the client's order. JSON when it is absent; None
/// when nothing in it can be had.
pub fn negotiate(headers: &HeaderMap) -> Option<Media> {
    let mut best: Option<(u32, Media)> = None;
    let mut said_anything = false;
    for value in headers.get_all(ACCEPT) {
        for part in value.to_str().unwrap_or("").split(',') {
            let mut parameters = part.split(';').map(str::trim);
            let range = parameters.next().unwrap_or("").to_ascii_lowercase();
            said_anything |= !range.is_empty();
            let quality = parameters
                .find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")))
                .map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
            // Thousandths, which is as fine as a quality may be written.
            let quality = (quality * 1000.0) as u32;
            if let Some(media) = Media::of_range(&range)
                && quality > best.map_or(0, |(quality, _)| quality)
            {
                best = Some((quality, media));
            }
        }
    }
    if said_anything { best.map(|(_, media)| media) } else { Some(Media::Json) }
}

/// Whether a POST body is what the edge reads: JSON in UTF-8, not compressed.
pub fn is_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    let content_type = text(CONTENT_TYPE);
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next() == Some("application/json");
    let is_utf8 = parts.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    });
    // A compressed body would have to be unpacked before its size is known.
    is_json && is_utf8 && matches!(text(CONTENT_ENCODING).as_str(), "" | "identity")
}

/// Whether a browser asked the server first (a preflight) before it sent this GET across sites.
///
/// A page elsewhere can send a plain GET without asking. It cannot set any of these headers unasked; `authorization` is
/// one of them, and nothing else ever says who a request comes from.
pub fn passed_preflight(headers: &HeaderMap) -> bool {
    const PROOFS: [&str; 3] = ["apollo-require-preflight", "x-apollo-operation-name", "graphql-require-preflight"];
    headers.contains_key(AUTHORIZATION) || PROOFS.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
        rows.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn accept_is_negotiated() {
        for (accept, media) in [
            ("application/json", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphqlResponse)),
            ("application/json;q=0.5, application/graphql-response+json;q=0.6", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json;charset=utf-8", Some(Media::GraphqlResponse)),
            ("text/event-stream", Some(Media::EventStream)),
            ("text/html,*/*;q=0.8", Some(Media::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;q=zzz", None),
            ("", Some(Media::Json)),
        ] {
            assert_eq!(negotiate(&headers(&[("accept", accept)])), media, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(Media::Json));
    }

    #[test]
    fn only_plain_json_in_utf8_is_read() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=utf-16", false),
            ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
        ] {
            assert_eq!(is_json(&headers(&[("content-type", content_type)])), expected, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
        assert!(!is_json(&headers(&[("content-type", "application/json"), ("content-encoding", "gzip")])));
    }
}

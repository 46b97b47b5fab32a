//! Small documents from an identity provider: bounded in time and size, never redirected. Where a document lies is
//! decided by the settings and the provider's own discovery, not by whoever answers.

use std::time::Duration;

use reqwest::{
    Client,
    header::{ACCEPT, CACHE_CONTROL, HeaderMap},
    redirect::Policy,
};

/// A document must be there within this time, connecting included.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A document larger than this is not read to its end.
const MAX_BODY_BYTES: usize = 256 << 10;

/// Why a document could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No answer: refused, reset, too slow.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Another status than 200; redirects included.
    #[error("status {0}")]
    Status(u16),
    /// More than 256 KiB.
    #[error("the document is larger than 256 KiB")]
    TooLarge,
    /// The document does not say what it should.
    #[error("{0}")]
    Content(&'static str),
}

/// A document and how long its sender wants it kept.
#[derive(Debug)]
pub struct Document {
    /// The body.
    pub body: Vec<u8>,
    /// `max-age`; zero where the sender wants it not kept at all.
    pub max_age: Option<Duration>,
}

/// Fetches documents.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
}

impl Fetcher {
    /// A fetcher with no connections yet.
    ///
    /// # Errors
    /// When the system's TLS roots cannot be loaded.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            // A kept connection belongs to the event loop of the worker that opened it, and a fetch every few minutes
            // gains nothing from one.
            .pool_max_idle_per_host(0)
            .referer(false)
            .build()?;
        Ok(Self { client })
    }

    /// The document at `url`, asked for with `bearer` where one is given.
    ///
    /// # Errors
    /// When it is not there in time, is too large, or the answer is not 200.
    pub async fn get(&self, url: &str, bearer: Option<&str>) -> Result<Document, FetchError> {
        let mut request = self.client.get(url).header(ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(no_answer)?;
        if response.status().as_u16() != 200 {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let announced = response.content_length().unwrap_or(0);
        if announced > MAX_BODY_BYTES as u64 {
            return Err(FetchError::TooLarge);
        }
        let max_age = max_age(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Document { body, max_age })
    }
}

fn no_answer(error: reqwest::Error) -> FetchError {
    // The address is the provider's, not a secret; but the caller names the provider already.
    FetchError::NoAnswer(error.without_url().to_string())
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let mut age = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let directive = directive.trim().to_ascii_lowercase();
            if directive == "no-store" || directive == "no-cache" {
                return Some(Duration::ZERO);
            }
            if let Some(seconds) = directive.strip_prefix("max-age=") {
                age = seconds.trim_matches('"').parse().ok().map(Duration::from_secs);
            }
        }
    }
    age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_is_read_and_refusals_to_be_kept_win() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CACHE_CONTROL, text.parse().unwrap());
            max_age(&headers)
        };
        assert_eq!(read("public, max-age=600"), Some(Duration::from_secs(600)));
        assert_eq!(read("Max-Age=60, no-store"), Some(Duration::ZERO));
        assert_eq!(read("public"), None);
        assert_eq!(read("max-age=soon"), None);
        assert_eq!(max_age(&HeaderMap::new()), None);
    }
}

//! Answers: the one function that decides status codes, the headers every answer carries, the body.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE},
    },
};
use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use hearten_ids::RequestId;
use serde::Serialize;

use super::{errors, media::Media};
use crate::graphql::error::{ErrorCode, Exception, server_error};

/// How a request ended, as far as its status goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It ran; errors of single fields are part of the answer.
    Ran,
    /// The operation was not run, for this reason.
    Refused(ErrorCode),
    /// It was not even a GraphQL request.
    Http(StatusCode),
}

/// The status of an answer: the only place that decides one.
///
/// `application/json` says 200 to whatever a GraphQL server answers to a well-formed request, because clients of that
/// type look into the body; `application/graphql-response+json` says 400 where there is no `data`. The codes 422 and 294
/// of the 2026 draft are not used: clients do not know them.
pub fn status(verdict: Verdict, media: Media) -> StatusCode {
    let code = match verdict {
        Verdict::Ran => return StatusCode::OK,
        Verdict::Http(status) => return status,
        Verdict::Refused(code) => code,
    };
    match code {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::QueryTooComplex | ErrorCode::DocumentTooLarge => StatusCode::BAD_REQUEST,
        _ if media == Media::Json => StatusCode::OK,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Why a request was not run.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// What decides the status.
    pub verdict: Verdict,
    /// What the body says.
    pub errors: Vec<ServerError>,
    /// The method that would have been allowed.
    pub allow: Option<&'static str>,
    /// Seconds after which it may be tried again.
    pub retry_after_seconds: Option<u32>,
}

impl Refusal {
    /// A request that is not a GraphQL request.
    pub fn http(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { verdict: Verdict::Http(status), ..Self::from(server_error(code, message)) }
    }

    /// A method that is not allowed here.
    pub fn method(allow: &'static str, message: &str) -> Self {
        let refusal = Self::http(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message);
        Self { allow: Some(allow), ..refusal }
    }

    /// The principal's bucket holds less than the operation costs.
    pub fn rate_limited(retry_after_seconds: u32, cost: Value) -> Self {
        let mut error = server_error(ErrorCode::RateLimited, ErrorCode::RateLimited.meaning());
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        extensions.set("retryAfter", retry_after_seconds);
        extensions.set("cost", cost);
        Self { retry_after_seconds: Some(retry_after_seconds), ..Self::from(error) }
    }
}

impl From<ServerError> for Refusal {
    fn from(error: ServerError) -> Self {
        let verdict = Verdict::Refused(errors::code(&error));
        Self { verdict, errors: vec![error], allow: None, retry_after_seconds: None }
    }
}

impl From<Exception> for Refusal {
    fn from(exception: Exception) -> Self {
        let error: async_graphql::Error = exception.into();
        let mut out = ServerError::new(error.message, None);
        out.extensions = error.extensions;
        Self::from(out)
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::from(server_error(code, code.meaning()))
    }
}

/// What is written: `data` only when the operation ran.
#[derive(Debug, Serialize)]
pub struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    extensions: std::collections::BTreeMap<String, Value>,
}

impl Body {
    /// The body of an answer that was tidied.
    pub fn of(response: Response) -> Self {
        let executed = errors::was_executed(&response) || response.errors.is_empty();
        Self {
            data: executed.then_some(response.data),
            errors: response.errors,
            extensions: response.extensions,
        }
    }

    /// The body of a refusal.
    pub fn refused(mut errors: Vec<ServerError>, request_id: RequestId) -> Self {
        for error in &mut errors {
            errors::name_request(error, request_id);
        }
        Self { data: None, errors, extensions: Default::default() }
    }

    /// Whether the operation ran.
    pub fn was_executed(&self) -> bool {
        self.data.is_some()
    }

    /// The body as JSON. Cannot fail in practice: the values came from JSON types.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"errors":[{"message":"INTERNAL"}]}"#.to_owned())
    }

    /// The errors as JSON, as a socket's `error` message holds them.
    pub fn errors_json(&self) -> String {
        serde_json::to_string(&self.errors).unwrap_or_else(|_| "[]".to_owned())
    }

    fn verdict(&self) -> Verdict {
        match self.errors.first() {
            Some(error) if !self.was_executed() => Verdict::Refused(errors::code(error)),
            _ => Verdict::Ran,
        }
    }
}

/// The HTTP answer of an operation that ran, or that validation refused.
pub fn answer(body: &Body, media: Media) -> HttpResponse {
    write(status(body.verdict(), media), body, media)
}

/// The HTTP answer to a request that was not run.
pub fn refuse(refusal: Refusal, media: Media, request_id: RequestId) -> HttpResponse {
    let status = status(refusal.verdict, media);
    let body = Body::refused(refusal.errors, request_id);
    let mut response = write(status, &body, media);
    let headers = response.headers_mut();
    if let Some(method) = refusal.allow {
        headers.insert(ALLOW, actix_web::http::header::HeaderValue::from_static(method));
    }
    if let Some(seconds) = refusal.retry_after_seconds {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, actix_web::http::header::HeaderValue::from_static("Bearer"));
    }
    response
}

fn write(status: StatusCode, body: &Body, media: Media) -> HttpResponse {
    // A stream that did not begin is refused as an ordinary answer.
    let media = if media == Media::EventStream { Media::GraphqlResponse } else { media };
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, media.content_type()))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((VARY, "authorization, accept"))
        .body(body.json())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_clients_see_200_where_the_body_says_what_is_wrong() {
        for (code, json, graphql) in [
            (ErrorCode::GraphqlParseFailed, 200, 400),
            (ErrorCode::GraphqlValidationFailed, 200, 400),
            (ErrorCode::BadUserInput, 200, 400),
            (ErrorCode::OperationResolutionFailure, 200, 400),
            (ErrorCode::PersistedDocumentNotFound, 200, 400),
            (ErrorCode::DocumentTooLarge, 400, 400),
            (ErrorCode::QueryTooComplex, 400, 400),
            (ErrorCode::Unauthenticated, 401, 401),
            (ErrorCode::RateLimited, 429, 429),
            (ErrorCode::Timeout, 504, 504),
            (ErrorCode::Unavailable, 503, 503),
            (ErrorCode::Internal, 500, 500),
        ] {
            assert_eq!(status(Verdict::Refused(code), Media::Json).as_u16(), json, "{code:?}");
            assert_eq!(status(Verdict::Refused(code), Media::GraphqlResponse).as_u16(), graphql, "{code:?}");
        }
        assert_eq!(status(Verdict::Ran, Media::GraphqlResponse), StatusCode::OK);
    }
}

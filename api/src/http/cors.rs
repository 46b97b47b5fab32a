//! What surrounds every request to the endpoint: its id, and the answer to browsers of other origins. An origin is
//! allowed when the settings name it, letter by letter; nothing is ever echoed or guessed.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, HeaderMap, HeaderName, HeaderValue, ORIGIN,
            VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    web,
};

use super::backend::Edge;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware of the endpoint.
///
/// # Errors
/// Whatever the inner service fails with.
pub async fn around<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(edge) = request.app_data::<web::Data<Edge>>().cloned() else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let request_id = edge.request_id();
    request.extensions_mut().insert(request_id);
    let origins = &edge.app().config.server.cors_origins;
    let allowed = allowed_origin(request.headers(), origins);
    let mut response = if request.method() == Method::OPTIONS {
        preflight(request, allowed.is_some()).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let headers = response.headers_mut();
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id, retry-after"));
    }
    if !origins.is_empty() {
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The request's origin, when it is one of `origins`.
pub fn allowed_origin(headers: &HeaderMap, origins: &[String]) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

fn preflight(request: ServiceRequest, is_allowed: bool) -> ServiceResponse {
    let mut response = if is_allowed {
        HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
            .insert_header((
                ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, graphql-require-preflight, apollo-require-preflight, x-apollo-operation-name",
            ))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"))
            .finish()
    } else if request.headers().contains_key(ORIGIN) {
        HttpResponse::new(StatusCode::FORBIDDEN)
    } else {
        HttpResponse::new(StatusCode::NO_CONTENT)
    };
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST, OPTIONS"));
    request.into_response(response)
}

/// Whether a browser's page at the request's origin may open a socket: an allowed origin, or, while GraphiQL is served,
/// this server's own. What is not a browser sends no origin.
pub fn may_open_socket(headers: &HeaderMap, origins: &[String], own_pages: bool) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    if allowed_origin(headers, origins).is_some() {
        return true;
    }
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let host = headers.get(actix_web::http::header::HOST).and_then(text);
    let origin = text(origin);
    let authority = origin.as_deref().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    own_pages && authority.is_some() && authority == host.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
        rows.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn origins_are_compared_letter_by_letter() {
        let origins = ["https://app.example".to_owned()];
        assert!(allowed_origin(&headers(&[("origin", "https://app.example")]), &origins).is_some());
        for origin in ["https://app.example.evil", "http://app.example", "https://app.example:444", "null", "https://APP.example"] {
            let headers = headers(&[("origin", origin), ("host", "app.example")]);
            assert!(allowed_origin(&headers, &origins).is_none(), "{origin}");
            assert!(!may_open_socket(&headers, &origins, false), "{origin}");
        }
        assert!(may_open_socket(&HeaderMap::new(), &origins, false));
        assert!(may_open_socket(&headers(&[("origin", "http://h:1"), ("host", "h:1")]), &origins, true));
        assert!(!may_open_socket(&headers(&[("origin", "http://h:1"), ("host", "h:1")]), &origins, false));
        assert!(!may_open_socket(&headers(&[("origin", "http://evil"), ("host", "h:1")]), &origins, true));
    }
}

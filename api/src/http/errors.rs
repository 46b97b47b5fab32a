//! The last look at errors before they leave: every one has a code of the table, nothing internal shows, and there are
//! not too many.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value, parser};
use hearten_ids::RequestId;

use crate::graphql::{
    error::{ErrorCode, server_error},
    limits::ERRORS,
};

/// What the library says when a value does not fit a type. Everything else without a code is either validation or a
/// resolver that forgot its code.
const COERCION: [&str; 5] = [
    "Expected input type ",
    "Failed to parse ",
    "Invalid value for argument ",
    "Invalid default value for argument",
    "Variable ",
];

/// The error of a document that cannot be parsed. The library's message quotes the line; the place is enough.
pub fn of_parser(error: &parser::Error) -> ServerError {
    let text = error.to_string();
    let detail = match error {
        // A drawing of several lines, of which the last says what was expected.
        parser::Error::Syntax { .. } => text.rsplit("= ").next().unwrap_or_default().trim().to_owned(),
        _ => text,
    };
    let mut out = server_error(ErrorCode::GraphqlParseFailed, format!("the document is not GraphQL: {detail}"));
    out.locations = error.positions().collect();
    out
}

/// Whether `response` comes from an execution. Otherwise the request was refused by validation, and there is no `data`.
pub fn was_executed(response: &Response) -> bool {
    response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty())
}

/// Gives every error of `response` its code, and keeps the first [`ERRORS`].
pub fn tidy(response: &mut Response, request_id: RequestId) {
    let executed = was_executed(response);
    if response.errors.len() > ERRORS {
        let omitted = response.errors.len() - ERRORS;
        response.errors.truncate(ERRORS);
        response.extensions.insert("errorsOmitted".to_owned(), Value::from(omitted));
    }
    for error in &mut response.errors {
        tidy_one(error, executed, request_id);
    }
}

/// The code of `error`; INTERNAL when it has none.
pub fn code(error: &ServerError) -> ErrorCode {
    let name = match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(name)) => name.as_str(),
        _ => return ErrorCode::Internal,
    };
    ErrorCode::ALL.iter().copied().find(|code| code.name() == name).unwrap_or(ErrorCode::Internal)
}

/// Puts the request's id into an internal error, so that it can be found in the log.
pub fn name_request(error: &mut ServerError, request_id: RequestId) {
    if code(error) == ErrorCode::Internal {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        extensions.set("code", ErrorCode::Internal.name());
        extensions.set("requestId", request_id.to_string());
    }
}

fn tidy_one(error: &mut ServerError, executed: bool, request_id: RequestId) {
    let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
    if !has_code {
        let code = if COERCION.iter().any(|beginning| error.message.starts_with(beginning)) {
            ErrorCode::BadUserInput
        } else if !executed {
            ErrorCode::GraphqlValidationFailed
        } else {
            // A resolver's error without a code may hold anything, so it is for the log alone.
            tracing::error!(error = %error.message, "a field failed without a code");
            error.message = ErrorCode::Internal.meaning().to_owned();
            ErrorCode::Internal
        };
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.name());
    }
    error.source = None;
    name_request(error, request_id);
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, parser::parse_query};
    use uuid::Uuid;

    use super::*;

    fn tidied(message: &str, path: bool) -> ServerError {
        let mut error = ServerError::new(message, None);
        if path {
            error.path.push(PathSegment::Field("a".to_owned()));
        }
        let mut response = Response::from_errors(vec![error]);
        tidy(&mut response, RequestId(Uuid::nil()));
        response.errors.remove(0)
    }

    #[test]
    fn every_error_has_a_code_and_nothing_internal_shows() {
        assert_eq!(code(&tidied("Unknown field \"x\" on type \"Q\".", false)), ErrorCode::GraphqlValidationFailed);
        assert_eq!(code(&tidied("Invalid value for argument \"a\"", false)), ErrorCode::BadUserInput);
        assert_eq!(code(&tidied("Failed to parse \"Int\": too large", true)), ErrorCode::BadUserInput);
        let internal = tidied("password=hunter2", true);
        assert_eq!(code(&internal), ErrorCode::Internal);
        assert!(!internal.message.contains("hunter2"));
        assert!(internal.extensions.unwrap().get("requestId").is_some());
    }

    #[test]
    fn many_errors_are_cut() {
        let mut response = Response::from_errors(vec![ServerError::new("x", None); 1000]);
        tidy(&mut response, RequestId(Uuid::nil()));
        assert_eq!(response.errors.len(), ERRORS);
        assert_eq!(response.extensions["errorsOmitted"], Value::from(980));
    }

    #[test]
    fn parse_errors_name_the_place_and_do_not_quote_the_text() {
        let error = of_parser(&parse_query("{ a(b: \"secret\" }").unwrap_err());
        assert!(!error.message.contains("secret"), "{}", error.message);
        assert_eq!(error.locations.len(), 1);
        assert!(error.message.contains("expected"), "{}", error.message);
        for text in ["{ a(b: 1e999) }", "{ a(b: 99999999999999999999999999999999) }", "", "{", "\0", "{ a(b: 0x10) }"] {
            if let Err(error) = parse_query(text) {
                assert_eq!(code(&of_parser(&error)), ErrorCode::GraphqlParseFailed);
            }
        }
    }
}

//! The one table of errors a client can meet, and how services say that something went wrong.
//!
//! Two kinds are kept apart. An *exception* ends the field: it is a GraphQL error with `extensions.code` from
//! [`ErrorCode`]. A *refusal* is expected (a name is taken, an answer lies outside its scale): it is data in the
//! mutation's payload, as [`UserError`]. Nothing internal reaches a client: [`Exception::Internal`] shows an id to look
//! up in the log, and nothing else.

use async_graphql::{Enum, ErrorExtensionValues, ServerError, SimpleObject};
use sea_orm::DbErr;

use crate::platform::db::{self, Trouble};

/// The codes of `extensions.code`. `docs/API.md` explains each; a test keeps the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is explained in `meaning`, which is also what the documentation is tested against"
)]
pub enum ErrorCode {
    Unauthenticated,
    Forbidden,
    NotFound,
    BadUserInput,
    Conflict,
    RateLimited,
    QueryTooComplex,
    DocumentTooLarge,
    GraphqlParseFailed,
    GraphqlValidationFailed,
    OperationResolutionFailure,
    PersistedDocumentNotFound,
    IdempotencyConflict,
    Timeout,
    Unavailable,
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::BadUserInput,
        Self::Conflict,
        Self::RateLimited,
        Self::QueryTooComplex,
        Self::DocumentTooLarge,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::OperationResolutionFailure,
        Self::PersistedDocumentNotFound,
        Self::IdempotencyConflict,
        Self::Timeout,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The code as clients see it.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What it means and what to do, in one sentence.
    pub const fn meaning(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Unauthenticated => {
                ("UNAUTHENTICATED", "No valid bearer token came with the request; sign in and retry.")
            }
            Self::Forbidden => ("FORBIDDEN", "You may see this but not do that; ask somebody whose role allows it."),
            Self::NotFound => ("NOT_FOUND", "There is no such object, or you may not see it."),
            Self::BadUserInput => {
                ("BAD_USER_INPUT", "An argument is outside what the field accepts; the message says what it accepts.")
            }
            Self::Conflict => ("CONFLICT", "The object changed meanwhile; read it again and retry."),
            Self::RateLimited => {
                ("RATE_LIMITED", "Your cost bucket is empty; wait for the seconds in extensions.retryAfter.")
            }
            Self::QueryTooComplex => {
                ("QUERY_TOO_COMPLEX", "The operation is deeper, wider or costlier than allowed; ask for less at once.")
            }
            Self::DocumentTooLarge => {
                ("DOCUMENT_TOO_LARGE", "The request or its document is larger than allowed; split it.")
            }
            Self::GraphqlParseFailed => ("GRAPHQL_PARSE_FAILED", "The document is not GraphQL."),
            Self::GraphqlValidationFailed => ("GRAPHQL_VALIDATION_FAILED", "The document does not fit the schema."),
            Self::OperationResolutionFailure => (
                "OPERATION_RESOLUTION_FAILURE",
                "The document has several operations, or none of that name; set operationName.",
            ),
            Self::PersistedDocumentNotFound => (
                "PERSISTED_DOCUMENT_NOT_FOUND",
                "The document is not registered, or only registered documents are accepted.",
            ),
            Self::IdempotencyConflict => {
                ("IDEMPOTENCY_CONFLICT", "The idempotency key was used with another input; draw a new key.")
            }
            Self::Timeout => ("TIMEOUT", "The operation took too long and was stopped; ask for less at once."),
            Self::Unavailable => ("UNAVAILABLE", "A part of the service is away; retry after a moment."),
            Self::Internal => {
                ("INTERNAL", "Something failed on our side; quote extensions.requestId to your operator.")
            }
        }
    }
}

/// Why a field cannot be answered.
///
/// It is deliberately not `Display`: the library turns every `Display` into a message for the client, and the code
/// would be lost.
#[derive(Debug)]
pub enum Exception {
    /// Any code of the table, with a message for the client.
    Coded {
        /// The code.
        code: ErrorCode,
        /// What happened and what to do. Shown to the client.
        message: String,
    },
    /// Something failed that the client cannot mend. Logged, never shown.
    Internal(anyhow::Error),
}

impl Exception {
    /// An exception of `code` with the table's own message.
    pub fn code(code: ErrorCode) -> Self {
        Self::Coded { code, message: code.meaning().to_owned() }
    }

    /// An exception of `code` with a message for the client.
    pub fn with(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Coded { code, message: message.into() }
    }

    /// What an actor may not see does not exist.
    pub fn not_found() -> Self {
        Self::code(ErrorCode::NotFound)
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::code(ErrorCode::Unauthenticated)
    }

    /// An argument outside what the field accepts.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::with(ErrorCode::BadUserInput, message)
    }

    /// A failure of ours, for the log.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(error.into())
    }

    /// The code clients see.
    pub fn error_code(&self) -> ErrorCode {
        match self {
            Self::Coded { code, .. } => *code,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl From<DbErr> for Exception {
    /// A database that is away, or whose disk is full, is no error of ours: whoever asked may ask again. Nothing is
    /// repeated here. A statement that only reads could be, but half of a request's statements run in a transaction
    /// that is gone, and the client knows better than we whether it still wants the answer.
    fn from(error: DbErr) -> Self {
        match db::find_trouble(&error) {
            Some(Trouble::Away) => tracing::warn!(%error, "the database did not answer"),
            Some(Trouble::Disk) => tracing::error!(%error, "the database cannot write to its disk"),
            None => return Self::internal(error),
        }
        Self::code(ErrorCode::Unavailable)
    }
}

impl From<Exception> for async_graphql::Error {
    /// Logs what is internal and hides it; everything else keeps its code and message.
    fn from(exception: Exception) -> Self {
        let code = exception.error_code();
        if let Exception::Internal(error) = &exception {
            // Not the debug form: that of a database error repeats the row.
            tracing::error!(error = format!("{error:#}"), "a field failed");
        }
        let message = match exception {
            Exception::Coded { message, .. } => message,
            Exception::Internal(_) => code.meaning().to_owned(),
        };
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", code.name());
        Self { message, source: None, extensions: Some(extensions) }
    }
}

/// A GraphQL error that did not come from a resolver: from the limits, the parser, the edge.
pub fn server_error(code: ErrorCode, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.name());
    error.extensions = Some(extensions);
    error
}

/// Why a mutation changed nothing, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// A value is malformed or outside its range.
    Invalid,
    /// A required value is missing.
    Required,
    /// A value is too long, or a list has too many items.
    TooLong,
    /// There is no such object, or you may not see it.
    NotFound,
    /// You may see the object but not do this with it.
    Forbidden,
    /// Another object already has this value.
    Taken,
    /// The object is not in a state in which this can be done.
    WrongState,
    /// The change would make the organisation tree or the reporting lines run in a circle.
    Cycle,
    /// It was done before and can be done only once.
    AlreadyDone,
    /// This takes more points than are there.
    InsufficientPoints,
    /// None are left.
    OutOfStock,
}

/// An expected failure: the mutation changed nothing, and this says why.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// The kind of failure, for programs.
    pub code: UserErrorCode,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// Where in the input, from the outside in; null when it is not about one place.
    pub path: Option<Vec<String>>,
}

impl UserError {
    /// A refusal about the place `path` in the input.
    pub fn at<const N: usize>(code: UserErrorCode, path: [&str; N], message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: Some(path.iter().map(ToString::to_string).collect()) }
    }

    /// A refusal that is not about one place.
    pub fn whole(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: None }
    }
}

/// What a mutating service answers when it does not do what was asked.
#[derive(Debug)]
pub enum Refusal {
    /// Expected: data for the payload.
    User(Vec<UserError>),
    /// Not expected: ends the field.
    Exception(Exception),
}

impl From<Exception> for Refusal {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Self::Exception(error.into())
    }
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        Self::User(vec![error])
    }
}

impl From<Vec<UserError>> for Refusal {
    fn from(errors: Vec<UserError>) -> Self {
        Self::User(errors)
    }
}

//! What one request may ask for. Everything is checked before a resolver runs: the text before the parser sees it, the
//! document before the library validates it. All limits stand in this file.

pub mod cost;
pub mod measure;
pub mod scan;

use async_graphql::ServerError;

use crate::graphql::error::{ErrorCode, server_error};

/// Bytes of a request body, and of a query string.
pub const BODY_BYTES: usize = 256 << 10;
/// Bytes of a document.
pub const DOCUMENT_BYTES: usize = 20 << 10;
/// Lexical tokens of a document.
pub const TOKENS: usize = 2_000;
/// Brackets of any kind that may be open at once. The parser recurses, and a deeper text would end the process.
pub const BRACKETS: usize = 64;
/// Levels of lists and objects in the variables.
pub const VARIABLE_DEPTH: usize = 32;
/// Levels of fields below the root.
pub const DEPTH: usize = 12;
/// The same for `__schema` and `__type`: the standard introspection query needs it.
pub const INTROSPECTION_DEPTH: usize = 15;
/// Levels of selection sets, those of fragments included. The library recurses over them.
pub const SELECTION_DEPTH: usize = 30;
/// Fields of a document with every fragment expanded wherever it is spread.
pub const FIELDS: u32 = 1_000;
/// Aliases of a document, expanded.
pub const ALIASES: u32 = 30;
/// Directives of a document, expanded.
pub const DIRECTIVES: u32 = 50;
/// What one operation may cost; [`cost`] has the rule.
pub const COST: u32 = 1_000;
/// Errors that are returned; the rest is counted.
pub const ERRORS: usize = 20;
/// Seconds within which a socket must be initialised.
pub const SOCKET_INIT_SECONDS: u64 = 5;
/// Seconds between the pings of the server.
pub const SOCKET_PING_SECONDS: u64 = 20;
/// Bytes of one message on a socket.
pub const SOCKET_MESSAGE_BYTES: usize = 64 << 10;
/// Operations under way on one socket.
pub const SOCKET_OPERATIONS: usize = 50;
/// Sockets of one principal on one node.
pub const SOCKETS: u32 = 3;
/// Event streams (SSE) of one principal on one node.
pub const STREAMS: u32 = 10;

/// Why a document is refused before it runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The text is larger than [`DOCUMENT_BYTES`], [`TOKENS`] or [`BRACKETS`] allow.
    #[error("the document {0}")]
    TooLarge(String),
    /// The operation is deeper, wider or costlier than allowed.
    #[error("the operation {0}")]
    TooComplex(String),
    /// The text cannot be GraphQL.
    #[error("{0}")]
    NotGraphql(String),
    /// A fragment is spread inside itself, or does not exist.
    #[error("{0}")]
    Invalid(String),
    /// There is no one operation to run.
    #[error("{0}")]
    NoOperation(String),
}

impl Refused {
    /// The code clients see.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge(_) => ErrorCode::DocumentTooLarge,
            Self::TooComplex(_) => ErrorCode::QueryTooComplex,
            Self::NotGraphql(_) => ErrorCode::GraphqlParseFailed,
            Self::Invalid(_) => ErrorCode::GraphqlValidationFailed,
            Self::NoOperation(_) => ErrorCode::OperationResolutionFailure,
        }
    }
}

impl From<Refused> for ServerError {
    fn from(refused: Refused) -> Self {
        server_error(refused.code(), refused.to_string())
    }
}

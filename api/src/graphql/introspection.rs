//! Who may ask for the schema: whoever is signed in, and everybody in the demo. It is no secret (`schema.graphql` is
//! public); what is refused is the work it makes for callers nobody knows.

use super::{
    error::{ErrorCode, Exception},
    limits::measure::Operation,
};

/// Passes when `operation` does not ask for the schema, or the caller may.
///
/// # Errors
/// UNAUTHENTICATED, with a hint where the schema can be had.
pub fn require(operation: &Operation, is_signed_in: bool, is_demo: bool) -> Result<(), Exception> {
    if operation.introspects() && !is_signed_in && !is_demo {
        return Err(Exception::with(
            ErrorCode::Unauthenticated,
            "Introspection is for callers who are signed in; the schema is published as schema.graphql.",
        ));
    }
    Ok(())
}

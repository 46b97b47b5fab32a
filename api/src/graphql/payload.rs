//! How a service's outcome becomes a payload: a refusal is data, an exception ends the field.

use crate::graphql::error::{Exception, Refusal, UserError};

/// Splits an outcome into what was done and why it was not.
///
/// # Errors
/// The exception, when it is one.
pub fn settle<T>(outcome: Result<T, Refusal>) -> Result<(Option<T>, Vec<UserError>), Exception> {
    match outcome {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(Refusal::User(errors)) => Ok((None, errors)),
        Err(Refusal::Exception(exception)) => Err(exception),
    }
}

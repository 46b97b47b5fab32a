//! Reading inputs: ids, and texts with a limit. Each failure names its place.

use std::str::FromStr;

use async_graphql::{ID, resolver_utils::EnumType};
use hearten_ids::IdError;

use crate::graphql::error::{Exception, UserError, UserErrorCode};

/// Reads an id of an argument.
///
/// # Errors
/// BAD_USER_INPUT when it is not an id of the wanted kind.
pub fn argument_id<T: FromStr<Err = IdError>>(name: &str, id: &ID) -> Result<T, Exception> {
    id.parse().map_err(|error| Exception::bad_input(format!("{name}: {error}")))
}

/// Reads an id inside a mutation's input.
///
/// # Errors
/// A user error at `path` when it is not an id of the wanted kind.
pub fn input_id<T: FromStr<Err = IdError>, const N: usize>(path: [&str; N], id: &ID) -> Result<T, UserError> {
    id.parse().map_err(|error: IdError| UserError::at(UserErrorCode::Invalid, path, error.to_string()))
}

/// A text that is not empty once trimmed, and at most `longest` characters.
///
/// # Errors
/// A user error at `path` that says what is wrong.
pub fn text<const N: usize>(path: [&str; N], value: &str, longest: usize) -> Result<String, UserError> {
    let value = value.trim();
    if value.is_empty() {
        return Err(UserError::at(UserErrorCode::Required, path, "this cannot be empty"));
    }
    if value.chars().count() > longest {
        return Err(UserError::at(UserErrorCode::TooLong, path, format!("at most {longest} characters")));
    }
    if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(UserError::at(UserErrorCode::Invalid, path, "control characters are not allowed"));
    }
    Ok(value.to_owned())
}

/// The values of an enum a list names, each once. A list longer than the enum says something twice, and could be as long as
/// a request is.
///
/// # Errors
/// BAD_USER_INPUT when it names more values than there are.
pub fn choices<T: EnumType + PartialEq>(name: &str, values: Vec<T>) -> Result<Vec<T>, Exception> {
    let most = T::items().len();
    if values.len() > most {
        return Err(Exception::bad_input(format!("{name}: at most {most}, each once")));
    }
    let mut once = Vec::with_capacity(values.len());
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    Ok(once)
}

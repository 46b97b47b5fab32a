//! What single values of an entry may be: the same whether they come by hand or by file.

use std::sync::Arc;

use hearten_orgchart::Attribute;

use crate::graphql::{
    error::{UserError, UserErrorCode},
    input,
};

/// The longest name, title or value, in characters.
pub const LONGEST_NAME: usize = 200;
/// The longest name of an attribute, in characters.
pub const LONGEST_ATTRIBUTE_NAME: usize = 40;
/// A person has at most this many attributes.
pub const MOST_ATTRIBUTES: usize = 20;

/// A text that may be left empty.
///
/// # Errors
/// A user error at `path`.
pub fn optional<const N: usize>(path: [&str; N], value: Option<String>) -> Result<Option<Arc<str>>, UserError> {
    value.map(|value| input::text(path, &value, LONGEST_NAME).map(Into::into)).transpose()
}

/// Passes when `tag` is a language.
///
/// # Errors
/// A user error at `locale`.
pub fn check_locale(tag: &str) -> Result<(), UserError> {
    let refused =
        |error: hearten_survey::LocaleError| UserError::at(UserErrorCode::Invalid, ["locale"], error.to_string());
    hearten_survey::Locale::parse(tag).map(drop).map_err(refused)
}

/// The name of an attribute as it is kept.
///
/// # Errors
/// A user error at `attributes.name`.
pub fn attribute_name(name: &str) -> Result<String, UserError> {
    input::text(["attributes", "name"], &name.to_lowercase(), LONGEST_ATTRIBUTE_NAME)
}

/// All attributes of a person, sorted by name.
///
/// # Errors
/// A user error at `attributes` or at a name or value below.
pub fn attributes(pairs: Vec<(String, String)>) -> Result<Arc<[Attribute]>, UserError> {
    if pairs.len() > MOST_ATTRIBUTES {
        return Err(UserError::at(UserErrorCode::TooLong, ["attributes"], too_many_attributes()));
    }
    let mut checked: Vec<Attribute> = pairs
        .into_iter()
        .map(|(name, value)| {
            let name = attribute_name(&name)?;
            let value = input::text(["attributes", "value"], &value, LONGEST_NAME)?;
            Ok((name.into(), value.into()))
        })
        .collect::<Result<_, UserError>>()?;
    checked.sort();
    if checked.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(UserError::at(UserErrorCode::Invalid, ["attributes"], "an attribute is named twice"));
    }
    Ok(checked.into())
}

/// What is said of too many attributes.
pub fn too_many_attributes() -> String {
    format!("at most {MOST_ATTRIBUTES} attributes")
}

/// Whether `text` could be an e-mail address: something, one @, a domain. The mail server knows the rest.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !local.contains('@')
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
}

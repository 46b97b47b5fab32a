//! The parameters of a GraphQL request, from a JSON body, a query string or a socket's message.

use actix_web::web;
use async_graphql::{Value as GraphqlValue, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::graphql::{documents::DocumentHash, limits::VARIABLE_DEPTH};

/// What a client asks to run.
#[derive(Debug, Default)]
pub struct Params {
    /// The document, as text or by name.
    pub document: Document,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// Its variables.
    pub variables: Variables,
}

/// The document of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Document {
    /// Its text.
    Text(String),
    /// The name of a registered one.
    Registered(DocumentHash),
}

impl Default for Document {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

// Fields are read as any value first, so that a wrong type is told by name. A name that comes twice is refused: two
// readers could disagree about which one counts.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Raw {
    query: Option<Value>,
    document_id: Option<Value>,
    operation_name: Option<Value>,
    variables: Option<Value>,
    extensions: Option<Value>,
}

/// The parameters in a JSON body.
///
/// # Errors
/// A sentence for the client: not JSON, a wrong type, no document, or too deep.
pub fn from_json(body: &[u8]) -> Result<Params, String> {
    // serde_json itself stops at 128 levels.
    let value: Raw = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => return Err("batches of operations are not accepted; send one operation a request".to_owned()),
        // The parser's own message could quote the body.
        _ => serde_json::from_slice(body)
            .map_err(|error| format!("the body is not a JSON object as expected (line {}, column {})", error.line(), error.column()))?,
    };
    from_raw(value)
}

/// The parameters in the payload of a socket's `subscribe` message.
///
/// # Errors
/// As [`from_json`].
pub fn from_value(payload: Value) -> Result<Params, String> {
    let not_an_object = || "the payload is not an object as expected".to_owned();
    // A struct can also be read from an array, which nobody means.
    if !payload.is_object() {
        return Err(not_an_object());
    }
    from_raw(serde_json::from_value(payload).map_err(|_| not_an_object())?)
}

/// The parameters in a query string; `variables` and `extensions` are JSON texts there.
///
/// # Errors
/// As [`from_json`].
pub fn from_query_string(text: &str) -> Result<Params, String> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text)
        .map_err(|_| "the query string is malformed".to_owned())?;
    let mut raw = Raw::default();
    for (name, value) in pairs.into_inner() {
        let (slot, is_json) = match name.as_str() {
            "query" => (&mut raw.query, false),
            "documentId" => (&mut raw.document_id, false),
            "operationName" => (&mut raw.operation_name, false),
            "variables" => (&mut raw.variables, true),
            "extensions" => (&mut raw.extensions, true),
            _ => continue,
        };
        if slot.is_some() {
            return Err(format!("{name} comes twice"));
        }
        let value = if is_json {
            serde_json::from_str(&value).map_err(|_| format!("{name} is not JSON"))?
        } else if value.is_empty() {
            Value::Null
        } else {
            Value::String(value)
        };
        *slot = Some(value);
    }
    from_raw(raw)
}

fn from_raw(raw: Raw) -> Result<Params, String> {
    let query = text(raw.query, "query")?;
    let document_id = text(raw.document_id, "documentId")?;
    let extensions = object(raw.extensions, "extensions")?;
    let document = match (query, document_id) {
        (Some(_), Some(_)) => return Err("send either query or documentId, not both".to_owned()),
        (Some(text), None) => Document::Text(text),
        (None, Some(id)) => Document::Registered(
            DocumentHash::parse(&id)
                .ok_or("documentId must be \"sha256:\" and 64 hexadecimal digits, or the digits alone")?,
        ),
        (None, None) => Document::Registered(
            persisted_query(&extensions).ok_or("the parameter query is missing; it must be a string")?,
        ),
    };
    let variables = object(raw.variables, "variables")?;
    if variables.values().any(|value| is_deeper_than(value, VARIABLE_DEPTH)) {
        return Err(format!("variables nest deeper than {VARIABLE_DEPTH} levels"));
    }
    let variables = GraphqlValue::from_json(Value::Object(variables))
        .map_err(|_| "variables cannot be read as GraphQL values".to_owned())?;
    Ok(Params {
        document,
        operation_name: text(raw.operation_name, "operationName")?,
        variables: Variables::from_value(variables),
    })
}

/// The hash in Apollo's extension. Documents are never registered through it; it only names one that is.
fn persisted_query(extensions: &Map<String, Value>) -> Option<DocumentHash> {
    DocumentHash::parse(extensions.get("persistedQuery")?.get("sha256Hash")?.as_str()?)
}

fn text(value: Option<Value>, name: &str) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("the parameter {name} must be a string")),
    }
}

fn object(value: Option<Value>, name: &str) -> Result<Map<String, Value>, String> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(format!("the parameter {name} must be an object")),
    }
}

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper_than(item, levels - 1)),
        Value::Object(map) => levels == 0 || map.values().any(|item| is_deeper_than(item, levels - 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Params, String> {
        from_json(body.as_bytes())
    }

    #[test]
    fn wrong_types_are_told_by_name() {
        for (body, word) in [
            (r#"{"query": 1}"#, "query"),
            (r#"{"query": "{a}", "variables": "x"}"#, "variables"),
            (r#"{"query": "{a}", "extensions": []}"#, "extensions"),
            (r#"{"query": "{a}", "operationName": {}}"#, "operationName"),
            (r#"{"qeury": "{a}"}"#, "query is missing"),
            (r#"[{"query": "{a}"}]"#, "batches"),
            (r#"{"query": "{a}", "query": "{b}"}"#, "JSON object"),
            (r#"{"query": "{a}", "documentId": "00"}"#, "not both"),
            (r#"{"documentId": "00"}"#, "64 hexadecimal"),
            ("", "JSON object"),
            ("null", "JSON object"),
            ("\"{a}\"", "JSON object"),
            ("{\"query\": \"{a}", "JSON object"),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.contains(word), "{body}: {error}");
        }
        assert!(read(r#"{"query": "{a}", "variables": null, "extensions": null, "operationName": null, "x": 1}"#).is_ok());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(from_json(b"{\"query\": \"{ a(b: \\\"\xff\xfe\\\") }\"}").is_err());
        assert!(from_json(b"\xef\xbb\xbf{}").is_err());
        assert!(from_json(&[0; 100]).is_err());
        assert!(read("{\"query\": \"{a}\\ud800\"}").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| {
            format!("{{\"query\": \"{{a}}\", \"variables\": {{\"v\": {}{}}}}}", "[".repeat(levels), "]".repeat(levels))
        };
        assert!(read(&nested(VARIABLE_DEPTH)).is_ok());
        assert!(read(&nested(VARIABLE_DEPTH + 1)).unwrap_err().contains("deeper"));
        assert!(read(&nested(100_000)).is_err());
        assert!(read(&"[".repeat(200_000)).is_err());
        assert!(read(&"{\"a\":".repeat(50_000)).is_err());
    }

    #[test]
    fn a_query_string_holds_the_same() {
        let params = from_query_string("query=%7Ba%7D&variables=%7B%22n%22%3A1%7D&operationName=Q&other=1").unwrap();
        assert_eq!(params.document, Document::Text("{a}".to_owned()));
        assert_eq!(params.variables.len(), 1);
        assert_eq!(params.operation_name.as_deref(), Some("Q"));
        assert!(from_query_string("query=a&query=b").unwrap_err().contains("twice"));
        assert!(from_query_string("query=a&variables=x").is_err());
        assert!(from_query_string("").is_err());
    }

    #[test]
    fn documents_can_be_named_in_three_ways() {
        let hash = DocumentHash::of("{a}");
        let hex = hash.to_string()[7..].to_owned();
        for body in [
            format!(r#"{{"documentId": "sha256:{hex}"}}"#),
            format!(r#"{{"documentId": "{hex}"}}"#),
            format!(r#"{{"extensions": {{"persistedQuery": {{"version": 1, "sha256Hash": "{hex}"}}}}}}"#),
        ] {
            assert_eq!(read(&body).unwrap().document, Document::Registered(hash), "{body}");
        }
        let both = format!(r#"{{"query": "{{b}}", "extensions": {{"persistedQuery": {{"sha256Hash": "{hex}"}}}}}}"#);
        assert_eq!(read(&both).unwrap().document, Document::Text("{b}".to_owned()));
    }
}

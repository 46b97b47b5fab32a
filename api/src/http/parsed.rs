//! Documents that were read a moment ago: clients send the same few over and over, and reading a text costs more than
//! copying what was read. Each worker has its own, so that workers never wait for each other.
//!
//! Only documents that hold nothing but queries are kept: the literals of a mutation may be somebody's answers.

use std::sync::Arc;

use async_graphql::{
    ServerError,
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationType},
    },
};
use moka::sync::Cache;

use super::errors;
use crate::graphql::limits::scan;

/// What the documents of one worker may take, in bytes.
const CAPACITY: u64 = 16 << 20;
/// How much larger a document is than its text. The worst is a field of one letter: two bytes of text, one node.
const GROWTH: usize = 150;

/// The documents of one worker.
#[derive(Debug, Clone)]
pub struct ParsedDocuments(Cache<String, Arc<ExecutableDocument>>);

impl Default for ParsedDocuments {
    fn default() -> Self {
        let weigher = |text: &String, _: &Arc<ExecutableDocument>| {
            u32::try_from(text.len().saturating_mul(GROWTH)).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(CAPACITY).weigher(weigher).build())
    }
}

impl ParsedDocuments {
    /// The document that `text` is; scanned before the parser sees it.
    ///
    /// # Errors
    /// DOCUMENT_TOO_LARGE over a limit of the scan, GRAPHQL_PARSE_FAILED for what is not GraphQL.
    pub fn parse(&self, text: &str) -> Result<ExecutableDocument, ServerError> {
        if let Some(known) = self.0.get(text) {
            return Ok(ExecutableDocument::clone(&known));
        }
        scan::scan(text).map_err(ServerError::from)?;
        let document = parse_query(text).map_err(|error| errors::of_parser(&error))?;
        if document.operations.iter().all(|(_, operation)| operation.node.ty == OperationType::Query) {
            self.0.insert(text.to_owned(), Arc::new(document.clone()));
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_kept_and_nothing_else() {
        let documents = ParsedDocuments::default();
        for (text, kept) in [
            ("query A { a(b: 1) }", true),
            ("{ a }", true),
            ("mutation { answer(rating: 3) }", false),
            ("query A { a } mutation B { answer(rating: 3) }", false),
            ("subscription { a }", false),
        ] {
            let first = documents.parse(text).unwrap();
            assert_eq!(documents.0.get(text).is_some(), kept, "{text}");
            let again = documents.parse(text).unwrap();
            assert_eq!(first.operations.iter().count(), again.operations.iter().count());
            if kept {
                assert_eq!(format!("{first:?}"), format!("{again:?}"));
            }
        }
        for refused in ["{", "{ a(b: \"", &"{a".repeat(100)] {
            assert!(documents.parse(refused).is_err());
            assert!(documents.0.get(refused).is_none());
        }
    }

    #[test]
    fn a_document_grows_no_more_than_is_counted() {
        // The node, and its name behind a pointer with two counters.
        let node = size_of::<async_graphql::Positioned<async_graphql::parser::types::Selection>>();
        assert!(node + 32 <= 2 * GROWTH, "{node}");
    }
}

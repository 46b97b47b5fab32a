//! The roots of the schema, merged from the areas, and the one function that builds it.

use async_graphql::{EmptySubscription, Object, Schema};

/// The query root.
#[derive(Debug, Default)]
pub struct QueryRoot;

#[Object]
impl QueryRoot {
    /// Placeholder until the areas arrive.
    async fn hello(&self) -> &'static str {
        "hello"
    }
}

/// The mutation root.
#[derive(Debug, Default)]
pub struct MutationRoot;

#[Object]
impl MutationRoot {
    /// Placeholder until the areas arrive.
    async fn hello(&self) -> &'static str {
        "hello"
    }
}

/// Hearten's schema.
pub type HeartenSchema = Schema<QueryRoot, MutationRoot, EmptySubscription>;

/// Builds the schema. The library's own limits stay off: `limits` measures before execution.
pub fn build() -> HeartenSchema {
    Schema::build(QueryRoot, MutationRoot, EmptySubscription).disable_suggestions().finish()
}

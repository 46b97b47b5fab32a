//! What an operation costs.
//!
//! The rule, as clients may know it: an object costs 1, a scalar nothing. A connection costs 1, and multiplies what is
//! selected under its `nodes` or `edges` by the page size asked for (`first` or `last`; 20 when absent, never more than
//! 100); `totalCount` and `__typename` cost 1. A field with a list of `ids` multiplies its selection by their number. A
//! list without pages that leads back to where it stands (`managementChain`) counts as [`LIST_SIZE`] objects. Every mutation
//! costs 10 more. An operation costs at least 1 and at most [`super::COST`]. The estimate is taken from the principal's
//! bucket before the operation runs; what the answer did not use flows back.

use std::collections::HashSet;

use async_graphql::{
    Name, Value, Variables,
    parser::types::{Field, OperationDefinition, OperationType},
};

use super::measure::Measures;

/// The page size of a connection when neither argument says one.
pub const PAGE_SIZE: u32 = 20;
/// The largest page the schema gives.
pub const PAGE_SIZE_MAX: u32 = 100;
/// How many objects a list without pages is expected to hold.
pub const LIST_SIZE: u32 = 10;
/// What every mutation costs before its selection.
pub const MUTATION: u32 = 10;

/// The cost of a selection, in the two parts a connection treats differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    /// Counted once whatever the page size.
    pub once: u32,
    /// Selected under `nodes` or `edges`: once an item.
    pub each: u32,
    /// Whether `nodes` or `edges` is selected at all.
    pub pages: bool,
}

impl Weight {
    /// Both parts, for a selection that turns out not to be a connection's.
    pub fn total(self) -> u32 {
        self.once.saturating_add(self.each)
    }

    /// The weight of two selections side by side.
    pub fn plus(self, other: Self) -> Self {
        Self {
            once: self.once.saturating_add(other.once),
            each: self.each.saturating_add(other.each),
            pages: self.pages || other.pages,
        }
    }
}

/// Resolves the arguments that decide how often a selection is answered.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a> {
    /// What the client sent.
    pub variables: &'a Variables,
    /// The operation, for the defaults of its variables.
    pub operation: &'a OperationDefinition,
    /// The fields of the schema that are lists without pages and lead back to where they stand.
    pub lists: &'a HashSet<String>,
}

impl Arguments<'_> {
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|variable| self.variable(&variable).ok_or(())).ok().filter(|value| *value != Value::Null)
    }

    fn variable(&self, name: &Name) -> Option<Value> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        let definition = self.operation.variable_definitions.iter().find(|item| item.node.name.node == *name)?;
        definition.node.default_value.as_ref().map(|value| value.node.clone())
    }

    /// The page size asked for, when an argument says one.
    fn page_size(&self, field: &Field) -> Option<u32> {
        let named = |name| {
            let number = match self.argument(field, name)? {
                Value::Number(number) => number.as_i64()?,
                _ => return None,
            };
            // What is out of range is refused by the schema; here it only must not be cheap.
            Some(u32::try_from(number).unwrap_or(PAGE_SIZE_MAX).clamp(1, PAGE_SIZE_MAX))
        };
        named("first").or_else(|| named("last"))
    }

    fn ids(&self, field: &Field) -> Option<u32> {
        match self.argument(field, "ids")? {
            Value::List(items) => Some(u32::try_from(items.len()).unwrap_or(u32::MAX)),
            _ => None,
        }
    }
}

/// The weight of `field`, whose selection weighs `inner`.
pub fn field(field: &Field, inner: Weight, arguments: Arguments<'_>) -> Weight {
    let name = field.name.node.as_str();
    let is_object = !field.selection_set.node.items.is_empty();
    let own = match name {
        "__typename" | "totalCount" => 1,
        "edges" | "pageInfo" => 0,
        _ => u32::from(is_object),
    };
    let selected = if !is_object {
        0
    } else if inner.pages {
        let size = arguments.page_size(field).unwrap_or(PAGE_SIZE);
        inner.once.saturating_add(inner.each.saturating_mul(size))
    } else if let Some(times) = arguments.page_size(field).or_else(|| arguments.ids(field)) {
        inner.total().saturating_mul(times)
    } else if arguments.lists.contains(name) {
        // The first of its objects is counted already.
        inner.total().saturating_mul(LIST_SIZE).saturating_add(LIST_SIZE - 1)
    } else {
        inner.total()
    };
    let cost = own.saturating_add(selected);
    match name {
        "nodes" | "edges" => Weight { once: 0, each: cost, pages: true },
        _ => Weight { once: cost, ..Weight::default() },
    }
}

/// What an operation with these measures is expected to cost.
pub fn requested(kind: OperationType, measures: &Measures) -> u32 {
    let mutations = if kind == OperationType::Mutation { measures.root_fields.saturating_mul(MUTATION) } else { 0 };
    measures.weight.total().saturating_add(mutations).max(1)
}

/// What an answer cost: its objects by the same rule, never more than was `requested`.
pub fn actual(kind: OperationType, measures: &Measures, data: &Value, requested: u32) -> u32 {
    let mutations = if kind == OperationType::Mutation { measures.root_fields.saturating_mul(MUTATION) } else { 0 };
    let objects = match data {
        // The root itself is free.
        Value::Object(fields) => fields.iter().map(|(key, value)| objects(key, value)).fold(0, u32::saturating_add),
        _ => 0,
    };
    objects.saturating_add(mutations).clamp(1, requested.max(1))
}

fn objects(key: &str, value: &Value) -> u32 {
    match value {
        Value::Object(fields) => {
            let own = u32::from(!matches!(key, "edges" | "pageInfo"));
            fields.iter().map(|(key, value)| objects(key, value)).fold(own, u32::saturating_add)
        }
        Value::List(items) => items.iter().map(|item| objects(key, item)).fold(0, u32::saturating_add),
        Value::String(_) if key == "__typename" => 1,
        Value::Number(_) if key == "totalCount" => 1,
        _ => 0,
    }
}

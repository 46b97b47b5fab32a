//! Measures a parsed document before the library looks at it.
//!
//! Each fragment is measured once and remembered: fragments that spread the next one twice stand for 2ⁿ fields, which
//! saturating sums count in linear time and the library's own checks walk one by one.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Positioned, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

use super::{
    ALIASES, COST, DEPTH, DIRECTIVES, FIELDS, INTROSPECTION_DEPTH, Refused, SELECTION_DEPTH,
    cost::{self, Arguments, Weight},
};

/// What a selection holds, with fragments expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measures {
    /// Fields.
    pub fields: u32,
    /// Fields of the selection itself, not of what lies below.
    pub root_fields: u32,
    /// Aliases.
    pub aliases: u32,
    /// Directives.
    pub directives: u32,
    /// Levels of fields.
    pub depth: usize,
    /// Levels of fields on paths through `__schema` or `__type`; 0 when there are none.
    pub introspection_depth: usize,
    /// Levels of selection sets.
    pub selection_depth: usize,
    /// What it costs.
    pub weight: Weight,
}

/// The operation that will run, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// What it holds.
    pub measures: Measures,
    /// What it is expected to cost.
    pub cost: u32,
}

impl Operation {
    /// Whether it asks for the schema.
    pub fn introspects(&self) -> bool {
        self.measures.introspection_depth > 0
    }
}

/// The operation of `document` that `name` means.
///
/// # Errors
/// OPERATION_RESOLUTION_FAILURE when there is none of that name, or several and no name.
pub fn resolve<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, Refused> {
    let unknown = || Refused::NoOperation("the document has no operation of the name in operationName".to_owned());
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => Err(unknown()),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node).ok_or_else(unknown)
        }
        (DocumentOperations::Multiple(operations), None) => match operations.values().next() {
            Some(operation) if operations.len() == 1 => Ok(&operation.node),
            _ => Err(Refused::NoOperation("the document has several operations; name one in operationName".to_owned())),
        },
    }
}

/// Measures `document` and checks it against the limits.
///
/// All operations and fragments count against the limits, because the library validates all of them; only the cost is
/// that of the one operation that will run. `lists` are the fields of the schema that [`Arguments::lists`] means.
///
/// # Errors
/// QUERY_TOO_COMPLEX over a limit, GRAPHQL_VALIDATION_FAILED for a fragment inside itself,
/// OPERATION_RESOLUTION_FAILURE when there is no one operation to run.
pub fn measure(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    variables: &Variables,
    lists: &HashSet<String>,
) -> Result<Operation, Refused> {
    let chosen = resolve(document, operation_name)?;
    let mut tape = Tape {
        document,
        arguments: Arguments { variables, operation: chosen, lists },
        fragments: HashMap::with_capacity(document.fragments.len()),
    };
    let mut whole = Measures::default();
    let mut result = Measures::default();
    for (_, operation) in document.operations.iter() {
        let measures = tape.operation(&operation.node)?;
        if std::ptr::eq(&raw const operation.node, chosen) {
            result = measures;
        }
        whole = whole.beside(measures);
    }
    for name in document.fragments.keys() {
        // Also fragments that nobody spreads: the library walks them too.
        whole.selection_depth = whole.selection_depth.max(tape.fragment(name)?.selection_depth);
    }
    check(&whole)?;
    let cost = cost::requested(chosen.ty, &result);
    at_most("costs", cost, COST)?;
    Ok(Operation { kind: chosen.ty, measures: result, cost })
}

fn check(whole: &Measures) -> Result<(), Refused> {
    at_most("has fields (fragments expanded):", whole.fields, FIELDS)?;
    at_most("has aliases:", whole.aliases, ALIASES)?;
    at_most("has directives:", whole.directives, DIRECTIVES)?;
    at_most("has levels of fields:", whole.depth, DEPTH)?;
    at_most("has levels of introspection:", whole.introspection_depth, INTROSPECTION_DEPTH)?;
    at_most("has levels of selections:", whole.selection_depth, SELECTION_DEPTH)
}

fn at_most<N: PartialOrd + std::fmt::Display>(what: &str, value: N, limit: N) -> Result<(), Refused> {
    if value > limit {
        return Err(Refused::TooComplex(format!("{what} {value}; at most {limit} allowed")));
    }
    Ok(())
}

impl Measures {
    /// The measures of two selections side by side.
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            selection_depth: self.selection_depth.max(other.selection_depth),
            weight: self.weight.plus(other.weight),
        }
    }

    fn with_directives(mut self, directives: &[Positioned<Directive>]) -> Self {
        self.directives = self.directives.saturating_add(u32::try_from(directives.len()).unwrap_or(u32::MAX));
        self
    }
}

/// A fragment that is being measured, or has been.
enum Known {
    UnderWay,
    Done(Measures),
}

struct Tape<'a> {
    document: &'a ExecutableDocument,
    arguments: Arguments<'a>,
    fragments: HashMap<&'a str, Known>,
}

impl<'a> Tape<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Measures, Refused> {
        let mut measures = self.selections(&operation.selection_set.node)?.with_directives(&operation.directives);
        for variable in &operation.variable_definitions {
            measures = measures.with_directives(&variable.node.directives);
        }
        Ok(measures)
    }

    // Recursion is bounded: every level costs the text at least one bracket or one fragment, and the scan has bounded
    // both.
    fn selections(&mut self, set: &'a SelectionSet) -> Result<Measures, Refused> {
        let mut sum = Measures::default();
        for item in &set.items {
            sum = sum.beside(self.selection(&item.node)?.with_directives(item.node.directives()));
        }
        sum.selection_depth += 1;
        Ok(sum)
    }

    fn selection(&mut self, selection: &'a Selection) -> Result<Measures, Refused> {
        match selection {
            Selection::InlineFragment(fragment) => self.selections(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            Selection::Field(field) => {
                let field = &field.node;
                let inner = if field.selection_set.node.items.is_empty() {
                    Measures::default()
                } else {
                    self.selections(&field.selection_set.node)?
                };
                let asks_for_schema = matches!(field.name.node.as_str(), "__schema" | "__type");
                let below = inner.depth.max(inner.introspection_depth);
                let (depth, introspection_depth) = match inner.introspection_depth {
                    _ if asks_for_schema => (0, below + 1),
                    0 => (inner.depth + 1, 0),
                    levels => (inner.depth + 1, levels + 1),
                };
                Ok(Measures {
                    fields: inner.fields.saturating_add(1),
                    root_fields: 1,
                    aliases: inner.aliases.saturating_add(u32::from(field.alias.is_some())),
                    directives: inner.directives,
                    depth,
                    introspection_depth,
                    selection_depth: inner.selection_depth,
                    weight: cost::field(field, inner.weight, self.arguments),
                })
            }
        }
    }

    fn fragment(&mut self, name: &'a str) -> Result<Measures, Refused> {
        match self.fragments.get(name) {
            Some(Known::Done(measures)) => return Ok(*measures),
            Some(Known::UnderWay) => {
                return Err(Refused::Invalid(format!("the fragment \"{name}\" is spread inside itself")));
            }
            None => {}
        }
        let Some(definition) = self.document.fragments.get(name) else {
            // The library's validation says so with a position.
            return Ok(Measures::default());
        };
        self.fragments.insert(name, Known::UnderWay);
        let measures =
            self.selections(&definition.node.selection_set.node)?.with_directives(&definition.node.directives);
        self.fragments.insert(name, Known::Done(measures));
        Ok(measures)
    }
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;

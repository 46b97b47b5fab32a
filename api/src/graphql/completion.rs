//! What the library (7.2.1) leaves to be desired where a document meets the types: nulls where the GraphQL specification
//! wants them, and variables of types that do not exist. The types are read from the schema's own SDL.
//!
//! The library leaves the key of a failed field out of the answer, whatever the field's type; an object of which
//! every field failed becomes null. The specification wants the key with null, and where the type does not allow null,
//! the nearest enclosing position that does. Clients that normalise answers rely on it. This runs only over answers with
//! errors.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, PathSegment, Response, Value,
    parser::{
        parse_schema,
        types::{
            BaseType, ExecutableDocument, FieldDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
            Type, TypeKind, TypeSystemDefinition,
        },
    },
};

use super::limits::Refused;

/// The types of all fields of a schema.
#[derive(Debug, Default)]
pub struct Types {
    fields: HashMap<String, HashMap<String, Type>>,
    roots: [Option<String>; 3],
    // Of every kind.
    names: HashSet<String>,
    // The members of unions, and who implements an interface.
    choices: HashMap<String, Vec<String>>,
    lists: HashSet<String>,
}

/// A selection and the type it selects from.
type Selected<'a> = (&'a str, &'a SelectionSet);

impl Types {
    /// Reads the SDL of a schema. Of a text that is not SDL nothing is known, and every field counts as nullable.
    pub fn from_sdl(sdl: &str) -> Self {
        let Ok(document) = parse_schema(sdl) else { return Self::default() };
        let names = ["Boolean", "Float", "ID", "Int", "String"].map(str::to_owned).into();
        let mut types = Self { names, ..Self::default() };
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    types.roots = [schema.query, schema.mutation, schema.subscription]
                        .map(|root| root.map(|name| name.node.to_string()));
                }
                TypeSystemDefinition::Type(definition) => {
                    let name = definition.node.name.node.to_string();
                    types.names.insert(name.clone());
                    if let TypeKind::Union(union) = &definition.node.kind {
                        let members = union.members.iter().map(|member| member.node.to_string());
                        types.choices.entry(name.clone()).or_default().extend(members);
                    }
                    if let TypeKind::Object(object) = &definition.node.kind {
                        for interface in &object.implements {
                            types.choices.entry(interface.node.to_string()).or_default().push(name.clone());
                        }
                    }
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        _ => continue,
                    };
                    let typed = |field: FieldDefinition| (field.name.node.to_string(), field.ty.node);
                    let fields = fields.into_iter().map(|field| typed(field.node)).collect();
                    types.fields.insert(name, fields);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        types.lists = types.find_lists();
        types
    }

    /// The fields that are lists of objects without pages and lead back to where they stand, by name: nested, their
    /// lengths multiply. Other lists end where their type does.
    pub fn lists(&self) -> &HashSet<String> {
        &self.lists
    }

    fn find_lists(&self) -> HashSet<String> {
        let mut lists = HashSet::new();
        for (parent, fields) in &self.fields {
            for (name, of) in fields {
                // Pages are counted by their size.
                let is_page = matches!(name.as_str(), "nodes" | "edges");
                if matches!(of.base, BaseType::List(_)) && !is_page && self.leads_to(named(of), parent) {
                    lists.insert(name.clone());
                }
            }
        }
        lists
    }

    /// Whether something of the type `from` can hold something of the type `to`, however deep.
    fn leads_to(&self, from: &str, to: &str) -> bool {
        let (mut seen, mut open) = (HashSet::from([from]), vec![from]);
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            let below = self.fields.get(at).into_iter().flat_map(HashMap::values).map(named);
            let choices = self.choices.get(at).into_iter().flatten().map(String::as_str);
            open.extend(below.chain(choices).filter(|next| seen.insert(next)));
        }
        false
    }

    /// Checks that the types of all variables exist: validation panics at a default value inside a list of a type that
    /// does not.
    ///
    /// # Errors
    /// GRAPHQL_VALIDATION_FAILED.
    pub fn check_variables(&self, document: &ExecutableDocument) -> Result<(), Refused> {
        let operations = document.operations.iter();
        for variable in operations.flat_map(|(_, operation)| &operation.node.variable_definitions) {
            let name = named(&variable.node.var_type.node);
            if !self.names.is_empty() && !self.names.contains(name) {
                return Err(Refused::Invalid(format!("unknown type \"{name}\"")));
            }
        }
        Ok(())
    }

    fn root(&self, kind: OperationType) -> &str {
        let root = match kind {
            OperationType::Query => &self.roots[0],
            OperationType::Mutation => &self.roots[1],
            OperationType::Subscription => &self.roots[2],
        };
        root.as_deref().unwrap_or_default()
    }
}

/// Completes `response`, the answer to `operation` of `document`.
pub fn complete(
    types: &Types,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    response: &mut Response,
) {
    let root = vec![(types.root(operation.ty), &operation.selection_set.node)];
    let walk = Walk { types, document };
    let mut nulls = Vec::new();
    for error in response.errors.iter().filter(|error| !error.path.is_empty()) {
        let may_be_null = walk.nullability(root.clone(), &error.path);
        if let Some(failed) = place(&mut response.data, &error.path) {
            nulls.push((0..=failed).rev().find(|at| may_be_null[*at]).map(|at| &error.path[..=at]));
        }
    }
    for path in nulls {
        match path {
            Some(path) => set_null(&mut response.data, path),
            None => response.data = Value::Null,
        }
    }
}

struct Walk<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
}

impl<'a> Walk<'a> {
    /// For each position along `path`, whether it may be null.
    fn nullability(&self, mut selected: Vec<Selected<'a>>, path: &[PathSegment]) -> Vec<bool> {
        let mut list: Option<&Type> = None;
        let mut found = Vec::with_capacity(path.len());
        for segment in path {
            list = match segment {
                PathSegment::Field(key) => {
                    let mut below = Vec::new();
                    let mut field = None;
                    for (parent, set) in &selected {
                        self.find(parent, set, key, &mut field, &mut below);
                    }
                    selected = below;
                    field
                }
                PathSegment::Index(_) => list.and_then(|of| match &of.base {
                    BaseType::List(item) => Some(item.as_ref()),
                    BaseType::Named(_) => None,
                }),
            };
            found.push(list.is_none_or(|at| at.nullable));
        }
        found
    }

    /// Looks for the fields that answer under `key`. Which concrete type answered is not known, and need not be:
    /// validation made sure that all fields of one key have the same shape.
    fn find(
        &self,
        parent: &'a str,
        set: &'a SelectionSet,
        key: &str,
        of: &mut Option<&'a Type>,
        below: &mut Vec<Selected<'a>>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) if field.node.response_key().node == key => {
                    let known =
                        self.types.fields.get(parent).and_then(|fields| fields.get(field.node.name.node.as_str()));
                    let Some(known) = known else { continue };
                    *of = Some(known);
                    below.push((named(known), &field.node.selection_set.node));
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
                    self.find(on, &fragment.node.selection_set.node, key, of, below);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.find(on, &fragment.node.selection_set.node, key, of, below);
                    }
                }
            }
        }
    }
}

fn named(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}

/// Makes sure that the keys along `path` are there, as far as the library went. Returns the index of the segment that
/// is null; None when there is a value in spite of the error.
fn place(data: &mut Value, path: &[PathSegment]) -> Option<usize> {
    let mut value = data;
    for (at, segment) in path.iter().enumerate() {
        value = match segment {
            PathSegment::Field(key) => {
                if *value == Value::Null {
                    // An object was here: one of its fields was asked and failed.
                    *value = Value::Object(Default::default());
                }
                let Value::Object(fields) = value else { return None };
                let field = fields.entry(Name::new(key)).or_insert(Value::Null);
                let next_is_item = matches!(path.get(at + 1), Some(PathSegment::Index(_)));
                if *field == Value::Null && next_is_item {
                    // The list as a whole was given up.
                    return Some(at);
                }
                field
            }
            PathSegment::Index(index) => {
                let Value::List(items) = value else { return None };
                items.get_mut(*index)?
            }
        };
    }
    (*value == Value::Null).then(|| path.len() - 1)
}

fn set_null(data: &mut Value, path: &[PathSegment]) {
    let mut value = data;
    for segment in path {
        let below = match (segment, value) {
            (PathSegment::Field(key), Value::Object(fields)) => fields.get_mut(key.as_str()),
            (PathSegment::Index(index), Value::List(items)) => items.get_mut(*index),
            // Something above is null already.
            _ => None,
        };
        let Some(below) = below else { return };
        value = below;
    }
    *value = Value::Null;
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, parser::parse_query, value};

    use super::*;

    const SDL: &str = "schema { query: Query }
        interface Node { id: ID! }
        type Query { maybe: Thing  sure: Thing!  list: [Thing!]  loose: [Thing]!  node: Node  number: Int }
        type Thing implements Node { id: ID!  name: String  inner: Thing!  tags: [String!]! }";

    fn completed(text: &str, data: Value, paths: &[&[&str]]) -> Value {
        let document = parse_query(text).unwrap();
        let operation = document.operations.iter().next().unwrap().1;
        let error = |path: &&[&str]| {
            let segment =
                |text: &&str| text.parse().map_or_else(|_| PathSegment::Field((*text).to_owned()), PathSegment::Index);
            ServerError::new("x", None).with_path(path.iter().map(segment).collect())
        };
        let mut response = Response::new(data);
        response.errors = paths.iter().map(error).collect();
        complete(&Types::from_sdl(SDL), &document, &operation.node, &mut response);
        response.data
    }

    #[test]
    fn a_failed_field_that_may_be_null_is_null() {
        assert_eq!(completed("{ number }", Value::Null, &[&["number"]]), value!({ "number": null }));
        assert_eq!(
            completed(
                "{ n: number maybe { id name } }",
                value!({ "maybe": { "id": "1" } }),
                &[&["n"], &["maybe", "name"]]
            ),
            value!({ "maybe": { "id": "1", "name": null }, "n": null })
        );
        assert_eq!(
            completed("{ sure { name } }", value!({ "sure": null }), &[&["sure", "name"]]),
            value!({ "sure": { "name": null } })
        );
    }

    #[test]
    fn a_failed_field_that_may_not_be_null_takes_what_holds_it() {
        let data = value!({ "number": 1, "maybe": { "name": "a" } });
        let paths: &[&[&str]] = &[&["maybe", "inner", "id"]];
        assert_eq!(
            completed("{ number maybe { name inner { id } } }", data, paths),
            value!({ "number": 1, "maybe": null })
        );
        assert_eq!(completed("{ number sure { id } }", value!({ "number": 1 }), &[&["sure"]]), Value::Null);
    }

    #[test]
    fn items_of_lists_follow_the_type_of_the_item() {
        let data = || value!([{ "name": "a", "id": "1" }, { "name": "b" }]);
        let list = value!({ "list": (data()) });
        assert_eq!(completed("{ list { name id } }", list, &[&["list", "1", "id"]]), value!({ "list": null }));
        let loose = value!({ "loose": (data()) });
        assert_eq!(
            completed("{ loose { name id } }", loose, &[&["loose", "1", "id"]]),
            value!({ "loose": [{ "name": "a", "id": "1" }, null] })
        );
        let given_up = value!({ "maybe": { "name": "a" } });
        let paths: &[&[&str]] = &[&["maybe", "tags", "0"]];
        assert_eq!(completed("{ maybe { name tags } }", given_up, paths), value!({ "maybe": null }));
    }

    #[test]
    fn fragments_are_looked_into() {
        let text = "{ node { ... on Thing { ...T } } } fragment T on Thing { name label: name inner { name } }";
        let data = value!({ "node": { "name": "a" } });
        let paths: &[&[&str]] = &[&["node", "label"]];
        assert_eq!(completed(text, data.clone(), paths), value!({ "node": { "name": "a", "label": null } }));
        let paths: &[&[&str]] = &[&["node", "inner"], &["node", "label"]];
        assert_eq!(completed(text, data, paths), value!({ "node": null }));
    }

    #[test]
    fn the_schema_itself_can_be_read() {
        let types = Types::from_sdl(&crate::graphql::schema::sdl());
        assert!(types.roots.iter().flatten().all(|root| types.fields.contains_key(root)));
        assert!(types.names.len() > 20);
        for list in ["managementChain", "ancestors"] {
            assert!(types.lists.contains(list), "{list}");
        }
        for other in ["nodes", "edges", "errors", "cells", "sections", "members", "labels", "id"] {
            assert!(!types.lists.contains(other), "{other}");
        }
    }

    #[test]
    fn what_has_a_value_keeps_it() {
        let data = value!({ "number": 1 });
        assert_eq!(
            completed("{ number }", data.clone(), &[&["number"], &["other", "0", "x"]]),
            value!({ "number": 1, "other": null })
        );
    }
}

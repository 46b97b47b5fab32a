//! What the schema says has to be covered: the fields of every object type, read from `schema.graphql`.

use std::collections::{BTreeMap, BTreeSet};

use graphql_parser::schema::{Definition, Type, TypeDefinition, parse_schema};

/// A field of an object type.
pub struct Field {
    pub name: String,
    /// The type inside lists and non-null.
    pub of: String,
    /// Whether the answer's type is one of several.
    pub is_choice: bool,
    kind: Kind,
    pages: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Leaf,
    Object,
    Connection,
}

/// The object types of the public schema.
pub struct Sdl(BTreeMap<String, Vec<Field>>);

/// Arguments that fields need, beside `first`.
fn arguments(place: &str) -> &'static str {
    match place {
        "Query.node" => "id: <emil>",
        "Query.nodes" => "ids: [<emil>, <gone>, <bert>, <team_a>, <draft>, <open>, <narrow_pub>, <token>]",
        "Query.celebrations" => "from: \"2026-12-20\", to: \"2027-02-15\"",
        "Query.goalTree" | "Query.goalGraph" => "cycle: <cycle>",
        "Query.search" => "text: <word>",
        "Team.requestStats" => "year: 2026, quarter: 2",
        "Organization.turnover" | "Team.turnover" => "from: \"2025-11-01\", until: \"2026-11-01\"",
        "Query.whoOwns" => "text: \"fair\"",
        "Publication.cut" => "key: { everyone: true }",
        "Publication.comments" => "question: \"why\"",
        "Cut.score" => "question: \"clear\"",
        _ => "",
    }
}

impl Sdl {
    pub fn read() -> Self {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
        let text = std::fs::read_to_string(path).unwrap();
        let document = parse_schema::<String>(&text).unwrap().into_static();
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            Definition::TypeDefinition(definition) => Some(definition),
            _ => None,
        });
        let (mut objects, mut choices) = (Vec::new(), BTreeSet::new());
        for definition in types {
            match definition {
                TypeDefinition::Object(object) => objects.push(object),
                TypeDefinition::Interface(interface) => drop(choices.insert(interface.name)),
                TypeDefinition::Union(union) => drop(choices.insert(union.name)),
                TypeDefinition::Scalar(_) | TypeDefinition::Enum(_) | TypeDefinition::InputObject(_) => {}
            }
        }
        let names: BTreeSet<String> = objects.iter().map(|object| object.name.clone()).collect();
        let kind = |of: &str| match of {
            _ if of.ends_with("Connection") => Kind::Connection,
            _ if names.contains(of) || choices.contains(of) => Kind::Object,
            _ => Kind::Leaf,
        };
        let field = |field: graphql_parser::schema::Field<'static, String>| {
            let of = inner(&field.field_type);
            let pages = field.arguments.iter().any(|argument| argument.name == "first");
            Field { is_choice: choices.contains(&of), kind: kind(&of), name: field.name, pages, of }
        };
        Self(objects.into_iter().map(|object| (object.name, object.fields.into_iter().map(field).collect())).collect())
    }

    /// The fields of an object type.
    pub fn fields(&self, object: &str) -> &[Field] {
        self.0.get(object).unwrap_or_else(|| panic!("there is no object type {object}"))
    }

    /// Every field there is, as `Type.field`.
    pub fn all(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(|(object, fields)| fields.iter().map(move |field| format!("{object}.{}", field.name)))
    }
}

impl Field {
    /// How the field is selected: with the arguments it needs, and as little below it as shows what came back.
    pub fn selection(&self, parent: &str) -> String {
        let given = arguments(&format!("{parent}.{}", self.name));
        let pages = if self.pages { "first: 100" } else { "" };
        let arguments = match (given, pages) {
            ("", "") => String::new(),
            (some, "") | ("", some) => format!("({some})"),
            (given, pages) => format!("({given}, {pages})"),
        };
        let below = match self.kind {
            Kind::Leaf => "",
            Kind::Object => " { __typename }",
            Kind::Connection => " { nodes { __typename } }",
        };
        format!("{}{arguments}{below}", self.name)
    }
}

fn inner(of: &Type<'_, String>) -> String {
    match of {
        Type::NamedType(name) => name.clone(),
        Type::ListType(of) | Type::NonNullType(of) => inner(of),
    }
}

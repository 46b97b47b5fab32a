//! The schema is the manual of the API: what it leaves unsaid, nobody knows.

use graphql_parser::schema::{Definition, Document, Field, InputValue, TypeDefinition, parse_schema};

use super::promises::{deprecation, removal_date};

/// Something in a schema that has a description and may be deprecated.
struct Item {
    place: String,
    description: Option<String>,
    deprecation: Option<String>,
}

/// Every place without a description.
pub fn undescribed(sdl: &str) -> Vec<String> {
    let silent = |item: &Item| item.description.as_ref().is_none_or(|text| text.trim().is_empty());
    items(sdl).into_iter().filter(silent).map(|item| item.place).collect()
}

/// Every deprecation that does not say what to use instead, something that exists, and until when it stays.
pub fn unclear_deprecations(sdl: &str) -> Vec<String> {
    let items = items(sdl);
    let exists = |name: &str| {
        let last = |place: &str| place.trim_end_matches(":)").rsplit(['.', '(', '@']).next().map(str::to_owned);
        items.iter().any(|item| item.place == name || last(&item.place).as_deref() == Some(name))
    };
    let replacement = |reason: &str| {
        let rest = reason.strip_prefix("Use ")?;
        let name = rest.split_once(". ").map_or(rest, |(name, _)| name).trim_matches('`');
        exists(name).then_some(())
    };
    items
        .iter()
        .filter_map(|item| item.deprecation.as_ref().map(|reason| (item, reason)))
        .filter(|(_, reason)| replacement(reason).is_none() || removal_date(reason).is_none())
        .map(|(item, reason)| format!("{}: {reason:?}", item.place))
        .collect()
}

fn items(sdl: &str) -> Vec<Item> {
    let document: Document<'static, String> = parse_schema::<String>(sdl).unwrap().into_static();
    let mut found = Vec::new();
    let add = |found: &mut Vec<Item>, place: &str, description: &Option<String>, deprecation: Option<String>| {
        found.push(Item { place: place.to_owned(), description: description.clone(), deprecation });
    };
    for definition in &document.definitions {
        match definition {
            Definition::TypeDefinition(TypeDefinition::Scalar(it)) => add(&mut found, &it.name, &it.description, None),
            Definition::TypeDefinition(TypeDefinition::Union(it)) => add(&mut found, &it.name, &it.description, None),
            Definition::TypeDefinition(TypeDefinition::Object(it)) => {
                add(&mut found, &it.name, &it.description, None);
                add_fields(&mut found, &it.name, &it.fields);
            }
            Definition::TypeDefinition(TypeDefinition::Interface(it)) => {
                add(&mut found, &it.name, &it.description, None);
                add_fields(&mut found, &it.name, &it.fields);
            }
            Definition::TypeDefinition(TypeDefinition::Enum(it)) => {
                add(&mut found, &it.name, &it.description, None);
                for value in &it.values {
                    let place = format!("{}.{}", it.name, value.name);
                    add(&mut found, &place, &value.description, deprecation(&value.directives));
                }
            }
            Definition::TypeDefinition(TypeDefinition::InputObject(it)) => {
                add(&mut found, &it.name, &it.description, None);
                add_inputs(&mut found, &it.fields, |name| format!("{}.{name}", it.name));
            }
            // The arguments of the built-in directives are described in the specification.
            Definition::DirectiveDefinition(it) => add(&mut found, &format!("@{}", it.name), &it.description, None),
            Definition::SchemaDefinition(_) | Definition::TypeExtension(_) => {}
        }
    }
    found
}

fn add_fields(found: &mut Vec<Item>, owner: &str, fields: &[Field<'static, String>]) {
    for field in fields {
        let place = format!("{owner}.{}", field.name);
        add_inputs(found, &field.arguments, |name| format!("{place}({name}:)"));
        found.push(Item { description: field.description.clone(), deprecation: deprecation(&field.directives), place });
    }
}

fn add_inputs(found: &mut Vec<Item>, inputs: &[InputValue<'static, String>], place: impl Fn(&str) -> String) {
    for input in inputs {
        let deprecation = deprecation(&input.directives);
        found.push(Item { place: place(&input.name), description: input.description.clone(), deprecation });
    }
}

#[test]
fn the_schema_manual_misses_nothing() {
    let sdl = r#"
        "Said." type Query { a(b: Int): Int "Said." c("Said." d: Int): Int }
        scalar Date union Either = Query enum State { ON "Said." OFF } input Filter { "" x: Int "Said." y: Int }
        interface Node { "Said." id: ID! } directive @mark on FIELD
    "#;
    let silent =
        ["Query.a(b:)", "Query.a", "Date", "Either", "State", "State.ON", "Filter", "Filter.x", "Node", "@mark"];
    assert_eq!(undescribed(sdl), silent);
}

#[test]
fn schema_deprecations_say_what_to_use_and_until_when() {
    let clear = [
        "Use `b`. Removed after 2027-12-31.",
        "Use Query.b. Removed after 2027-12-31.",
        "Use `b`. It counts everybody. Removed after 2027-12-31.",
    ];
    let unclear = [
        "Use `z`. Removed after 2027-12-31.",
        "Use `b`.",
        "Use `b`. Removed after next year.",
        "Use `b`. Removed after 2027-02-30.",
        "Removed after 2027-12-31.",
        "",
    ];
    let with = |reason: &str| format!("type Query {{ a: Int @deprecated(reason: \"{reason}\") b: Int }}");
    for reason in clear {
        assert_eq!(unclear_deprecations(&with(reason)), Vec::<String>::new(), "{reason}");
    }
    for reason in unclear {
        assert_eq!(unclear_deprecations(&with(reason)), [format!("Query.a: {reason:?}")]);
    }
    assert_eq!(unclear_deprecations("type Query { a: Int @deprecated }").len(), 1);
    assert_eq!(unclear_deprecations("enum E { A @deprecated } input I { a: Int @deprecated }").len(), 2);
}

use std::fmt::Write;

use async_graphql::{parser::parse_query, value};

use super::*;

fn lists() -> HashSet<String> {
    HashSet::from(["chain".to_owned()])
}

fn measured(text: &str) -> Result<Operation, Refused> {
    with_variables(text, Variables::default())
}

fn with_variables(text: &str, variables: Variables) -> Result<Operation, Refused> {
    super::super::scan::scan(text)?;
    let document = parse_query(text).map_err(|error| Refused::NotGraphql(error.to_string()))?;
    measure(&document, None, &variables, &lists())
}

fn too_complex(text: &str) -> bool {
    matches!(measured(text), Err(Refused::TooComplex(_)))
}

fn nested(levels: usize) -> String {
    format!("{}a{}", "{ a ".repeat(levels - 1) + "{ ", " }".repeat(levels))
}

#[test]
fn doubling_fragments_are_counted_without_being_walked() {
    let mut text = "{ ...F0 }".to_owned();
    for step in 0..100 {
        write!(text, " fragment F{step} on Q {{ ...F{0} ...F{0} }}", step + 1).unwrap();
    }
    text.push_str(" fragment F100 on Q { a }");
    assert!(too_complex(&text));
}

#[test]
fn a_fragment_inside_itself_is_refused() {
    for text in [
        "{ ...A } fragment A on Q { a ...A }",
        "{ ...A } fragment A on Q { a { ...B } } fragment B on Q { ... on Q { ...A } }",
        "{ a } fragment A on Q { ...B } fragment B on Q { ...A }",
    ] {
        assert!(matches!(measured(text), Err(Refused::Invalid(_))), "{text}");
    }
    assert!(measured("{ ...A ...A ...Missing } fragment A on Q { a }").is_ok());
}

#[test]
fn limits_are_exact() {
    assert!(measured(&nested(DEPTH)).is_ok());
    assert!(too_complex(&nested(DEPTH + 1)));
    let aliases = |count: u32| (0..count).fold("{ ".to_owned(), |text, n| format!("{text} a{n}: a")) + " }";
    assert!(measured(&aliases(ALIASES)).is_ok());
    assert!(too_complex(&aliases(ALIASES + 1)));
    let directives = |count: u32| format!("{{ a {} }}", "@x ".repeat(count as usize));
    assert!(measured(&directives(DIRECTIVES)).is_ok());
    assert!(too_complex(&directives(DIRECTIVES + 1)));
    let fields = |count: u32| format!("{{ {} }}", "a ".repeat(count as usize));
    assert!(measured(&fields(FIELDS)).is_ok());
    assert!(too_complex(&fields(FIELDS + 1)));
}

#[test]
fn directives_count_wherever_they_stand() {
    let text = "query Q($a: Int @d) @d { ...F @d ... @d { a @d } } fragment F on Q @d { b @d }";
    assert_eq!(measured(text).unwrap().measures.directives, 7);
}

#[test]
fn fields_of_all_operations_count_and_the_name_decides_which_runs() {
    let document = parse_query("query A { a { b } } mutation B { c { d } }").unwrap();
    let run = |name| measure(&document, name, &Variables::default(), &lists());
    assert_eq!(run(Some("A")).unwrap().cost, 1);
    assert_eq!(run(Some("B")).unwrap().cost, 11);
    assert!(matches!(run(None), Err(Refused::NoOperation(_))));
    assert!(matches!(run(Some("C")), Err(Refused::NoOperation(_))));
    assert!(matches!(
        measure(&parse_query("{ a }").unwrap(), Some("A"), &Variables::default(), &lists()),
        Err(Refused::NoOperation(_))
    ));
}

#[test]
fn cost_follows_the_documented_rule() {
    let cost = |text: &str| measured(text).unwrap().cost;
    assert_eq!(cost("{ a }"), 1);
    assert_eq!(cost("{ __typename }"), 1);
    assert_eq!(cost("{ viewer { person { id name team { name } } } }"), 3);
    assert_eq!(cost("{ persons { nodes { id } } }"), 21);
    assert_eq!(cost("{ persons(first: 5) { totalCount pageInfo { endCursor } nodes { id team { id } } } }"), 12);
    assert_eq!(cost("{ persons(last: 5) { edges { cursor node { id team { id } } } } }"), 11);
    assert_eq!(cost("{ persons(first: 5) { ...P } } fragment P on PersonConnection { nodes { id } totalCount }"), 7);
    assert_eq!(cost("{ teams(first: 10) { nodes { members(first: 20) { nodes { id } } } } }"), 1 + 10 * (1 + 21));
    assert_eq!(cost("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id team { id } } }"), 1 + 3);
    assert_eq!(cost("mutation { a { b } c { d } }"), 22);
    assert_eq!(cost("{ viewer { chain { id } } }"), 11);
    assert_eq!(cost("{ viewer { chain { id chain { id } } } }"), 1 + 10 * 11);
    assert!(too_complex("{ viewer { chain { chain { chain { id } } } } }"));
    assert!(too_complex("{ teams(first: 100) { nodes { members(first: 100) { nodes { id } } } } }"));
    assert!(too_complex(
        "{ a(first: 999999999) { nodes { b(first: -1) { nodes { c(last: 1e9) { nodes { d } } } } } } }"
    ));
}

#[test]
fn page_sizes_may_come_from_variables_and_their_defaults() {
    let text = "query Q($n: Int = 7) { persons(first: $n) { nodes { id } } }";
    assert_eq!(measured(text).unwrap().cost, 8);
    assert_eq!(with_variables(text, Variables::from_value(value!({ "n": 50 }))).unwrap().cost, 51);
    assert_eq!(with_variables(text, Variables::from_value(value!({ "n": null }))).unwrap().cost, 21);
}

#[test]
fn a_home_screen_is_cheap_and_introspection_passes() {
    let home = "{ viewer { person { id displayName team { id name lead { id } } } home {
        goals(first: 5) { nodes { id title keyResults(first: 5) { nodes { id progress } } } }
        expectations(first: 10) { nodes { id what from { id displayName } } }
        openSurveys(first: 5) { nodes { id survey { id title } } }
        thanks(first: 5) { nodes { id from { id displayName } } } } } }";
    let cost = measured(home).unwrap().cost;
    assert!((50..=300).contains(&cost), "{cost}");
    let operation = measured(INTROSPECTION).unwrap();
    assert!(operation.introspects());
    assert_eq!(operation.measures.introspection_depth, INTROSPECTION_DEPTH);
}

#[test]
fn introspection_does_not_lend_its_depth_to_others() {
    assert!(too_complex(&format!("{{ __schema {{ types {{ name }} }} {}", nested(13).trim_start_matches("{ "))));
    assert!(too_complex(&format!("{{ __type {} }}", nested(INTROSPECTION_DEPTH))));
}

#[test]
fn what_came_back_is_what_it_cost() {
    let operation = measured("{ persons(first: 50) { nodes { id team { id } } totalCount } }").unwrap();
    let data = value!({ "persons": { "totalCount": 2, "nodes": [{ "id": "a", "team": { "id": "t" } }, { "id": "b", "team": null }] } });
    assert_eq!(operation.cost, 102);
    assert_eq!(cost::actual(operation.kind, &operation.measures, &data, operation.cost), 5);
    assert_eq!(cost::actual(operation.kind, &operation.measures, &async_graphql::Value::Null, operation.cost), 1);
}

/// As graphql-js 16 writes it.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
    subscriptionType { name kind } types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
    fragment FullType on __Type { kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
      inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

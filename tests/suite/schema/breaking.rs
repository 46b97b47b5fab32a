//! Which changes of a schema break clients. New enum values and new members of unions do not: docs/API.md tells
//! clients to expect them.

use chrono::NaiveDate;
use graphql_parser::schema::Type;

use super::promises::{Promise, Promises, TypeOf, What};

/// What `new` takes away from clients of `old`, in words.
pub fn changes(old: &Promises, new: &Promises, today: NaiveDate) -> Vec<String> {
    let mut broken = Vec::new();
    for (place, promise) in &old.0 {
        match new.0.get(place) {
            Some(now) => broken.extend(change(&promise.what, &now.what).map(|change| format!("{place} {change}"))),
            None if is_told(promise, new) => {}
            None if old.may_be_gone(place, today) || !old.is_reachable(place, today) => {}
            None => broken.push(format!("{place} was removed")),
        }
    }
    for (place, promise) in &new.0 {
        let parent_was_there = promise.parent.as_ref().is_some_and(|parent| old.0.contains_key(parent));
        if parent_was_there && !old.0.contains_key(place) && is_required(&promise.what) {
            broken.push(format!("{place} is new and required"));
        }
    }
    broken
}

/// Whether what the promise belongs to is gone itself, which is told there.
fn is_told(promise: &Promise, new: &Promises) -> bool {
    promise.parent.as_ref().is_some_and(|parent| !new.0.contains_key(parent))
}

fn is_required(what: &What) -> bool {
    matches!(what, What::Takes(Type::NonNullType(_), None))
}

fn change(old: &What, new: &What) -> Option<String> {
    match (old, new) {
        (What::Gives(promised), What::Gives(given)) => {
            (!satisfies(given, promised)).then(|| format!("gave {promised} and gives {given}"))
        }
        (What::Takes(sent, default), What::Takes(wanted, other)) => {
            if !satisfies(sent, wanted) {
                return Some(format!("took {sent} and takes {wanted}"));
            }
            let told = |default: &Option<String>| default.clone().unwrap_or_else(|| "nothing".to_owned());
            // Whoever leaves it out would get something else.
            (default != other)
                .then(|| format!("stood for {} when left out and stands for {}", told(default), told(other)))
        }
        (What::Kind(was), What::Kind(is)) => (was != is).then(|| format!("was {was} and is {is}")),
        _ => (old != new).then(|| "is something else now".to_owned()),
    }
}

/// Whether every value of a type is one of another.
fn satisfies(value: &TypeOf, wanted: &TypeOf) -> bool {
    match (value, wanted) {
        (Type::NonNullType(value), Type::NonNullType(wanted)) => satisfies(value, wanted),
        (Type::NonNullType(value), wanted) => satisfies(value, wanted),
        (Type::ListType(value), Type::ListType(wanted)) => satisfies(value, wanted),
        (Type::NamedType(value), Type::NamedType(wanted)) => value == wanted,
        _ => false,
    }
}

/// A small schema of everything.
const BASE: &str = r#"
    schema { query: Query mutation: Mutation }
    directive @mark(with: String) on FIELD | QUERY
    interface Node { id: ID! }
    interface Named { name: String }
    type Query { node(id: ID!): Node find(filter: Filter, first: Int = 20): [Person!]! either: Either }
    type Mutation { rename(input: Rename!): Person }
    type Person implements Node & Named { id: ID! name: String state: State! since: Date }
    type Team implements Node { id: ID! }
    union Either = Person | Team
    enum State { ACTIVE GONE }
    scalar Date
    input Filter { name: String! state: State since: Date = "2020-01-01" }
    input Rename { name: String title: String }
"#;

fn after(from: &str, to: &str) -> Vec<String> {
    between(BASE, from, to)
}

fn between(base: &str, from: &str, to: &str) -> Vec<String> {
    assert!(base.contains(from), "{from}");
    let day = NaiveDate::from_ymd_opt(2027, 6, 1).unwrap();
    changes(&Promises::read(base), &Promises::read(&base.replace(from, to)), day)
}

#[test]
fn schema_changes_that_take_away_are_breaking() {
    let cases = [
        ("scalar Date", "", "Date was removed"),
        ("since: Date }", "}", "Person.since was removed"),
        ("(filter: Filter, first", "(first", "Query.find(filter:) was removed"),
        ("GONE", "", "State.GONE was removed"),
        ("Person | Team", "Person", "Either = Team was removed"),
        ("Node & Named", "Node", "Person implements Named was removed"),
        ("title: String", "", "Rename.title was removed"),
        ("directive @mark(with: String) on FIELD | QUERY", "", "@mark was removed"),
        ("(with: String)", "", "@mark(with:) was removed"),
        ("| QUERY", "", "@mark on QUERY was removed"),
        ("mutation: Mutation", "", "schema mutation was removed"),
        ("mutation: Mutation", "mutation: Query", "schema mutation was Mutation and is Query"),
    ];
    for (from, to, told) in cases {
        assert_eq!(after(from, to), [told]);
    }
}

#[test]
fn schema_changes_of_kinds_and_types_are_breaking() {
    let cases = [
        ("scalar Date", "enum Date { TODAY }", "Date was scalar and is enum"),
        ("input Rename", "input Rename @oneOf", "Rename was input and is input of which one field is given"),
        ("state: State! since", "state: State since", "Person.state gave State! and gives State"),
        ("state: State! since", "state: String! since", "Person.state gave State! and gives String!"),
        ("[Person!]!", "[Person]!", "Query.find gave [Person!]! and gives [Person]!"),
        ("[Person!]!", "Person!", "Query.find gave [Person!]! and gives Person!"),
        ("filter: Filter", "filter: Filter!", "Query.find(filter:) took Filter and takes Filter!"),
        ("filter: Filter", "filter: [Filter]", "Query.find(filter:) took Filter and takes [Filter]"),
        ("title: String", "title: String!", "Rename.title took String and takes String!"),
        ("= 20", "= 50", "Query.find(first:) stood for 20 when left out and stands for 50"),
        ("= 20", "", "Query.find(first:) stood for 20 when left out and stands for nothing"),
        ("title: String", "title: String = \"x\"", "Rename.title stood for nothing when left out and stands for \"x\""),
    ];
    for (from, to, told) in cases {
        assert_eq!(after(from, to), [told]);
    }
}

#[test]
fn schema_additions_that_clients_must_know_of_are_breaking() {
    assert_eq!(after("first: Int", "last: Int!, first: Int"), ["Query.find(last:) is new and required"]);
    assert_eq!(after("title: String", "title: String more: [Int]!"), ["Rename.more is new and required"]);
    assert_eq!(after("(with: String)", "(with: String, by: Int!)"), ["@mark(by:) is new and required"]);
}

#[test]
fn schema_additions_and_relaxations_pass() {
    for (from, to) in [
        ("name: String state", "name: String! state"),
        ("name: String! state", "name: String state"),
        ("first: Int = 20", "first: Int = 20, last: Int"),
        ("first: Int = 20", "first: Int = 20, last: Int! = 3"),
        ("title: String", "title: String more: Int"),
        ("GONE", "GONE AWAY"),
        ("Person | Team", "Person | Team | Query"),
        ("Team implements Node { id", "Team implements Node & Named { name: String id"),
        ("scalar Date", "scalar Date scalar Time type More { at(time: Time!): Time }"),
        ("since: Date }", "since: Date @deprecated(reason: \"Use `name`. Removed after 2027-12-31.\") }"),
        ("| QUERY", "| QUERY | MUTATION"),
        ("{ ACTIVE GONE }", "{ GONE ACTIVE }"),
    ] {
        assert_eq!(after(from, to), Vec::<String>::new(), "{to}");
    }
}

#[test]
fn what_the_schema_deprecated_may_go_after_its_day() {
    let deprecated = |day: &str| {
        let mark = format!("@deprecated(reason: \"Use `either`. Removed after {day}.\")");
        BASE.replace("either: Either", &format!("either: Either old(of: OldInput): Old {mark}"))
            + "type Old { more: Older! } type Older implements Older1 { n: Int } interface Older1 { n: Int }
               input OldInput { n: Int }"
    };
    let field =
        |day: &str| format!("old(of: OldInput): Old @deprecated(reason: \"Use `either`. Removed after {day}.\")");
    assert_eq!(between(&deprecated("2027-06-01"), &field("2027-06-01"), ""), ["Query.old was removed"]);
    assert_eq!(between(&deprecated("2027-05-31"), &field("2027-05-31"), ""), Vec::<String>::new());
    // The types that nothing else leads to go with it; others do not.
    let (over, gone) = (deprecated("2027-05-31"), BASE.replace("type Team implements Node { id: ID! }", ""));
    let day = NaiveDate::from_ymd_opt(2027, 6, 1).unwrap();
    assert_eq!(changes(&Promises::read(&over), &Promises::read(&gone), day), ["Team was removed"]);
    // Without a date nothing may ever go.
    let undated = BASE.replace("since: Date }", "since: Date @deprecated }");
    assert_eq!(between(&undated, "since: Date @deprecated", ""), ["Person.since was removed"]);
}

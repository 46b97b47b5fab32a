//! A schema taken apart into single promises, each at a place of its own, such as `Person.reports(first:)`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use graphql_parser::{
    query::Value,
    schema::{Definition, Directive, DirectiveDefinition, Field, InputValue, Type, TypeDefinition, parse_schema},
};

pub type TypeOf = Type<'static, String>;
type Directives = [Directive<'static, String>];

/// What a client relies on at a place.
#[derive(Debug, PartialEq)]
pub enum What {
    /// A type, directive or root operation of this kind.
    Kind(String),
    /// An enum value, a member of a union, an interface of a type, a location of a directive: it is there.
    Listed,
    /// A field of a type gives this.
    Gives(TypeOf),
    /// An argument or a field of an input takes this, and stands for its default when it is left out.
    Takes(TypeOf, Option<String>),
}

/// One promise.
pub struct Promise {
    pub what: What,
    /// The place that it belongs to: a field to its type, an argument to its field.
    pub parent: Option<String>,
    /// After this day it may be gone: it was deprecated.
    pub until: Option<NaiveDate>,
    /// The type, or directive, whose definition it stands in.
    owner: String,
    /// Another type that it leads to.
    leads_to: Option<String>,
}

/// All promises of a schema, by their places.
pub struct Promises(pub BTreeMap<String, Promise>);

impl Promises {
    /// Takes a schema apart.
    pub fn read(sdl: &str) -> Self {
        let document = parse_schema::<String>(sdl).unwrap().into_static();
        let mut promises = Self(BTreeMap::new());
        for definition in document.definitions {
            match definition {
                Definition::SchemaDefinition(schema) => {
                    for (kind, root) in
                        [("query", schema.query), ("mutation", schema.mutation), ("subscription", schema.subscription)]
                    {
                        if let Some(root) = root {
                            let what = What::Kind(root.clone());
                            promises.add(format!("schema {kind}"), "schema", None, what, &[]).leads_to = Some(root);
                        }
                    }
                }
                Definition::TypeDefinition(definition) => promises.add_type(definition),
                Definition::DirectiveDefinition(directive) => promises.add_directive(&directive),
                Definition::TypeExtension(_) => panic!("the schema is written out in full"),
            }
        }
        promises
    }

    /// Whether a document could still come to this type on some day: everything that leads there may be gone, or not.
    pub fn is_reachable(&self, place: &str, today: NaiveDate) -> bool {
        let Some(wanted) = self.0.get(place) else { return false };
        let mut found = BTreeSet::new();
        let mut next = vec!["schema".to_owned()];
        next.extend(self.0.keys().filter(|place| place.starts_with('@')).cloned());
        while let Some(owner) = next.pop() {
            if found.contains(&owner) {
                continue;
            }
            for (place, promise) in &self.0 {
                // From an interface a document comes to every type that implements it.
                if promise.leads_to.as_ref() == Some(&owner) && place.contains(" implements ") {
                    next.push(promise.owner.clone());
                }
                if promise.owner == owner && !self.may_be_gone(place, today) {
                    next.extend(promise.leads_to.clone());
                }
            }
            found.insert(owner);
        }
        found.contains(&wanted.owner)
    }

    /// Whether the place, or what it belongs to, was deprecated until a day that is over.
    pub fn may_be_gone(&self, place: &str, today: NaiveDate) -> bool {
        let Some(promise) = self.0.get(place) else { return false };
        promise.until.is_some_and(|until| until < today)
            || promise.parent.as_ref().is_some_and(|parent| self.may_be_gone(parent, today))
    }

    fn add(
        &mut self,
        place: String,
        owner: &str,
        parent: Option<&str>,
        what: What,
        directives: &Directives,
    ) -> &mut Promise {
        let leads_to = match &what {
            What::Gives(of) | What::Takes(of, _) => Some(named(of)),
            What::Kind(_) | What::Listed => None,
        };
        let until = deprecation(directives).and_then(|reason| removal_date(&reason));
        let owner = owner.to_owned();
        let promise = Promise { what, parent: parent.map(str::to_owned), until, owner, leads_to };
        self.0.entry(place).insert_entry(promise).into_mut()
    }

    fn add_type(&mut self, definition: TypeDefinition<'static, String>) {
        let (kind, name) = match &definition {
            TypeDefinition::Scalar(scalar) => ("scalar", &scalar.name),
            TypeDefinition::Object(object) => ("object type", &object.name),
            TypeDefinition::Interface(interface) => ("interface", &interface.name),
            TypeDefinition::Union(union) => ("union", &union.name),
            TypeDefinition::Enum(choice) => ("enum", &choice.name),
            TypeDefinition::InputObject(input) if input.directives.iter().any(|one| one.name == "oneOf") => {
                ("input of which one field is given", &input.name)
            }
            TypeDefinition::InputObject(input) => ("input", &input.name),
        };
        let name = name.clone();
        self.add(name.clone(), &name, None, What::Kind(kind.to_owned()), &[]);
        match definition {
            TypeDefinition::Scalar(_) => {}
            TypeDefinition::Object(object) => self.add_fields(&name, &object.fields, &object.implements_interfaces),
            TypeDefinition::Interface(face) => self.add_fields(&name, &face.fields, &face.implements_interfaces),
            TypeDefinition::Union(union) => {
                for member in union.types {
                    let place = format!("{name} = {member}");
                    self.add(place, &name, Some(&name), What::Listed, &[]).leads_to = Some(member);
                }
            }
            TypeDefinition::Enum(choice) => {
                for value in choice.values {
                    let place = format!("{name}.{}", value.name);
                    self.add(place, &name, Some(&name), What::Listed, &value.directives);
                }
            }
            TypeDefinition::InputObject(input) => {
                for field in &input.fields {
                    let place = format!("{name}.{}", field.name);
                    self.add(place, &name, Some(&name), taken(field), &field.directives);
                }
            }
        }
    }

    fn add_fields(&mut self, name: &str, fields: &[Field<'static, String>], interfaces: &[String]) {
        for interface in interfaces {
            let place = format!("{name} implements {interface}");
            self.add(place, name, Some(name), What::Listed, &[]).leads_to = Some(interface.clone());
        }
        for field in fields {
            let place = format!("{name}.{}", field.name);
            self.add(place.clone(), name, Some(name), What::Gives(field.field_type.clone()), &field.directives);
            self.add_arguments(name, &place, &field.arguments);
        }
    }

    fn add_arguments(&mut self, owner: &str, parent: &str, arguments: &[InputValue<'static, String>]) {
        for argument in arguments {
            let place = format!("{parent}({}:)", argument.name);
            self.add(place, owner, Some(parent), taken(argument), &argument.directives);
        }
    }

    fn add_directive(&mut self, directive: &DirectiveDefinition<'static, String>) {
        let name = format!("@{}", directive.name);
        self.add(name.clone(), &name, None, What::Kind("directive".to_owned()), &[]);
        self.add_arguments(&name, &name, &directive.arguments);
        for location in &directive.locations {
            self.add(format!("{name} on {}", location.as_str()), &name, Some(&name), What::Listed, &[]);
        }
    }
}

fn taken(value: &InputValue<'static, String>) -> What {
    What::Takes(value.value_type.clone(), value.default_value.as_ref().map(ToString::to_string))
}

fn named(of: &TypeOf) -> String {
    match of {
        Type::NamedType(name) => name.clone(),
        Type::ListType(of) | Type::NonNullType(of) => named(of),
    }
}

/// The reason of `@deprecated`; empty when it gives none.
pub fn deprecation(directives: &Directives) -> Option<String> {
    let deprecated = directives.iter().find(|directive| directive.name == "deprecated")?;
    let reason = deprecated.arguments.iter().find(|(name, _)| name == "reason");
    Some(match reason {
        Some((_, Value::String(reason))) => reason.clone(),
        _ => String::new(),
    })
}

/// The day in `Removed after 2027-12-31.`
pub fn removal_date(reason: &str) -> Option<NaiveDate> {
    let (_, after) = reason.split_once("Removed after ")?;
    NaiveDate::parse_from_str(after.get(..10)?, "%Y-%m-%d").ok()
}

//! Reads one JSON object and refuses what two parsers could read differently: a key that occurs twice, at any depth,
//! and anything after the object. A token says the same thing to everybody or it says nothing here.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// A JSON object in which every key occurs once.
#[derive(Debug, Clone)]
pub struct StrictObject(Map<String, Value>);

impl StrictObject {
    /// Reads an object; nothing may follow it.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        match serde_json::from_slice::<StrictValue>(bytes) {
            Ok(StrictValue(Value::Object(members))) => Some(Self(members)),
            _ => None,
        }
    }

    /// The member called `name`. A member that is null is there.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is a member called `name`, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The member called `name` when it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }
}

struct StrictValue(Value);

impl<'de> Deserialize<'de> for StrictValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated keys")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(StrictValue(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, StrictValue(value))) = members.next_entry::<String, StrictValue>()? {
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a key occurs twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_object_is_read() {
        let object = StrictObject::parse(br#"{"a":"x","b":[1,-2,2.5,null,true],"c":{"a":1}}"#).unwrap();
        assert_eq!(object.text("a"), Some("x"));
        assert_eq!(object.get("b"), Some(&serde_json::json!([1, -2, 2.5, null, true])));
        assert!(object.has("c") && !object.has("d"));
    }

    #[test]
    fn repeated_keys_are_refused_at_any_depth_and_in_any_spelling() {
        assert!(StrictObject::parse(br#"{"a":1,"a":1}"#).is_none());
        assert!(StrictObject::parse(br#"{"a":1,"\u0061":2}"#).is_none());
        assert!(StrictObject::parse(br#"{"x":{"a":1,"a":2}}"#).is_none());
        assert!(StrictObject::parse(br#"{"x":[{"a":1,"a":2}]}"#).is_none());
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        for text in ["", "[]", "\"a\"", "null", "{} {}", "{}x", "{\"a\":1e999}", "{\"a\":}"] {
            assert!(StrictObject::parse(text.as_bytes()).is_none(), "{text}");
        }
        assert!(StrictObject::parse(b"{\"a\":\"\xff\"}").is_none());
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(StrictObject::parse(deep.as_bytes()).is_none());
    }
}

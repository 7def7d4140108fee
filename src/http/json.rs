//! Strict JSON: what a body says must be unambiguous, known and of the right type; what is not is told with a pointer.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};

use super::body::Content;
use super::every_error;
use super::problem::{FieldProblem, Problem};
use crate::service::fields::escape;

/// Reads a body.
///
/// # Errors
/// All that is wrong with it, where its shape is: 400 `invalid_json` for what is no JSON text in UTF-8 (or deeper than 128 levels); 422 `duplicate_member`,
/// `unknown_member`, `missing_member`, `invalid_type` and `invalid_value` for what is, with a pointer, and with them what is wrong with the values.
pub(super) fn parse<T: Content>(bytes: &[u8]) -> Result<T, Problem> {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_json", detail);
    let text = std::str::from_utf8(bytes).map_err(|error| bad(format!("the body is not UTF-8: {error}")))?;
    // The whole text first: a typed read skips what it does not know, and takes the last of two members.
    let mut path = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let checked = Node { path: &mut path }.deserialize(&mut reader).and_then(|()| reader.end());
    checked.map_err(|error| {
        if error.is_data() {
            Problem::field(pointer(&path), "duplicate_member", "the member is there twice")
        } else {
            bad(format!("the body is not JSON: {error}"))
        }
    })?;
    let mut reader = serde_json::Deserializer::from_str(text);
    read(&mut reader).map_err(|first| Problem::fields(every_error::of::<T>(text, first)))
}

/// Reads an object, or tells the first thing that is wrong with it.
pub(super) fn read<'de, D, T>(reader: D) -> Result<T, Wrong>
where
    D: Deserializer<'de>,
    D::Error: fmt::Display,
    T: Deserialize<'de>,
{
    let read: Result<Object<T>, _> = serde_path_to_error::deserialize(reader);
    read.map(|object| object.0).map_err(|error| {
        let at = segments(error.path());
        Wrong::sorted(at, &error.inner().to_string())
    })
}

/// A structure written as an object. Serde by itself also takes an array with the members in order.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }
        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

/// One thing wrong with the shape of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The members and indexes that lead to it.
    pub(super) at: Vec<String>,
    pub(super) code: &'static str,
    detail: String,
}

impl Wrong {
    /// Sorts an error of a typed read by the words in which serde puts it.
    fn sorted(mut at: Vec<String>, message: &str) -> Self {
        let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
        let quoted = || message.split('`').nth(1).unwrap_or_default().to_owned();
        if message.starts_with("missing field") {
            let name = quoted();
            let detail = format!("{name:?} is missing");
            at.push(name);
            return Self { at, code: "missing_member", detail };
        }
        if message.starts_with("unknown field") {
            let name = quoted();
            if at.last() != Some(&name) {
                at.push(name);
            }
            return Self { at, code: "unknown_member", detail: message.to_owned() };
        }
        let code = if message.starts_with("invalid type") { "invalid_type" } else { "invalid_value" };
        Self { at, code, detail: message.to_owned() }
    }
}

impl From<Wrong> for FieldProblem {
    fn from(wrong: Wrong) -> Self {
        Self { pointer: pointer(&wrong.at), code: wrong.code, detail: wrong.detail }
    }
}

fn segments(path: &Path) -> Vec<String> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn pointer(path: &[String]) -> String {
    path.iter().fold(String::new(), |pointer, name| format!("{pointer}/{}", escape(name)))
}

/// Walks a value of any shape and fails at the first member that its object has already; `path` then leads to it.
struct Node<'a> {
    path: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        loop {
            self.path.push(index.to_string());
            if items.next_element_seed(Node { path: &mut *self.path })?.is_none() {
                self.path.pop();
                return Ok(());
            }
            self.path.pop();
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            self.path.push(name.clone());
            if !seen.insert(name) {
                return Err(de::Error::custom("duplicate member"));
            }
            members.next_value_seed(Node { path: &mut *self.path })?;
            self.path.pop();
        }
        Ok(())
    }
}

/// An amount as it was written: a string, or a number by its literal text, so that no float comes between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal(pub(super) String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text).map(Self).map_err(de::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(text.to_owned())),
            _ => {
                Err(de::Error::custom(format!("invalid type: {text}, expected a decimal such as \"19.99\"")))
            }
        }
    }
}

/// A member that may be left out but not be `null`: for what a merge patch cannot remove.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        name: String,
        #[serde(default)]
        price: Option<Decimal>,
        #[serde(default)]
        items: Vec<Object<Part>>,
        #[serde(default)]
        labels: BTreeMap<String, String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        count: i64,
    }

    impl Content for Thing {
        fn problems(self) -> Vec<FieldProblem> {
            Vec::new()
        }
    }

    fn refused(text: &str) -> (u16, &'static str, String) {
        let problem = parse::<Thing>(text.as_bytes()).expect_err(text);
        let pointer = problem.errors.first().map(|error| error.pointer.clone()).unwrap_or_default();
        (problem.status.as_u16(), problem.code, pointer)
    }

    #[test]
    fn tells_what_is_wrong_and_where() {
        for (text, code, pointer) in [
            (r#"{"name":"a","colour":1}"#, "unknown_member", "/colour"),
            (r#"{"name":"a","items":[{"count":1},{"count":1,"x":2}]}"#, "unknown_member", "/items/1/x"),
            (r#"{"name":"a","items":[{}]}"#, "missing_member", "/items/0/count"),
            ("{}", "missing_member", "/name"),
            (r#"{"name":5}"#, "invalid_type", "/name"),
            (r#"{"name":"a","items":[{"count":1.5}]}"#, "invalid_type", "/items/0/count"),
            (r#"{"name":"a","items":[{"count":"1"}]}"#, "invalid_type", "/items/0/count"),
            (r#"{"name":"a","items":[{"count":9223372036854775808}]}"#, "invalid_value", "/items/0/count"),
            (r#"{"name":"a","name":"b"}"#, "duplicate_member", "/name"),
            (r#"{"name":"a","labels":{"x/y":"1","x/y":"2"}}"#, "duplicate_member", "/labels/x~1y"),
            (r#"{"name":"a","price":true}"#, "invalid_type", "/price"),
            (r#"{"name":"a","price":[1]}"#, "invalid_type", "/price"),
            ("[]", "invalid_type", ""),
            (r#"["a",null,[],{}]"#, "invalid_type", ""),
            (r#"{"name":"a","items":[[1]]}"#, "invalid_type", "/items/0"),
            ("null", "invalid_type", ""),
        ] {
            assert_eq!(refused(text), (422, code, pointer.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_json() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for text in
            ["", "{", "{\"name\":}", "{'name':1}", "{\"name\":\"a\"} x", r#"{"name":"\ud800"}"#, "NaN", &deep]
        {
            assert_eq!(refused(text).1, "invalid_json", "{text}");
        }
        assert_eq!(parse::<Thing>(b"{\"name\":\"\xff\"}").expect_err("not UTF-8").code, "invalid_json");
    }

    #[test]
    fn a_price_is_read_from_its_literal_text() {
        for (text, price) in [
            ("19.99", "19.99"),
            ("\"19.99\"", "19.99"),
            ("0.1000000000000000055", "0.1000000000000000055"),
            ("90071992547409.91", "90071992547409.91"),
            ("1e2", "1e2"),
        ] {
            let thing: Thing = parse(format!("{{\"name\":\"a\",\"price\":{text}}}").as_bytes()).unwrap();
            assert_eq!(thing.price, Some(Decimal(price.to_owned())));
        }
        let thing: Thing = parse(br#"{"name":"a","price":null,"items":[{"count":3}]}"#).unwrap();
        assert_eq!((thing.name.as_str(), thing.price, thing.items[0].0.count), ("a", None, 3));
        assert!(thing.labels.is_empty());
    }
}

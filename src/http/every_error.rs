//! Everything that is wrong with a body, not only the first thing.
//!
//! A typed read stops at the first error. So what was wrong is put right in a copy (an unknown member goes, a missing or mistyped one
//! becomes an empty value of the right type) and the copy is read again, until nothing is wrong with its shape any more. Then its values
//! are looked at, but for those that were put there.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::body::Content;
use super::json::{Wrong, read};
use super::problem::FieldProblem;

/// The most errors that are told of one body.
const MOST: usize = 32;
/// The most bytes that are read again to find further errors: each costs another look at the body. Enough for all of them in bodies of half
/// a megabyte, and for half as many in the largest.
const MOST_READ: usize = 32 << 20;

/// What is wrong with a body that was refused as a `T`; `first` is what the read of its text stopped at.
pub(super) fn of<T: Content>(text: &str, first: Wrong) -> Vec<FieldProblem> {
    let mut found: Vec<Wrong> = vec![first];
    let mut mended: Option<T> = None;
    if let Ok(mut copy) = serde_json::from_str::<Value>(text) {
        // Each error is met once or twice, in the text and in the copy, so the first bound is never what ends a sound walk.
        for _ in 0..(2 * MOST).min(MOST_READ / text.len().max(1)) {
            let wrong = match read::<_, T>(&copy) {
                Ok(sound) => {
                    mended = Some(sound);
                    break;
                }
                Err(wrong) => wrong,
            };
            // Within what was put right there is nothing of the client's.
            let told = found.iter().any(|before| wrong.at.starts_with(&before.at));
            if !put_right::<T>(&mut copy, &wrong) || found.len() == MOST {
                break;
            }
            if !told {
                found.push(wrong);
            }
        }
    }
    let mut told: Vec<FieldProblem> = found.into_iter().map(FieldProblem::from).collect();
    add(&mut told, mended.map(T::problems).unwrap_or_default());
    told
}

/// Adds what is not at or within anything that is told already.
fn add(told: &mut Vec<FieldProblem>, more: Vec<FieldProblem>) {
    let before = told.len();
    for problem in more {
        let within = |pointer: &str| {
            problem.pointer.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if told.len() < MOST && !told[..before].iter().any(|told| within(&told.pointer)) {
            told.push(problem);
        }
    }
}

/// Changes a body so that this is not wrong with it any more; false where that cannot be done.
fn put_right<T: DeserializeOwned>(body: &mut Value, wrong: &Wrong) -> bool {
    let Some((last, path)) = wrong.at.split_last() else { return false };
    let Some(parent) = path.iter().try_fold(body as &mut Value, |value, name| member(value, name)) else {
        return false;
    };
    if wrong.code == "unknown_member" {
        return parent.as_object_mut().is_some_and(|members| members.remove(last).is_some());
    }
    for blank in [json!(""), json!(0), json!(false), json!([]), json!({}), Value::Null] {
        let Some(parent) = path.iter().try_fold(body as &mut Value, |value, name| member(value, name)) else {
            return false;
        };
        match parent {
            Value::Object(members) => drop(members.insert(last.clone(), blank)),
            Value::Array(items) => {
                let Some(item) = last.parse().ok().and_then(|index: usize| items.get_mut(index)) else {
                    return false;
                };
                *item = blank;
            }
            _ => return false,
        }
        if !read::<_, T>(&*body).is_err_and(|again| again.at == wrong.at) {
            return true;
        }
    }
    false
}

fn member<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    match value {
        Value::Object(members) => members.get_mut(name),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::http::body::Content;
    use crate::http::json::{Decimal, Object, parse};
    use crate::http::problem::FieldProblem;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read, not used")]
    struct Thing {
        name: String,
        count: i64,
        price: Decimal,
        sold: Option<bool>,
        items: Vec<Object<Part>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read, not used")]
    struct Part {
        count: i64,
        words: Vec<String>,
    }

    impl Content for Thing {
        /// Names are short, counts not negative, as are those of parts.
        fn problems(self) -> Vec<FieldProblem> {
            let problem = |pointer: String, code| FieldProblem { pointer, code, detail: String::new() };
            let mut found = Vec::new();
            found.extend((!(1..5).contains(&self.name.len())).then(|| problem("/name".to_owned(), "name")));
            found.extend((self.count < 0).then(|| problem("/count".to_owned(), "count")));
            for (n, part) in self.items.iter().enumerate() {
                let few = part.0.count < 1;
                found.extend(few.then(|| problem(format!("/items/{n}/count"), "count")));
            }
            found
        }
    }

    #[test]
    fn values_are_looked_at_too_but_for_those_that_were_put_there() {
        let text = r#"{"name":7,"count":-1,"price":"1","items":[{"count":0,"words":[]},{"count":"x","words":[]},3]}"#;
        let expected = [
            ("/count", "count"),
            ("/items/0/count", "count"),
            ("/items/1/count", "invalid_type"),
            ("/items/2", "invalid_type"),
            ("/name", "invalid_type"),
        ];
        assert_eq!(told(text), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    fn told(text: &str) -> Vec<(String, &'static str)> {
        let problem = parse::<Thing>(text.as_bytes()).expect_err(text);
        let mut told: Vec<_> = problem.errors.into_iter().map(|error| (error.pointer, error.code)).collect();
        told.sort();
        told
    }

    #[test]
    fn tells_every_error_of_a_body_at_once() {
        let text = r#"{"name":{"$gt":""},"colour":1,"count":1.5,"sold":"no","z":{},
            "items":[{"count":1,"words":[]},5,{"count":"2","words":["a",7],"x":null}]}"#;
        let expected = [
            ("/colour", "unknown_member"),
            ("/count", "invalid_type"),
            ("/items/1", "invalid_type"),
            ("/items/2/count", "invalid_type"),
            ("/items/2/words/1", "invalid_type"),
            ("/items/2/x", "unknown_member"),
            ("/name", "invalid_type"),
            ("/price", "missing_member"),
            ("/sold", "invalid_type"),
            ("/z", "unknown_member"),
        ];
        assert_eq!(told(text), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn a_body_without_anything_misses_everything() {
        let missing = told("{}");
        assert_eq!(
            missing.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(),
            ["/count", "/items", "/name", "/price"]
        );
    }

    #[test]
    fn of_very_many_errors_some_are_told() {
        let many: Vec<String> = (0..500).map(|n| format!("\"m{n}\":1")).collect();
        assert_eq!(told(&format!("{{{}}}", many.join(","))).len(), super::MOST);
        let large = format!(r#"{{"x":"{}","{}"#, "x".repeat(1 << 20), &many.join(",")[1..]);
        let few = told(&format!("{large}}}")).len();
        assert!(few >= super::MOST / 2, "{few}");
    }
}

//! Pieces of filters. Values from outside only ever stand where nothing but a value can.

use mongodb::bson::raw::CString;
use mongodb::bson::{Bson, DateTime, Document, Regex, cstr, doc};

use crate::domain::clock::Timestamp;
use crate::domain::search::Span;
use crate::domain::text::SearchText;

/// A filter in the making: everything in it must hold.
#[derive(Default)]
pub(super) struct Filter {
    fields: Document,
    expressions: Vec<Bson>,
    all: Vec<Bson>,
}

impl Filter {
    /// This field has this value, or holds it where it is an array.
    pub(super) fn equals(&mut self, field: &str, value: Option<impl Into<Bson>>) -> &mut Self {
        if let Some(value) = value {
            self.fields.insert(field, doc! { "$eq": value.into() });
        }
        self
    }

    /// This field lies between these, each included.
    pub(super) fn between(&mut self, field: &str, least: Option<i64>, most: Option<i64>) -> &mut Self {
        let mut range = Document::new();
        range.extend(least.map(|least| ("$gte".to_owned(), Bson::Int64(least))));
        range.extend(most.map(|most| ("$lte".to_owned(), Bson::Int64(most))));
        if !range.is_empty() {
            self.fields.insert(field, range);
        }
        self
    }

    /// Created at or after the one and before the other.
    pub(super) fn created(&mut self, after: Option<Timestamp>, before: Option<Timestamp>) -> &mut Self {
        let mut range = Document::new();
        range.extend(after.map(|at| ("$gte".to_owned(), time(at).into())));
        range.extend(before.map(|at| ("$lt".to_owned(), time(at).into())));
        if !range.is_empty() {
            self.fields.insert("created_at", range);
        }
        self
    }

    /// This field, a text, holds this one, letter by letter: nothing in it is a wildcard.
    pub(super) fn contains(&mut self, field: &str, needle: &SearchText) -> &mut Self {
        self.fields.insert(field, expression(escaped(needle.as_str())));
        self
    }

    /// Everything, by an index that begins with this field: without a condition on the first the server does not look at the others.
    pub(super) fn any(&mut self, field: &str) -> &mut Self {
        self.all.push(doc! { field: { "$gte": Bson::MinKey } }.into());
        self
    }

    /// This field lies below this.
    pub(super) fn below(&mut self, field: &str, limit: Option<i64>) -> &mut Self {
        if let Some(limit) = limit {
            self.fields.insert(field, doc! { "$lt": limit });
        }
        self
    }

    /// This field, an array, holds a word of one of these spans.
    pub(super) fn holds(&mut self, field: &str, spans: &[Span]) {
        let any: Vec<Bson> = spans.iter().map(word).collect();
        self.all.push(doc! { field: { "$in": any } }.into());
    }

    /// This field has one of these values.
    pub(super) fn any_of(&mut self, field: &str, values: Vec<String>) -> &mut Self {
        self.all.push(doc! { field: { "$in": values } }.into());
        self
    }

    /// This field lies strictly beyond this value.
    pub(super) fn beyond(&mut self, field: &str, value: &str, descending: bool) -> &mut Self {
        self.all.push(doc! { field: { if descending { "$lt" } else { "$gt" }: value } }.into());
        self
    }

    /// This field, a text, is as this expression says. It MUST NOT hold anything from outside that is not [`escaped`].
    pub(super) fn like(&mut self, field: &str, pattern: String) -> &mut Self {
        self.all.push(doc! { field: expression(pattern) }.into());
        self
    }

    /// This field, a text, begins otherwise.
    pub(super) fn begins_otherwise(&mut self, field: &str, text: &str) -> &mut Self {
        self.like(field, format!("^(?!{})", escaped(text)))
    }

    /// This field, a text, begins so.
    pub(super) fn begins(&mut self, field: &str, text: &str) -> &mut Self {
        self.fields.insert(field, doc! { "$gte": text, "$lt": format!("{text}\u{10ffff}") });
        self
    }

    /// This expression is true. It MUST NOT hold anything from outside but numbers.
    pub(super) fn expression(&mut self, expression: Document) -> &mut Self {
        self.expressions.push(expression.into());
        self
    }

    /// The filter.
    pub(super) fn build(&mut self) -> Document {
        let mut built = std::mem::take(&mut self.fields);
        if !self.expressions.is_empty() {
            built.insert("$expr", doc! { "$and": std::mem::take(&mut self.expressions) });
        }
        if !self.all.is_empty() {
            built.insert("$and", std::mem::take(&mut self.all));
        }
        built
    }
}

/// What a word of an array must be like. A range would ask for any element above and any below, so it is an expression with nothing in it
/// but what words are made of, which the server turns into one stretch of an index.
fn word(span: &Span) -> Bson {
    match span {
        Span::Is(word) => word.as_str().into(),
        Span::Begins(word) => {
            let plain: String = word.chars().filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric()).collect();
            expression(format!("^{plain}"))
        }
    }
}

/// A text whose every character stands for itself in an expression: whatever could mean anything else stands behind a backslash.
pub(super) fn escaped(text: &str) -> String {
    let escape = |c: char| {
        let plain = !c.is_ascii() || c.is_ascii_alphanumeric();
        (!plain).then_some('\\').into_iter().chain([c])
    };
    text.chars().flat_map(escape).collect()
}

/// An expression. The server looks at keys of an index for it, which it does for no other way to
/// ask what a text holds. There is no NUL in a text from outside; if there were, nothing would hold it.
fn expression(pattern: String) -> Bson {
    CString::try_from(pattern)
        .map_or(Bson::Null, |pattern| Regex { pattern, options: cstr!("").into() }.into())
}

/// The document with this `_id`.
pub(super) fn by_id(id: impl std::fmt::Display) -> Document {
    doc! { "_id": { "$eq": id.to_string() } }
}

/// The document with this `_id` as long as it has this version.
pub(super) fn by_version(id: impl std::fmt::Display, version: crate::domain::number::Version) -> Document {
    doc! { "_id": { "$eq": id.to_string() }, "version": { "$eq": version.get() } }
}

/// A moment as it is kept.
pub(super) fn time(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millis())
}

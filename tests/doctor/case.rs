//! A kind of damage, and the commands that do it.

use mongodb::bson::{Bson, Document, doc};

use super::patient::Damage;

/// A kind of damage and what must be said of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) damage: Damage,
    /// Codes of the rules that it breaks.
    pub(super) breaks: &'static [&'static str],
    /// The document named for the first of these rules.
    pub(super) key: &'static str,
    /// What is said of it.
    pub(super) says: &'static str,
    /// What is still broken after a repair.
    pub(super) remains: &'static [&'static str],
}

/// One document changed past the validators.
pub(super) fn set(collection: &str, filter: Document, fields: Document) -> Document {
    update(collection, filter, doc! { "$set": fields })
}

pub(super) fn update(collection: &str, filter: Document, change: impl Into<Bson>) -> Document {
    let updates = vec![doc! { "q": filter, "u": change.into(), "multi": false }];
    doc! { "update": collection, "updates": updates, "bypassDocumentValidation": true }
}

pub(super) fn delete(collection: &str, filter: Document) -> Document {
    doc! { "delete": collection, "deletes": vec![doc! { "q": filter, "limit": 1 }] }
}

pub(super) fn mug() -> Document {
    doc! { "sku": "MUG" }
}

pub(super) fn order(number: i64) -> Document {
    doc! { "number": number }
}

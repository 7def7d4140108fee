//! Which indexes there are: for what is unique, for every sort, for the filters that pick few of many.

use mongodb::bson::{Document, doc};

/// One index.
#[derive(Clone, Copy)]
pub(super) enum Index {
    /// On one field that every document has and no two share.
    Unique(&'static str),
    /// On one field that some documents have and no two share.
    UniqueIfThere(&'static str),
    /// On one field, and within equal values by `_id`: gives a sort, and a filter in the order of `_id`.
    Then(&'static str),
    /// On one field alone.
    Plain(&'static str),
    /// On the ends of holds of pending orders, and within equal ones by `_id`. Orders that wait for nothing are not in it.
    Holds,
    /// On a moment after which the server removes the document.
    Until(&'static str),
}

use Index::{Holds, Plain, Then, Unique, UniqueIfThere, Until};

/// The indexes of a collection beside that on `_id`.
pub(super) fn of(collection: &str) -> &'static [Index] {
    match collection {
        "users" => &[Unique("email_norm"), Then("created_at"), Then("updated_at")],
        "products" => &[
            Unique("sku_norm"),
            Then("created_at"),
            Then("updated_at"),
            Then("name"),
            Then("price"),
            Then("tags"),
            Then("group"),
        ],
        "inventory" => {
            &[Then("sku_norm"), Then("created_at"), Then("updated_at"), Then("on_hand"), Then("reserved")]
        }
        "orders" => &[
            Unique("number"),
            UniqueIfThere("external_ref"),
            Then("created_at"),
            Then("updated_at"),
            Then("total"),
            Then("status"),
            Then("customer.user_id"),
            Then("customer.email_norm"),
            Then("customer.reference"),
            Then("lines.product_id"),
            Holds,
        ],
        "sessions" => &[Plain("family"), Plain("user_id"), Plain("expires_at")],
        "signing_keys" => &[UniqueIfThere("first")],
        "imports" => &[Then("once"), Then("noun"), Then("state")],
        "idempotency_keys" => &[Until("expires_at")],
        _ => &[],
    }
}

impl Index {
    /// As the server names it by itself.
    pub(super) fn name(self) -> String {
        match self {
            Unique(field) | UniqueIfThere(field) | Plain(field) | Until(field) => format!("{field}_1"),
            Then(field) => format!("{field}_1__id_1"),
            Holds => "hold_until_1__id_1".to_owned(),
        }
    }

    /// As `createIndexes` takes it and `listIndexes` gives it back.
    pub(super) fn definition(&self) -> Document {
        let name = self.name();
        match *self {
            Unique(field) => doc! { "key": { field: 1 }, "name": name, "unique": true },
            UniqueIfThere(field) => {
                doc! { "key": { field: 1 }, "name": name, "unique": true, "sparse": true }
            }
            Then(field) => doc! { "key": { field: 1, "_id": 1 }, "name": name },
            Plain(field) => doc! { "key": { field: 1 }, "name": name },
            Holds => doc! {
                "key": { "hold_until": 1, "_id": 1 },
                "name": name,
                "partialFilterExpression": { "status": "pending", "hold_until": { "$exists": true } },
            },
            Until(field) => doc! { "key": { field: 1 }, "name": name, "expireAfterSeconds": 0 },
        }
    }
}

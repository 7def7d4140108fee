//! Which indexes there are: for what is unique, for every sort, for the filters that pick few of many.

use mongodb::bson::{Document, doc};

use crate::store::mongo::search_text::SEARCH_TEXT;

/// One index.
#[derive(Clone, Copy)]
pub(super) enum Index {
    /// On one field that every document has and no two share.
    Unique(&'static str),
    /// On one field that some documents have and no two share.
    UniqueIfThere(&'static str),
    /// On one field, and within equal values by `_id`: gives a sort, and a filter in the order of `_id`.
    Then(&'static str),
    /// On these fields one after the other, for a list. Behind what the list is found and sorted by stands everything else that it may be
    /// filtered or sorted by, so that the server decides on keys and reads only the documents that it gives.
    List(&'static [&'static str]),
    /// The same under a name of its own: an older schema has another that begins with the same fields.
    Named(&'static str, &'static [&'static str]),
    /// A list without the documents that lack the first field.
    ListIfThere(&'static [&'static str]),
    /// On one field alone.
    Plain(&'static str),
    /// On the ends of holds of pending orders, and within equal ones by `_id`. Orders that wait for nothing are not in it.
    Holds,
    /// On a moment after which the server removes the document.
    Until(&'static str),
}

use Index::{Holds, List, ListIfThere, Named, Plain, Then, Unique, UniqueIfThere, Until};

/// Of orders; customers see their own.
const ORDERS: &[Index] = &[
    Unique("number"),
    UniqueIfThere("external_ref"),
    // With what a search looks through, and what a search may be filtered and sorted by.
    List(&["_id", "status", "payment_status", "created_at", "updated_at", "number", "total", "search"]),
    List(&["created_at", "_id", "status", "payment_status"]),
    List(&["updated_at", "_id", "status", "payment_status", "created_at"]),
    List(&["number", "status", "payment_status", "created_at"]),
    List(&["total", "_id", "status", "payment_status", "created_at"]),
    List(&["status", "_id", "payment_status", "created_at", "updated_at", "number", "total"]),
    ListIfThere(&[
        "customer.user_id",
        "_id",
        "status",
        "payment_status",
        "created_at",
        "updated_at",
        "number",
        "total",
        "search",
    ]),
    List(&[
        "customer.email_norm",
        "_id",
        "status",
        "payment_status",
        "created_at",
        "updated_at",
        "number",
        "total",
        "search",
    ]),
    ListIfThere(&[
        "customer.reference",
        "_id",
        "status",
        "payment_status",
        "created_at",
        "updated_at",
        "number",
        "total",
        "search",
    ]),
    List(&[
        "lines.product_id",
        "_id",
        "status",
        "payment_status",
        "created_at",
        "updated_at",
        "number",
        "total",
        "search",
    ]),
    Holds,
];

/// The indexes of a collection beside that on `_id`.
pub(super) fn of(collection: &str) -> &'static [Index] {
    match collection {
        "users" => &[
            Unique("email_norm"),
            // With what a search looks through, and what a search may be sorted by.
            List(&["_id", "role", "status", "created_at", "updated_at", "email_norm", "search"]),
            List(&["created_at", "_id", "role", "status"]),
            List(&["updated_at", "_id", "role", "status", "created_at"]),
            List(&["email_norm", "role", "status", "created_at"]),
        ],
        // The public sees one status, staff all three: a list of all is merged from one walk for each.
        "products" => &[
            Unique("sku_norm"),
            // With everything that a search, whose words another index finds, may be filtered and sorted by.
            Named(
                "list_status_search_text",
                &[
                    "status",
                    "_id",
                    "price",
                    "currency",
                    "created_at",
                    "updated_at",
                    "name",
                    "sku_norm",
                    "group",
                    SEARCH_TEXT,
                ],
            ),
            List(&["status", "created_at", "_id", "price", "currency"]),
            List(&["status", "updated_at", "_id", "price", "currency", "created_at"]),
            List(&["status", "sku_norm", "price", "currency", "created_at", "_id"]),
            List(&["status", "name", "_id", "price", "currency", "created_at"]),
            List(&["status", "price", "_id", "currency", "created_at"]),
            // Narrow, since a product has a dozen words.
            List(&["search", "status", "_id"]),
            // Few of many: other orders than that of `_id` are made of the keys.
            ListIfThere(&[
                "tags",
                "status",
                "_id",
                "price",
                "currency",
                "created_at",
                "updated_at",
                "name",
                "sku_norm",
            ]),
            ListIfThere(&[
                "group",
                "status",
                "_id",
                "price",
                "currency",
                "created_at",
                "updated_at",
                "name",
                "sku_norm",
                "tags",
            ]),
        ],
        "inventory" => &[
            List(&["sku_norm", "_id", "created_at"]),
            List(&["created_at", "_id", "sku_norm"]),
            List(&["updated_at", "_id", "created_at", "sku_norm"]),
            List(&["on_hand", "_id", "created_at", "sku_norm"]),
            List(&["reserved", "_id", "created_at", "sku_norm"]),
            // Few of many: other orders than that of `_id` are made of the keys.
            List(&["available", "_id", "created_at", "updated_at", "sku_norm", "on_hand", "reserved", "low"]),
            ListIfThere(&[
                "low",
                "_id",
                "available",
                "created_at",
                "updated_at",
                "sku_norm",
                "on_hand",
                "reserved",
            ]),
        ],
        "orders" => ORDERS,
        "sessions" => &[Plain("family"), Plain("user_id"), Plain("expires_at")],
        "signing_keys" => &[UniqueIfThere("first")],
        "imports" => &[Then("once"), List(&["_id", "noun", "state"])],
        "sign_in_tries" => &[Until("forget_at")],
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
            List(fields) | ListIfThere(fields) => {
                format!("list_{}", fields[..fields.len().min(2)].join("_"))
            }
            Named(name, _) => name.to_owned(),
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
            List(fields) | Named(_, fields) => doc! { "key": ascending(fields), "name": name },
            ListIfThere(fields) => doc! {
                "key": ascending(fields),
                "name": name,
                "partialFilterExpression": { fields[0]: { "$exists": true } },
            },
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

fn ascending(fields: &[&str]) -> Document {
    fields.iter().map(|field| ((*field).to_owned(), 1.into())).collect()
}

/// The indexes of a collection that earlier schemas made and this one has better ones for, by name.
pub(super) fn outgrown(collection: &str) -> &'static [&'static str] {
    match collection {
        "users" => &["created_at_1__id_1", "updated_at_1__id_1"],
        "products" => &[
            "created_at_1__id_1",
            "updated_at_1__id_1",
            "name_1__id_1",
            "price_1__id_1",
            "tags_1__id_1",
            "group_1__id_1",
            "list_status__id",
        ],
        "inventory" => &[
            "sku_norm_1__id_1",
            "created_at_1__id_1",
            "updated_at_1__id_1",
            "on_hand_1__id_1",
            "reserved_1__id_1",
            "list__id_created_at",
        ],
        "imports" => &["noun_1__id_1", "state_1__id_1"],
        "orders" => &[
            "created_at_1__id_1",
            "updated_at_1__id_1",
            "total_1__id_1",
            "status_1__id_1",
            "customer.user_id_1__id_1",
            "customer.email_norm_1__id_1",
            "customer.reference_1__id_1",
            "lines.product_id_1__id_1",
        ],
        _ => &[],
    }
}

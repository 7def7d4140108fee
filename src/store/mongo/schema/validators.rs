//! What the server itself refuses, whoever writes: wrong types, and stock that breaks its rules. A hand-written update cannot oversell.

use mongodb::bson::{Bson, Document, doc};

use crate::store::mongo::search_text::SEARCH_TEXT;

/// 2^53 − 1, the largest count and amount.
const MOST: i64 = (1 << 53) - 1;

/// Each collection with its validator.
pub(super) fn all() -> Vec<(&'static str, Document)> {
    vec![
        ("users", users()),
        ("products", products()),
        ("inventory", inventory()),
        ("stock_movements", stock_movements()),
        ("orders", orders()),
        ("sessions", sessions()),
        ("signing_keys", signing_keys()),
        ("sign_in_tries", sign_in_tries()),
        ("audit_log", audit_log()),
        ("idempotency_keys", idempotency_keys()),
        ("imports", imports()),
        ("import_batches", import_batches()),
        (
            "counters",
            doc! { "$jsonSchema": { "bsonType": "object", "required": ["value"], "properties": { "value": whole(0) } } },
        ),
    ]
}

fn users() -> Document {
    schema(
        &["email", "email_norm", "role", "status", "auth_epoch", "search"],
        doc! {
            "email": text(), "email_norm": text(), "name": text(), "phone": text(), "password": text(),
            "role": { "enum": ["customer", "staff", "admin"] }, "status": { "enum": ["active", "disabled"] },
            "auth_epoch": whole(0), "search": text(),
        },
    )
}

fn products() -> Document {
    schema(
        &["sku", "sku_norm", "name", "price", "currency", "status", "search", SEARCH_TEXT],
        doc! {
            "sku": text(), "sku_norm": text(), "name": text(), "description": text(),
            "tags": { "bsonType": "array", "items": text() }, "price": amount(), "currency": text(),
            "status": { "enum": ["draft", "active", "archived"] }, "group": text(),
            "search": { "bsonType": "array", "items": text() }, SEARCH_TEXT: text(),
            "metadata": { "bsonType": "object" }, "options": { "bsonType": "object" },
        },
    )
}

fn inventory() -> Document {
    let mut rules = schema(
        &["product_id", "sku", "sku_norm", "on_hand", "reserved", "available", "seq"],
        doc! {
            "product_id": text(), "sku": text(), "sku_norm": text(), "on_hand": amount(), "reserved": amount(),
            "available": amount(), "low": { "enum": [true] }, "low_stock_at": amount(), "seq": whole(0),
        },
    );
    // What is available is 0 at least, so that what is promised is covered.
    let available = doc! { "$eq": ["$available", { "$subtract": ["$on_hand", "$reserved"] }] };
    let low = doc! { "$eq": [{ "$ifNull": ["$low", false] }, is_low("$available")] };
    rules.insert("$expr", doc! { "$and": [available, low, { "$eq": ["$_id", "$product_id"] }] });
    rules
}

/// Whether a stock record of which so much is available is low, as an expression.
pub(in crate::store::mongo) fn is_low(available: impl Into<Bson>) -> Document {
    doc! { "$and": [{ "$isNumber": "$low_stock_at" }, { "$lte": [available.into(), "$low_stock_at"] }] }
}

fn stock_movements() -> Document {
    let required = [
        "product_id",
        "seq",
        "kind",
        "on_hand_delta",
        "reserved_delta",
        "on_hand_after",
        "reserved_after",
        "actor",
        "at",
    ];
    let number = doc! { "bsonType": ["int", "long"] };
    let kinds = ["receive", "reserve", "release", "ship", "return", "adjust", "count"].as_slice();
    doc! { "$jsonSchema": { "bsonType": "object", "required": required.as_slice(), "properties": {
        "_id": text(), "product_id": text(), "seq": whole(1), "kind": { "enum": kinds },
        "on_hand_delta": number.clone(), "reserved_delta": number, "on_hand_after": amount(), "reserved_after": amount(),
        "order_id": text(), "reason": text(), "reference": text(), "actor": text(), "at": moment(),
    } } }
}

fn orders() -> Document {
    let line = doc! {
        "bsonType": "object",
        "required": ["product_id", "sku", "name", "unit_price", "quantity", "shipped", "cancelled", "returned", "restocked", "total"],
        "properties": {
            "product_id": text(), "sku": text(), "name": text(), "unit_price": amount(),
            "quantity": { "bsonType": ["int", "long"], "minimum": 1_i64, "maximum": MOST },
            "shipped": amount(), "cancelled": amount(), "returned": amount(), "restocked": amount(), "total": amount(),
        },
    };
    let statuses = [
        "pending",
        "confirmed",
        "partially_shipped",
        "shipped",
        "delivered",
        "partially_returned",
        "returned",
        "cancelled",
        "expired",
    ];
    schema(
        &[
            "number",
            "customer",
            "currency",
            "lines",
            "total",
            "refunded",
            "status",
            "payment_status",
            "flags",
            "history",
            "search",
        ],
        doc! {
            "number": whole(1), "external_ref": text(), "currency": text(), "total": amount(), "refunded": amount(),
            "customer": { "bsonType": "object", "dependencies": { "email": ["email_norm"], "email_norm": ["email"] }, "anyOf": [
                { "required": ["user_id"] }, { "required": ["email"] }, { "required": ["reference"] },
            ] },
            "lines": { "bsonType": "array", "minItems": 1, "items": line },
            "status": { "enum": statuses.as_slice() },
            "payment_status": { "enum": ["unpaid", "paid", "partially_refunded", "refunded"] },
            "flags": { "bsonType": "object" }, "history": { "bsonType": "array", "minItems": 1 },
            "hold_until": moment(), "note": text(), "tracking": text(), "search": text(),
        },
    )
}

fn sessions() -> Document {
    doc! { "$jsonSchema": { "bsonType": "object", "required": ["family", "user_id", "auth_epoch", "issued_at", "expires_at"], "properties": {
        "_id": text(), "family": text(), "user_id": text(), "auth_epoch": whole(0), "issued_at": moment(),
        "expires_at": moment(), "used_at": moment(),
    } } }
}

fn signing_keys() -> Document {
    doc! { "$jsonSchema": { "bsonType": "object", "required": ["created_at", "public", "pkcs8"], "properties": {
        "_id": text(), "created_at": moment(), "public": { "bsonType": "binData" }, "pkcs8": { "bsonType": "binData" },
        "first": { "enum": [true] }, "tokens_until": moment(),
    } } }
}

fn sign_in_tries() -> Document {
    doc! { "$jsonSchema": { "bsonType": "object", "required": ["count", "free_at", "forget_at"], "properties": {
        "_id": text(), "count": whole(0), "free_at": moment(), "forget_at": moment(),
    } } }
}

fn audit_log() -> Document {
    doc! { "$jsonSchema": { "bsonType": "object", "required": ["at", "actor", "action", "target"], "properties": {
        "_id": text(), "at": moment(), "actor": text(), "action": text(), "target": text(), "detail": text(),
        "request_id": text(),
    } } }
}

fn idempotency_keys() -> Document {
    doc! { "$jsonSchema": { "bsonType": "object", "required": ["fingerprint", "answer", "created_at", "expires_at"], "properties": {
        "_id": text(), "fingerprint": text(), "answer": text(), "created_at": moment(), "expires_at": moment(),
    } } }
}

fn imports() -> Document {
    let required = [
        "once",
        "sha256",
        "file",
        "noun",
        "mode",
        "options",
        "actor",
        "started_at",
        "state",
        "batch_rows",
        "tally",
    ];
    let nouns = ["users", "products", "orders", "inventory"].as_slice();
    doc! { "$jsonSchema": { "bsonType": "object", "required": required.as_slice(), "properties": {
        "_id": text(), "once": text(), "sha256": text(), "file": text(), "noun": { "enum": nouns },
        "mode": { "enum": ["insert", "upsert", "update"] }, "options": { "bsonType": "array", "items": text() }, "actor": text(),
        "started_at": moment(), "ended_at": moment(), "state": { "enum": ["running", "done", "undone"] }, "batch_rows": whole(1),
        "tally": tally(),
    } } }
}

fn import_batches() -> Document {
    doc! { "$jsonSchema": { "bsonType": "object", "required": ["import_id", "number", "tally", "undo"], "properties": {
        "_id": text(), "import_id": text(), "number": whole(0), "tally": tally(), "undo": text(),
    } } }
}

fn tally() -> Document {
    doc! { "bsonType": "object", "required": ["created", "updated", "unchanged", "rejected"], "properties": {
        "created": whole(0), "updated": whole(0), "unchanged": whole(0), "rejected": whole(0),
    } }
}

/// A validator with what every document has.
fn schema(required: &[&str], mut properties: Document) -> Document {
    let mut all = vec!["version", "created_at", "updated_at"];
    all.extend_from_slice(required);
    properties
        .extend(doc! { "_id": text(), "version": whole(1), "created_at": moment(), "updated_at": moment() });
    doc! { "$jsonSchema": { "bsonType": "object", "required": all, "properties": properties } }
}

fn text() -> Document {
    doc! { "bsonType": "string" }
}

fn moment() -> Document {
    doc! { "bsonType": "date" }
}

fn whole(least: i64) -> Document {
    doc! { "bsonType": ["int", "long"], "minimum": least }
}

fn amount() -> Document {
    doc! { "bsonType": ["int", "long"], "minimum": 0_i64, "maximum": MOST }
}

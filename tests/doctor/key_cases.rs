//! Damage to numbers, to how things are filed, and to what makes them readable.

use mongodb::bson::doc;

use super::case::{Case, mug, order, set, update};
use super::patient::Damage;

/// Every case.
pub(super) fn all() -> Vec<Case> {
    vec![
        Case {
            name: "counter of order numbers set back",
            damage: Damage {
                sqlite: "UPDATE counters SET value = 1001 WHERE name = 'order_number'",
                mongo: vec![set("counters", doc! { "_id": "orders" }, doc! { "value": 1001_i64 })],
            },
            breaks: &["numbers"],
            key: "order numbers",
            says: "the counter is at 1001, but there is an order 1002",
            remains: &[],
        },
        Case {
            name: "one number given twice",
            damage: Damage {
                sqlite: "DROP INDEX orders_number; UPDATE orders SET number = 1001, search = replace(search, '1002', '1001')",
                mongo: vec![
                    doc! { "dropIndexes": "orders", "index": "number_1" },
                    update(
                        "orders",
                        order(1002),
                        vec![doc! { "$set": { "number": 1001_i64, "search": { "$replaceOne": {
                        "input": "$search", "find": "1002", "replacement": "1001" } } } }],
                    ),
                ],
            },
            breaks: &["numbers"],
            key: "1001",
            says: "share one number",
            remains: &["numbers"],
        },
        Case {
            name: "product filed under another SKU",
            damage: Damage {
                sqlite: "UPDATE products SET sku_norm = 'pot' WHERE sku = 'MUG'",
                mongo: vec![set("products", mug(), doc! { "sku_norm": "pot" })],
            },
            breaks: &["keys"],
            key: "MUG",
            says: "is filed under \"pot\", not \"mug\"",
            remains: &[],
        },
        Case {
            name: "user filed under another address",
            damage: Damage {
                sqlite: "UPDATE users SET email_norm = 'eve@example.com'",
                mongo: vec![set("users", doc! {}, doc! { "email_norm": "eve@example.com" })],
            },
            breaks: &["keys"],
            key: "usr_",
            says: "is filed under another address",
            remains: &[],
        },
        Case {
            name: "product renamed by hand",
            damage: Damage {
                sqlite: "UPDATE products SET name = 'Teapot' WHERE sku = 'MUG'",
                mongo: vec![set("products", mug(), doc! { "name": "Teapot" })],
            },
            breaks: &["search"],
            key: "MUG",
            says: "a search does not find it",
            remains: &[],
        },
        Case {
            name: "user that cannot be read",
            damage: Damage {
                sqlite: "UPDATE users SET role = 'boss'",
                mongo: vec![set("users", doc! {}, doc! { "role": "boss" })],
            },
            breaks: &["readable"],
            key: "usr_",
            says: "role cannot be read",
            remains: &["readable"],
        },
        Case {
            name: "order that cannot be read",
            damage: Damage {
                sqlite: "UPDATE orders SET currency = 'EUX' WHERE number = 1001",
                mongo: vec![set("orders", order(1001), doc! { "currency": "EUX" })],
            },
            breaks: &["readable"],
            key: "1001",
            says: "currency: \"EUX\" is not an ISO 4217 currency",
            remains: &["readable"],
        },
    ]
}

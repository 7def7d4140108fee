//! Damage to stock records and movements.

use mongodb::bson::doc;

use super::case::{Case, delete, mug, set};
use super::patient::Damage;

/// Every case.
pub(super) fn all() -> Vec<Case> {
    [record_cases(), movement_cases()].into_iter().flatten().collect()
}

fn record_cases() -> Vec<Case> {
    vec![
        Case {
            name: "reserved too high",
            damage: Damage {
                sqlite: "UPDATE inventory SET reserved = 9 WHERE sku = 'MUG'",
                mongo: vec![set("inventory", mug(), doc! { "reserved": 9_i64 })],
            },
            breaks: &["sums", "reserved"],
            key: "MUG",
            says: "on hand 10 and reserved 9, but 3 movements lead to 10 and 4",
            remains: &[],
        },
        Case {
            name: "on hand changed",
            damage: Damage {
                sqlite: "UPDATE inventory SET on_hand = 8 WHERE sku = 'MUG'",
                mongo: vec![set("inventory", mug(), doc! { "on_hand": 8_i64 })],
            },
            breaks: &["sums"],
            key: "MUG",
            says: "on hand 8 and reserved 4, but 3 movements lead to 10 and 4",
            remains: &[],
        },
        Case {
            name: "oversold",
            damage: Damage {
                sqlite: "UPDATE inventory SET on_hand = -1 WHERE sku = 'CUP'",
                mongo: vec![set("inventory", doc! { "sku": "CUP" }, doc! { "on_hand": -1_i64 })],
            },
            breaks: &["counts", "sums"],
            key: "CUP",
            says: "on hand -1 with reserved 2",
            remains: &[],
        },
        Case {
            name: "stock record removed",
            damage: Damage {
                sqlite: "DELETE FROM inventory WHERE sku = 'MUG'",
                mongo: vec![delete("inventory", mug())],
            },
            breaks: &["sums", "reserved"],
            key: "MUG",
            says: "no stock is kept, but movements lead to 10 on hand and 4 reserved",
            remains: &[],
        },
        Case {
            name: "stock record behind its movements",
            damage: Damage {
                sqlite: "UPDATE inventory SET seq = 1 WHERE sku = 'MUG'",
                mongo: vec![set("inventory", mug(), doc! { "seq": 1_i64 })],
            },
            breaks: &["sequence"],
            key: "MUG",
            says: "at movement 1, the last one is 3",
            remains: &[],
        },
        Case {
            name: "stock record filed under another SKU",
            damage: Damage {
                sqlite: "UPDATE inventory SET sku = 'POT', sku_norm = 'pot' WHERE sku = 'MUG'",
                mongo: vec![set("inventory", mug(), doc! { "sku": "POT", "sku_norm": "pot" })],
            },
            breaks: &["keys"],
            key: "MUG",
            says: "filed as \"POT\"",
            remains: &[],
        },
    ]
}

fn movement_cases() -> Vec<Case> {
    vec![
        Case {
            name: "movement removed",
            damage: Damage {
                sqlite: "DROP TRIGGER stock_movements_keep_delete; \
                         DELETE FROM stock_movements WHERE seq = 2 AND on_hand_after = 10",
                mongo: vec![delete("stock_movements", doc! { "seq": 2, "on_hand_after": 10 })],
            },
            breaks: &["sums", "sequence"],
            key: "MUG",
            says: "2 movements lead to 10 and 1",
            remains: &["sums", "sequence"],
        },
        Case {
            name: "movement changed",
            damage: Damage {
                sqlite: "DROP TRIGGER stock_movements_keep_update; \
                         UPDATE stock_movements SET reserved_after = 7 WHERE seq = 3",
                mongo: vec![set("stock_movements", doc! { "seq": 3 }, doc! { "reserved_after": 7_i64 })],
            },
            breaks: &["sequence"],
            key: "MUG",
            says: "movement 3 states 10 on hand and 7 reserved, but leads to 10 and 4",
            remains: &["sequence"],
        },
        Case {
            name: "movement of another kind",
            damage: Damage {
                sqlite: "DROP TRIGGER stock_movements_keep_update; \
                         UPDATE stock_movements SET kind = 'adjust' WHERE seq = 3",
                mongo: vec![set("stock_movements", doc! { "seq": 3 }, doc! { "kind": "adjust" })],
            },
            breaks: &["sequence"],
            key: "MUG",
            says: "is a \"adjust\", but changes on hand by 0 and reserved by 1",
            remains: &["sequence"],
        },
        Case {
            name: "product removed",
            damage: Damage {
                sqlite: "DELETE FROM products WHERE sku = 'MUG'",
                mongo: vec![delete("products", mug())],
            },
            breaks: &["products"],
            key: "MUG",
            says: "the product is gone",
            remains: &["products"],
        },
    ]
}

//! Damage to orders.

use mongodb::bson::doc;

use super::case::{Case, delete, order, set};
use super::patient::Damage;

/// Every case.
pub(super) fn all() -> Vec<Case> {
    [line_cases(), history_cases()].into_iter().flatten().collect()
}

fn line_cases() -> Vec<Case> {
    vec![
        Case {
            name: "order removed without giving its stock back",
            damage: Damage {
                sqlite: "PRAGMA foreign_keys = ON; DELETE FROM orders WHERE number = 1001",
                mongo: vec![delete("orders", order(1001))],
            },
            breaks: &["reserved"],
            key: "MUG",
            says: "reserved 4, but open orders hold 1",
            remains: &[],
        },
        Case {
            name: "line shipped more than it has",
            damage: Damage {
                sqlite: "UPDATE order_lines SET shipped = 7 WHERE quantity = 3",
                mongo: vec![set("orders", order(1001), doc! { "lines.0.shipped": 7_i64 })],
            },
            breaks: &["reserved", "lines"],
            key: "MUG",
            says: "reserved 4, but open orders hold -3",
            remains: &["reserved", "lines"],
        },
        Case {
            name: "line promises more than there is",
            damage: Damage {
                sqlite: "UPDATE order_lines SET quantity = 30 WHERE quantity = 3",
                mongo: vec![set("orders", order(1001), doc! { "lines.0.quantity": 30_i64 })],
            },
            breaks: &["reserved", "totals"],
            key: "MUG",
            says: "reserved 4, but open orders hold 31",
            remains: &["reserved"],
        },
        Case {
            name: "status word changed",
            damage: Damage {
                sqlite: "UPDATE orders SET status = 'shipped' WHERE number = 1001",
                mongo: vec![set("orders", order(1001), doc! { "status": "shipped" })],
            },
            breaks: &["status"],
            key: "1001",
            says: "status \"shipped\", but the lines amount to \"pending\"",
            remains: &[],
        },
        Case {
            name: "payment status changed",
            damage: Damage {
                sqlite: "UPDATE orders SET payment_status = 'refunded' WHERE number = 1002",
                mongo: vec![set("orders", order(1002), doc! { "payment_status": "refunded" })],
            },
            breaks: &["payment_status"],
            key: "1002",
            says: "\"refunded\", but payments amount to \"paid\"",
            remains: &[],
        },
    ]
}

fn history_cases() -> Vec<Case> {
    vec![
        Case {
            name: "total changed",
            damage: Damage {
                sqlite: "UPDATE orders SET total = 1 WHERE number = 1002",
                mongo: vec![set("orders", order(1002), doc! { "total": 1_i64 })],
            },
            breaks: &["totals"],
            key: "1002",
            says: "total 1, but the lines sum to 5997",
            remains: &[],
        },
        Case {
            name: "more paid back than it is worth",
            damage: Damage {
                sqlite: "UPDATE orders SET refunded = 6000, payment_status = 'partially_refunded' WHERE number = 1002",
                mongo: vec![set(
                    "orders",
                    order(1002),
                    doc! { "refunded": 6000_i64, "payment_status": "partially_refunded" },
                )],
            },
            breaks: &["totals"],
            key: "1002",
            says: "6000 was paid back of 5997",
            remains: &["totals"],
        },
        Case {
            name: "step of a history changed",
            damage: Damage {
                sqlite: "UPDATE order_history SET from_status = 'delivered' WHERE step = 2",
                mongo: vec![set("orders", order(1002), doc! { "history.1.from": "delivered" })],
            },
            breaks: &["history"],
            key: "1002",
            says: "step 2 begins at \"delivered\", the one before ended at \"pending\"",
            remains: &["history"],
        },
        Case {
            name: "step of a history that is not allowed",
            damage: Damage {
                sqlite: "UPDATE order_history SET command = 'deliver' WHERE step = 2",
                mongo: vec![set("orders", order(1002), doc! { "history.1.command": "deliver" })],
            },
            breaks: &["history"],
            key: "1002",
            says: "step 2 is \"deliver\" from \"pending\" to \"confirmed\"",
            remains: &["history"],
        },
    ]
}

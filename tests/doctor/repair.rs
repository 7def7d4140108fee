//! What a repair leaves behind.

use mongodb::bson::doc;
use shopctl::domain::inventory::MovementKind;
use shopctl::store::{Commit, Mended};

use super::patient::{Damage, Patient};
use crate::support::builders::{at, context};
use crate::support::dump::{assert_sound, dump, movements_of};

async fn both() -> [Patient; 2] {
    [Patient::on_sqlite().await, Patient::on_mongodb().await]
}

fn order_removed() -> Damage {
    let removed = vec![doc! { "q": { "number": 1001 }, "limit": 1 }];
    Damage {
        sqlite: "PRAGMA foreign_keys = ON; DELETE FROM orders WHERE number = 1001",
        mongo: vec![doc! { "delete": "orders", "deletes": removed }],
    }
}

#[tokio::test]
async fn where_ledger_and_orders_disagree_a_movement_says_so() {
    for patient in both().await {
        patient.suffer(&order_removed()).await;
        let findings = patient.examine().await;
        let notes = patient.repair(&findings, false).await;
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(notes[0].detail, "reserved 4 -> 1, seq 3 -> 4, movement 4 added for the -3 reserved");
        let last = movements_of(&patient.store, patient.mug.id).await.pop().unwrap();
        assert_eq!((last.kind, last.reserved_delta, last.seq), (MovementKind::Release, -3, 4));
        assert_eq!(last.actor.as_str(), "cli:doctor");
        assert!(last.reason.unwrap().as_str().starts_with("doctor"));
        assert_sound(&patient.store).await;
    }
}

#[tokio::test]
async fn a_sound_store_is_not_changed() {
    for patient in both().await {
        let before = dump(&patient.store).await;
        for product in [&patient.mug, &patient.cup] {
            let mended = patient.store.mend_stock(product.id, &context(), Commit::Keep).await.unwrap();
            assert_eq!(mended, Mended::Sound);
            let mended = patient.store.mend_product(product.id, at(9), Commit::Keep).await.unwrap();
            assert_eq!(mended, Mended::Sound);
        }
        for order in &before.orders {
            let mended = patient.store.mend_order(order.id, at(9), Commit::Keep).await.unwrap();
            assert_eq!(mended, Mended::Sound);
        }
        for user in &before.users {
            let mended = patient.store.mend_user(user.id, at(9), Commit::Keep).await.unwrap();
            assert_eq!(mended, Mended::Sound);
        }
        assert_eq!(patient.store.mend_numbering(Commit::Keep).await.unwrap(), Mended::Sound);
        assert_eq!(dump(&patient.store).await, before);
    }
}

#[tokio::test]
async fn a_product_whose_place_is_taken_is_left_alone_and_said_so() {
    let taken = |sku: &str, norm: &str| {
        let updates = vec![doc! { "q": { "sku": sku }, "u": { "$set": { "sku_norm": norm } } }];
        doc! { "update": "products", "updates": updates }
    };
    for patient in both().await {
        patient
            .suffer(&Damage {
                sqlite: "UPDATE products SET sku_norm = 'pot' WHERE sku = 'MUG';
                         UPDATE products SET sku_norm = 'mug' WHERE sku = 'CUP'",
                mongo: vec![taken("MUG", "pot"), taken("CUP", "mug")],
            })
            .await;
        let findings = patient.examine().await;
        let notes = patient.repair(&findings, false).await;
        let done: Vec<_> = notes.iter().map(|note| (note.key.as_str(), note.done)).collect();
        assert_eq!(done, [("MUG", false), ("CUP", true)], "{notes:?}");
        assert!(notes[0].detail.contains("taken"), "{notes:?}");
        // The second run finds the place free.
        let findings = patient.examine().await;
        assert!(patient.repair(&findings, false).await[0].done);
        assert!(patient.examine().await.clean());
    }
}

#[tokio::test]
async fn the_next_order_gets_a_new_number_after_the_counter_was_mended() {
    use crate::support::builders::order_of;
    use crate::support::store::placed;
    for patient in both().await {
        let counter = vec![doc! { "q": { "_id": "orders" }, "limit": 1 }];
        patient
            .suffer(&Damage {
                sqlite: "DELETE FROM counters",
                mongo: vec![doc! { "delete": "counters", "deletes": counter }],
            })
            .await;
        let findings = patient.examine().await;
        assert!(!findings.clean());
        patient.repair(&findings, false).await;
        let order = placed(&patient.store, &order_of(&[(&patient.cup, 1)])).await;
        assert_eq!(order.number.get(), 1003);
        assert!(patient.examine().await.clean());
    }
}

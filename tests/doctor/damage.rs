//! Planted damage: each kind is found, named by the first document, and mended where that can be.

use mongodb::bson::doc;

use super::case::{Case, mug, order, set};
use super::patient::{Damage, Patient, broken};
use super::{key_cases, order_cases, stock_cases};

fn all() -> Vec<Case> {
    [stock_cases::all(), order_cases::all(), key_cases::all()].into_iter().flatten().collect()
}

async fn check(patient: &Patient, case: &Case) {
    let name = case.name;
    let before = patient.examine().await;
    assert_eq!(broken(&before), [""; 0], "{name}: not sound to begin with");
    assert!(before.verdicts().iter().all(|verdict| verdict.checked > 0), "{:?}", before.verdicts());
    patient.suffer(&case.damage).await;
    let findings = patient.examine().await;
    assert_eq!(broken(&findings), case.breaks, "{name}: {:#?}", findings.verdicts());
    let first = findings.verdicts().iter().find_map(|verdict| verdict.first.clone()).unwrap();
    assert!(first.key.starts_with(case.key), "{name}: {first:?}");
    assert!(first.detail.contains(case.says), "{name}: {first:?}");
    assert_eq!(findings.all_repairable(), case.remains.is_empty(), "{name}: {:#?}", findings.verdicts());

    let planned = patient.repair(&findings, true).await;
    assert_eq!(broken(&patient.examine().await), case.breaks, "{name}: a dry run changed something");
    let notes = patient.repair(&findings, false).await;
    assert_eq!(planned, notes, "{name}: a dry run says what a repair does");
    assert!(notes.iter().all(|note| note.done), "{name}: {notes:?}");
    let after = patient.examine().await;
    assert_eq!(broken(&after), case.remains, "{name}: {notes:?} {:#?}", after.verdicts());
}

#[tokio::test]
async fn every_kind_of_damage_is_found_and_mended_where_it_can_be_on_sqlite() {
    for case in &all() {
        check(&Patient::on_sqlite().await, case).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_damage_is_found_and_mended_where_it_can_be_on_mongodb() {
    for case in &all() {
        check(&Patient::on_mongodb().await, case).await;
    }
}

#[tokio::test]
async fn a_product_that_a_search_of_several_words_would_miss_is_found_and_mended() {
    for wrong in [doc! { "search_text": "\nnother\n" }, doc! { "tags": ["other"] }, doc! { "search_text": 5 }]
    {
        let patient = Patient::on_mongodb().await;
        patient.suffer(&Damage { sqlite: "", mongo: vec![set("products", mug(), wrong.clone())] }).await;
        let findings = patient.examine().await;
        assert_eq!(broken(&findings), ["search"], "{wrong}");
        let notes = patient.repair(&findings, false).await;
        assert!(notes.iter().all(|note| note.done), "{wrong}: {notes:?}");
        assert_eq!(broken(&patient.examine().await), [""; 0], "{wrong}");
    }
}

#[tokio::test]
async fn a_stock_record_that_lists_would_not_go_by_is_found_and_mended() {
    for wrong in [doc! { "available": 9_i64 }, doc! { "low": true }, doc! { "available": "six" }] {
        let patient = Patient::on_mongodb().await;
        patient.suffer(&Damage { sqlite: "", mongo: vec![set("inventory", mug(), wrong.clone())] }).await;
        let findings = patient.examine().await;
        assert_eq!(broken(&findings), ["search"], "{wrong}");
        let notes = patient.repair(&findings, false).await;
        assert!(notes.iter().all(|note| note.done), "{wrong}: {notes:?}");
        assert_eq!(broken(&patient.examine().await), [""; 0], "{wrong}");
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_a_finding_and_the_walk_goes_on() {
    let patient = Patient::on_mongodb().await;
    let damage = Damage {
        sqlite: "",
        mongo: vec![
            set("inventory", mug(), doc! { "reserved": "four" }),
            set("orders", order(1001), doc! { "lines": "none" }),
            set("stock_movements", doc! { "seq": 3 }, doc! { "at": "yesterday" }),
            set("users", doc! {}, doc! { "version": 1.5 }),
        ],
    };
    patient.suffer(&damage).await;
    let findings = patient.examine().await;
    let readable = &findings.verdicts()[0];
    assert_eq!(readable.broken, 3, "{readable:#?}");
    assert_eq!(broken(&findings), ["readable", "sequence"]);
}

//! `shopctl doctor` on MongoDB, as an operator runs it.

use super::program::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_and_mends_on_mongodb_too() {
    let shop = Shop::on_mongodb();
    shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "12.50", "--stock", "10"]);
    shop.ok(&["order", "create", "--email", "ada@example.com", "--item", "MUG:2"]);
    assert_eq!(shop.json(&["doctor"])["verdict"], "clean");
    let database = mongodb::Client::with_uri_str(shop.url()).await.unwrap().default_database().unwrap();
    let stock = database.collection::<mongodb::bson::Document>("inventory");
    let damage = mongodb::bson::doc! { "$set": { "on_hand": 1_i64, "reserved": 2_i64 } };
    stock.update_one(mongodb::bson::doc! {}, damage).bypass_document_validation(true).await.unwrap();

    let run = shop.run(&["doctor", "-o", "tsv"]);
    assert_eq!(run.code, Some(4), "{run:#?}");
    assert!(run.stdout.contains("MUG: on hand 1 with reserved 2"), "{run:#?}");
    assert_eq!(shop.run(&["doctor", "--repair"]).code, Some(9));
    let report = shop.json(&["doctor", "--repair", "--yes"]);
    assert_eq!(
        (&report["verdict"], &report["repairs"][0]["detail"]),
        (&"clean".into(), &"on hand 1 -> 10".into())
    );
    shop.ok(&["order", "ship", "1001"]);
    assert_eq!(shop.json(&["doctor"])["verdict"], "clean");
}

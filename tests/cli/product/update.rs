//! `shopctl product update`

use super::{Shop, error_code};

#[test]
fn changes_what_is_named_and_an_empty_value_removes() {
    let shop = Shop::empty();
    shop.ok("product create A --name A --price 1 --tag x --meta a=1 --meta b=2 --description d --group g");
    let words = [
        "product",
        "update",
        "A",
        "--price",
        "2.50",
        "--meta",
        "a=",
        "--meta",
        "c=3",
        "--tag",
        "",
        "--description",
        "",
    ];
    let product = shop.run_words(words.iter().chain(&["-o", "json"])).ok().json();
    assert_eq!(product["price"], "2.50");
    assert_eq!(product["metadata"], serde_json::json!({"b": "2", "c": "3"}));
    assert!(product["tags"].as_array().unwrap().is_empty() && product["description"].is_null());
    assert_eq!((&product["group"], &product["version"]), (&"g".into(), &2.into()));
}

#[test]
fn orders_keep_the_old_name_and_price() {
    let shop = Shop::with_an_order();
    shop.ok("product update MUG --sku CUP --name Cup --price 99");
    let line = shop.json("order get 1001")["lines"][0].clone();
    assert_eq!(
        (&line["sku"], &line["name"], &line["unit_price"]),
        (&"MUG".into(), &"Mug".into(), &"12.50".into())
    );
    assert_eq!(shop.json("inventory get CUP")["reserved"], 2);
}

#[test]
fn refuses_a_taken_sku_and_nothing_at_all() {
    let shop = Shop::with_mugs();
    shop.ok("product create CUP --name Cup --price 1");
    assert_eq!(error_code(&shop, "product update CUP --sku mug"), (4, "sku_taken".to_owned()));
    assert_eq!(error_code(&shop, "product update CUP").0, 2);
}

//! `shopctl product get`

use super::Shop;

#[test]
fn by_id_or_by_sku_whatever_its_case() {
    let shop = Shop::with_mugs();
    let product = shop.json("product get mug");
    assert_eq!(shop.json(&format!("product get {}", product["id"].as_str().unwrap())), product);
}

#[test]
fn what_is_not_there_is_named_with_what_to_do_next() {
    let done = Shop::empty().run("product get SKU-9").fails(3);
    assert_eq!(
        done.stderr.lines().skip_while(|line| line.starts_with("created")).collect::<Vec<_>>(),
        ["error: product \"SKU-9\" does not exist", "hint: shopctl product list --query SKU-9"]
    );
}

//! The products service.

use serde_json::{Value, json};

use crate::support::services::{Services, on_both};

on_both!(
    a_product_is_created_read_changed_and_removed,
    customers_see_only_what_is_on_sale,
    a_price_is_read_digit_by_digit,
    a_patch_empties_keeps_and_sets,
    a_batch_tells_what_became_of_each,
    lists_filter_sort_and_go_on,
    an_entity_tag_saves_the_answer_and_guards_the_change,
    a_key_may_hold_any_character,
);

fn skus(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["sku"].as_str().unwrap()).collect()
}

async fn a_product_is_created_read_changed_and_removed(shop: &Services) {
    let body = json!({
        "sku": "MUG-BLUE", "name": "Blue mug", "price": "12.50", "description": "holds tea", "tags": ["kitchen"],
        "metadata": {"origin": "Delft"}, "group": "mugs", "options": {"colour": "blue"}, "stock": 10,
    });
    let answer = shop.post("staff", "/products", body.clone()).await;
    let product = answer.expect(201);
    let path = answer.header("location").to_owned();
    assert_eq!(path, format!("/products/{}", product["id"].as_str().unwrap()));
    assert_eq!((&product["currency"], &product["status"]), (&json!("EUR"), &json!("active")));
    shop.post("staff", "/products", body).await.refused(409, "sku_taken");
    assert_eq!(shop.call("GET", &path).send().await.expect(200), product);
    assert_eq!(shop.call("GET", "/products/mug-blue").send().await.expect(200), product);
    assert_eq!(shop.level("MUG-BLUE").await, (10, 0));

    let replacement = json!({"sku": "MUG-BLUE", "name": "Blue cup", "price": "11.00"});
    let replaced = shop.put("staff", &path, replacement).await.expect(200);
    assert_eq!((&replaced["name"], &replaced["description"]), (&json!("Blue cup"), &json!(null)));
    assert_eq!((&replaced["tags"], &replaced["version"]), (&json!([]), &json!(2)));
    let with_stock = json!({"sku": "MUG-BLUE", "name": "x", "price": "1.00", "stock": 5});
    shop.put("staff", &path, with_stock).await.refused(422, "unknown_member");

    shop.delete("staff", &path).await.expect(204);
    shop.call("GET", &path).send().await.refused(404, "product_not_found");
    shop.delete("staff", &path).await.refused(404, "product_not_found");
    shop.put("staff", &path, json!({"sku": "A", "name": "a", "price": "1.00"}))
        .await
        .refused(404, "product_not_found");
}

async fn customers_see_only_what_is_on_sale(shop: &Services) {
    for (sku, status) in [("ON", "active"), ("SOON", "draft"), ("GONE", "archived")] {
        let body = json!({"sku": sku, "name": sku, "price": "1.00", "status": status});
        shop.post("staff", "/products", body).await.expect(201);
    }
    assert_eq!(skus(&shop.call("GET", "/products").send().await.expect(200)), ["ON"]);
    assert_eq!(skus(&shop.get("customer", "/products").await.expect(200)), ["ON"]);
    assert_eq!(skus(&shop.get("staff", "/products").await.expect(200)), ["ON", "SOON", "GONE"]);
    assert_eq!(skus(&shop.get("staff", "/products?status=draft").await.expect(200)), ["SOON"]);
    shop.call("GET", "/products/SOON").send().await.refused(404, "product_not_found");
    shop.get("customer", "/products/SOON").await.refused(404, "product_not_found");
    shop.get("staff", "/products/SOON").await.expect(200);
    shop.call("GET", "/products?status=draft").send().await.refused(403, "staff_only");
    shop.call("GET", "/products").token("no.such.token").send().await.refused(401, "invalid_token");
}

async fn a_price_is_read_digit_by_digit(shop: &Services) {
    let create = async |sku: &str, price: &str, currency: &str| {
        let body = format!(r#"{{"sku":"{sku}","name":"n","price":{price},"currency":"{currency}"}}"#);
        shop.by("staff", "POST", "/products").await.text(&body).send().await
    };
    // As a float this is …911.9999: a cent would be gone.
    assert_eq!(create("A", "90071992547409.91", "EUR").await.expect(201)["price"], "90071992547409.91");
    assert_eq!(create("B", "\"0.10\"", "EUR").await.expect(201)["price"], "0.10");
    assert_eq!(create("C", "2000", "JPY").await.expect(201)["price"], "2000");
    for (price, currency, code) in [
        ("19.999", "EUR", "too_many_decimals"),
        ("1.0", "JPY", "too_many_decimals"),
        ("-1", "EUR", "invalid_amount"),
        ("1e3", "EUR", "invalid_amount"),
        ("\"1,99\"", "EUR", "invalid_amount"),
        ("1", "XXX", "invalid_currency"),
        ("true", "EUR", "invalid_type"),
        ("{}", "EUR", "invalid_type"),
    ] {
        create("D", price, currency).await.refused(422, code);
    }
}

async fn a_patch_empties_keeps_and_sets(shop: &Services) {
    let body = json!({"sku": "MUG", "name": "Mug", "price": "5.00", "description": "d", "tags": ["a", "b"],
        "metadata": {"x": "1", "y": "2"}});
    shop.post("staff", "/products", body).await.expect(201);
    let change = json!({"description": null, "tags": ["c"], "metadata": {"x": null, "z": "3"}, "price": 6.5});
    let call = shop.by("staff", "PATCH", "/products/MUG").await.raw(change.to_string().as_bytes());
    let product = call.header("content-type", "application/merge-patch+json").send().await.expect(200);
    assert_eq!((&product["description"], &product["tags"]), (&json!(null), &json!(["c"])));
    assert_eq!(product["metadata"], json!({"y": "2", "z": "3"}));
    assert_eq!((&product["price"], &product["name"]), (&json!("6.50"), &json!("Mug")));
    let again = shop.patch("staff", "/products/MUG", json!({})).await.expect(200);
    assert_eq!(again, product, "an empty patch writes nothing");
    for member in ["sku", "name", "price", "status", "currency"] {
        let answer = shop.patch("staff", "/products/MUG", json!({member: null})).await;
        answer.refused(422, "invalid_type");
        assert_eq!(answer.pointers(), [format!("/{member}")]);
    }
}

async fn a_batch_tells_what_became_of_each(shop: &Services) {
    let item = |sku: &str, price: &str| json!({"sku": sku, "name": sku, "price": price});
    let whole = json!({"items": [item("A", "1.00"), item("B", "2.00")]});
    let done = shop.post("staff", "/products/batch", whole).await.expect(200);
    assert_eq!(done["items"][1]["product"]["sku"], "B");
    let mixed = json!({"items": [item("A", "1.00"), item("C", "x"), item("D", "4.00")]});
    let done = shop.post("staff", "/products/batch", mixed).await.expect(207);
    let results: Vec<_> = done["items"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
    assert_eq!(results, [409, 422, 201]);
    assert_eq!(done["items"][0]["problem"]["code"], "sku_taken");
    assert_eq!(done["items"][1]["problem"]["errors"][0]["pointer"], "/price");
    assert_eq!(skus(&shop.call("GET", "/products").send().await.expect(200)), ["A", "B", "D"]);
    shop.post("staff", "/products/batch", json!({"items": []})).await.refused(422, "invalid_batch");
    let wrong =
        shop.post("staff", "/products/batch", json!({"items": [item("E", "1.00"), {"sku": 5}]})).await;
    wrong.refused(422, "invalid_type");
    assert_eq!(wrong.pointers(), ["/items/1/sku", "/items/1/name", "/items/1/price"]);
}

async fn lists_filter_sort_and_go_on(shop: &Services) {
    for (sku, price, tag) in [("A", "3.00", "x"), ("B", "1.00", "x"), ("C", "2.00", "y")] {
        let body = json!({"sku": sku, "name": format!("name {sku}"), "price": price, "tags": [tag]});
        shop.post("staff", "/products", body).await.expect(201);
    }
    let list = async |query: &str| shop.call("GET", &format!("/products?{query}")).send().await;
    assert_eq!(skus(&list("sort=price").await.expect(200)), ["B", "C", "A"]);
    assert_eq!(skus(&list("tag=x&sort=-sku").await.expect(200)), ["B", "A"]);
    assert_eq!(skus(&list("min_price=2&max_price=2.50").await.expect(200)), ["C"]);
    assert_eq!(skus(&list("q=NAME%20b").await.expect(200)), ["B"]);
    // What is found comes by relevance, unless something else is said.
    let wordy = json!({"sku": "D", "name": "other", "price": "4.00", "description": "a name"});
    shop.post("staff", "/products", wordy).await.expect(201);
    shop.post("staff", "/products", json!({"sku": "NAME", "name": "E", "price": "5.00"})).await.expect(201);
    assert_eq!(skus(&list("q=name").await.expect(200)), ["NAME", "A", "B", "C", "D"]);
    assert_eq!(skus(&list("q=name&sort=-price").await.expect(200)), ["NAME", "D", "A", "C", "B"]);
    let first = list("q=name&sort=relevance&limit=4").await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(skus(&list(&format!("q=name&cursor={cursor}")).await.expect(200)), ["D"]);
    list(&format!("q=names&cursor={cursor}")).await.refused(422, "invalid_cursor");
    list("q=name&sort=-relevance").await.refused(422, "invalid_sort");
    list("sort=relevance").await.refused(422, "invalid_sort");
    for sku in ["D", "NAME"] {
        shop.delete("staff", &format!("/products/{sku}")).await.expect(204);
    }
    let mut seen = Vec::new();
    let mut next = "/products?limit=1&sort=price".to_owned();
    while !next.is_empty() {
        let answer = shop.call("GET", &next).send().await;
        seen.extend(skus(&answer.expect(200)).into_iter().map(str::to_owned));
        let link = answer.header("link");
        link.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut next);
    }
    assert_eq!(seen, ["B", "C", "A"]);
    for (query, code, pointer) in [
        ("limit=0", "invalid_limit", "/limit"),
        ("limit=201", "invalid_limit", "/limit"),
        ("limit=many", "invalid_limit", "/limit"),
        ("sort=colour", "invalid_sort", "/sort"),
        ("cursor=x", "invalid_cursor", "/cursor"),
        ("colour=red", "unknown_parameter", "/colour"),
        ("q=a&q=b", "duplicate_parameter", "/q"),
        ("created_after=yesterday", "invalid_time", "/created_after"),
        ("min_price=cheap", "invalid_amount", "/min_price"),
    ] {
        let answer = list(query).await;
        answer.refused(422, code);
        assert_eq!(answer.pointers(), [pointer], "{query}");
    }
    let cursor = list("limit=1").await.expect(200)["next_cursor"].as_str().unwrap().to_owned();
    list(&format!("tag=x&cursor={cursor}")).await.refused(422, "invalid_cursor");
}

async fn an_entity_tag_saves_the_answer_and_guards_the_change(shop: &Services) {
    let path = format!("/products/{}", shop.product("MUG", 1).await);
    let known = async |tag: &str| shop.call("GET", &path).header("if-none-match", tag).send().await;
    let hit = known("\"v1\"").await;
    hit.expect(304);
    assert_eq!((hit.header("etag"), hit.body.len()), ("\"v1\"", 0));
    known("\"v0\", W/\"v1\"").await.expect(304);
    known("*").await.expect(304);
    known("\"v2\"").await.expect(200);
    known("v1").await.refused(400, "invalid_header");

    let change = async |tag: &str| {
        let call = shop.by("staff", "PATCH", &path).await.header("if-match", tag);
        call.json(&json!({"name": format!("after {tag}")})).send().await
    };
    change("\"v1\"").await.expect(200);
    assert_eq!(change("\"v1\"").await.refused(412, "stale_version")["current_version"], 2);
    change("W/\"v2\"").await.refused(412, "stale_version");
    change("\"something-else\"").await.refused(412, "stale_version");
    change("\"something else\"").await.refused(400, "invalid_header");
    change("v2").await.refused(400, "invalid_header");
    change("*").await.expect(200);
    let stale = shop.by("staff", "DELETE", &path).await.header("if-match", "\"v1\"").send().await;
    stale.refused(412, "stale_version");
}

async fn a_key_may_hold_any_character(shop: &Services) {
    let body = json!({"sku": "A/B 1", "name": "n", "price": "1.00"});
    let product = shop.post("staff", "/products", body).await.expect(201);
    assert_eq!(shop.call("GET", "/products/A%2FB%201").send().await.expect(200), product);
    shop.call("GET", "/products/%FF").send().await.refused(400, "invalid_path");
}

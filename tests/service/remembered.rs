//! Orders are made of what was read before, and never of what has changed since, whoever has changed it.

use std::sync::Arc;

use shopctl::service::orders::{NewOrder, OrderItem, Orders};
use shopctl::service::patch::Patch;
use shopctl::service::products::ProductChange;
use shopctl::service::users::UserChange;
use shopctl::service::view::OrderView;

use super::stage::{Stage, by, code};
use crate::support::store::{mongo_store, sqlite_store};

/// On both stores: what `stage` changes, `orders` has no part in.
async fn with_orders_of_another_process(test: impl AsyncFn(&Stage, &Orders)) {
    for fresh in [sqlite_store().await, mongo_store().await] {
        let stage = Stage::on(fresh);
        let store = stage.store.share();
        let orders = Orders::new(store.clone(), store.clone(), store, Arc::clone(&stage.clock) as _);
        test(&stage, &orders).await;
    }
}

fn wish(user: Option<&str>, email: Option<&str>, skus: &[&str]) -> NewOrder {
    NewOrder {
        user: user.map(str::to_owned),
        email: email.map(str::to_owned),
        items: skus.iter().map(|sku| OrderItem { product: (*sku).to_owned(), quantity: 1 }).collect(),
        ..NewOrder::default()
    }
}

async fn place(orders: &Orders, user: Option<&str>, email: Option<&str>, skus: &[&str]) -> OrderView {
    orders.place(wish(user, email, skus), &by()).await.unwrap()
}

fn to(field: &str, value: &str) -> ProductChange {
    let set = |name| (field == name).then(|| value.to_owned());
    ProductChange {
        price: set("price"),
        name: set("name"),
        status: set("status"),
        ..ProductChange::default()
    }
}

fn in_currency(price: &str, currency: &str) -> ProductChange {
    ProductChange { currency: Some(currency.to_owned()), ..to("price", price) }
}

fn status(word: &str) -> UserChange {
    UserChange { status: Some(word.to_owned()), ..UserChange::default() }
}

#[tokio::test]
async fn a_changed_price_or_name_counts_at_once() {
    with_orders_of_another_process(async |stage, orders| {
        stage.product("MUG", "4.00", 9).await;
        stage.product("CUP", "1.00", 9).await;
        let mut total = Vec::new();
        for price in ["5.00", "6.00", "7.00"] {
            total.push(place(orders, None, Some("bob@example.com"), &["CUP", "mug"]).await.total);
            stage.products.update("MUG", &to("price", price), &by()).await.unwrap();
        }
        total.push(place(orders, None, Some("bob@example.com"), &["CUP", "mug"]).await.total);
        assert_eq!(total, ["5.00", "6.00", "7.00", "8.00"]);
        stage.products.update("MUG", &to("name", "Beaker"), &by()).await.unwrap();
        assert_eq!(place(orders, None, Some("bob@example.com"), &["MUG"]).await.lines[0].name, "Beaker");
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_off_sale_removed_or_made_anew_is_known_at_once() {
    with_orders_of_another_process(async |stage, orders| {
        stage.product("MUG", "4.00", 9).await;
        stage.product("CUP", "1.00", 9).await;
        let order = place(orders, None, Some("bob@example.com"), &["MUG"]).await;
        place(orders, None, Some("bob@example.com"), &["CUP"]).await;
        stage.products.update("MUG", &to("status", "archived"), &by()).await.unwrap();
        let refused = orders.place(wish(None, Some("bob@example.com"), &["CUP", "MUG"]), &by()).await;
        let error = refused.unwrap_err();
        assert_eq!((error.code, error.problems[0].pointer.as_str()), ("not_on_sale", "/items/1/product"));
        place(orders, None, Some("bob@example.com"), &["CUP"]).await;
        stage.product("PLATE", "1.00", 9).await;
        for sku in ["PLATE", "CUP"] {
            stage.products.update(sku, &to("status", "archived"), &by()).await.unwrap();
        }
        // One that was good before and one that is new: both are named.
        let refused = orders.place(wish(None, Some("bob@example.com"), &["PLATE", "CUP"]), &by()).await;
        assert_eq!(refused.unwrap_err().problems.len(), 2);
        stage.products.update("MUG", &to("status", "active"), &by()).await.unwrap();
        place(orders, None, Some("bob@example.com"), &["MUG"]).await;
        // Its order stands in the way of a removal, so it goes first.
        for number in order.number..order.number + 4 {
            stage.orders.delete(&number.to_string(), &by()).await.unwrap();
        }
        stage.products.delete("MUG", &by()).await.unwrap();
        let refused = orders.place(wish(None, Some("bob@example.com"), &["MUG"]), &by()).await;
        assert_eq!(code(refused), "product_not_found");
        stage.product("MUG", "9.00", 9).await;
        assert_eq!(place(orders, None, Some("bob@example.com"), &["MUG"]).await.lines[0].unit_price, "9.00");
    })
    .await;
}

#[tokio::test]
async fn prices_that_are_in_one_currency_again_are_no_reason_to_refuse() {
    with_orders_of_another_process(async |stage, orders| {
        stage.product("MUG", "4.00", 9).await;
        stage.product("CUP", "1.00", 9).await;
        stage.products.update("CUP", &in_currency("1.00", "USD"), &by()).await.unwrap();
        place(orders, None, Some("bob@example.com"), &["MUG"]).await;
        place(orders, None, Some("bob@example.com"), &["CUP"]).await;
        stage.products.update("MUG", &in_currency("4.00", "USD"), &by()).await.unwrap();
        place(orders, None, Some("bob@example.com"), &["MUG", "CUP"]).await;
        stage.products.update("MUG", &in_currency("4.00", "EUR"), &by()).await.unwrap();
        let refused = orders.place(wish(None, Some("bob@example.com"), &["MUG", "CUP"]), &by()).await;
        assert_eq!(code(refused), "mixed_currencies");
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_registers_a_user_who_is_disabled_and_one_who_leaves_are_known_at_once() {
    with_orders_of_another_process(async |stage, orders| {
        stage.product("MUG", "4.00", 99).await;
        let guest = place(orders, None, Some("ada@example.com"), &["MUG"]).await;
        assert_eq!(guest.customer.user_id, None);
        let ada = stage.user("Ada@example.com", "customer").await;
        let own = place(orders, None, Some("ada@example.com"), &["MUG"]).await;
        assert_eq!(own.customer.user_id.as_deref(), Some(ada.id.as_str()));
        let named = place(orders, Some(&ada.id), None, &["MUG"]).await;
        assert_eq!(named.customer.email.as_deref(), Some("Ada@example.com"));
        stage.users.update("ada@example.com", status("disabled"), &by()).await.unwrap();
        for (user, email) in [(Some(ada.id.as_str()), None), (None, Some("ada@example.com"))] {
            assert_eq!(code(orders.place(wish(user, email, &["MUG"]), &by()).await), "user_disabled");
        }
        stage.users.update("ada@example.com", status("active"), &by()).await.unwrap();
        let change = UserChange { name: Patch::Set("Ada L.".to_owned()), ..UserChange::default() };
        place(orders, Some(&ada.id), None, &["MUG"]).await;
        stage.users.update("ada@example.com", change, &by()).await.unwrap();
        let renamed = place(orders, Some(&ada.id), None, &["MUG"]).await;
        assert_eq!(renamed.customer.name.as_deref(), Some("Ada L."));
        stage.users.delete("ada@example.com", &by()).await.unwrap();
        assert_eq!(code(orders.place(wish(Some(&ada.id), None, &["MUG"]), &by()).await), "user_not_found");
        let guest = place(orders, None, Some("ada@example.com"), &["MUG"]).await;
        assert_eq!(guest.customer.user_id, None);
        // An address that is named as a user's is not a guest's.
        assert_eq!(
            code(orders.place(wish(Some("ada@example.com"), None, &["MUG"]), &by()).await),
            "user_not_found"
        );
    })
    .await;
}

//! Promises of `OrderStore::place_order` about what an order was made of.

use shopctl::domain::number::Version;
use shopctl::domain::order::Order;
use shopctl::domain::product::{Product, ProductStatus};
use shopctl::domain::user::User;
use shopctl::store::{Commit, KnownCustomer, Premises, StoreError, Unique};

use crate::support::builders::{context, for_order, order_of, product, user};
use crate::support::store::{TestStore, level, placed, stocked};

contract![
    places_an_order_whose_premises_hold,
    refuses_an_order_made_of_another_version_of_a_product,
    refuses_an_order_made_of_a_product_that_is_gone,
    refuses_an_order_of_a_user_who_was_changed_or_is_gone,
    refuses_a_guest_whose_address_is_registered_whatever_its_case,
    says_reference_taken_before_stale_and_stale_before_not_on_sale,
    a_stale_order_leaves_those_that_arrive_with_it_alone,
];

fn of_products(all: &[(&Product, Version)]) -> Premises {
    Premises {
        products: all.iter().map(|(product, version)| (product.id, *version)).collect(),
        customer: None,
    }
}

fn of_customer(customer: KnownCustomer) -> Premises {
    Premises { products: Vec::new(), customer: Some(customer) }
}

/// The code of what became of it.
async fn place(store: &TestStore, order: &Order, premises: &Premises) -> Result<(), StoreError> {
    let dry = store.place_order(order, premises, &for_order(order), Commit::DryRun).await.map(drop);
    let real = store.place_order(order, premises, &for_order(order), Commit::Keep).await.map(drop);
    assert_eq!(format!("{dry:?}"), format!("{real:?}"), "a dry run fails as the order does");
    real
}

async fn changed(store: &TestStore, product: &Product, status: ProductStatus) -> Product {
    let next = Product { version: product.version.next(), status, ..product.clone() };
    store.replace_product(&next, Commit::Keep).await.unwrap();
    next
}

async fn places_an_order_whose_premises_hold(store: &TestStore) {
    let (mug, cup, ada) = (product("MUG"), product("CUP"), user("ada@example.com"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    let mug = changed(store, &mug, ProductStatus::Active).await;
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    for customer in
        [KnownCustomer::User(ada.id, ada.version), KnownCustomer::Guest("bob@example.com".parse().unwrap())]
    {
        let premises = of_products(&[(&mug, mug.version), (&cup, cup.version), (&mug, mug.version)]);
        let premises = Premises { customer: Some(customer), ..premises };
        place(store, &order_of(&[(&mug, 1), (&cup, 1), (&mug, 1)]), &premises).await.unwrap();
    }
    assert_eq!((level(store, &mug).await, level(store, &cup).await), ((9, 4), (9, 2)));
}

async fn refuses_an_order_made_of_another_version_of_a_product(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    let before = of_products(&[(&cup, cup.version), (&mug, mug.version)]);
    let mug = changed(store, &mug, ProductStatus::Active).await;
    let order = order_of(&[(&cup, 1), (&mug, 1)]);
    assert_fails!(place(store, &order, &before).await, StoreError::Stale { .. });
    let ahead = of_products(&[(&cup, cup.version), (&mug, mug.version.next())]);
    assert_fails!(place(store, &order, &ahead).await, StoreError::Stale { .. });
    assert_eq!((level(store, &mug).await, level(store, &cup).await), ((9, 0), (9, 0)));
    assert_eq!(store.find_order(&order.id.into()).await.unwrap(), None);
}

async fn refuses_an_order_made_of_a_product_that_is_gone(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    store.delete_product(mug.id, mug.version, &context(), Commit::Keep).await.unwrap();
    let premises = of_products(&[(&mug, mug.version)]);
    assert_fails!(place(store, &order_of(&[(&cup, 1)]), &premises).await, StoreError::Stale { .. });
}

async fn refuses_an_order_of_a_user_who_was_changed_or_is_gone(store: &TestStore) {
    let (mug, ada) = (product("MUG"), user("ada@example.com"));
    stocked(store, &mug, 9).await;
    let premises = of_customer(KnownCustomer::User(ada.id, ada.version));
    let order = order_of(&[(&mug, 1)]);
    assert_fails!(place(store, &order, &premises).await, StoreError::Stale { .. });
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let next = User { version: ada.version.next(), ..ada.clone() };
    store.replace_user(&next, Commit::Keep).await.unwrap();
    assert_fails!(place(store, &order, &premises).await, StoreError::Stale { .. });
    store.delete_user(next.id, next.version, Commit::Keep).await.unwrap();
    let premises = of_customer(KnownCustomer::User(next.id, next.version));
    assert_fails!(place(store, &order, &premises).await, StoreError::Stale { .. });
    assert_eq!(level(store, &mug).await, (9, 0));
}

async fn refuses_a_guest_whose_address_is_registered_whatever_its_case(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    let premises = of_customer(KnownCustomer::Guest("Ada@Example.com".parse().unwrap()));
    assert_fails!(place(store, &order_of(&[(&mug, 1)]), &premises).await, StoreError::Stale { .. });
}

async fn says_reference_taken_before_stale_and_stale_before_not_on_sale(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let with_reference = Order { external_ref: Some("WEB/1".parse().unwrap()), ..order_of(&[(&mug, 1)]) };
    placed(store, &with_reference).await;
    let before = of_products(&[(&mug, mug.version)]);
    let mug = changed(store, &mug, ProductStatus::Archived).await;
    let again = Order { external_ref: with_reference.external_ref, ..order_of(&[(&mug, 1)]) };
    assert_fails!(place(store, &again, &before).await, StoreError::Duplicate(Unique::ExternalRef));
    let order = order_of(&[(&mug, 1)]);
    assert_fails!(place(store, &order, &before).await, StoreError::Stale { .. });
    let now = of_products(&[(&mug, mug.version)]);
    assert_fails!(place(store, &order, &now).await, StoreError::NotOnSale(_));
}

async fn a_stale_order_leaves_those_that_arrive_with_it_alone(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 99).await;
    let (good, bad) = (of_products(&[(&mug, mug.version)]), of_products(&[(&mug, mug.version.next())]));
    let orders: Vec<Order> = (0..40).map(|_| order_of(&[(&mug, 1)])).collect();
    let placing = orders.iter().enumerate().map(|(n, order)| {
        let premises = if n % 2 == 0 { &good } else { &bad };
        let context = for_order(order);
        async move { store.place_order(order, premises, &context, Commit::Keep).await }
    });
    let outcomes = futures_util::future::join_all(placing).await;
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(_) => assert_eq!(n % 2, 0),
            Err(error) => assert!(n % 2 == 1 && matches!(error, StoreError::Stale { .. }), "{n}: {error:?}"),
        }
    }
    assert_eq!(level(store, &mug).await, (99, 20));
}

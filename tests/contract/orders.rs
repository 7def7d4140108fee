//! Promises of `OrderStore::place_order` and of finding orders.

use std::collections::BTreeSet;

use shopctl::domain::inventory::MovementKind;
use shopctl::domain::number::{OrderNumber, Version};
use shopctl::domain::order::{Flags, HistoryEntry, Order};
use shopctl::domain::product::{Product, ProductStatus};
use shopctl::store::{Commit, Premises, StoreError, Unique};

use crate::support::at_once::at_once;
use crate::support::builders::{context, for_order, order_of, product, user};
use crate::support::dump::{assert_sound, dump, movements_of};
use crate::support::store::{TestStore, level, placed, stocked};

contract![
    keeps_every_field_of_an_order,
    keeps_an_order_of_which_little_is_known,
    finds_an_order_by_number,
    numbers_orders_from_1001_up_whatever_number_they_bring,
    a_refused_order_may_leave_a_gap_but_never_a_repeated_number,
    reserves_the_lines_and_writes_a_movement_for_each_product,
    takes_a_product_on_two_lines_as_the_sum,
    refuses_an_order_naming_every_product_that_is_short,
    refuses_an_order_larger_than_what_is_not_reserved_yet,
    refuses_products_that_are_gone_or_not_active,
    says_not_on_sale_before_short,
    refuses_a_reference_that_another_order_has,
    reports_a_taken_reference_before_anything_else,
    of_16_orders_with_one_reference_placed_at_once_one_is_placed,
    of_64_orders_for_10_pieces_placed_at_once_exactly_10_are_placed,
    orders_for_several_products_at_once_neither_oversell_nor_hang,
    a_dry_run_of_an_order_leaves_nothing_behind,
    a_dry_run_of_an_order_fails_as_the_order_would,
];

async fn keeps_every_field_of_an_order(store: &TestStore) {
    let (mug, cup) = (product("Mug"), product("Cup.$"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    let mut order = order_of(&[(&mug, 2), (&cup, 1), (&mug, 3)]);
    order.external_ref = Some("WEB/77".parse().unwrap());
    order.customer.user_id = Some(user("a@example.com").id);
    order.flags = Flags { confirmed: true, paid: true, delivered: false, expired: false };
    order.tracking = Some("TR 1".parse().unwrap());
    let entry =
        HistoryEntry { reason: Some("by $phone\nagain".parse().unwrap()), ..order.history[0].clone() };
    order.history = vec![entry];
    let found = placed(store, &order).await;
    assert_eq!(found.customer.to_string(), "Grace@Example.com", "as it was typed");
    assert_eq!(found.lines[1].sku.as_str(), "Cup.$");
    assert_eq!(found.version, Version::FIRST);
}

async fn keeps_an_order_of_which_little_is_known(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let mut order = Order { hold_until: None, note: None, ..order_of(&[(&mug, 1)]) };
    order.customer.email = None;
    order.customer.reference = Some("C-4711".parse().unwrap());
    order.customer.name = None;
    order.customer.address = None;
    placed(store, &order).await;
}

async fn finds_an_order_by_number(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 1)])).await;
    assert_eq!(store.find_order(&order.number.to_string().parse().unwrap()).await.unwrap(), Some(order));
    assert_eq!(store.find_order(&"999999".parse().unwrap()).await.unwrap(), None);
    assert_eq!(store.find_order(&order_of(&[(&mug, 1)]).id.into()).await.unwrap(), None);
}

async fn numbers_orders_from_1001_up_whatever_number_they_bring(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let first = Order { number: OrderNumber::new(7).unwrap(), ..order_of(&[(&mug, 1)]) };
    let first = placed(store, &first).await;
    let second = placed(store, &order_of(&[(&mug, 1)])).await;
    assert_eq!(first.number.get(), OrderNumber::FIRST);
    assert!(second.number > first.number);
}

async fn a_refused_order_may_leave_a_gap_but_never_a_repeated_number(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 2).await;
    let first = placed(store, &order_of(&[(&mug, 1)])).await;
    let large = order_of(&[(&mug, 5)]);
    assert_fails!(
        store.place_order(&large, &Premises::default(), &for_order(&large), Commit::Keep).await,
        StoreError::Short(_)
    );
    let dry = order_of(&[(&mug, 1)]);
    store.place_order(&dry, &Premises::default(), &for_order(&dry), Commit::DryRun).await.unwrap();
    assert!(placed(store, &order_of(&[(&mug, 1)])).await.number > first.number);
}

async fn reserves_the_lines_and_writes_a_movement_for_each_product(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 1).await;
    let before = store.find_stock(mug.id).await.unwrap().unwrap();
    let order = placed(store, &order_of(&[(&cup, 1), (&mug, 4)])).await;
    assert_eq!((level(store, &mug).await, level(store, &cup).await), ((9, 4), (1, 1)));
    let after = store.find_stock(mug.id).await.unwrap().unwrap();
    assert_eq!((after.version, after.seq), (before.version.next(), before.seq + 1));
    assert_eq!(after.updated_at, context().at);
    let movement = movements_of(store, mug.id).await.pop().unwrap();
    assert_eq!(
        (movement.kind, movement.on_hand_delta, movement.reserved_delta),
        (MovementKind::Reserve, 0, 4)
    );
    assert_eq!((movement.on_hand_after, movement.reserved_after, movement.seq), (9, 4, 2));
    assert_eq!(
        (movement.order_id, movement.actor, movement.at),
        (Some(order.id), context().actor, context().at)
    );
    assert_sound(store).await;
}

async fn takes_a_product_on_two_lines_as_the_sum(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 5).await;
    let large = order_of(&[(&mug, 3), (&mug, 3)]);
    let refused = store.place_order(&large, &Premises::default(), &for_order(&large), Commit::Keep).await;
    assert_fails!(refused, StoreError::Short(short) if (short.len(), short[0].asked, short[0].available) == (1, 6, 5));
    placed(store, &order_of(&[(&mug, 3), (&mug, 2)])).await;
    assert_eq!(level(store, &mug).await, (5, 5));
    assert_eq!(movements_of(store, mug.id).await.len(), 2, "one movement for both lines");
}

async fn refuses_an_order_naming_every_product_that_is_short(store: &TestStore) {
    let (a, b, c, d) = (product("A"), product("B"), product("C"), product("D"));
    for (product, on_hand) in [(&a, 1), (&b, 10), (&c, 0)] {
        stocked(store, product, on_hand).await;
    }
    store.insert_product(&d, None, Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let order = order_of(&[(&d, 4), (&c, 3), (&b, 2), (&a, 2)]);
    match store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await {
        Err(StoreError::Short(short)) => {
            let told: Vec<_> =
                short.iter().map(|s| (s.product_id, s.sku.as_str(), s.asked, s.available)).collect();
            assert_eq!(told, vec![(a.id, "A", 2, 1), (c.id, "C", 3, 0), (d.id, "D", 4, 0)]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(dump(store).await, before, "nothing was taken of B either");
}

async fn refuses_an_order_larger_than_what_is_not_reserved_yet(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    placed(store, &order_of(&[(&mug, 7)])).await;
    let order = order_of(&[(&mug, 4)]);
    let refused = store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await;
    assert_fails!(refused, StoreError::Short(short) if (short[0].asked, short[0].available) == (4, 3));
    placed(store, &order_of(&[(&mug, 3)])).await;
    assert_eq!(level(store, &mug).await, (10, 10));
}

async fn refuses_products_that_are_gone_or_not_active(store: &TestStore) {
    let (good, gone) = (product("GOOD"), product("GONE"));
    let draft = Product { status: ProductStatus::Draft, ..product("DRAFT") };
    let archived = Product { status: ProductStatus::Archived, ..product("OLD") };
    for product in [&good, &draft, &archived] {
        stocked(store, product, 9).await;
    }
    let before = dump(store).await;
    let order = order_of(&[(&archived, 1), (&gone, 1), (&good, 1), (&draft, 1)]);
    match store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await {
        Err(StoreError::NotOnSale(ids)) => {
            let named: BTreeSet<_> = ids.into_iter().collect();
            assert_eq!(named, BTreeSet::from([gone.id, draft.id, archived.id]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(dump(store).await, before);
}

async fn says_not_on_sale_before_short(store: &TestStore) {
    let (mug, draft) = (product("MUG"), Product { status: ProductStatus::Draft, ..product("DRAFT") });
    stocked(store, &mug, 1).await;
    stocked(store, &draft, 1).await;
    let order = order_of(&[(&mug, 5), (&draft, 5)]);
    let refused = store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await;
    assert_fails!(refused, StoreError::NotOnSale(ids) if ids == vec![draft.id]);
}

fn with_reference(order: Order, reference: &str) -> Order {
    Order { external_ref: Some(reference.parse().unwrap()), ..order }
}

async fn refuses_a_reference_that_another_order_has(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    placed(store, &with_reference(order_of(&[(&mug, 1)]), "WEB-1")).await;
    let before = dump(store).await;
    let again = with_reference(order_of(&[(&mug, 1)]), "WEB-1");
    let refused = store.place_order(&again, &Premises::default(), &for_order(&again), Commit::Keep).await;
    assert_fails!(refused, StoreError::Duplicate(Unique::ExternalRef));
    assert_eq!(dump(store).await, before);
    // Another spelling is another reference; and any number of orders has none.
    placed(store, &with_reference(order_of(&[(&mug, 1)]), "web-1")).await;
    placed(store, &order_of(&[(&mug, 1)])).await;
    placed(store, &order_of(&[(&mug, 1)])).await;
}

async fn reports_a_taken_reference_before_anything_else(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    placed(store, &with_reference(order_of(&[(&mug, 1)]), "WEB-1")).await;
    let again = with_reference(order_of(&[(&mug, 1)]), "WEB-1");
    for commit in [Commit::Keep, Commit::DryRun] {
        let refused = store.place_order(&again, &Premises::default(), &for_order(&again), commit).await;
        assert_fails!(refused, StoreError::Duplicate(Unique::ExternalRef));
    }
    let archived = Product { version: mug.version.next(), status: ProductStatus::Archived, ..mug.clone() };
    store.replace_product(&archived, Commit::Keep).await.unwrap();
    let refused = store.place_order(&again, &Premises::default(), &for_order(&again), Commit::Keep).await;
    assert_fails!(refused, StoreError::Duplicate(Unique::ExternalRef));
}

async fn of_16_orders_with_one_reference_placed_at_once_one_is_placed(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 100).await;
    let outcomes = at_once(16, |_| {
        let (store, order) = (store.share(), with_reference(order_of(&[(&mug, 1)]), "WEB-1"));
        async move { store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await }
    })
    .await;
    let refused =
        outcomes.iter().filter(|got| matches!(got, Err(StoreError::Duplicate(Unique::ExternalRef)))).count();
    assert_eq!(refused, 15, "{outcomes:?}");
    assert_eq!(level(store, &mug).await, (100, 1));
    assert_sound(store).await;
}

async fn of_64_orders_for_10_pieces_placed_at_once_exactly_10_are_placed(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    let second = store.again().await;
    let outcomes = at_once(64, |n| {
        let store = if n % 2 == 0 { store.share() } else { std::sync::Arc::clone(&second) };
        let order = order_of(&[(&mug, 1)]);
        async move { store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await }
    })
    .await;
    let mut numbers = BTreeSet::new();
    for outcome in outcomes {
        match outcome {
            Ok(number) => assert!(numbers.insert(number), "number {number} was given twice"),
            Err(StoreError::Short(short)) => assert_eq!((short[0].asked, short[0].available), (1, 0)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((numbers.len(), level(store, &mug).await), (10, (10, 10)));
    assert_eq!(movements_of(store, mug.id).await.len(), 11);
    assert_sound(store).await;
    second.close().await;
}

async fn orders_for_several_products_at_once_neither_oversell_nor_hang(store: &TestStore) {
    let products: Vec<Product> = (0..3).map(|n| product(&format!("P{n}"))).collect();
    for product in &products {
        stocked(store, product, 12).await;
    }
    let outcomes = at_once(24, |n| {
        let store = store.share();
        // Each names two of the three, in either order.
        let (a, b) = (&products[n % 3], &products[(n + 1 + n % 2) % 3]);
        let order = order_of(&[(a, 1), (b, 2)]);
        async move { store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await }
    })
    .await;
    for outcome in &outcomes {
        assert!(matches!(outcome, Ok(_) | Err(StoreError::Short(_))), "{outcome:?}");
    }
    assert!(outcomes.iter().filter(|got| got.is_ok()).count() >= 6);
    assert_sound(store).await;
}

async fn a_dry_run_of_an_order_leaves_nothing_behind(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 5).await;
    let before = dump(store).await;
    let order = with_reference(order_of(&[(&mug, 5)]), "WEB-1");
    let number =
        store.place_order(&order, &Premises::default(), &for_order(&order), Commit::DryRun).await.unwrap();
    assert!(number.get() >= OrderNumber::FIRST);
    assert_eq!(dump(store).await, before);
    placed(store, &order).await;
}

async fn a_dry_run_of_an_order_fails_as_the_order_would(store: &TestStore) {
    let (mug, gone) = (product("MUG"), product("GONE"));
    stocked(store, &mug, 5).await;
    for (order, expected) in
        [(order_of(&[(&mug, 6)]), "not enough stock"), (order_of(&[(&gone, 1), (&mug, 6)]), "not on sale")]
    {
        let dry = store
            .place_order(&order, &Premises::default(), &for_order(&order), Commit::DryRun)
            .await
            .unwrap_err();
        let real = store
            .place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep)
            .await
            .unwrap_err();
        assert_eq!((dry.to_string(), format!("{dry:?}")), (expected.to_owned(), format!("{real:?}")));
    }
}

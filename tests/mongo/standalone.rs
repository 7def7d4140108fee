//! A server without a replica set has no transactions.

use shopctl::domain::inventory::StockOp;
use shopctl::domain::sku::Sku;
use shopctl::store::{Commit, Premises, StoreError};

use super::store;
use crate::support::builders::{change, context, for_order, order_of, product, q, user};
use crate::support::mongod::{Kind, OwnMongod};

#[tokio::test]
async fn steps_that_need_a_transaction_say_so_before_anything_is_written_and_the_rest_works() {
    let server = OwnMongod::start(Kind::Standalone);
    let store = store(&server.url()).await;
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let before = store.info().await.unwrap();
    assert_eq!((before.topology.as_str(), before.transactions), ("standalone", false));

    let order = order_of(&[(&mug, 1)]);
    let other = product("OTHER");
    let opening = (StockOp::Receive(q(1)), context());
    let renamed = {
        let mut renamed = mug.clone();
        (renamed.version, renamed.sku) = (mug.version.next(), "CUP".parse::<Sku>().unwrap());
        renamed
    };
    for commit in [Commit::DryRun, Commit::Keep] {
        for outcome in [
            store
                .place_order(&order, &Premises::default(), &for_order(&order), commit.clone())
                .await
                .map(drop),
            store.delete_order(order.id, order.version, &[], &context(), commit.clone()).await,
            store.insert_product(&other, Some(&opening), commit.clone()).await,
            store.replace_product(&renamed, commit.clone()).await,
            store.delete_product(mug.id, mug.version, &context(), commit.clone()).await,
            store.change_stock(&change(mug.id, StockOp::Receive(q(1))), commit.clone()).await.map(drop),
            store.delete_stock(mug.id, mug.version, &context(), commit.clone()).await,
        ] {
            assert!(matches!(outcome, Err(StoreError::NeedsReplicaSet)), "{outcome:?}");
        }
    }
    assert_eq!(store.info().await.unwrap(), before, "nothing was written");

    let mut cheaper = mug.clone();
    cheaper.version = mug.version.next();
    store.replace_product(&cheaper, Commit::DryRun).await.unwrap();
    store.replace_product(&cheaper, Commit::Keep).await.unwrap();
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    store.delete_user(ada.id, ada.version, Commit::DryRun).await.unwrap();
    store.delete_user(ada.id, ada.version, Commit::Keep).await.unwrap();
    let gone = store.delete_user(ada.id, ada.version, Commit::Keep).await;
    assert!(matches!(gone, Err(StoreError::Stale { current: None })), "{gone:?}");
    assert!(store.check_structure().await.unwrap().iter().all(|check| check.problem.is_none()));
}

//! The servers that the tests stand on.

use mongodb::bson::doc;

use crate::support::mongod::{Kind, OwnMongod, TestDatabase};

#[tokio::test]
async fn the_shared_server_has_transactions() {
    let database = TestDatabase::fresh();
    let raw = database.raw().await;
    let mut session = raw.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    raw.collection("things").insert_one(doc! { "_id": 1 }).session(&mut session).await.unwrap();
    session.abort_transaction().await.unwrap();
    assert_eq!(
        raw.collection::<mongodb::bson::Document>("things").count_documents(doc! {}).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_server_of_ones_own_keeps_its_data_over_its_ends() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let insert = |id: i32| {
        let url = server.url();
        async move {
            let client = mongodb::Client::with_uri_str(url).await.unwrap();
            let things = client.default_database().unwrap().collection("things");
            things.insert_one(doc! { "_id": id }).await.unwrap();
            things.count_documents(doc! {}).await.unwrap()
        }
    };
    insert(1).await;
    server.kill();
    server.restart();
    assert_eq!(insert(2).await, 2);
    server.terminate();
    server.restart();
    assert_eq!(insert(3).await, 3);
}

//! The store itself.

use std::time::Duration;

use async_trait::async_trait;
use mongodb::bson::doc;

use super::MongoStore;
use super::rows::{MovementRow, OrderRow, ProductRow, Row, StockRow, UserRow};
use super::schema::KNOWN;
use super::shared::Shared;
use super::transaction::Topology;
use crate::store::{Check, Counts, Maintenance, PoolUse, Result, StoreError, StoreInfo};

/// How long `ping` may take: what asks has to answer somebody itself.
const PING: Duration = Duration::from_secs(2);

/// How long `close` waits for what was begun.
const CLOSE: Duration = Duration::from_secs(2);

impl Shared {
    async fn count<R: Row>(&self) -> Result<u64> {
        // Counted, not estimated: the estimate is wrong after a crash.
        self.of::<R>().count_documents(doc! {}).await.map_err(|error| self.explain(&error))
    }

    async fn counts(&self) -> Result<Counts> {
        let (users, products, orders, inventory, stock_movements) = tokio::try_join!(
            self.count::<UserRow>(),
            self.count::<ProductRow>(),
            self.count::<OrderRow>(),
            self.count::<StockRow>(),
            self.count::<MovementRow>(),
        )?;
        Ok(Counts { users, products, orders, inventory, stock_movements })
    }

    async fn writable(&self) -> Result<()> {
        let hello = self.client.database("admin").run_command(doc! { "hello": 1 }).await;
        let hello = hello.map_err(|error| self.explain(&error))?;
        if hello.get_bool("isWritablePrimary").unwrap_or(false) {
            Ok(())
        } else {
            Err(self.unreachable(None))
        }
    }
}

#[async_trait]
impl Maintenance for MongoStore {
    async fn info(&self) -> Result<StoreInfo> {
        self.run(async move |store| {
            let topology = store.topology().await?;
            let build = store.client.database("admin").run_command(doc! { "buildInfo": 1 }).await;
            let build = build.map_err(|error| store.explain(&error))?;
            Ok(StoreInfo {
                kind: "mongodb",
                location: store.shown.clone(),
                database: store.database.name().to_owned(),
                engine_version: build.get_str("version").unwrap_or("unknown").to_owned(),
                transactions: topology.transactions(),
                topology: match topology {
                    Topology::Standalone => "standalone".to_owned(),
                    Topology::ReplicaSet(name) => format!("replica set {name}"),
                    Topology::Sharded => "sharded cluster".to_owned(),
                },
                schema: store.stored_schema().await?.unwrap_or(0),
                schema_known: KNOWN,
                counts: store.counts().await?,
            })
        })
        .await
    }

    async fn init(&self) -> Result<()> {
        self.run(async move |store| store.init().await).await
    }

    async fn check_structure(&self) -> Result<Vec<Check>> {
        self.run(async move |store| store.check_schema().await).await
    }

    async fn ping(&self) -> Result<()> {
        match tokio::time::timeout(PING, self.run(async move |store| store.writable().await)).await {
            Ok(answer) => answer,
            Err(_) => Err(StoreError::Timeout),
        }
    }

    async fn close(&self) {
        if tokio::time::timeout(CLOSE, self.shared.engine.idle()).await.is_err() {
            // The driver does not bear being shut down under an operation; the end of the process closes its connections.
            return;
        }
        let client = self.shared.client.clone();
        // In a task of its own like everything else; it ends connections and waits for nothing.
        let ending = self.shared.engine.spawn(async move { client.shutdown().immediate(true).await });
        let _ = tokio::time::timeout(CLOSE, ending).await;
    }

    fn pool(&self) -> PoolUse {
        self.shared.connections.now()
    }
}

//! Scratch stores: databases beside the shop's own on the same server.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{MongoStore, connect};
use crate::store::open::OpenOptions;
use crate::store::scratch::{ScratchName, ScratchPlace};
use crate::store::{Result, Store, StoreError};

/// How often to look whether a database is really gone, and how long apart. A write that was in flight may bring it back once.
const LOOKS: u32 = 20;
const APART: Duration = Duration::from_millis(100);

/// The server of a shop's database.
pub(in crate::store) struct Databases {
    url: String,
    shown: String,
    options: OpenOptions,
    /// For listing and removing; scratch stores have connections of their own.
    admin: MongoStore,
}

impl Databases {
    /// On the server at this URL.
    ///
    /// # Errors
    /// As [`MongoStore::open`].
    pub(in crate::store) async fn new(url: &str, shown: &str, options: &OpenOptions) -> Result<Self> {
        let admin = MongoStore::open(url, shown, options).await?;
        Ok(Self { url: url.to_owned(), shown: shown.to_owned(), options: options.clone(), admin })
    }

    async fn is_there(&self, name: &ScratchName) -> Result<bool> {
        Ok(self.names().await?.iter().any(|found| found == name.as_str()))
    }

    async fn drop_database(&self, name: &ScratchName) -> Result<()> {
        let name = name.clone();
        self.admin
            .run(async move |store| {
                let dropped = store.client.database(name.as_str()).drop().await;
                dropped.map_err(|error| store.explain(&error))
            })
            .await
    }
}

#[async_trait]
impl ScratchPlace for Databases {
    fn base(&self) -> &str {
        self.admin.shared.database.name()
    }

    async fn make(&self, name: &ScratchName) -> Result<Arc<dyn Store>> {
        let shared = connect::connect(&self.url, &self.shown, &self.options, Some(name.as_str())).await?;
        Ok(Arc::new(MongoStore { shared: Arc::new(shared) }))
    }

    async fn names(&self) -> Result<Vec<String>> {
        self.admin
            .run(async move |store| {
                store.client.list_database_names().await.map_err(|error| store.explain(&error))
            })
            .await
    }

    async fn remove(&self, name: &ScratchName) -> Result<()> {
        for _ in 0..LOOKS {
            self.drop_database(name).await?;
            tokio::time::sleep(APART).await;
            if !self.is_there(name).await? {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable {
            detail: format!("the database {:?} does not go away", name.as_str()),
            hint: Some("something still writes to it; drop it by hand".to_owned()),
        })
    }
}

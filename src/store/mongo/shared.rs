//! What all operations share: the client, the database, what is known of the server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf};
use mongodb::{Client, ClientSession, Collection, Database};
use tokio::sync::OnceCell;

use super::batch::Lanes;
use super::connections::Connections;
use super::contact::Contact;
use super::engine::Engine;
use super::lookup::Lookups;
use super::orphans::Orphans;
use super::rows::{self, OrderRow, ProductRow, Row, UserRow};
use super::transaction::{Attempt, Topology};
use crate::store::Result;

/// How long an operation may take beyond finding a server. Longer than a transaction's own deadline, which gives the better answer.
pub(super) const SLACK: Duration = Duration::from_secs(25);

/// Documents as bytes: each is read by [`rows::decode`], which knows what to say of a damaged one.
pub(super) type Documents = Collection<RawDocumentBuf>;

/// See the module.
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) database: Database,
    /// The URL without its password.
    pub(super) shown: String,
    /// Where the servers are, for error texts.
    pub(super) hosts: String,
    /// Whether any server was ever there.
    pub(super) contact: Contact,
    /// How many connections there are.
    pub(super) connections: Connections,
    /// What every operation runs on.
    pub(super) engine: Engine,
    /// The longest that a caller waits for one operation.
    pub(super) longest: Duration,
    /// Set once this process knows that the schema is its own.
    pub(super) schema: OnceCell<()>,
    /// What kind of server this is, once this process knows that it has transactions. That it has none is asked anew each time: it can be
    /// turned into a replica set while a service runs.
    pub(super) topology: OnceCell<Topology>,
    /// Whether a majority's word is its journals' too.
    pub(super) journaled: OnceCell<bool>,
    /// Changes of stock that wait for their transaction.
    pub(super) lanes: Lanes,
    /// Reads of single users that wait for their query.
    pub(super) users: Arc<Lookups<UserRow>>,
    /// Those of single products.
    pub(super) products: Arc<Lookups<ProductRow>>,
    /// Those of single orders.
    pub(super) orders: Arc<Lookups<OrderRow>>,
    /// Transactions of ours that were left open.
    pub(super) orphans: Orphans,
}

impl Shared {
    /// A collection by name.
    pub(super) fn documents(&self, name: &str) -> Documents {
        self.database.collection(name)
    }

    /// The collection of these rows.
    pub(super) fn of<R: Row>(&self) -> Documents {
        self.documents(R::COLLECTION)
    }

    /// The first document that matches.
    pub(super) async fn find_one<R: Row>(&self, filter: Document) -> Result<Option<R::Value>> {
        let found = self.of::<R>().find_one(filter).await.map_err(|error| self.explain(&error))?;
        found.map(|raw| rows::decode::<R>(&raw)).transpose()
    }

    /// Whether any document matches.
    pub(super) async fn any<R: Row>(&self, filter: Document) -> Result<bool> {
        let found = self.of::<R>().find_one(filter).projection(mongodb::bson::doc! { "_id": 1 }).await;
        Ok(found.map_err(|error| self.explain(&error))?.is_some())
    }

    /// Every document that matches, read in a transaction, by `_id`.
    pub(super) async fn find_in<R: Row>(
        &self,
        session: &mut ClientSession,
        filter: Document,
    ) -> Attempt<BTreeMap<String, R::Value>> {
        let mut cursor = self.of::<R>().find(filter).session(&mut *session).await?;
        let mut found = BTreeMap::new();
        let mut stream = cursor.stream(session);
        while let Some(raw) = stream.try_next().await? {
            found.insert(rows::key_of(&raw), rows::decode::<R>(&raw)?);
        }
        Ok(found)
    }
}

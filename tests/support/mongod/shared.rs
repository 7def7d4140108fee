//! The server that all tests of a process share, and the databases on it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mongodb::bson::doc;
use mongodb::{Client, Database};

use super::supervisor::{SMALL, Supervisor};
use super::{direct_client, free_port, initiate, wait_for};

struct Shared {
    supervisor: Supervisor,
    port: u16,
    /// Lives on the runtime of `wait_for`.
    admin: Client,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let port = free_port();
        let supervisor = Supervisor::new(port, SMALL, &["--replSet", "rs0"]);
        supervisor.start();
        let (admin, version) = wait_for(async move {
            let client = direct_client(&format!("mongodb://127.0.0.1:{port}")).await;
            initiate(&client, port).await;
            let info = client.database("admin").run_command(doc! { "buildInfo": 1 }).await;
            let version = info.ok().and_then(|info| info.get_str("version").map(str::to_owned).ok());
            (client, version.unwrap_or_default())
        });
        supervisor.tell(&format!("version {version}"));
        Shared { supervisor, port, admin }
    })
}

/// A database of one test's own on the shared server, dropped with this guard.
pub(crate) struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// A name that no other test uses; the database comes into being with the first write.
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        shared().supervisor.tell("test");
        Self { name: format!("shop_test_{}", NEXT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// The store URL of this database.
    pub(crate) fn url(&self) -> String {
        format!("mongodb://127.0.0.1:{}/{}", shared().port, self.name)
    }

    /// The bare database, for looking behind the store's back. The client belongs to the calling test's runtime.
    pub(crate) async fn raw(&self) -> Database {
        let client = Client::with_uri_str(self.url()).await.expect("a client");
        client.database(&self.name)
    }
}

impl Drop for TestDatabase {
    /// Does not wait: what is not dropped by the end goes with the server.
    fn drop(&mut self) {
        let database = shared().admin.database(&self.name);
        super::runtime().spawn(async move { database.drop().await });
    }
}

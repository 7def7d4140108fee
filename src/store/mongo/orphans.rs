//! Transactions that somebody left open.
//!
//! A program that is killed or frozen inside a transaction leaves its documents locked until the server ends the orphan, by default after
//! a minute. Ours take milliseconds, so one that has been idle for seconds will not be missed: whoever waits for its locks ends its
//! session. A program that was only frozen is told, when it goes on, that its transaction is gone, and runs it again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use mongodb::bson::{Document, doc};
use mongodb::options::ReadConcern;

use super::shared::Shared;

/// Idle for so long, all pauses between its statements together, a transaction counts as left open.
const IDLE: Duration = Duration::from_secs(3);

/// How often a process looks, at most.
const PAUSE: Duration = Duration::from_secs(1);

/// Which transactions are ours, and when we last looked for orphans among them.
pub(super) struct Orphans {
    app_name: String,
    looked: Mutex<Option<Instant>>,
}

impl Orphans {
    /// Of programs that give the server this name.
    pub(super) fn of(app_name: String) -> Self {
        Self { app_name, looked: Mutex::default() }
    }

    fn due(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = looked.is_none_or(|looked| looked.elapsed() >= PAUSE);
        if due {
            *looked = Some(Instant::now());
        }
        due
    }
}

impl Shared {
    /// Ends the sessions of transactions that were left open. One's own need no right to be seen and ended; where the server does not
    /// show them, as a sharded cluster's router does not, its own time limit has to do.
    pub(super) async fn end_orphans(&self) {
        if !self.orphans.due() {
            return;
        }
        match self.try_ending_orphans().await {
            Ok(0) => {}
            Ok(ended) => tracing::warn!(ended, "transactions that a program had left open were ended"),
            Err(error) => {
                tracing::debug!(cause = %self.explain(&error), "no look for transactions left open");
            }
        }
    }

    async fn try_ending_orphans(&self) -> mongodb::error::Result<usize> {
        let admin = self.client.database("admin");
        let idle = i64::try_from(IDLE.as_micros()).unwrap_or(i64::MAX);
        let found = admin
            .aggregate([
                doc! { "$currentOp": { "allUsers": false, "idleSessions": true } },
                doc! { "$match": {
                    "type": "idleSession",
                    "appName": { "$eq": &self.orphans.app_name },
                    "transaction.timeInactiveMicros": { "$gte": idle },
                } },
                doc! { "$project": { "id": "$lsid.id" } },
            ])
            // What goes on in a server is not replicated: it tells of it at no other level.
            .read_concern(ReadConcern::local())
            .await?;
        let found: Vec<Document> = found.try_collect().await?;
        let sessions: Vec<Document> =
            found.iter().filter_map(|session| Some(doc! { "id": session.get("id")?.clone() })).collect();
        if !sessions.is_empty() {
            admin.run_command(doc! { "killSessions": &sessions }).await?;
        }
        Ok(sessions.len())
    }
}

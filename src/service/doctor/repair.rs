//! Mending what an examination found, one thing at a time, each in a step that looks at the damage again.

use std::sync::Arc;

use super::findings::{Findings, Target};
use crate::domain::clock::Clock;
use crate::domain::inventory::MovementContext;
use crate::service::error::{Error, Result};
use crate::service::write::WriteOptions;
use crate::store::{Commit, Mended, Store, StoreError};

/// The reason that added movements carry.
const REASON: &str = "doctor: the ledger is brought to the open orders";

/// What came of one repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairNote {
    /// What kind of thing: `product`, `order`, `user` or `counter`.
    pub kind: &'static str,
    /// What people call it: SKU, order number or id.
    pub key: String,
    /// Whether it is mended, or was no longer broken.
    pub done: bool,
    /// What was written, or why nothing was.
    pub detail: String,
}

/// Mends what can be mended and tells of each repair as it is done. With `dry_run` it only says what it would do.
///
/// # Errors
/// Those of a store that is away; that one thing cannot be mended is a note.
pub async fn repair(
    store: &Arc<dyn Store>,
    clock: &dyn Clock,
    findings: &Findings,
    options: &WriteOptions,
    tell: &dyn Fn(&RepairNote),
) -> Result<Vec<RepairNote>> {
    let commit = if options.dry_run { Commit::DryRun } else { Commit::Keep };
    let mut notes = Vec::new();
    for (target, key) in findings.targets() {
        let context = MovementContext {
            actor: options.actor.clone(),
            at: clock.now(),
            order_id: None,
            reason: REASON.parse().ok(),
            reference: None,
        };
        let mended = match target {
            Target::User(id) => store.mend_user(id, context.at, commit.clone()).await,
            Target::Product(id) => store.mend_product(id, context.at, commit.clone()).await,
            Target::Order(id) => store.mend_order(id, context.at, commit.clone()).await,
            Target::Stock(id) => store.mend_stock(id, &context, commit.clone()).await,
            Target::Numbering => store.mend_numbering(commit.clone()).await,
        };
        let (done, detail) = match mended {
            Ok(Mended::Sound) => (true, "nothing is wrong any more".to_owned()),
            Ok(Mended::Done(what)) => (true, what),
            Ok(Mended::Cannot(why)) => (false, why),
            Err(
                error @ (StoreError::Duplicate(_) | StoreError::Internal(_) | StoreError::Corrupt { .. }),
            ) => (false, error.to_string()),
            Err(error) => return Err(Error::from_store(error)),
        };
        let note = RepairNote { kind: target.kind(), key: key.to_owned(), done, detail };
        tell(&note);
        notes.push(note);
    }
    Ok(notes)
}

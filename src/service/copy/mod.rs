//! Moving a whole shop into an empty store: users with their passwords, products, stock with every movement, orders, imports and the
//! counter of order numbers.
//!
//! Signed-in sessions, signing keys and the answers kept for idempotency keys stay behind: after a move everybody signs in again. The
//! source must rest meanwhile; at the end both stores are read through and compared, so that one that did not is found out. A move that
//! broke off leaves a mark in its target and goes on where it was.

mod imports;
mod parts;

use sha2::{Digest, Sha256};

use self::parts::{PARTS, Part};
use crate::service::error::{Error, Kind, Result};
use crate::store::{Store, StoreError, Unique};

/// Things read and written at once.
const ROWS: usize = 500;

/// How far a move is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// What is being copied or compared.
    pub what: &'static str,
    /// How many of them were.
    pub done: u64,
    /// Whether it is being compared.
    pub comparing: bool,
}

/// What is in the target now, the same as in the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Kinds of things and how many of each, in the order in which they were copied.
    pub counts: Vec<(&'static str, u64)>,
    /// Whether an earlier move that had broken off was gone on with.
    pub resumed: bool,
}

/// Moves everything from one store into another that is empty, or that holds what an earlier move from the same store began.
///
/// # Errors
/// `store_not_empty`; `copy_of_another` for a target that another store is being moved into; `half_copied` for a source that is itself
/// the target of a move; `copy_differs` when the two are not the same at the end; those of the stores.
pub async fn copy(
    from: &dyn Store,
    to: &dyn Store,
    dry_run: bool,
    watch: &dyn Fn(Progress),
) -> Result<Copied> {
    let resumed = admit(from, to, dry_run).await?;
    let mut counts = Vec::new();
    if dry_run {
        for part in PARTS {
            counts.push((part.name(), part.digest(from, watch).await?.0));
        }
        return Ok(Copied { counts, resumed });
    }
    for part in PARTS {
        part.copy(from, to, watch).await?;
    }
    imports::copy(from, to, watch).await?;
    let numbering = from.numbering().await.map_err(Error::from_store)?;
    if let Some(last) = numbering.counter {
        to.set_order_number(last).await.map_err(Error::from_store)?;
    }
    for part in PARTS {
        let (source, target) = (part.digest(from, watch).await?, part.digest(to, watch).await?);
        same(part, source == target)?;
        counts.push((part.name(), target.0));
    }
    let (source, target) = (imports::digest(from).await?, imports::digest(to).await?);
    if source != target {
        return Err(differs("imports"));
    }
    counts.push(("imports", target.0));
    to.set_transfer_mark(None).await.map_err(Error::from_store)?;
    Ok(Copied { counts, resumed })
}

/// Marks the target, or says whether it carries the mark of this very move already.
async fn admit(from: &dyn Store, to: &dyn Store, dry_run: bool) -> Result<bool> {
    let source = from.info().await.map_err(Error::from_store)?;
    let target = to.info().await.map_err(Error::from_store)?;
    if from.transfer_mark().await.map_err(Error::from_store)?.is_some() {
        let detail = format!("{} is itself only copied in part", source.location);
        return Err(
            Error::new(Kind::Conflict, "half_copied", detail).hint("let that copy come to its end first")
        );
    }
    if source.schema < source.schema_known {
        let detail = format!("{} was last used by an older program", source.location);
        return Err(Error::new(Kind::Unavailable, "schema_older", detail)
            .hint("bring it up to date first: shopctl store init"));
    }
    let mark = name(&source.location);
    let found =
        if target.schema == 0 { None } else { to.transfer_mark().await.map_err(Error::from_store)? };
    if let Some(found) = found {
        if found == mark {
            return Ok(true);
        }
        let detail = format!("another store is being copied into {}", target.location);
        return Err(Error::new(Kind::Conflict, "copy_of_another", detail)
            .hint("run that copy to its end, or name an empty target"));
    }
    let counts = target.counts;
    let filled = [counts.users, counts.products, counts.orders, counts.inventory, counts.stock_movements];
    if filled.iter().any(|count| *count > 0) {
        let detail = format!("{} is not empty", target.location);
        return Err(
            Error::new(Kind::Conflict, "store_not_empty", detail).hint("name an empty store, or a new file")
        );
    }
    if !dry_run {
        to.init().await.map_err(Error::from_store)?;
        to.set_transfer_mark(Some(&mark)).await.map_err(|error| match error {
            StoreError::Duplicate(Unique::Id) => {
                Error::new(Kind::Conflict, "copy_of_another", "another copy into the target began just now")
            }
            error => Error::from_store(error),
        })?;
    }
    Ok(false)
}

/// By what a target knows its source again. It says nothing of where that is.
fn name(location: &str) -> String {
    hex(&Sha256::digest(location.as_bytes())[..16])
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn same(part: Part, same: bool) -> Result<()> {
    if same { Ok(()) } else { Err(differs(part.name())) }
}

fn differs(what: &str) -> Error {
    let detail = format!("{what} of source and copy are not the same: one of them was written to meanwhile");
    Error::new(Kind::Conflict, "copy_differs", detail)
        .hint("stop everything that writes to either, empty the target and copy again")
}

//! The records of imports, so that a file that was imported is known in the copy too, and can be taken back there.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Progress, ROWS};
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportSort};
use crate::domain::page::{PageRequest, Position, SortBy, SortValue};
use crate::service::error::{Error, Result};
use crate::store::{self, BatchWrite, ImportBatch, Store, StoreError, Unique};

/// Copies those that are missing, with their batches.
pub(super) async fn copy(from: &dyn Store, to: &dyn Store, watch: &dyn Fn(Progress)) -> Result<()> {
    let (mut after, mut done) = (None, 0);
    loop {
        let imports = read(from, after).await.map_err(Error::from_store)?;
        for import in &imports {
            copy_one(from, to, import).await.map_err(Error::from_store)?;
            done += 1;
            watch(Progress { what: "imports", done, comparing: false });
        }
        after = imports.last().map(|import| import.id);
        if imports.len() < ROWS {
            return Ok(());
        }
    }
}

/// How many there are, and the hash of all that is in them.
pub(super) async fn digest(store: &dyn Store) -> Result<(u64, [u8; 32])> {
    let (mut hash, mut after, mut count) = (Sha256::new(), None, 0);
    loop {
        let imports = read(store, after).await.map_err(Error::from_store)?;
        for import in &imports {
            hash.update(format!("{import:?}\n"));
            let mut next = 0;
            while let Some(batch) = batch_from(store, import.id, next).await.map_err(Error::from_store)? {
                hash.update(format!("{batch:?}\n"));
                next = batch.number + 1;
            }
            count += 1;
        }
        after = imports.last().map(|import| import.id);
        if imports.len() < ROWS {
            return Ok((count, hash.finalize().into()));
        }
    }
}

async fn copy_one(from: &dyn Store, to: &dyn Store, import: &Import) -> store::Result<()> {
    if to.find_import(import.id).await?.is_none() {
        to.begin_import(import).await?;
    }
    let mut next = 0;
    while let Some(batch) = batch_from(from, import.id, next).await? {
        next = batch.number + 1;
        let (tally, undo) = (batch.tally, batch.undo);
        let write = BatchWrite {
            import: import.id,
            number: batch.number,
            writes: Vec::new(),
            record: Arc::new(move |_| (tally, undo.clone())),
        };
        match to.write_import(write).await {
            // An earlier run came this far.
            Ok(_) | Err(StoreError::Duplicate(Unique::ImportBatch)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The first batch from this number on, whole.
async fn batch_from(store: &dyn Store, id: ImportId, number: u64) -> store::Result<Option<ImportBatch>> {
    match store.import_batches(id, number, 1).await?.first() {
        Some(batch) => store.find_import_batch(id, batch.number).await,
        None => Ok(None),
    }
}

async fn read(store: &dyn Store, after: Option<ImportId>) -> store::Result<Vec<Import>> {
    let after = after.map(|id| Position { value: SortValue::Text(id.to_string()), id: id.to_string() });
    let sort = SortBy { field: ImportSort::Id, descending: false };
    let page = PageRequest { limit: ROWS, sort, after };
    Ok(store.list_imports(&ImportFilter::default(), &page).await?.items)
}

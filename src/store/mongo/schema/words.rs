//! The words of products that an older program has written.

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, RawArrayBuf, RawDocumentBuf, cstr, doc, rawdoc};

use crate::domain::search::words_of;
use crate::store::mongo::error::code;
use crate::store::mongo::rows::{self, ProductRow, Row, key_of};
use crate::store::mongo::shared::Shared;
use crate::store::{Result, StoreError};

/// Products that are read and written at once.
const ROWS: u32 = 500;

impl Shared {
    /// Gives every product without words its own; one that cannot be read gets none. What somebody else writes meanwhile has its words
    /// already, so each is changed only as long as it has none.
    pub(super) async fn keep_words(&self) -> Result<()> {
        let without = doc! { "search": { "$not": { "$type": "array" } } };
        let cursor = self.of::<ProductRow>().find(without).batch_size(ROWS).await;
        let mut cursor = cursor.map_err(|error| self.explain(&error))?.try_chunks(ROWS as usize);
        while let Some(chunk) = cursor.try_next().await.map_err(|error| self.explain(&error.1))? {
            self.give_words(&chunk).await?;
        }
        Ok(())
    }

    async fn give_words(&self, products: &[RawDocumentBuf]) -> Result<()> {
        let mut updates = RawArrayBuf::new();
        for raw in products {
            let mut words = RawArrayBuf::new();
            let read = rows::decode::<ProductRow>(raw);
            read.iter().flat_map(words_of).for_each(|word| words.push(word));
            let mut only = rawdoc! { "_id": key_of(raw), "search": { "$not": { "$type": "array" } } };
            // A version that is none is no reason to leave the product out.
            if let Ok(product) = &read {
                only.append(cstr!("version"), product.version.get());
            }
            updates.push(rawdoc! { "q": only, "u": { "$set": { "search": words } } });
        }
        let command = rawdoc! {
            "update": ProductRow::COLLECTION, "updates": updates, "ordered": false,
            "writeConcern": { "w": "majority" },
        };
        let done = self.database.run_raw_command(command).await.map_err(|error| self.explain(&error))?;
        let refused = done.get_array("writeErrors").map(Vec::as_slice).unwrap_or_default();
        // One that breaks another rule stays as it is, for `doctor` to tell.
        let broken = |error: &Bson| {
            let code = error.as_document().and_then(|error| error.get_i32("code").ok());
            code == Some(code::VALIDATION)
        };
        match refused.iter().find(|error| !broken(error)) {
            Some(other) => {
                Err(StoreError::Internal(format!("products could not be given their words: {other}")))
            }
            None => Ok(()),
        }
    }
}

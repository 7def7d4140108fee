//! The words of products that an older program has written.

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, RawDocumentBuf, doc};

use crate::domain::search::words_of;
use crate::store::mongo::error::code;
use crate::store::mongo::rows::{self, ProductRow, Row, key_of};
use crate::store::mongo::search_text::{SEARCH_TEXT, search_text};
use crate::store::mongo::shared::Shared;
use crate::store::{Result, StoreError};

/// Products that are read and written at once.
const ROWS: u32 = 500;

/// The schema from which on they are kept as one text too.
pub(in crate::store::mongo) const SEARCH_TEXT_SINCE: i64 = 10;

/// Which products lack their words, or the text of them.
fn without() -> Document {
    doc! { "$or": [
        { "search": { "$not": { "$type": "array" } } },
        { SEARCH_TEXT: { "$not": { "$type": "string" } } },
    ] }
}

impl Shared {
    /// Gives every product without words its own; one that cannot be read gets none. What somebody else writes meanwhile has its words
    /// already, so each is changed only as long as it has none.
    pub(super) async fn keep_words(&self) -> Result<()> {
        let cursor = self.of::<ProductRow>().find(without()).batch_size(ROWS).await;
        let mut cursor = cursor.map_err(|error| self.explain(&error))?.try_chunks(ROWS as usize);
        while let Some(chunk) = cursor.try_next().await.map_err(|error| self.explain(&error.1))? {
            self.give_words(&chunk).await?;
        }
        Ok(())
    }

    async fn give_words(&self, products: &[RawDocumentBuf]) -> Result<()> {
        let update = |raw: &RawDocumentBuf| {
            let mut only = without();
            only.insert("_id", key_of(raw));
            let (mut words, mut tags) = (Vec::new(), Vec::new());
            // A version that is none is no reason to leave the product out.
            if let Ok(product) = rows::decode::<ProductRow>(raw) {
                only.insert("version", product.version.get());
                (words, tags) = (words_of(&product), product.tags);
            }
            let text = search_text(&tags, &words);
            doc! { "q": only, "u": { "$set": { "search": words, SEARCH_TEXT: text } } }
        };
        let updates: Vec<Document> = products.iter().map(update).collect();
        let command = doc! {
            "update": ProductRow::COLLECTION, "updates": updates, "ordered": false,
            "writeConcern": { "w": "majority" },
        };
        let done = self.database.run_command(command).await.map_err(|error| self.explain(&error))?;
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

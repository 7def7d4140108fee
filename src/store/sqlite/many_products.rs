//! Many products at once, as an import writes them.
//!
//! A statement whose table has triggers may have to be taken back half done, so SQLite keeps a copy of every page that it touches: some
//! fifty for a product, with its indexes, tags and words. Here the triggers are off for as long as a batch's products are written, and
//! what they would have done is done by statements of one row each, which need no such copies.

use std::collections::BTreeSet;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, params};

use super::product_rows;
use crate::domain::product::Product;
use crate::domain::search::words_of;
use crate::store::{Result, StoreError};

/// The triggers of a connection are off for as long as this is there.
///
/// SQLite prepares every statement anew when that changes, so none runs the wrong way; once a batch, that costs nothing.
struct WithoutTriggers<'a>(&'a Connection);

impl<'a> WithoutTriggers<'a> {
    fn new(connection: &'a Connection) -> Result<Self> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        Ok(Self(connection))
    }

    fn end(self) -> Result<()> {
        let connection = self.0;
        std::mem::forget(self);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
        Ok(())
    }
}

impl Drop for WithoutTriggers<'_> {
    fn drop(&mut self) {
        // On the way out with an error or a panic already; it cannot fail on a connection that is open.
        let _ = self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
    }
}

/// What is to be written of a product.
pub(super) enum Write<'a> {
    /// It is new.
    Insert(&'a Product),
    /// Over its version before.
    Replace(&'a Product),
}

/// Writes products, their tags and their words.
pub(super) fn write<'a>(connection: &Connection, all: impl Iterator<Item = Write<'a>>) -> Result<()> {
    let mut all = all.peekable();
    if all.peek().is_none() {
        return Ok(());
    }
    let off = WithoutTriggers::new(connection)?;
    for one in all {
        match one {
            Write::Insert(product) => {
                let words = words_of(product);
                product_rows::add(connection, product, &words)?;
                let id = product.id.to_string();
                TAGS.bring(connection, &id, &BTreeSet::new(), &tags_of(product))?;
                WORDS.bring(connection, &id, &BTreeSet::new(), &words.into_iter().collect())?;
            }
            Write::Replace(product) => {
                let words = words_of(product);
                let before = product_rows::replace(connection, product, &words)?;
                let id = product.id.to_string();
                if let Some(before) = before.tags {
                    TAGS.bring(connection, &id, &TAGS.texts(&id, &before)?, &tags_of(product))?;
                }
                if let Some(before) = before.words {
                    let before = WORDS.texts(&id, &before)?;
                    WORDS.bring(connection, &id, &before, &words.into_iter().collect())?;
                }
            }
        }
    }
    off.end()
}

fn tags_of(product: &Product) -> BTreeSet<String> {
    product.tags.iter().map(|tag| tag.as_str().to_owned()).collect()
}

/// A table of what is kept beside the products, to find them by.
struct Beside {
    /// The column of the products that says it.
    column: &'static str,
    remove: &'static str,
    add: &'static str,
}

const TAGS: Beside = Beside {
    column: "tags",
    remove: "DELETE FROM product_tags WHERE tag = ? AND product_id = ?",
    add: "INSERT INTO product_tags (tag, product_id) VALUES (?, ?)",
};
const WORDS: Beside = Beside {
    column: "search",
    remove: "DELETE FROM product_words WHERE word = ? AND product_id = ?",
    add: "INSERT INTO product_words (word, product_id) VALUES (?, ?)",
};

impl Beside {
    /// What a column said of a product.
    fn texts(&self, id: &str, column: &str) -> Result<BTreeSet<String>> {
        serde_json::from_str(column).map_err(|error| StoreError::Corrupt {
            collection: "products",
            key: id.to_owned(),
            field: self.column,
            detail: error.to_string(),
        })
    }

    /// Makes what is kept of a product this.
    fn bring(
        &self,
        connection: &Connection,
        id: &str,
        before: &BTreeSet<String>,
        after: &BTreeSet<String>,
    ) -> Result<()> {
        let (gone, new) = (before.difference(after), after.difference(before));
        for (sql, texts) in [(self.remove, gone), (self.add, new)] {
            let mut statement = connection.prepare_cached(sql)?;
            for text in texts {
                statement.execute(params![text, id])?;
            }
        }
        Ok(())
    }
}

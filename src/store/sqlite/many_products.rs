//! Many products at once, as an import writes them.
//!
//! A statement whose table has triggers may have to be taken back half done, so SQLite keeps a copy of every page that it touches: some
//! fifty for a product, with its indexes, tags and words. Here the triggers are off for as long as a batch's products are written, and
//! what they would have done is done by statements of one row each, which need no such copies.

use std::collections::BTreeSet;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, params};

use super::products;
use crate::domain::product::Product;
use crate::domain::search::words_of;
use crate::domain::text::Tag;
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
                products::execute(connection, products::INSERT, product)?;
                Kept::default().become_those_of(connection, product)?;
            }
            Write::Replace(product) => {
                let before = Kept::of(connection, product)?;
                products::replace(connection, product)?;
                before.become_those_of(connection, product)?;
            }
        }
    }
    off.end()
}

/// What is kept beside a product, to find it by.
#[derive(Default)]
struct Kept {
    tags: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl Kept {
    /// Of the row that is there; nothing where none is.
    fn of(connection: &Connection, product: &Product) -> Result<Self> {
        let id = product.id.to_string();
        let sql = "SELECT tags, search FROM products WHERE id = ?";
        let found = connection
            .prepare_cached(sql)?
            .query_row([&id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        let Some((tags, words)) = found else { return Ok(Self::default()) };
        let texts = |field, text: &str| {
            serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
                collection: "products",
                key: id.clone(),
                field,
                detail: error.to_string(),
            })
        };
        Ok(Self { tags: texts("tags", &tags)?, words: texts("search", &words)? })
    }

    /// Makes what is kept that of this product.
    fn become_those_of(self, connection: &Connection, product: &Product) -> Result<()> {
        let id = product.id.to_string();
        let tags: BTreeSet<String> = product.tags.iter().map(|tag: &Tag| tag.as_str().to_owned()).collect();
        let words: BTreeSet<String> = words_of(product).into_iter().collect();
        for (before, after, remove, add) in [
            (
                &self.tags,
                &tags,
                "DELETE FROM product_tags WHERE tag = ? AND product_id = ?",
                "INSERT INTO product_tags (tag, product_id) VALUES (?, ?)",
            ),
            (
                &self.words,
                &words,
                "DELETE FROM product_words WHERE word = ? AND product_id = ?",
                "INSERT INTO product_words (word, product_id) VALUES (?, ?)",
            ),
        ] {
            for (sql, texts) in [(remove, before.difference(after)), (add, after.difference(before))] {
                let mut statement = connection.prepare_cached(sql)?;
                for text in texts {
                    statement.execute(params![text, id])?;
                }
            }
        }
        Ok(())
    }
}

//! What is kept of imports.

use std::collections::BTreeMap;

use super::Imports;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportNoun, ImportSort, ImportState, Tally};
use crate::domain::page::{Position, SortValue};
use crate::service::error::{Error, Kind, Result};
use crate::service::fields::Fields;
use crate::service::page::{Listing, PageInput};
use crate::service::view::ImportView;

/// How many records of batches are read at once.
const PAGE: usize = 1000;

/// Which imports to list, as written.
#[derive(Debug, Default)]
pub struct ImportQuery {
    /// Of this kind of thing.
    pub noun: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// Which part.
    pub page: PageInput,
}

impl Imports {
    /// Lists imports.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn list(&self, query: &ImportQuery) -> Result<Listing<ImportView>> {
        let mut fields = Fields::new();
        let noun = fields.optional::<ImportNoun>("/noun", query.noun.as_deref());
        let state = fields.optional::<ImportState>("/state", query.state.as_deref());
        let (Some(noun), Some(state)) = (noun, state) else { return Err(fields.into_error()) };
        let filter = ImportFilter { noun, state };
        let paging = query.page.parse(&filter, ImportSort::Id)?;
        let page = self.store.list_imports(&filter, &paging.request).await.map_err(Error::from_store)?;
        let position = |import: &Import, _| Position {
            value: SortValue::Text(import.id.to_string()),
            id: import.id.to_string(),
        };
        Ok(paging.listing(page, position, |import| ImportView::from(&import)))
    }

    /// Shows an import; of one that is not done, what is done of it.
    ///
    /// # Errors
    /// `Invalid`; `import_not_found`.
    pub async fn get(&self, id: &str) -> Result<ImportView> {
        let mut import = self.find(id).await?;
        if import.state == ImportState::Running {
            for tally in self.done(&import).await?.values() {
                import.tally.add(tally);
            }
        }
        Ok(ImportView::from(&import))
    }

    /// The batches of an import that were written, and what became of their rows.
    pub(super) async fn done(&self, import: &Import) -> Result<BTreeMap<u64, Tally>> {
        let mut done = BTreeMap::new();
        let mut from = 0;
        loop {
            let found = self.store.import_batches(import.id, from, PAGE).await.map_err(Error::from_store)?;
            let Some(last) = found.last() else { return Ok(done) };
            from = last.number + 1;
            done.extend(found.iter().map(|batch| (batch.number, batch.tally)));
        }
    }

    pub(super) async fn find(&self, id: &str) -> Result<Import> {
        let parsed: ImportId = id.trim().parse().map_err(|invalid| Error::invalid("/id", invalid))?;
        let found = self.store.find_import(parsed).await.map_err(Error::from_store)?;
        found.ok_or_else(|| {
            let detail = format!("import {id:?} does not exist");
            Error::new(Kind::NotFound, "import_not_found", detail).hint("shopctl import list")
        })
    }
}

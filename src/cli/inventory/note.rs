//! What is said along with a change of stock.

use crate::cli::failure::Failure;
use crate::cli::syntax::quantity;
use crate::service::inventory::StockNote;
use crate::service::patch::Patch;

/// Why, and when to warn.
#[derive(Debug, clap::Args)]
pub(super) struct NoteArgs {
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Another system's name for it: a delivery note
    #[arg(long, value_name = "REF")]
    reference: Option<String>,
    /// Warn at or below this much available; empty removes the threshold
    #[arg(long = "low-stock-at", alias = "low-at", value_name = "QTY", allow_negative_numbers = true)]
    low_at: Option<String>,
}

impl NoteArgs {
    /// For the use case.
    ///
    /// # Errors
    /// `invalid_quantity`.
    pub(super) fn into_note(self) -> Result<StockNote, Failure> {
        let low_stock_at = match self.low_at.as_deref() {
            None => Patch::Keep,
            Some("") => Patch::Clear,
            Some(text) => Patch::Set(quantity(text)?),
        };
        Ok(StockNote { reason: self.reason, reference: self.reference, low_stock_at })
    }
}

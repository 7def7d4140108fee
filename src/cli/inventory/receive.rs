//! `shopctl inventory receive`

use super::note::NoteArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::syntax::quantity;
use crate::cli::write::WriteArgs;

/// Take in a delivery
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  shopctl inventory receive MUG-BLUE 24 --reference DN-2026-114")]
pub(in crate::cli) struct Args {
    /// Product id or SKU
    #[arg(value_name = "PRODUCT", add = crate::cli::completion::products())]
    product: String,
    /// How many came
    #[arg(value_name = "QTY", allow_negative_numbers = true)]
    quantity: String,
    #[command(flatten)]
    note: NoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let count = quantity(&self.quantity)?;
        let note = self.note.into_note()?;
        let inventory = app.inventory(Access::Write).await?;
        Ok(printer.one(&inventory.receive(&self.product, count, &note, &options).await?)?)
    }
}

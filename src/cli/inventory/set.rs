//! `shopctl inventory set`

use super::note::NoteArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::syntax::quantity;
use crate::cli::write::WriteArgs;

/// Set what is on hand to what was counted
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl inventory set MUG-BLUE 10\n  \
    shopctl inventory set MUG-BLUE 8 --expect 10 --reason 'yearly count' --low-stock-at 3")]
pub(in crate::cli) struct Args {
    /// Product id or SKU
    #[arg(value_name = "PRODUCT", add = crate::cli::completion::products())]
    product: String,
    /// How many there are
    #[arg(value_name = "QTY", allow_negative_numbers = true)]
    quantity: String,
    /// Only if so many were on hand before
    #[arg(long, value_name = "QTY", allow_negative_numbers = true)]
    expect: Option<String>,
    #[command(flatten)]
    note: NoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let to = quantity(&self.quantity)?;
        let expected = self.expect.as_deref().map(quantity).transpose()?;
        let note = self.note.into_note()?;
        let inventory = app.inventory(Access::Write).await?;
        Ok(printer.one(&inventory.set(&self.product, to, expected, &note, &options).await?)?)
    }
}

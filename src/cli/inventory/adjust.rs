//! `shopctl inventory adjust`

use super::note::NoteArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::write::WriteArgs;
use crate::domain::number::whole_number;

/// Correct what is on hand by a difference; it needs a reason
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl inventory adjust MUG-BLUE -3 --reason broken\n  \
    shopctl inventory adjust MUG-BLUE +1 --reason 'found behind the shelf'")]
pub(in crate::cli) struct Args {
    /// Product id or SKU
    #[arg(value_name = "PRODUCT", add = crate::cli::completion::products())]
    product: String,
    /// How many more or fewer: +1, -3
    #[arg(value_name = "±N", allow_negative_numbers = true)]
    difference: String,
    #[command(flatten)]
    note: NoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let difference = whole_number(&self.difference, "invalid_delta")?;
        let note = self.note.into_note()?;
        let inventory = app.inventory(Access::Write).await?;
        Ok(printer.one(&inventory.adjust(&self.product, difference, &note, &options).await?)?)
    }
}

//! `shopctl import show`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{Style, each};
use crate::cli::open_store::Access;

/// Show imports
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids
    #[arg(required = true, value_name = "IMPORT")]
    imports: Vec<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let imports = app.imports(Access::Read).await?;
        each(app, &self.imports, Style::Whole, async |id| imports.get(id).await).await
    }
}

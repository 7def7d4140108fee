//! `shopctl import list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::list::PageArgs;
use crate::cli::open_store::Access;
use crate::service::import::ImportQuery;
use crate::service::view::ImportView;

/// List imports
///
/// One that broke off is listed as running; the command that began it goes on with it. Sort by id.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl import list --sort -id --limit 5\n  \
    shopctl import list --state running")]
pub(in crate::cli) struct Args {
    /// Of these: users, products, orders or inventory
    #[arg(long)]
    noun: Option<String>,
    /// In this state: running, done or undone
    #[arg(long)]
    state: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<ImportView>()?;
        let imports = app.imports(Access::Read).await?;
        let query = |page| ImportQuery { noun: self.noun.clone(), state: self.state.clone(), page };
        self.page.print(app, async |page| imports.list(&query(page)).await).await
    }
}

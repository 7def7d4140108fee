//! `shopctl user export`

use super::list::FilterArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::export::FileArgs;
use crate::cli::open_store::Access;
use crate::service::users::Users;

/// Write users to a file that an import takes
///
/// In the order of their ids, so that the same users make the same file. Password hashes never go out; store copy moves a whole
/// shop with them.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl user export users.csv\n  \
    shopctl user export --role staff --file-format jsonl -")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let users = app.users(Access::Read).await?;
        let query = self.filter.query(crate::service::page::PageInput::default());
        let mut file = self.file.begin(app, "users", Users::LAYOUT)?;
        users.export(&query, |entry| file.write(entry)).await?;
        file.end()
    }
}

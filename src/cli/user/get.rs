//! `shopctl user get`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::service::view::UserView;

/// Show users
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or e-mail addresses
    #[arg(required = true, value_name = "USER", add = crate::cli::completion::users())]
    users: Vec<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<UserView>()?;
        let users = app.users(Access::Read).await?;
        many::each(app, &self.users, Style::Whole, async |user| users.get(user).await).await
    }
}

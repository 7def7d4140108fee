//! `shopctl user enable`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::write::WriteArgs;
use crate::domain::user::UserStatus;
use crate::service::view::UserView;

/// Let users sign in again
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or e-mail addresses
    #[arg(required = true, value_name = "USER", add = crate::cli::completion::users())]
    users: Vec<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<UserView>()?;
        many::one_version(&self.users, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        let users = app.users(Access::Write).await?;
        let act = async |user: &str| users.set_status(user, UserStatus::Active, &options.part(user)).await;
        many::each(app, &self.users, Style::Brief, act).await
    }
}

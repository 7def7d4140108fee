//! `shopctl user delete`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::prompt;
use crate::cli::write::WriteArgs;
use crate::service::view::UserView;

/// Delete users; their orders keep what they noted of them
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or e-mail addresses
    #[arg(required = true, value_name = "USER", add = crate::cli::completion::users())]
    users: Vec<String>,
    /// The profile's name, where the profile is protected
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<UserView>()?;
        many::one_version(&self.users, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        prompt::destroy(app, "user", &self.users, self.confirm.as_deref()).await?;
        let users = app.users(Access::Write).await?;
        many::each(app, &self.users, Style::Brief, async |id| users.delete(id, &options.part(id)).await).await
    }
}

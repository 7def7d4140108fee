//! `shopctl user verify`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::password::PasswordArgs;

/// Check a user's password: exit 0 if it is right, 6 if not
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or e-mail address
    user: String,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let password = self.password.read(app, &self.user, false).await?;
        let users = app.users(Access::Read).await?;
        Ok(printer.brief(&users.verify_password(&self.user, password).await?)?)
    }
}

//! `shopctl user passwd`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::password::PasswordArgs;
use crate::cli::write::WriteArgs;

/// Give a user another password; it signs the user out everywhere
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or e-mail address
    user: String,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let password = self.password.read(app, &self.user, true).await?;
        let users = app.users(Access::Write).await?;
        Ok(printer.one(&users.set_password(&self.user, password, &options).await?)?)
    }
}

//! `shopctl key rotate`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::prompt::{self, Question};
use crate::cli::write::WriteArgs;
use crate::service::view::KeyView;

/// Make a new key that signs access tokens from now on; nobody has to sign in again
///
/// Services use it at once and without a restart. Older keys go on checking the tokens they have signed and are removed by the first
/// rotation after the last of these has expired.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl key rotate\n  \
    shopctl key rotate --revoke --yes")]
pub(in crate::cli) struct Args {
    /// Remove every other key, which ends every access token and every machine's token within seconds: for a key that was stolen
    #[arg(long)]
    revoke: bool,
    /// The profile's name, where the profile is protected
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<KeyView>()?;
        let options = app.write(&WriteArgs::default())?;
        if self.revoke {
            let question = Question {
                text: "end every access token and every machine's token?".to_owned(),
                declined: "nothing was changed",
            };
            prompt::confirm(app, question, self.confirm.as_deref()).await?;
        }
        let keys = app.keys(Access::Write).await?;
        Ok(printer.all(&keys.rotate(self.revoke, &options).await?)?)
    }
}

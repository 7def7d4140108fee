//! `shopctl token issue`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;
use crate::cli::syntax::duration;
use crate::cli::write::WriteArgs;
use crate::service::view::IssuedTokenView;

/// Issue a token with which a machine acts as a user, for some things only
///
/// Register a user for the machine (user register robot@shop.example --role staff --no-password), so that it can be told apart in
/// histories and stopped by itself: user disable ends its tokens at once. The token is shown once and not kept.
///
/// A token may do what both its scopes and the user's role allow.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl token issue robot@shop.example --scope orders:read --scope inventory:write\n  \
    shopctl token issue robot@shop.example --scope products:write --expires 365d --fields token --no-headers")]
pub(in crate::cli) struct Args {
    /// The user as whom it acts: id or e-mail address
    #[arg(value_name = "USER", add = crate::cli::completion::users())]
    user: String,
    /// What it is for: users:, products:, orders: or inventory: with read or write; may be repeated
    #[arg(long, value_name = "SCOPE", required = true, value_delimiter = ',')]
    #[arg(add = crate::cli::completion::scopes())]
    scope: Vec<String>,
    /// How long it is good: 1m to 366d
    #[arg(long, value_name = "DURATION", default_value = "90d", allow_negative_numbers = true)]
    expires: String,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<IssuedTokenView>()?;
        let options = app.write(&WriteArgs::default())?;
        let good_for = duration(&self.expires)
            .map_err(|invalid| Failure::usage(format!("--expires: {}", invalid.detail)))?;
        let machines = app.machines(Access::Write).await?;
        Ok(printer.one(&machines.issue(&self.user, &self.scope, good_for, &options).await?)?)
    }
}

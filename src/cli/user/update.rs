//! `shopctl user update`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::syntax::patch;
use crate::cli::write::WriteArgs;
use crate::service::users::UserChange;

/// Change a user
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or e-mail address
    user: String,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// New e-mail address
    #[arg(long)]
    email: Option<String>,
    /// New name; empty removes it
    #[arg(long)]
    name: Option<String>,
    /// New telephone number; empty removes it
    #[arg(long)]
    phone: Option<String>,
    /// New role: customer, staff or admin; signs the user out everywhere
    #[arg(long, add = crate::cli::completion::roles())]
    role: Option<String>,
    /// New status: active or disabled; signs the user out everywhere
    #[arg(long, add = crate::cli::completion::user_statuses())]
    status: Option<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let changes = self.changes;
        let change = UserChange {
            email: changes.email,
            name: patch(changes.name),
            phone: patch(changes.phone),
            role: changes.role,
            status: changes.status,
        };
        let user = app.users(Access::Write).await?.update(&self.user, change, &options).await?;
        Ok(printer.one(&user)?)
    }
}

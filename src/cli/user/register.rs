//! `shopctl user register`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::password::PasswordArgs;
use crate::cli::write::OnceArgs;
use crate::service::users::NewUser;
use crate::service::view::UserView;

/// Register a user
///
/// The password is asked for, or read from standard input or a file; it is never an argument.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl user register ada@example.com --name 'Ada Lovelace'\n  \
    shopctl user register root@example.com --role admin --password-file ./secret\n  \
    shopctl user register feed@example.com --role staff --no-password --if-not-exists")]
pub(in crate::cli) struct Args {
    /// E-mail address, unique whatever its case
    email: String,
    /// What to call them
    #[arg(long)]
    name: Option<String>,
    /// Where to ring them
    #[arg(long)]
    phone: Option<String>,
    /// customer, staff or admin [default: customer]
    #[arg(long, add = crate::cli::completion::roles())]
    role: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Without a password: nobody can sign in as this user
    #[arg(long, conflicts_with_all = ["password_stdin", "password_file"])]
    no_password: bool,
    /// Where the address is registered already, show that user and change nothing
    #[arg(long)]
    if_not_exists: bool,
    #[command(flatten)]
    once: OnceArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<UserView>()?;
        let options = app.write(&(&self.once).into())?;
        let password =
            if self.no_password { None } else { Some(self.password.read(app, &self.email, true).await?) };
        let users = app.users(Access::Write).await?;
        let new =
            NewUser { email: self.email, name: self.name, phone: self.phone, password, role: self.role };
        let user = if self.if_not_exists {
            let (user, is_new) = users.register_if_missing(new, &options).await?;
            if !is_new {
                app.ui.notice(&format!("{} was registered already", user.email));
            }
            user
        } else {
            users.register(new, &options).await?
        };
        Ok(printer.one(&user)?)
    }
}

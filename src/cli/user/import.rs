//! `shopctl user import`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::import::FileArgs;
use crate::files::Noun;

/// Import users from a file
///
/// The whole file is checked before anything is written, and one row that cannot be taken refuses it, unless --on-error skip. Users are
/// told apart by e-mail address. Columns that the file does not have are left alone; an empty cell clears what may be empty, but never a
/// password.
///
/// Columns: email name phone role status password_hash. A hash that another program made (bcrypt, scrypt, PBKDF2 as Django and Werkzeug
/// write them, argon2) is taken as it is: its owner signs in with the password they have.
///
/// The same command again goes on with an import that broke off, and writes nothing after one that was done.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl user import customers.csv --dry-run\n  \
    shopctl user import customers.csv --mode upsert --on-error skip --rejects rejects.csv\n  \
    shopctl user import staff.json --set role=staff")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        self.file.run(app, Noun::Users).await
    }
}

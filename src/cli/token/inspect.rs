//! `shopctl token inspect`

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::aside::aside;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;
use crate::service::view::TokenView;

/// More than any token: what is longer is the wrong file.
const MOST_BYTES: u64 = 64 * 1024;

/// Show what a token says, and whether it is good, expired or revoked
///
/// Reads the token from standard input: tokens are secrets, and arguments can be seen by others.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl token inspect < token.txt\n  \
    shopctl token inspect --token-file /run/secrets/shop-token -o json")]
pub(in crate::cli) struct Args {
    /// Read the token from this file instead
    #[arg(long, value_name = "PATH")]
    token_file: Option<PathBuf>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<TokenView>()?;
        let token = aside(move || read(self.token_file)).await;
        let token = token
            .unwrap_or_else(|| Err(io::Error::other("it broke off")))
            .map_err(|error| unreadable(&error))?;
        let machines = app.machines(Access::Read).await?;
        Ok(printer.one(&machines.inspect(&token).await?)?)
    }
}

fn read(file: Option<PathBuf>) -> io::Result<String> {
    let mut text = String::new();
    match file {
        Some(path) => File::open(path)?.take(MOST_BYTES).read_to_string(&mut text)?,
        None => io::stdin().lock().take(MOST_BYTES).read_to_string(&mut text)?,
    };
    Ok(text)
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::new(Exit::Usage, "token_unreadable", format!("the token cannot be read: {error}"))
}

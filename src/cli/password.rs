//! Passwords: asked for, or read from a file; never an argument.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;

use super::app::App;
use super::aside::aside;
use super::exit::Exit;
use super::failure::Failure;
use super::open_store;
use super::prompt;
use crate::domain::invalid::Invalid;

/// More than any password: what is longer is the wrong file.
const MOST_BYTES: u64 = 64 * 1024;

/// Where a password comes from. Without any of these it is asked for.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct PasswordArgs {
    /// Read the password from standard input; one line break at its end is left out
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from this file; one line break at its end is left out
    #[arg(long, value_name = "PATH")]
    password_file: Option<PathBuf>,
}

impl PasswordArgs {
    /// The password of this user, asked for twice where it is new.
    ///
    /// # Errors
    /// Exit 2 where it cannot be read or nobody can be asked.
    pub(super) async fn read(&self, app: &App, user: &str, new: bool) -> Result<SecretString, Failure> {
        if self.password_stdin {
            return aside(|| text(io::stdin().lock(), "standard input")).await.unwrap_or_else(|| Err(died()));
        }
        if let Some(path) = self.password_file.clone() {
            return aside(move || file(&path)).await.unwrap_or_else(|| Err(died()));
        }
        if !prompt::may_ask(app) {
            return Err(Failure::usage("a password is needed and there is nobody to ask")
                .hint("give it with --password-stdin or --password-file PATH"));
        }
        let question = format!("Password for {user} in {}", open_store::url(&app.settings)?);
        let dialogue = move || {
            let password = dialoguer::Password::new().with_prompt(question).report(false);
            if new {
                password.with_confirmation("Repeat it", "the two are not the same").interact()
            } else {
                password.interact()
            }
        };
        Ok(SecretString::from(prompt::ask(app, dialogue).await?))
    }
}

fn file(path: &Path) -> Result<SecretString, Failure> {
    let name = format!("{:?}", path.display().to_string());
    File::open(path).map_err(|error| unreadable(&name, &error)).and_then(|file| text(file, &name))
}

fn died() -> Failure {
    Failure::new(Exit::Internal, "internal", "the password could not be read")
}

fn text(source: impl Read, name: &str) -> Result<SecretString, Failure> {
    let mut bytes = Vec::new();
    source.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    let Ok(mut text) = String::from_utf8(bytes) else {
        return Err(Invalid::new("invalid_password", "the password is not UTF-8 text").into());
    };
    let kept =
        text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(kept);
    Ok(SecretString::from(text))
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::new(
        Exit::Usage,
        "password_unreadable",
        format!("the password cannot be read from {name}: {error}"),
    )
}

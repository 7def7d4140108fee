//! Completion in shells.
//!
//! What a shell loads is one line that asks the program for the rest, because the protocol between script and program changes between
//! versions: a script that was generated once would go stale. The program is asked with `SHOPCTL_COMPLETE` set, see [`answer`].

mod values;
mod words;

use std::ffi::OsString;

use clap::{Args as ClapArgs, CommandFactory, ValueEnum};
use clap_complete::{ArgValueCompleter, CompleteEnv};

pub(super) use self::words::{
    file_formats, order_statuses, payment_statuses, product_statuses, profiles, roles, scopes, status_words,
    systems, user_statuses,
};
use super::app::App;
use super::{Cli, Outcome};

/// The variable in which a shell names itself when it asks.
const VARIABLE: &str = "SHOPCTL_COMPLETE";

/// Print what a shell has to load for completion
///
/// Completion knows the commands and also what is in the store: SKUs, order numbers, addresses.
#[derive(Debug, ClapArgs)]
#[command(after_help = "EXAMPLES\n  \
    echo 'source <(shopctl completion bash)' >> ~/.bashrc\n  \
    shopctl completion zsh > ~/.zfunc/_shopctl\n  \
    shopctl completion fish > ~/.config/fish/completions/shopctl.fish")]
pub(super) struct Args {
    /// For which shell
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Shell {
    /// What the shell has to load.
    fn script(self) -> &'static str {
        match self {
            Self::Bash => "source <(SHOPCTL_COMPLETE=bash shopctl)\n",
            Self::Elvish => "eval (env SHOPCTL_COMPLETE=elvish shopctl | slurp)\n",
            Self::Fish => "SHOPCTL_COMPLETE=fish shopctl | source\n",
            Self::Powershell => {
                "$env:SHOPCTL_COMPLETE = \"powershell\"\n\
                 shopctl | Out-String | Invoke-Expression\n\
                 Remove-Item Env:\\SHOPCTL_COMPLETE\n"
            }
            Self::Zsh => "#compdef shopctl\nsource <(SHOPCTL_COMPLETE=zsh shopctl)\n",
        }
    }
}

impl Args {
    pub(super) fn run(&self, app: &App) -> Outcome {
        Ok(app.ui.raw(self.shell.script())?)
    }
}

/// Answers a shell that asks, and says whether one did. Whatever goes wrong, nothing is printed: a person is in the middle of
/// typing.
pub(super) fn answer(args: &[OsString]) -> bool {
    if std::env::var_os(VARIABLE).is_none() {
        return false;
    }
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(Cli::command)
        .var(VARIABLE)
        .bin("shopctl")
        .completer("shopctl")
        .try_complete(args.iter().cloned(), here.as_deref())
        .unwrap_or(true)
}

/// Completes users' addresses.
pub(super) fn users() -> ArgValueCompleter {
    ArgValueCompleter::new(values::users)
}

/// Completes SKUs.
pub(super) fn products() -> ArgValueCompleter {
    ArgValueCompleter::new(values::products)
}

/// Completes order numbers.
pub(super) fn orders() -> ArgValueCompleter {
    ArgValueCompleter::new(values::orders)
}

//! Asking a person, on a terminal only.

use std::io::{self, IsTerminal};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::Outcome;
use super::app::App;
use super::aside::aside;
use super::exit::Exit;
use super::failure::Failure;
use super::open_store;

/// Asks before something is destroyed: `delete product "MUG" from sqlite:shop.db?`. A dry run destroys nothing and does not ask.
///
/// # Errors
/// Exit 9 where nobody says yes.
pub(super) async fn destroy(app: &App, what: &str, ids: &[String], confirm: Option<&str>) -> Outcome {
    if app.globals.dry_run {
        return Ok(());
    }
    let quoted: Vec<String> = ids.iter().map(|id| format!("{id:?}")).collect();
    let things = if ids.len() == 1 { what.to_owned() } else { format!("{} {what}s", ids.len()) };
    let text = format!("delete {things} {} from {}?", quoted.join(", "), open_store::url(&app.settings)?);
    self::confirm(app, Question { text, declined: "nothing was deleted" }, confirm).await
}

/// A question that only yes answers.
pub(super) struct Question {
    /// Ends with a question mark.
    pub(super) text: String,
    /// What to say after a no.
    pub(super) declined: &'static str,
}

/// Asks before something that cannot be undone. A dry run undoes itself and does not ask.
///
/// # Errors
/// Exit 9 where nobody says yes.
pub(super) async fn confirm(app: &App, question: Question, confirm: Option<&str>) -> Outcome {
    if app.globals.dry_run {
        return Ok(());
    }
    let Question { text, declined } = question;
    let not_confirmed =
        || Failure::new(Exit::NotConfirmed, "not_confirmed", "nobody confirmed: ".to_owned() + &text);
    if app.settings.protected.value {
        let name = app.settings.profile_name();
        return match confirm {
            Some(given) if given == name => Ok(()),
            _ => Err(not_confirmed().hint(format!("this store is protected: add --confirm {name}"))),
        };
    }
    if app.globals.yes {
        return Ok(());
    }
    if !may_ask(app) {
        return Err(not_confirmed().hint("add --yes to answer yes"));
    }
    let answer = ask(app, move || dialoguer::Confirm::new().with_prompt(text).default(false).interact());
    if answer.await? { Ok(()) } else { Err(Failure::new(Exit::NotConfirmed, "not_confirmed", declined)) }
}

/// Whether there is somebody to ask.
pub(super) fn may_ask(app: &App) -> bool {
    !app.globals.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Runs a dialogue. Whichever way it ends, by a signal too, the terminal is as it was.
///
/// # Errors
/// Exit 130 on Ctrl-C, 9 where the terminal went away.
pub(super) async fn ask<T: Send + 'static>(
    app: &App,
    dialogue: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let _pause = app.deadline.pause();
    let _restore = Restore::new();
    match aside(dialogue).await {
        Some(Ok(value)) => Ok(value),
        Some(Err(dialoguer::Error::IO(error))) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Failure::Silent(Exit::Interrupted))
        }
        Some(Err(_)) | None => {
            Err(Failure::new(Exit::NotConfirmed, "not_confirmed", "the terminal gave no answer"))
        }
    }
}

/// Puts echo and cursor back.
struct Restore(Option<Termios>);

impl Restore {
    fn new() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // Where the terminal is gone there is nothing to put back.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            let _ = console::Term::stderr().show_cursor();
        }
    }
}

//! One run: parse, work until done, out of time or interrupted, and end with a code.

use std::ffi::OsString;
use std::future::Future;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use super::app::App;
use super::config::Settings;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Globals;
use super::{Cli, Command, Outcome, completion, logging};
use crate::output::{Format, Ui, UiOptions};

/// Runs a command line, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if completion::answer(&args) {
        return Exit::Done.into();
    }
    match Cli::try_parse_from(&args) {
        Ok(cli) => execute(cli).into(),
        Err(error) => usage(&error, &args).into(),
    }
}

fn execute(Cli { globals, command }: Cli) -> Exit {
    let settings = match Settings::resolve(&globals, command.needs_files()) {
        Ok(settings) => settings,
        Err(failure) => return tell(&Ui::new(ui_options(&globals, None)), &failure),
    };
    let ui = Ui::new(ui_options(&globals, Some(&settings)));
    let _log = logging::start(globals.verbose, command.is_service(), settings.log_format.value);
    let runtime = match runtime(command.is_service() || command.ends_by_itself()) {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(Exit::Internal, "internal", format!("cannot start: {error}"));
            return tell(&ui, &failure);
        }
    };
    let app = App::new(globals, settings, ui, format!("{command:?}"));
    let outcome = runtime.block_on(work(command, &app));
    let exit = finish(&app, outcome);
    // A prompt's thread may still be waiting for a key that nobody will press.
    runtime.shutdown_background();
    exit
}

fn runtime(parallel: bool) -> std::io::Result<Runtime> {
    let mut builder = if parallel { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    builder.enable_all().build()
}

async fn work(command: Command, app: &App) -> Outcome {
    if command.is_service() {
        // A service drains on signals by itself.
        return command.run(app).await;
    }
    if command.ends_by_itself() {
        let outcome = command.run(app).await;
        app.close().await;
        return outcome;
    }
    let outcome = tokio::select! {
        biased;
        outcome = command.run(app) => outcome,
        exit = interrupted() => Err(Failure::Silent(exit)),
        () = app.deadline.passed() => Err(timed_out(app)),
    };
    tokio::select! {
        () = app.close() => outcome,
        exit = interrupted() => Err(Failure::Silent(exit)),
    }
}

fn timed_out(app: &App) -> Failure {
    let limit = app.settings.timeout.value;
    Failure::new(Exit::Unavailable, "timeout", format!("the command was not done after {limit:?}")).hint(
        "a change may or may not have been made: look before you repeat it, or allow more with --timeout",
    )
}

/// Returns at the first SIGINT or SIGTERM.
pub(super) fn interrupted() -> impl Future<Output = Exit> {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        }
    }
}

fn finish(app: &App, outcome: Outcome) -> Exit {
    let outcome = outcome.and_then(|()| Ok(app.ui.flush()?));
    match outcome {
        Ok(()) => {
            app.end_dry_run();
            app.end_replay();
            Exit::Done
        }
        Err(Failure::Fields(columns)) => match app.ui.raw(&columns).and_then(|()| app.ui.flush()) {
            Ok(()) => Exit::Done,
            Err(error) => tell(&app.ui, &error.into()),
        },
        Err(failure) => {
            app.ui.discard();
            tell(&app.ui, &failure)
        }
    }
}

fn tell(ui: &Ui, failure: &Failure) -> Exit {
    if let Some(report) = failure.report() {
        ui.error(&report);
    }
    failure.exit()
}

/// What clap has to say: help and versions for people, or why the command was not understood.
fn usage(error: &clap::Error, args: &[OsString]) -> Exit {
    let helpful = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let format = (!helpful).then(|| wants_json(args)).flatten();
    if let Some(format) = format {
        let options = UiOptions { format: Some(format), ..UiOptions::default() };
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        if let Some(report) = Failure::usage(message).hint("shopctl --help").report() {
            Ui::new(options).error(&report);
        }
    } else {
        // A reader of help that went away has seen enough.
        let _ = error.print();
    }
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

/// Whether `-o json` or `-o jsonl` was among what could not be parsed.
fn wants_json(args: &[OsString]) -> Option<Format> {
    let words: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let mut values = words.iter().enumerate().filter_map(|(at, word)| match *word {
        "-o" | "--output" => words.get(at + 1).copied(),
        word => word.strip_prefix("--output=").or_else(|| word.strip_prefix("-o")),
    });
    let set = std::env::var("SHOPCTL_OUTPUT").ok();
    values.next_back().or(set.as_deref()).and_then(|value| match value {
        "json" => Some(Format::Json),
        "jsonl" => Some(Format::Jsonl),
        _ => None,
    })
}

/// How to talk; where the settings cannot be read, as the flags alone say.
fn ui_options(globals: &Globals, settings: Option<&Settings>) -> UiOptions {
    UiOptions {
        format: settings.map_or(globals.output, |settings| settings.output.value),
        color: settings.map_or(globals.color.unwrap_or_default(), |settings| settings.color.value),
        fields: globals.fields.clone(),
        no_headers: globals.no_headers,
        quiet: globals.quiet,
        verbose: globals.verbose > 0,
    }
}

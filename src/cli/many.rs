//! Commands that take several ids: all are tried.

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use crate::output::Row;
use crate::service;

/// How a single result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// With everything there is to see.
    Whole,
    /// As a line: it was only touched or is gone.
    Brief,
}

/// Does something to each id and prints what came of it. Every failure is told where it happens; what worked for some and not for
/// others ends with 8, what worked for none with the largest code.
pub(super) async fn each<T: Row>(
    app: &App,
    ids: &[String],
    style: Style,
    act: impl AsyncFn(&str) -> service::Result<T>,
) -> Outcome {
    let printer = app.printer::<T>()?;
    if let [id] = ids {
        let row = act(id).await?;
        match style {
            Style::Whole => printer.one(&row)?,
            Style::Brief => printer.brief(&row)?,
        }
        return Ok(());
    }
    let (mut done, mut worst) = (Vec::with_capacity(ids.len()), None);
    for id in ids {
        match act(id).await {
            Ok(row) => done.push(row),
            Err(error) => {
                let failure = Failure::from(error);
                if let Some(report) = failure.report() {
                    app.ui.error(&report);
                }
                worst = worst.max(Some(failure.exit()));
            }
        }
    }
    match worst {
        None => Ok(printer.all(&done)?),
        Some(worst) if done.is_empty() => Err(Failure::Silent(worst)),
        Some(_) => {
            printer.all(&done)?;
            app.ui.flush()?;
            Err(Failure::Silent(Exit::Partly))
        }
    }
}

/// Refuses a version together with several ids: each has its own.
///
/// # Errors
/// Exit 2.
pub(super) fn one_version(ids: &[String], if_version: Option<&str>) -> Outcome {
    if ids.len() > 1 && if_version.is_some() {
        return Err(Failure::usage("--if-version goes with a single id"));
    }
    Ok(())
}

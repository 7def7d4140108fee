//! The refusal of a file.

use std::path::Path;

use super::check::Checked;
use crate::service::error::{Error, Kind, Problem};

/// The refusal of a file, with the first rows that cannot be taken.
pub(super) fn refused(name: &str, checked: &Checked, rejects: Option<&Path>) -> Error {
    let problems: Vec<Problem> = checked
        .rejected
        .first
        .iter()
        .map(|reason| Problem {
            pointer: format!("/{}", reason.line),
            code: "row_refused",
            detail: format!("{name}:{reason} ({})", reason.code),
        })
        .collect();
    let rows = checked.rejected.rows;
    let first = problems.first().map(|problem| problem.detail.clone()).unwrap_or_default();
    let detail = match rows {
        1 => format!("{name} is refused, nothing was written; {first}"),
        _ => format!(
            "{name} is refused, nothing was written; {rows} rows cannot be taken, the first: {first} (and {} more)",
            rows - 1
        ),
    };
    let error = Error { problems, ..Error::new(Kind::Invalid, "import_refused", detail) };
    match rejects {
        Some(path) => error.hint(format!(
            "mend the rows in {:?}, or leave them out with --on-error skip",
            path.display().to_string()
        )),
        None => error.hint("--rejects FILE writes all such rows to a file; --on-error skip leaves them out"),
    }
}

//! Why a command did not do what it was asked.

use std::io;

use super::exit::Exit;
use crate::domain::invalid::Invalid;
use crate::output::{FieldsError, Part, Report};
use crate::service::error::{Error, Problem};
use crate::store::StoreError;

/// A command's failure.
#[derive(Debug)]
pub(super) enum Failure {
    /// To be told.
    Told(Box<Told>),
    /// Nothing is left to say: it was told already, or there is nobody to tell.
    Silent(Exit),
    /// `--fields help`: the columns, for standard output.
    Fields(String),
}

/// What is to be told.
#[derive(Debug)]
pub(super) struct Told {
    exit: Exit,
    code: &'static str,
    detail: String,
    hint: Option<String>,
    problems: Vec<Problem>,
    current_version: Option<i64>,
}

impl Failure {
    /// A failure of the command line itself.
    pub(super) fn new(exit: Exit, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let told = Told { exit, code, detail, hint: None, problems: Vec::new(), current_version: None };
        Self::Told(Box::new(told))
    }

    /// The command was not understood.
    pub(super) fn usage(detail: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", detail)
    }

    /// The same with a hint.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Told(told) = &mut self {
            told.hint = Some(hint.into());
        }
        self
    }

    /// What the command ends with.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Told(told) => told.exit,
            Self::Silent(exit) => *exit,
            Self::Fields(_) => Exit::Done,
        }
    }

    /// What is to be told, if anything.
    pub(super) fn report(&self) -> Option<Report<'_>> {
        let Self::Told(told) = self else { return None };
        Some(Report {
            code: told.code,
            message: &told.detail,
            hint: told.hint.as_deref(),
            errors: told.problems.iter().map(part).collect(),
            current_version: told.current_version,
            exit_code: told.exit.code(),
        })
    }
}

fn part(problem: &Problem) -> Part<'_> {
    Part { pointer: &problem.pointer, code: problem.code, detail: &problem.detail }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Told(Box::new(Told {
            exit: Exit::of(error.kind, error.code),
            code: error.code,
            detail: error.detail,
            hint: error.hint,
            problems: error.problems,
            current_version: error.current_version,
        }))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Error::from_store(error).into()
    }
}

impl From<Invalid> for Failure {
    /// A value of the shop that could not even be read; it breaks a rule as one refused by a use case does.
    fn from(invalid: Invalid) -> Self {
        Error::invalid(String::new(), invalid).into()
    }
}

impl From<FieldsError> for Failure {
    fn from(error: FieldsError) -> Self {
        match error {
            FieldsError::Help(columns) => Self::Fields(columns),
            FieldsError::Unknown { unknown, known } => {
                Self::usage(format!("{unknown:?} is not a field here")).hint(format!("fields: {known}"))
            }
        }
    }
}

impl From<io::Error> for Failure {
    /// From writing results: a reader that has seen enough is no failure.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Silent(Exit::Done),
            _ => Self::new(
                Exit::Internal,
                "output_failed",
                format!("the result cannot be written to standard output: {error}"),
            ),
        }
    }
}

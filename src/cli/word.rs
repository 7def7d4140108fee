//! Settings that are one of a few words, the same in flags, environment and files.

use std::io;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::output::{ColorChoice, Format};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// One of a few words.
pub(super) trait Word: Copy + Send + Sync + 'static {
    /// All, in the order in which help lists them.
    const ALL: &'static [Self];
    /// How it is written.
    fn word(self) -> &'static str;
}

impl Word for LogFormat {
    const ALL: &'static [Self] = &[Self::Text, Self::Json];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl Word for Format {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for ColorChoice {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// Reads one of the words.
///
/// # Errors
/// A sentence that lists them.
pub(super) fn parse<T: Word>(text: &str) -> Result<T, String> {
    T::ALL.iter().copied().find(|known| known.word() == text).ok_or_else(|| {
        let known: Vec<_> = T::ALL.iter().map(|known| known.word()).collect();
        format!("{text:?} is not one of {}", known.join(", "))
    })
}

/// Reads one of the words from a flag; help and completions know them.
pub(super) fn flag<T: Word>() -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(T::ALL.iter().map(|known| known.word()))
        .try_map(|text| parse(&text).map_err(io::Error::other))
}

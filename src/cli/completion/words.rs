//! Words of closed sets, and the profiles of the configuration files.
//!
//! These are suggestions only: a wrong word reaches the use case, which answers with the right ones and the exit code of bad data.

use clap_complete::{ArgValueCandidates, CompletionCandidate};

use crate::cli::config;
use crate::domain::order::{Command, OrderStatus, PaymentStatus};
use crate::domain::product::ProductStatus;
use crate::domain::scope::Scope;
use crate::domain::user::{Role, UserStatus};
use crate::files::Format;
use crate::files::write::System;

fn words(list: impl IntoIterator<Item = &'static str> + Clone + Send + Sync + 'static) -> ArgValueCandidates {
    ArgValueCandidates::new(move || list.clone().into_iter().map(CompletionCandidate::new).collect())
}

/// What users may do.
pub(in crate::cli) fn roles() -> ArgValueCandidates {
    words(Role::ALL.iter().map(|word| word.as_str()))
}

/// What machines' tokens are for.
pub(in crate::cli) fn scopes() -> ArgValueCandidates {
    words(Scope::ALL.iter().map(|word| word.as_str()))
}

/// Whether users may sign in.
pub(in crate::cli) fn user_statuses() -> ArgValueCandidates {
    words(UserStatus::ALL.iter().map(|word| word.as_str()))
}

/// Whether products can be bought.
pub(in crate::cli) fn product_statuses() -> ArgValueCandidates {
    words(ProductStatus::ALL.iter().map(|word| word.as_str()))
}

/// Where orders stand.
pub(in crate::cli) fn order_statuses() -> ArgValueCandidates {
    words(OrderStatus::ALL.iter().map(|word| word.as_str()))
}

/// What has been paid.
pub(in crate::cli) fn payment_statuses() -> ArgValueCandidates {
    words(PaymentStatus::ALL.iter().map(|word| word.as_str()))
}

/// How files are laid out.
pub(in crate::cli) fn file_formats() -> ArgValueCandidates {
    words(Format::ALL.iter().map(|word| word.as_str()))
}

/// Systems for which files are written.
pub(in crate::cli) fn systems() -> ArgValueCandidates {
    words(System::ALL.iter().map(|word| word.as_str()))
}

/// What an order can be set to.
pub(in crate::cli) fn status_words() -> ArgValueCandidates {
    words(Command::STATUS_WORDS.iter().copied())
}

/// The profiles that the configuration files have.
pub(in crate::cli) fn profiles() -> ArgValueCandidates {
    ArgValueCandidates::new(|| config::profiles().into_iter().map(CompletionCandidate::new).collect())
}

//! What can go wrong, by whose problem it is.

use std::fmt;

use crate::domain::invalid::Invalid;
use crate::store::{StoreError, Unique};

/// A use case's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Whose problem an error is. The command line turns it into an exit code and HTTP into a status, each in one exhaustive
/// match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A value breaks a rule. Nothing was looked up.
    Invalid,
    /// What was named does not exist.
    NotFound,
    /// The state of things does not allow it.
    Conflict,
    /// Somebody else wrote in between.
    Stale,
    /// Who are you?
    Unauthenticated,
    /// You may not.
    Forbidden,
    /// Too many tries; later.
    TooMany,
    /// The store cannot be reached or cannot do it now.
    Unavailable,
    /// It took too long.
    Timeout,
    /// A bug, or damaged data.
    Internal,
}

/// One thing wrong with one part of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer (RFC 6901) into the input; empty for the whole.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// An error for whoever asked: what, which, and what next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Whose problem it is.
    pub kind: Kind,
    /// Stable code, the same by command line and HTTP.
    pub code: &'static str,
    /// What is wrong with which thing.
    pub detail: String,
    /// What to do next, in words of the command line (`shopctl product list --query MUG`).
    pub hint: Option<String>,
    /// Each part that is wrong.
    pub problems: Vec<Problem>,
    /// The version that is there, after a stale one was given.
    pub current_version: Option<i64>,
    /// How many seconds to wait before the next try, where that is known.
    pub retry_after: Option<u32>,
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            hint: None,
            problems: Vec::new(),
            current_version: None,
            retry_after: None,
        }
    }

    /// The same with the seconds to wait before the next try.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// One bad value, at this JSON pointer.
    pub fn invalid(pointer: impl Into<String>, invalid: Invalid) -> Self {
        Self::invalid_all(vec![Problem {
            pointer: pointer.into(),
            code: invalid.code,
            detail: invalid.detail,
        }])
    }

    /// Bad values; the first gives code and detail. Without any it is a bug, told as such.
    pub fn invalid_all(problems: Vec<Problem>) -> Self {
        let Some(first) = problems.first() else {
            return Self::internal("an error without a problem");
        };
        let code = first.code;
        let detail = match problems.len() {
            1 => first.detail.clone(),
            n => format!("{} (and {} more)", first.detail, n - 1),
        };
        Self { problems, ..Self::new(Kind::Invalid, code, detail) }
    }

    /// A thing that does not exist: `("product", "SKU-9")`.
    pub fn not_found(what: &'static str, key: impl fmt::Display) -> Self {
        let (code, hint) = match what {
            "user" => ("user_not_found", format!("shopctl user list --query {key}")),
            "product" => ("product_not_found", format!("shopctl product list --query {key}")),
            "order" => ("order_not_found", "shopctl order list".to_owned()),
            _ => ("not_found", String::new()),
        };
        let error = Self::new(Kind::NotFound, code, format!("{what} {:?} does not exist", key.to_string()));
        if hint.is_empty() { error } else { error.hint(hint) }
    }

    /// A stale version; `current` is none when the thing is gone.
    pub fn stale(what: &'static str, key: impl fmt::Display, current: Option<i64>) -> Self {
        let Some(current) = current else { return Self::not_found(what, key) };
        let detail =
            format!("{what} {:?} was changed meanwhile: it is at version {current}", key.to_string());
        Self { current_version: Some(current), ..Self::new(Kind::Stale, "stale_version", detail) }
            .hint("read it again and repeat the change on what is there now")
    }

    /// A bug or damaged data. The cause goes to the log here, once; the text for people says nothing of it.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(cause = %cause, "internal failure");
        Self::new(Kind::Internal, "internal", "something went wrong inside shopctl")
            .hint("run again with -v to see the cause")
    }

    /// What a store said, where nothing more is known about the thing. Services that know more match before they ask here.
    pub fn from_store(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate(Unique::Email) => {
                Self::new(Kind::Conflict, "email_taken", "this e-mail address is taken")
            }
            StoreError::Duplicate(Unique::Sku) => Self::new(Kind::Conflict, "sku_taken", "this SKU is taken"),
            StoreError::Duplicate(Unique::ExternalRef) => {
                Self::new(Kind::Conflict, "external_ref_taken", "another order has this external reference")
            }
            StoreError::Duplicate(Unique::StockRecord) => {
                Self::new(Kind::Conflict, "stock_exists", "stock of this product is kept already")
            }
            StoreError::Duplicate(Unique::Request) => {
                Self::new(Kind::Conflict, super::once::DONE_BEFORE, "this request was done before")
            }
            StoreError::Duplicate(Unique::ImportBatch) => {
                Self::new(Kind::Conflict, "import_running", "another process is at the same import")
            }
            StoreError::Duplicate(unique @ (Unique::OrderNumber | Unique::Id)) => {
                Self::internal(format!("{unique:?} was given twice"))
            }
            StoreError::Stale { current } => {
                let current = current.map(crate::domain::number::Version::get);
                let detail = "it was changed or removed meanwhile";
                Self { current_version: current, ..Self::new(Kind::Stale, "stale_version", detail) }
            }
            StoreError::Short(short) => {
                let problems: Vec<Problem> = short
                    .iter()
                    .map(|s| Problem {
                        pointer: String::new(),
                        code: "insufficient_stock",
                        detail: format!("{}: asked for {}, available {}", s.sku, s.asked, s.available),
                    })
                    .collect();
                let list: Vec<&str> = problems.iter().map(|p| p.detail.as_str()).collect();
                let detail = format!("not enough stock: {}", list.join("; "));
                Self { problems, ..Self::new(Kind::Conflict, "insufficient_stock", detail) }
            }
            StoreError::Refused { sku, refusal } => {
                Self::new(Kind::Conflict, refusal.code(), format!("{sku}: {refusal}"))
            }
            StoreError::NotOnSale(ids) => {
                let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
                Self::new(Kind::Conflict, "not_on_sale", format!("not on sale: {}", list.join(", ")))
            }
            StoreError::Referenced(by) => {
                Self::new(Kind::Conflict, "still_referenced", format!("still needed by {by}"))
            }
            StoreError::NeedsReplicaSet => Self::new(
                Kind::Unavailable,
                "needs_replica_set",
                "this MongoDB server is standalone, and this step needs a transaction",
            )
            .hint("start mongod with --replSet rs0 and run once: mongosh --eval 'rs.initiate()'"),
            StoreError::Unavailable { detail, hint } => {
                Self { hint, ..Self::new(Kind::Unavailable, "store_unavailable", detail) }
            }
            StoreError::Timeout => {
                Self::new(Kind::Timeout, "store_timeout", "the store did not answer in time")
                    .hint("the change may or may not have been made: look before you repeat it")
            }
            StoreError::Denied(detail) => Self::new(Kind::Forbidden, "store_denied", detail)
                .hint("check user name and password in the store URL"),
            StoreError::NewerSchema { found, known } => Self::new(
                Kind::Unavailable,
                "schema_newer",
                format!("the store has schema {found}, this program knows {known}"),
            )
            .hint("use a newer shopctl"),
            StoreError::BadUrl(detail) => Self::new(Kind::Invalid, "invalid_store_url", detail),
            error @ (StoreError::Corrupt { .. } | StoreError::Internal(_)) => Self::internal(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}

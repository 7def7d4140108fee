//! What SQLite's refusals mean to the caller of a store.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::store::{StoreError, Unique};

/// Which promise of uniqueness a constraint stands for, by the columns SQLite names.
fn unique(message: &str) -> Option<Unique> {
    let columns = message.split_once("UNIQUE constraint failed: ")?.1;
    Some(match columns.split(',').next()?.trim() {
        "users.email_norm" => Unique::Email,
        "products.sku_norm" => Unique::Sku,
        "orders.number" => Unique::OrderNumber,
        "orders.external_ref" => Unique::ExternalRef,
        "inventory.product_id" => Unique::StockRecord,
        "idempotency_keys.id" => Unique::Request,
        "import_batches.import_id" => Unique::ImportBatch,
        _ => Unique::Id,
    })
}

fn unavailable(detail: &str, hint: &str) -> StoreError {
    StoreError::Unavailable { detail: detail.to_owned(), hint: Some(hint.to_owned()) }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Internal(format!("SQLite: {error}"));
        };
        let text = message.as_deref().unwrap_or_default();
        match failure.code {
            ErrorCode::ConstraintViolation => unique(text).map_or_else(
                || Self::Internal(format!("the store refused a write that breaks its rules: {text}")),
                Self::Duplicate,
            ),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                unavailable(
                    "the store is locked by another program",
                    "wait for the program that is writing to it, or stop it, and try again",
                )
            }
            ErrorCode::DiskFull => {
                unavailable("the disk that holds the store is full", "free some space and try again")
            }
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => unavailable(
                "the store cannot be written: its file or directory is read-only",
                "make the file and its directory writable, or name another with --store",
            ),
            ErrorCode::CannotOpen => unavailable(
                "the store's file cannot be opened",
                "check that the file and its directory are there and may be read and written",
            ),
            ErrorCode::SystemIoFailure => unavailable(
                "the disk that holds the store is full or failing",
                "check its free space, then the system's log for errors of the disk",
            ),
            ErrorCode::NotADatabase => Self::BadUrl("the file is not a shopctl store".to_owned()),
            ErrorCode::DatabaseCorrupt => Self::Corrupt {
                collection: "file",
                key: "structure".to_owned(),
                field: "page",
                detail: "the file is damaged; restore it from a backup".to_owned(),
            },
            ErrorCode::Unknown if text.starts_with("no such table") => {
                unavailable("the store was not set up yet", "shopctl store init sets it up")
            }
            _ => Self::Internal(format!("SQLite: {error}")),
        }
    }
}

/// The refusal for a file or directory that the system does not let us use.
pub(super) fn from_io(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable {
        detail: format!("{what} {:?}: {error}", path.display().to_string()),
        hint: Some("name a place where you may write, for example --store sqlite:shop.db".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_taken() {
        for (message, expected) in [
            ("UNIQUE constraint failed: users.email_norm", Some(Unique::Email)),
            ("UNIQUE constraint failed: products.sku_norm", Some(Unique::Sku)),
            ("UNIQUE constraint failed: orders.external_ref", Some(Unique::ExternalRef)),
            ("UNIQUE constraint failed: order_lines.order_id, order_lines.line", Some(Unique::Id)),
            ("CHECK constraint failed: reserved <= on_hand", None),
        ] {
            assert_eq!(unique(message), expected, "{message}");
        }
    }
}

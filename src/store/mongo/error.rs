//! From the driver's errors to the store's. No text here repeats what a document holds.

use mongodb::error::{Error, ErrorKind, WriteFailure};

use super::shared::Shared;
use crate::store::{StoreError, Unique};

/// Codes of the server, from its `error_codes.yml`.
pub(super) mod code {
    pub(in crate::store::mongo) const BAD_VALUE: i32 = 2;
    pub(in crate::store::mongo) const UNAUTHORIZED: i32 = 13;
    pub(in crate::store::mongo) const AUTHENTICATION_FAILED: i32 = 18;
    pub(in crate::store::mongo) const ILLEGAL_OPERATION: i32 = 20;
    pub(in crate::store::mongo) const INDEX_NOT_FOUND: i32 = 27;
    pub(in crate::store::mongo) const NAMESPACE_EXISTS: i32 = 48;
    pub(in crate::store::mongo) const MAX_TIME_EXPIRED: i32 = 50;
    pub(in crate::store::mongo) const WRITE_CONFLICT: i32 = 112;
    pub(in crate::store::mongo) const CONFLICTING_OPERATION: i32 = 117;
    pub(in crate::store::mongo) const VALIDATION: i32 = 121;
    pub(in crate::store::mongo) const ATLAS_ERROR: i32 = 8000;
    pub(in crate::store::mongo) const DUPLICATE_KEY: i32 = 11000;
    pub(in crate::store::mongo) const BACKGROUND_OPERATION: i32 = 12587;
}

/// The code of a server's error, wherever the driver keeps it.
pub(super) fn code_of(error: &Error) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(command) => Some(command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => Some(concern.code),
        ErrorKind::InsertMany(many) => {
            let first = many.write_errors.iter().flatten().map(|write| write.code).next();
            first.or_else(|| many.write_concern_error.as_ref().map(|concern| concern.code))
        }
        _ => None,
    }
}

fn message_of(error: &Error) -> &str {
    match error.kind.as_ref() {
        ErrorKind::Command(command) => &command.message,
        ErrorKind::Write(WriteFailure::WriteError(write)) => &write.message,
        ErrorKind::InsertMany(many) => {
            many.write_errors.iter().flatten().map(|write| write.message.as_str()).next().unwrap_or_default()
        }
        _ => "",
    }
}

/// What must be unique, from the name of the index that refused.
fn duplicate(message: &str) -> Unique {
    let after = |mark: &str| message.split_once(mark).and_then(|(_, rest)| rest.split_whitespace().next());
    let collection =
        after(" collection: ").and_then(|name| name.rsplit_once('.')).map_or("", |(_, name)| name);
    match (collection, after(" index: ").unwrap_or_default()) {
        ("users", "email_norm_1") => Unique::Email,
        ("products", "sku_norm_1") => Unique::Sku,
        ("orders", "number_1") => Unique::OrderNumber,
        ("orders", "external_ref_1") => Unique::ExternalRef,
        ("inventory", _) => Unique::StockRecord,
        ("idempotency_keys", _) => Unique::Request,
        ("import_batches", _) => Unique::ImportBatch,
        _ => Unique::Id,
    }
}

impl Shared {
    /// Whose problem an error of the driver is.
    pub(super) fn explain(&self, error: &Error) -> StoreError {
        match error.kind.as_ref() {
            ErrorKind::Authentication { .. } => self.wrong_credentials(),
            ErrorKind::ServerSelection { message, .. } => self.unreachable(Some(message)),
            ErrorKind::ConnectionPoolCleared { message, .. } if message.contains("uthentication") => {
                self.wrong_credentials()
            }
            ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. } | ErrorKind::DnsResolve { .. } => {
                self.unreachable(None)
            }
            ErrorKind::Shutdown => {
                StoreError::Unavailable { detail: "the store has been closed".to_owned(), hint: None }
            }
            ErrorKind::InvalidTlsConfig { .. } => {
                StoreError::BadUrl("the TLS settings of the MongoDB URL cannot be used".to_owned())
            }
            ErrorKind::IncompatibleServer { .. } => {
                StoreError::Internal(format!("the MongoDB server at {} is too old", self.hosts))
            }
            ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => StoreError::Unavailable {
                detail: format!(
                    "MongoDB could not confirm a write ({}); whether it was done is not known",
                    concern.code_name
                ),
                hint: Some(
                    "look at the health of the replica set, then at the data, then try again".to_owned(),
                ),
            },
            _ => self.explain_code(error),
        }
    }

    fn explain_code(&self, error: &Error) -> StoreError {
        let Some(number) = code_of(error) else {
            return StoreError::Internal(format!("the MongoDB driver: {}", kind_of(&error.kind)));
        };
        self.explain_number(number, message_of(error))
    }

    /// Whose problem an error of the server is, by its code and text.
    pub(super) fn explain_number(&self, number: i32, message: &str) -> StoreError {
        match number {
            code::DUPLICATE_KEY => StoreError::Duplicate(duplicate(message)),
            code::AUTHENTICATION_FAILED | code::ATLAS_ERROR => self.wrong_credentials(),
            code::UNAUTHORIZED => StoreError::Denied(format!(
                "this MongoDB user may not do this in database {:?}; it needs the role readWrite, and dbAdmin for the first start",
                self.database.name()
            )),
            code::ILLEGAL_OPERATION if message.starts_with("Transaction numbers") => {
                StoreError::NeedsReplicaSet
            }
            code::MAX_TIME_EXPIRED => StoreError::Timeout,
            code::VALIDATION => StoreError::Internal(
                "a validator of MongoDB refused a document that breaks a rule of the store; nothing was written"
                    .to_owned(),
            ),
            // Not primary, shutting down, stepping down, recovering.
            91 | 189 | 10058 | 10107 | 11600 | 11602 | 13435 | 13436 => self.unreachable(None),
            number => StoreError::Internal(format!("MongoDB answered with error {number}")),
        }
    }

    fn wrong_credentials(&self) -> StoreError {
        StoreError::Denied(format!("MongoDB at {} refuses this user name or password", self.hosts))
    }

    pub(super) fn unreachable(&self, selection: Option<&str>) -> StoreError {
        let said = selection.unwrap_or_default();
        let why = if said.contains("onnection refused") {
            ": connection refused"
        } else if said.contains("failed to lookup") || said.contains("Name or service") {
            ": the host name is not known"
        } else if said.contains("does not match") || said.contains("set name") {
            ": the replica set has another name"
        } else if said.contains("RsSecondary") || said.contains("RSSecondary") {
            ": the replica set has no primary"
        } else if said.contains("imed out") || said.contains("imeout") {
            ": no answer"
        } else {
            ""
        };
        StoreError::Unavailable {
            detail: format!("cannot reach MongoDB at {}{why}", self.hosts),
            hint: Some(format!("check that mongod runs at {} and that the store URL names it", self.hosts)),
        }
    }
}

/// What went wrong in the driver, in words that hold nothing of a document.
fn kind_of(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidArgument { .. } => "an argument is invalid",
        ErrorKind::Bson(_) => "a document cannot be written or read as BSON",
        ErrorKind::InvalidResponse { .. } => "the server's answer cannot be understood",
        ErrorKind::Transaction { .. } => "a transaction was used out of turn",
        ErrorKind::SessionsNotSupported => "the server has no sessions",
        _ => "something unexpected happened",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_is_told_by_its_index_whatever_the_key_holds() {
        for (message, unique) in [
            (
                "E11000 duplicate key error collection: shop.users index: email_norm_1 dup key: { email_norm: \"a\" }",
                Unique::Email,
            ),
            (
                "E11000 duplicate key error collection: s.products index: sku_norm_1 dup key: { sku_norm: \" index: number_1\" }",
                Unique::Sku,
            ),
            (
                "E11000 duplicate key error collection: shop.orders index: _id_ dup key: { _id: \"x\" }",
                Unique::Id,
            ),
            (
                "E11000 duplicate key error collection: shop.inventory index: _id_ dup key: { _id: \"x\" }",
                Unique::StockRecord,
            ),
        ] {
            assert_eq!(duplicate(message), unique, "{message}");
        }
    }
}

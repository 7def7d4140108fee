//! Reading rows. A value that breaks a rule is [`StoreError::Corrupt`], with its table, key and field.

use std::fmt::Display;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::domain::number::Version;
use crate::store::{Result, StoreError};

/// One row of a table.
pub(super) struct Fields<'r> {
    row: &'r Row<'r>,
    table: &'static str,
    key: String,
}

impl<'r> Fields<'r> {
    /// A row whose key stands in `key`.
    pub(super) fn new(row: &'r Row<'r>, table: &'static str, key: &'static str) -> Self {
        Self { row, table, key: row.get(key).unwrap_or_else(|_| "(no key)".to_owned()) }
    }

    /// The refusal of a field.
    pub(super) fn corrupt(&self, field: &'static str, detail: impl Display) -> StoreError {
        StoreError::Corrupt {
            collection: self.table,
            key: self.key.clone(),
            field,
            detail: detail.to_string(),
        }
    }

    /// A value as SQLite keeps it.
    pub(super) fn get<T: FromSql>(&self, field: &'static str) -> Result<T> {
        self.row.get(field).map_err(|error| self.corrupt(field, error))
    }

    /// A value that a constructor checks.
    pub(super) fn checked<S: FromSql, T>(
        &self,
        field: &'static str,
        make: impl FnOnce(S) -> std::result::Result<T, Invalid>,
    ) -> Result<T> {
        make(self.get(field)?).map_err(|error| self.corrupt(field, error))
    }

    /// A text that reads as `T`.
    pub(super) fn parse<T: FromStr<Err: Display>>(&self, field: &'static str) -> Result<T> {
        self.get::<String>(field)?.parse().map_err(|error| self.corrupt(field, error))
    }

    /// A text that reads as `T`, or nothing.
    pub(super) fn maybe<T: FromStr<Err: Display>>(&self, field: &'static str) -> Result<Option<T>> {
        let text: Option<String> = self.get(field)?;
        text.map(|text| text.parse()).transpose().map_err(|error: T::Err| self.corrupt(field, error))
    }

    /// A moment.
    pub(super) fn at(&self, field: &'static str) -> Result<Timestamp> {
        self.moment(field, self.get(field)?)
    }

    /// A moment, or nothing.
    pub(super) fn maybe_at(&self, field: &'static str) -> Result<Option<Timestamp>> {
        self.get::<Option<i64>>(field)?.map(|millis| self.moment(field, millis)).transpose()
    }

    fn moment(&self, field: &'static str, millis: i64) -> Result<Timestamp> {
        Timestamp::from_millis(millis)
            .ok_or_else(|| self.corrupt(field, format!("{millis} ms is outside the calendar")))
    }

    /// The count of writes.
    pub(super) fn version(&self) -> Result<Version> {
        self.checked("version", Version::new)
    }
}

//! Documents as they are kept. A damaged one is an error that names collection, key and field.

mod auth;
mod hold;
mod import;
pub(super) mod kept;
mod log;
mod movement;
mod order;
mod product;
mod receipt;
mod stock;
mod tries;
mod user;

pub(super) use auth::{KeyRow, TokenRow};
pub(super) use hold::HoldRow;
pub(super) use import::{BatchRow, BatchSummaryRow, ImportRow, batch_key};
pub(super) use log::LogRow;
pub(super) use movement::{MovementRow, movement_key};
pub(super) use order::OrderRow;
pub(super) use product::ProductRow;
pub(super) use receipt::ReceiptRow;
pub(super) use stock::StockRow;
pub(super) use tries::TriesRow;
pub(super) use user::UserRow;

use std::str::FromStr;

use mongodb::bson::{
    DateTime, RawBsonRef, RawDocument, RawDocumentBuf, deserialize_from_slice, serialize_to_raw_document_buf,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::domain::number::Version;
use crate::store::{Result, StoreError};

/// A document of one collection, field by field as it is kept.
pub(super) trait Row: Serialize + DeserializeOwned + Send + Sync + Sized + 'static {
    /// Where it is kept.
    const COLLECTION: &'static str;
    /// What it means.
    type Value: Clone + Send + 'static;

    /// What it means, or what is wrong with it.
    fn into_value(self) -> Result<Self::Value>;

    /// How it is kept.
    fn of(value: &Self::Value) -> Self;
}

/// Reads a document.
pub(super) fn decode<R: Row>(raw: &RawDocument) -> Result<R::Value> {
    let row: R = deserialize_from_slice(raw.as_bytes()).map_err(|error| StoreError::Corrupt {
        collection: R::COLLECTION,
        key: key_of(raw),
        field: "document",
        detail: error.to_string(),
    })?;
    row.into_value()
}

/// Writes a document.
pub(super) fn encode<R: Row>(value: &R::Value) -> Result<RawDocumentBuf> {
    serialize_to_raw_document_buf(&R::of(value))
        .map_err(|error| StoreError::Internal(format!("cannot write to {} as BSON: {error}", R::COLLECTION)))
}

/// The `_id` of a document, for error texts and maps.
pub(super) fn key_of(raw: &RawDocument) -> String {
    match raw.get("_id") {
        Ok(Some(RawBsonRef::String(key))) => key.to_owned(),
        Ok(Some(other)) => format!("{other:?}"),
        _ => "without _id".to_owned(),
    }
}

/// Where a value was found.
#[derive(Clone, Copy)]
struct Origin<'a> {
    collection: &'static str,
    key: &'a str,
}

impl Origin<'_> {
    fn sound<T>(self, field: &'static str, value: std::result::Result<T, Invalid>) -> Result<T> {
        value.map_err(|invalid| self.corrupt(field, invalid.detail))
    }

    fn corrupt(self, field: &'static str, detail: impl Into<String>) -> StoreError {
        StoreError::Corrupt {
            collection: self.collection,
            key: self.key.to_owned(),
            field,
            detail: detail.into(),
        }
    }

    fn parse<T: FromStr<Err = Invalid>>(self, field: &'static str, text: &str) -> Result<T> {
        self.sound(field, text.parse())
    }

    fn parse_some<T: FromStr<Err = Invalid>>(
        self,
        field: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>> {
        text.map(|text| self.parse(field, text)).transpose()
    }

    fn time(self, field: &'static str, at: DateTime) -> Result<Timestamp> {
        let millis = at.timestamp_millis();
        Timestamp::from_millis(millis)
            .ok_or_else(|| self.corrupt(field, format!("{millis} ms is out of range")))
    }

    fn version(self, version: i64) -> Result<Version> {
        self.sound("version", Version::new(version))
    }
}

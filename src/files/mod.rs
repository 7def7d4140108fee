//! Reading and writing the files that shops exchange: tables and JSON, our own and those of other systems.
//!
//! A [`Reader`] turns a file into [`Record`]s: fields under shopctl's names, each with the column and the physical line it came from.
//! What the values mean is not known here; that is the service's business. Bytes pass through in this order: [`input`] unpacks and
//! checks them, [`rows`] or [`json`] finds where things begin and end, [`columns`] says which column is which field, [`table`] or [`objects`]
//! makes records.

mod columns;
mod dialect;
mod error;
mod fields;
mod input;
mod json;
mod notes;
mod objects;
mod options;
mod own;
mod reader;
mod record;
mod rejects;
mod rows;
mod table;
pub mod write;

pub use dialect::Dialect;
pub use error::FileError;
pub use notes::Notes;
pub use options::{Format, Noun, ReadOptions};
pub use reader::Reader;
pub use record::{Cell, RawRow, Record, Value};
pub use rejects::Rejects;

//! Reading and writing files.

mod encodings;
mod json;
mod rejects;
mod support;
mod tables;

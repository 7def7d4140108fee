//! Reading and writing files.

mod any_bytes;
mod dialects;
mod encodings;
mod foreign;
mod hostile;
mod json;
mod real;
mod rejects;
mod support;
mod tables;
mod written;

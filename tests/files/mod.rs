//! Reading and writing files.

mod dialects;
mod encodings;
mod foreign;
mod json;
mod real;
mod rejects;
mod support;
mod tables;
mod written;

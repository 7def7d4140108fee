//! `shopctl product …`

mod archive;
mod create;
mod delete;
mod get;
mod import;
mod list;
mod update;

use super::{Shop, error_code};

//! `shopctl product …`

mod archive;
mod create;
mod delete;
mod get;
mod list;
mod update;

use super::{Shop, error_code};

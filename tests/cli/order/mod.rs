//! `shopctl order …`

mod cancel;
mod create;
mod delete;
mod events;
mod expire;
mod list;
mod steps;
mod update;

use super::{Shop, error_code};

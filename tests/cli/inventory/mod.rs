//! `shopctl inventory …`

mod adjust;
mod delete;
mod explain;
mod get;
mod history;
mod list;
mod receive;
mod set;

use super::{Shop, error_code};

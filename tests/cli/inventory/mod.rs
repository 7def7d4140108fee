//! `shopctl inventory …`

mod adjust;
mod delete;
mod history;
mod list;
mod receive;
mod set;

use super::{Shop, error_code};

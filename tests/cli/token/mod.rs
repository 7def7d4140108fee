//! `shopctl token …`

mod issue;

use super::{Shop, error_code};

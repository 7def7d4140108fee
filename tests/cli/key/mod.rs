//! `shopctl key …`

mod rotate;

use super::Shop;

//! `shopctl user …`

mod delete;
mod disable;
mod get;
mod list;
mod passwd;
mod register;
mod update;
mod verify;

use super::{Shop, error_code};

/// A shop in which Ada's password is `correct horse`.
fn with_ada() -> Shop {
    let shop = Shop::empty();
    shop.run_with("user register ada@example.com --name Ada --password-stdin", b"correct horse\n").ok();
    shop
}

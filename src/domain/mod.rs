//! The words of the shop: plain types that cannot hold a wrong value.
//!
//! Nothing here does I/O, waits, or reads a clock. A raw string stops at a constructor of this
//! module; behind it, a [`Sku`](sku::Sku) is a SKU. Every rule that needs no store lives here, and the
//! two that matter most are in [`inventory`] (what may happen to stock) and [`order`] (what may happen to an
//! order).

pub mod actor;
pub mod audit;
pub mod backoff;
pub mod clock;
pub mod email;
pub mod id;
pub mod import;
pub mod invalid;
pub mod inventory;
pub mod key;
pub mod money;
pub mod number;
pub mod order;
pub mod page;
pub mod product;
pub mod scope;
pub mod search;
pub mod session;
pub mod sku;
pub mod text;
pub mod user;
pub(crate) mod words;

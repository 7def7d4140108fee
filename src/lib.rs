//! `shopctl`: the back office of a shop in one binary.
//!
//! What to read first, from the inside out:
//!
//! 1. [`domain`]: plain types that cannot hold a wrong value, the rules of stock and the life of an order.
pub mod domain;

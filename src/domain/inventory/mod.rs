//! Stock: what may happen to it, and the record of what did.
//!
//! [`StockLevel::apply`] is the one place where a stock operation is decided. Both stores call it inside
//! the transaction that writes the result, so no caller ever decides from counts that may have moved.

mod chain;
mod item;
mod level;
mod list;
mod movement;

pub use chain::{Chain, ChainFault, Link};
pub use item::{Shortage, StockEffect, StockItem};
pub use level::{StockLevel, StockOp, StockRefusal};
pub use list::{MovementSort, StockFilter, StockSort};
pub use movement::{Movement, MovementContext, MovementKind};

#[cfg(test)]
mod tests;

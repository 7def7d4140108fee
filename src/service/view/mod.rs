//! What is shown of a thing: the members that the command line prints and HTTP sends, in this order.
//!
//! No view has a member for a password, a hash or a key, so none can leak by being printed.

mod inventory;
mod order;
mod product;
mod user;

pub use inventory::{MovementView, StockView};
pub use order::{CustomerView, HistoryView, LineView, OrderView};
pub use product::ProductView;
pub use user::UserView;

//! What is shown of a thing: the members that the command line prints and HTTP sends, in this order.
//!
//! No view has a member for a password, a hash or a key, so none can leak by being printed.

mod explanation;
mod import;
mod inventory;
mod order;
mod product;
mod stock_past;
mod user;

pub use explanation::{HoldingView, StockExplanation};
pub use import::ImportView;
pub use inventory::{MovementView, StockView};
pub use order::{CustomerView, HistoryView, LineView, OrderView};
pub use product::ProductView;
pub use stock_past::PastStockView;
pub use user::UserView;

//! What is shown of a thing: the members that the command line prints and HTTP sends, in this order.
//!
//! No view has a member for a password, a hash or a private key, so none can leak by being printed. The token of a machine is shown
//! once, by the command that issues it.

mod audit;
mod explanation;
mod import;
mod inventory;
mod keys;
mod order;
mod product;
mod stock_past;
mod user;

pub use audit::AuditView;
pub use explanation::{HoldingView, StockExplanation};
pub use import::ImportView;
pub use inventory::{MovementView, StockView};
pub use keys::{IssuedTokenView, KeyView, TokenView};
pub use order::{CustomerView, HistoryView, LineView, OrderView};
pub use product::ProductView;
pub use stock_past::PastStockView;
pub use user::UserView;

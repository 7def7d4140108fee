//! `shopctl order …`

mod act;
mod cancel;
mod create;
mod delete;
mod deliver;
mod events;
mod expire;
mod export;
mod get;
mod import;
mod list;
mod pay;
mod refund;
#[path = "return.rs"]
mod return_;
mod ship;
mod update;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Place orders and bring them on
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Place an order
    Create(create::Args),
    /// List orders
    #[command(alias = "ls")]
    List(list::Args),
    /// Show orders
    #[command(alias = "show")]
    Get(get::Args),
    /// Bring an order into another status, or change its note
    Update(update::Args),
    /// Note that orders were paid
    Pay(pay::Args),
    /// Send an order, or some items of it
    Ship(ship::Args),
    /// Note that orders arrived
    Deliver(deliver::Args),
    /// Give up orders, or some items of one
    Cancel(cancel::Args),
    /// End orders whose hold is over
    Expire(expire::Args),
    /// Take back what was sent
    Return(return_::Args),
    /// Note that money was paid back
    Refund(refund::Args),
    /// List what happened to an order
    Events(events::Args),
    /// Delete orders
    #[command(alias = "rm")]
    Delete(delete::Args),
    /// Import orders that were placed elsewhere
    Import(import::Args),
    /// Write orders to a file
    Export(export::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Create(args) => args.run(app).await,
            Self::List(args) => args.run(app).await,
            Self::Get(args) => args.run(app).await,
            Self::Update(args) => args.run(app).await,
            Self::Pay(args) => args.run(app).await,
            Self::Ship(args) => args.run(app).await,
            Self::Deliver(args) => args.run(app).await,
            Self::Cancel(args) => args.run(app).await,
            Self::Expire(args) => args.run(app).await,
            Self::Return(args) => args.run(app).await,
            Self::Refund(args) => args.run(app).await,
            Self::Events(args) => args.run(app).await,
            Self::Delete(args) => args.run(app).await,
            Self::Import(args) => args.run(app).await,
            Self::Export(args) => args.run(app).await,
        }
    }

    /// Whether it ends by itself after a signal, because it has something to put away.
    pub(super) fn ends_by_itself(&self) -> bool {
        matches!(self, Self::Import(_))
    }
}

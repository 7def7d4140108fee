//! `shopctl inventory …`

mod adjust;
mod delete;
mod explain;
mod export;
mod get;
mod history;
mod import;
mod list;
mod note;
mod receive;
mod set;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Count, correct and follow stock
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Set what is on hand to what was counted
    Set(set::Args),
    /// Correct what is on hand by a difference
    Adjust(adjust::Args),
    /// Take in a delivery
    Receive(receive::Args),
    /// Show the stock of products, now or as it was
    #[command(alias = "show")]
    Get(get::Args),
    /// List stock
    #[command(alias = "ls")]
    List(list::Args),
    /// Explain why so much of a product is available
    Explain(explain::Args),
    /// List every change of a product's stock
    History(history::Args),
    /// Stop keeping stock of products
    #[command(alias = "rm")]
    Delete(delete::Args),
    /// Import counts and corrections of stock from a file
    Import(import::Args),
    /// Write counts of stock to a file
    Export(export::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Set(args) => args.run(app).await,
            Self::Adjust(args) => args.run(app).await,
            Self::Receive(args) => args.run(app).await,
            Self::Get(args) => args.run(app).await,
            Self::List(args) => args.run(app).await,
            Self::Explain(args) => args.run(app).await,
            Self::History(args) => args.run(app).await,
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

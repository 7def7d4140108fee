//! `shopctl product …`

mod archive;
mod create;
mod delete;
mod export;
mod get;
mod import;
mod list;
mod restore;
mod update;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Look after the catalogue
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Create a product
    Create(create::Args),
    /// List products
    #[command(alias = "ls")]
    List(list::Args),
    /// Show products
    #[command(alias = "show")]
    Get(get::Args),
    /// Change a product
    Update(update::Args),
    /// Take products off sale
    Archive(archive::Args),
    /// Put products on sale again
    Restore(restore::Args),
    /// Import products from a file
    Import(import::Args),
    /// Delete products
    #[command(alias = "rm")]
    Delete(delete::Args),
    /// Write products to a file
    Export(export::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Create(args) => args.run(app).await,
            Self::List(args) => args.run(app).await,
            Self::Get(args) => args.run(app).await,
            Self::Update(args) => args.run(app).await,
            Self::Archive(args) => args.run(app).await,
            Self::Restore(args) => args.run(app).await,
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

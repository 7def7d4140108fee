//! The command line: `shopctl <noun> <verb>`. The path is the command: `order update` is `order/update.rs`.
//!
//! A command file holds its arguments, `run`, and private helpers. `run` translates what was written, calls one use case of
//! [`service`](crate::service) and prints what it shows; no rule of the shop is decided here.

#![expect(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are help texts, in which back-ticks would be shown as they are"
)]

mod app;
mod aside;
mod audit;
mod completion;
mod config;
mod deadline;
mod demo;
mod doctor;
mod exit;
mod export;
mod failure;
mod globals;
mod health;
mod import;
mod inventory;
mod key;
mod list;
mod logging;
mod man;
mod many;
mod meter;
mod open_store;
mod openapi;
mod order;
mod password;
mod product;
mod prompt;
mod run;
mod selftest;
mod serve;
mod store;
mod syntax;
#[cfg(feature = "otel")]
mod telemetry;
mod token;
mod user;
mod version;
mod word;
mod write;

use clap::{Parser, Subcommand};

use self::app::App;
use self::failure::Failure;
use self::globals::Globals;
pub use self::run::run;

/// What a command ends with.
type Outcome = Result<(), Failure>;

/// The back office of a shop: users, products, orders and inventory
///
/// Works on MongoDB or on an embedded file; see --store. Every noun takes -h.
#[derive(Debug, Parser)]
#[command(
    name = "shopctl",
    version,
    propagate_version = false,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "EXAMPLES\n  \
        shopctl product create MUG-BLUE --name 'Blue mug' --price 12.50 --stock 10\n  \
        shopctl order create --email ada@example.com --item MUG-BLUE:2\n  \
        shopctl order list --status pending -o json"
)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Register and look after users
    #[command(alias = "users", subcommand)]
    User(user::Command),
    /// Look after the catalogue
    #[command(alias = "products", subcommand)]
    Product(product::Command),
    /// Place orders and bring them on
    #[command(alias = "orders", subcommand)]
    Order(order::Command),
    /// Count, correct and follow stock
    #[command(subcommand)]
    Inventory(inventory::Command),
    /// Look after imports of files
    #[command(alias = "imports", subcommand)]
    Import(import::Command),
    /// Serve users, products, orders and inventory over HTTP
    Serve(serve::Args),
    /// Fill an empty store with a small shop and walk through the main jobs
    Demo(demo::Args),
    /// Look after the keys that sign access tokens
    #[command(alias = "keys", subcommand)]
    Key(key::Command),
    /// Give machines tokens, and look at tokens
    #[command(alias = "tokens", subcommand)]
    Token(token::Command),
    /// See who gave or took which rights
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look after the store itself
    #[command(subcommand)]
    Store(store::Command),
    /// Check on the live store that every rule holds, and mend what can be mended
    Doctor(doctor::Args),
    /// Prove on your own deployment what is promised
    #[command(subcommand)]
    Selftest(selftest::Command),
    /// Show where settings come from
    #[command(subcommand)]
    Config(config::Command),
    /// Print the OpenAPI document of a service
    Openapi(openapi::Args),
    /// Ask a running service whether it is ready
    Health(health::Args),
    /// Print what a shell has to load for completion
    Completion(completion::Args),
    /// Print the man page, or write one a command
    Man(man::Args),
    /// Print the version
    Version(version::Args),
}

impl Command {
    /// Whether configuration files count. A command that needs none of their settings works while one is broken.
    fn needs_files(&self) -> bool {
        !matches!(
            self,
            Self::Openapi(_)
                | Self::Health(_)
                | Self::Completion(_)
                | Self::Man(_)
                | Self::Version(_)
                | Self::Config(config::Command::Path(_))
        )
    }

    /// Whether it runs until it is told to stop.
    fn is_service(&self) -> bool {
        matches!(self, Self::Serve(_))
    }

    /// Whether it ends by itself after a signal, because it has something to put away.
    fn ends_by_itself(&self) -> bool {
        match self {
            Self::Selftest(_) => true,
            Self::User(command) => command.ends_by_itself(),
            Self::Product(command) => command.ends_by_itself(),
            Self::Order(command) => command.ends_by_itself(),
            Self::Inventory(command) => command.ends_by_itself(),
            Self::Import(command) => command.ends_by_itself(),
            _ => false,
        }
    }

    async fn run(self, app: &App) -> Outcome {
        match self {
            Self::User(command) => command.run(app).await,
            Self::Product(command) => command.run(app).await,
            Self::Order(command) => command.run(app).await,
            Self::Inventory(command) => command.run(app).await,
            Self::Import(command) => command.run(app).await,
            Self::Serve(args) => args.run(app).await,
            Self::Key(command) => command.run(app).await,
            Self::Token(command) => command.run(app).await,
            Self::Audit(command) => command.run(app).await,
            Self::Store(command) => command.run(app).await,
            Self::Doctor(args) => args.run(app).await,
            Self::Selftest(command) => command.run(app).await,
            Self::Config(command) => command.run(app),
            Self::Openapi(args) => args.run(app),
            Self::Demo(args) => args.run(app).await,
            Self::Health(args) => args.run(app).await,
            Self::Completion(args) => args.run(app),
            Self::Man(args) => args.run(app),
            Self::Version(args) => args.run(app),
        }
    }
}

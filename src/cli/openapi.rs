//! `shopctl openapi`

use super::Outcome;
use super::app::App;
use crate::http;

/// Print the OpenAPI 3.1 document of a service
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// users, products, orders or inventory
    #[arg(value_parser = ["users", "products", "orders", "inventory"], hide_possible_values = true)]
    service: String,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Outcome {
        Ok(app.ui.raw(&http::openapi(self.service.parse()?))?)
    }
}

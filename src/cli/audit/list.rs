//! `shopctl audit list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::output::End;
use crate::service::view::AuditView;

/// List who gave or took which rights, newest first: roles, passwords, disabling, keys and machines' tokens
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl audit list\n  \
    shopctl audit list --limit 1000 -o jsonl | jq 'select(.action == \"user.role\")'")]
pub(in crate::cli) struct Args {
    /// Show at most this many, up to 10000 [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let mut list = app.printer::<AuditView>()?.list();
        let newest = app.audit(Access::Read).await?.newest(self.limit).await?;
        list.page(&newest.items)?;
        if newest.has_more {
            app.ui.notice(&format!("showing {}; more: --limit", newest.items.len()));
        }
        Ok(list.end(&End { has_more: newest.has_more, next_cursor: None })?)
    }
}

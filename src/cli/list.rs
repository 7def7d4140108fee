//! Lists: which part, in which order, again and again.

use std::time::Duration;

use clap::Args;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::syntax;
use crate::output::{End, Row, Ui};
use crate::service;
use crate::service::page::{DEFAULT_LIMIT, Listing, MAX_LIMIT, PageInput};

/// Which part of a list.
#[derive(Debug, Args)]
#[command(next_help_heading = "List options")]
pub(super) struct PageArgs {
    /// Show at most this many [default: 50]
    #[arg(long, value_name = "N", conflicts_with = "all")]
    limit: Option<usize>,
    /// Show all
    #[arg(long)]
    all: bool,
    /// Go on where a list was cut: its next_cursor
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    /// Sort by this field; -FIELD for the largest first
    #[arg(long, value_name = "[-]FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Exit 3 where there is nothing to show
    #[arg(long)]
    fail_empty: bool,
    /// Show again every 2 s, or as often as said, until Ctrl-C
    #[arg(
        long,
        value_name = "INTERVAL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "2s",
    )]
    watch: Option<String>,
}

/// From when until when.
#[derive(Debug, Args)]
#[command(next_help_heading = "List options")]
pub(super) struct SpanArgs {
    /// Created at this moment or later: 2026-01-31 or 2026-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) created_after: Option<String>,
    /// Created before this moment
    #[arg(long, value_name = "TIME")]
    pub(super) created_before: Option<String>,
}

impl PageArgs {
    /// Prints the pages that `fetch` gives.
    pub(super) async fn print<T: Row>(
        &self,
        app: &App,
        fetch: impl AsyncFn(PageInput) -> service::Result<Listing<T>>,
    ) -> Outcome {
        let Some(interval) = &self.watch else { return self.once(app, &fetch).await };
        let interval = syntax::duration(interval).map_err(|invalid| Failure::usage(invalid.detail))?;
        app.deadline.lift();
        loop {
            if Ui::is_watched() {
                app.ui.raw("\u{1b}[H\u{1b}[2J")?;
            }
            self.once(app, &fetch).await?;
            app.ui.flush()?;
            // Never so often that watching is a load.
            tokio::time::sleep(interval.max(Duration::from_millis(100))).await;
        }
    }

    async fn once<T: Row>(
        &self,
        app: &App,
        fetch: &impl AsyncFn(PageInput) -> service::Result<Listing<T>>,
    ) -> Outcome {
        let mut list = app.printer::<T>()?.list();
        let wanted = if self.all { usize::MAX } else { self.limit.unwrap_or(DEFAULT_LIMIT) };
        let (mut shown, mut cursor) = (0, self.cursor.clone());
        loop {
            let limit = Some((wanted - shown).min(MAX_LIMIT));
            let page = fetch(PageInput { limit, cursor: cursor.take(), sort: self.sort.clone() }).await?;
            if self.fail_empty && shown == 0 && page.items.is_empty() {
                return Err(Failure::new(Exit::NotFound, "empty", "there is nothing to show"));
            }
            list.page(&page.items)?;
            shown += page.items.len();
            if page.has_more && page.next_cursor.is_some() && shown < wanted {
                cursor = page.next_cursor;
                continue;
            }
            if let Some(cursor) = page.next_cursor.as_deref().filter(|_| page.has_more) {
                app.ui.notice(&format!("showing {shown}; more: --cursor {cursor}, or --all"));
            }
            return Ok(list.end(&End { has_more: page.has_more, next_cursor: page.next_cursor })?);
        }
    }
}

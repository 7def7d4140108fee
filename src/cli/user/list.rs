//! `shopctl user list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::list::{PageArgs, SpanArgs};
use crate::cli::open_store::Access;
use crate::service::page::PageInput;
use crate::service::users::UserQuery;
use crate::service::view::UserView;

/// List users
///
/// Sort by id, created_at, updated_at or email.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    page: PageArgs,
}

/// Which users.
#[derive(Debug, clap::Args)]
pub(super) struct FilterArgs {
    /// With this role: customer, staff or admin
    #[arg(long, add = crate::cli::completion::roles())]
    role: Option<String>,
    /// With this status: active or disabled
    #[arg(long, add = crate::cli::completion::user_statuses())]
    status: Option<String>,
    /// With this text in address or name
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<UserView>()?;
        let users = app.users(Access::Read).await?;
        let query = |page| self.filter.query(page);
        self.page.print(app, async |page| users.list(&query(page)).await).await
    }
}

impl FilterArgs {
    /// The same for the use case.
    pub(super) fn query(&self, page: PageInput) -> UserQuery {
        UserQuery {
            role: self.role.clone(),
            status: self.status.clone(),
            query: self.query.clone(),
            created_after: self.span.created_after.clone(),
            created_before: self.span.created_before.clone(),
            page,
        }
    }
}

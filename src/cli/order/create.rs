//! `shopctl order create`

use super::act::items;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::syntax::duration;
use crate::cli::write::OnceArgs;
use crate::service::orders::NewOrder;

/// Place an order, reserving all its lines or none
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl order create --email ada@example.com --item MUG-BLUE:2\n  \
    shopctl order create --user usr_01h455vb4pex5vsknk084sn02q --item MUG-BLUE:2 --item TEE-M:1 --hold 30m")]
pub(in crate::cli) struct Args {
    /// A registered user: id or e-mail address
    #[arg(long, required_unless_present_any = ["email", "customer_ref"], add = crate::cli::completion::users())]
    user: Option<String>,
    /// Where to write to: a guest, or instead of the user's own address
    #[arg(long)]
    email: Option<String>,
    /// Another system's name for the customer, for who has no address
    #[arg(long, value_name = "REF")]
    customer_ref: Option<String>,
    /// What to order, and how many; may be repeated
    #[arg(long = "item", required = true, value_name = "SKU:QTY", add = crate::cli::completion::products())]
    items: Vec<String>,
    /// What to call the customer
    #[arg(long)]
    name: Option<String>,
    /// Where it goes
    #[arg(long)]
    address: Option<String>,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Another system's name for it, unique
    #[arg(long, value_name = "REF")]
    external_ref: Option<String>,
    /// Unpaid, it expires after this long, at most 365 days: 30m; 0 for never [default: the setting hold, SHOPCTL_HOLD]
    #[arg(long, value_name = "DURATION", allow_negative_numbers = true)]
    hold: Option<String>,
    #[command(flatten)]
    once: OnceArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&(&self.once).into())?;
        let new = NewOrder {
            user: self.user,
            email: self.email,
            customer_ref: self.customer_ref,
            name: self.name,
            address: self.address,
            items: items(&self.items)?,
            note: self.note,
            external_ref: self.external_ref,
            hold: self.hold.as_deref().map(duration).transpose()?,
        };
        Ok(printer.one(&app.orders(Access::Write).await?.place(new, &options).await?)?)
    }
}

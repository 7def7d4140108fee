//! Live values: what is in the store that the command line being typed names.
//!
//! Reads only, never creates a store, gives up after a moment and is silent about errors.

use std::ffi::{OsStr, OsString};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use clap_complete::CompletionCandidate;

use crate::cli::config::Settings;
use crate::cli::globals::Globals;
use crate::cli::open_store;
use crate::service::clock::SystemClock;
use crate::service::orders::{OrderQuery, Orders, Scope};
use crate::service::page::{MAX_LIMIT, PageInput};
use crate::service::password::PasswordHasher;
use crate::service::products::{Audience, ProductQuery, Products};
use crate::service::users::{UserQuery, Users};
use crate::store::Store;
use crate::store::open::{OpenOptions, open};

/// Longer than this nobody waits for a completion.
const PATIENCE: Duration = Duration::from_millis(300);

/// The flags that say which store, out of a command line that is not finished.
#[derive(Debug, Parser)]
struct Known {
    #[command(flatten)]
    globals: Globals,
}

/// A value and what it means.
type Candidate = (String, String);

/// Users' addresses.
pub(super) fn users(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, async |store, typed| {
        let users = Users::new(store, Arc::new(SystemClock), Arc::new(PasswordHasher::new()));
        let query = UserQuery { query: typed, page: page("email"), ..UserQuery::default() };
        let found = users.list(&query).await.ok()?;
        Some(found.items.into_iter().map(|user| (user.email, user.name.unwrap_or_default())).collect())
    })
}

/// SKUs.
pub(super) fn products(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, async |store, typed| {
        let products = Products::new(store, Arc::new(SystemClock), "EUR".parse().ok()?);
        let query = ProductQuery { query: typed, page: page("sku"), ..ProductQuery::default() };
        let found = products.list(&query, Audience::Staff).await.ok()?;
        Some(found.items.into_iter().map(|product| (product.sku, product.name)).collect())
    })
}

/// Order numbers, the newest first.
pub(super) fn orders(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, async |store, typed| {
        let orders = Orders::new(store.clone(), store.clone(), store, Arc::new(SystemClock));
        let query = OrderQuery { query: typed, page: page("-number"), ..OrderQuery::default() };
        let found = orders.list(&query, Scope::All).await.ok()?;
        Some(found.items.into_iter().map(|order| (order.number.to_string(), order.status.clone())).collect())
    })
}

fn page(sort: &str) -> PageInput {
    PageInput { limit: Some(MAX_LIMIT), cursor: None, sort: Some(sort.to_owned()) }
}

fn candidates<F>(
    current: &OsStr,
    look_up: impl FnOnce(Arc<dyn Store>, Option<String>) -> F,
) -> Vec<CompletionCandidate>
where
    F: Future<Output = Option<Vec<Candidate>>>,
{
    let Some(typed) = current.to_str() else { return Vec::new() };
    let query = Some(typed.to_owned()).filter(|text| !text.trim().is_empty());
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Vec::new();
    };
    let found = runtime.block_on(async {
        let work = async {
            let store = store().await?;
            look_up(store, query).await
        };
        tokio::time::timeout(PATIENCE, work).await.ok().flatten()
    });
    // What still runs (a server that does not answer) is left behind.
    runtime.shutdown_background();
    let begins = typed.to_lowercase();
    found
        .unwrap_or_default()
        .into_iter()
        .filter(|(value, _)| value.to_lowercase().starts_with(&begins))
        .map(|(value, meaning)| {
            let meaning = Some(meaning).filter(|text| !text.is_empty());
            CompletionCandidate::new(value).help(meaning.map(Into::into))
        })
        .collect()
}

async fn store() -> Option<Arc<dyn Store>> {
    let settings = settings()?;
    let url = open_store::url(&settings).ok()?;
    let options = OpenOptions { create: false, server_selection: PATIENCE, pool: 1 };
    open(&url, &options).await.ok()
}

fn settings() -> Option<Settings> {
    let known = Known::try_parse_from(store_flags(std::env::args_os())).ok()?;
    Settings::resolve(&known.globals, true).ok()
}

/// The program's name and, of what is being typed (behind the `--` of the shell's question), the flags that name a store.
fn store_flags(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    const FLAGS: [&str; 4] = ["--store", "--store-file", "--profile", "-C"];
    let mut kept = vec![OsString::from("shopctl")];
    let mut typed = args.skip_while(|word| word != "--").skip(1).peekable();
    while let Some(word) = typed.next() {
        let text = word.to_string_lossy();
        if FLAGS.contains(&&*text) {
            if let Some(value) = typed.next() {
                kept.extend([word, value]);
            }
        } else if FLAGS.iter().any(|flag| text.starts_with(&format!("{flag}="))) {
            kept.push(word);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_store_in_a_line_that_is_not_finished() {
        let typed =
            ["shopctl", "--", "shopctl", "--store", "sqlite:a", "order", "--what", "-C=b", "get", "--store"];
        let kept = store_flags(typed.iter().map(OsString::from));
        assert_eq!(kept, ["shopctl", "--store", "sqlite:a", "-C=b"]);
    }
}

//! From a URL to a client with the settings that keep promises.

use std::sync::Arc;
use std::time::Duration;

use mongodb::Client;
use mongodb::error::ErrorKind;
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, ServerAddress,
    WriteConcern,
};
use tokio::sync::OnceCell;

use super::batch::Lanes;
use super::connections::Connections;
use super::contact::Contact;
use super::engine::Engine;
use super::orphans::Orphans;
use super::shared::{SLACK, Shared};
use crate::store::open::OpenOptions;
use crate::store::{Result, StoreError};

/// The database where the URL names none.
const DATABASE: &str = "shop";

/// How long to wait for a TCP connection. A server in reach answers in milliseconds.
const CONNECT: Duration = Duration::from_secs(2);

/// How often to look whether the servers are well: after an election the new primary is found within this. A server that is frozen or cut
/// off is given up after this and `CONNECT` together, and what waits for it is tried elsewhere.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// Acknowledged by a majority and in its journal: anything less is lost when a primary is cut off and replaced.
pub(super) fn write_concern() -> WriteConcern {
    WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build()
}

/// Acknowledged by the primary: nothing to rely on, but others can go on from it.
pub(super) fn primary_only() -> WriteConcern {
    WriteConcern::builder().w(Acknowledgment::Nodes(1)).build()
}

/// Reads go to the primary, so that what was written is what is read.
pub(super) fn from_primary() -> SelectionCriteria {
    SelectionCriteria::ReadPreference(ReadPreference::Primary)
}

/// Makes the client; it connects with its first operation. `database` stands for the one that the URL names.
pub(super) async fn connect(
    url: &str,
    shown: &str,
    open: &OpenOptions,
    database: Option<&str>,
) -> Result<Shared> {
    let mut options = ClientOptions::parse(url).await.map_err(|error| refused(url, shown, &error))?;
    // What keeps the promises of the store is not for a URL to change.
    options.write_concern = Some(write_concern());
    options.read_concern = Some(ReadConcern::majority());
    options.selection_criteria = Some(from_primary());
    let app_name = options.app_name.get_or_insert_with(|| "shopctl".to_owned()).clone();
    options.connect_timeout.get_or_insert(CONNECT);
    options.heartbeat_freq.get_or_insert(HEARTBEAT);
    options.max_pool_size.get_or_insert(open.pool.max(1));
    let selection = *options.server_selection_timeout.get_or_insert(open.server_selection);
    let hosts: Vec<String> = options.hosts.iter().map(ServerAddress::to_string).collect();
    let named = database.map(str::to_owned).or_else(|| options.default_database.clone());
    let name = named.unwrap_or_else(|| DATABASE.to_owned());
    let contact = Contact::listen(&mut options);
    let connections = Connections::count(&mut options);
    let engine = Engine::start().map_err(|error| StoreError::Internal(format!("no thread: {error}")))?;
    let client = engine.enter(|| Client::with_options(options));
    let client = client.map_err(|error| refused(url, shown, &error))?;
    let database = client.database(&name);
    Ok(Shared {
        client,
        database,
        shown: shown.to_owned(),
        hosts: hosts.join(", "),
        contact,
        connections,
        engine,
        longest: selection.saturating_add(SLACK),
        schema: OnceCell::new(),
        topology: OnceCell::new(),
        journaled: OnceCell::new(),
        lanes: Lanes::default(),
        users: Arc::default(),
        products: Arc::default(),
        orders: Arc::default(),
        orphans: Orphans::of(app_name),
    })
}

/// Why a URL is no good. What the driver says is repeated only where it repeats nothing of the credentials.
fn refused(url: &str, shown: &str, error: &mongodb::error::Error) -> StoreError {
    let said = match error.kind.as_ref() {
        ErrorKind::DnsResolve { .. } => {
            return StoreError::Unavailable {
                detail: format!("the hosts of {shown} cannot be looked up"),
                hint: Some("check the host name and that this machine can resolve names".to_owned()),
            };
        }
        ErrorKind::InvalidArgument { message, .. } | ErrorKind::InvalidTlsConfig { message, .. } => {
            message.as_str()
        }
        _ => "",
    };
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let credentials = rest.rsplit_once('@').map_or("", |(credentials, _)| credentials);
    let repeats = credentials.split(':').any(|part| !part.is_empty() && said.contains(part));
    if said.is_empty() || repeats {
        StoreError::BadUrl(
            "the MongoDB URL cannot be read; write mongodb://[user:password@]host[:port]/database".to_owned(),
        )
    } else {
        StoreError::BadUrl(format!("the MongoDB URL cannot be read: {}", said.trim_end_matches('.')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(url: &str) -> StoreError {
        connect(url, "shown", &OpenOptions::default(), None).await.map(drop).unwrap_err()
    }

    #[tokio::test]
    async fn a_url_that_cannot_be_read_is_refused_without_its_password() {
        for url in [
            "mongodb://u:hunter2@/shop",
            "mongodb://u:hunter2@h:99999/shop",
            "mongodb://u:hunter2@x@h/shop",
            "mongodb://u:hun/ter2@h/shop",
            "mongodb://u:hunter2%@h/shop",
            "mongodb://u:hunter2@h/sh$op",
            "mongodb://u:hunter2@h/?tls=maybe",
            "mongodb://u:hunter2@h/?socketTimeoutMS=5",
        ] {
            let error = refusal(url).await;
            assert!(matches!(error, StoreError::BadUrl(_)), "{url}: {error:?}");
            assert!(!error.to_string().contains("ter2"), "{error}");
        }
    }

    #[tokio::test]
    async fn the_database_is_the_path_of_the_url_or_shop() {
        for (url, name) in
            [("mongodb://h", "shop"), ("mongodb://h/?w=1", "shop"), ("mongodb://h/other", "other")]
        {
            let shared = connect(url, url, &OpenOptions::default(), None).await.unwrap();
            assert_eq!(shared.database.name(), name);
        }
    }

    #[tokio::test]
    async fn a_url_cannot_weaken_what_the_store_promises() {
        let url = "mongodb://h/?w=1&journal=false&readConcernLevel=local&readPreference=nearest";
        let shared = connect(url, url, &OpenOptions::default(), None).await.unwrap();
        assert_eq!(shared.database.write_concern(), Some(&write_concern()));
        assert_eq!(shared.database.read_concern(), Some(&ReadConcern::majority()));
        assert_eq!(shared.database.selection_criteria(), Some(&from_primary()));
    }
}

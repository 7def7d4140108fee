//! Whether a service may fall back to the embedded file.

use std::path::Path;

use crate::cli::app::App;
use crate::cli::config::StoreChoice;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// Refuses to serve from the embedded file in a container unless somebody named it: the file would vanish with the container, and
/// each copy of a service would sell from a shop of its own.
///
/// # Errors
/// Exit 2.
pub(super) fn require_named_store(app: &App) -> Result<(), Failure> {
    let by_default = matches!(app.settings.store.value, StoreChoice::Embedded(_));
    if !by_default || !in_container() {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, "store_missing", "no store is named, and this is a container")
        .hint("set MONGO_URI, or name a store with --store; an embedded file is lost with its container"))
}

/// As container engines say it: Docker and Podman by a file, systemd and others by `container`, Kubernetes by its service's address.
fn in_container() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    named("KUBERNETES_SERVICE_HOST")
        || named("container")
        || ["/.dockerenv", "/run/.containerenv"].iter().any(|file| Path::new(file).exists())
}

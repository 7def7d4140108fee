//! Whether a service may fall back to the embedded file.

use std::path::Path;

use crate::cli::app::App;
use crate::cli::config::StoreChoice;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// Refuses to make an embedded file for a service in a container: the file would vanish with the container, and each copy of a service
/// would sell from a shop of its own. A file that is there already was made by somebody, on a volume or in a shell of this very
/// container; it is served from, and said so.
///
/// # Errors
/// Exit 2.
pub(super) fn require_named_store(app: &App) -> Result<(), Failure> {
    let StoreChoice::Embedded(file) = &app.settings.store.value else { return Ok(()) };
    if !in_container() {
        return Ok(());
    }
    if let Some(file) = file.as_ref().filter(|file| file.exists()) {
        app.ui.notice(&format!(
            "no store is named: serving from {}, which is lost with this container unless it is on a volume",
            file.display()
        ));
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

//! The structure of a store and the rules of what is in it, looked at together.

use std::sync::Arc;

use super::doctor;
use super::error::{Error, Result};
use crate::store::{Check, Store};

/// Checks structure and rules, read-only; every result, sound or not, in a fixed order.
///
/// # Errors
/// Only the store's: a broken rule is a result, not an error.
pub async fn check(store: &Arc<dyn Store>) -> Result<Vec<Check>> {
    let mut checks = store.check_structure().await.map_err(Error::from_store)?;
    let findings = doctor::examine(store, &|_| {}).await?;
    checks.extend(findings.verdicts().iter().map(|verdict| Check {
        name: verdict.rule.name().to_owned(),
        problem: verdict.first.as_ref().map(|first| match verdict.broken {
            1 => format!("{}: {}", first.key, first.detail),
            n => format!("{}: {} (and {} more)", first.key, first.detail, n - 1),
        }),
    }));
    Ok(checks)
}

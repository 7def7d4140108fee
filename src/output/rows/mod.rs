//! The columns of what the services show.

mod audit;
mod explanation;
mod import;
mod inventory;
mod keys;
mod order;
mod product;
mod user;

pub(crate) use order::EventRow;

/// The text of something that may be missing.
fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// `name=value` pairs, separated by commas.
fn pairs(entries: &std::collections::BTreeMap<String, String>) -> String {
    entries.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
}

//! Changing single fields of a product.

use std::collections::BTreeMap;

use super::ProductChange;
use super::input::{parse_labels, parse_tags};
use crate::domain::invalid::Invalid;
use crate::domain::money::{Currency, Money};
use crate::domain::product::{Labels, Product};
use crate::service::error::Result;
use crate::service::fields::Fields;
use crate::service::patch::{Patch, apply, parse_patch};

fn apply_labels(
    fields: &mut Fields,
    pointer: &str,
    labels: &mut Labels,
    patch: &Patch<BTreeMap<String, Option<String>>>,
) {
    let entries = match patch {
        Patch::Keep => return,
        Patch::Clear => return labels.clear(),
        Patch::Set(entries) => entries,
    };
    let mut texts: BTreeMap<String, String> =
        labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    for (name, value) in entries {
        match value {
            Some(value) => texts.insert(name.trim().to_owned(), value.clone()),
            None => texts.remove(name.trim()),
        };
    }
    *labels = parse_labels(fields, pointer, &texts);
}

/// Applies a change, parsing what was written.
///
/// # Errors
/// `Invalid` with everything that is wrong; the product may then hold a part of the change.
pub(super) fn apply_change(product: &mut Product, change: &ProductChange) -> Result<()> {
    let mut fields = Fields::new();
    let sku = fields.optional("/sku", change.sku.as_deref());
    let name = fields.optional("/name", change.name.as_deref());
    let status = fields.optional("/status", change.status.as_deref());
    let description = parse_patch(&mut fields, "/description", &change.description);
    let group = parse_patch(&mut fields, "/group", &change.group);
    let currency = fields.optional::<Currency>("/currency", change.currency.as_deref());
    match (currency, change.price.as_deref()) {
        (Some(currency), Some(text)) => {
            let currency = currency.unwrap_or(product.price.currency());
            if let Some(price) = fields.check("/price", Money::parse(text, currency)) {
                product.price = price;
            }
        }
        (Some(Some(currency)), None) if currency != product.price.currency() => {
            let detail = format!("a change to {currency} needs the price in {currency} too");
            fields.problem("/currency", Invalid::new("price_missing", detail));
        }
        _ => {}
    }
    match &change.tags {
        Patch::Keep => {}
        Patch::Clear => product.tags.clear(),
        Patch::Set(tags) => product.tags = parse_tags(&mut fields, tags),
    }
    apply_labels(&mut fields, "/metadata", &mut product.metadata, &change.metadata);
    apply_labels(&mut fields, "/options", &mut product.options, &change.options);
    let (Some(sku), Some(name), Some(status), Some(description), Some(group)) =
        (sku, name, status, description, group)
    else {
        return Err(fields.into_error());
    };
    fields.finish()?;
    product.sku = sku.unwrap_or_else(|| product.sku.clone());
    product.name = name.unwrap_or_else(|| product.name.clone());
    product.status = status.unwrap_or(product.status);
    apply(&mut product.description, &description);
    apply(&mut product.group, &group);
    Ok(())
}

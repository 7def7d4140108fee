//! The rules of users and products: how they are filed, and what must be unique.

use super::Watch;
use super::findings::{Breach, Findings, Target};
use super::rules::Rule;
use super::walk::Walk;
use crate::service::error::{Error, Result};
use crate::store::{Store, StoredProduct, StoredUser, Unique};

/// Looks at every user.
pub(super) async fn users(store: &dyn Store, findings: &mut Findings, watch: Watch<'_>) -> Result<()> {
    let mut walk = Walk::<StoredUser>::new(store, watch);
    while let Some(stored) = walk.next().await? {
        for rule in [Rule::Readable, Rule::Keys, Rule::Search] {
            findings.checked(rule, 1);
        }
        let breach = |rule, detail: &str, target| Breach {
            rule,
            kind: "user",
            key: stored.key.clone(),
            movement: None,
            detail: detail.to_owned(),
            target,
        };
        match &stored.user {
            Err(damage) => {
                // A damaged value may be an address; the field alone says where to look.
                let field = damage.split(':').next().unwrap_or_default();
                findings.broken(breach(Rule::Readable, &format!("{field} cannot be read"), None), 1);
            }
            Ok(user) => {
                let target = Some(Target::User(user.id));
                if stored.email_norm.as_deref() != Some(user.email.norm()) {
                    findings.broken(breach(Rule::Keys, "is filed under another address", target), 1);
                }
                if stored.search.as_deref() != Some(user.search_text().as_str()) {
                    findings.broken(breach(Rule::Search, "a search does not find it", target), 1);
                }
            }
        }
    }
    Ok(())
}

/// Looks at one product.
pub(super) fn product(stored: &StoredProduct, findings: &mut Findings) {
    for rule in [Rule::Readable, Rule::Keys, Rule::Search] {
        findings.checked(rule, 1);
    }
    let breach = |rule, detail: String, target| Breach {
        rule,
        kind: "product",
        key: stored.sku.clone().unwrap_or_else(|| stored.key.clone()),
        movement: None,
        detail,
        target,
    };
    match &stored.product {
        Err(damage) => findings.broken(breach(Rule::Readable, damage.clone(), None), 1),
        Ok(product) => {
            let target = Some(Target::Product(product.id));
            if stored.sku_norm.as_deref() != Some(product.sku.norm()) {
                let filed = stored.sku_norm.as_deref().unwrap_or_default();
                let detail = format!("is filed under {filed:?}, not {:?}", product.sku.norm());
                findings.broken(breach(Rule::Keys, detail, target), 1);
            }
            if stored.search.as_deref() != Some(product.search_text().as_str()) {
                let detail = "a search does not find it by what it says".to_owned();
                findings.broken(breach(Rule::Search, detail, target), 1);
            }
        }
    }
}

/// Looks for values that documents share although each should have its own, and at the counter of order numbers.
pub(super) async fn unique(store: &dyn Store, findings: &mut Findings) -> Result<()> {
    for (of, rule, kind, what) in [
        (Unique::Email, Rule::Keys, "user", "address"),
        (Unique::Sku, Rule::Keys, "product", "SKU"),
        (Unique::OrderNumber, Rule::Numbers, "order", "number"),
        (Unique::ExternalRef, Rule::Numbers, "order", "reference"),
    ] {
        let shared = store.duplicates(of).await.map_err(Error::from_store)?;
        let Some(first) = shared.first else { continue };
        let key = if of == Unique::Email { first.keys.first().cloned() } else { Some(first.value) };
        let breach = Breach {
            rule,
            kind,
            key: key.unwrap_or_default(),
            movement: None,
            detail: format!("{} share one {what}", first.keys.join(" and ")),
            target: None,
        };
        findings.broken(breach, shared.values);
    }
    let numbering = store.numbering().await.map_err(Error::from_store)?;
    findings.checked(Rule::Numbers, 1);
    if numbering.is_behind() {
        let number = |number: Option<i64>| number.map_or("nowhere".to_owned(), |number| number.to_string());
        let (counter, largest) = (number(numbering.counter), number(numbering.largest));
        let breach = Breach {
            rule: Rule::Numbers,
            kind: "counter",
            key: "order numbers".to_owned(),
            movement: None,
            detail: format!("the counter is at {counter}, but there is an order {largest}"),
            target: Some(Target::Numbering),
        };
        findings.broken(breach, 1);
    }
    Ok(())
}

//! The rules of orders. Each is read off one document, which no writer changes by halves.

use super::findings::{Breach, Findings, Target};
use super::rules::Rule;
use super::walk::Walk;
use super::{Open, Watch};
use crate::domain::id::ProductId;
use crate::domain::order::{Order, is_edge};
use crate::service::error::Result;
use crate::store::{Derived, Store, StoredOrder};

/// The rules that are read off one order.
const RULES: [Rule; 7] =
    [Rule::Readable, Rule::Lines, Rule::Status, Rule::Payment, Rule::History, Rule::Totals, Rule::Search];

/// Looks at every order and returns what they hold of each product.
pub(super) async fn examine(store: &dyn Store, findings: &mut Findings, watch: Watch<'_>) -> Result<Open> {
    let mut open = Open::new();
    let mut walk = Walk::<StoredOrder>::new(store, watch);
    while let Some(stored) = walk.next().await? {
        for rule in RULES {
            findings.checked(rule, 1);
        }
        for (rule, detail, mendable) in judge(&stored) {
            findings.broken(breach(&stored, rule, detail, mendable), 1);
        }
        for line in stored.lines.iter().flatten() {
            match line.product_id.parse::<ProductId>() {
                Ok(product) => {
                    let held = open.entry(product).or_default();
                    *held = held.saturating_add(line.open());
                }
                Err(invalid) => {
                    findings.broken(breach(&stored, Rule::Products, invalid.detail, false), 1);
                }
            }
        }
    }
    Ok(open)
}

fn breach(stored: &StoredOrder, rule: Rule, detail: String, mendable: bool) -> Breach {
    let order = stored.order.as_ref().ok();
    Breach {
        rule,
        kind: "order",
        key: stored.number.map_or_else(|| stored.key.clone(), |number| number.to_string()),
        movement: None,
        detail,
        target: order.filter(|_| mendable).map(|order| Target::Order(order.id)),
    }
}

/// What one order breaks, and whether that can be mended.
fn judge(stored: &StoredOrder) -> Vec<(Rule, String, bool)> {
    let mut broken = Vec::new();
    let lines = stored.lines.iter().flatten().zip(1..).find(|(line, _)| !line.sound());
    if let Some((line, number)) = lines {
        let detail = format!(
            "line {number} has quantity {} with shipped {}, cancelled {}, returned {}, restocked {}",
            line.quantity, line.shipped, line.cancelled, line.returned, line.restocked
        );
        broken.push((Rule::Lines, detail, false));
    }
    let order = match &stored.order {
        Ok(order) if !order.lines.is_empty() => order,
        Ok(_) => {
            broken.push((Rule::Readable, "it has no lines".to_owned(), false));
            return broken;
        }
        Err(damage) => {
            if broken.is_empty() {
                broken.push((Rule::Readable, damage.clone(), false));
            }
            return broken;
        }
    };
    if let Some(detail) = history(order) {
        broken.push((Rule::History, detail, false));
    }
    match (Derived::of(order), &stored.derived) {
        (None, _) => {
            let detail = "the lines sum to more than can be written".to_owned();
            broken.push((Rule::Totals, detail, false));
        }
        (_, None) => broken.push((Rule::Readable, "what follows from it cannot be read".to_owned(), false)),
        (Some(due), Some(kept)) => {
            // The store would refuse to write it.
            let mendable = order.refunded.minor() <= due.total;
            if !mendable {
                let (refunded, total) = (order.refunded.minor(), due.total);
                let detail = format!("{refunded} was paid back of {total} (minor units)");
                broken.push((Rule::Totals, detail, false));
            }
            broken.extend(derived(kept, &due).into_iter().map(|(rule, detail)| (rule, detail, mendable)));
        }
    }
    broken
}

/// What is kept beside the order and does not follow from it.
fn derived(kept: &Derived, due: &Derived) -> Vec<(Rule, String)> {
    let mut broken = Vec::new();
    if kept.status != due.status {
        let detail = format!("status {:?}, but the lines amount to {:?}", kept.status, due.status);
        broken.push((Rule::Status, detail));
    }
    if kept.payment_status != due.payment_status {
        let (kept, due) = (&kept.payment_status, &due.payment_status);
        broken.push((Rule::Payment, format!("payment status {kept:?}, but payments amount to {due:?}")));
    }
    if kept.total != due.total {
        let detail = format!("total {}, but the lines sum to {} (minor units)", kept.total, due.total);
        broken.push((Rule::Totals, detail));
    } else if kept.line_totals.is_some() && kept.line_totals != due.line_totals {
        broken.push((Rule::Totals, "the total of a line is not price times quantity".to_owned()));
    }
    if kept.email_norm != due.email_norm || kept.search != due.search {
        broken.push((Rule::Search, "a search does not find it by what it says".to_owned()));
    }
    broken
}

/// The first step of a history that is not allowed or does not follow the one before.
fn history(order: &Order) -> Option<String> {
    let mut standing = None;
    for (entry, number) in order.history.iter().zip(1..) {
        let from = |status: Option<crate::domain::order::OrderStatus>| {
            status.map_or("nothing".to_owned(), |status| format!("\"{status}\""))
        };
        if entry.from != standing {
            let (said, was) = (from(entry.from), from(standing));
            return Some(format!("step {number} begins at {said}, the one before ended at {was}"));
        }
        if !is_edge(entry.from, entry.command, entry.to) {
            let (said, command, to) = (from(entry.from), entry.command, entry.to);
            return Some(format!(
                "step {number} is \"{command}\" from {said} to \"{to}\", which is not allowed"
            ));
        }
        standing = Some(entry.to);
    }
    let status = order.status();
    (standing != Some(status)).then(|| {
        let ended = standing.map_or("nothing".to_owned(), |status| format!("\"{status}\""));
        format!("the history ends at {ended}, but the lines amount to \"{status}\"")
    })
}

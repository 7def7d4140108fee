//! Which order that is there a record names.

use std::collections::HashMap;

use super::row::OrderRow;
use crate::domain::order::Order;
use crate::service::error::Problem;

/// Orders that are there, by everything that names one.
pub(super) struct There {
    orders: Vec<Order>,
    places: HashMap<String, usize>,
}

impl There {
    /// Of these.
    pub(super) fn new(orders: Vec<Order>) -> Self {
        let mut places = HashMap::new();
        for (place, order) in orders.iter().enumerate() {
            places.insert(order.id.to_string(), place);
            places.insert(format!("number {}", order.number), place);
            places.extend(order.external_ref.as_ref().map(|name| (format!("ref {name}"), place)));
        }
        Self { orders, places }
    }

    /// The order that a row names. Its names have to agree.
    pub(super) fn find(&self, row: &OrderRow) -> Result<Option<&Order>, Problem> {
        let id = row.kept.id.map(|id| id.to_string());
        let number = row.number.map(|number| format!("number {number}"));
        let reference = row.external_ref.as_ref().map(|name| format!("ref {name}"));
        let mut found: Option<usize> = None;
        for (field, name) in [("external_ref", reference), ("number", number), ("id", id)] {
            let Some(place) = name.and_then(|name| self.places.get(&name).copied()) else { continue };
            let other = *found.get_or_insert(place);
            if other != place {
                let order = &self.orders[place];
                let detail =
                    format!("that of another order here, {}, which is not the one of the row", order.number);
                return Err(Problem { pointer: format!("/{field}"), code: "order_exists", detail });
            }
        }
        let order = found.map(|place| &self.orders[place]);
        // A number or an id that is there with another reference is not this order.
        let same = |order: &&Order| match (&order.external_ref, &row.external_ref) {
            (Some(there), Some(said)) => there == said,
            _ => true,
        };
        match order {
            Some(order) if !same(&order) => {
                let there = order.external_ref.as_ref().map(ToString::to_string).unwrap_or_default();
                let detail = format!("order {} is here already with the reference {there:?}", order.number);
                Err(Problem { pointer: "/number".to_owned(), code: "order_exists", detail })
            }
            order => Ok(order),
        }
    }
}

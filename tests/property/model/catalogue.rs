//! Products.

use super::{Code, Model, Product, expect, minor};
use crate::property::command::{Change, Guess};

impl Model {
    pub(super) fn create(
        &mut self,
        sku: &str,
        (price, currency): (i64, &str),
        status: &str,
        stock: Option<i64>,
    ) -> Result<(), Code> {
        if self.product(sku).is_ok() {
            return Err("sku_taken");
        }
        let index = self.products.len();
        self.products.push(Some(Product {
            sku: sku.to_owned(),
            name: sku.to_owned(),
            price: (minor(price, currency), currency.to_owned()),
            status: status.to_owned(),
            version: 1,
            created: self.now,
            updated: self.now,
            stock: None,
            movements: Vec::new(),
        }));
        match stock {
            Some(stock) => self.moved(index, "receive", (stock, 0), None),
            None => Ok(()),
        }
    }

    pub(super) fn change(&mut self, sku: &str, change: &Change, version: Guess) -> Result<(), Code> {
        let (index, before) = self.product(sku)?;
        expect(version, before.version)?;
        let mut after = before.clone();
        match change {
            Change::Price(price, currency) => {
                after.price = (minor(*price, currency), (*currency).to_owned());
            }
            Change::Name(name) => (*name).clone_into(&mut after.name),
            Change::Status(status) => (*status).clone_into(&mut after.status),
            Change::Sku(new) => {
                if self.product(new).is_ok_and(|(other, _)| other != index) {
                    return Err("sku_taken");
                }
                (*new).clone_into(&mut after.sku);
            }
        }
        if after == *before {
            return Ok(());
        }
        (after.version, after.updated) = (before.version + 1, self.now);
        if let Some(stock) = after.stock.as_mut().filter(|stock| stock.sku != after.sku) {
            stock.sku.clone_from(&after.sku);
            (stock.version, stock.updated) = (stock.version + 1, self.now);
        }
        self.products[index] = Some(after);
        Ok(())
    }

    pub(super) fn delete_product(&mut self, sku: &str, version: Guess) -> Result<(), Code> {
        let (index, product) = self.product(sku)?;
        expect(version, product.version)?;
        let mut lines = self.orders.iter().flatten().flat_map(|order| &order.lines);
        if lines.any(|line| line.product == index) {
            return Err("still_referenced");
        }
        self.products[index] = None;
        Ok(())
    }
}
